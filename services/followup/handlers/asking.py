"""What is due by time: the questions of the evening, the close, the check-ins, and the end of asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from services.followup import policies, store
from services.followup.domain import Relationship
from services.followup.domain import resting as rules
from services.followup.domain.agenda import meeting_day
from services.followup.handlers import resting
from services.followup.handlers.telling import save_and_tell
from services.followup.store import Who
from services.followup.store import resting as kept
from shared import conferences
from shared.contracts import ConferencePublished
from shared.days import local_day
from shared.work import Work

BATCH = 25
EVENING, CLOSE, CHECK_INS, FINISH = ("evening",), ("close",), policies.CHECK_INS, ("finish",)
Due = list[tuple[Relationship, str, datetime]]
"""(pair, step, when it was due)"""
Taken = tuple[str, str, datetime]
"""(relationship, step, when it was due)"""
MailDay = Callable[[ConferencePublished, date, datetime], date]
"""The local day of the mail that something belongs into, from the day of the meeting and when it was due."""


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
        if work.now > until or not agrees(who, work) or _paused_until(attendee, work) is not None:
            continue
        pairs = [pair for pair, _step, _at in due if pair.counts_for_the_evening and _both_take_part(pair, work)]
        key = f"{attendee}:{day.isoformat()}"
        if pairs and _mail(who, "evening", key, evening_round(day), until, work):
            for pair in pairs:
                _ask(pair, attendee, "evening", evening_round(day), work)


def close(attendee: str, work: Work) -> None:
    """The same words to everybody who was asked and did not get contacts, whatever was answered."""
    for who, conference, day, due in _taken(attendee, CLOSE, _the_same_day, work):
        until = policies.closes_at(conference, day) + policies.latest("evening")
        asked = [pair for pair, _step, _at in due if pair.question(attendee, "evening").asked_at is not None]
        quiet = any(pair.continued_at is None and pair.counts_for_the_evening for pair in asked)
        if quiet and work.now <= until and agrees(who, work):
            _mail(who, "close", f"{attendee}:{day.isoformat()}", evening_round(day), until, work)


def check_in(attendee: str, work: Work) -> None:
    """All her pairs of which a question is due on the same day, in one mail. What comes due while she paused waits."""
    rests = _paused_until(attendee, work)
    if rests is not None:
        store.postpone(attendee, CHECK_INS, rests, work)
        return
    for who, conference, day, due in _taken(attendee, CHECK_INS, _the_day_it_is_due, work):
        until = max(at for _pair, _step, at in due) + policies.latest("check_in")
        if work.now > until:
            continue
        agreed, number = agrees(who, work), check_in_round(day)
        asked = [pair for pair, step, _at in due if _check_in(pair, step, who, agreed, number, conference, work)]
        if any(policies.worth_a_mail(pair.said(attendee, "continue")) for pair in asked):
            _mail(who, "check_in", f"{attendee}:{day.isoformat()}", number, until, work)


def finish(_nobody: str, work: Work) -> None:
    """Thirty days after the last question nothing more is waited for."""
    taken = store.take("", FINISH, work, BATCH)
    for pair in store.pairs_by_id(work.connection, {relationship for relationship, _step, _at in taken}):
        longer = resting.wait_for(pair, work)
        if longer is not None:
            kept.again(pair.id, "", "finish", work.now + longer, work)
        elif any(pair.question(attendee, "quarter").asked_at for attendee in pair.people):
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
    silences, asked = conference.policy.silences_end, pair.question(who.attendee, step)
    if asked.asked_at is not None and asked.snoozed_until is None:  # answered after she had wanted to be asked again
        return False
    standing = _standing(pair, who, agreed, silences, work)
    if policies.may_ask(standing):
        _ask(pair, who.attendee, step, number, work)
        return True
    if policies.fell_silent(standing) and _nobody_answers(pair, step, silences, work):
        save_and_tell(pair, *pair.lapse(work.now), work)
    return False


def _nobody_answers(pair: Relationship, step: str, silences: int, work: Work) -> bool:
    """Whether the two are both silent, or may not be asked. Who paused will be asked again, and to whom this very question
    was put a moment ago, she still has all the time to answer it."""
    known = store.who(work.connection, pair.people)
    for attendee in pair.people:
        if pair.question(attendee, step).asked_at is not None:
            return False
        who = known.get(attendee)
        if who is not None and policies.may_ask(_standing(pair, who, agrees(who, work), silences, work)):
            return False
    return True


def _standing(pair: Relationship, who: Who, agreed: bool, silences: int, work: Work) -> policies.Standing:
    """How she stands to this pair; mails that never left are looked for only where that could tell. Whoever said no to
    "stay in touch?" gets none about this pair: of her the other's mail of the same day tells whether it would have left."""
    since = _rested_until(who.attendee, work)
    standing = pair.standing(who.attendee, agreed=agreed, silences_end=silences, since=since)
    if not policies.fell_silent(standing):
        return standing
    no = pair.said(who.attendee, "continue") == "no"
    told_by = store.who(work.connection, (pair.partner(who.attendee),)).values() if no else (who,)
    lost = {mail for one in told_by for mail in kept.lost_mails(work.connection, one.person, one.conference)}
    return pair.standing(who.attendee, agreed=agreed, silences_end=silences, since=since, lost=lost)


