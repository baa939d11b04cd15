# SPDX-License-Identifier: Apache-2.0
"""The line to print, and the index of anchors: one spelling each."""

from __future__ import annotations

import doctest

import pytest

import ledger.anchor
from ledger.anchor import (
    MAX_ANCHORS,
    MAX_INDEX_BYTES,
    AnchorName,
    PrintedAnchor,
    format_anchor,
    format_index,
    parse_anchor,
    parse_index,
)
from ledger.errors import FormatError, LimitError

ROOT = bytes(range(32))
SEEN = PrintedAnchor(origin="ledger.example/jl/2026", size=1234, root=ROOT)
TEXT = "fundtrace/anchor/v1 ledger.example/jl/2026 1234 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_the_examples_of_the_module_hold() -> None:
    """Line and index as its documentation shows them."""
    assert doctest.testmod(ledger.anchor).failed == 0
    assert doctest.testmod(ledger.anchor).attempted > 0


def test_a_line_reads_back() -> None:
    """Four words, and nothing else."""
    assert format_anchor(SEEN) == TEXT
    assert parse_anchor(TEXT) == SEEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT + "\n",
        " " + TEXT,
        TEXT.replace(" ", "  ", 1),
        TEXT.replace("v1", "v2"),
        TEXT.replace(" 1234 ", " 01234 "),
        TEXT.replace(" 1234 ", " 0 "),
        TEXT.replace(" 1234 ", " -1 "),
        TEXT.replace("Hh8=", "Hh9="),
        TEXT.replace("Hh8=", "Hg=="),
        TEXT.replace("ledger.example", "账本"),
        TEXT.replace("ledger.example/jl/2026", ""),
        TEXT + " more",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    """One anchor has one line."""
    with pytest.raises(FormatError):
        parse_anchor(text)


def test_an_origin_with_a_space_cannot_be_printed() -> None:
    """It would not read back."""
    with pytest.raises(FormatError):
        format_anchor(PrintedAnchor(origin="two words", size=1, root=ROOT))


def test_an_index_reads_back_in_order() -> None:
    """Sorted by size, then by number; an empty one is an index too."""
    names = (AnchorName(size=2, number=1), AnchorName(size=10, number=1), AnchorName(size=10, number=2))
    assert parse_index(format_index(names[::-1])) == names
    assert parse_index(format_index([])) == ()
    assert [names[1].note, names[1].token] == ["anchor/10-1.note", "anchor/10-1.tsr"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"fundtrace/anchors/v1",
        b"fundtrace/anchors/v2\n",
        b"fundtrace/anchors/v1\n1-1",
        b"fundtrace/anchors/v1\n\n",
        b"fundtrace/anchors/v1\n2-1\n1-1\n",
        b"fundtrace/anchors/v1\n1-1\n1-1\n",
        b"fundtrace/anchors/v1\n1\n",
        b"fundtrace/anchors/v1\n0-1\n",
        b"fundtrace/anchors/v1\n1-0\n",
        b"fundtrace/anchors/v1\n1-01\n",
        b"fundtrace/anchors/v1\n1-1-1\n",
        b"fundtrace/anchors/v1\n../1-1\n",
        b"fundtrace/anchors/v1\n1-\xff\n",
        b"fundtrace/anchors/v1\r\n",
    ],
)
def test_other_indexes_are_refused(data: bytes) -> None:
    """No path can be smuggled in, and no anchor hidden behind another."""
    with pytest.raises(FormatError):
        parse_index(data)


def test_too_many_anchors_are_refused() -> None:
    """On writing and on reading."""
    names = [AnchorName(size=size, number=1) for size in range(1, MAX_ANCHORS + 2)]
    with pytest.raises(LimitError):
        format_index(names)
    lines = "".join(f"{name.text}\n" for name in names)
    with pytest.raises(LimitError):
        parse_index(f"fundtrace/anchors/v1\n{lines}".encode())
    with pytest.raises(LimitError):
        parse_index(b"\n" * (MAX_INDEX_BYTES + 1))
    assert len(parse_index(format_index(names[:-1]))) == MAX_ANCHORS
