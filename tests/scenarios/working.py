# SPDX-License-Identifier: Apache-2.0
"""Judge a scenario and join what auditors posted: findings with their life cycle."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.scenarios.language import Scenario, scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.casework.life_cycle import LifeCycle, LifeCycles
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.basis.findings import Finding


@contextmanager
def judgement_of(made: Scenario, as_of: str, *, known_by: int | None = None) -> Iterator[Judgement]:
    """The closed judgement of a scenario; its tables can be read until the context ends."""
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date.fromisoformat(as_of),
            known_by=made.events[-1].seq if known_by is None else known_by,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        judgement = Judgement(case)
        for posted in made.events:
            judgement.take(posted)
        judgement.close()
        yield judgement


def worked(text: str, as_of: str, *, stage: str, rule: str) -> list[tuple[Finding, LifeCycle]]:
    """The findings of `rule` in `text` on `stage`, each with where it stands."""
    with judgement_of(scenario(text, stage=f"ledger\n{stage}"), as_of) as judgement:
        cycles = LifeCycles(judgement.casebook, judgement.case.as_of)
        return [(one, cycles.of(one)) for one in judgement.findings() if one.rule == rule]
