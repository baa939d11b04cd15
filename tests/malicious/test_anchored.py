# SPDX-License-Identifier: Apache-2.0
"""History rewritten with the log's own keys before and behind an anchor: the one is found, the other is told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.anchor import PrintedAnchor
from ledger.log_keys import keys_in
from tests.malicious.attacks import forked
from tests.malicious.every_kind import every_kind
from tests.malicious.forger import Forger, judge, root_over
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from tests.conftest import Sample


@pytest.fixture(scope="module")
def honest() -> Forger:
    """A log in which every kind stands."""
    return every_kind()


def anchored_at(honest: Forger, size: int) -> Trust:
    """What a reader knows who cut the anchor of `size` entries out of the gazette."""
    anchor = PrintedAnchor(origin=honest.origin, size=size, root=root_over(honest.leaves[:size]))
    return Trust(log_keys=tuple(keys_in(honest.world.genesis.log_keys)), anchor=anchor)


def test_every_rewriting_before_the_anchor_is_found(honest: Forger, sample: Sample) -> None:
    """Anchored is the whole honest log; a fork at any submission contradicts it."""
    trust = anchored_at(honest, len(honest.entries))
    assert judge(honest.files(), trust).outcome == "verified"
    for forgery in sample(list(forked(honest)), 12):
        verdict = judge(forgery.files, trust)
        assert verdict.outcome == "broken"
        assert verdict.check("I5").state == "broken"


def test_a_rewriting_behind_the_anchor_is_no_more_than_consistent(honest: Forger, sample: Sample) -> None:
    """Nobody outside saw what was there, so nobody can miss it: the report says where that begins."""
    for forgery in sample([one for one in forked(honest) if one.position > 1], 12):
        verdict = judge(forgery.files, anchored_at(honest, forgery.position))
        assert verdict.outcome == "verified"
        standings = [(one.start, one.standing) for one in verdict.ranges]
        assert standings == [(0, "anchored"), (forgery.position, "consistent")]
