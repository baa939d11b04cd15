# SPDX-License-Identifier: Apache-2.0
"""The form that every event kind shares: strict frozen records whose canonical bytes are their sorted JSON.

An optional field is absent, never null, empty text or an empty list (DESIGN §3). Amounts are integers of minor units.
"""

import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from msgspec import Meta

from ledger.party import Id

EVENT_BYTES_MAX: Final = 64_000
"""Most bytes of one event; leaves room for the entry around it below 65,535."""

TEXT_CHARACTERS_MAX: Final = 4_096

Text = Annotated[str, Meta(min_length=1, max_length=4_096, description="text, 1 to 4,096 characters")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}(?!\\n)$", description="lower-case hex SHA-256")]
Commitment = Annotated[
    str, Meta(pattern="^[A-Za-z0-9_-]{43}(?!\\n)$", description="unpadded base64url SHA-256")
]
ClassCode = Annotated[
    str,
    Meta(pattern="^[0-9A-Za-z][0-9A-Za-z.-]{0,23}(?!\\n)$", description="functional or economic class code"),
]
"""Code of a budget class (科目): functional 功能分类 or economic 经济分类; compared by prefix."""

FiscalYear = Annotated[int, Meta(ge=1900, le=2999, description="fiscal year")]
Version = Annotated[int, Meta(ge=1, le=1_000_000)]
Days = Annotated[int, Meta(ge=0, le=36_500)]
Whole = Annotated[int, Meta(ge=-(2**53 - 1), le=2**53 - 1, description="whole number that JSON readers keep")]
Reference = Annotated[
    str, Meta(min_length=1, max_length=128, description="document, voucher or bank reference")
]
"""Number of a document (文号), voucher or bank line, as printed."""

Period = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]))?(?!\\n)$",
        description="a year, a quarter or a month: 2026, 2026-Q2, 2026-06",
    ),
]
FindingId = Annotated[
    str, Meta(pattern="^[0-9a-f]{32}(?!\\n)$", description="id of a finding, 32 hex digits")
]

Origin = Annotated[
    str,
    Meta(pattern="^[a-z0-9][a-z0-9.-]{0,127}(/[A-Za-z0-9._~-]{1,64}){0,8}(?!\\n)$", description="log origin"),
]
"""Origin of a log: a schema-less URL such as ``ledger.example/jl/2026`` (C2SP tlog-checkpoint)."""


def one() -> Literal[1]:
    """Version 1, written out in the bytes of every event (a plain default would be left out)."""
    return 1


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A frozen part of an event; unknown fields are refused, absent optional fields leave no bytes."""


class Provenance(Record, frozen=True, kw_only=True):
    """Where an imported event was read: SHA-256 of the source file, sheet (absent for CSV), row counted from 1."""

    file: Digest
    row: Annotated[int, Meta(ge=1, le=10_000_000)]
    sheet: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


class Tag(Record, frozen=True, kw_only=True):
    """Whose money a movement declares to be: fund, source (grant 上级补助, match 配套, interest 利息), line or none."""

    fund: Id
    source: Literal["grant", "match", "interest"]
    line: Id | None = None


PAYEE: Final = frozenset({"payee_name", "payee_account", "payee_id", "payee_mark"})
"""A natural person who is paid: name, account, identity number, and the keyed mark of the person (`ledger.person_mark`)."""


class Event(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
):
    """What every event carries.

    `occurred_on` is the business date in the ledger's time zone, never after the recorded date. `provenance` is set on
    imported events only. `sd` (``_sd``) holds salted commitments of personal fields, sorted and unique.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    """Names of the personal fields of the kind, which enter the ledger only as commitments.

    They are no part of its bytes: names may be added to a published kind, and never taken away (ADR 0018).
    """

    v: Literal[1] = msgspec.field(default_factory=one)
    occurred_on: datetime.date
    provenance: Provenance | None = None
    sd: tuple[Commitment, ...] = msgspec.field(name="_sd", default=())


def second_version(*, given: int, new: bool, what: str) -> None:
    """Refuse the record unless `v` is 2 exactly where it says `what` version 1 cannot say: one spelling (ADR 0019)."""
    wanted = 2 if new else 1
    if given != wanted:
        raise ValueError(f"`v` is {wanted} {'with' if new else 'without'} {what}")


def require(*, given: bool, field: str, when: str) -> None:
    """Refuse the record unless `field` is given, saying `when` it is needed."""
    if not given:
        raise ValueError(f"`{field}` is required {when}")


def forbid(*, given: bool, field: str, when: str) -> None:
    """Refuse the record if `field` is given, saying `when` it must be absent."""
    if given:
        raise ValueError(f"`{field}` must be absent {when}")


def kind_of(event: Event) -> str:
    """The wire name of the kind of `event`, such as ``disbursement``."""
    return str(event.__struct_config__.tag)


def fields_of(record: msgspec.Struct) -> dict[str, Any]:
    """The given fields of `record` under their wire names (absent optional fields left out), for display."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain
