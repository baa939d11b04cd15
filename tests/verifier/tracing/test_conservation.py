# SPDX-License-Identifier: Apache-2.0
"""The conservation check bites: a tally that does not add up is a fault of this program (T21)."""

import pytest

from ledger.errors import ProgrammerError
from verifier.tracing.conservation import FundTally, check_fund


def balanced() -> FundTally:
    """100 came, 30 was used, 20 lost, 5 of it came back; 55 is on hand."""
    tally = FundTally()
    tally.credited, tally.restored, tally.claim = 100, 5, 55
    tally.used, tally.diverted, tally.net = 30, 20, 70
    return tally


def test_a_balanced_tally_passes() -> None:
    """Both equations of T21 hold for money used, lost and restored."""
    tally = balanced()
    check_fund("F", tally)
    assert tally.claim == 55


@pytest.mark.parametrize("name", sorted(set(FundTally.__slots__) - {"readmitted", "interest"}))
def test_one_unit_anywhere_is_noticed(name: str) -> None:
    """Each amount stands in one of the two equations."""
    tally = balanced()
    setattr(tally, name, getattr(tally, name) + 1)
    with pytest.raises(ProgrammerError, match="fund F"):
        check_fund("F", tally)


def test_a_claim_below_zero_is_noticed() -> None:
    """C and A are kept apart, both at zero or above."""
    tally = FundTally()
    tally.claim, tally.advance = -5, -5
    with pytest.raises(ProgrammerError, match="does not conserve"):
        check_fund("F", tally)


def test_money_leaves_in_known_ways_only() -> None:
    """A misspelt bucket is a fault, not a new bucket."""
    with pytest.raises(ProgrammerError, match="no way for money"):
        FundTally().spend("lost", 1)
