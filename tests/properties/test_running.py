# SPDX-License-Identifier: Apache-2.0
"""A judgement that goes on says at every entry and on every day what a judgement of the whole says."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.test_money_books import GENESIS, ledgers, posted
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.running.running_judgement import RunningJudgement
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.kinds.vocabulary import AnyEvent
    from verifier.posted import PostedEvent

RECORDED = datetime.date(2026, 2, 9)


def case_of(workspace: Workspace, as_of: datetime.date, known_by: int) -> Case:
    """A case of the random ledgers."""
    return Case(
        genesis=GENESIS,
        genesis_hash="00" * 32,
        as_of=as_of,
        known_by=known_by,
        workspace=workspace,
        book=RuleBook(load_pack("generic")),
    )


def whole(events: Sequence[PostedEvent], as_of: datetime.date, rules: frozenset[str]) -> list[bytes]:
    """What a judgement of all `events` finds by `rules`."""
    with Workspace() as workspace:
        judgement = Judgement(case_of(workspace, as_of, events[-1].seq))
        for one in events:
            judgement.take(one)
        judgement.close()
        return [line for line in judgement.lines() if msgspec.json.decode(line)["rule"] in rules]


@given(ledgers(), st.sets(st.integers(0, 30)), st.integers(0, 40))
def test_a_running_judgement_is_that_of_the_whole(events: list[AnyEvent], stops: set[int], days: int) -> None:
    """Settled after any of the entries, and once more when only time has gone by."""
    told = list(posted(events))
    with Workspace() as workspace:
        running = RunningJudgement(case_of(workspace, datetime.date.min, -1))
        for index, one in enumerate(told):
            running.take(one)
            if index in stops:
                running.settle()
                assert list(running.lines()) == whole(told[: index + 1], RECORDED, running.rules)
        later = RECORDED + datetime.timedelta(days=days)
        running.settle(later)
        assert list(running.lines()) == whole(told, later, running.rules)
