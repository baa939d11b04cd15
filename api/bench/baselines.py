# SPDX-License-Identifier: Apache-2.0
"""What each step is compared with: the least that any program must do with the same bytes on the same disk.

- `commit per event`: each entry inserted into SQLite (WAL, synchronous FULL) by a transaction of its own;
- `read and hash`: every entry read, parsed as JSON and hashed once, nothing checked;
- `hash and signatures`: every entry read and hashed once, every signature checked once, nothing else, in one process;
- `copy`: the exported files written once more and synced.
"""

import base64
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ledger.entry import EventEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.kinds.registry import Key
from ledger.submission import check_signature
from ledger.tiles import bundles_of, decode_bundle

SAMPLE: Final = 3_000
"""Entries of the commit-per-event baseline; more would measure only patience."""


_HEADER: Final = b'{"header":'


def entries_of(export: Path, size: int) -> Iterator[bytes]:
    """The entries of an export folder, in order."""
    for tile in bundles_of(size):
        yield from decode_bundle((export / tile.path).read_bytes(), tile=tile)


def commit_per_event(
    export: Path, size: int, folder: Path, *, clock_ns: Callable[[], int]
) -> tuple[int, int]:
    """(entries, nanoseconds) of inserting up to `SAMPLE` entries, each durably by itself."""
    database = sqlite3.connect(folder / "baseline.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
    count, begun = 0, clock_ns()
    for count, data in enumerate(entries_of(export, size), start=1):
        database.execute("INSERT INTO log VALUES (?, ?)", (count, data))
        if count == SAMPLE:
            break
    ended = clock_ns()
    database.close()
    return count, ended - begun


def read_and_hash(export: Path, size: int, *, clock_ns: Callable[[], int]) -> tuple[int, int]:
    """(entries, nanoseconds) of reading, parsing and hashing every entry once."""
    count, begun = 0, clock_ns()
    for data in entries_of(export, size):
        count += 1
        json.loads(data)
        hashlib.sha256(b"\x00" + data).digest()
    return count, clock_ns() - begun


def hash_and_check(export: Path, size: int, *, clock_ns: Callable[[], int]) -> tuple[int, int]:
    """(entries, nanoseconds) of hashing every entry and checking every signature; keys are read beforehand."""
    publics = {key: base64.b64decode(public) for key, public in _keys_of(export, size)}
    count, begun = 0, clock_ns()
    for data in entries_of(export, size):
        count += 1
        hashlib.sha256(b"\x00" + data).digest()
        if data.startswith(_HEADER):
            entry = parse_entry(data, place="bench")
            if isinstance(entry, HeaderEntry):
                for signature in entry.signatures:
                    check_signature(signature, entry.header, public=publics[signature.key])
    return count, clock_ns() - begun


def _keys_of(export: Path, size: int) -> Iterator[tuple[str, str]]:
    """(key id, public key in base64) of every key that the log names."""
    for data in entries_of(export, size):
        if b'"public":' in data:
            match parse_entry(data, place="bench"):
                case GenesisEntry() as first:
                    yield from ((one.key, one.public) for one in first.genesis.administrators)
                case EventEntry(event=Key(key=key, public=str(public))):
                    yield key, public
                case _:
                    pass


def copy_and_sync(export: Path, size: int, folder: Path, *, clock_ns: Callable[[], int]) -> tuple[int, int]:
    """(entries, nanoseconds) of writing the exported bytes once more, every file synced."""
    begun = clock_ns()
    for number, source in enumerate(sorted(path for path in export.rglob("*") if path.is_file())):
        with (folder / f"{number}.copy").open("wb") as sink:
            sink.write(source.read_bytes())
            os.fsync(sink.fileno())
    return size, clock_ns() - begun
