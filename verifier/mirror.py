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

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
from ledger.errors import InputError, MissingError, ProofError
from ledger.hashing import leaf_hash
from ledger.note import parse_note
from ledger.static_files import StaticFolder
from ledger.static_headers import HEADERS_FILE, headers_file
from ledger.tiles import MAX_BUNDLE_BYTES, TILE_WIDTH, parts_between
from verifier.integrity.key_changes import followed
from verifier.integrity.trust import Offered, Trust, judge_checkpoint
from verifier.integrity.verdict import Checklist
from verifier.integrity.walk import Progress
from verifier.language import Told
from verifier.mirror_memory import KEYS_FILE, NOTHING, KeyPlaces, format_places, parse_places
from verifier.mirror_parts import NewParts, OwnParts
from verifier.mirror_refusals import behind, fork, not_a_copy, not_believed, other_log
from verifier.reading.sources import Source
from verifier.reading.static_log import CHECKPOINT, POLICY

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

    `progress` is told how many files are done, of how many.
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
        self._held = None if self._held_note is None else OwnParts(static, _own(self._held_note, folder))
        self._parts = NewParts(source, static, self._new)
        self._places = NOTHING
        self._ours = 0  # entries here that the new log has as well
        held_entries = (folder / _ENTRIES).exists()
        self._entries = held_entries if self._held else held_entries or self._parts.offers_entries()

    def update(self, progress: Progress) -> Mirrored:
        genesis = self._judge()
        old = 0
        if self._held is not None:
            self._compare(self._held)
            old = self._held.shown.size
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
            self._ours = self._held.shown.size
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
        self._parts.again()
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
        return Trust(genesis=leaf_hash(self._held.entries(0)[0]).hex())

    def _remembered(self, held: OwnParts) -> KeyPlaces:
        """Where keys change in what this folder shows; read from it where that is not written down."""
        places = parse_places(self._folder.read(KEYS_FILE) or b"")
        known = places if places.size <= held.shown.size else NOTHING
        return known.grown(held.shown.size, held.entries)

    def _read_places(self) -> None:
        """Know where keys change in all of the new log."""
        self._places = self._places.grown(self._new.size, self._parts.entries)

    def _entry(self, seq: int) -> bytes:
        """An entry of the log shown here, if the new one continues it, else one that stands under the new checkpoint."""
        number, at = divmod(seq, TILE_WIDTH)
        own = self._held if seq < self._ours else None
        return (own or self._parts).entries(number)[at]

    # --- steps 2 and 3 ------------------------------------------------------------------------------------

    def _compare(self, held: OwnParts) -> None:
        """Step 2."""
        shown = held.shown
        if self._new.origin != shown.origin:
            raise other_log(self._place, shown, self._new)
        if not self._continues(held):
            raise self._keep_evidence(shown)
        if self._new.size < shown.size:
            raise behind(self._place, shown, self._new)

    def _continues(self, held: OwnParts) -> bool:
        """Whether the new checkpoint and the one held are of one history."""
        new, shown = self._new, held.shown
        if new.origin != shown.origin or new.size == shown.size:
            return (new.origin, new.root) == (shown.origin, shown.root)
        if new.size < shown.size:
            return held.root(new.size) == new.root
        return self._parts.root(shown.size) == shown.root

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
            written += self._write(tile.path, self._parts.tile(tile))
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

    def _write(self, name: str, data: bytes) -> bool:
        """Whether it had to be written."""
        if self._folder.read(name, MAX_BUNDLE_BYTES) == data:
            self._folder.keep(name)
            return False
        self._folder.write(name, data)
        return True


def _own(note: bytes, folder: Path) -> Checkpoint:
    """The checkpoint that this folder shows, whose signatures were judged when it was written."""
    try:
        return parse_checkpoint(parse_note(note).text)
    except InputError as error:
        raise not_a_copy(folder) from error
