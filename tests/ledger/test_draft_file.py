# SPDX-License-Identifier: Apache-2.0
"""Draft files: one spelling, bound to their events and their ledger; whatever departs from it is refused by its place."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest

from ledger.canonical import jcs
from ledger.draft_file import DraftFile, format_draft, parse_draft, with_signature
from ledger.errors import FormatError
from ledger.submission import sign
from tests.worlds import PROVINCE, make_world

if TYPE_CHECKING:
    from collections.abc import Callable


def made_draft(*, last: bool = False, signed: bool = True) -> DraftFile:
    """A draft of one issue."""
    world = make_world()
    submission = world.issue("L1", 18_624_000)
    before = world.issue("L1", 18_000_000)
    return DraftFile(
        entry0=world.genesis_entry,
        genesis=world.genesis,
        header=submission.header,
        events=submission.events,
        event_bytes=submission.event_bytes,
        last=before.event_bytes if last else (),
        signatures=submission.signatures if signed else (),
    )


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("signed", [False, True])
def test_a_draft_is_read_back_as_it_was_written(last: bool, signed: bool) -> None:
    """And what is absent is not written."""
    draft = made_draft(last=last, signed=signed)
    data = format_draft(draft)
    assert parse_draft(data, place="d") == draft
    assert ("last" in json.loads(data), "signatures" in json.loads(data)) == (last, signed)
    assert jcs(json.loads(data)) == data


def test_a_signature_replaces_that_of_the_same_key_and_role() -> None:
    """Others stay, in order."""
    draft, world = made_draft(), make_world()
    maker = world.seats[PROVINCE].keys["maker"]
    again = with_signature(draft, sign(draft.header, role="maker", signer=maker))
    assert again.signatures == draft.signatures
    third = with_signature(draft, sign(draft.header, role="approver", signer=maker))
    assert [one.role for one in third.signatures] == ["approver", "checker", "maker"]


def altered(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Canonical bytes of the draft after `change`."""
    value = json.loads(format_draft(made_draft(last=True)))
    change(value)
    return jcs(value)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "d"),
        (b"{}", "d"),
        (b" " + format_draft(made_draft()), "d"),
        (altered(lambda one: one.update(more=1)), "d"),
        (altered(lambda one: one.update(draft="fundtrace/draft/v2")), "d"),
        (altered(lambda one: one.update(events=[])), "d"),
        (altered(lambda one: one.update(last=[])), "d"),
        (altered(lambda one: one["events"][0].update(amount=1)), "d, header"),
        (altered(lambda one: one["header"].update(count=2)), "d, header"),
        (altered(lambda one: one["header"].update(genesis="ab" * 32)), "d, header"),
        (altered(lambda one: one["header"].update(origin="other.example/x")), "d, header"),
        (altered(lambda one: one["genesis"]["genesis"].update(currency="USD")), "d, header"),
        (altered(lambda one: one["last"][0].update(kind="gift")), "d, last event 0"),
        (altered(lambda one: one["signatures"].reverse()), "d, signatures"),
    ],
)
def test_what_is_no_draft_is_refused(data: bytes, place: str) -> None:
    """By its place; the draft it was made from is read."""
    with pytest.raises(FormatError) as caught:
        parse_draft(data, place="d")
    assert caught.value.place == place


def test_entry_0_must_be_a_genesis() -> None:
    """Another entry in its place is refused."""
    world = make_world()
    draft = made_draft()
    header = draft.header
    other = json.loads(world.genesis_entry)
    other = {"header": json.loads(json.dumps({f: getattr(header, f) for f in header.__struct_fields__}))} | {
        "kind": "submission", "prev": other["prev"], "recorded": other["recorded"], "seq": 0, "signatures": [], "v": 1,
    }  # fmt: skip
    with pytest.raises(FormatError, match="genesis"):
        parse_draft(format_draft(dataclasses.replace(draft, entry0=jcs(other))), place="d")
