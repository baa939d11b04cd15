# SPDX-License-Identifier: Apache-2.0
"""Engines: one process or several, the same findings of a simulated province; a process that dies is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from ledger.errors import EnvironmentFault
from tests.simulation.posted_world import Posted, post
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Helper, Judgement
from verifier.obligations.case import Case
from verifier.sharding import engine
from verifier.sharding.engine import Alone, Processes
from verifier.sharding.pieces import Piece, by_table, pieces, shard_of
from verifier.sharding.shards import Shards
from verifier.simulation.world import World, simulate
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from verifier.obligations.watch import Gap

_ENDS_THE_PROCESS: Final = b"cos\n_exit\n(I9\ntR."
"""A pickle that calls `os._exit(9)` where it is opened."""

Golden = tuple[World, Posted]


@pytest.fixture(scope="module")
def golden() -> Golden:
    """A province with every kind of case."""
    world = simulate(seed=11, programmes=1, origin="ledger.example/jl/2026")
    return world, post(world.genesis_entry, world.submissions())


def judged(golden: Golden, helper: Helper | None) -> tuple[list[bytes], list[Gap]]:
    """Lines and gaps of the province."""
    world, posted = golden
    with Workspace() as workspace:
        case = Case(
            genesis=world.genesis,
            genesis_hash=posted.register.genesis_hash,
            as_of=world.as_of,
            known_by=posted.size - 1,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        judgement = Judgement(case, helper)
        for one in posted.events:
            judgement.take(one)
        judgement.close()
        return list(judgement.lines()), judgement.gaps


def test_any_number_of_shards_and_processes_finds_the_same(golden: Golden) -> None:
    """Byte by byte, gaps too: alone, in one shard or many, and in two processes."""
    whole = judged(golden, None)
    assert len(whole[0]) > 5
    for helper in (Shards(Alone(), 1), Shards(Alone(), 13), Shards(Processes(2), 5)):
        assert judged(golden, helper) == whole


def test_a_process_that_dies_is_a_fault_of_the_machine(
    golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named, with what to do; nothing reads as judged."""
    monkeypatch.setattr(engine, "sealed", lambda _briefing: _ENDS_THE_PROCESS)
    with pytest.raises(EnvironmentFault, match="ended by itself") as caught:
        judged(golden, Shards(Processes(1), 2))
    assert "--workers 1" in caught.value.remedy_en


def test_pieces_keep_rows_and_their_order() -> None:
    """Whatever fits into one piece or takes several; bytes, numbers and nothing at all come back as they were."""
    rows = [(number, f"name {number}", None, bytes([number % 256])) for number in range(2_500)]
    cut = list(pieces(3, "report", rows))
    assert [len(one.rows()) for one in cut] == [1_000, 1_000, 500]
    assert by_table(cut) == {"report": rows}
    assert {one.shard for one in cut} == {3}
    assert list(pieces(3, "report", [])) == []
    assert isinstance(cut[0], Piece)


def test_a_shard_is_the_same_everywhere() -> None:
    """It does not hang on the process, whose hashes of text differ from run to run."""
    assert [shard_of(name, 64) for name in ("UA", "TR", "县财政")] == [40, 55, 15]