def _paused_until(attendee: str, work: Work) -> datetime | None:
    spans = kept.pauses_of(work.connection, (attendee,)).get(attendee, ())
    return rules.paused_until(spans, work.now)


def _rested_until(attendee: str, work: Work) -> datetime | None:
    """Until when her silence says nothing."""
    spans = kept.pauses_of(work.connection, (attendee,)).get(attendee, ())
    return rules.heard_of(spans, work.now)


def _ask(pair: Relationship, attendee: str, step: str, number: int, work: Work) -> None:
    asked, event = pair.ask(attendee, step, number, work.now)
    save_and_tell(pair, asked, () if event is None else (event,), work)


def _mail(who: Who, kind: str, key: str, number: int, until: datetime, work: Work) -> bool:
    return work.first_mail(
        kind,
        who.person,
        key,
        conference=who.conference,
        attendee=who.attendee,
        round=number,
        until=until.isoformat(),
    )


def _the_same_day(_conference: ConferencePublished, day: date, _at: datetime) -> date:
    return day


def _the_day_it_is_due(conference: ConferencePublished, _day: date, at: datetime) -> date:
    return local_day(conference, at)


def _both_take_part(pair: Relationship, work: Work) -> bool:
    return not pair.over and not any(who.withdrawn for who in store.who(work.connection, pair.people).values())


def _taken(
    attendee: str, steps: Iterable[str], mail_day: MailDay, work: Work
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
    pairs = store.pairs_by_id(work.connection, {found for found, _step, _at in taken})
    mails = _by_mail(taken, pairs, conference, mail_day)
    for number, day in enumerate(sorted(mails)):
        here = {found: (step, at) for found, step, at in mails[day]}
        if number:  # the mail before may have changed them
            pairs = store.pairs_by_id(work.connection, here)
        yield who, conference, day, [(pair, *here[pair.id]) for pair in pairs if pair.id in here]


def _in_order(taken: Taken) -> tuple[str, int]:
    return taken[0], CHECK_INS.index(taken[1]) if taken[1] in CHECK_INS else 0


def _by_mail(
    taken: Iterable[Taken], pairs: Iterable[Relationship], conference: ConferencePublished, mail_day: MailDay
) -> dict[date, list[Taken]]:
    """Local day -> what belongs into the mail of that day. Of a pair the latest question comes last: it is the one that is
    asked where several waited."""
    met = {pair.id: meeting_day(pair, conference) for pair in pairs}
    found: dict[date, list[Taken]] = {}
    for relationship, step, at in sorted(taken, key=_in_order):
        day = met.get(relationship)
        if day is not None:
            found.setdefault(mail_day(conference, day, at), []).append((relationship, step, at))
    return found
