# SPDX-License-Identifier: Apache-2.0
"""A verified copy of a log in a folder that only ever grows, and is itself a log that anybody can verify.

What the source says is believed in this order, and nothing is shown in the folder before all of it held:

1. the signatures of the checkpoint, by what was given from outside (I4, `verifier.integrity.trust`) and by the keys that
   the log has at that size, which `log_key` events change (`verifier.integrity.key_changes`);
2. the checkpoint shown until now is an earlier one of the same history; if not, both are kept as evidence of a fork;
3. every byte of every new tile and bundle stands under the new checkpoint;
4. no entry that has come in retires the key that signed.

Step 1 looks at entries that are here. Where they do not lead to the key that signed, it reads the new ones from the source
first and keeps none of them, so that nothing is written on the word of a stranger.

Files are written as an export writes them (`ledger.static_files`), the checkpoint last. A run that was interrupted left
files that no checkpoint needs yet; the next one proves them again and does not fetch them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from ledger.anchor import (
    INDEX_FILE,
    PRINTED_FILE,
    AnchorName,
    PrintedAnchor,
    format_anchor,
    format_index,
    parse_index,
)
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import EnvironmentFault, InputError, MissingError, ProofError
from ledger.hashing import leaf_hash
from ledger.merkle import Tree
from ledger.note import parse_note
from ledger.static_files import StaticFolder
from ledger.static_headers import HEADERS_FILE, headers_file
from ledger.tile_reader import TileReader
from ledger.tiles import MAX_BUNDLE_BYTES, TILE_WIDTH, Tile, encode_bundle, parse_tile_path, parts_between
from verifier.integrity.key_changes import followed
from verifier.integrity.trust import Offered, Trust, judge_checkpoint
from verifier.integrity.verdict import Checklist
from verifier.language import Told
from verifier.mirror_memory import KEYS_FILE, NOTHING, KeyPlaces, format_places, parse_places
from verifier.mirror_refusals import behind, fork, not_believed, other_log
from verifier.reading.sources import Source
from verifier.reading.static_log import CHECKPOINT, POLICY, missing

Progress = Callable[[int, int], None]
"""Told how many files are done, of how many."""

T = TypeVar("T")

_ENTRIES: Final = "tile/entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What a folder shows after one look at the source; every byte was proved to stand under the checkpoint.

    `held` is the size that it showed before, 0 for nothing; `written` counts new files of the log. `entries` is False
    where the source holds hashes only. `genesis` is the leaf hash of entry 0 in hex, where it could be read.
    """

    checkpoint: Checkpoint
    genesis: str | None
    held: int
    written: int
    entries: bool


def mirror(source: Source, folder: Path, trust: Trust, *, progress: Progress) -> Mirrored:
    """Bring the copy in `folder` up to what `source` shows; what was shown there before stays until all is proved.

    Raises:
        SignatureError: the checkpoint is not signed as `trust` demands, or another log is shown.
        ProofError: a part does not stand under the checkpoint; or (`mirror.fork`) the log was rewritten: both notes are
            then in the folder as evidence.
        FormatError: a part is malformed, too long or (`MissingError`) not there.
        EnvironmentFault: disk, network, another process at work there, or the source shows an older checkpoint.
    """
    static = StaticFolder(folder)
    with static.alone():
        return _Copy(source, static, folder, trust).update(progress)


