# SPDX-License-Identifier: Apache-2.0
"""The live database as a source: one log at one moment, judged like any other."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from api.live_source import open_live
from ledger.checkpoint import open_checkpoint
from ledger.errors import EnvironmentFault, FormatError, InputError, MissingError
from ledger.log_keys import keys_in
from ledger.policy import parse_policy
from ledger.store.schema import prepare
from ledger.tile_reader import TileReader
from tests.ledgers import founded, opened, post_all
from tests.worlds import make_world
from verifier.reading.sources import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.reading.sources import Source


def test_a_live_log_is_a_source(tmp_path: Path) -> None:
    """Everything that the verifier asks of a source, and every hash of it proved; it stays at its moment."""
    world, url = make_world(), str(tmp_path / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.bank_lines(1, 600)])
        source: Source = open_live(url)
        with contextlib.closing(source):
            size, note = source.size, source.checkpoint()
            post_all(sequencer, [world.bank_lines(601, 300)])
            assert (source.size, source.checkpoint()) == (size, note)
            keys = keys_in(world.genesis.log_keys)
            shown = open_checkpoint(note, keys, origin=world.genesis.origin)
            assert shown.size == size
            proved = TileReader(source.fetch, size=size, root=shown.root)
            entries = [entry for number in range(-(-size // 256)) for entry in proved.read_entries(number)]
            assert list(source.entries(0, size)) == entries
            assert list(source.entries(5, 9)) == entries[5:9]
            policy = parse_policy(source.policy() or "", place="policy")
            assert [log.key.text for log in policy.logs] == [world.genesis.log_keys[0]]
            with pytest.raises(FormatError):
                source.fetch("tile/../checkpoint")
            with pytest.raises(MissingError):
                source.fetch("tile/3/000")


def test_the_verifier_finds_it_by_entry_point(tmp_path: Path) -> None:
    """Without importing it."""
    world, url = make_world(), str(tmp_path / "ledger.db")
    with founded(url, world), contextlib.closing(open_database(f"sqlite:///{url}")) as source:
        assert list(source.entries(0, source.size)) == [world.genesis_entry]


def test_what_is_no_ledger_is_told(tmp_path: Path) -> None:
    """A missing file, a database without tables, tables without a ledger, and an address of nothing."""
    with pytest.raises(EnvironmentFault, match="no ledger here"):
        open_live(str(tmp_path / "none.db"))
    with opened(str(tmp_path / "a.db"), create=True) as engine:
        engine.connect().close()
        with pytest.raises(EnvironmentFault, match="revision none"):
            open_live(str(tmp_path / "a.db"))
        prepare(engine)
    with pytest.raises(MissingError, match="holds no ledger"):
        open_live(str(tmp_path / "a.db"))
    with pytest.raises(InputError, match="Give a file"):
        open_live("ftp://x")
    (tmp_path / "text.db").write_text("these are notes and no database at all\n" * 100)
    with pytest.raises(EnvironmentFault, match="not a database"):
        open_live(str(tmp_path / "text.db"))
