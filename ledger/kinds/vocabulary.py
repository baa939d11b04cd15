# SPDX-License-Identifier: Apache-2.0
"""All kinds together: the union, its strict parser, its canonical bytes, its published JSON Schema.

Canonical bytes of an event are RFC 8785: sorted ASCII keys, no spaces, integers only. A parser accepts only bytes that
re-encode to themselves, which also refuses duplicate keys, other key orders and other spellings of a number.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

import msgspec

from ledger.errors import FormatError
from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge, Plan, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.code import Code
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.control import Correction, Disposition, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import (
    Acceptance,
    Claim,
    Interest,
    MatchingReceipt,
    PayeeList,
    Publication,
    Restitution,
    Return,
    Transfer,
    Use,
)
from ledger.kinds.form import EVENT_BYTES_MAX
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project

AnyEvent = (
    Party
    | Account
    | Fund
    | Project
    | Key
    | Policy
    | Calendar
    | Allocation
    | MatchingPledge
    | MatchingReceipt
    | Claim
    | Disbursement
    | Transfer
    | Use
    | Interest
    | Return
    | Movement
    | BankBalance
    | Acceptance
    | Correction
    | LogKeyChange
    | Attachment
    | Code
    | Contract
    | ContractChange
    | Settlement
    | Progress
    | Plan
    | PayeeList
    | Publication
    | Waiver
    | Restitution
    | Disposition
    | Objection
    | Reply
    | Erasure
    | PeriodClose
    | Deputation
    | Override
    | AdministratorChange
)
"""Every event kind."""

KINDS: Final[dict[str, type[AnyEvent]]] = {
    "party": Party,
    "account": Account,
    "fund": Fund,
    "project": Project,
    "key": Key,
    "policy": Policy,
    "calendar": Calendar,
    "allocation": Allocation,
    "matching_pledge": MatchingPledge,
    "matching_receipt": MatchingReceipt,
    "claim": Claim,
    "disbursement": Disbursement,
    "transfer": Transfer,
    "use": Use,
    "interest": Interest,
    "return": Return,
    "movement": Movement,
    "balance": BankBalance,
    "acceptance": Acceptance,
    "correction": Correction,
    "log_key": LogKeyChange,
    "attachment": Attachment,
    "code": Code,
    "contract": Contract,
    "contract_change": ContractChange,
    "settlement": Settlement,
    "progress": Progress,
    "plan": Plan,
    "payee_list": PayeeList,
    "publication": Publication,
    "waiver": Waiver,
    "restitution": Restitution,
    "disposition": Disposition,
    "objection": Objection,
    "reply": Reply,
    "erasure": Erasure,
    "period_close": PeriodClose,
    "deputation": Deputation,
    "override": Override,
    "administrator": AdministratorChange,
}

ADMITTED_BY_GENESIS: Final = frozenset(list(KINDS)[: list(KINDS).index("log_key")])
"""The first twenty kinds, whose version 1 needs no `policy` event before its first use (ADR 0002)."""

SECOND: Final[dict[str, frozenset[str]]] = {
    "allocation": frozenset({"source"}),
    "fund": frozenset({"matching_amounts", "acceptance", "retention", "class_edition", "upper"}),
    "key": frozenset({"custody"}),
    "party": frozenset({"division_edition"}),
    "policy": frozenset({"ledgers"}),
    "project": frozenset({"division_edition"}),
}
"""Kinds of which there is a version 2, with the fields that only it has (ADR 0019)."""

_SECOND_ACTIONS: Final = frozenset({"carry_over", "receive"})

KNOWN_VERSIONS: Final = frozenset((kind, 1) for kind in KINDS) | {(kind, 2) for kind in SECOND}
"""Every kind with each of its versions."""


def version_said(kind: str, fields: Mapping[str, Any]) -> int:
    """The `v` of an event of `kind` that says `fields`: the only one in which it can be said."""
    only = SECOND.get(kind, frozenset())
    second = not only.isdisjoint(fields) or (bool(only) and fields.get("action") in _SECOND_ACTIONS)
    return 2 if second else 1


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(AnyEvent)
_EVENTS: Final = msgspec.json.Decoder(tuple[AnyEvent, ...])


def event_bytes(event: AnyEvent) -> bytes:
    """The canonical bytes of `event`, RFC 8785, at most 64,000.

    Raises:
        FormatError: the event is larger than that.
    """
    encoded = _ENCODER.encode(event)
    if len(encoded) > EVENT_BYTES_MAX:
        raise FormatError(
            code="event-too-large",
            place="event",
            message_en=f"the event has {len(encoded):,} bytes, more than {EVENT_BYTES_MAX:,}",
            message_zh=f"事件有 {len(encoded):,} 字节，超过上限 {EVENT_BYTES_MAX:,}",
            remedy_en="shorten texts; evidence enters by hash only",
            remedy_zh="请缩短文字；附件只登记哈希",
        )
    return encoded


def parse_event(data: bytes, *, place: str) -> AnyEvent:
    """The event whose canonical bytes are exactly `data`.

    Raises:
        FormatError: too large, unknown kind or field, wrong type or value, or not canonical; the error names the field.
    """
    event = decode_event(data, place=place)
    if event_bytes(event) != data:
        raise FormatError(
            code="event-not-canonical",
            place=place,
            message_en="the bytes are not the canonical form of the event they hold",
            message_zh="字节不是该事件的规范形式",
            remedy_en="write RFC 8785: sorted keys, no spaces, no duplicate keys, integers only, no null or empty values",
            remedy_zh="请按 RFC 8785 书写：键排序、无空格、无重复键、只用整数、不写空值",
        )
    return event


def decode_event(data: bytes, *, place: str) -> AnyEvent:
    """The event in `data`, whatever its white space and key order; only for text that people typed.

    Raises:
        FormatError: as `parse_event`, canonical form apart.
    """
    if len(data) > EVENT_BYTES_MAX:
        raise FormatError(
            code="event-too-large",
            place=place,
            message_en=f"the event has {len(data):,} bytes, more than {EVENT_BYTES_MAX:,}",
            message_zh=f"事件有 {len(data):,} 字节，超过上限 {EVENT_BYTES_MAX:,}",
            remedy_en="shorten texts; evidence enters by hash only",
            remedy_zh="请缩短文字；附件只登记哈希",
        )
    try:
        event: AnyEvent = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            code="event-form",
            place=place,
            message_en=f"not an event: {error}",
            message_zh=f"不是有效事件：{error}",
            remedy_en="compare with the JSON Schema of the kind (GET /v1/schema, or docs/spec)",
            remedy_zh="请对照该类事件的 JSON Schema（GET /v1/schema 或 docs/spec）",
        ) from error
    return event


def decode_canonical_events(texts: Sequence[bytes]) -> tuple[AnyEvent, ...] | None:
    """The events whose canonical bytes are `texts`, each a whole JSON value; None where one of them is of another form.

    They are read and written again in one go. A JSON array has one way only to be cut into its values, so that where the
    arrays are equal, so is each event to its text.
    """
    array = b"[" + b",".join(texts) + b"]"
    try:
        events: tuple[AnyEvent, ...] = _EVENTS.decode(array)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    canonical = max(map(len, texts), default=0) <= EVENT_BYTES_MAX and _ENCODER.encode(events) == array
    return events if canonical else None


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of every kind, from the same records; optional fields are absent, never null."""
    (union,), components = msgspec.json.schema_components([AnyEvent], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "FundTrace event, vocabulary version 1",
        **union,
        "$defs": {name: _without_null(schema) for name, schema in sorted(components.items())},
    }