class _Copy:
    """One look at the source, with the folder as it is."""

    def __init__(self, source: Source, static: StaticFolder, folder: Path, trust: Trust) -> None:
        self._source = source
        self._folder = static
        self._place = folder
        self._trust = trust
        self._note = source.checkpoint()
        self._new = parse_checkpoint(parse_note(self._note).text)
        self._held_note = static.read(CHECKPOINT)
        self._held = None if self._held_note is None else _own(self._held_note, folder)
        self._believe_own = True
        self._reader = self._new_reader()
        self._own_reader: TileReader | None = None
        self._places = NOTHING
        self._ours = 0  # entries here that the new log has as well
        held_entries = (folder / _ENTRIES).exists()
        self._entries = held_entries if self._held else held_entries or self._offers_entries()

    def update(self, progress: Progress) -> Mirrored:
        genesis = self._judge()
        old = 0
        if self._held is not None:
            self._compare(self._held)
            old = self._held.size
        written = self._write_parts(old, progress)
        self._folder.sync()
        self._judge_again()
        anchors = self._write_anchors()
        for name, data in self._texts(anchors):
            self._write(name, data)
            self._folder.sync()
        return Mirrored(
            checkpoint=self._new, genesis=genesis, held=old, written=written, entries=self._entries
        )

    # --- steps 1 and 4 ------------------------------------------------------------------------------------

    def _judge(self) -> str | None:
        """Step 1; the hash of entry 0, where it can be had."""
        if self._entries and self._held is not None and self._continues(self._held):
            self._ours = self._held.size
            self._places = self._remembered(self._held)
        doubt, genesis = self._doubt()
        if doubt is not None and genesis is not None and self._places.size < self._new.size:
            self._read_places()
            doubt, genesis = self._doubt()
        if doubt is not None:
            raise not_believed(doubt)
        return genesis

    def _judge_again(self) -> None:
        """Step 4, with the new entries at hand."""
        if not self._entries or self._places.size >= self._new.size:
            return
        before = self._places
        self._believe_own, self._reader = True, self._new_reader()
        self._read_places()
        doubt, _genesis = self._doubt() if self._places.changes != before.changes else (None, None)
        if doubt is not None:
            raise not_believed(doubt)

    def _doubt(self) -> tuple[Told | None, str | None]:
        """Why the checkpoint is not believed by the changes of keys known so far, if so, and the hash of entry 0."""
        register = None
        if self._entries and isinstance(parse_entry(self._entry(0), place="entry 0"), GenesisEntry):
            changes = [seq for seq in self._places.changes if seq < self._new.size]
            register = followed(self._entry, changes)
        offered = Offered(
            note=self._note,
            genesis=register.genesis if register else None,
            genesis_hash=register.genesis_hash if register else None,
            policy=self._source.policy(),
            changed=register,
        )
        checklist = Checklist()
        judge_checkpoint(checklist, offered, self._trusted())
        check = next(check for check in checklist.outcomes() if check.number == "I4")
        return check.reason, offered.genesis_hash

    def _trusted(self) -> Trust:
        """What was given; else the genesis in the folder, which is that of the log followed so far."""
        given = self._trust
        if self._held is None or not self._entries or given.keys or given.genesis is not None:
            return given
        return Trust(genesis=leaf_hash(self._own_entries(0)[0]).hex())

    def _remembered(self, held: Checkpoint) -> KeyPlaces:
        """Where keys change in what this folder shows; read from it where that is not written down."""
        places = parse_places(self._folder.read(KEYS_FILE) or b"")
        known = places if places.size <= held.size else NOTHING
        return known.grown(held.size, self._own_entries)

    def _read_places(self) -> None:
        """Know where keys change in all of the new log."""
        self._places = self._places.grown(
            self._new.size, lambda number: self._proved(lambda reader: reader.read_entries(number))
        )

    def _entry(self, seq: int) -> bytes:
        """An entry of the log shown here, if the new one continues it, else one that stands under the new checkpoint."""
        number, at = divmod(seq, TILE_WIDTH)
        if seq < self._ours:
            return self._own_entries(number)[at]
        return self._proved(lambda reader: reader.read_entries(number))[at]

    def _own_entries(self, number: int) -> list[bytes]:
        """A bundle as it stands under the checkpoint that this folder shows."""
        if self._held is None:
            raise missing(f"bundle {number}")
        if self._own_reader is None:
            self._own_reader = TileReader(self._own_file, size=self._held.size, root=self._held.root)
        return self._own_reader.read_entries(number)

    # --- steps 2 and 3 ------------------------------------------------------------------------------------

    def _compare(self, held: Checkpoint) -> None:
        """Step 2."""
        if self._new.origin != held.origin:
            raise other_log(self._place, held, self._new)
        if not self._continues(held):
            raise self._keep_evidence(held)
        if self._new.size < held.size:
            raise behind(self._place, held, self._new)

    def _continues(self, held: Checkpoint) -> bool:
        """Whether the new checkpoint and the one held are of one history."""
        new = self._new
        if new.origin != held.origin or new.size == held.size:
            return (new.origin, new.root) == (held.origin, held.root)
        if new.size < held.size:
            own = TileReader(self._own_file, size=held.size, root=held.root)
            return Tree(own).root(new.size) == new.root
        return self._proved(lambda reader: Tree(reader).root(held.size)) == held.root

    def _keep_evidence(self, held: Checkpoint) -> ProofError:
        names = (f"fork-{self._new.size}.note", f"fork-{held.size}-held.note")
        for name, note in zip(names, (self._note, self._held_note or b""), strict=True):
            self._folder.write(name, note)
        self._folder.sync()
        return fork(self._place, names, held, self._new)

    def _write_parts(self, old: int, progress: Progress) -> int:
        """Step 3; how many files were written, an earlier run's files being kept."""
        parts = list(parts_between(old, self._new.size, entries=self._entries))
        written = 0
        for done, tile in enumerate(parts):
            progress(done, len(parts))
            written += self._write(tile.path, self._part(tile))
        progress(len(parts), len(parts))
        return written

    def _texts(self, anchors: tuple[AnchorName, ...]) -> Iterator[tuple[str, bytes]]:
        """The files outside the tree, each to be on disk before the next: anchors are listed behind the checkpoint."""
        policy = self._source.policy()
        if policy is not None:
            yield POLICY, policy.encode("utf-8", "surrogateescape")
        yield HEADERS_FILE, headers_file()
        yield CHECKPOINT, self._note
        new = self._new
        yield (
            PRINTED_FILE,
            f"{format_anchor(PrintedAnchor(origin=new.origin, size=new.size, root=new.root))}\n".encode(),
        )
        if anchors:
            yield INDEX_FILE, format_index(anchors)
        if self._entries:
            yield KEYS_FILE, format_places(self._places)

    def _write_anchors(self) -> tuple[AnchorName, ...]:
        """Anchors are copied as they are and never taken away; `verify` judges them, also those that tell of a fork."""
        own = parse_index(self._folder.read(INDEX_FILE) or format_index(()))
        try:
            offered = parse_index(self._source.anchor(INDEX_FILE))
        except MissingError:
            offered = ()
        new = [name for name in offered if name not in own and name.size <= self._new.size]
        for path in (path for name in new for path in (name.note, name.token)):
            self._write(path, self._source.anchor(path))
        self._folder.sync()
        return tuple(sorted({*own, *new}))

    def _part(self, tile: Tile) -> bytes:
        return self._proved(lambda reader: reader.read_tile(tile))

    def _write(self, name: str, data: bytes) -> bool:
        """Whether it had to be written."""
        if self._folder.read(name, MAX_BUNDLE_BYTES) == data:
            self._folder.keep(name)
            return False
        self._folder.write(name, data)
        return True

    # --- parts of the log, from the folder where they are there already -----------------------------------

    def _proved(self, read: Callable[[TileReader], T]) -> T:
        """What `read` reads; files of our own that are damaged, or of another history, are left aside for good."""
        try:
            return read(self._reader)
        except InputError:
            if not self._believe_own:
                raise
            self._believe_own = False
            self._reader = self._new_reader()
            return read(self._reader)

    def _new_reader(self) -> TileReader:
        return TileReader(self._fetch, size=self._new.size, root=self._new.root)

    def _fetch(self, path: str) -> bytes:
        if self._believe_own:
            data = self._folder.read(path, MAX_BUNDLE_BYTES)
            if data is not None:
                return data
        tile = parse_tile_path(path)
        if tile.level is not None:
            return self._source.fetch(path)
        first = tile.number * TILE_WIDTH
        return encode_bundle(list(self._source.entries(first, first + tile.width)))

    def _own_file(self, path: str) -> bytes:
        data = self._folder.read(path, MAX_BUNDLE_BYTES)
        if data is None:
            raise missing(path)
        return data

    def _offers_entries(self) -> bool:
        """Whether the source holds entries; one that has the last and not the first hides something."""
        if self._offers(0):
            return True
        if self._offers(self._new.size - 1):
            raise missing("entry 0")
        return False

    def _offers(self, seq: int) -> bool:
        try:
            return next(self._source.entries(seq, seq + 1), None) is not None
        except MissingError:
            return False


def _own(note: bytes, folder: Path) -> Checkpoint:
    """The checkpoint that this folder shows, whose signatures were judged when it was written."""
    try:
        return parse_checkpoint(parse_note(note).text)
    except InputError as error:
        raise EnvironmentFault(
            code="mirror.not-a-copy",
            place=str(folder / CHECKPOINT),
            message_en="the file is not a checkpoint; nothing was written",
            message_zh="该文件不是检查点；未写入任何内容",
            remedy_en="Give an empty folder, or one that mirror or export made.",
            remedy_zh="请指定空文件夹，或由 mirror、export 生成的文件夹。",
        ) from error
