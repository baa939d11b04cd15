# SPDX-License-Identifier: Apache-2.0
"""What a report says, whatever it is written to. Amounts in minor units; texts in both languages."""

import datetime
from typing import Literal

import msgspec

from verifier.basis.findings import Finding, FindingId, RuleId, Severity
from verifier.basis.tracing_rule import TracingRule
from verifier.casework.life_cycle import FindingState, LifeCycle
from verifier.casework.steps import StepTaken
from verifier.judgement.differences import Change
from verifier.language import Told

FORM = "fundtrace/audit-report/v1"


class Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of which ledger, at which size, verified how, judged as of when, known by what, and by which rules.

    `verdict` is what verification said, `marks` what must be said of the ledger (invented data, replayed clock …),
    `notices` what is said of its rules, loosened ones included. `checkpoint` is the signed note.
    """

    origin: str
    name: str
    genesis: str
    currency: str
    demo: bool
    size: int
    root: str
    checkpoint: str
    verdict: Told
    exit_code: int
    good_prefix: int
    as_of: datetime.date
    known_by: int
    recorded: str
    pack: str
    pack_title: Told
    calendars: dict[int, str]
    tracing: TracingRule
    marks: tuple[Told, ...] = ()
    notices: tuple[Told, ...] = ()


class RuleTold(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that ran: what it is called, the law behind it, and the data it needs (T0 to T3)."""

    id: RuleId
    version: int
    title: Told
    basis: Told
    tier: Literal["T0", "T1", "T2", "T3"]
    severity: Severity


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Findings of one group, with every payment counted once (`verifier.casework.at_risk`).

    `findings` are decided ones that stand: neither cleared nor corrected; `without_amount` of them are about no amount.
    `provable`, `at_risk`, `outstanding` are of these; records (blue) put nothing at risk. `corrected` is what findings
    closed by a correction were about. `returned`, `rebooked`, `recovered`, `exempt` are as cases state them. `interest`
    is told apart and part of no other amount.
    """

    key: str
    title: Told
    findings: int = 0
    proved: int = 0
    undecidable: int = 0
    cleared: int = 0
    closed_by_correction: int = 0
    without_amount: int = 0
    provable: int = 0
    at_risk: int = 0
    outstanding: int = 0
    corrected: int = 0
    returned: int = 0
    rebooked: int = 0
    recovered: int = 0
    exempt: int = 0
    interest: int = 0


class Reported(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding with where it stands; `place` is the division of the body it is about first.

    `pack` is the file with its evidence in the folder `Report.packs`; `unpacked` says why there is none.
    """

    finding: Finding
    title: Told
    life: LifeCycle
    at_risk: int
    place: str
    parties: tuple[Told, ...] = ()
    fund: Told | None = None
    pack: str | None = None
    unpacked: Told | None = None


class OtherCase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case about no finding of this report: `steps` tell about which, unless nobody opened that here."""

    case: str
    state: FindingState
    steps: tuple[StepTaken, ...]
    finding: str | None = None


class DifferenceTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding that the auditor's own rules make appear, vanish or change; amounts by the ledger's rules and by these."""

    change: Change
    rule: RuleId
    id: FindingId
    explanation: Told
    fields: tuple[str, ...] = ()
    before: int | None = None
    after: int | None = None


class OwnRules(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor brought instead of the ledger's own rules and registers, and what that changes."""

    brought: tuple[Told, ...]
    closing: Told
    differences: tuple[DifferenceTold, ...]


class GapTold(msgspec.Struct, frozen=True, kw_only=True):
    """What rule `rule` could not judge, `times` times, and why; it never reads as clean."""

    rule: RuleId
    reason: Told
    times: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report. `findings` are in the order of `fundtrace audit --json`: by rule, then by id.

    `own_rules` is there where the auditor judged by a pack or a register of his own. `packs` is the folder with their
    evidence packs, relative to the file that the report is written to.
    """

    form: str
    head: Head
    total: Sums
    states: dict[FindingState, int]
    by_rule: tuple[Sums, ...]
    by_fund: tuple[Sums, ...]
    by_place: tuple[Sums, ...]
    findings: tuple[Reported, ...]
    other_cases: tuple[OtherCase, ...]
    gaps: tuple[GapTold, ...]
    rules: tuple[RuleTold, ...]
    own_rules: OwnRules | None = None
    packs: str | None = None