def _without_null(schema: Any) -> Any:  # noqa: ANN401 - a JSON Schema node is any JSON value
    match schema:
        case {"anyOf": [*options], **rest} if {"type": "null"} in options:
            kept = [_without_null(option) for option in options if option != {"type": "null"}]
            rest.pop("default", None)
            return {**rest, **kept[0]} if len(kept) == 1 else {**rest, "anyOf": kept}
        case dict():
            return {key: _without_null(value) for key, value in schema.items() if key != "default"}
        case list():
            return [_without_null(item) for item in schema]
        case _:
            return schema


def event_class(event: AnyEvent) -> str:  # noqa: PLR0911 - one row a class
    """Class of the kind (DESIGN §4): ``registry``, ``authority``, ``fact``, ``bank`` or ``control``."""
    match event:
        case (
            Party() | Account() | Fund() | Project() | Key() | Policy() | Calendar() | LogKeyChange() | Code()
        ):
            return "registry"
        case Contract() | ContractChange() | Deputation() | AdministratorChange():
            return "registry"
        case Allocation() | Disbursement() | MatchingPledge() | Plan() | Waiver():
            return "authority"
        case (
            MatchingReceipt()
            | Claim()
            | Transfer()
            | Use()
            | Interest()
            | Return()
            | Acceptance()
            | Attachment()
        ):
            return "fact"
        case Settlement() | Progress() | PayeeList() | Publication() | Restitution():
            return "fact"
        case Movement() | BankBalance():
            return "bank"
        case Correction() | Disposition() | Objection() | Reply() | Erasure() | PeriodClose() | Override():
            return "control"
        case _:
            assert_never(event)
