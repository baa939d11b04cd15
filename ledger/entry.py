# SPDX-License-Identifier: Apache-2.0
"""One log leaf. Entry n names the leaf hash of entry n−1: the hash chain; the tree is over the same leaf hashes.

Entry 0 is the genesis; a submission is one header entry followed by its event entries, without a gap (DESIGN §3):

    {"genesis":{…},"kind":"genesis","prev":"00…","recorded":"…","seq":0,"signatures":[…],"v":1}
    {"header":{…},"kind":"submission","prev":"…","recorded":"…","seq":7,"signatures":[…],"v":1}
    {"event":{…},"index":0,"kind":"event","prev":"…","recorded":"…","seq":8,"submission":7,"v":1}
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ledger.canonical import parse_canonical
from ledger.errors import FormatError, InputError
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.instant import Instant, parse_instant
from ledger.kinds.form import EVENT_BYTES_MAX, Digest
from ledger.kinds.vocabulary import KNOWN_VERSIONS, AnyEvent, event_bytes
from ledger.submission import Header, Signature

ENTRY_BYTES_MAX: Final = 65_535
"""Most bytes of one entry: the length prefix of an entry bundle has 16 bits (C2SP tlog-tiles)."""

NO_PREVIOUS: Final = "0" * 64

Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class _Entry(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
):
    v: Literal[1] = msgspec.field(default_factory=lambda: 1)
    seq: Seq
    prev: Digest
    recorded: Instant


class GenesisEntry(_Entry, frozen=True, kw_only=True, tag="genesis"):
    """Entry 0: the genesis and the signatures of every first administrator."""

    genesis: Genesis
    signatures: tuple[Signature, ...]


class HeaderEntry(_Entry, frozen=True, kw_only=True, tag="submission"):
    """Head of a submission; its `header.count` events follow at seq+1, seq+2, …"""

    header: Header
    signatures: tuple[Signature, ...]


class EventEntry(_Entry, frozen=True, kw_only=True, tag="event"):
    """Event `index` of the submission whose header entry is `submission`."""

    submission: Seq
    index: Annotated[int, Meta(ge=0, lt=100_000)]
    event: AnyEvent


class ForeignEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An event entry of a kind or version that this software does not know; its bytes are still chained and hashed."""

    seq: int
    prev: str
    recorded: str
    submission: int
    index: int
    kind: str
    version: int
    event: bytes


Entry = GenesisEntry | HeaderEntry | EventEntry


class _Envelope(_Entry, frozen=True, kw_only=True, tag="event"):
    submission: Seq
    index: Annotated[int, Meta(ge=0, lt=100_000)]
    event: msgspec.Raw


class _KindAndVersion(msgspec.Struct, frozen=True, kw_only=True):
    kind: Annotated[str, Meta(pattern="^[a-z_]{1,32}(?!\\n)$")]
    v: Annotated[int, Meta(ge=1, le=9999)]


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(Entry)
_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_KIND: Final = msgspec.json.Decoder(_KindAndVersion)
_EVENT_ENTRY: Final = (
    b'{"event":%b,"index":%d,"kind":"event","prev":"%b","recorded":"%b","seq":%d,"submission":%d,"v":1}'
)
_BEFORE_EVENT: Final = b'{"event":'
_BEHIND_EVENT: Final = b',"index":'
"""Stands behind the event once more than inside it, so that its last place is the one."""


def genesis_entry_bytes(genesis: Genesis, signatures: tuple[Signature, ...]) -> bytes:
    """Bytes of entry 0, recorded at the genesis' own `created_at`."""
    entry = GenesisEntry(
        seq=0, prev=NO_PREVIOUS, recorded=genesis.created_at, genesis=genesis, signatures=signatures
    )
    return _limited(_ENCODER.encode(entry))


def header_entry_bytes(
    *, seq: int, prev: str, recorded: str, header: Header, signatures: tuple[Signature, ...]
) -> bytes:
    """Bytes of a header entry."""
    return _limited(
        _ENCODER.encode(
            HeaderEntry(seq=seq, prev=prev, recorded=recorded, header=header, signatures=signatures)
        )
    )


