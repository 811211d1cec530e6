"""How much second introductions may take, so that enough is left for the firsts of those who are still to come. Pure."""

from __future__ import annotations

from services.introductions.planner.board import Board, Seat


class Reserve:
    """What is left of each topic on a board on which everybody's first introductions are.

    A mentor who offers several topics counts for each with her share; one who is still to come counts half, for one
    who does not come leaves several people alone.
    """

    def __init__(self, board: Board) -> None:
        problem = board.problem
        self.left: dict[str, float] = {topic: problem.coming.get(topic, 0) / 2 for topic in problem.expected}
        for seat in board.givers:
            for topic in seat.who.offers & self.left.keys():
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
