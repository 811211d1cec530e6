"""My day looks again by itself: nothing is sent where nothing is new, whoever answers that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.marks import Marks
from shared.signals import Signals
from tests.introductions.looks import statements
from tests.introductions.stage import TODAY, Stage, a_conference, a_person, slots
from tests.system import System

ANA, BEN = a_person("Ana", "mentor"), a_person("Ben", "mentee")


@pytest.fixture
def stage(system: System, marks: Marks | None) -> Stage:
    """Ana and Ben were proposed for 14:00."""
    made = Stage(system, a_conference(times=slots(TODAY, "14:00", 3)))
    made.here(ANA, BEN)
    made.quiet()
    return made


def look(stage: Stage, etag: str = "") -> Any:
    """What her page gets when it looks again."""
    headers = {"If-None-Match": etag} if etag else {}
    return stage.system.client("introductions").get(stage.day(BEN) + "/live", headers=headers)


def test_what_is_not_new_is_not_sent_again_and_redis_alone_says_so_where_it_is(stage: Stage) -> None:
    page = stage.system.client("introductions").get(stage.day(BEN)).text
    first = look(stage)
    assert (first.status_code, first.headers["X-Every"]) == (200, "15")
    assert f'data-etag="{first.headers["ETag"].strip(chr(34))}"' in page
    assert first.text.strip() in page
    with statements(stage) as asked:
        again = look(stage, first.headers["ETag"])
    assert (again.status_code, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    assert len(asked) == (0 if stage.system.introductions.marks else 1)


def test_whatever_happens_to_her_meeting_is_new_at_the_next_look(stage: Stage) -> None:
    etag = look(stage).headers["ETag"]
    (introduction,) = stage.introductions
    for person, said in ((BEN, "waiting for your answer"), (ANA, "we wait for the other answer")):
        assert said in look(stage).text
        stage.answer(introduction, person, "accept")
    answered = look(stage, etag)
    assert (answered.status_code, "both said yes" in answered.text) == (200, True)
    assert look(stage, answered.headers["ETag"]).status_code == 304


def test_time_alone_makes_news_and_looks_more_frequent_near_a_meeting(stage: Stage) -> None:
    (introduction,) = stage.introductions
    for person in (ANA, BEN):
        stage.answer(introduction, person, "accept")
    starts, seen, words = introduction.place.starts_at, [], ("Soon:", "In a few minutes:", "Now:")
    etag = look(stage).headers["ETag"]
    for minutes in (-21, -20, -10, -5, 0, 15):
        stage.system.clock.set(starts + timedelta(minutes=minutes))
        answered = look(stage, etag)
        etag = answered.headers["ETag"]
        said = [word for word in words if word in answered.text]
        seen.append((minutes, answered.status_code, answered.headers["X-Every"], said))
    assert seen == [
        (-21, 304, "15", []),
        (-20, 200, "5", ["Soon:"]),
        (-10, 304, "5", []),
        (-5, 200, "5", ["In a few minutes:"]),
        (0, 200, "5", ["Now:"]),
        (15, 200, "15", []),
    ]


def test_a_day_that_is_over_for_her_is_over_at_the_next_look(stage: Stage) -> None:
    etag = look(stage).headers["ETag"]
    stage.withdrew(BEN)
    assert look(stage, etag).status_code == 404


def test_who_is_not_here_yet_is_looked_after_when_she_comes_and_seldom_before(stage: Stage) -> None:
    stage.left(BEN)
    stage.quiet()
    etag = look(stage).headers["ETag"]
    asked_for = []
    for minutes in (2, 2, 7):
        stage.system.clock.advance(timedelta(minutes=minutes))
        with statements(stage) as asked:
            assert look(stage, etag).status_code == 304
        asked_for.append(len(asked) > 1)
    assert asked_for == [False, False, True]
    stage.here(BEN)
    stage.quiet()
    assert look(stage, etag).status_code == 200


def test_who_waits_is_told_within_a_minute_what_has_changed_for_others(stage: Stage) -> None:
    stage.left(ANA)
    stage.quiet()
    etag = look(stage).headers["ETag"]
    stage.system.clock.advance(timedelta(seconds=61))
    with statements(stage) as asked:
        look(stage, etag)
    assert len(asked) > 1


def test_no_limiter_looks_at_a_phone_that_looks_again_and_limits_hold_where_they_are_asked_for(stage: Stage) -> None:
    app = stage.system.app("introductions")
    hooks = {getattr(hook, "__self__", None).__class__.__name__ for hook in app.before_request_funcs[None]}
    assert "Limiter" not in hooks
    client = stage.system.client("introductions")
    answers = [client.get(f"/d/{'a' * 25}{number % 10}/live").status_code for number in range(60)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_without_redis_from_one_moment_to_the_next_nothing_is_missed(stage: Stage) -> None:
    etag = look(stage).headers["ETag"]
    stage.system.introductions.marks = None if stage.system.introductions.marks else Signals(Nobody())
    assert look(stage, etag).status_code == 304
    stage.answer(stage.introductions[0], BEN, "accept")
    assert look(stage, etag).status_code == 200


class Nobody:
    """A Redis that is away."""

    def __getattr__(self, name: str) -> Any:
        raise ConnectionError(name)


def test_whom_she_meets_changed_her_name_and_the_next_look_says_so(stage: Stage) -> None:
    etag = look(stage).headers["ETag"]
    stage.renamed(ANA, "Annika Neu")
    answered = look(stage, etag)
    assert (answered.status_code, "Annika" in answered.text) == (200, True)


def test_what_is_answered_before_flask_hears_of_it_is_what_flask_answers_and_counted(stage: Stage) -> None:
    etag, client = look(stage).headers["ETag"], stage.system.client("introductions")
    before = counted(client.get("/metrics").text)
    headers = {"If-None-Match": etag, "X-Request-Id": "given-by-a-proxy"}
    answers = [client.get(stage.day(BEN) + "/live", headers=headers) for _ in range(3)]
    assert [(answer.status_code, answer.text) for answer in answers] == [(304, "")] * 3
    assert [sorted(answer.headers) for answer in answers[1:]] == [sorted(answers[0].headers)] * 2
    assert counted(client.get("/metrics").text) - before == 3


def counted(figures: str) -> float:
    """How many looks were answered by 304, by the page for machines."""
    line = 'rapport_requests_total{method="GET",route="/d/<token>/live",service="introductions",status="304"} '
    return sum(float(text.removeprefix(line)) for text in figures.splitlines() if text.startswith(line))


def test_an_answer_in_another_language_is_another_page(stage: Stage) -> None:
    client, path = stage.system.client("introductions"), stage.day(BEN) + "/live"
    english, german = client.get(path), client.get(path + "?lang=de")
    asked = [(path, english), (path + "?lang=de", german), (path, german), (path + "?lang=de", english)]
    codes = [
        client.get(where, headers={"If-None-Match": what.headers["ETag"]}).status_code for where, what in asked * 2
    ]
    assert codes == [304, 304, 200, 200] * 2