def event_entry_bytes(
    *, seq: int, prev: str, recorded: str, submission: int, index: int, event: bytes
) -> bytes:
    """Bytes of an event entry around the canonical bytes of its event, which are spliced in and never re-derived."""
    return _limited(
        _EVENT_ENTRY % (event, index, prev.encode("ascii"), recorded.encode("ascii"), seq, submission)
    )


def chained_entries(
    events: Sequence[bytes], *, submission: int, leaf: bytes, recorded: str
) -> Iterator[tuple[bytes, bytes]]:
    """Bytes and leaf hash of the entry of each event of the submission whose header entry stands at `submission`.

    `events` are the canonical bytes, `leaf` is the leaf hash of the header entry, with which the chain goes on.
    """
    at = recorded.encode("ascii")
    for index, event in enumerate(events):
        prev = leaf.hex().encode("ascii")
        entry = _limited(_EVENT_ENTRY % (event, index, prev, at, submission + 1 + index, submission))
        leaf = leaf_hash(entry)
        yield entry, leaf


def parse_entry(data: bytes, *, place: str) -> Entry | ForeignEntry:
    """The entry whose canonical bytes are exactly `data`; an event of an unknown kind or version comes as foreign.

    Raises:
        FormatError: too large, not of the form, or not canonical, the event inside included; names `place`.
    """
    _limited(data)
    try:
        entry: Entry = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InputError) as error:
        foreign = _parse_foreign(data, place)
        if foreign is not None:
            return foreign
        raise _wrong(place, f"not an entry: {error}", f"不是有效条目：{error}") from error
    if _ENCODER.encode(entry) != data:
        raise _wrong(place, "the bytes are not the canonical form of the entry", "字节不是该条目的规范形式")
    if not isinstance(entry, EventEntry):
        parse_instant(entry.recorded)
    return entry


def reread_entry(data: bytes) -> Entry:
    """The entry in `data`, which `parse_entry` has accepted as one of a known kind, in this process or another."""
    entry: Entry = _DECODER.decode(data)
    return entry


def _parse_foreign(data: bytes, place: str) -> ForeignEntry | None:
    """The entry if it is one of a kind or version unknown here; of its event only the spelling can be judged."""
    try:
        envelope = _ENVELOPE.decode(data)
        named = _KIND.decode(envelope.event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if (named.kind, named.v) in KNOWN_VERSIONS or _ENCODER.encode(envelope) != data:
        return None
    try:
        parse_canonical(bytes(envelope.event), max_bytes=EVENT_BYTES_MAX)
    except InputError as error:
        raise _wrong(f"{place}: event: {error.place}", error.message_en, error.message_zh) from error
    return ForeignEntry(
        seq=envelope.seq,
        prev=envelope.prev,
        recorded=envelope.recorded,
        submission=envelope.submission,
        index=envelope.index,
        kind=named.kind,
        version=named.v,
        event=bytes(envelope.event),
    )


def event_of(entry: EventEntry) -> bytes:
    """Canonical bytes of the event inside `entry` (equal to what was signed, since the entry re-encodes to itself)."""
    return event_bytes(entry.event)


def event_within(data: bytes) -> bytes:
    """Canonical bytes of the event inside `data`, canonical bytes of an event entry; cut out, not re-derived."""
    return data[len(_BEFORE_EVENT) : data.rindex(_BEHIND_EVENT)]


def _limited(data: bytes) -> bytes:
    if len(data) > ENTRY_BYTES_MAX:
        raise FormatError(
            code="entry-too-large",
            place="entry",
            message_en=f"the entry has {len(data):,} bytes, more than {ENTRY_BYTES_MAX:,}",
            message_zh=f"条目有 {len(data):,} 字节，超过上限 {ENTRY_BYTES_MAX:,}",
            remedy_en="shorten texts; evidence enters by hash only",
            remedy_zh="请缩短文字；附件只登记哈希",
        )
    return data


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="entry-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="take the entry from a source that did not alter it",
        remedy_zh="请从未改动的来源取得该条目",
    )
