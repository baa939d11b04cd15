# SPDX-License-Identifier: Apache-2.0
"""All rules over projects and their contracts, as one family: they share their facts, noted once."""

from collections.abc import Callable, Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.matters.family import Family, Matter
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.rules import (
    contract_overpaid,
    doubtful_acceptance,
    over_estimate,
    paid_ahead_of_progress,
    paid_before_acceptance,
    related_supplier,
    unknown_contract,
)
from verifier.works.project_file import ProjectFile, file_of
from verifier.works.work_facts import Fact
from verifier.works.work_notes import KINDS, note

Judge = Callable[[ProjectFile, Case], Iterator[Finding | Gap]]

JUDGES: Final[tuple[tuple[Rule, Judge], ...]] = (
    (unknown_contract.RULE, unknown_contract.judge),
    (paid_ahead_of_progress.RULE, paid_ahead_of_progress.judge),
    (contract_overpaid.RULE, contract_overpaid.judge),
    (over_estimate.RULE, over_estimate.judge),
    (paid_before_acceptance.RULE, paid_before_acceptance.judge),
    (doubtful_acceptance.RULE, doubtful_acceptance.judge),
    (related_supplier.RULE, related_supplier.judge),
)
"""The rules over a project, with what each makes of its file."""


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """What every rule makes of the project."""
    file = file_of(matter)
    for _, one in JUDGES:
        yield from one(file, case)


FAMILY: Final = Family(
    name="works", rules=tuple(rule for rule, _ in JUDGES), kinds=KINDS, said=Fact, note=note, judge=judge
)
