# SPDX-License-Identifier: Apache-2.0
"""One pass over a ledger that verifies it (I1 to I10) and hands out its events for judgement on the way.

    with Workspace() as workspace:
        replay = Replay(source, workspace, trust=trust)
        for event in replay.events(): ...
        verdict = replay.verdict()

Events are handed out as soon as their submission stands, hence before the verdict: what was judged from them holds for
the entries below `Verdict.good_prefix` only.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ledger.checkpoint import Checkpoint
from ledger.errors import InputError, MissingError, ProgrammerError, ProofError
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.merkle import Node
from ledger.register import Register
from ledger.tile_reader import TileReader
from verifier.integrity.admission import Admission
from verifier.integrity.anchors import NOTHING_EARLIER, Seen, judge_anchors
from verifier.integrity.fund_cash import FundSum
from verifier.integrity.past_entries import PastEntries
from verifier.integrity.ranges import Anchor, anchors_of_visits, anchors_of_witnesses, furthest
from verifier.integrity.savepoint import Course, Savepoint, savepoint_of
from verifier.integrity.signature_pool import SignaturePool
from verifier.integrity.state import SavedState
from verifier.integrity.trust import (
    KeysAt,
    Offered,
    Trust,
    judge_checkpoint,
    keys_at,
    read_checkpoint,
    stated_time,
)
from verifier.integrity.verdict import Checklist, Verdict, told_of
from verifier.integrity.walk import Progress, Walk
from verifier.integrity.workers import Workers
from verifier.language import Told
from verifier.posted import PostedEvent
from verifier.reading.sources import Source
from verifier.workspace import Workspace

_NO_TRUST: Final = Trust()
_FROM_THE_BEGINNING: Final = Course()
_NO_CHECKPOINT: Final = Told(en="the checkpoint cannot be read", zh="检查点无法读取")
_REPLAY: Final = Told(
    en="replayed clock: instants are those of signing, not of a machine",
    zh="重放时钟：时刻取自签名，而非机器",
)
_DEMO: Final = Told(en="DEMO: invented data", zh="演示：虚构数据")
_HISTORICAL: Final = Told(
    en="historical: transcribed from records, signed by a transcriber", zh="历史账：由转录方据档案登记并签名"
)


class Replay:
    """One verification of one source; `events` is exhausted once, then `verdict` and `state` answer."""

    def __init__(
        self,
        source: Source,
        workspace: Workspace,
        *,
        trust: Trust = _NO_TRUST,
        progress: Progress = lambda _done, _all: None,
        workers: Workers | None = None,
        course: Course = _FROM_THE_BEGINNING,
    ) -> None:
        """Verify `source` against `trust`; scratch tables go to `workspace`; `workers` are ended with the last event.

        Where `course` begins with a savepoint, only the entries behind it are read, and `workspace` holds the tables that
        belong to it; it was proved to be of this log (`verifier.integrity.savepoint.take_up`).
        """
        self._source = source
        self._workspace = workspace
        self._trust = trust
        self._progress = progress
        self._workers = workers or Workers()
        self._course = course
        self.kept = course.begin.size if course.begin else 0
        """How many entries the last savepoint covers, the one begun with or one handed out."""
        self._checklist = Checklist()
        self._note = b""
        self._checkpoint: Checkpoint | None = None
        self._walk: Walk | None = None
        self._admission: Admission | None = None
        self._notes: tuple[Told, ...] = ()
        self._anchors: tuple[Anchor, ...] = ()
        self._seen = Seen()
        self._stated: int | None = None
        self._done = False

    @property
    def genesis(self) -> Genesis:
        """The genesis; known from the first event on.

        Raises:
            ProgrammerError: asked before the first event, or of a ledger whose genesis cannot stand.
        """
        if self._admission is None:
            raise ProgrammerError("the genesis is known from the first event on")
        return self._admission.register.genesis

    @property
    def genesis_hash(self) -> str:
        """Leaf hash of entry 0 in hex; as `genesis`."""
        if self._admission is None:
            raise ProgrammerError("the genesis is known from the first event on")
        return self._admission.register.genesis_hash

    @property
    def register(self) -> Register:
        """Lines, parties and accounts after the submissions handed out so far; as `genesis`. To be read only."""
        if self._admission is None:
            raise ProgrammerError("the register is known from the first event on")
        return self._admission.register

    def events(self) -> Iterator[PostedEvent]:
        """Every event of every submission that stands, in log order, up to the first that cannot.

        Raises:
            EnvironmentFault: the machine or the network failed, so nothing can be said.
        """
        self._note = self._source.checkpoint()
        self._checkpoint = read_checkpoint(self._checklist, self._note)
        if self._checkpoint is None:
            for number in ("I1", "I2", "I3", "I5", "I6", "I7", "I8", "I9", "I10"):
                self._checklist.halt(number, None, _NO_CHECKPOINT)
        else:
            yield from self._replay(self._checkpoint)
            self._judge_checkpoint()
            self._judge_disclosures()
            self._judge_anchors(self._checkpoint.size)
        self._done = True

    def verdict(self) -> Verdict:
        """What was found, once `events` is exhausted.

        Raises:
            ProgrammerError: it is not.
        """
        if not self._done:
            raise ProgrammerError("the verdict stands when all events were taken")
        checkpoint, cut = self._checkpoint, self._checklist.cut
        admitted = self._admission.admitted if self._admission else 0
        return Verdict(
            checks=tuple(self._checklist.outcomes()),
            origin=checkpoint.origin if checkpoint else None,
            genesis=self._walk.genesis_hash if self._walk else None,
            size=checkpoint.size if checkpoint else None,
            root=checkpoint.root.hex() if checkpoint else None,
            good_prefix=admitted if cut is None else min(cut, admitted),
            trusted=tuple(self._trust.told()),
            anchors=self._anchors,
            incomplete=self._checklist.incomplete,
            newer_from=self._checklist.newer_from,
            marks=tuple(_marks(self._genesis_or_none())),
            notes=self._notes,
            stated=self._stated,
        )

    def fund_sums(self) -> tuple[FundSum, ...]:
        """The cash of each fund after the submissions that stand (I8), by fund; empty where the genesis cannot stand."""
        return self._admission.fund_sums() if self._admission else ()

    def state(self) -> SavedState | None:
        """What to remember of this ledger; None unless the verdict is clean."""
        verdict = self.verdict()
        if verdict.exit_code or verdict.size is None or verdict.root is None or self._walk is None:
            return None
        return SavedState(
            origin=verdict.origin or "",
            genesis=verdict.genesis or "",
            size=verdict.size,
            root=verdict.root,
            peaks=tuple(peak.hex() for peak in self._walk.peaks),
            checkpoint=self._note.decode(),
            log_keys=tuple(one.vkey for one in self.register.log_keys.values() if one.retired is None),
        )

    def savepoint(self) -> Savepoint | None:
        """What the next replay may begin with; None unless the verdict is clean."""
        return None if self.verdict().exit_code else self._savepoint()

    def _savepoint(self) -> Savepoint | None:
        """The replay as it stands, if it stands between two submissions and nothing was found so far."""
        checkpoint, walk, admission = self._checkpoint, self._walk, self._admission
        if checkpoint is None or walk is None or admission is None or not walk.is_clean:
            return None
        tally = admission.tally()
        return (
            None
            if tally is None
            else savepoint_of(checkpoint.origin, walk.footing(admission.admitted), tally)
        )

    def _put_down(self, seq: int) -> None:
        """Hand out a savepoint behind entry `seq`, if it is time for one and a submission ends there."""
        keep = self._course.keep
        if keep is None or self._admission is None or self._admission.admitted != seq + 1:
            return
        if seq + 1 - self.kept >= self._course.every and (savepoint := self._savepoint()) is not None:
            keep(savepoint, self._workspace)
            self.kept = seq + 1

    def _replay(self, checkpoint: Checkpoint) -> Iterator[PostedEvent]:
        begin = self._course.begin
        self._walk = Walk(
            self._source,
            checkpoint,
            self._checklist,
            state=self._trust.state,
            progress=self._progress,
            footing=replace(begin.footing, skips=self._course.skips) if begin else None,
        )
        past = PastEntries(self._workspace, _ProvedEntries(self._source, checkpoint).read)
        with self._workers as workers:
            self._admission = Admission(
                self._checklist,
                past,
                self._workspace,
                SignaturePool(workers),
                admitted=begin.size if begin else 0,
                tally=begin.tally if begin else None,
            )
            for walked in self._walk.entries(workers):
                yield from self._admission.take(walked)
                self._put_down(walked.seq)
            self._notes = tuple(self._admission.conclude(sound=self._walk.sound, size=checkpoint.size))

    def _judge_checkpoint(self) -> None:
        policy: str | None = None
        try:
            policy = self._source.policy()
        except InputError as error:
            self._checklist.broke("I4", None, told_of(error))
        offered = Offered(
            note=self._note,
            genesis=self._genesis_or_none(),
            genesis_hash=self._walk.genesis_hash if self._walk else None,
            policy=policy,
            changed=self._admission.register if self._admission else None,
        )
        judge_checkpoint(self._checklist, offered, self._trust)
        self._stated = stated_time(self._checklist, offered, self._trust)
        self._judge_past(keys_at(self._trust, offered))

    def _judge_past(self, keys: KeysAt) -> None:
        trust = self._trust
        if trust.state is None and trust.anchor is None and not trust.authorities:
            self._checklist.halt("I5", None, NOTHING_EARLIER)
        self._seen = judge_anchors(self._checklist, self._source, trust, keys)
        self._notes += self._seen.notes

    def _judge_disclosures(self) -> None:
        """I9: no source carries disclosures; commitments are counted, and `verifier.disclosures` opens them from a file."""
        held = self._admission.commitments if self._admission else 0
        reason = Told(
            en=f"no disclosures in this source; {held:,} commitments were not opened",
            zh=f"来源不含披露内容；{held:,} 个承诺值未经核对",
        )
        self._checklist.halt("I9", None, reason)

    def _judge_anchors(self, size: int) -> None:
        """I10: who outside the log saw how much of it; nobody counts where the entries are not those of the checkpoint."""
        if not any(self._checklist.is_broken(number) for number in ("I3", "I5")):
            self._anchors = furthest(
                [
                    *self._seen.anchors,
                    *anchors_of_visits(self._trust.state),
                    *anchors_of_witnesses(self._note, self._trust.policy),
                ]
            )
        reached = max((one.size for one in self._anchors), default=0)
        if reached < size:
            reason = Told(
                en=f"unanchored tail: nobody outside the log is known to have seen the last {size - reached:,} entries",
                zh=f"尾部未锚定：尚无账本之外的一方见过最后 {size - reached:,} 条",
            )
            self._checklist.halt("I10", reached, reason)

    def _genesis_or_none(self) -> Genesis | None:
        return self._admission.register.genesis_or_none if self._admission else None


class _ProvedEntries:
    """Entries read a second time, each proved from the checkpoint, since a source may answer differently."""

    __slots__ = ("_hashes", "_source")

    def __init__(self, source: Source, checkpoint: Checkpoint) -> None:
        self._source = source
        self._hashes = TileReader(source.fetch, size=checkpoint.size, root=checkpoint.root)

    def read(self, seq: int) -> bytes:
        data = next(iter(self._source.entries(seq, seq + 1)), None)
        if data is None:
            raise MissingError(
                code="source.missing-entry",
                place=f"entry {seq}",
                message_en="the source gave it once and not again",
                message_zh="来源曾提供该条，再次读取时却没有",
            )
        (proved,) = self._hashes.read_hashes([Node(0, seq)])
        if leaf_hash(data) != proved:
            raise ProofError(
                code="source.fickle",
                place=f"entry {seq}",
                message_en="read again, it is not what the checkpoint covers",
                message_zh="再次读取的内容与检查点不符",
            )
        return data


def _marks(genesis: Genesis | None) -> Iterator[Told]:
    if genesis is None:
        return
    if genesis.demo:
        yield _DEMO
    if genesis.historical:
        yield _HISTORICAL
    if genesis.clock == "replay":
        yield _REPLAY
