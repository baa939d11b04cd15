# SPDX-License-Identifier: Apache-2.0
"""Entries (spec §2.1, §2.4) of the frozen ledger, and what is left of them after one corruption each."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.vectors.case import Case, Reason, carried, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

FROZEN = Path(__file__).parent / "frozen" / "entries.json"

ABOUT = {"genesis": "entry 0", "submission": "the header of a submission"}

EVENT: dict[str, tuple[bytes, bytes, str, Reason]] = {
    "amount-beyond-2-53": (b":486200000,", b":9007199254740992,", "2^53 is no exact number", "form"),
    "amount-exponent": (b":486200000,", b":486200000e0,", "an exponent", "form"),
    "amount-float": (b":486200000,", b":486200000.0,", "a fraction", "form"),
    "amount-leading-zero": (b":486200000,", b":0486200000,", "a leading zero", "form"),
    "amount-negative": (b":486200000,", b":-486200000,", "amounts are positive", "vocabulary"),
    "amount-text": (b":486200000,", b':"1",', "an amount is a number", "vocabulary"),
    "amount-zero": (b":486200000,", b":0,", "amounts are positive", "vocabulary"),
    "date-that-is-none": (b'"occurred_on":"2026-06-12"', b'"occurred_on":"2026-02-30"', "30 February", "vocabulary"),
    "event-with-unknown-field": (b'{"action"', b'{"aardvark":1,"action"', "a field that the kind has not", "vocabulary"),
    "byte-order-mark": (b'{"event"', b'\xef\xbb\xbf{"event"', "a byte order mark", "form"),
    "instant-with-offset": (b'Z","seq"', b'+00:00","seq"', "UTC is written Z", "form"),
    "instant-without-milliseconds": (b'.000Z","seq"', b'Z","seq"', "milliseconds are missing", "form"),
    "instant-with-space": (b'T01:00:01.000Z","seq"', b' 01:00:01.000Z","seq"', "a space for the T", "form"),
    "kind-of-entry-unknown": (b'"kind":"event"', b'"kind":"evant"', "there are three kinds of entry", "form"),
    "not-utf-8": ("江财".encode(), b"\xb8", "not UTF-8", "form"),
    "null-field": (b'"kind":"allocation"', b'"invoice":null,"kind":"allocation"', "absent is not null", "form"),
    "empty-text": ("江财建〔2026〕41号".encode(), b"", "absent is not empty", "form"),
    "empty-list": (b'{"action"', b'{"_sd":[],"action"', "absent is not empty", "form"),
    "repeated-key": (b'"index":', b'"index":0,"index":', "a key stands twice", "form"),
    "seq-negative": (b'"seq":', b'"seq":-', "positions count from 0", "form"),
    "seq-beyond-2-53": (b'"seq":9', b'"seq":9007199254740992', "2^53", "form"),
    "index-beyond-limit": (b'"index":7', b'"index":100000', "a submission has at most 100,000 events", "form"),
    "index-text": (b'"index":7', b'"index":"7"', "an index is a number", "form"),
    "space-after-comma": (b'"issue",', b'"issue", ', "white space", "form"),
    "trailing-line-feed": (b'1,"v":1}', b'1,"v":1}\n', "something follows", "form"),
    "unknown-field": (b'1,"v":1}', b'1,"v":1,"w":1}', "an entry has no other fields", "form"),
    "no-submission": (b'"submission":1,', b"", "an event belongs to a submission", "form"),
    "version-2": (b'"submission":1,"v":1}', b'"submission":1,"v":2}', "an entry of another version", "form"),
    "version-of-event-0": (b'"v":1},"index"', b'"v":0},"index"', "versions count from 1", "form"),
    "kind-of-event-with-hyphen": (b'"kind":"allocation"', b'"kind":"allo-cation"', "a name of letters and _", "form"),
}  # fmt: skip

HEADER: dict[str, tuple[bytes, bytes, str]] = {
    "escaped-solidus": (b"ledger.example/jl", b"ledger.example\\/jl", "a needless escape"),
    "header-count-0": (b'"count":12', b'"count":0', "at least one event"),
    "header-count-beyond-limit": (b'"count":12', b'"count":100001', "at most 100,000 events"),
    "header-without-party": (b'"party":"jl-finance",', b"", "a field is missing"),
    "header-with-unknown-field": (b'"party":', b'"partx":1,"party":', "a header has no other fields"),
    "header-id-with-solidus": (b'"id":"s-000001"', b'"id":"s/000001"', "identifiers hold no /"),
    "header-id-of-65": (b'"id":"s-000001"', b'"id":"' + b"s" * 65 + b'"', "identifiers have at most 64"),
    "header-origin-in-capitals": (b'"origin":"ledger', b'"origin":"Ledger', "origins begin in lower case"),
    "month-13-in-recorded": (b'"recorded":"2026-01', b'"recorded":"2026-13', "no such month"),
    "signature-with-unknown-field": (b'{"alg":', b'{"alf":1,"alg":', "a signature has no other fields"),
    "signature-role-in-capitals": (b'"role":"maker"', b'"role":"Maker"', "roles are lower case"),
    "signature-key-short": (b'"key":"7', b'"key":"', "a key id has 64 digits"),
}

GENESIS: dict[str, tuple[bytes, bytes, str]] = {
    "genesis-threshold-0": (b'"threshold":2', b'"threshold":0', "somebody must sign"),
    "genesis-threshold-beyond-administrators": (b'"threshold":2', b'"threshold":3', "there are two"),
    "genesis-with-one-administrator-twice": (b'"id":"admin-b"', b'"id":"admin-a"', "ids are distinct"),
    "genesis-threshold-1-without-demo": (b'"demo":true', b'"demo":false', "two persons, unless it is a demo"),
    "genesis-clock-unknown": (b'"clock":"replay"', b'"clock":"sundial"', "wall or replay"),
    "genesis-without-log-keys": (b'"log_keys"', b'"log_keyz"', "a field is missing"),
    "genesis-key-id-of-another": (b'"key":"b0', b'"key":"b1', "not the id of that public key"),
    "genesis-currency-in-lower-case": (b'"currency":"CNY"', b'"currency":"cny"', "three capitals"),
}


def says(data: bytes) -> dict[str, str]:
    """What a reader of the entry must find: its leaf hash and the fields of its envelope, numbers as text."""
    entry: dict[str, Any] = json.loads(data)
    found = {name: str(entry[name]) for name in ("kind", "prev", "recorded", "seq")}
    found["leaf"] = sha256(b"\0" + data).hexdigest()
    if entry["kind"] == "submission":
        found |= {name: str(entry["header"][name]) for name in ("count", "id", "party")}
    if entry["kind"] == "event":
        event = {"event_kind": entry["event"]["kind"], "event_v": str(entry["event"]["v"])}
        found |= {"index": str(entry["index"]), "submission": str(entry["submission"]), **event}
    return found


def cases() -> Iterator[Case]:
    """Every vector of `entry`."""
    entries = [frozen["bytes"].encode() for frozen in json.loads(FROZEN.read_bytes())]
    event = next(data for data in entries if b'"kind":"allocation"' in data)
    yield from _accepted(entries, event)
    for name, (old, new, about, reason) in EVENT.items():
        yield _refused(name, about, replaced(event, old, new), reason)
    header = next(data for data in entries if b'"kind":"submission"' in data)
    for name, (old, new, about) in HEADER.items():
        yield _refused(name, about, replaced(header, old, new))
    for name, (old, new, about) in GENESIS.items():
        changed = replaced(entries[0], old, new)
        yield _refused(
            name, about, replaced(changed, b'"threshold":2', b'"threshold":1') if "demo" in name else changed
        )
    yield from _rough(event)


def _accepted(entries: list[bytes], event: bytes) -> Iterator[Case]:
    seen = set()
    for data in entries:
        entry = json.loads(data)
        kind = entry.get("event", entry)["kind"]
        if kind not in seen:
            seen.add(kind)
            about = ABOUT.get(kind, f"an event of the kind {kind}")
            yield Case(
                format="entry",
                name=kind.replace("_", "-"),
                about=about,
                input=carried(data),
                accepted=says(data),
            )
    later = {
        "event-of-a-later-kind": replaced(event, b'"kind":"allocation"', b'"kind":"zeppelin"'),
        "event-of-a-later-version": replaced(event, b'"v":1},"index"', b'"v":9},"index"'),
    }
    for name, data in later.items():
        about = "bytes, chain and hashes are checked, the content is for a newer verifier (spec §2.3)"
        yield Case(format="entry", name=name, about=about, input=carried(data), accepted=says(data))
    unknown = later["event-of-a-later-kind"]
    for name, new in {"with-space": b'"amount": 486200000', "with-fraction": b'"amount":486200000.5'}.items():
        about = "canonical all the same: the event inside too"
        yield _refused(f"event-of-a-later-kind-{name}", about, replaced(unknown, b'"amount":486200000', new))


def _rough(event: bytes) -> Iterator[Case]:
    """Corruptions that are no replacement of one piece."""
    value = json.loads(event)
    reordered = {"index": value.pop("index"), **value}
    shuffled = json.dumps(reordered, ensure_ascii=False, separators=(",", ":")).encode()
    prev = value["prev"].encode()
    yield _refused("keys-out-of-order", "unsorted keys", shuffled)
    yield _refused("short-hash", "a hash has 64 digits", replaced(event, prev, prev[:-1]))
    yield _refused("upper-case-hash", "hashes are lower case", replaced(event, prev, prev.upper()))
    yield _refused("truncated", "the last byte is missing", event[:-1])
    yield _refused("empty", "no bytes", b"")
    yield _refused("array", "an entry is an object", b"[]")
    grown = replaced(event, "江财".encode(), b"x" * (65_536 - len(event) + 6))
    yield _refused("entry-of-65536-bytes", "one byte more than an entry may have", grown)


def _refused(name: str, about: str, data: bytes, reason: Reason = "form") -> Case:
    return Case(format="entry", name=name, about=about, input=carried(data), refused=reason)
