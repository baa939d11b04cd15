# SPDX-License-Identifier: Apache-2.0
"""A finding (疑点): a lead with arithmetic, evidence and what would clear it; never a verdict (DESIGN §6).

One finding is one RFC 8785 line. `id` names the matter and survives new versions, parameters and dates;
`content_hash` names exactly what was said of it. Same prefix, same dates, same parameters: same bytes.
"""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

from ledger.amount import AMOUNT_MAX
from ledger.canonical import jcs
from ledger.errors import FormatError
from ledger.kinds.form import Digest, Text
from ledger.party import EventName, Id
from verifier.language import Told

FindingClass = Literal["proved", "indicated", "statistical", "undecidable"]
"""proved 已证明; indicated 有迹象; statistical ranks only; undecidable 无法判定, never clean."""

Severity = Literal["blue", "yellow", "orange", "red"]
"""蓝 record, 黄 warn, 橙 warn and ask for evidence, 红 block."""

Mark = Literal[
    "advance",
    "corrected",
    "historical",
    "lapsed",
    "pending",
    "provisional",
    "reported_only",
    "short",
    "unresolved",
]
"""What a reader must know beside the class: rests on reports only, on a calendar not adopted …"""

FindingId = Annotated[
    str, Meta(pattern="^[0-9a-f]{32}(?!\\n)$", description="first 32 hex digits of a SHA-256")
]
RuleId = Annotated[
    str, Meta(pattern="^[A-Z][0-9]{1,3}(?!\\n)$", description="rule of the catalogue, such as F04")
]
Minor = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="amount in minor units, zero allowed")]
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}(?!\\n)$")]
Figure = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A frozen part of a finding; what is not known is absent, never null or empty."""


class Evidence(Record, frozen=True, kw_only=True):
    """One entry that a finding rests on: stable name of the event, position, leaf hash (hex)."""

    name: EventName
    seq: Annotated[int, Meta(ge=1)]
    leaf: Digest


class Step(Record, frozen=True, kw_only=True):
    """One step of a path of money: `event` moved `amount` on `on`; it lies from `lo` to `hi` in the lot.

    An account is absent when it is not registered. `flags` are upper-case words such as ``ADVANCE``, sorted.
    """

    event: EventName
    amount: Minor
    on: datetime.date
    from_: Id | None = field(name="from", default=None)
    to: Id | None = None
    lo: Minor | None = None
    hi: Minor | None = None
    flags: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule file declares of itself.

    `subject` lists what tells two findings of the rule apart (DESIGN §6), in words; `basis` is the law behind
    it. `tier` is the data it needs: T0 the ledger alone, T1 signed bank statements, T2 registers, T3 field
    evidence.
    """

    id: RuleId
    version: int
    title: Told
    basis: Told
    subject: tuple[str, ...]
    severity: Severity
    tier: Literal["T0", "T1", "T2", "T3"]


class Finding(Record, frozen=True, kw_only=True):
    """One lead, with everything a person needs to check it by hand.

    Amounts in minor units: `amount` at risk by the selected rule, `amount_min` provable, `amount_max`
    possible; `restored` came back, `outstanding` is open at `as_of`. `known_by` is the last position judged.
    `decisive_on` is the first business date on which this could be known. `figures` is the arithmetic;
    `parameters` and `calendars` are what `params_hash` covers. `due` and `state` belong to obligations.
    `evidence` is sorted by position and holds `first_event` and `decisive_event`.
    """

    id: FindingId
    content_hash: Digest
    rule: RuleId
    rule_version: Annotated[int, Meta(ge=1)]
    params_hash: Digest
    finding_class: FindingClass = field(name="class")
    severity: Severity
    subject: Annotated[tuple[str, ...], Meta(min_length=1)]
    as_of: datetime.date
    known_by: Annotated[int, Meta(ge=0)]
    explanation: Told
    clears_if: Told
    basis: Told
    parameters: dict[Name, Figure | Text]
    calendars: tuple[Text, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fund: Id | None = None
    line: Id | None = None
    parties: tuple[Id, ...] = ()
    accounts: tuple[Id, ...] = ()
    amount_min: Minor | None = None
    amount: Minor | None = None
    amount_max: Minor | None = None
    restored: Minor | None = None
    outstanding: Minor | None = None
    first_event: EventName | None = None
    decisive_event: EventName | None = None
    decisive_on: datetime.date | None = None
    due: datetime.date | None = None
    state: Name | None = None
    paths: tuple[tuple[Step, ...], ...] = ()
    figures: dict[Name, Figure] = {}
    marks: tuple[Mark, ...] = ()


_DECODER: Final = msgspec.json.Decoder(Finding)
UNSEALED: Final = "0" * 64
"""Stands for `content_hash` until `seal` has computed it."""


def finding_id(genesis_hash: str, rule: str, subject: Iterable[str]) -> str:
    """First 32 hex of SHA-256(JCS([genesis, rule, subject])) (DESIGN §6); no date and no amount enters it."""
    return hashlib.sha256(jcs([genesis_hash, rule, list(subject)])).hexdigest()[:32]


def params_hash(
    rule: str, rule_version: int, parameters: Mapping[str, int | str], calendars: Iterable[str] = ()
) -> str:
    """Hex SHA-256(JCS({calendars, parameters, rule, rule_version})), `calendars` as given (DESIGN §6)."""
    hashed = {
        "calendars": list(calendars),
        "parameters": dict(parameters),
        "rule": rule,
        "rule_version": rule_version,
    }
    return hashlib.sha256(jcs(hashed)).hexdigest()


def content_hash(finding: Finding) -> str:
    """Hex SHA-256 of the JCS of `finding` without its `content_hash` (DESIGN §6)."""
    plain = msgspec.to_builtins(finding)
    del plain["content_hash"]
    return hashlib.sha256(jcs(plain)).hexdigest()


def seal(finding: Finding) -> Finding:
    """`finding` with its `content_hash` computed; the last thing done to it."""
    return msgspec.structs.replace(finding, content_hash=content_hash(finding))


def to_line(finding: Finding) -> bytes:
    """The JCS bytes of `finding`, without a line feed."""
    return jcs(msgspec.to_builtins(finding))


def parse_line(data: bytes, *, place: str = "finding") -> Finding:
    """The finding whose line is exactly `data`.

    Raises:
        FormatError: not of the form, not canonical, or with a `content_hash` of other content.
    """
    try:
        finding = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused("finding-form", place, f"not a finding: {error}", f"不是有效疑点：{error}") from error
    if to_line(finding) != data:
        raise _refused(
            "finding-not-canonical", place, "the line is not canonical (RFC 8785)", "该行不是规范编码"
        )
    if content_hash(finding) != finding.content_hash:
        raise _refused(
            "finding-altered", place, "`content_hash` is not that of the content", "content_hash 与内容不符"
        )
    return finding


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """`findings` sorted by (rule, id), the order of every report."""
    return sorted(findings, key=lambda finding: (finding.rule, finding.id))


def _refused(code: str, place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code=code,
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Take the line as `fundtrace audit --json` printed it, or run the audit again.",
        remedy_zh="请使用 fundtrace audit --json 的原始输出，或重新审计。",
    )
