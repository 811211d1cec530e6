"""Marks in memory: what is marked is new, here and in another process, and nothing that was lost on the way stays old."""

from __future__ import annotations

from shared.marks import NearMarks, TellingMarks


def test_only_what_is_marked_is_new() -> None:
    marks = NearMarks()
    both = ["ana", "ben"]
    assert [marks.marks(["ana"], "first"), marks.marks(both, "second")] == ["first", "first|second"]
    marks.mark({"ben"}, "third")
    assert marks.marks(both, "fourth") == "first|third"
    marks.mark(["*"], "fifth")
    assert marks.marks(both, "sixth") == "sixth|sixth"


def test_another_process_is_told_in_lines_that_a_pipe_takes_at_once() -> None:
    lines: list[str] = []
    marks = TellingMarks(lambda line: lines.append(line) is None)
    names = [f"{number:032x}" for number in range(250)]
    marks.mark(set(names), "")
    assert " ".join(lines).split() == names
    assert max(len(f"marks {line}\n") for line in lines) <= 4096
    assert marks.marks(names, "fresh") is None


def test_what_could_not_be_told_makes_everything_new_as_soon_as_it_can() -> None:
    lines: list[str] = []
    takes = False

    def tell(line: str) -> bool:
        if takes:
            lines.append(line)
        return takes

    marks = TellingMarks(tell)
    marks.mark(["ana"], "")
    marks.mark(["ben"], "")
    takes = True
    marks.mark((), "")
    marks.mark((), "")
    marks.mark(["cy"], "")
    assert lines == ["*", "cy"]
