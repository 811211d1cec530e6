"""What the utility of pairs has to do with contact a month later: pure functions from pairs and outcomes to a finding, for
owners to read. It knows no database and changes nothing: weights are a conference's, and people adopt them."""

from services.introductions.learning.pairs import Compared, Effect, Finding, Lesson, Needed, Pair

__all__ = ["Compared", "Effect", "Finding", "Lesson", "Needed", "Pair", "learn"]


def learn(lesson: Lesson) -> Finding:
    """What can be said from these pairs; picklable in and out."""
    from services.introductions.learning.finding import found_in  # noqa: PLC0415 - numbers, for who computes alone

    return found_in(lesson)
