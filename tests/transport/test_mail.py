"""Mails leave once, or twice with one Message-ID, or at most once, as their kind says: on SQLite and on PostgreSQL, by a
real SMTP server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from shared import conferences, tables
from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM
from shared.database import Database
from shared.mail.memory import MemoryTransport
from shared.mail.message import Mail
from shared.mail.queue import pending_mails, waiting_mails
from shared.mail.smtp import SmtpTransport
from shared.parts import TOPICS
from tests.introductions.stage import CONFERENCE, a_conference
from tests.servers.smtp_sink import SmtpSink
from tests.transport.ledger import NOON, Station, described, record_of, station

OpenPost = Callable[[], Station]
SENDER = "Rapport <rapport@example.org>"


@pytest.fixture
def open_post(tmp_path: Path, open_database: Callable[[], Database], smtp: SmtpSink) -> Iterator[OpenPost]:
    """Another process of the service, whose mails go to the SMTP sink."""
    posts: list[Station] = []

    def open_one() -> Station:
        transport = SmtpTransport(smtp.url, SENDER)
        posts.append(station(tmp_path, open_database(), MemoryLog(TOPICS, now=SYSTEM.now), transport))
        return posts[-1]

    yield open_one
    smtp.release()
    for post in posts:
        post.runtime.transport.close()


def know(post: Station, person: str = "p", name: str = "Ana Silva") -> None:
    """Put somebody into the address book."""
    post.log.append([record_of(described(person, name=name), f"event of {person}")])
    post.intake()


def ask(post: Station, count: int = 1, kind: str = "note") -> None:
    """Have mails sent."""
    with post.runtime.work() as work:
        for number in range(count):
            work.mail(kind, "p", str(number))


def statuses(post: Station) -> list[tuple[str, int]]:
    """(status, tries) of all mails."""
    with post.runtime.reading() as connection:
        rows = connection.execute(select(tables.mails).order_by(tables.mails.c.business_key))
        return [(row.status, row.attempts) for row in rows]


def test_a_mail_goes_to_one_person_under_an_id_that_was_given_when_it_was_asked_for(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    know(post)
    ask(post)
    with post.runtime.work() as work:
        work.mail("note", "p", "0")
    assert (post.runtime.mail_turn(), post.runtime.mail_turn()) == (1, 0)
    with post.runtime.reading() as connection:
        (row,) = connection.execute(select(tables.mails)).all()
    (mail,) = smtp.received
    assert (mail.recipients, mail.message_id, str(mail.message["To"])) == (
        ("ana@example.org",),
        f"<{row.id}@example.org>",
        "Ana Silva <ana@example.org>",
    )
    assert statuses(post) == [("sent", 0)]


def test_who_would_write_while_making_a_mail_makes_none(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    know(post)
    ask(post, kind="careless")
    assert post.runtime.mail_turn() == 1
    assert (smtp.received, statuses(post), post.said()) == ([], [("waiting", 1)], [])


class Renaming(MemoryTransport):
    """Takes so long with every mail that she has another name by then."""

    post: Station

    def send(self, message_id: str, mail: Mail) -> None:
        """Keep it, and give her a new name."""
        super().send(message_id, mail)
        number = len(self.mails)
        described_anew = record_of(described("p", version=number + 1, name=f"Ana {number}"), f"rename {number}")
        self.post.log.append([described_anew])
        self.post.intake()


def test_a_mail_that_was_made_long_before_its_turn_is_made_anew(tmp_path: Path, database: Database) -> None:
    transport = Renaming()
    post = transport.post = station(tmp_path, database, MemoryLog(TOPICS, now=SYSTEM.now), transport)
    post.runtime.mailer.fresh_seconds = -1.0  # everything was made long before
    know(post)
    ask(post, 4)
    assert post.runtime.mail_turn() == 4
    assert [mail.to_name for mail in transport.mails] == ["Ana Silva", "Ana 1", "Ana 2", "Ana 3"]
    post.runtime.mailer.close()


def test_two_mailers_at_once_send_each_mail_once(open_post: OpenPost, smtp: SmtpSink) -> None:
    first, second = open_post(), open_post()
    know(first)
    ask(first, 120)

    def send(post: Station) -> None:
        while post.runtime.mail_turn():
            pass

    threads = [threading.Thread(target=send, args=(post,)) for post in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(smtp.received), len(set(smtp.message_ids))) == (120, 120)
    assert set(statuses(first)) == {("sent", 0)}


def test_a_mailer_that_dies_between_sending_and_saying_so_sends_again_under_the_same_id(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    know(post)
    ask(post)
    post.runtime.mail_turn()
    _as_if_it_had_died(post)
    after = open_post()
    assert after.runtime.mail_turn() == 0  # the dead one's lease still counts
    after.clock.advance(timedelta(seconds=61))
    assert after.runtime.mail_turn() == 1
    assert len(smtp.received) == 2
    assert len(set(smtp.message_ids)) == 1
    assert statuses(after) == [("sent", 1)]  # the one that died had tried: the mail may have left


def _as_if_it_had_died(post: Station) -> None:
    """The row as a mailer leaves it that was killed after the server took the mail: claimed, not marked."""
    claimed = {"status": "waiting", "sent_at": None, "owner": post.runtime.owner}
    with post.runtime.work() as work:
        work.connection.execute(update(tables.mails).values(**claimed, lease_until=NOON + timedelta(seconds=60)))


def test_a_question_goes_out_at_most_once_whatever_the_server_answers(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    know(post)
    ask(post, 2, kind="question")
    smtp.answers.append("451 later")
    post.runtime.mail_turn()
    post.clock.advance(timedelta(days=1))
    post.runtime.mail_turn()
    assert (smtp.asked, len(smtp.received), sorted(statuses(post))) == (2, 1, [("failed", 0), ("sent", 0)])


def test_a_mailer_that_was_paused_before_a_question_does_not_ask_it_again(open_post: OpenPost, smtp: SmtpSink) -> None:
    paused, following = open_post(), open_post()
    know(paused)
    ask(paused, 3, kind="question")
    smtp.hold()
    sending = threading.Thread(target=paused.runtime.mail_turn)
    sending.start()
    _until(lambda: smtp.asked == 1)  # the first is on its way, two are claimed behind it
    for post in (paused, following):
        post.clock.advance(timedelta(seconds=90))
    smtp.release()
    following_turn = threading.Thread(target=following.runtime.mail_turn)
    following_turn.start()
    for thread in (sending, following_turn):
        thread.join(30)
    assert (len(smtp.received), len(set(smtp.message_ids))) == (3, 3)
    assert [status for status, _tries in statuses(paused)] == ["sent"] * 3


def test_a_slow_server_does_not_outlive_the_lease_of_the_mails_behind(open_post: OpenPost, smtp: SmtpSink) -> None:
    slow, other = open_post(), open_post()
    know(slow)
    ask(slow, 3)
    smtp.hold()
    sending = threading.Thread(target=slow.runtime.mail_turn)
    sending.start()
    _until(lambda: smtp.asked == 1)
    for post in (slow, other):
        post.clock.advance(timedelta(seconds=61))
    other_turn = threading.Thread(target=other.runtime.mail_turn)
    other_turn.start()
    _until(lambda: smtp.asked == 2)  # the other has taken all three over
    smtp.release()
    for thread in (sending, other_turn):
        thread.join(30)
    ids = smtp.message_ids
    assert (len(ids), len(set(ids))) == (
        4,
        3,
    )  # the one that was under way, twice under one id; none of those behind it


def _until(condition: Callable[[], bool]) -> None:
    from tests.servers.waiting import wait_until

    wait_until(condition, 15, "the mail server was asked")


def test_a_mail_waits_for_its_person_without_counting_tries(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post)
    for _look in range(10):
        post.runtime.mail_turn()
        post.clock.advance(timedelta(seconds=3))
    assert (smtp.asked, statuses(post)) == (0, [("waiting", 0)])
    post.runtime.mail_turn()
    assert post.runtime.pending()["mail"] == 0
    know(post)
    assert post.runtime.pending()["mail"] == 1, "it is known, so it is not quiet"
    post.runtime.mail_turn()
    assert (len(smtp.received), statuses(post)) == (1, [("sent", 0)])


def test_an_address_that_comes_while_a_mail_looks_for_it_is_not_waited_for(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post, kind="slow")
    post.ledger.meanwhile = lambda: know(post)
    post.runtime.mail_turn()
    assert post.runtime.pending()["mail"] == 1, "it is known, so it is not quiet"
    post.runtime.mail_turn()
    assert (len(smtp.received), statuses(post)) == (1, [("sent", 0)])


def test_a_server_that_is_busy_is_asked_again_later_and_one_that_refuses_is_not(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    know(post)
    ask(post, 2)
    smtp.answers += ["451 busy", "550 no such mailbox"]
    post.runtime.mail_turn()
    assert sorted(statuses(post)) == [("failed", 0), ("waiting", 1)]
    post.runtime.mail_turn()
    assert smtp.asked == 2
    post.clock.advance(timedelta(seconds=3))
    post.runtime.mail_turn()
    assert (smtp.asked, len(smtp.received), sorted(statuses(post))) == (3, 1, [("failed", 0), ("sent", 1)])


def test_a_server_that_is_not_there_costs_nothing_but_time(
    tmp_path: Path, open_database: Callable[[], Database]
) -> None:
    transport = SmtpTransport("smtp://127.0.0.1:9", SENDER)
    post = station(tmp_path, open_database(), MemoryLog(TOPICS, now=SYSTEM.now), transport)
    know(post)
    ask(post, 2)
    post.runtime.mail_turn()
    assert statuses(post) == [("waiting", 1), ("waiting", 1)]


def test_one_connection_carries_all_mails_and_ends_politely_when_there_are_none(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    know(post)
    ask(post, 60)
    while post.runtime.mail_turn():
        pass
    assert (len(smtp.received), smtp.connections, smtp.goodbyes) == (60, 1, 0)
    transport = post.runtime.transport
    assert isinstance(transport, SmtpTransport)
    transport.idle_seconds = 0.0
    assert post.runtime.mail_turn() == 0
    assert (smtp.connections, smtp.goodbyes) == (1, 1)
    post.runtime.mail_turn()
    ask(post, kind="question")
    assert post.runtime.mail_turn() == 1
    assert (len(smtp.received), smtp.connections, smtp.goodbyes) == (61, 2, 1)


def test_a_server_that_says_it_hangs_up_is_called_again_and_gets_the_question_once(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    know(post)
    ask(post)
    post.runtime.mail_turn()
    smtp.refusals.append("421 closing an idle connection")
    ask(post, kind="question")
    post.runtime.mail_turn()
    assert (smtp.asked, len(smtp.received), smtp.connections) == (2, 2, 2)
    assert statuses(post) == [("sent", 0), ("sent", 0)]


# Mails of a conference that somebody stopped


def publish(post: Station, **values: object) -> None:
    """The service hears of the conference anew."""
    with post.runtime.work() as work:
        before = conferences.by_id(work.connection, CONFERENCE)
        conferences.remember(replace(a_conference(), version=before.version + 1 if before else 1, **values), work)


def ask_about(post: Station, key: str, minutes: int = 0) -> None:
    """Have a mail about the conference sent, in so many minutes."""
    with post.runtime.work() as work:
        work.mail("note", "p", key, conference=CONFERENCE, due_at=work.now + timedelta(minutes=minutes))


def test_while_mails_of_a_conference_are_stopped_they_wait_and_others_leave(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    know(post)
    publish(post, mails_stopped=True)
    ask_about(post, "a")
    ask(post)  # about no conference, as a login is
    with post.runtime.reading() as connection:
        counts = [pending_mails(connection, NOON), waiting_mails(connection, CONFERENCE, NOON)]
    while post.runtime.mail_turn():
        pass
    assert (counts, len(smtp.received), statuses(post)) == ([1, 1], 1, [("sent", 0), ("waiting", 0)])
    publish(post, mails_stopped=False)
    while post.runtime.mail_turn():
        pass
    assert (len(smtp.received), statuses(post)) == (2, [("sent", 0), ("sent", 0)])


def test_what_waited_can_be_dropped_and_what_is_due_later_is_not(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    know(post)
    publish(post, mails_stopped=True)
    ask_about(post, "now")
    ask_about(post, "soon", minutes=20)
    publish(post, mails_stopped=False, mails_dropped_until=NOON + timedelta(minutes=5))
    post.clock.advance(timedelta(minutes=30))
    while post.runtime.mail_turn():
        pass
    assert (len(smtp.received), statuses(post)) == (1, [("skipped", 0), ("sent", 0)])


class Stopping(MemoryTransport):
    """While it hands over the first mail, an organizer stops them all."""

    post: Station

    def send(self, message_id: str, mail: Mail) -> None:
        """Keep it, and hear of the stop; the next mail was made before."""
        super().send(message_id, mail)
        publish(self.post, mails_stopped=True)


def test_of_mails_that_are_under_way_no_other_is_made_once_they_are_stopped(
    tmp_path: Path, open_database: Callable[[], Database]
) -> None:
    transport = Stopping()
    post = station(tmp_path, open_database(), MemoryLog(TOPICS, now=SYSTEM.now), transport)
    transport.post = post
    know(post)
    for number in range(10):
        ask_about(post, str(number))
    post.runtime.mailer.fresh_seconds = 0.0  # what was made before is made anew
    while post.runtime.mail_turn():
        pass
    assert (len(transport.mails), sorted(statuses(post))) == (1, [("sent", 0)] + [("waiting", 0)] * 9)


def test_a_service_remembers_since_when_mails_are_stopped(open_post: OpenPost) -> None:
    post = open_post()
    found = []
    for stopped, minutes in ((False, 0), (True, 5), (True, 5), (False, 5), (True, 5)):
        post.clock.advance(timedelta(minutes=minutes))
        publish(post, mails_stopped=stopped)
        with post.runtime.reading() as connection:
            since = conferences.mails_stopped_at(connection, CONFERENCE)
            found.append(None if since is None else (since - NOON) / timedelta(minutes=1))
    assert found == [None, 5, 5, None, 20]
