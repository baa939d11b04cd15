# SPDX-License-Identifier: Apache-2.0
r"""A replay put down between two submissions and taken up again later, by this run or by the next one.

The file (``STATE.index``, spec §6.6): the line ``fundtrace/index/v3 <SHA-256 of the rest, hex>``; eight bytes, the length
of the record that follows in MessagePack; then the tables of the workspace. It is written whole or not at all. What it says
is bound to a log by the tree: whoever takes it up proves its peaks from the checkpoint that the log shows now. Whatever
does not fit in any way is left aside, because nothing depends on it but time.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from io import BufferedReader
from pathlib import Path
from typing import Final

import msgspec

from ledger.checkpoint import Checkpoint
from ledger.errors import InputError
from ledger.hashing import HASH_SIZE
from ledger.kinds.form import Digest
from ledger.merkle import Node
from ledger.tile_reader import TileReader
from verifier.integrity.state import SavedState, file_faults
from verifier.integrity.tally import Tally
from verifier.integrity.tile_rows import TileRows
from verifier.integrity.walk import Footing
from verifier.language import Told
from verifier.workspace import Workspace

STRIDE: Final = 50_000
"""Entries between two savepoints of one run."""
RECORD_BYTES_MAX: Final = 1 << 30

_HEAD: Final = b"fundtrace/index/v3 "
"""Earlier versions had the same frame around tables of other layouts."""
_HEAD_BYTES: Final = len(_HEAD) + 2 * HASH_SIZE + 1
_LENGTH_BYTES: Final = 8


class Savepoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A replay behind `size` entries of one log, none of them open and nothing found wrong so far.

    `edge` holds the hashes in the unfinished tile of each level, `previous` and `recorded` are of the last entry. Earlier
    ids, bank lines and closed statements are in the tables of the workspace.
    """

    program: str
    origin: str
    genesis: Digest
    size: int
    edge: tuple[tuple[bytes, ...], ...]
    previous: Digest
    recorded: str
    tally: Tally

    @property
    def footing(self) -> Footing:
        """Where the walk goes on.

        Raises:
            ValueError: `edge` does not fit `size`.
        """
        return Footing(
            rows=TileRows(self.size, self.edge),
            previous=self.previous,
            recorded=self.recorded,
            genesis_hash=self.genesis,
        )


def savepoint_of(origin: str, footing: Footing, tally: Tally) -> Savepoint:
    """The replay of the log named `origin` that stands at `footing` with `tally`."""
    return Savepoint(
        program=PROGRAM,
        origin=origin,
        genesis=tally.register.genesis_hash,
        size=footing.rows.size,
        edge=footing.rows.edge,
        previous=footing.previous,
        recorded=footing.recorded,
        tally=tally,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a replay begins, and what it does about every `every` entries with a savepoint and its tables.

    Entries below its beginning are hashed again, unless it `skips` them.
    """

    begin: Savepoint | None = None
    skips: bool = False
    keep: Callable[[Savepoint, Workspace], None] | None = None
    every: int = STRIDE


_DECODER: Final = msgspec.msgpack.Decoder(Savepoint)
PROGRAM: Final = version("fundtrace")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """Where a replay begins: in `workspace`, behind `savepoint` or, without one, before entry 0; `told` says why."""

    workspace: Workspace
    savepoint: Savepoint | None = None
    told: Told | None = None


def index_of(state: Path) -> Path:
    """The file beside the state file in which a replay is put down."""
    return state.with_name(f"{state.name}.index")


def put_down(path: Path, savepoint: Savepoint, workspace: Workspace) -> None:
    """The file holds `savepoint` with the tables of `workspace`, whole and on disk; after a failure, what it held before.

    Raises:
        EnvironmentFault: the disk is full or the folder cannot be written.
    """
    draft = path.with_name(
        f".{path.name}.draft"
    )  # one name, so that killed runs leave one draft and not many
    with file_faults(path):
        with draft.open("w+b") as file:
            record = msgspec.msgpack.encode(savepoint)
            file.write(bytes(_HEAD_BYTES) + len(record).to_bytes(_LENGTH_BYTES, "big") + record)
            workspace.copy_to(file)
            file.seek(_HEAD_BYTES)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            file.write(_HEAD + digest.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def take_up(
    path: Path, *, fetch: Callable[[str], bytes], shown: Checkpoint, state: SavedState | None
) -> TakenUp:
    """The replay put down in the file, if it is of the log that `shown` heads; otherwise a new one, and why.

    `fetch` gets hash tiles of that log. With a `state` the savepoint lies at it or beyond it, and both are proved to be
    prefixes of the log.

    Raises:
        EnvironmentFault: the file is there and cannot be read, or the scratch disk is full.
    """
    with contextlib.ExitStack() as stack, file_faults(path):
        try:
            file = stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            return _anew("there is no index file", "没有索引文件")
        savepoint = _read(file)
        if savepoint is None:
            return _anew("the index file is damaged, or of another version", "索引文件已损坏或版本不同")
        if state is not None and savepoint.size < state.size:
            return _anew("the index file is older than the state", "索引文件早于状态文件")
        if not _is_prefix(savepoint, state, fetch, shown):
            return _anew("what was verified before is not what is shown now", "现有内容与此前验证的不一致")
        return TakenUp(
            workspace=Workspace(begin=file),
            savepoint=savepoint,
        )


def _anew(en: str, zh: str) -> TakenUp:
    return TakenUp(
        workspace=Workspace(),
        told=Told(en=f"replayed from the beginning: {en}", zh=f"从头重放：{zh}"),
    )


def _read(file: BufferedReader) -> Savepoint | None:
    """The savepoint, with the file at its tables; None unless every byte is as this very program wrote it."""
    head = file.read(_HEAD_BYTES)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    if head != _HEAD + digest.encode() + b"\n":
        return None
    file.seek(_HEAD_BYTES)
    length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
    if length > RECORD_BYTES_MAX:
        return None
    try:
        savepoint = _DECODER.decode(file.read(length))
        fits = savepoint.program == PROGRAM and savepoint.footing.rows.size == savepoint.size
    except (msgspec.DecodeError, ValueError, InputError):
        return None
    return savepoint if fits else None


def _is_prefix(
    savepoint: Savepoint, state: SavedState | None, fetch: Callable[[str], bytes], shown: Checkpoint
) -> bool:
    """Whether savepoint and state are of the log that `shown` heads: their peaks are proved from its root."""
    prefixes = {savepoint.size: savepoint.footing.rows.peaks()}
    logs = {(savepoint.origin, savepoint.genesis)}
    reader = TileReader(fetch, size=shown.size, root=shown.root)
    if state is not None:
        logs.add((state.origin, state.genesis))
        peaks = tuple(bytes.fromhex(peak) for peak in state.peaks)
        if prefixes.setdefault(state.size, peaks) != peaks:
            return False
    if logs != {(shown.origin, savepoint.genesis)} or savepoint.size > shown.size:
        return False
    try:
        return all(tuple(reader.read_hashes(_peaks_of(size))) == peaks for size, peaks in prefixes.items())
    except InputError:
        return False


def _peaks_of(size: int) -> list[Node]:
    """The complete subtrees that `size` leaves split into, largest first."""
    levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
    return [Node(level, (size >> level) - 1) for level in levels]
