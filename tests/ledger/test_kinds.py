# SPDX-License-Identifier: Apache-2.0
"""Form of the event kinds: one spelling per value, nothing null or empty, every kind in schema, glossary and vectors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import jcs
from ledger.errors import FormatError
from ledger.kinds.authority import Allocation
from ledger.kinds.fact import Claim, Return
from ledger.kinds.form import EVENT_BYTES_MAX, fields_of, kind_of
from ledger.kinds.registry import Key, MatchingTerm, Party
from ledger.kinds.vocabulary import (
    KINDS,
    AnyEvent,
    event_bytes,
    event_class,
    json_schema,
    parse_event,
    version_said,
)
from tests.examples import second_versions, specimens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPECIMENS = specimens()


def test_there_is_a_specimen_of_every_kind() -> None:
    """The specimens name every kind once, under its own name."""
    assert {kind: kind_of(event) for kind, event in SPECIMENS.items()} == {kind: kind for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_are_jcs_and_round_trip(kind: str) -> None:
    """The bytes are RFC 8785 of the fields, and parsing them gives the event back."""
    event = SPECIMENS[kind]
    data = event_bytes(event)
    assert data == jcs({**fields_of(event)})
    assert parse_event(data, place="x") == event


@pytest.mark.parametrize("kind", KINDS)
def test_absent_fields_leave_no_bytes(kind: str) -> None:
    """Without its optional fields an event shows only what is required, v and kind among it."""
    schema = json_schema()["$defs"][type(SPECIMENS[kind]).__name__]
    required = set(schema["required"]) | {"v", "kind", "version"} & set(schema["properties"])
    bare = {name: value for name, value in fields_of(SPECIMENS[kind]).items() if name in required}
    try:
        event = msgspec.convert(bare, AnyEvent)
    except msgspec.ValidationError as error:
        assert "required" in str(error), "only a cross-field rule may ask for more"  # noqa: PT017 - the text is the point
        return
    assert set(json.loads(event_bytes(event))) == set(bare)


@pytest.mark.parametrize("version", list(second_versions()))
def test_a_version_says_what_only_it_can_say(version: str) -> None:
    """Version 2 round trips; what it says is refused under version 1, and what version 1 says under version 2."""
    event = second_versions()[version]
    assert version_said(kind_of(event), fields_of(event)) == 2
    assert parse_event(event_bytes(event), place="x") == event
    first = SPECIMENS[version.partition("/")[0]]
    assert version_said(kind_of(first), fields_of(first)) == 1
    for wrong in ({**fields_of(event), "v": 1}, {**fields_of(first), "v": 2}, {**fields_of(event), "v": 3}):
        with pytest.raises(FormatError, match=r"`v`|\$\.v|Invalid enum value"):
            parse_event(msgspec.json.encode(wrong, order="sorted"), place="x")


def corruptions(fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of an event made wrong in every common way."""
    for name, value in fields.items():
        yield f"{name} null", {**fields, name: None}
        if isinstance(value, str):
            yield f"{name} empty", {**fields, name: ""}
            yield f"{name} with a line feed", {**fields, name: value + "\n"}
        if isinstance(value, list):
            yield f"{name} empty list", {**fields, name: []}
        if isinstance(value, int):
            yield f"{name} float", {**fields, name: value + 0.5}
            yield f"{name} text", {**fields, name: str(value)}
            yield f"{name} too large", {**fields, name: 2**53}
    yield "unknown field", {**fields, "zzz": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_fields_are_refused(kind: str) -> None:
    """Null, empty, float, text for a number, out of range, unknown: refused, whatever the field."""
    free_text = {
        "name",
        "name_en",
        "purpose",
        "purpose_en",
        "document",
        "title",
        "notice",
        "reason",
        "note",
        "contract",
        "vkey",
        "text",
        "subject",
        "place",
        "basis",
    }
    free_text |= {"bank_ref", "voucher", "period"}
    for what, broken in corruptions(fields_of(SPECIMENS[kind])):
        if what.endswith("line feed") and what.split()[0] in free_text:
            continue  # a posting rule (ledger.texts), not form
        with pytest.raises(FormatError) as told:
            parse_event(msgspec.json.encode(broken, order="sorted"), place=what)
        assert told.value.place == what


@pytest.mark.parametrize(
    "spelling",
    [
        lambda data: data.replace(b",", b", ", 1),
        lambda data: data.replace(b'"v":1', b'"v":1,"v":1'),
        lambda data: b" " + data,
        lambda data: data + b"\n",
        lambda data: data.replace(b'"amount":', b'"amount":0', 1),
        lambda data: data.replace(b'"kind"', b'"\\u006bind"'),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
    ids=[
        "space",
        "repeated key",
        "leading space",
        "line feed",
        "leading zero",
        "escaped key",
        "byte order mark",
    ],
)
def test_one_value_has_one_spelling(spelling: Callable[[bytes], bytes]) -> None:
    """Other spellings of the same event are refused."""
    data = event_bytes(SPECIMENS["allocation"])
    with pytest.raises(FormatError):
        parse_event(spelling(data), place="x")


@given(st.text(max_size=40).filter(bool), st.integers(min_value=1, max_value=2**53 - 1))
def test_any_text_and_amount_round_trip(text: str, amount: int) -> None:
    """Any text that Unicode allows, and any amount, encodes as RFC 8785 says and comes back equal."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    event = msgspec.structs.replace(SPECIMENS["use"], note=text, amount=amount)
    data = event_bytes(event)
    assert data == jcs(fields_of(event))
    assert parse_event(data, place="x") == event


def test_an_event_is_at_most_64000_bytes() -> None:
    """The limit holds on writing and on reading."""
    big = msgspec.structs.replace(SPECIMENS["acceptance"], evidence=("ab" * 32,) * 1000)
    with pytest.raises(FormatError, match="more than 64,000"):
        event_bytes(big)
    with pytest.raises(FormatError, match="more than 64,000"):
        parse_event(b" " * (EVENT_BYTES_MAX + 1), place="x")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (
            lambda: Allocation(
                occurred_on=SPECIMENS["use"].occurred_on,
                action="issue",
                line="L",
                from_="a",
                to="b",
                amount=1,
            ),
            "fund",
        ),
        (lambda: msgspec.structs.replace(SPECIMENS["allocation"], action="split"), "fund"),
        (lambda: msgspec.structs.replace(SPECIMENS["allocation"], parent="x"), "parent"),
        (lambda: msgspec.structs.replace(SPECIMENS["allocation"], direction="increase"), "direction"),
        (
            lambda: Claim(
                occurred_on=SPECIMENS["use"].occurred_on, action="approve", claim="c", project="p", amount=1
            ),
            "line",
        ),
        (
            lambda: Claim(occurred_on=SPECIMENS["use"].occurred_on, action="return", claim="c", project="p"),
            "reason",
        ),
        (lambda: Return(occurred_on=SPECIMENS["use"].occurred_on, amount=1), "to_account"),
        (lambda: MatchingTerm(base="allocated", num=1, den=2), "party"),
        (lambda: Key(occurred_on=SPECIMENS["use"].occurred_on, action="register", key="0" * 64), "alg"),
        (lambda: msgspec.structs.replace(SPECIMENS["key"], action="revoke"), "alg"),
    ],
    ids=[f"case {number}" for number in range(10)],
)
def test_fields_that_belong_together(make: Callable[[], AnyEvent], field: str) -> None:
    """Each action has its own fields, and the refusal names the one that is wrong."""
    with pytest.raises(ValueError, match=f"`{field}`"):
        parse_event(event_bytes(make()), place="x")


def test_schema_has_every_kind_and_no_null() -> None:
    """The published schema comes from the records and knows no null."""
    schema = json_schema()
    tags = {
        definition["properties"]["kind"]["enum"][0]
        for definition in schema["$defs"].values()
        if "kind" in definition["properties"]
    }
    assert tags == set(KINDS)
    assert '"null"' not in json.dumps(schema)


def test_every_kind_has_a_class_and_a_docstring() -> None:
    """Each kind belongs to one class of DESIGN §4 and says what it means."""
    classes = {kind: event_class(event) for kind, event in SPECIMENS.items()}
    assert set(classes.values()) == {"registry", "authority", "fact", "bank", "control"}
    assert all(kind.__doc__ for kind in KINDS.values())


def test_party_level_is_closed() -> None:
    """An unknown level is no level."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**fields_of(SPECIMENS["party"]), "level": "village"}, Party)
