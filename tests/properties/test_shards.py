# SPDX-License-Identifier: Apache-2.0
"""A judgement in shards is the judgement of the whole, whatever the ledger and however many shards."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.test_money_books import FIRST, GENESIS, ledgers, posted
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Helper, Judgement
from verifier.obligations.case import Case
from verifier.sharding.engine import Alone
from verifier.sharding.shards import Shards
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.kinds.vocabulary import AnyEvent
    from verifier.obligations.watch import Gap


def judged(
    events: Sequence[AnyEvent], as_of: datetime.date, helper: Helper | None
) -> tuple[list[bytes], list[Gap]]:
    """The lines and gaps of a judgement of the events."""
    with Workspace() as workspace:
        case = Case(
            genesis=GENESIS,
            genesis_hash="00" * 32,
            as_of=as_of,
            known_by=10_000,
            workspace=workspace,
            book=RuleBook(load_pack("generic")),
        )
        judgement = Judgement(case, helper)
        for one in posted(events):
            judgement.take(one)
        judgement.close()
        return list(judgement.lines()), judgement.gaps


@given(ledgers(pools=True), st.integers(0, 40), st.integers(1, 5))
def test_shards_find_what_the_whole_finds(events: list[AnyEvent], days: int, shards: int) -> None:
    """Byte by byte: reports, bank lines, returns and payments told twice that lie in different shards."""
    as_of = FIRST + datetime.timedelta(days=days)
    assert judged(events, as_of, Shards(Alone(), shards)) == judged(events, as_of, None)
