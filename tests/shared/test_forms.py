"""The fields of what people and clients send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from shared.forms import (
    Address,
    Choice,
    CleanText,
    FormSchema,
    Id,
    IdList,
    Language,
    ListOf,
    LocalDate,
    LocalTime,
    LongText,
    Schema,
    SlotId,
    Slug,
    TopicList,
    TrueFalse,
    WholeNumber,
    Zone,
    strict,
)

NUMBER = "Please give a whole number from 1 to 9."


class Guest(FormSchema):
    name = CleanText(longest=10, required=True)
    goal = LongText(longest=30)
    seats = WholeNumber(least=1, most=9)
    topics = TopicList(most=2)
    vegan = TrueFalse()


class Strict(Schema):
    name = CleanText(longest=10, required=True)


@contextmanager
def json() -> Iterator[None]:
    token = strict.set(True)
    try:
        yield
    finally:
        strict.reset(token)


def refusal(field: fields.Field[Any], value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        field.deserialize(value)
    return str(refused.value.messages[0])


def test_one_schema_reads_a_form_and_json() -> None:
    form = {"name": " Ana ", "goal": "", "seats": "3", "topics": "cats", "vegan": "on", "csrf_token": "x", "other": "y"}
    assert Guest().load(form) == {"name": "Ana", "seats": 3, "topics": ["cats"], "vegan": True}
    with json():
        sent = {"name": " Ana ", "goal": "a\nb", "seats": 3, "topics": ["cats", "cats"], "vegan": True}
        assert Guest().load(sent) == {"name": "Ana", "goal": "a\nb", "seats": 3, "topics": ["cats"], "vegan": True}


def test_json_is_taken_by_its_types() -> None:
    sent = {"name": 3, "seats": "3", "topics": "cats", "vegan": "on", "other": 1}
    with json(), pytest.raises(ValidationError) as refused:
        Guest().load(sent)
    assert refused.value.messages == {
        "name": ["Please send text."],
        "seats": [NUMBER],
        "topics": ["Please send a list."],
        "vegan": ["Please send true or false."],
        "other": ["There is no such field."],
    }


def test_what_is_not_an_object_is_refused_in_words() -> None:
    with pytest.raises(ValidationError) as refused:
        Strict().load(["x"])  # type: ignore[list-item]
    assert refused.value.messages == {"_schema": ["Please send an object."]}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("x" * 11, "Please use at most 10 characters."),
        ("Ana\x00", "There are characters in this that cannot be read. Please type it again."),
        ("\ud800", "There are characters in this that cannot be read. Please type it again."),
        ("...", "Please write at least one letter or digit."),
        ("  ", "This is needed."),
        (None, "This is needed."),
        ({"a": 1}, "Please send text."),
    ],
)
def test_text_is_refused_with_a_sentence(value: Any, sentence: str) -> None:
    assert refusal(CleanText(longest=10, required=True), value) == sentence


def test_empty_text_that_nobody_needs_is_none() -> None:
    assert CleanText(longest=10).deserialize("   ") is None


@pytest.mark.parametrize("value", ["3", " 3 ", 3, 3.0])
def test_whole_numbers_are_whole_numbers(value: Any) -> None:
    assert WholeNumber(least=1, most=9).deserialize(value) == 3


@pytest.mark.parametrize(
    "value", [2.7, 0, 10, 2**63, 10**400, True, "", "3.5", "٣", "x", float("nan"), float("inf"), [3]]
)
def test_other_numbers_are_none(value: Any) -> None:
    assert refusal(WholeNumber(least=1, most=9), value) == NUMBER


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("ana@example.org", "ana@example.org"),
        (" Ana@EXAMPLE.org ", "Ana@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_as_it_can_be_sent_to(typed: str, taken: str) -> None:
    assert Address().deserialize(typed) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "ana",
        "a@localhost",
        "a@[127.0.0.1]",
        "a" * 65 + "@example.org",
        "a@b@example.org",
        "a\nBcc: b@example.org",
        "añ@example.org",
        3,
        "a@x.test",
    ],
)
def test_what_is_no_address_is_refused(typed: Any) -> None:
    assert refusal(Address(), typed) == "Please write a mail address such as name@example.org."


def test_nothing_at_all_is_no_answer() -> None:
    refusals = {type(field).__name__: refusal(field, None) for field in FIELDS}
    assert set(refusals.values()) == {"This is needed."}


def test_lists_are_short_and_without_doubles() -> None:
    several = ListOf(CleanText(longest=5), most=3, least=1)
    assert several.deserialize(["a", "b", "a"]) == ["a", "b"]
    assert refusal(several, list("abcd")) == "Please give at most 3."
    assert refusal(several, []) == "Please give at least 1."
    assert [refusal(several, value) for value in (3, {"a": 1}, None)] == [
        "Please send a list.",
        "Please send a list.",
        "This is needed.",
    ]


def test_ids_slugs_times_languages_and_choices_have_their_form() -> None:
    good = [
        (Id(), "0123456789abcdef" * 2),
        (SlotId(), "20261123-1420"),
        (Slug(), "pycon-2026"),
        (LocalTime(), "09:30"),
        (Language(), "pt-BR"),
        (Choice("yes", "no"), "no"),
        (Zone(), "Europe/Berlin"),
    ]
    assert [field.deserialize(value) for field, value in good] == [value for _field, value in good]
    bad = [
        (Id(), "0123456789ABCDEF" * 2),
        (SlotId(), "20261123-1420\n"),
        (Slug(), "-x"),
        (LocalTime(), "24:00"),
        (Language(), "English"),
        (Choice("yes", "no"), "maybe"),
        (Zone(), "Berlin"),
        (Zone(), "../etc/passwd"),
    ]
    assert [refusal(field, value) for field, value in bad] == [
        "Please send an id of 32 hexadecimal digits.",
        "Please send a slot id such as 20261123-1420.",
        "Please use 1 to 40 small letters, digits and hyphens.",
        "Please write a time such as 09:30.",
        "Please send a language code such as en or de.",
        "Please choose one of: yes, no.",
        "Please choose a time zone such as Europe/Berlin.",
        "Please choose a time zone such as Europe/Berlin.",
    ]
    assert IdList(most=2).deserialize(["a" * 32, "a" * 32]) == ["a" * 32]


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_of_this_century_is_a_date(day: date) -> None:
    assert LocalDate().deserialize(day.isoformat()) == day


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9999-12-31", "Please choose a date between 2000 and 2100."),
        ("1999-12-31", "Please choose a date between 2000 and 2100."),
        ("2026-02-30", "There is no such day."),
        ("2026-2-3", "Please write a date such as 2026-11-23."),
        ("20261123", "Please write a date such as 2026-11-23."),
        (20261123, "Please write a date such as 2026-11-23."),
    ],
)
def test_other_dates_are_refused(typed: Any, sentence: str) -> None:
    assert refusal(LocalDate(), typed) == sentence


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


FIELDS: tuple[fields.Field[Any], ...] = (
    CleanText(),
    LongText(),
    Address(),
    WholeNumber(least=0, most=5),
    TrueFalse(),
    TopicList(),
    IdList(),
    LocalTime(),
    LocalDate(),
    Zone(),
    Slug(),
    Choice("a"),
)


@given(ANYTHING, st.booleans(), st.sampled_from(FIELDS))
def test_no_value_gets_past_with_anything_but_a_sentence(value: Any, as_json: bool, field: fields.Field[Any]) -> None:
    token = strict.set(as_json)
    try:
        field.deserialize(value)
    except ValidationError as refused:
        said = str(refused.messages)
        assert "Please" in said or "This" in said or "There" in said
    finally:
        strict.reset(token)
