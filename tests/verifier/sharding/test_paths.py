# SPDX-License-Identifier: Apache-2.0
"""Rules over several accounts find the same when accounts were dealt out: F08, F22 and M4 close the books themselves."""

import datetime

import pytest

from tests.scenarios import books, test_false_matching, test_return_to_origin
from tests.scenarios.language import scenario
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Helper, Judgement
from verifier.obligations.case import Case
from verifier.sharding.engine import Alone
from verifier.sharding.shards import Shards
from verifier.workspace import Workspace

ROUND_TRIP = f"{test_return_to_origin.MORE}{test_return_to_origin.PAID}    2026-02-14 debit 300.00 SB counterparty=BO\n"
FALSE_MATCH = (
    f"{test_false_matching.MORE}{test_false_matching.paid('0.00', '600.00')}"
    "    2026-04-09 transfer 240.00 MA -> OWN\n    2026-04-20 void match as=undone by=NA\n"
)


def judged(text: str, helper: Helper | None) -> list[bytes]:
    """The lines of all rules."""
    made = scenario(f"ledger \n{books.STAGE}{text}")
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date(2026, 6, 30),
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        judgement = Judgement(case, helper)
        for posted in made.events:
            judgement.take(posted)
        judgement.close()
        return list(judgement.lines())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (ROUND_TRIP, b'"rule":"F22"'),
        (FALSE_MATCH.replace("    2026-04-20 void match as=undone by=NA\n", ""), b'"rule":"M4"'),
        (FALSE_MATCH, b'"rule":"F02"'),
    ],
    ids=["round trip", "match from the fund", "match corrected"],
)
def test_paths_are_those_of_the_whole(text: str, rule: bytes) -> None:
    """Byte by byte, in one shard or several."""
    whole = judged(text, None)
    assert any(rule in line for line in whole)
    for shards in (1, 7):
        assert judged(text, Shards(Alone(), shards)) == whole
