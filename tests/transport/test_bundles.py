"""What waits for a person leaves as one mail, each thing in it once, also when a mailer dies over it: on SQLite and on
PostgreSQL, by a real SMTP server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from shared import tables
from shared.bus.memory_log import MemoryLog
from shared.clock import SYSTEM
from shared.database import Database
from shared.mail.smtp import SmtpTransport
from shared.parts import TOPICS
from tests.servers.smtp_sink import SmtpSink
from tests.transport.ledger import NOON, Station, described, record_of, station

OpenPost = Callable[[], Station]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def open_post(tmp_path: Path, open_database: Callable[[], Database], smtp: SmtpSink) -> Iterator[OpenPost]:
    """Another process of the service, whose mails go to the SMTP sink; it knows p and q."""
    posts: list[Station] = []

    def open_one() -> Station:
        transport = SmtpTransport(smtp.url, "Rapport <rapport@example.org>")
        posts.append(station(tmp_path, open_database(), MemoryLog(TOPICS, now=SYSTEM.now), transport))
        posts[-1].log.append([record_of(described(person), f"event of {person}") for person in "pq"])
        posts[-1].intake()
        return posts[-1]

    yield open_one
    for post in posts:
        post.runtime.transport.close()


def ask(post: Station, *names: str, person: str = "p", kind: str = "news", minutes: int = 0) -> None:
    """Have things told to somebody, so many minutes from noon on."""
    with post.runtime.work() as work:
        for name in names:
            work.mail(kind, person, name, conference="c", due_at=NOON + minutes * MINUTE, name=name)


def sent(smtp: SmtpSink) -> list[str]:
    """What the mails that arrived tell of."""
    texts = [mail.message.get_body(("plain",)) for mail in smtp.received]
    return [" ".join(sorted(text.get_content().split())) for text in texts if text is not None]


def statuses(post: Station) -> dict[str, tuple[str, int]]:
    """Name -> (status, tries)."""
    with post.runtime.reading() as connection:
        rows = connection.execute(select(tables.mails).order_by(tables.mails.c.business_key))
        return {row.args["name"]: (row.status, row.attempts) for row in rows}


def test_what_waits_for_a_person_is_one_mail_and_what_comes_later_another(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post, "a", "b")
    ask(post, "c", person="q")
    ask(post, "d")
    # Which of the two leaves first is open where both were asked for within the same millisecond.
    assert (post.runtime.mail_turn(), sorted(sent(smtp))) == (4, ["a b d", "c"])
    ask(post, "e")
    assert (post.runtime.mail_turn(), sorted(sent(smtp)[:2]), sent(smtp)[2:]) == (1, ["a b d", "c"], ["e"])
    with post.runtime.reading() as connection:
        ids = dict(connection.execute(select(tables.mails.c.business_key, tables.mails.c.id)).all())
    first = min(ids[f"news|{name}"] for name in "abd")
    assert smtp.message_ids[sent(smtp).index("a b d")] == f"<{first}@example.org>"
    assert set(statuses(post).values()) == {("sent", 0)}


def test_more_than_a_claim_holds_is_still_one_mail_a_person(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    names = [f"n{number:02}" for number in range(60)]
    ask(post, *names)
    assert (post.runtime.mail_turn(), sent(smtp)) == (60, [" ".join(names)])


def test_what_is_due_within_half_an_hour_comes_along_and_is_not_told_again(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    for minutes in (0, 20, 30, 45):
        ask(post, f"at{minutes}", kind="agenda", minutes=minutes)
    told = []
    for _look in range(8):
        post.runtime.mail_turn()
        told.append(len(smtp.received))
        post.clock.advance(10 * MINUTE)
    assert sent(smtp) == ["at0 at20", "at30 at45"]
    assert told == [1, 1, 1, 2, 2, 2, 2, 2]


def test_what_is_no_longer_wanted_is_left_out_and_the_rest_told(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post, "a", "b", "c")
    post.ledger.unwanted = {"a", "c"}
    post.runtime.mail_turn()
    assert (sent(smtp), statuses(post)) == (["b"], {"a": ("skipped", 0), "b": ("sent", 0), "c": ("skipped", 0)})


def test_one_that_cannot_be_told_does_not_hold_up_the_others(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post, "a", "b", "c")
    post.ledger.broken = {"b"}
    post.runtime.mail_turn()
    assert (sorted(sent(smtp)), statuses(post)) == (
        ["a", "c"],
        {"a": ("sent", 0), "b": ("waiting", 1), "c": ("sent", 0)},
    )
    post.ledger.broken = set()
    post.clock.advance(3 * MINUTE)
    post.runtime.mail_turn()
    assert (sorted(sent(smtp)[:2]), sent(smtp)[2:]) == (["a", "c"], ["b"])
    assert len(set(smtp.message_ids)) == 3


@pytest.mark.parametrize("unwanted", ["", "a"])
def test_after_a_death_between_sending_and_saying_so_the_same_leaves_again_and_nothing_new_with_it(
    open_post: OpenPost, smtp: SmtpSink, unwanted: str
) -> None:
    post = open_post()
    ask(post, "a", "b")
    post.runtime.mail_turn()
    _as_if_it_had_died(post)
    ask(post, "c")
    after = open_post()
    after.ledger.unwanted = {unwanted}
    after.runtime.mail_turn()
    after.clock.advance(timedelta(seconds=61))
    after.runtime.mail_turn()
    again = "b" if unwanted else "a b"
    assert sent(smtp) == ["a b", "c", again]
    assert (smtp.message_ids[0], len(set(smtp.message_ids))) == (smtp.message_ids[2], 2)
    assert statuses(after) == {
        "a": ("skipped" if unwanted else "sent", 1),
        "b": ("sent", 1),
        "c": ("sent", 0),
    }


def _as_if_it_had_died(post: Station) -> None:
    """The rows as a mailer leaves them that was killed after the server took the mail: claimed, not marked."""
    claimed = {"status": "waiting", "sent_at": None, "owner": post.runtime.owner}
    with post.runtime.work() as work:
        work.connection.execute(update(tables.mails).values(**claimed, lease_until=NOON + MINUTE))


def test_after_a_refusal_for_now_the_same_leaves_later_and_what_came_meanwhile_apart(
    open_post: OpenPost, smtp: SmtpSink
) -> None:
    post = open_post()
    ask(post, "a", "b")
    smtp.answers.append("451 busy")
    post.runtime.mail_turn()
    ask(post, "c")
    post.clock.advance(3 * MINUTE)
    post.runtime.mail_turn()
    assert sorted(sent(smtp)) == ["a b", "c"]
    assert set(statuses(post)) == {"a", "b", "c"}


def test_a_part_of_what_was_tried_before_does_not_leave_without_the_rest(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post, "a", "b")
    smtp.answers.append("451 busy")
    post.runtime.mail_turn()
    post.clock.advance(3 * MINUTE)
    name = tables.mails.c.args["name"].as_string()
    with post.runtime.work() as work:  # as if another mailer had this one for now
        held = update(tables.mails).where(name == "b")
        work.connection.execute(held.values(lease_until=post.clock.now() + MINUTE / 2, owner="another"))
    post.runtime.mail_turn()
    assert sent(smtp) == []
    post.clock.advance(MINUTE)
    post.runtime.mail_turn()
    assert sent(smtp) == ["a b"]


def test_what_was_dropped_while_a_mail_was_made_is_not_told(open_post: OpenPost, smtp: SmtpSink) -> None:
    post = open_post()
    ask(post, "a", "b", kind="agenda")

    def drop() -> None:
        post.ledger.meanwhile = lambda: None
        with open_post().runtime.work() as work:
            work.drop_mails(business_keys=("agenda|a",))

    post.ledger.meanwhile = drop
    post.runtime.mail_turn()
    assert (sent(smtp), statuses(post)) == ([], {"a": ("skipped", 0), "b": ("waiting", 0)})
    post.clock.advance(2 * MINUTE)
    post.runtime.mail_turn()
    assert (sent(smtp), statuses(post)) == (["b"], {"a": ("skipped", 0), "b": ("sent", 1)})


def test_two_mailers_at_once_tell_each_thing_once(open_post: OpenPost, smtp: SmtpSink) -> None:
    first, second = open_post(), open_post()
    names = [f"n{number:03}" for number in range(150)]
    for number in range(0, 150, 5):
        ask(first, *names[number : number + 5], person="pq"[number // 5 % 2])

    def send(post: Station) -> None:
        while post.runtime.mail_turn():
            pass

    threads = [threading.Thread(target=send, args=(post,)) for post in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(name for subject in sent(smtp) for name in subject.split()) == names
    assert set(statuses(first).values()) == {("sent", 0)}
