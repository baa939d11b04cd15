# SPDX-License-Identifier: Apache-2.0
"""Differences of two judgements: each matter once, in order, and only where it comes to something else."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding, in_order, seal, to_line
from verifier.judgement.differences import COMPARED, Difference, differences, tally

CLAIM = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 1000.00 PROV -> NA parent=L0 project=P
2026-02-01 approve C1 500.00 project=P line=L1 by=NA
"""


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    """Two matters, with ids and rules apart."""
    (one,) = judge(CLAIM, "2026-07-31", rule="F04")
    others = [seal(replace(one, id=mark * 32, rule=rule)) for mark, rule in (("0", "F04"), ("9", "F03"))]
    return in_order([one, *others])


def compared(before: list[Finding], after: list[Finding]) -> list[Difference]:
    """The differences of two lists."""
    return list(differences(map(to_line, in_order(before)), map(to_line, in_order(after))))


def test_each_matter_is_told_once_and_in_order(found: list[Finding]) -> None:
    """What is missing on either side, whatever stands around it."""
    for index, one in enumerate(found):
        rest = found[:index] + found[index + 1 :]
        (gone,) = compared(found, rest)
        (new,) = compared(rest, found)
        assert (gone.change, gone.finding, new.change, new.finding) == ("vanishes", one, "appears", one)
    assert [one.finding for one in compared(found, [])] == found
    assert [one.finding for one in compared([], found)] == found
    assert compared(found, found) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("finding_class", "statistical"),
        ("severity", "blue"),
        ("state", "waived"),
        ("due", None),
        ("amount_min", 1),
        ("amount", 1),
        ("amount_max", 1),
        ("restored", 1),
        ("outstanding", 1),
    ],
)
def test_a_field_that_matters_is_a_change(found: list[Finding], field: str, value: object) -> None:
    """Named as on the wire; programs get both findings whole."""
    first, *rest = found
    other = seal(replace(first, **{field: value}))
    (one,) = compared(found, [other, *rest])
    assert (one.change, one.fields) == ("changes", ("class" if field == "finding_class" else field,))
    assert set(one.fields) <= set(COMPARED)
    line: dict[str, Any] = json.loads(one.line())
    assert (line["before"]["content_hash"], line["after"]["content_hash"]) == (
        first.content_hash,
        other.content_hash,
    )
    assert tally([one]) == {(first.rule, "changes"): 1}


def test_other_numbers_to_the_same_end_are_no_difference(found: list[Finding]) -> None:
    """Parameters and wording of a finding may differ."""
    first, *rest = found
    other = seal(replace(first, parameters={**first.parameters, "soon": 8}, params_hash="5e" * 32))
    assert compared(found, [other, *rest]) == []
