# SPDX-License-Identifier: Apache-2.0
"""Anchors compared with the log at hand: what a time-stamp authority, or a printed notice, saw of it before (I5, I10).

An anchor over n entries names a root; the root of the first n entries of the log at hand is folded from its hash tiles,
each proved from the checkpoint. Equal roots: those n entries stood at that time as they stand now. Anything else is a
rewritten or shortened log, as certain as the authority's clock and signature, or the print.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.anchor import INDEX_FILE, AnchorName, PrintedAnchor, parse_index
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.errors import FormatError, InputError, MissingError
from ledger.log_keys import open_own_checkpoint
from ledger.merkle import Tree
from ledger.note import parse_note
from ledger.tile_reader import TileReader
from ledger.timestamp import Roots, Timestamp, check_token
from verifier.integrity.ranges import Anchor
from verifier.integrity.trust import KeysAt, Trust
from verifier.integrity.verdict import Checklist, told_of
from verifier.language import Told
from verifier.reading.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """The first `size` entries, with this root (32 bytes), existed at the instant `at`, says `authority`."""

    size: int
    root: bytes
    at: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted:
    """At the instant `at`, says `authority`, the log had signed `size` entries that are not those at hand, or not there."""

    size: int
    root: bytes
    at: str
    authority: str
    reason: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """The anchor `name` says nothing to this reader, nor against the log: `reason`."""

    name: AnchorName
    reason: Told


AnchorFinding = Anchored | Contradicted | Unproved


PRINT: Final = Told(en="the printed anchor (--anchor)", zh="公布的锚定（--anchor）")
NOTHING_EARLIER: Final = Told(
    en="nothing earlier was given to compare with (--state FILE, --anchor TEXT, --tsa-roots FILE)",
    zh="没有提供可供比对的先前状态（--state、--anchor、--tsa-roots）",
)


class Past:
    """The log at hand as it must have been at any earlier size."""

    __slots__ = ("_source", "_tree", "checkpoint")

    def __init__(self, source: Source) -> None:
        """Fold from the tiles of `source`, under its checkpoint.

        Raises:
            InputError: the checkpoint cannot be read.
        """
        self._source = source
        self.checkpoint = parse_checkpoint(parse_note(source.checkpoint()).text)
        self._tree = Tree(TileReader(source.fetch, size=self.checkpoint.size, root=self.checkpoint.root))

    def anchor_names(self) -> tuple[AnchorName, ...]:
        """The anchors that the log offers, smallest first.

        Raises:
            InputError: their index cannot be read.
        """
        try:
            return parse_index(self._source.anchor(INDEX_FILE))
        except MissingError:
            return ()

    def fault(self, *, size: int, root: bytes) -> Told | None:
        """Why the log at hand does not begin with the `size` entries under `root`; None if it does.

        Raises:
            InputError: a tile is missing or wrong, so that nothing can be said.
        """
        if size > self.checkpoint.size:
            return Told(
                en=f"rollback: {size:,} entries stood then, {self.checkpoint.size:,} are shown now",
                zh=f"回滚：当时已有 {size:,} 条，现在只有 {self.checkpoint.size:,} 条",
            )
        if self._tree.root(size) != root:
            return Told(
                en=f"fork: the first {size:,} entries are not those that stood then; the ledger was rewritten",
                zh=f"分叉：前 {size:,} 条与当时不同，账本被改写",
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Who saw how much of the log as it stands now, and what to say of anchors that do not count."""

    anchors: tuple[Anchor, ...] = ()
    notes: tuple[Told, ...] = ()


def judge_anchors(checklist: Checklist, source: Source, trust: Trust, keys: KeysAt) -> Seen:
    """The anchors of `trust` that hold; I5 is broken by one that the log contradicts, and undecided where tiles are."""
    anchors: list[Anchor] = []
    found: list[AnchorFinding] = []
    try:
        if trust.anchor is not None:
            fault = printed_fault(source, trust.anchor)
            if fault is None:
                anchors.append(Anchor(size=trust.anchor.size, by=PRINT))
            else:
                checklist.broke("I5", None, fault)
        if trust.authorities:
            found += anchored(source, trust.authorities, keys)
    except InputError as error:
        checklist.halt("I5", None, told_of(error))
    for one in found:
        if isinstance(one, Contradicted):
            checklist.broke("I5", None, _contradiction(one))
    anchors += (_of_authority(one) for one in found if isinstance(one, Anchored))
    notes = (_without_force(one) for one in found if isinstance(one, Unproved))
    return Seen(anchors=tuple(anchors), notes=tuple(notes))


def anchored(source: Source, roots: Roots, keys: KeysAt) -> Iterator[AnchorFinding]:
    """What each anchor that `source` offers says of it, smallest first; none where it offers none.

    `roots` are the authorities believed; `keys` tells which keys the log had at the time of a stamp: a note that none of
    them signed is not the log's, and says nothing for or against it.

    Raises:
        InputError: checkpoint or index cannot be read.
        EnvironmentFault: the machine or the network failed.
    """
    past = Past(source)
    for name in past.anchor_names():
        try:
            note = source.anchor(name.note)
            seen = check_token(source.anchor(name.token), note, roots)
            signed = open_own_checkpoint(note, keys(seen.at), origin=past.checkpoint.origin)
            if signed.size != name.size:
                raise _other_size(name, signed.size)
            yield _compared(past, signed, seen)
        except InputError as error:
            yield Unproved(name=name, reason=told_of(error))


def printed_fault(source: Source, anchor: PrintedAnchor) -> Told | None:
    """Why the log at hand does not begin with what was printed; None if it does.

    Raises:
        InputError: checkpoint or a tile is missing or wrong, so that nothing can be said.
    """
    past = Past(source)
    if past.checkpoint.origin != anchor.origin:
        return Told(
            en=f"the printed anchor is of {anchor.origin}, the ledger is {past.checkpoint.origin}",
            zh=f"打印的锚定属于 {anchor.origin}，此账本为 {past.checkpoint.origin}",
        )
    return past.fault(size=anchor.size, root=anchor.root)


def _of_authority(one: Anchored) -> Anchor:
    by = Told(en=f"time-stamp authority {one.authority}", zh=f"时间戳机构 {one.authority}")
    return Anchor(size=one.size, by=by, at=one.at)


def _contradiction(one: Contradicted) -> Told:
    return Told(
        en=f"{one.authority} stamped at {one.at}: {one.reason.en}",
        zh=f"{one.authority} 于 {one.at} 加盖时间戳：{one.reason.zh}",
    )


def _without_force(one: Unproved) -> Told:
    return Told(
        en=f"anchor {one.name.text} does not count: {one.reason.en}",
        zh=f"锚定 {one.name.text} 不计：{one.reason.zh}",
    )


def _compared(past: Past, signed: Checkpoint, seen: Timestamp) -> Anchored | Contradicted:
    reason = past.fault(size=signed.size, root=signed.root)
    if reason is None:
        return Anchored(size=signed.size, root=signed.root, at=seen.at, authority=seen.authority)
    return Contradicted(
        size=signed.size, root=signed.root, at=seen.at, authority=seen.authority, reason=reason
    )


def _other_size(name: AnchorName, size: int) -> FormatError:
    return FormatError(
        code="anchor.size",
        place=name.note,
        message_en=f"the checkpoint is of {size:,} entries",
        message_zh=f"该检查点为 {size:,} 条",
    )
