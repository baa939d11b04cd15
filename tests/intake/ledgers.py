# SPDX-License-Identifier: Apache-2.0
"""Reading a ledger back, straight from its stored bytes, for comparison with the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.entry import EventEntry, parse_entry
from ledger.store.engine import open_engine, reading
from ledger.store.log_reader import LogReader

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.kinds.vocabulary import AnyEvent


def stored_entries(path: Path) -> list[bytes]:
    """The bytes of every entry of the ledger in this SQLite file."""
    engine = open_engine(str(path))
    try:
        with reading(engine) as connection:
            reader = LogReader(connection)
            head = reader.head()
            return list(reader.entries(0, head.size if head is not None else 0))
    finally:
        engine.dispose()


def stored_events(path: Path) -> list[AnyEvent]:
    """Every event of the ledger in this SQLite file, in log order."""
    entries = (parse_entry(data, place="test") for data in stored_entries(path))
    return [entry.event for entry in entries if isinstance(entry, EventEntry)]
