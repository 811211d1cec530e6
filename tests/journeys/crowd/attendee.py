"""One of the crowd on the day: what she remembers from mails and pages, and what she taps. It reads nothing that a person
with a phone could not read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random

from tests.journeys.crowd.calendar import Calendar, Entry, introduction_of, subscribed
from tests.journeys.crowd.characters import Meeting
from tests.journeys.crowd.people import Person
from tests.journeys.world import Answer, Letter, Visitor

FREE = timedelta(minutes=30)
CURIOUS = 0.1
"""How often somebody opens every link of a mail, those to stop and to unsubscribe included: looking changes nothing."""
MEETING = re.compile(r"/i/[a-z2-7]{26}")
FORM = re.compile(r'action="(/i/[a-z2-7]{26})')
MOST_MAILS = 5
"""About meetings, on a day: the sixth is the question of the evening. Only that what both agreed on moves or is off is told
beyond them."""
OVER = re.compile(r"<h1>The \d\d:\d\d meeting</h1>")
"""The heading of a meeting that will not be: the sentence below says why, so no badge does."""
CHANGED = re.compile("This meeting has changed since ")
BADGE = re.compile(r'class="badge[^"]*">([^<]+)<')
STATES = {
    "waiting for your answer": "asked",
    "you said yes, we wait for the other answer": "yes",
    "both said yes": "agreed",
    "nobody said yet whether you met": "agreed",
    "you met": "met",
}
"""What a meeting's page says, in one word; everything else is off."""
KINDS = (
    ("ticket", re.compile(r"^You are in")),
    ("proposed", re.compile(r"^\d\d:\d\d, .*: meet .* \(\d+ minutes\)$")),
    ("proposed", re.compile(r"^(\d+ people would like to meet you|You could meet \d+ people), first at ")),
    ("moved", re.compile(r"^New times? ")),
    ("reminder", re.compile(r"^In a few minutes, ")),
    ("rescue", re.compile(r"^Now, .*: would you meet ")),
    ("waited_for", re.compile(r"^.* is at .*table \d+$")),
    ("cancelled", re.compile(r"won't take place$")),
)


def kind_of(letter: Letter) -> str:
    """Which mail that is, by its subject."""
    return next((kind for kind, subject in KINDS if subject.search(letter.subject)), "")


@dataclass(kw_only=True)
class Known:
    """A meeting as she knows it."""

    uid: str
    link: str
    state: str = "asked"
    rescue: bool = False
    answers_at: datetime | None = None
    regrets_at: datetime | None = None
    said: str = ""
    at_table: bool = False
    both: bool = False
    told: bool = False
    when: Entry | None = None

    @property
    def id(self) -> str:
        """Of the introduction, as its calendar entry has it."""
        return introduction_of(self.uid)

    def is_due(self, now: datetime) -> bool:
        """Whether she has read the mail by now, and will say something."""
        return self.state == "asked" and self.answers_at is not None and self.answers_at <= now


