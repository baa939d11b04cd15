# SPDX-License-Identifier: Apache-2.0
"""Cosignature lines in the database: one for each cosigner and size, the newest; nothing of the log itself changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.cosignature import CosignerKey, cosign_text, seconds_in
from ledger.hashing import EMPTY_ROOT
from ledger.keys import Ed25519Signer
from ledger.note import format_note, parse_note, sign_text
from ledger.store.cosignatures import (
    StoredCosignature,
    cosignatures_of,
    cosigned_sizes,
    keep_cosignatures,
    newest_of,
    shown_note,
)
from ledger.store.engine import holding_lock, open_engine, reading
from ledger.store.log_reader import StoredCheckpoint
from ledger.store.schema import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

LOG = Ed25519Signer.from_seed(b"l" * 32)
ORIGIN = "ledger.example/log"
SIGNERS = {name: Ed25519Signer.from_seed(name.encode() * 16) for name in ("w1", "w2")}
KEYS = {name: CosignerKey(name=name, alg=one.alg, public=one.public) for name, one in SIGNERS.items()}


def text(size: int) -> str:
    """A checkpoint text; only size 0 has a true root, which nobody here asks for."""
    return format_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=EMPTY_ROOT))


def line(name: str, size: int, seconds: int) -> StoredCosignature:
    """The line of a witness."""
    signature = cosign_text(text(size), name=name, signer=SIGNERS[name], seconds=seconds)
    return StoredCosignature(size=size, signature=signature)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty prepared database of each kind."""
    url = str(tmp_path / "l.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = open_engine(url, create=True)
    prepare(made)
    yield made
    made.dispose()


def keep(engine: Engine, *lines: StoredCosignature) -> None:
    """Store the lines."""
    with holding_lock(engine) as connection:
        keep_cosignatures(connection, lines)
        connection.commit()


def test_the_newest_line_of_each_cosigner_is_kept(engine: Engine) -> None:
    """An older one, or one of the same second, does not come in its place; other sizes are untouched."""
    keep(engine, line("w1", 1, 10), line("w2", 1, 11), line("w1", 2, 12))
    keep(engine, line("w1", 1, 9), line("w2", 1, 20), line("w2", 1, 20))
    with reading(engine) as connection:
        kept = [(one.name, seconds_in(one.signature)) for one in cosignatures_of(connection, 1)]
        assert kept == [("w1", 10), ("w2", 20)]
        assert cosigned_sizes(connection, limit=5) == [2, 1]
        assert cosigned_sizes(connection, limit=1) == [2]
        assert newest_of(connection, KEYS["w1"]) == (2, 12)
        assert newest_of(connection, KEYS["w2"]) == (1, 20)
        stranger = CosignerKey(name="w3", alg="ed25519", public=LOG.public)
        assert newest_of(connection, stranger) == (0, 0)
        assert cosignatures_of(connection, 3) == ()


def test_shown_notes_have_the_newest_lines(engine: Engine) -> None:
    """A line that stands in the stored note already is replaced in what is shown, and the stored note stays."""
    lines = [sign_text(text(1), name=ORIGIN, signer=LOG), line("w1", 1, 10).signature]
    stored = StoredCheckpoint(size=1, root=EMPTY_ROOT, note=format_note(text(1), lines), recorded="")
    with reading(engine) as connection:
        assert shown_note(connection, stored) == stored.note
    keep(engine, line("w1", 1, 30), line("w2", 1, 31))
    with reading(engine) as connection:
        shown = parse_note(shown_note(connection, stored))
    assert [one.name for one in shown.signatures] == [ORIGIN, "w1", "w2"]
    assert [seconds_in(one.signature) for one in shown.signatures[1:]] == [30, 31]
