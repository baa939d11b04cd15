# SPDX-License-Identifier: Apache-2.0
"""Accounts and matters judged by an engine, shard by shard; what looks at the whole ledger stays with whoever asks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from verifier.judgement.money_watch import MoneyWatch, closing_terms
from verifier.judgement.run import FindingRow, Judgement
from verifier.matters.watch import MatterWatch
from verifier.obligations.watch import Gap, Watch, summed
from verifier.sharding.dealing import Dealer
from verifier.sharding.engine import Engine
from verifier.sharding.told import GapRow, gap_from

SHARDS: Final = 64
"""Shards of accounts: enough to keep many processes busy, few enough that each has work to do."""


class Shards:
    """Judges with an engine what can be dealt out; satisfies `verifier.judgement.run.Helper`."""

    def __init__(self, engine: Engine, shards: int = SHARDS) -> None:
        """For one judgement."""
        self._engine = engine
        self._shards = shards
        self._dealer: Dealer | None = None

    def judges(self, watch: Watch, judgement: Judgement) -> bool:
        """The books first, since the bank dates of everything else come from them; then the matters; nothing else."""
        case = judgement.case
        match watch:
            case MoneyWatch():
                tables = watch.books.tables
                self._dealer = Dealer(self._engine, case, tables, closing_terms(case), self._shards)
                _tell(judgement, self._dealer.accounts())
                case.bank = self._dealer.bank()
            case MatterWatch() if self._dealer is not None:
                watch.shelves.close()
                names = tuple(family.name for family in watch.families)
                _tell(judgement, self._dealer.matters(watch.shelves, names))
            case _:
                return False
        return True


def _tell(judgement: Judgement, rows: Iterator[FindingRow | GapRow]) -> None:
    """Every finding is added; gaps that are alike are one, whichever shards they come from."""
    counts: Counter[Gap] = Counter()
    for row in rows:
        if isinstance(row, FindingRow):
            judgement.add_row(row)
        else:
            gap = gap_from(row)
            counts[replace(gap, count=1)] += gap.count
    judgement.gaps.extend(summed(counts))
