"""The simple rule: everybody's first before anybody's second, those with the fewest possible mentors first, the best
fit, then the mentor with the most spare load, in the emptiest slot. The same problem always gives the same plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.introductions import policies
from services.introductions.planner.board import Board, Seat
from services.introductions.planner.problem import Meeting, Plan, Problem

PLENTY = 25
"""So many possible mentors are as good as any more: counting stops there."""
CONSIDERED = 100
"""So many mentors are looked at for one mentee, those with the most spare load; more would not find a much better one."""


def plan(problem: Problem) -> Plan:
    """The meetings to propose now."""
    board = Board(problem)
    mentees = [seat for seat in board.seats.values() if seat.wishes > 0 and seat.free]
    meetings: list[Meeting] = []
    held_back = False
    levels = max((seat.has + seat.wishes for seat in mentees), default=0)
    for level in range(levels):
        turn = Turn(board, Reserve(board) if level and problem.reserve else None)
        waiting = [seat for seat in mentees if seat.has == level and seat.wishes > 0]
        counted = sorted((turn.count(seat), lot(seat.who.id), seat.who.id) for seat in waiting)
        for possible, _lot, mentee in counted:
            if possible:
                meetings.extend(turn.serve(board.seats[mentee]))
        held_back = held_back or turn.held_back
    return Plan(meetings=tuple(meetings), held_back=held_back)


def lot(who: str) -> str:
    """What decides between equals. An id begins with the time at which it was made, and nobody is to be served before
    others for having registered before them; its end is random."""
    return who[::-1]


def still_valid(problem: Problem, meetings: Sequence[Meeting]) -> tuple[Meeting, ...]:
    """Those meetings of an older plan that are still possible as things are now, at another table where theirs is
    taken."""
    board = Board(problem)
    numbers = {time.id: number for number, time in enumerate(problem.times)}
    kept = []
    for meeting in meetings:
        mentor, mentee = board.seats.get(meeting.mentor), board.seats.get(meeting.mentee)
        number = numbers.get(meeting.slot)
        if mentor is None or mentee is None or number is None or mentee.wishes <= 0:
            continue
        possible = board.common(mentor, mentee) >> number & 1 and board.not_too_many_in_a_row(mentor, number)
        if possible and board.may_meet(mentor, mentee):
            place = board.free_place(number, (meeting.meeting_point, meeting.table))
            kept.append(board.place(mentor, mentee, number, place))
    return tuple(kept)


class Reserve:
    """How much of each topic second introductions may take, so that enough is left for the firsts of who will come.

    A mentor who offers several topics counts for each with her share; one who is still to come counts half, for one
    who does not come leaves several people alone.
    """

    def __init__(self, board: Board) -> None:
        problem = board.problem
        self.left: dict[str, float] = {topic: problem.coming.get(topic, 0) / 2 for topic in problem.expected}
        for seat in board.seats.values():
            for topic in seat.who.offers & self.left.keys() if seat.person.gives else ():
                self.left[topic] += board.spare(seat) / len(seat.who.offers)
        for topic, needed in problem.expected.items():
            self.left[topic] -= needed

    def lets(self, mentor: Seat) -> bool:
        """Whether this mentor can give a second introduction."""
        offers = mentor.who.offers
        return all(self.left[topic] >= 1 / len(offers) for topic in offers if topic in self.left)

    def took(self, mentor: Seat) -> None:
        """She gave one."""
        offers = mentor.who.offers
        for topic in offers & self.left.keys():
            self.left[topic] -= 1 / len(offers)


class Turn:
    """One round: everybody who has as many introductions as the round's number gets one more, if that is possible."""

    def __init__(self, board: Board, reserve: Reserve | None) -> None:
        self.board, self.reserve = board, reserve
        self.held_back = False
        self.spare: dict[str, int] = {}
        self.by_topic: dict[str, list[str]] = {}
        for seat in board.seats.values():
            spare = board.spare(seat) if seat.person.gives else 0
            if spare and self._allowed(seat):
                self.spare[seat.who.id] = spare
                for topic in seat.who.offers:
                    self.by_topic.setdefault(topic, []).append(seat.who.id)

    def _allowed(self, mentor: Seat) -> bool:
        if self.reserve is None or self.reserve.lets(mentor):
            return True
        self.held_back = True
        return False

    def candidates(self, mentee: Seat) -> list[str]:
        """Mentors with something left who may fit, the most spare load first."""
        who = mentee.who
        found = {mentor for topic in who.wants for mentor in self.by_topic.get(topic, ()) if mentor in self.spare}
        found.update(mentor for mentor in who.requests if mentor in self.spare)
        return sorted(found, key=lambda mentor: (-self.spare[mentor], lot(mentor)))

    def count(self, mentee: Seat) -> int:
        """How many mentors she could meet, up to plenty."""
        number = 0
        for _mentor in self._possible(mentee, self.candidates(mentee)):
            number += 1
            if number == PLENTY:
                break
        return number

    def _possible(self, mentee: Seat, candidates: Sequence[str]) -> Iterator[Seat]:
        for name in candidates:
            mentor = self.board.seats[name]
            if self.board.common(mentor, mentee) and self.board.may_meet(mentor, mentee):
                yield mentor

    def serve(self, mentee: Seat) -> Iterator[Meeting]:
        """At most one meeting for her."""
        ranked = [
            (-policies.score(mentor.who, mentee.who), -self.spare[mentor.who.id], lot(mentor.who.id), mentor.who.id)
            for mentor in self._possible(mentee, self.candidates(mentee)[:CONSIDERED])
        ]
        for _score, _spare, _lot, name in sorted(ranked):
            mentor = self.board.seats[name]
            number = next(self.board.times(mentor, mentee), None)
            if number is not None and self._allowed(mentor):
                yield self.board.place(mentor, mentee, number, self.board.free_place(number))
                self._gave(mentor, mentee)
                return

    def _gave(self, mentor: Seat, mentee: Seat) -> None:
        if self.reserve is not None:
            self.reserve.took(mentor)
        for seat in (mentor, mentee):
            if seat.who.id in self.spare:
                spare = self.board.spare(seat)
                if spare:
                    self.spare[seat.who.id] = spare
                else:
                    del self.spare[seat.who.id]
