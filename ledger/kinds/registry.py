# SPDX-License-Identifier: Apache-2.0
"""Registry kinds: who, which account, which fund, which project, which key, by which rules and calendar.

A change is a new event with the same id and `version` + 1. A payment is judged by the version in the log at its own
position (DESIGN §4, *Registry changes*).
"""

import datetime
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.amount import Amount
from ledger.instant import Instant
from ledger.kinds.form import (
    ClassCode,
    Days,
    Digest,
    Event,
    FiscalYear,
    Record,
    Reference,
    Text,
    Version,
    Whole,
    forbid,
    one,
    require,
    second_version,
)
from ledger.kinds.fund_terms import AcceptanceRule, MatchingAmount, RetentionRule
from ledger.kinds.upper import UpperFund, UpperLedger
from ledger.party import Division, Id, Level, PartyRole, Uscc

AccountClass = Literal[
    "treasury_single",
    "zero_balance",
    "special",
    "unit_real",
    "township",
    "agent",
    "platform",
    "wage",
    "supplier",
    "personal",
]
"""Account classes (账户类别): treasury single 国库单一, zero balance 零余额, special 财政专户, unit's real funds 实有资金,
township 乡镇, agent 代管, platform company 平台公司, wage 工资专户, supplier 供应商, personal 个人."""

CUSTODIAN_CLASSES: frozenset[AccountClass] = frozenset(
    {"treasury_single", "zero_balance", "special", "unit_real", "platform", "township", "agent"}
)
"""Classes in which a fund keeps an entitlement (semantics T1)."""

Custody = Literal["file", "browser", "device"]
"""What holds a private key (密钥存放方式): an encrypted file, a browser, or a device of its own (token, card, module)."""

KeyRole = Literal["maker", "checker", "approver", "bank", "panel", "auditor", "administrator"]
"""What a key may sign as: maker 经办, checker 复核, approver 审批, bank, acceptance panel, auditor, administrator."""


class Party(Event, frozen=True, kw_only=True, tag="party"):
    """Registration of a body or payee (单位登记).

    `division` places it, with `v` 2 by the codes that held on `division_edition`; `parent` is the superior body, absent for
    the topmost; `related` names parties under common control (关联方), as far as known. `uscc` carries its own check
    character.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"contact", "representative"})

    v: Literal[1, 2] = msgspec.field(default_factory=one)  # type: ignore[assignment]  # wider than of the other kinds
    id: Id
    name: Text
    level: Level
    division: Division
    roles: Annotated[tuple[PartyRole, ...], Meta(min_length=1)]
    version: Version = msgspec.field(default_factory=one)
    effective_on: datetime.date | None = None
    name_en: Text | None = None
    uscc: Uscc | None = None
    parent: Id | None = None
    related: tuple[Id, ...] = ()
    division_edition: datetime.date | None = None

    def __post_init__(self) -> None:
        """Version 2 says of which edition the division code is."""
        second_version(given=self.v, new=self.division_edition is not None, what="`division_edition`")


class Account(Event, frozen=True, kw_only=True, tag="account"):
    """Registration of a bank account (账户登记).

    `owner` is the party whose money moves; `bank` the party that signs its statements, absent when none does.
    `fund` is set when the account is dedicated to one fund, absent when money is commingled. `pool` names the account
    in which the real balance lies. `masked` shows at most the last four digits.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"number", "holder_name"})

    id: Id
    owner: Id
    account_class: AccountClass = msgspec.field(name="class")
    version: Version = msgspec.field(default_factory=one)
    effective_on: datetime.date | None = None
    bank: Id | None = None
    fund: Id | None = None
    pool: Id | None = None
    masked: Annotated[str, Meta(pattern="^[*•]{1,12}[0-9]{0,4}(?!\\n)$")] | None = None


class MatchingTerm(Record, frozen=True, kw_only=True):
    """Matching money (配套) that a fund demands: need = floor(base · `num` / `den`) (semantics M1).

    Owed by `party`, or by every finance party of `level` that received the fund; exactly one of the two. `base` counts
    money allocated or disbursed to it. `due_on` absent means in proportion to the base at any date. `basis` is the
    lawful basis of the demand, absent when the fund document names none.
    """

    base: Literal["allocated", "disbursed"]
    num: Annotated[int, Meta(ge=0, le=1_000_000)]
    den: Annotated[int, Meta(ge=1, le=1_000_000)]
    party: Id | None = None
    level: Level | None = None
    due_on: datetime.date | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        """Exactly one of party and level owes."""
        if (self.party is None) == (self.level is None):
            raise ValueError("exactly one of `party` and `level` is required in a matching term")


class Deadline(Record, frozen=True, kw_only=True):
    """A time limit of a fund: `pass_on` counts from receipt of the indicator, `pay` from approval of the claim.

    `days` are calendar or working days, start day not counted. `level` narrows it to parties of one level.
    """

    duty: Literal["pass_on", "pay"]
    days: Days
    unit: Literal["calendar", "working"]
    basis: Text
    level: Level | None = None


