# SPDX-License-Identifier: Apache-2.0
"""An old copy of the database is put back, wherever remembering the newest checkpoint broke off before.

The newest database always signs on; the old one signs nothing once any place holds a checkpoint beyond it.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

import pytest

from api.own_places import head_file, published_folder
from ledger.errors import EnvironmentFault
from ledger.publisher import publish
from ledger.sequencer import Sequencer
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from tests.faults.breaking import Crash
from tests.faults.test_witness_faults import Broken, break_files
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.worlds import World


def newest(url: str) -> bytes:
    """The newest checkpoint in the database."""
    with opened(url) as engine, reading(engine) as connection:
        head = LogReader(connection).head()
    assert head is not None
    return head.note


def signs(url: str, world: World, key: Path, out: Path) -> bool:
    """Whether a payment is signed for, by a process that looks beside the log key and into the export."""
    with opened(url) as engine:
        sequencer = Sequencer(engine, world.log_signer, places=[head_file(key), published_folder(out)])
        if sequencer.rival is None:
            accept(sequencer, world.pay("L1", 1))
            return True
        with pytest.raises(EnvironmentFault, match="nothing more is signed"):
            sequencer.submit(world.pay("L1", 1))
        return False


@pytest.mark.long(sample=3)
@pytest.mark.parametrize("crash", [False, True], ids=["fails", "dies"])
@pytest.mark.parametrize("persisted", [False, True], ids=["not-persisted", "persisted"])
@pytest.mark.parametrize("exported", [False, True], ids=["key-only", "exported"])
def test_an_old_copy_signs_nothing(tmp_path: Path, *, persisted: bool, crash: bool, exported: bool) -> None:
    """For each step of writing the file beside the key, which afterwards holds the earlier checkpoint or the newest one."""
    world, url, key, out = make_world(), str(tmp_path / "new.db"), tmp_path / "log.pem", tmp_path / "out"
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000)])
    old, earlier = str(tmp_path / "old.db"), newest(url)
    shutil.copy(url, old)
    with founded(url, world) as sequencer:
        accept(sequencer, world.pay("L1", 5))
    if exported:
        with opened(url) as engine:
            publish(engine, out)
    steps = Broken(at=frozenset(), persisted=False)
    with pytest.MonkeyPatch.context() as patch:
        break_files(patch, steps)
        head_file(key).keep(newest(url))
    assert steps.seen == ["file fsync", "file rename", "file fsync"]
    for at in range(1, len(steps.seen) + 1):
        key.with_name("log.pem.head").write_bytes(earlier)
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(OSError, EnvironmentFault, Crash):
            break_files(patch, Broken(at=frozenset({at}), persisted=persisted, crash=crash))
            head_file(key).keep(newest(url))
        kept = head_file(key).note()
        assert kept in {earlier, newest(url)}
        copies = {
            name: str(shutil.copy(name, tmp_path / f"{at}-{n}.db")) for n, name in enumerate((url, old))
        }
        assert signs(copies[url], world, key, out)
        assert signs(copies[old], world, key, out) == (kept == earlier and not exported)
        check_whole(copies[url], world)
