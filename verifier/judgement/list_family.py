# SPDX-License-Identifier: Apache-2.0
"""Both rules over lists of persons, as one family: they share their facts, noted once."""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding
from verifier.matters.family import Family, Matter
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payees.list_facts import KINDS, Fact, file_of, note
from verifier.rules import above_standard, list_overpaid


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """What both make of the list."""
    file = file_of(matter)
    yield from above_standard.judge(file, case)
    yield from list_overpaid.judge(file, case)


FAMILY: Final = Family(
    name="payee-lists",
    rules=(above_standard.RULE, list_overpaid.RULE),
    kinds=KINDS,
    said=Fact,
    note=note,
    judge=judge,
)
