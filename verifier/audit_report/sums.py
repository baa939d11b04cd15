# SPDX-License-Identifier: Apache-2.0
"""Headline figures of a report and of each of its groups: every payment counted once, interest and counts apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from verifier.audit_report.records import Sums
from verifier.basis.findings import Finding
from verifier.casework.at_risk import PaymentsTold, Stake, amount_at_risk, stake, united
from verifier.casework.life_cycle import AMOUNTS, LifeCycle
from verifier.language import Told

UNITED: Final = ("provable", "at_risk", "outstanding", "corrected", *AMOUNTS, "interest")
COUNTED: Final = (
    "findings",
    "proved",
    "undecidable",
    "cleared",
    "closed_by_correction",
    "without_amount",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One finding as headline figures count it: `counts` of it, and each amount laid out over its payments."""

    counts: frozenset[str]
    stakes: dict[str, Stake]


def weighed(finding: Finding, life: LifeCycle, payments: PaymentsTold) -> Weighed:
    """What `finding`, standing as `life` says, brings to every group that it is in."""
    counts, amounts = _counts(finding, life), _amounts(finding, life)
    return Weighed(
        counts=counts,
        stakes={name: stake(finding, amount, payments) for name, amount in amounts.items() if amount > 0},
    )


def sums_of(key: str, title: Told, found: Iterable[Weighed], others: Sequence[Weighed] = ()) -> Sums:
    """The figures of one group; `others` bring amounts of cases beside its findings."""
    every = [*found, *others]
    counts = Counter(name for one in every for name in one.counts)
    amounts = {name: united(one.stakes[name] for one in every if name in one.stakes) for name in UNITED}
    return msgspec.structs.replace(
        Sums(key=key, title=title), **{name: counts[name] for name in COUNTED}, **amounts
    )


def _counts(finding: Finding, life: LifeCycle) -> frozenset[str]:
    match life.state:
        case "corrected":
            return frozenset({"closed_by_correction"})
        case "cleared":
            return frozenset({"cleared"})
        case _ if finding.finding_class == "undecidable":
            return frozenset({"undecidable"})
        case _:
            proved = {"proved"} if finding.finding_class == "proved" else set()
            plain = {"without_amount"} if not finding.amount else set()
            return frozenset({"findings", *proved, *plain})


def _amounts(finding: Finding, life: LifeCycle) -> dict[str, int]:
    worked = {name: getattr(life, name) for name in AMOUNTS}
    if life.state == "corrected":
        return {**worked, "corrected": amount_at_risk(finding)}
    if life.state == "cleared" or finding.finding_class == "undecidable" or finding.severity == "blue":
        return worked
    left = finding.outstanding
    return {
        **worked,
        "provable": min(finding.amount_min or 0, amount_at_risk(finding)),
        "at_risk": amount_at_risk(finding),
        "outstanding": (finding.amount or 0) if left is None else left,
        "interest": max(0, finding.figures.get("interest", 0)),
    }
