# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of our own, found elsewhere: whether the database still holds the history that they bind the log to.

Whoever restores an old backup, or runs two copies, would sign a second history beside the first. The first one has left
traces under our own signature: beside the log key, in published folders, at witnesses, under time stamps. Whoever is about
to sign looks there first, and signs nothing once one of them does not fit.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from sqlalchemy import Connection

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault, InputError
from ledger.hashing import EMPTY_ROOT
from ledger.store.log_reader import LogReader
from ledger.store.stored_receipt import stored_tree

RootOf = Callable[[int], bytes]
"""From a number of entries, at most as many as the log has, to the root over them."""


class Place(Protocol):
    """Somewhere a checkpoint of our own may be found."""

    @property
    def name(self) -> str:
        """A path or an address, for people."""
        ...

    @property
    def ours(self) -> bool:
        """Whether nobody but this log leaves anything there, so that whatever else is there is a fault."""
        ...

    def note(self) -> bytes | None:
        """Return the signed note that is there; None if there is none, or the place does not answer.

        Raises:
            EnvironmentFault: it is there and cannot be read.
        """
        ...


def rival(found: Checkpoint, *, place: str, size: int, root_of: RootOf) -> EnvironmentFault | None:
    """The fault that must end signing, if a log of `size` entries does not lead to our checkpoint `found` at `place`."""
    if found.size <= size and root_of(found.size) == found.root:
        return None
    return _own_elsewhere(place, found, size)


def stored_rival(connection: Connection, found: Checkpoint, *, place: str) -> EnvironmentFault | None:
    """As `rival`, against the log that the database holds."""
    reader = LogReader(connection)
    head = reader.head()

    def root_of(size: int) -> bytes:
        return stored_tree(reader, size).root(size) if size else EMPTY_ROOT

    return rival(found, place=place, size=0 if head is None else head.size, root_of=root_of)


def find_rival(
    connection: Connection, places: Iterable[Place], *, origin: str, keys: Sequence[LogKey]
) -> EnvironmentFault | None:
    """The first fault among `places`, each compared with the stored log of `origin`, which signs with `keys`.

    A place of ours that cannot be read, or holds what we have not signed, is a fault as well: nobody can say what was
    there. All places are asked at once, so that one that is slow delays no other.
    """
    asked = tuple(places)
    with ThreadPoolExecutor(max_workers=max(len(asked), 1)) as pool:
        notes = list(pool.map(_note_at, asked))
    faults = (
        _fault_in(connection, place, note, origin, keys) for place, note in zip(asked, notes, strict=True)
    )
    return next((fault for fault in faults if fault is not None), None)


def _note_at(place: Place) -> bytes | EnvironmentFault | None:
    try:
        return place.note()
    except EnvironmentFault as fault:
        return fault


def _fault_in(
    connection: Connection,
    place: Place,
    note: bytes | EnvironmentFault | None,
    origin: str,
    keys: Sequence[LogKey],
) -> EnvironmentFault | None:
    if note is None or isinstance(note, EnvironmentFault):
        return note
    try:
        return stored_rival(connection, open_checkpoint(note, keys, origin=origin), place=place.name)
    except InputError as error:
        return _not_ours(place.name, error) if place.ours else None
    except EnvironmentFault as fault:
        return fault


def _own_elsewhere(place: str, found: Checkpoint, size: int) -> EnvironmentFault:
    return EnvironmentFault(
        code="ledger.own-elsewhere",
        place=place,
        message_en=(
            f"it holds a checkpoint that this log has signed over {found.size} entries, and the {size} entries of the "
            "database do not lead there: nothing more is signed, reading goes on"
        ),
        message_zh=(
            f"此处有本日志签发的、覆盖 {found.size} 条的检查点，而数据库中的 {size} 条与之不符：停止签发，查阅不受影响"
        ),
        remedy_en=(
            "The database is an older copy or another one. Find the newer data: the right database, or the missing entries "
            "in an export or a mirror. If they are lost, found a new ledger under a new origin that names this one, and "
            "say so publicly."
        ),
        remedy_zh=(
            "数据库是旧副本或另一副本。请找回较新的数据：正确的数据库，或导出、镜像中的缺失条目；"
            "若已丢失，请以新名称另建账本、载明原账本，并公告。"
        ),
    )


def _not_ours(place: str, error: InputError) -> EnvironmentFault:
    return EnvironmentFault(
        code="ledger.strange-checkpoint",
        place=place,
        message_en=f"a checkpoint of this log belongs there, and what is there is none: {error.message_en}",
        message_zh=f"此处应为本日志的检查点，实际并非如此：{error.message_zh}",
        remedy_en="Find out who changed it. If the database is certainly the newest, move the file away and start again.",
        remedy_zh="请查明何人改动。若确知数据库为最新，请移走该文件后重新启动。",
    )
