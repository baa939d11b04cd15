# SPDX-License-Identifier: Apache-2.0
"""Frozen bytes: what entries, submissions and keys of version 1 look like for ever. A change here is a version 2.

`frozen/entries.json` holds one small ledger, entry by entry, with leaf hashes and the root after each; `frozen/wire.json`
the submissions as they travel, with their signed bytes; `frozen/keys.json` the key ids; `frozen/later_kinds.json` an event
of each kind that a policy admits.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.entry import (
    EventEntry,
    GenesisEntry,
    HeaderEntry,
    event_entry_bytes,
    header_entry_bytes,
    parse_entry,
)
from ledger.entry import genesis_entry_bytes as genesis_bytes
from ledger.hashing import leaf_hash
from ledger.keys import key_id
from ledger.kinds.vocabulary import ADMITTED_BY_GENESIS, event_bytes, parse_event
from ledger.merkle import CompactRange
from ledger.submission import events_root, header_bytes, parse_wire, signed_bytes, wire_bytes
from tests.examples import second_versions, specimens
from tests.later_kinds import LATER, SECOND_VERSIONS

FROZEN = Path(__file__).parent / "frozen"


def read(name: str) -> Any:  # noqa: ANN401 - whatever the JSON file holds
    """The frozen file `name`."""
    return json.loads((FROZEN / name).read_text(encoding="utf-8"))


def test_entries_hash_chain_and_tree() -> None:
    """Every frozen entry parses, re-encodes to itself, links to the one before, and gives the frozen leaf and root."""
    tree, prev = CompactRange(), "0" * 64
    for seq, frozen in enumerate(read("entries.json")):
        data = frozen["bytes"].encode()
        entry = parse_entry(data, place=str(seq))
        assert not isinstance(entry, bytes)
        assert (entry.seq, entry.prev) == (seq, prev)
        prev = leaf_hash(data).hex()
        tree.append(leaf_hash(data))
        assert (prev, tree.root().hex()) == (frozen["leaf"], frozen["root"])


def test_entries_are_rebuilt_from_their_parts() -> None:
    """Building an entry from its parts gives the frozen bytes."""
    for frozen in read("entries.json"):
        data = frozen["bytes"].encode()
        match parse_entry(data, place="x"):
            case GenesisEntry() as entry:
                again = genesis_bytes(entry.genesis, entry.signatures)
            case HeaderEntry() as entry:
                again = header_entry_bytes(
                    seq=entry.seq, prev=entry.prev, recorded=entry.recorded, header=entry.header,
                    signatures=entry.signatures,
                )  # fmt: skip
            case EventEntry() as entry:
                again = event_entry_bytes(
                    seq=entry.seq, prev=entry.prev, recorded=entry.recorded, submission=entry.submission,
                    index=entry.index, event=event_bytes(entry.event),
                )  # fmt: skip
            case foreign:
                raise AssertionError(foreign)
        assert again == data


def test_every_kind_is_frozen() -> None:
    """The frozen ledger holds an event of every kind that genesis admits."""
    kinds = {json.loads(frozen["bytes"]).get("event", {}).get("kind") for frozen in read("entries.json")}
    assert kinds - {None} == ADMITTED_BY_GENESIS


def test_every_later_kind_is_frozen() -> None:
    """Of each version that a policy admits, an event with every field has the frozen bytes, and they are read back."""
    frozen = read("later_kinds.json")
    assert [one["version"] for one in frozen] == [*LATER, *SECOND_VERSIONS]
    events = {f"{kind}/1": event for kind, event in specimens().items()} | second_versions()
    for one in frozen:
        data = one["bytes"].encode()
        event = parse_event(data, place=one["version"])
        assert event_bytes(events[one["version"]]) == event_bytes(event) == data
        assert sha256(data).hexdigest() == one["sha256"]


def test_submissions_travel_as_frozen() -> None:
    """Wire bytes, root and the signed bytes of each signature are as frozen."""
    for frozen in read("wire.json"):
        submission = parse_wire(frozen["wire"].encode())
        assert wire_bytes(submission) == frozen["wire"].encode()
        assert header_bytes(submission.header).decode() == frozen["header"]
        assert events_root(submission.event_bytes) == submission.header.root
        made = [
            signed_bytes(submission.header, role=one.role, key=one.key).hex() for one in submission.signatures
        ]
        assert made == frozen["signed"]


def test_key_ids_are_frozen() -> None:
    """The id of a key is as frozen."""
    for frozen in read("keys.json"):
        assert key_id(frozen["alg"], bytes.fromhex(frozen["public"])) == frozen["key"]
