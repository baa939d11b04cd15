# SPDX-License-Identifier: Apache-2.0
"""Publishing the log as static files: a folder that any web server or CDN can serve, or one bundle file.

In a folder the order is what makes it safe: entry bundles and tiles, then policy and headers, each on disk before the
next begins, and then one rename of the checkpoint. Whoever reads at any moment, or after a crash at any moment, finds a
checkpoint and everything that it commits to. Anchors come behind it, their index last. Files are never taken away:
partial tiles stay for the readers of earlier checkpoints. One process at a time publishes to a folder or a
file, so that none puts an older checkpoint over a newer.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from ledger.anchor import INDEX_FILE, PRINTED_FILE, AnchorName, parse_index
from ledger.bundle import BundleReader, write_bundle
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import EnvironmentFault, InputError, ProofError
from ledger.export_files import Audience, ExportFiles
from ledger.genesis import Genesis
from ledger.log_keys import open_own_checkpoint
from ledger.note import parse_note
from ledger.static_files import StaticFolder, alone_at
from ledger.static_headers import HEADERS_FILE
from ledger.store.engine import reading, shown
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.publication import NEWEST, Publication

CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
ENTRIES: Final = "tile/entries"
ARCHIVE_SUFFIXES: Final = frozenset({".fundtrace", ".zip"})

Progress = Callable[[int, int], None]
"""Told how many files are done, of how many."""


def publish(
    engine: Engine,
    target: Path,
    *,
    audience: Audience = "public",
    publication: Publication = NEWEST,
    progress: Progress | None = None,
) -> Checkpoint:
    """Return the checkpoint that `target` now shows, a folder, or one file if its name ends in .zip or .fundtrace.

    Only stored checkpoints are published, every byte is first proved to stand under theirs, and what `target` showed
    before only ever grows. In a folder only what is new is written. Memory does not grow with the log.

    Raises:
        EnvironmentFault: no ledger, it is damaged, `target` shows another or a longer log, or disk or database failed;
            or `publication` waits for a quorum that no checkpoint has reached yet.
    """
    with reading(engine) as connection:
        _head(connection, publication, shown(engine))  # before a folder is made for nothing
    archive = target.suffix in ARCHIVE_SUFFIXES
    folder = StaticFolder(target)
    with alone_at(target) if archive else folder.alone(), reading(engine) as connection:
        reader = LogReader(connection)
        head, genesis = _head(connection, publication, shown(engine)), _genesis(reader, shown(engine))
        whole = ExportFiles(connection, head, genesis, audience, publication)
        try:
            if archive:
                _publish_archive(whole, target, progress or _silent)
            else:
                _publish_folder(whole, folder, target, progress or _silent)
        except ProofError as error:
            raise _damaged(shown(engine), error) from error
    return Checkpoint(origin=genesis.origin, size=head.size, root=head.root)


def _publish_folder(whole: ExportFiles, folder: StaticFolder, target: Path, progress: Progress) -> None:
    note = folder.read(CHECKPOINT)
    old = 0 if note is None else _size_shown(whole, target, note)
    _check_audience(whole, target, shows=note is not None)
    files = list(whole.tiles(old))
    for done, tile in enumerate(files):
        progress(done, len(files))
        folder.write(tile.path, whole.tile(tile))
    folder.sync()
    _publish_texts(whole, folder, POLICY, HEADERS_FILE, CHECKPOINT)  # from the checkpoint on it is shown
    _publish_anchors(whole, folder)
    progress(len(files), len(files))


def _publish_texts(whole: ExportFiles, folder: StaticFolder, *names: str) -> None:
    """Each of these files is as it should be, and on disk before the next is begun."""
    for name in names:
        data = whole.file(name)
        if folder.read(name) != data:
            folder.write(name, data)
            folder.sync()


def _publish_anchors(whole: ExportFiles, folder: StaticFolder) -> None:
    """Behind the checkpoint, so that no reader finds an anchor beyond it; each pair is on disk before the index has it."""
    listed = _anchors_shown(folder)
    for name in whole.anchors:
        if name not in listed:
            folder.write(name.note, whole.file(name.note))
            folder.write(name.token, whole.file(name.token))
    folder.sync()
    _publish_texts(whole, folder, PRINTED_FILE, *((INDEX_FILE,) if whole.anchors else ()))


def _anchors_shown(folder: StaticFolder) -> frozenset[AnchorName]:
    """The anchors that need not be written again; none where the index cannot be read."""
    try:
        return frozenset(parse_index(folder.read(INDEX_FILE) or b""))
    except InputError:
        return frozenset()


def _check_audience(whole: ExportFiles, target: Path, *, shows: bool) -> None:
    """A folder is for one audience: entries added late would leave holes, and entries are not taken back."""
    holds = (target / ENTRIES).exists()
    if holds and not whole.with_entries:
        raise _other_audience(target, "it holds entries, which this ledger restricts", "其中已有受限条目")
    if shows and whole.with_entries and not holds:
        raise _other_audience(target, "it was published without entries", "该文件夹此前发布时不含条目")


def _publish_archive(whole: ExportFiles, target: Path, progress: Progress) -> None:
    if target.exists():
        with BundleReader(target) as bundle:
            _size_shown(whole, target, bundle.read(CHECKPOINT))
    names = [CHECKPOINT, POLICY, PRINTED_FILE, *(tile.path for tile in whole.tiles(0))]
    if whole.anchors:
        names += [INDEX_FILE, *(path for one in whole.anchors for path in (one.note, one.token))]
    steps = count(1)

    def read(name: str) -> bytes:
        progress(next(steps), len(names))
        return whole.file(name)

    write_bundle(target, names, read)


def _size_shown(whole: ExportFiles, target: Path, note: bytes) -> int:
    """Return the size of the checkpoint that `target` shows, after it was seen to be an earlier one of this very log."""
    try:
        size = parse_checkpoint(parse_note(note).text).size
        old = open_own_checkpoint(note, whole.keys_at(size), origin=whole.genesis.origin)
    except InputError as error:
        raise _other_log(target, "its checkpoint is not of this ledger", "其检查点不属于本账本") from error
    if old.size > whole.head.size:
        raise _other_log(
            target,
            f"it shows {old.size} entries, the database has {whole.head.size}",
            f"其中已有 {old.size} 条，数据库只有 {whole.head.size} 条",
        )
    stored = whole.reader.checkpoint_of(old.size)
    if stored is None or stored.root != old.root:
        raise _other_log(
            target,
            f"it shows another root of the first {old.size} entries",
            f"其中前 {old.size} 条的树根与数据库不同",
        )
    return old.size


def _head(connection: Connection, publication: Publication, place: str) -> StoredCheckpoint:
    head = publication.shown(connection)
    if head is None:
        raise _no_ledger(place)
    return head


def _genesis(reader: LogReader, place: str) -> Genesis:
    data = reader.entry(0)
    if data is None:
        raise _no_ledger(place)
    entry = parse_entry(data, place="entry 0")
    if not isinstance(entry, GenesisEntry):
        raise _no_ledger(place)
    return entry.genesis


def _silent(_done: int, _whole: int) -> None:
    """Tell nobody."""


def _other_log(target: Path, en: str, zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="publish.other-log",
        place=str(target),
        message_en=f"{en}; nothing was written",
        message_zh=f"{zh}；未写入任何内容",
        remedy_en="Export to another place, and find out which of the two is right before anybody relies on either.",
        remedy_zh="请导出到别处，并在采信之前查明何者为真。",
    )


def _other_audience(target: Path, en: str, zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="publish.other-audience",
        place=str(target),
        message_en=f"{en}; nothing was written",
        message_zh=f"{zh}；未写入任何内容",
        remedy_en="Keep one folder for the public and another for auditors (--for audit).",
        remedy_zh="公众用与审计用（--for audit）请分别使用不同的文件夹。",
    )


def _damaged(place: str, error: ProofError) -> EnvironmentFault:
    return EnvironmentFault(
        code="publish.damaged",
        place=place,
        message_en=f"{error.place} does not stand under the stored checkpoint; the checkpoint shown is as before",
        message_zh=f"{error.place} 与已存检查点不符；已展示的检查点保持不变",
        remedy_en="Run fundtrace verify on this database, and compare with the last export or backup.",
        remedy_zh="请对该数据库运行 fundtrace verify，并与最近的导出或备份比对。",
    )


def _no_ledger(place: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="publish.no-ledger",
        place=place,
        message_en="the database holds no ledger",
        message_zh="数据库中没有账本",
        remedy_en="Create one with fundtrace init, or give the right --db.",
        remedy_zh="请用 fundtrace init 建账，或给出正确的 --db。",
    )
