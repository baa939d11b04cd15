# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON: what is written, what is read, and every way to depart from it."""

from __future__ import annotations

import doctest

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger.canonical
from ledger.canonical import MAX_DEPTH, MAX_INTEGER, jcs, parse_canonical
from ledger.errors import FormatError, LimitError, ProgrammerError

ROOM = 100_000
INTEGERS = st.integers(min_value=-MAX_INTEGER, max_value=MAX_INTEGER)
TEXTS = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    ["\u2028\u2029", "\x7f", "\x00\x01\x1f", '"\\/', "\b\f\n\r\t", "\U0001f602", "\ufeff", "</script>"]
)
ASCII_KEYS = st.text(st.characters(codec="ascii"))
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII_KEYS, inner, max_size=4),
    max_leaves=12,
)


def depth(value: object) -> int:
    """How many containers stand around the innermost value."""
    match value:
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
        case list():
            return 1 + max(map(depth, value), default=0)
        case _:
            return 0


@given(VALUES)
def test_msgspec_sorted_gives_the_same_bytes(value: object) -> None:
    """Entries may be encoded by msgspec: with ASCII keys and whole numbers, sorted is canonical."""
    assert msgspec.json.Encoder(order="sorted").encode(value) == jcs(value)


@pytest.mark.parametrize("start", range(0, 0x10000, 0x1000))
def test_msgspec_agrees_on_every_character_of_the_basic_plane(start: int) -> None:
    """Nobody has to trust a sample of strings: each character is tried."""
    text = "".join(chr(point) for point in range(start, start + 0x1000) if not 0xD800 <= point <= 0xDFFF)
    assert msgspec.json.encode(text) == jcs(text)


@given(VALUES.filter(lambda value: depth(value) <= MAX_DEPTH))
def test_reading_gives_back_what_was_written(value: object) -> None:
    """Parsing undoes encoding."""
    assert parse_canonical(jcs(value), max_bytes=ROOM) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_fractions_read_back_the_same(number: float) -> None:
    """The digits written are enough for the same double."""
    assert msgspec.json.decode(jcs(number), type=float) == number


def test_keys_are_sorted_by_utf16_units() -> None:
    """An astral key sorts by its surrogates, before U+FB33, though its code point is larger."""
    assert jcs({"\ufb33": 1, "\U0001f602": 2}).decode() == '{"\U0001f602":2,"\ufb33":1}'


def test_tuples_are_lists() -> None:
    """Records hold tuples; JSON holds arrays."""
    assert jcs((1, (True, None))) == b"[1,[true,null]]"


@pytest.mark.parametrize(
    ("value", "code", "place"),
    [
        ({"a": [1, 2**53]}, "canonical.integer-range", "$.a[1]"),
        (-(2**53), "canonical.integer-range", "$"),
        ({"a": "\ud800"}, "canonical.lone-surrogate", "$.a"),
        ({"\udfff": 1}, "canonical.lone-surrogate", "$"),
    ],
    ids=["integer too large", "integer too small", "surrogate in text", "surrogate in key"],
)
def test_values_without_a_canonical_form(value: object, code: str, place: str) -> None:
    """Each is refused with the path at which it stands."""
    with pytest.raises(FormatError) as caught:
        jcs(value)
    assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize(
    "value", [b"bytes", {1: "key"}, {1, 2}, object()], ids=["bytes", "key", "set", "object"]
)
def test_types_without_a_json_form(value: object) -> None:
    """Such a value is a mistake of the caller, not of any input."""
    with pytest.raises(ProgrammerError):
        jcs(value)


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b'{"a":1,"a":1}', "canonical.not-canonical", "key 'a'"),
        (b'{"b":1,"a":1}', "canonical.not-canonical", "byte 2"),
        (b'{"a": 1}', "canonical.not-canonical", "byte 5"),
        (b"[1]\n", "canonical.not-canonical", "byte 3"),
        (b'"\\u0041"', "canonical.not-canonical", "byte 1"),
        (b'"\\/"', "canonical.not-canonical", "byte 1"),
        (b'"\\ud83d\\ude02"', "canonical.not-canonical", "byte 1"),
        (b'"\\ud800"', "canonical.lone-surrogate", "$"),
        (b"-0", "canonical.not-canonical", "byte 0"),
        (b"1.0", "canonical.fraction", "number 1.0"),
        (b"1e2", "canonical.fraction", "number 1e2"),
        (b"NaN", "canonical.fraction", "number NaN"),
        (b"-Infinity", "canonical.fraction", "number -Infinity"),
        (b"9007199254740992", "canonical.integer-range", "number 9007199254740992"),
        (b"9" * 5_000, "canonical.integer-range", "number " + "9" * 40),
        (b'"\xff"', "canonical.not-canonical", "byte 1"),
        (b"\xef\xbb\xbf1", "canonical.not-canonical", "character 0"),
        (b"01", "canonical.not-canonical", "character 1"),
        (b'"\x01"', "canonical.not-canonical", "character 1"),
        (b"", "canonical.not-canonical", "character 0"),
        (b"[1,]", "canonical.not-canonical", "character 3"),
    ],
    ids=str,
)
def test_departures_are_refused_where_they_stand(data: bytes, code: str, place: str) -> None:
    """Anything that does not re-encode to itself is refused, and the place is named."""
    with pytest.raises(FormatError) as caught:
        parse_canonical(data, max_bytes=ROOM)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_length_limit_is_exact() -> None:
    """The limit itself is allowed, one byte more is not."""
    assert parse_canonical(b"[123]", max_bytes=5) == [123]
    with pytest.raises(LimitError) as caught:
        parse_canonical(b"[1234]", max_bytes=5)
    assert caught.value.code == "canonical.too-long"


def test_depth_limit_is_exact() -> None:
    """Eight containers are allowed, nine are not, and a hundred thousand do not exhaust the stack."""
    assert parse_canonical(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, max_bytes=ROOM) == [[[[[[[[]]]]]]]]
    for deep in (MAX_DEPTH + 1, ROOM // 2):
        with pytest.raises(LimitError) as caught:
            parse_canonical(b'{"a":[' + b"[" * (deep - 2) + b"]" * (deep - 2) + b"]}", max_bytes=2 * ROOM)
        assert caught.value.code == "canonical.too-deep"


def test_the_worked_example_holds() -> None:
    """What the module shows in its docstring is what it does."""
    assert doctest.testmod(ledger.canonical).failed == 0
    assert doctest.testmod(ledger.canonical).attempted > 0
