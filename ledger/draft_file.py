# SPDX-License-Identifier: Apache-2.0
"""A draft in a file: everything that a person needs to see and sign a submission without a network (spec §3.10).

Canonical JSON ``{"draft":"fundtrace/draft/v1","events":[…],"genesis":{entry 0},"header":{…}}``, and, where there are any,
``"last"``, the events of the version before, ``"signatures"``, and ``"disclosures"``, which open every commitment of the
events: such a file shows personal fields in clear and is for those who sign. Entry 0 says which ledger, currency and time
zone it is for, and its hash is in the header that is signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec

from ledger.commitments import DisclosureText
from ledger.disclosures import disclosure_problems
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import FormatError
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.instant import parse_instant
from ledger.kinds.vocabulary import AnyEvent, parse_event
from ledger.submission import (
    EVENTS_MAX,
    SIGNATURES_MAX,
    WIRE_BYTES_MAX,
    Header,
    Signature,
    Submission,
    events_root,
)

DRAFT_FORMAT: Final = "fundtrace/draft/v1"


class _Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    draft: Literal["fundtrace/draft/v1"]
    events: tuple[msgspec.Raw, ...]
    genesis: msgspec.Raw
    header: Header
    disclosures: tuple[DisclosureText, ...] = ()
    last: tuple[msgspec.Raw, ...] = ()
    signatures: tuple[Signature, ...] = ()


_WIRE: Final = msgspec.json.Decoder(_Wire)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A submission that may still lack signatures: its header binds its events and the ledger of `entry0`.

    `last` are the canonical bytes of the events of the version before, none where this is the first. `disclosures` open all
    commitments of the events, or there are none.
    """

    entry0: bytes
    genesis: Genesis
    header: Header
    events: tuple[AnyEvent, ...]
    event_bytes: tuple[bytes, ...]
    last: tuple[bytes, ...] = ()
    signatures: tuple[Signature, ...] = ()
    disclosures: tuple[str, ...] = ()

    @property
    def submission(self) -> Submission:
        """The submission with the signatures so far, and with its disclosures if they are known here."""
        return Submission(
            header=self.header,
            signatures=self.signatures,
            events=self.events,
            event_bytes=self.event_bytes,
            disclosures=self.disclosures,
        )


def with_signature(draft: DraftFile, signature: Signature) -> DraftFile:
    """`draft` with `signature` in the place of an earlier one by the same key in the same role."""
    kept = [one for one in draft.signatures if _order(one) != _order(signature)]
    return replace(draft, signatures=tuple(sorted([*kept, signature], key=_order)))


def format_draft(draft: DraftFile) -> bytes:
    """The one spelling of `draft`."""
    wire = _Wire(
        draft="fundtrace/draft/v1",
        events=tuple(map(msgspec.Raw, draft.event_bytes)),
        genesis=msgspec.Raw(draft.entry0),
        header=draft.header,
        disclosures=draft.disclosures,
        last=tuple(map(msgspec.Raw, draft.last)),
        signatures=draft.signatures,
    )
    return _ENCODER.encode(wire)


def parse_draft(data: bytes, *, place: str) -> DraftFile:
    """The draft whose canonical bytes are exactly `data`; its header binds its events and its ledger.

    Signatures are read and not verified: the keys are not in the file.

    Raises:
        FormatError: too large, not of the form, not canonical, the header is of other events or another ledger, or
            disclosures do not open exactly the commitments of the events.
    """
    if len(data) > WIRE_BYTES_MAX:
        raise _wrong(place, f"{len(data):,} bytes exceed {WIRE_BYTES_MAX:,}", f"超过 {WIRE_BYTES_MAX:,} 字节")
    try:
        wire = _WIRE.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(place, f"not a draft: {error}", f"不是有效的草稿：{error}") from error
    if not 1 <= len(wire.events) <= EVENTS_MAX or len(wire.last) > EVENTS_MAX:
        raise _wrong(place, "1 to 100,000 events are allowed", "事件数应为 1 至 100,000")
    entry0 = bytes(wire.genesis)
    first = parse_entry(entry0, place=f"{place}, genesis")
    if not isinstance(first, GenesisEntry):
        raise _wrong(f"{place}, genesis", "it is not entry 0 of a ledger", "不是账本的第 0 条")
    draft = DraftFile(
        entry0=entry0,
        genesis=first.genesis,
        header=wire.header,
        events=_events(wire.events, f"{place}, event"),
        event_bytes=tuple(map(bytes, wire.events)),
        last=tuple(map(bytes, wire.last)),
        signatures=wire.signatures,
        disclosures=wire.disclosures,
    )
    _events(wire.last, f"{place}, last event")
    _check_bound(draft, place)
    _check_opened(draft, place)
    if format_draft(draft) != data:
        raise _wrong(place, "the bytes are not the canonical form of the draft", "字节不是该草稿的规范形式")
    return draft


def _events(raws: Sequence[msgspec.Raw], place: str) -> tuple[AnyEvent, ...]:
    return tuple(parse_event(bytes(raw), place=f"{place} {index}") for index, raw in enumerate(raws))


def _check_bound(draft: DraftFile, place: str) -> None:
    """The header is of these events and this ledger; signatures are sorted, unique and at most 16."""
    header = draft.header
    parse_instant(header.signed_at)
    if header.count != len(draft.events) or header.root != events_root(draft.event_bytes):
        raise _wrong(f"{place}, header", "it is a header of other events", "提交头与事件不符")
    if header.genesis != leaf_hash(draft.entry0).hex() or header.origin != draft.genesis.origin:
        raise _wrong(f"{place}, header", "it is a header for another ledger", "提交头属于另一账本")
    order = [_order(one) for one in draft.signatures]
    if order != sorted(set(order)) or len(order) > SIGNATURES_MAX:
        raise _wrong(
            f"{place}, signatures",
            "they are not at most 16, unique and sorted by (role, key)",
            "签名应至多 16 个，不重复，按（角色，密钥）排序",
        )


def _check_opened(draft: DraftFile, place: str) -> None:
    """Without disclosures nothing is shown; with any, what is shown is what the events commit to, all of it."""
    if not draft.disclosures:
        return
    if list(draft.disclosures) != sorted(set(draft.disclosures)):
        raise _wrong(f"{place}, disclosures", "they are not sorted and unique", "披露内容未排序或有重复")
    for problem in disclosure_problems(draft.submission):
        raise FormatError(
            code=problem.code,
            place=f"{place}, event {problem.index}" if problem.index is not None else f"{place}, disclosures",
            message_en=problem.message_en,
            message_zh=problem.message_zh,
            remedy_en="Do not sign it: what it shows is not what it commits to. Get it again from whoever prepared it.",
            remedy_zh="请勿签名：所示内容与承诺值不符。请向经办人重新索取草稿文件。",
        )


def _order(signature: Signature) -> tuple[str, str]:
    return signature.role, signature.key


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="draft-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Get the draft file again from whoever prepared it; it is described in docs/spec, 3.10.",
        remedy_zh="请向经办人重新索取草稿文件；格式见 docs/spec 3.10。",
    )
