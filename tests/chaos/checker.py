"""Judges a run: each rule is a sentence about the evidence and returns what contradicts it. Reads nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from tests.chaos.evidence import Evidence
from tests.chaos.record import TAKES

Rule = Callable[[Evidence], Iterator[str]]
TICKET = "You are in"
ENDED = {"declined", "cancelled"}
BOTH_SAID_YES = {"accepted", "met", "unreported", "cancelled", "declined"}


def every_call_got_an_answer(evidence: Evidence) -> Iterator[str]:
    for line in evidence.of("unanswered", "client died"):
        yield f"{line.what}: {line.facts}"


def no_process_ended_by_itself(evidence: Evidence) -> Iterator[str]:
    for line in evidence.of("fell"):
        yield f"{line['role']} ended by itself"


def all_was_quiet_in_the_end(evidence: Evidence) -> Iterator[str]:
    if not evidence.of("quiet") or evidence.of("never quiet"):
        yield "something was still under way in the end"


def every_registration_is_there(evidence: Evidence) -> Iterator[str]:
    for attendee, line in evidence.registered.items():
        shown = evidence.people.get(attendee)
        if shown is None:
            yield f"registration of {line['email']} is lost"
        elif attendee in evidence.withdrawn:
            if shown["status"] != "withdrawn":
                yield f"{line['email']} withdrew and is {shown['status']}"
        elif attendee in evidence.checked_in and attendee not in evidence.going and shown["status"] != "checked_in":
            yield f"{line['email']} is here and is said to be {shown['status']}"


def every_change_is_there(evidence: Evidence) -> Iterator[str]:
    asked = {line["number"]: line["version"] for line in evidence.of("asked changed")}
    for attendee, line in evidence.registered.items():
        number, shown = line["number"], evidence.people.get(attendee)
        if shown is None or attendee in evidence.going:
            continue
        least = evidence.acknowledged(number, float("inf"))
        fitting = range(least, max(least, asked.get(number, 0)) + 1)
        if shown["name"] not in [f"P{number}v{version} Chaos" for version in fitting]:
            yield f"the name of P{number} is {shown['name']}, her change {least} was acknowledged"
        if shown["goal"] not in [f"Goal {version} of {number}" for version in fitting]:
            yield f"the goal of P{number} is {shown['goal']!r}, her change {least} was acknowledged"


def no_address_is_registered_twice(evidence: Evidence) -> Iterator[str]:
    emails = Counter(item["email"] for item in evidence.people.values() if item["email"])
    yield from (f"{email} stands {count} times in the list" for email, count in emails.items() if count > 1)


def a_retry_gets_the_first_answer(evidence: Evidence) -> Iterator[str]:
    for line in evidence.of("refused conference", "refused registered", "refused checked_in"):
        yield f"{line.what.removeprefix('refused ')} got {line['code']} at try {line['tries']}"
    for line in evidence.of("registered", "conference"):
        if line["code"] != 201:
            yield f"{line.what} got {line['code']}, not the answer that it had made one"


def every_ticket_is_mailed_once(evidence: Evidence) -> Iterator[str]:
    tickets = Counter(letter.to for letter in evidence.first_letters if letter.subject.startswith(TICKET))
    for attendee, email in evidence.emails.items():
        least = 0 if attendee in evidence.going else 1
        if not least <= tickets[email] <= 1:
            yield f"{email} got {tickets[email]} different tickets"


def one_thing_has_one_message_id(evidence: Evidence) -> Iterator[str]:
    ids: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for letter in evidence.letters:
        for thing in letter.things:
            ids[thing].add(letter.message_id)
    yield from (f"{len(found)} different mails about {thing}" for thing, found in ids.items() if len(found) > 1)


def copies_come_only_from_dead_mailers(evidence: Evidence) -> Iterator[str]:
    if len(evidence.copies) > evidence.mailer_deaths:  # a paused one is killed in the end, and counts once
        yield f"{len(evidence.copies)} mails came again, with {evidence.mailer_deaths} deaths of a mailer"
    first = {letter.message_id: letter for letter in evidence.first_letters}
    for copy in evidence.copies:
        before = first[copy.message_id]
        # Of several meetings one may be off by now: what is told again was told before.
        if copy.to != before.to or not {uid for uid, _number in copy.entries} <= {
            uid for uid, _number in before.entries
        }:
            yield f"{copy.message_id} came again for something else"


def no_pair_is_introduced_twice(evidence: Evidence) -> Iterator[str]:
    pairs: dict[frozenset[str], set[str]] = defaultdict(set)
    for found in evidence.introductions.values():
        pairs[frozenset((found["mentor"], found["mentee"]))].add(found["id"])
    mailed: dict[str, set[str]] = defaultdict(set)
    for introduction, letters in evidence.meetings.items():
        mailed[introduction] |= {letter.to for letter in letters}
    attendees = {email: attendee for attendee, email in evidence.emails.items()}
    for introduction, people in mailed.items():
        if len(people) == 2:
            pairs[frozenset(attendees.get(email, email) for email in people)].add(introduction)
    for pair, ids in pairs.items():
        if len(ids) > 1:
            yield f"{sorted(pair)} were introduced by {sorted(ids)}"


def nobody_is_in_two_places(evidence: Evidence) -> Iterator[str]:
    people: Counter[tuple[Any, ...]] = Counter()
    tables: Counter[tuple[Any, ...]] = Counter()
    for found in evidence.live:
        people[found["mentor"], found["starts_at"]] += 1
        people[found["mentee"], found["starts_at"]] += 1
        tables[found["conference"], found["place"], found["table"], found["starts_at"]] += 1
    yield from (f"{person} has {n} meetings at {at}" for (person, at), n in people.items() if n > 1)
    yield from (f"{n} meetings stand at {place}" for place, n in tables.items() if n > 1)


def every_mail_is_about_a_meeting_of_hers(evidence: Evidence) -> Iterator[str]:
    for introduction, letters in evidence.meetings.items():
        found = evidence.introductions.get(introduction)
        people = {evidence.emails.get(found[role]) for role in ("mentor", "mentee")} if found else set()
        for letter in letters:
            if letter.to not in people:
                yield f"{letter.to} got a mail about {introduction}, which is not hers"


def both_are_told_of_a_meeting(evidence: Evidence) -> Iterator[str]:
    # Of one that was met before its mail was written, no mail would say anything that is still true.
    for found in evidence.live:
        if found["status"] not in ("proposed", "accepted"):
            continue
        told = {letter.to for letter in evidence.meetings.get(found["id"], ())}
        for role in ("mentor", "mentee"):
            if found[role] not in evidence.going and evidence.emails.get(found[role]) not in told:
                yield f"the {role} of {found['id']} ({found['status']}) got no mail about it"


def sequences_never_fall(evidence: Evidence) -> Iterator[str]:
    for introduction, letters in evidence.meetings.items():
        by_person: dict[str, list[Any]] = defaultdict(list)
        for letter in letters:
            if not evidence.under_way(letter):
                by_person[letter.to].append(letter)
        for email, hers in by_person.items():
            numbers = [letter.sequence for letter in hers]
            if any(later < earlier for earlier, later in pairwise(numbers)):
                yield f"{email} got the sequences {numbers} of {introduction}"


def names_are_as_new_as_they_should_be(evidence: Evidence) -> Iterator[str]:
    asked: dict[int, int] = defaultdict(lambda: 1)
    for line in evidence.of("asked changed"):
        asked[line["number"]] = max(asked[line["number"]], line["version"])
    for letter in evidence.first_letters:
        if evidence.under_way(letter):
            continue
        known_by = letter.arrived if letter.arrived > evidence.quiet_at else letter.arrived - evidence.grace
        for number, version in letter.names:
            least = evidence.acknowledged(number, known_by)
            if not least <= version <= asked[number]:
                yield f"a mail to {letter.to} calls P{number} by name {version}, {least} was acknowledged long before"


def names_never_go_back(evidence: Evidence) -> Iterator[str]:
    newest: dict[tuple[str, str, int], int] = {}
    for letter in evidence.first_letters:
        if evidence.under_way(letter):
            continue
        # Each service has an address book of its own; what comes from one never becomes older.
        sender = "registration" if letter.subject.startswith(TICKET) else "introductions" if letter.uid else "follow-up"
        for number, version in letter.names:
            place = (sender, letter.to, number)
            if version < newest.get(place, 0):
                yield f"{sender} called P{number} by name {newest[place]} and later by {version} (to {letter.to})"
            newest[place] = max(version, newest.get(place, 0))


def nobody_withdrawn_is_introduced(evidence: Evidence) -> Iterator[str]:
    for found in evidence.introductions.values():
        for role in ("mentor", "mentee"):
            if found[role] in evidence.withdrawn and found["status"] in ("proposed", "accepted"):
                yield f"{found['id']} is {found['status']}, its {role} has withdrawn"
    for introduction, letters in evidence.meetings.items():
        found = evidence.introductions.get(introduction, {})
        asked = [letter.arrived for letter in letters if letter.method == "PUBLISH"]
        for role in ("mentor", "mentee"):
            gone_at = evidence.withdrawn.get(found.get(role, ""), float("inf"))
            if asked and asked[0] > gone_at + evidence.grace:
                yield f"{introduction} was first told of after its {role} had withdrawn"


def everybody_who_is_here_is_introduced(evidence: Evidence) -> Iterator[str]:
    introduced = Counter(found[role] for found in evidence.introductions.values() for role in ("mentor", "mentee"))
    # A mentor who was proposed as often as she takes people may have been held by somebody else until the day was over.
    mentors = {
        line["conference"]
        for attendee, line in evidence.registered.items()
        if line["role"] == "mentor"
        and attendee in evidence.checked_in - evidence.going
        and introduced[attendee] < TAKES
    }
    for attendee, line in evidence.registered.items():
        here = attendee in evidence.checked_in and attendee not in evidence.going
        if here and line["role"] == "mentee" and line["conference"] in mentors and attendee not in introduced:
            yield f"{line['email']} is here and was introduced to nobody"


def answers_are_kept(evidence: Evidence) -> Iterator[str]:
    said: dict[str, list[Any]] = defaultdict(list)
    for line in evidence.of("answered", "met"):
        said[line["introduction"]].append(line)
    for introduction, lines in said.items():
        found = evidence.introductions.get(introduction)
        if found is None:
            yield f"{introduction} was answered and is not there"
            continue
        yield from _contradictions(found, lines)


def _contradictions(found: Mapping[str, Any], lines: list[Any]) -> Iterator[str]:
    last, status = lines[-1], found["status"]
    told = f"{found['id']} is {status}"
    if any(line.what == "met" for line in lines) and status != "met":
        yield f"{told}, that they met was acknowledged"
    elif last.what == "answered" and last["answer"] == "decline" and status not in ENDED:
        yield f"{told}, a no was acknowledged"
    elif last["shown"]["status"] == "accepted" and status not in BOTH_SAID_YES:
        yield f"{told}, it was acknowledged as accepted"
    elif status in ("proposed", "accepted") and last["shown"]["slot"] != found["slot"]:
        yield f"{told} at {found['slot']}, {last['shown']['slot']} was acknowledged"
    elif status in ("proposed", "accepted") and last["shown"]["answers"] != found["answers"]:
        yield f"{told} with {found['answers']}, {last['shown']['answers']} was acknowledged"


RULES: tuple[Rule, ...] = (
    every_call_got_an_answer,
    no_process_ended_by_itself,
    all_was_quiet_in_the_end,
    every_registration_is_there,
    every_change_is_there,
    no_address_is_registered_twice,
    a_retry_gets_the_first_answer,
    every_ticket_is_mailed_once,
    one_thing_has_one_message_id,
    copies_come_only_from_dead_mailers,
    no_pair_is_introduced_twice,
    nobody_is_in_two_places,
    every_mail_is_about_a_meeting_of_hers,
    both_are_told_of_a_meeting,
    sequences_never_fall,
    names_are_as_new_as_they_should_be,
    names_never_go_back,
    nobody_withdrawn_is_introduced,
    everybody_who_is_here_is_introduced,
    answers_are_kept,
)


def violations(evidence: Evidence) -> dict[str, list[str]]:
    """Rule -> what contradicts it; empty when all hold."""
    found = {rule.__name__: list(rule(evidence)) for rule in RULES}
    return {name: sentences for name, sentences in found.items() if sentences}
