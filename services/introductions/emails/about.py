"""A meeting in words, as mails and pages say it to one of the two. Never loads: what it needs to know, it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.introductions.domain import Introduction
from shared import dates
from shared.announced import delay_of
from shared.contracts import ConferencePublished
from shared.contracts.conference import MeetingPoint
from shared.days import local_time, slot_day
from shared.i18n import gettext as _
from shared.i18n import ngettext


@dataclass(frozen=True, kw_only=True)
class About:
    """A meeting as one of the two gets to hear of it."""

    introduction: Introduction
    conference: ConferencePublished
    side: str
    """mentor or mentee: who is told"""
    partner: str | None
    """The other's first name; None while the address book does not have her."""
    now: datetime
    goal: str | None = None
    """What the other would call a good outcome, in her words; known once both said yes."""

    @property
    def who(self) -> str:
        """What the other is called."""
        return self.partner or _("a participant")

    @property
    def starts(self) -> str:
        """`HH:MM` at the conference."""
        return local_time(self.conference, self.introduction.place.starts_at)

    @property
    def ends(self) -> str:
        """`HH:MM` at the conference."""
        return local_time(self.conference, self.introduction.place.ends_at)

    @property
    def day(self) -> str:
        """The date in words."""
        return day_in_words(self.introduction.place.slot)

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.conference.slot_minutes

    @property
    def until(self) -> str:
        """Until when it is held, with the day where that is another one."""
        held = self.introduction.hold_until
        day = held.astimezone(ZoneInfo(self.conference.timezone)).date()
        clock = local_time(self.conference, held)
        return clock if day == slot_day(self.introduction.place.slot) else f"{clock}, {dates.weekday_and_day(day)}"

    @property
    def point(self) -> MeetingPoint | None:
        """The meeting point, where the conference still has it."""
        code = self.introduction.place.meeting_point
        return next((point for point in self.conference.meeting_points if point.code == code), None)

    @property
    def table(self) -> str:
        """`table 12`, with the meeting point where there are several."""
        table = _("table {n}").replace("{n}", str(self.introduction.place.table))
        return self.named_table if len(self.conference.meeting_points) > 1 else table

    @property
    def named_table(self) -> str:
        """Meeting point and table."""
        table = _("table {n}").replace("{n}", str(self.introduction.place.table))
        return f"{self.point.name}, {table}" if self.point else table

    @property
    def late(self) -> int:
        """Minutes behind the programme, by what was announced."""
        return int(delay_of(self.conference.delays, self.introduction.place.slot).total_seconds() // 60)

    @property
    def where(self) -> str:
        """Meeting point, table and landmark."""
        table = _("table {n}").replace("{n}", str(self.introduction.place.table))
        parts = [self.point.name, table, self.point.landmark] if self.point else [table]
        return ", ".join(part for part in parts if part)

    @property
    def why(self) -> list[str]:
        """The facts behind it, as sentences; the same facts for both."""
        return reasons(self)

    @property
    def question(self) -> str:
        """A decent first question."""
        return self.openers[0]

    @property
    def openers(self) -> list[str]:
        """Three ways to begin, from what both said of themselves."""
        return openers(self)


def day_in_words(slot: str) -> str:
    """The date of a slot in words."""
    return dates.weekday_and_day(slot_day(slot))


def date_in_words(day: date) -> str:
    """Weekday, day and month."""
    return dates.weekday_and_day(day)


def topics_of(about: About) -> list[str]:
    """The topics that the two have in common, in people's words."""
    labels = {topic.code: topic.label for topic in about.conference.topics}
    return [labels.get(item.code, item.code) for item in about.introduction.reasons if item.kind == "topic"]


def reasons(about: About) -> list[str]:
    """The facts, first the topics."""
    topics = listed(topics_of(about))
    labels = {topic.code: topic.label for topic in about.conference.topics}
    found = []
    if topics and about.side == "mentee":
        found.append(_("You asked about {topics}; {who} can help with that.").replace("{topics}", topics))
    elif topics:
        found.append(_("{who} asked about {topics}; you can help with that.").replace("{topics}", topics))
    for reason in about.introduction.reasons:
        sentence = {
            "near": _("{topic} is close to what one of you knows.").replace(
                "{topic}", labels.get(reason.code, reason.code)
            ),
            "help": _("One of you looks for {help}, the other gives it.").replace("{help}", help_in_words(reason.code)),
            "request": _("One of you named the other as somebody to meet."),
            "referral": _("One of you brought the other to this conference."),
            "language": _("You both speak {language}.").replace("{language}", dates.language(reason.code)),
            "years": _("One of you has more years of experience."),
            "organizer": _("The organizers would like the two of you to meet."),
            "newcomer": _("One of you is new here, the other likes to meet people who are."),
        }.get(reason.kind)
        if sentence:
            found.append(sentence)
    return [_upper(sentence.replace("{who}", about.who)) for sentence in found]


def help_in_words(code: str) -> str:
    """A kind of help within a sentence."""
    words = {
        "advice": _("advice on a decision"),
        "perspective": _("a view from outside"),
        "network": _("people to know"),
        "safe_place": _("a safe place to ask"),
    }
    return words.get(code, code)


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def listed(words: list[str]) -> str:
    """Words one after another, as in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return _("{some} and {last}").replace("{some}", ", ".join(words[:-1])).replace("{last}", words[-1])


def openers(about: About) -> list[str]:
    """Three questions that need no preparation: about what they have in common, and such as anybody can answer."""
    mentee = about.side == "mentee"
    kinds = {reason.kind: reason.code for reason in about.introduction.reasons}
    found = [_about_a_topic(topic, mentee) for topic in topics_of(about)[:1]]
    if "help" in kinds:
        found.append(_about_help(kinds["help"], mentee))
    if "newcomer" in kinds:
        found.append(
            _("What should somebody see or do here who is at this conference for the first time?")
            if mentee
            else _("What surprised you most here so far?")
        )
    if "years" in kinds:
        found.append(
            _("Which decision of your first years would you make differently today?")
            if mentee
            else _("Where would you like to be in two years, and what is in the way?")
        )
    plain = [
        _("What brought you here, and what would make this day worth it?"),
        _("Whom else here should I talk to, and about what?"),
        _("What are you working on that you would like a second opinion on?"),
    ]
    return [*found, *plain][:3]


def _about_a_topic(topic: str, mentee: bool) -> str:
    if mentee:
        text = _("What do you know about {topic} today that you wish you had known at the start?")
    else:
        text = _("What have you tried with {topic} so far, and where did you get stuck?")
    return text.replace("{topic}", topic)


def _about_help(code: str, mentee: bool) -> str:
    asks = {
        "advice": _("I have a decision to make. May I tell you about it, and hear what you would ask yourself first?"),
        "perspective": _("May I tell you in a minute what I do, and you tell me what you would look at first?"),
        "network": _("Which two people helped you most, and how did you meet them?"),
        "safe_place": _("What did you not dare to ask when you were where I am?"),
    }
    gives = {
        "advice": _("Is there a decision that you carry around with you at the moment?"),
        "perspective": _("How would you explain what you do to somebody who has never heard of it?"),
        "network": _("Whom would you like to know, if you could choose?"),
        "safe_place": _("Is there something that everybody seems to know and nobody explains?"),
    }
    words = asks if mentee else gives
    return words.get(code, words["perspective"])


# What was announced on the day


def heading_of(about: About, news: str) -> str:
    """What was announced for everybody, in one sentence."""
    if news == "elsewhere":
        return _("The place changed")
    if not about.late:
        return _("Everything is on time again")
    runs = ngettext("Everything runs %(num)s minute later", "Everything runs %(num)s minutes later", about.late)
    return runs.replace("%(num)s", str(about.late))


def what_stays(about: About, news: str) -> str:
    """What that means for this meeting, and what to do where she cannot come."""
    if news == "elsewhere":
        moved = _("You meet {who} as planned, only somewhere else.")
    else:
        moved = _("Your meeting with {who} moves along, at the same place.")
    sentences = [moved.replace("{who}", about.who)]
    if about.introduction.answer_of(about.side) == "accept":
        sentences.append(_("Your yes still counts. If you can't be there, please say so on the meeting's page."))
    else:
        sentences.append(_("Please answer by %(until)s.").replace("%(until)s", about.until))
    return " ".join(sentences)
