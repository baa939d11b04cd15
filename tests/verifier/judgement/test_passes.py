# SPDX-License-Identifier: Apache-2.0
"""Two judgements of one ledger: verified once, read once, each by its own rules."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.malicious.forger import Forger
from tests.worlds import make_world
from verifier.basis.rulepack import load_pack
from verifier.judgement.audit import Question, audited
from verifier.judgement.own_rules import OWN, Yardstick
from verifier.reading.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from verifier.reading.sources import Source


def test_entries_are_read_no_more_often_for_two_judgements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each entry as often as for one; and the two do not share their findings."""
    world = make_world()
    forger = Forger(world)
    forger.post(*world.opening(), world.issue("L1", 100), world.pay("L1", 40))
    source = open_source(str(forger.export(tmp_path / "export")))
    read: Counter[int] = Counter()
    entries = type(source).entries

    def counted(self: Source, start: int, end: int) -> Iterator[bytes]:
        read.update(range(start, end))
        return entries(self, start, end)

    monkeypatch.setattr(type(source), "entries", counted)
    seen = []
    for beside in (None, Yardstick(pack=load_pack("generic"))):
        read.clear()
        with audited(source, Question(by=OWN, beside=beside)) as done:
            assert (done.beside is None) == (beside is None)
            seen.append((dict(read), done.judgement is not None and list(done.judgement.lines())))
    assert seen[0] == seen[1]
    assert seen[0][0]