@dataclass(kw_only=True)
class Attendee:
    """Her memory and her hands."""

    person: Person
    visitor: Visitor
    chance: Random
    calendar: Calendar = field(default_factory=Calendar)
    known: dict[str, Known] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    """Kinds of the mails about meetings that she got, in order."""
    page: str = ""
    """Her own page."""
    day: str = ""
    came_at: datetime | None = None
    gone: str = ""
    """left or withdrawn."""
    paused: bool = False
    free_until: datetime | None = None
    late_until: datetime | None = None
    agreed: set[str] = field(default_factory=set)
    """Introductions of which she read that both said yes."""
    met: set[str] = field(default_factory=set)
    """Introductions of which she said that they met."""
    after_all: set[str] = field(default_factory=set)
    """Introductions to which she said yes after a no: she may have one more by each than she wished for."""
    cards: dict[str, str] = field(default_factory=dict)
    """Introduction -> what she wrote on the card, empty where the talk was enough."""

    @property
    def has_all_mails(self) -> bool:
        """Whether she hears no more by mail today, but of what she agreed on."""
        return len(self.letters) >= MOST_MAILS

    @property
    def here(self) -> bool:
        return self.came_at is not None and not self.gone

    # What comes

    def take(self, letters: list[Letter], now: datetime) -> None:
        """New mails: what they are about is remembered, the newest link of each meeting is opened. Whoever withdrew throws
        them away: their links end as soon as the introductions hear of it."""
        if self.gone == "withdrawn":
            return
        fresh: dict[str, Known] = {}
        for letter in letters:
            fresh |= self._open(letter, now)
        for meeting in fresh.values():
            self._read(meeting, self._get(meeting.link))
        if self.chance.random() < CURIOUS:
            for path in letters[-1].links:
                self._get(path)

    def _open(self, letter: Letter, now: datetime) -> dict[str, Known]:
        """What a mail tells of, by UID: it may be several meetings, each with its link and its calendar entry."""
        kind = kind_of(letter)
        if kind == "ticket":
            self.page = letter.link("/a/")
        elif kind:
            self.letters.append(kind)
        self.day = next((path for path in letter.links if path.startswith("/d/")), self.day)
        links = list(dict.fromkeys(MEETING.findall(" ".join(letter.links))))
        uids = [self.calendar.take(text) for text in letter.calendars]
        told = zip_longest(uids, links[: len(uids)])
        return {uid: self._hears(uid, kind, link, now) for uid, link in told}

    def _hears(self, uid: str, kind: str, link: str | None, now: datetime) -> Known:
        meeting = self.known.setdefault(uid, Known(uid=uid, link=""))
        meeting.link = link or meeting.link
        meeting.when = self.calendar.entries.get(uid)
        if kind in ("proposed", "moved", "rescue"):
            within = 0 if kind == "rescue" else self.person.character.reads_within
            meeting.answers_at = now + timedelta(minutes=self.chance.randint(0, within))
            meeting.rescue, meeting.said, meeting.regrets_at = kind == "rescue", "", None
        return meeting

    def look(self, meeting: Known) -> str:
        """Open a meeting's page; what it says."""
        return self._read(meeting, self._get(meeting.link))

    def _read(self, meeting: Known, answer: Answer) -> str:
        """What a meeting's page says, remembered."""
        if CHANGED.search(answer.text):
            self._finds_it_moved(meeting, answer)
        badge = BADGE.search(answer.text)
        assert badge or OVER.search(answer.text), f"{meeting.link} says nothing: {answer.text[:2000]}"
        meeting.state = STATES.get(badge[1].replace("&#39;", "'"), "off") if badge else "off"
        if meeting.state == "agreed":
            self.agreed.add(meeting.id)
        meeting.both = "You are both here." in answer.text
        return answer.text

    def _finds_it_moved(self, meeting: Known, answer: Answer) -> None:
        """It moved, and no mail told her (yet): what she taps on the page is about the new time, and so is its entry."""
        self.calendar.take(self._get(f"{meeting.link}/calendar.ics").text)
        meeting.when = self.calendar.entries.get(meeting.uid)
        newest = FORM.search(answer.text)
        meeting.link = newest[1] if newest else meeting.link

    def _get(self, path: str) -> Answer:
        answer = self.visitor.get(path)
        assert answer.status == 200, f"{self.person.name}: {path}: {answer.status} {answer.text[:600]}"
        return answer

    def _post(self, path: str, *fields: tuple[str, str], also: tuple[int, ...] = ()) -> Answer:
        answer = self.visitor.post(path, fields)
        assert answer.status in (303, *also), (
            f"{self.person.name}: {path} {fields}: {answer.status} {answer.text[:900]}"
        )
        return answer

    def _tap(self, path: str, *fields: tuple[str, str]) -> Answer:
        """Press a button, which may be too late, or for something that has moved: the page that follows."""
        answer = self._post(path, *fields, also=(409,))
        return self._get(answer.place.partition("#")[0]) if answer.status == 303 else answer

    # What she does

    def acts(self, now: datetime) -> None:
        """Everything that she does at this time; whoever withdrew has done it all."""
        if self.gone == "withdrawn":
            return
        for meeting in list(self.known.values()):
            self._about(meeting, now)
        if self.here:
            self._whenever(now)

    def _about(self, meeting: Known, now: datetime) -> None:
        if meeting.state in ("asked", "yes") and meeting.answers_at is not None and meeting.answers_at <= now:
            meeting.answers_at = None
            self._answer(meeting, now)
        elif meeting.regrets_at is not None and meeting.regrets_at <= now:
            meeting.regrets_at = None
            self._changes_her_mind(meeting)
        if self.here and meeting.when is not None:
            self._at_the_table(meeting, now)

    def _answer(self, meeting: Known, now: datetime) -> None:
        text = self.look(meeting)
        others = re.findall(r'name="slots" value="([^"]+)"', text)
        seen = Meeting(rescue=meeting.rescue, others=len(others), had=len(self.agreed))
        said = self.person.character.answers(seen, self.chance)
        if not said or meeting.state != "asked":
            return
        if said == "another":
            self._another(meeting, self.chance.choice(others))
            return
        self._says(meeting, said)
        after = self.person.character.regrets(self.chance)
        meeting.regrets_at = None if after is None else now + timedelta(minutes=after)

    def _changes_her_mind(self, meeting: Known) -> None:
        before = meeting.said
        self._says(meeting, "no" if before == "yes" else "yes")
        if before == "no" and meeting.state != "off":
            self.after_all.add(meeting.id)

    def _says(self, meeting: Known, said: str) -> None:
        meeting.said = said
        word = "accept" if said == "yes" else "decline"
        self._read(meeting, self._tap(meeting.link, ("answer", word)))
        self._take_out(meeting)

    def _another(self, meeting: Known, slot: str) -> None:
        answer = self._post(meeting.link, ("answer", "other_time"), ("slots", slot), also=(409,))
        if answer.status == 303:
            meeting.link = answer.place  # where it is about the new time; a mail tells of it, too
            answer = self._get(meeting.link)
        self._read(meeting, answer)
        meeting.said = "yes"

    def _take_out(self, meeting: Known) -> None:
        """Whoever called something off herself finds what takes it out of her calendar on its page."""
        if meeting.state == "off" and meeting.link and self.gone != "withdrawn":
            self.calendar.take(self._get(f"{meeting.link}/calendar.ics").text)

    def _at_the_table(self, meeting: Known, now: datetime) -> None:
        assert meeting.when is not None
        begins, ends = meeting.when
        if meeting.state not in ("agreed", "met") or now >= ends + timedelta(minutes=30):
            return
        if not meeting.at_table and begins - timedelta(minutes=10) <= now < ends:
            before = 0 if meeting.rescue else self.person.character.comes(self.chance)
            if before is not None and now >= begins - timedelta(minutes=before):
                self._sits_down(meeting)
        elif meeting.at_table and now < ends:
            self._looks_around(meeting, now)
        if meeting.both and not meeting.told and now >= begins:
            self._tells(meeting)

    def _sits_down(self, meeting: Known) -> None:
        self._read(meeting, self._tap(f"{meeting.link}/table", ("table", "here")))
        meeting.at_table = meeting.state in ("agreed", "met")

    def _looks_around(self, meeting: Known, now: datetime) -> None:
        """Alone at a table, she looks whether somebody else was found, or goes."""
        text = self.look(meeting) if not meeting.both else ""
        found = re.search(r'We found somebody else for you\. <a href="([^"]+)"', text)
        if found:
            self._is_found_somebody(found[1], meeting)
        elif "I leave now" in text and not self.person.character.waits and now >= meeting.when[0]:  # type: ignore[index]
            self._tap(f"{meeting.link}/table", ("table", "go"))

    def _is_found_somebody(self, link: str, before: Known) -> None:
        ((uid, when),) = subscribed(self._get(f"{link}/calendar.ics").text).items()
        if uid not in self.known:
            self.known[uid] = Known(uid=uid, link=link, state="yes", at_table=True, said="yes", when=when)
        before.at_table = False
        self.look(self.known[uid])

    def _tells(self, meeting: Known) -> None:
        said, meeting.told = self.person.character.tells(self.chance), True
        if said in ("goal", "enough"):
            sentence = f"P{self.person.number} sends the draft." if said == "goal" else ""
            self.cards[meeting.id] = sentence
            by = (meeting.when[0] + timedelta(days=7)).date().isoformat()  # type: ignore[index]
            card = [("goal", "next"), ("sentence", sentence), ("by", by)] if sentence else [("goal", "enough")]
            self._post(f"{meeting.link}/goal", *card)
        if said:
            self._post(f"{meeting.link}/met", ("met", "yes"))
            self.met.add(meeting.id)
            meeting.state = "met"

    def _whenever(self, now: datetime) -> None:
        assert self.came_at is not None
        minutes = int((now - self.came_at).total_seconds() / 60)
        does = self.person.character.does(minutes, len(self.agreed), self.chance)
        sits = any(one.at_table and one.when and one.when[0] <= now < one.when[1] for one in self.known.values())
        if not does or sits:
            return
        if not self.day:
            self.day = re.findall(r'href="(/d/[^"]+)"', self._get(self.page).text)[0]
        if getattr(self, f"_{does}")(now):
            for meeting in self.known.values():
                self.look(meeting)
                self._take_out(meeting)

    def _free(self, now: datetime) -> bool:
        """Free now, for half an hour; the others alike: whether it may have called something off."""
        if not self.paused and (self.free_until is None or self.free_until <= now):
            self._post(f"{self.day}/ready", ("free", "yes"))
            self.free_until = self.visitor.world.now() + FREE
        return False

    def _late(self, _now: datetime) -> bool:
        if self.late_until is not None:
            return False
        minutes = self.chance.choice((10, 20, 40))
        self._post(f"{self.day}/ready", ("late", str(minutes)))
        self.late_until = self.visitor.world.now() + timedelta(minutes=minutes)
        return True

    def _pause(self, _now: datetime) -> bool:
        if self.paused:
            return False
        self._post(self.day, ("pause", "yes"))
        self.paused = True
        return True

    def _unpause(self, _now: datetime) -> bool:
        if self.paused:
            self._post(self.day, ("pause", "no"))
            self.paused = False
        return False

    def _leave(self, _now: datetime) -> bool:
        self._post(f"{self.page}/leave")
        self.gone = "left"
        return True

    def _withdraw(self, _now: datetime) -> bool:
        self._post(f"{self.page}/withdraw", ("sure", "yes"), also=(200,))
        self.gone = "withdrawn"
        return False