class Fund(Event, frozen=True, kw_only=True, tag="fund"):
    """An earmarked fund (专项资金): purpose, allowed classes, matching and time limits.

    `issuer` allocates its top lines. `functional` and `economic` are allowed class prefixes, absent = any;
    `denied_economic` are prefixes never allowed. `direct` is the direct-fund flag (直达资金标识: 01, 02 or 09). With `v` 2
    come fixed matching amounts, rules of acceptance and retention, the edition of its class codes, and where it began.
    """

    v: Literal[1, 2] = msgspec.field(default_factory=one)  # type: ignore[assignment]  # wider than of the other kinds
    id: Id
    name: Text
    purpose: Text
    issuer: Id
    level: Level
    fiscal_year: FiscalYear
    version: Version = msgspec.field(default_factory=one)
    effective_on: datetime.date | None = None
    name_en: Text | None = None
    purpose_en: Text | None = None
    document: Reference | None = None
    direct: Literal["01", "02", "09"] | None = None
    functional: tuple[ClassCode, ...] = ()
    economic: tuple[ClassCode, ...] = ()
    denied_economic: tuple[ClassCode, ...] = ()
    matching: tuple[MatchingTerm, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    matching_amounts: tuple[MatchingAmount, ...] = ()
    acceptance: AcceptanceRule | None = None
    retention: RetentionRule | None = None
    class_edition: datetime.date | None = None
    upper: UpperFund | None = None

    def __post_init__(self) -> None:
        """Version 2 says at least one thing that version 1 cannot."""
        later = (self.matching_amounts, self.acceptance, self.retention, self.class_edition, self.upper)
        what = "matching_amounts, acceptance, retention, class_edition or upper"
        second_version(given=self.v, new=any(later), what=what)


class Milestone(Record, frozen=True, kw_only=True):
    """One duty of a project (任务/责任/时效清单): the task, who answers for it, and by when."""

    id: Id
    task: Text
    party: Id
    due_on: datetime.date


class Project(Event, frozen=True, kw_only=True, tag="project"):
    """A project (项目) that earmarked money serves: its funds, the unit that runs it, place, budget, milestones.

    With `v` 2, `division` is by the codes that held on `division_edition`.
    """

    v: Literal[1, 2] = msgspec.field(default_factory=one)  # type: ignore[assignment]  # wider than of the other kinds
    id: Id
    name: Text
    unit: Id
    division: Division
    funds: Annotated[tuple[Id, ...], Meta(min_length=1)]
    version: Version = msgspec.field(default_factory=one)
    effective_on: datetime.date | None = None
    name_en: Text | None = None
    budget: Amount | None = None
    milestones: tuple[Milestone, ...] = ()
    division_edition: datetime.date | None = None

    def __post_init__(self) -> None:
        """Version 2 says of which edition the division code is."""
        second_version(given=self.v, new=self.division_edition is not None, what="`division_edition`")


class Key(Event, frozen=True, kw_only=True, tag="key"):
    """Life of a signing key (密钥): registration or revocation by the administrators' threshold.

    `key` is the key id. A registration carries algorithm, public key (standard base64 of the raw key), holder, person
    (a pseudonym), device, roles, jurisdiction (division codes) and validity window, compared with `recorded`; the new
    key signs the submission too, in the role ``possession``. A revocation acts from its own position on;
    `compromised_since` invalidates nothing and lists entries since for review.

    With `v` 2 a registration says in `custody` what holds the private key, for which the administrators vouch.
    """

    v: Literal[1, 2] = msgspec.field(default_factory=one)  # type: ignore[assignment]  # wider than of the other kinds
    action: Literal["register", "revoke"]
    key: Digest
    alg: Literal["ed25519"] | None = None
    public: Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{4,64}={0,2}(?!\\n)$")] | None = None
    holder: Id | None = None
    person: Id | None = None
    device: Id | None = None
    roles: tuple[KeyRole, ...] = ()
    jurisdiction: tuple[Division, ...] = ()
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    compromised_since: Instant | None = None
    reason: Text | None = None
    custody: Custody | None = None

    def __post_init__(self) -> None:
        """Registration is complete; revocation names the key alone; version 2 says what holds the key."""
        registers = self.action == "register"
        check, when = (require, "to register a key") if registers else (forbid, "to revoke a key")
        for field in ("alg", "public", "holder", "person", "device", "roles", "jurisdiction", "valid_from"):
            check(given=bool(getattr(self, field)), field=field, when=when)
        other = "compromised_since" if registers else "custody"
        forbid(given=getattr(self, other) is not None, field=other, when=when)
        second_version(given=self.v, new=self.custody is not None, what="`custody`")


class PolicyRow(Record, frozen=True, kw_only=True):
    """One rule: parameters (whole numbers by name), unit of days, legal basis; may be narrowed to a fund or level."""

    id: Id
    rule: Id
    basis: Text
    parameters: dict[Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}(?!\\n)$")], Whole] = msgspec.field(
        default_factory=dict
    )
    unit: Literal["calendar", "working"] | None = None
    fund: Id | None = None
    level: Level | None = None


class Policy(Event, frozen=True, kw_only=True, tag="policy"):
    """Adoption of a rule pack (规则包) or of kind versions, posted by supervision or audit, acting forward only.

    With `v` 2 it also pins ledgers above, whose allocations may then be received.
    """

    v: Literal[1, 2] = msgspec.field(default_factory=one)  # type: ignore[assignment]  # wider than of the other kinds
    id: Id
    version: Version = msgspec.field(default_factory=one)
    effective_on: datetime.date
    title: Text
    rows: tuple[PolicyRow, ...] = ()
    admits: tuple[Annotated[str, Meta(pattern="^[a-z_]{1,32}/[1-9][0-9]{0,3}(?!\\n)$")], ...] = ()
    ledgers: tuple[UpperLedger, ...] = ()

    def __post_init__(self) -> None:
        """Version 2 pins at least one ledger."""
        second_version(given=self.v, new=bool(self.ledgers), what="`ledgers`")


class Calendar(Event, frozen=True, kw_only=True, tag="calendar"):
    """Adoption of the holiday calendar of one year (节假日安排): days off beyond weekends, weekend days worked (调休)."""

    id: Id
    version: Version = msgspec.field(default_factory=one)
    year: FiscalYear
    notice: Text
    off: tuple[datetime.date, ...] = ()
    worked: tuple[datetime.date, ...] = ()
