"""When whom is asked what: the rules of following up, each a named function. Pure: time comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.announced import evening_of
from shared.contracts import ConferencePublished
from shared.contracts.relationship import IN_TOUCH as IN_TOUCH
from shared.days import at_local, local_day

CHECK_INS = ("week", "month", "quarter")
IN_ORDER = ("evening", *CHECK_INS)
"""The questions by mail, in the order in which a person gets them about one pair."""
YES_OR_NO = ("yes", "no")
HOW_IT_GOES = ("talked", "met", "wrote", "not_yet", "complete")
ANSWERS: dict[str, tuple[str, ...]] = {
    "met": YES_OR_NO,
    "continue": YES_OR_NO,
    **dict.fromkeys(CHECK_INS, HOW_IT_GOES),
    "regular": YES_OR_NO,
}
"""`regular` is put to nobody by mail: whoever is in touch may say on her page that the two talk regularly."""

CHECK_IN_AT = "10:00"
EVENING_LATEST = timedelta(hours=24)
CHECK_IN_LATEST = timedelta(days=3)
FINISHED_AFTER = timedelta(days=30)
PAUSES = {1: timedelta(days=30), 3: timedelta(days=91)}
"""Months that somebody may pause all questions for; as long as from one question to the next."""
SNOOZE = timedelta(days=7)
WORD_WAITS = timedelta(minutes=5)
"""How long a word to many people can be taken back before anything leaves."""
PAGE_LIVES = timedelta(days=30)
QUIET_UNTIL, QUIET_FROM = time(9), time(20)
"""The local hours of a person between which questions reach her."""
ON_ITS_WAY = timedelta(hours=1)
"""What is due at the hour that organizers set for the evening may still leave so much later."""
LOOK_FOR_ATTENDEE = timedelta(minutes=5)
"""Topics have no order among each other: a meeting may be known before its people are."""


def evening_at(conference: ConferencePublished, day: date) -> datetime:
    """When those who met on this day are asked."""
    return evening_of(conference, day)


def closes_at(conference: ConferencePublished, day: date) -> datetime:
    """When "stay in touch?" closes, the same instant for both."""
    return evening_at(conference, day) + timedelta(hours=conference.policy.continue_hours)


def check_in_day(conference: ConferencePublished, day: date, question: str) -> date:
    """The local day on which those who met on `day` get this question."""
    return day + timedelta(days=conference.policy.follow_up_days[CHECK_INS.index(question)])


def check_ins_of(conference: ConferencePublished) -> tuple[str, ...]:
    """The questions that this conference asks."""
    return CHECK_INS[: len(conference.policy.follow_up_days)]


def asked_at(conference: ConferencePublished, day: date, step: str) -> datetime:
    """When this question is due for those who met on `day`."""
    if step == "evening":
        return evening_at(conference, day)
    return at_local(conference, check_in_day(conference, day, step), CHECK_IN_AT)


def after_a_rest(conference: ConferencePublished, now: datetime, rest: timedelta) -> datetime:
    """When questions come again after a rest that begins now: at the hour of all check-ins, so that they come as one mail."""
    return at_local(conference, local_day(conference, now) + rest, CHECK_IN_AT)


def quiet_until(now: datetime, zone: str) -> datetime | None:
    """When the quiet hours end in which nobody in this zone is asked; None when it is day there."""
    local = now.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() <= QUIET_FROM:
        return None
    day = local.date() + timedelta(days=local.time() > QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, ZoneInfo(zone)).astimezone(UTC)


def word_leaves_at(conference: ConferencePublished, now: datetime) -> datetime:
    """When what an owner has sent to many people leaves: after the minutes in which she can take it back, and by day."""
    held = now + WORD_WAITS
    return quiet_until(held, conference.timezone) or held


def is_on_its_way(now: datetime, due: datetime, zone: str) -> bool:
    """Whether something that was due in the evening, when it was not yet too late there, may still leave."""
    return due <= now <= due + ON_ITS_WAY and due.astimezone(ZoneInfo(zone)).time() <= QUIET_FROM


def finished_at(conference: ConferencePublished, day: date) -> datetime:
    """When nothing more is waited for."""
    return asked_at(conference, day, check_ins_of(conference)[-1]) + FINISHED_AFTER


def latest(step: str) -> timedelta:
    """How late a question may still be asked; a question that comes much later is a nuisance."""
    return EVENING_LATEST if step == "evening" else CHECK_IN_LATEST


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How somebody stands to one pair when a question is due."""

    agreed: bool
    """She consents to follow-up mails and has not stopped them."""
    over: bool
    """The pair ended or lapsed."""
    answered: Sequence[bool]
    """For every question that she was asked about this pair, in order: whether she answered. A no to "stay in touch?"
    counts as silence here: no event may tell one from the other."""
    silences_end: int


Rule = Callable[[Standing], bool]


def she_agreed(standing: Standing) -> bool:
    """Nobody is asked without her consent."""
    return standing.agreed


def the_pair_goes_on(standing: Standing) -> bool:
    """Nobody is asked about a pair that is over."""
    return not standing.over


def she_still_answers(standing: Standing) -> bool:
    """So many silences in a row are an answer."""
    return not fell_silent(standing)


MAY_ASK: tuple[Rule, ...] = (she_agreed, the_pair_goes_on, she_still_answers)


def may_ask(standing: Standing) -> bool:
    """Whether a question is put to her."""
    return all(rule(standing) for rule in MAY_ASK)


def fell_silent(standing: Standing) -> bool:
    """Whether the last questions were all unanswered."""
    last = standing.answered[-standing.silences_end :] if standing.silences_end > 0 else ()
    return len(last) == standing.silences_end > 0 and not any(last)


def worth_a_mail(stay_in_touch: str | None) -> bool:
    """Who said no to "stay in touch?" gets no mail about that pair. The question itself is open to her as to everybody,
    and counts as asked: no event may tell a no from a silence."""
    return stay_in_touch != "no"
