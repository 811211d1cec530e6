"""What is due by time: the questions of the evening, the close, the check-ins, and the end of asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from services.followup import policies, store
from services.followup.domain import Relationship
from services.followup.domain.agenda import meeting_day
from services.followup.handlers.telling import save_and_tell
from services.followup.store import Who
from shared import conferences
from shared.contracts import ConferencePublished
from shared.work import Work

BATCH = 25
EVENING, CLOSE, CHECK_INS, FINISH = ("evening",), ("close",), policies.CHECK_INS, ("finish",)
Due = list[tuple[Relationship, str, date]]
"""(pair, step, local day of its meeting)"""


def evening_round(day: date) -> int:
    """The number of the mail that those get who met on this day."""
    return day.toordinal() * 2


def check_in_round(day: date) -> int:
    """The number of the mail of this day with everything that is due on it."""
    return day.toordinal() * 2 + 1


def day_of(round_: int) -> date:
    """The day of a mail by its number."""
    return date.fromordinal(round_ // 2)


def ask_in_the_evening(attendee: str, work: Work) -> None:
    """One mail for all her meetings of a day."""
    for who, conference, day, due in _taken(attendee, EVENING, _the_same_day, work):
        until = policies.evening_at(conference, day) + policies.latest("evening")
        if work.now > until or not agrees(who, work):
            continue
        pairs = [pair for pair, _step, _day in due if pair.counts_for_the_evening and _both_take_part(pair, work)]
        key = f"{attendee}:{day.isoformat()}"
        if pairs and _mail(who, "evening", key, evening_round(day), until, work):
            for pair in pairs:
                _ask(pair, attendee, "evening", evening_round(day), work)


def close(attendee: str, work: Work) -> None:
    """The same words to everybody who was asked and did not get contacts, whatever was answered."""
    for who, conference, day, due in _taken(attendee, CLOSE, _the_same_day, work):
        until = policies.closes_at(conference, day) + policies.latest("evening")
        asked = [pair for pair, _step, _day in due if pair.question(attendee, "evening").asked_at is not None]
        quiet = any(pair.continued_at is None and pair.counts_for_the_evening for pair in asked)
        if quiet and work.now <= until and agrees(who, work):
            _mail(who, "close", f"{attendee}:{day.isoformat()}", evening_round(day), until, work)


def check_in(attendee: str, work: Work) -> None:
    """All her pairs of which a question is due on the same day, in one mail."""
    for who, conference, day, due in _taken(attendee, CHECK_INS, policies.check_in_day, work):
        until = policies.asked_at(conference, due[0][2], due[0][1]) + policies.latest("check_in")
        if work.now > until:
            continue
        agreed, number = agrees(who, work), check_in_round(day)
        asked = [pair for pair, step, _met in due if _check_in(pair, step, who, agreed, number, conference, work)]
        if any(policies.worth_a_mail(pair.said(attendee, "continue")) for pair in asked):
            _mail(who, "check_in", f"{attendee}:{day.isoformat()}", number, until, work)


def finish(_nobody: str, work: Work) -> None:
    """Thirty days after the last question nothing more is waited for."""
    taken = store.take("", FINISH, work, BATCH)
    for pair in store.pairs_by_id(work.connection, {relationship for relationship, _step in taken}):
        if any(pair.question(attendee, "quarter").asked_at for attendee in pair.people):
            save_and_tell(pair, *pair.end("finished", work.now), work)


def agrees(who: Who, work: Work) -> bool:
    """Whether she may get follow-up mails now."""
    return who.follow_up and not who.withdrawn and not store.stopped(work.connection, who.attendee)


def _check_in(
    pair: Relationship,
    step: str,
    who: Who,
    agreed: bool,
    number: int,
    conference: ConferencePublished,
    work: Work,
) -> bool:
    """Put the question to her, unless she fell silent; when both did, that was the last of it."""
    silences = conference.policy.silences_end
    standing = pair.standing(who.attendee, agreed=agreed, silences_end=silences)
    if policies.may_ask(standing):
        _ask(pair, who.attendee, step, number, work)
        return True
    if policies.fell_silent(standing) and _nobody_answers(pair, silences, work):
        save_and_tell(pair, *pair.lapse(work.now), work)
    return False


def _nobody_answers(pair: Relationship, silences: int, work: Work) -> bool:
    """Whether the two are both silent, or may not be asked."""
    known = store.who(work.connection, pair.people)
    for attendee in pair.people:
        agreed = attendee in known and agrees(known[attendee], work)
        if policies.may_ask(pair.standing(attendee, agreed=agreed, silences_end=silences)):
            return False
    return True


def _ask(pair: Relationship, attendee: str, step: str, number: int, work: Work) -> None:
    asked, event = pair.ask(attendee, step, number, work.now)
    save_and_tell(pair, asked, () if event is None else (event,), work)


def _mail(who: Who, kind: str, key: str, number: int, until: datetime, work: Work) -> bool:
    return work.mail(
        kind,
        who.person,
        key,
        conference=who.conference,
        attendee=who.attendee,
        round=number,
        until=until.isoformat(),
    )


def _the_same_day(_conference: ConferencePublished, day: date, _step: str) -> date:
    return day


def _both_take_part(pair: Relationship, work: Work) -> bool:
    return not pair.over and not any(who.withdrawn for who in store.who(work.connection, pair.people).values())


def _taken(
    attendee: str, steps: Iterable[str], mail_day: Callable[[ConferencePublished, date, str], date], work: Work
) -> Iterable[tuple[Who, ConferencePublished, date, Due]]:
    """(she, her conference, day of the mail, what belongs into it) for each mail that is due to her, marked as done."""
    names = tuple(steps)
    who = store.who(work.connection, (attendee,)).get(attendee)
    if who is None:  # she is on her way on another topic
        store.postpone(attendee, names, work.now + policies.LOOK_FOR_ATTENDEE, work)
        return
    taken = store.take(attendee, names, work)
    conference = conferences.by_id(work.connection, who.conference)
    if conference is None or not taken:
        return
    pairs = store.pairs_by_id(work.connection, {found for found, _step in taken})
    days = _mail_days(taken, pairs, conference, mail_day)
    for number, day in enumerate(sorted(set(days.values()))):
        here = {found: step for (found, step), mail in days.items() if mail == day}
        if number:  # the mail before may have changed them
            pairs = store.pairs_by_id(work.connection, here)
        met = [(pair, meeting_day(pair, conference)) for pair in pairs if pair.id in here]
        yield who, conference, day, [(pair, here[pair.id], on) for pair, on in met if on is not None]


def _mail_days(
    taken: Iterable[tuple[str, str]],
    pairs: Iterable[Relationship],
    conference: ConferencePublished,
    mail_day: Callable[[ConferencePublished, date, str], date],
) -> dict[tuple[str, str], date]:
    """(relationship, step) -> local day of the mail that it belongs into."""
    met = {pair.id: meeting_day(pair, conference) for pair in pairs}
    days = ((found, step, met.get(found)) for found, step in taken)
    return {(found, step): mail_day(conference, day, step) for found, step, day in days if day is not None}
