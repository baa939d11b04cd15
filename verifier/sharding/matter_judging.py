# SPDX-License-Identifier: Apache-2.0
"""What is judged matter by matter: the facts of some matters in, findings and gaps out."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from verifier.basis.findings import Finding
from verifier.judgement.catalogue import FAMILIES
from verifier.judgement.run import row_of
from verifier.matters.judging import judge_matter
from verifier.matters.shelves import FactRow
from verifier.reconciliation.bank_record import Outcome
from verifier.sharding.briefing import Briefing
from verifier.sharding.pieces import Piece, by_table, pieces
from verifier.sharding.told import ToldBank, told_gap
from verifier.workspace import Workspace

_FAMILIES: Final = {family.name: family for family in FAMILIES}


def judge(briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
    """``finding`` and ``gap`` of the matters in ``fact``, rows (family, fact …) in the order of families and matters."""
    kept = list(given)
    tables = by_table(kept)
    shard = kept[0].shard
    outcomes = {name: Outcome(*outcome) for name, *outcome in tables.get("outcome", [])}
    with Workspace() as workspace:
        case = briefing.case(workspace, ToldBank(outcomes.get, briefing.coverage))
        found, gaps = [], []
        for (family, matter), rows in groupby(tables["fact"], key=itemgetter(0, 1)):
            facts = [FactRow(*row[1:]) for row in rows]
            for one in judge_matter(_FAMILIES[family], matter, facts, case):
                if isinstance(one, Finding):
                    found.append(row_of(one))
                else:
                    gaps.append(told_gap(one))
        yield from pieces(shard, "finding", found)
        yield from pieces(shard, "gap", gaps)
