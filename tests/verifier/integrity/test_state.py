# SPDX-License-Identifier: Apache-2.0
"""The state file: written whole, read strictly, and never replaced by less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault, FormatError
from verifier.integrity.state import SavedState, load_state, save_state, state_bytes

if TYPE_CHECKING:
    from pathlib import Path

STATE = SavedState(
    origin="ledger.example/jl/2026",
    genesis="1" * 64,
    size=5,
    root="2" * 64,
    peaks=("3" * 64, "4" * 64),
    checkpoint="ledger.example/jl/2026\n5\n…\n\n— x y\n",
)


def test_a_state_is_read_as_written(tmp_path: Path) -> None:
    """And leaves no draft behind."""
    path = tmp_path / "state.json"
    save_state(path, STATE)
    save_state(path, STATE)
    assert load_state(path) == STATE
    assert list(tmp_path.iterdir()) == [path]


def test_no_state_yet_is_none(tmp_path: Path) -> None:
    """The first verification begins without memory."""
    assert load_state(tmp_path / "state.json") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff",
        state_bytes(STATE)[:-1],
        state_bytes(STATE).replace(b":", b": ", 1),
        state_bytes(STATE).replace(b'"size":5', b'"size":7'),
        state_bytes(STATE).replace(b'"size":5', b'"size":5,"more":1'),
        state_bytes(STATE).replace(b'"v":1', b'"v":2'),
        state_bytes(STATE).replace(b"333", b"33"),
    ],
)
def test_a_changed_state_is_refused(tmp_path: Path, data: bytes) -> None:
    """A memory that somebody edited is no memory."""
    path = tmp_path / "state.json"
    path.write_bytes(data)
    with pytest.raises(FormatError):
        load_state(path)


def test_a_failing_disk_is_the_machines_fault(tmp_path: Path) -> None:
    """And leaves the old state as it was."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentFault):
        save_state(tmp_path / "file" / "state.json", STATE)
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentFault):
        load_state(tmp_path / "folder")
    with pytest.raises(EnvironmentFault):
        save_state(tmp_path / "folder", STATE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
