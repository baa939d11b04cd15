# SPDX-License-Identifier: Apache-2.0
"""The papers of a project on a stage: contracts, their changes, what was measured and accepted, what it came to.

All are posted by the unit; ids of contracts begin with the key of the stage. Beside the supplier of every day there is a
builder, who has no other contract.
"""

import datetime
import hashlib
from dataclasses import dataclass
from typing import Literal

from ledger.kinds.contract import Contract, ContractChange, ContractMilestone, Progress, Settlement
from ledger.kinds.fact import Acceptance
from verifier.simulation.stage import Stage

PANEL = ("panel-1", "panel-2", "panel-3")
"""Pseudonyms of an ordinary panel."""
_EARLY_SLOT = 2
_LATE_SLOT = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a contract is about; minor units. `parts` are its stages with what each pays, `file` the hash of its file."""

    amount: int
    category: Literal["works", "goods", "services"] = "works"
    parts: tuple[int, ...] = ()
    advance_cap: int | None = None
    retention: int | None = None
    retention_until: datetime.date | None = None
    supplier: str | None = None
    file: str | None = None


def engage(stage: Stage) -> str:
    """The builder exists, with an account; its id."""
    stage.payee(builder(stage), ("建设有限公司", "Construction Co., Ltd."))
    return builder(stage)


def builder(stage: Stage) -> str:
    """The firm that the contracts of these papers are with."""
    return f"{stage.key}-builder"


def agree(stage: Stage, day: datetime.date, terms: Terms, number: int = 1) -> tuple[str, str]:
    """Contract `number` of the stage: its id, and the name of its event. Its stages are called ``s1``, ``s2`` …"""
    contract = f"{stage.key}-contract-{number}"
    parts = (
        ContractMilestone(id=f"s{at}", task=f"第{at}阶段", amount=amount)
        for at, amount in enumerate(terms.parts, start=1)
    )
    event = Contract(
        occurred_on=day,
        id=contract,
        project=stage.project,
        supplier=terms.supplier or builder(stage),
        amount=terms.amount,
        category=terms.category,
        milestones=tuple(parts),
        advance_cap=terms.advance_cap,
        retention=terms.retention,
        retention_until=terms.retention_until,
        hash=terms.file,
    )
    (name,) = stage.act(day, stage.unit, "contract", event, slot=_EARLY_SLOT)
    return contract, name


def raise_by(stage: Stage, day: datetime.date, contract: str, amount: int) -> str:
    """The county approves that `contract` comes to `amount` more; the name of the change."""
    event = ContractChange(
        occurred_on=day,
        contract=contract,
        approved_by=stage.county.finance,
        document=f"模发改〔{day.year}〕{stage.fund.number}号",
        reason="工程量增加",
        direction="increase",
        amount=amount,
    )
    return stage.act(day, stage.unit, "change", event, slot=_EARLY_SLOT)[0]


def measure(stage: Stage, day: datetime.date, contract: str, value: int) -> str:
    """All work done on `contract` so far is worth `value`; the name of the report."""
    event = Progress(occurred_on=day, project=stage.project, contract=contract, value=value)
    return stage.act(day, stage.unit, "progress", event, slot=_EARLY_SLOT)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How work was accepted: on stage number `part` or all of it, by whom, on what file (its hash is `evidence`).

    `told_on` is when it is posted if not on its day; `project` is another than that of the stage.
    """

    part: int | None = None
    verdict: Literal["pass", "fail"] = "pass"
    panel: tuple[str, ...] = PANEL
    evidence: str | None = None
    project: str | None = None
    told_on: datetime.date | None = None


IN_ORDER = Seen()


def accept(stage: Stage, day: datetime.date, contract: str, value: int, seen: Seen = IN_ORDER) -> str:
    """Work of `value` on `contract` is accepted on `day`; the name of the acceptance."""
    event = Acceptance(
        occurred_on=day,
        project=seen.project or stage.project,
        verdict=seen.verdict,
        contract=contract,
        milestone=None if seen.part is None else f"s{seen.part}",
        value=value,
        panel=seen.panel,
        evidence=(seen.evidence or file_hash(stage, f"{contract}/{seen.part}/{value}"),),
    )
    return stage.act(seen.told_on or day, stage.unit, "accept", event, slot=_LATE_SLOT)[0]


def settle(stage: Stage, day: datetime.date, contract: str, amount: int) -> str:
    """`contract` came to `amount` in the end; the name of the final accounts."""
    event = Settlement(occurred_on=day, project=stage.project, contract=contract, amount=amount)
    return stage.act(day, stage.unit, "settle", event, slot=_EARLY_SLOT)[0]


def file_hash(stage: Stage, what: str) -> str:
    """The hash of a file called `what` on this stage."""
    return hashlib.sha256(f"{stage.key}/{what}".encode()).hexdigest()
