# SPDX-License-Identifier: Apache-2.0
"""Bytes from the wire, edited at random: they are refused as a format error, or posting answers with problems."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError
from ledger.submission import parse_wire, wire_bytes
from tests.desk import Desk, open_desk
from tests.examples import specimens
from tests.worlds import COUNTY, World, make_world

TOKENS: Final = (
    b"null", b"1e400", b"-0", b"1.0", b'"\\ud800"', b'"\\u0000"', b"[]", b"{}", b"[" * 200, b"9" * 30, b'"x":1,', b"\xff",
    b"true", b'""', b"\xef\xbb\xbf", b'"2026-02-30"', b'"policy"', b'"key"', b"0001-01-01",
)  # fmt: skip

Edit = tuple[int, int, bytes]
"""Where, counted round the line; how many bytes go; what comes in."""

EDITS: Final = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 12), st.sampled_from((*TOKENS, b""))),
    min_size=1,
    max_size=3,
)


def edited(line: bytes, edits: list[Edit]) -> bytes:
    """The line after all edits."""
    for where, gone, come in edits:
        place = where % len(line)
        line = line[:place] + come + line[place + gone :]
    return line


@pytest.fixture(scope="module")
def ready() -> tuple[Desk, dict[str, bytes]]:
    """A desk, and one signed line of every kind."""
    world: World = make_world()
    desk = open_desk(world)
    return desk, {kind: wire_bytes(world.submission(COUNTY, event)) for kind, event in specimens().items()}


@given(st.sampled_from(sorted(specimens())), EDITS)
def test_edited_lines_are_refused(ready: tuple[Desk, dict[str, bytes]], kind: str, edits: list[Edit]) -> None:
    """No edit of a signed line is admitted, and none gets out as anything but a format error or a problem."""
    desk, lines = ready
    line = edited(lines[kind], edits)
    try:
        submission = parse_wire(line)
    except FormatError:
        return
    assert desk.post(submission), "the specimens lie in the future of this ledger"
