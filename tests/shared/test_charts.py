"""Charts as SVG: lengths follow the numbers, words are escaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from shared.charts import Difference, Reached, curve_svg, differences_svg

MORE = Difference(label="Topics", shown="+20", kind="more", difference=0.2, interval=(0.1, 0.4), note="more")
LESS = Difference(label="Years", shown="−10", kind="less", difference=-0.1, interval=(-0.2, 0.0))
NOTHING = Difference(label="Language", shown="", kind="open", note="nearly all pairs were alike")


def places(svg: str, shape: str, name: str) -> list[str]:
    """Where shapes of a class are, from left to right."""
    return re.findall(rf'<{shape} class="{name}"[^>]*? (?:cx|x1)="([^"]+)"', svg)


def test_differences_lie_on_one_scale_with_nothing_in_the_middle() -> None:
    drawn = differences_svg("Title", "Description", [MORE, LESS, NOTHING])
    ElementTree.fromstring(drawn)
    assert places(drawn, "line", "none") == ["50%"] * 3
    assert places(drawn, "circle", "point more") == ["74.00%"]  # half of the way to 0.4, which is at 98 %
    assert places(drawn, "circle", "point less") == ["38.00%"]
    assert [places(drawn, "line", "whisker")[number] for number in (0, 3)] == ["62.00%", "26.00%"]
    assert "circle" not in differences_svg("Title", "Description", [NOTHING])


def test_small_differences_are_not_drawn_as_large_ones() -> None:
    small = Difference(label="A", shown="+1", kind="open", difference=0.01, interval=(0.0, 0.02))
    assert places(differences_svg("T", "D", [small]), "circle", "point open") == ["54.80%"]


def test_words_are_escaped() -> None:
    odd = Difference(label="<b>", shown="&", kind="open", note='"x"')
    drawn = differences_svg("<i>", "</desc>", [odd])
    ElementTree.fromstring(drawn)
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn


def test_a_curve_joins_what_is_known_and_says_its_numbers() -> None:
    whole = Reached(at=0, label="they met", shown="100 %", share=1, band=(1, 1), at_least=1, at_most=1)
    week = Reached(at=25, label="a week", shown="60 %", share=0.6, band=(0.5, 0.7), at_least=0.4, at_most=0.8)
    left_open = Reached(at=100, label="<later>", shown="–", share=None, band=None, at_least=0.1, at_most=0.9)
    drawn = curve_svg("Title", "Description", [whole, week, left_open], [("line", "estimate"), ("band", "band")])
    ElementTree.fromstring(drawn)
    assert places(drawn, "circle", "point more") == ["2.00%", "50.00%"]
    assert re.findall(r'class="joined" points="([^"]*)"', drawn) == ["2.00,0.00 50.00,40.00"]
    assert re.findall(r'class="edge" points="([^"]*)"', drawn)[1] == "2.00,0.00 50.00,20.00 98.00,10.00"
    assert ("&lt;later&gt;" in drawn, "60 %" in drawn) == (True, True)
