# SPDX-License-Identifier: Apache-2.0
"""Putting submissions together again from the entries of the log: one header entry, then its event entries, no gap."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, event_within
from ledger.submission import WIRE_BYTES_MAX, Submission, event_name
from verifier.integrity.walk import Walked
from verifier.language import Told
from verifier.posted import PostedEvent

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """A submission as the log holds it: header entry at `seq`, events right behind it, all recorded at one instant.

    `foreign` is the position of the first event that only a newer program understands; such events are in
    `submission.event_bytes` and not in `submission.events`. `leaves` are the leaf hashes of the event entries.
    """

    seq: int
    recorded: str
    submission: Submission
    leaves: tuple[bytes, ...]
    foreign: int | None

    @property
    def end(self) -> int:
        """The position behind its last event."""
        return self.seq + 1 + len(self.leaves)

    def posted(self) -> Iterator[PostedEvent]:
        """Its events as judgement takes them in; only when none is foreign."""
        header = self.submission.header
        for index, (leaf, event) in enumerate(zip(self.leaves, self.submission.events, strict=True)):
            yield PostedEvent(
                seq=self.seq + 1 + index,
                leaf=leaf,
                recorded=self.recorded,
                party=header.party,
                name=event_name(header, index),
                event=event,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """An entry that cannot stand where it does."""

    position: int
    reason: Told


class Regrouping:
    """The submission being put together, if any. The same one at any time in any replay of the same log."""

    __slots__ = ("_bytes", "_encoded", "_events", "_foreign", "_head", "_leaves", "_seq")

    def __init__(self) -> None:
        """Begin between two submissions."""
        self._head: HeaderEntry | None = None
        self._seq = 0
        self._events: list[AnyEvent] = []
        self._encoded: list[bytes] = []
        self._leaves: list[bytes] = []
        self._foreign: int | None = None
        self._bytes = 0

    @property
    def open_since(self) -> int | None:
        """Position of the header whose events are still to come; None between submissions."""
        return None if self._head is None else self._seq

    def take(self, walked: Walked) -> Regrouped | Misplaced | None:
        """The submission that `walked` completes; why it cannot stand there; or None while events are to come."""
        entry = walked.entry
        match entry:
            case GenesisEntry():
                return _misplaced(walked.seq, "a second genesis", "出现第二个创世条目")
            case HeaderEntry():
                return self._begin(walked.seq, entry)
            case EventEntry() | ForeignEntry():
                return self._add(walked, entry)
            case _:
                assert_never(entry)

    def _begin(self, seq: int, entry: HeaderEntry) -> Misplaced | None:
        if self._head is not None:
            return _misplaced(
                seq,
                f"a header stands where event {len(self._leaves)} of the submission at {self._seq} should be",
                f"此处应为第 {self._seq} 条提交的第 {len(self._leaves)} 个事件，却是另一提交头",
            )
        self._head, self._seq = entry, seq
        self._events, self._encoded, self._leaves = [], [], []
        self._foreign, self._bytes = None, 0
        return None

    def _add(self, walked: Walked, entry: EventEntry | ForeignEntry) -> Regrouped | Misplaced | None:
        head = self._head
        if head is None:
            return _misplaced(walked.seq, "an event outside any submission", "事件不属于任何提交")
        wanted = (self._seq, len(self._leaves), head.recorded)
        if (entry.submission, entry.index, entry.recorded) != wanted:
            return _misplaced(
                walked.seq,
                f"it says event {entry.index} of the submission at {entry.submission}, recorded {entry.recorded}; "
                f"here stands event {wanted[1]} of {wanted[0]}, recorded {wanted[2]}",
                f"自称第 {entry.submission} 条提交的第 {entry.index} 个事件、{entry.recorded} 入账；"
                f"此处应为第 {wanted[0]} 条的第 {wanted[1]} 个、{wanted[2]} 入账",
            )
        if isinstance(entry, ForeignEntry):
            self._encoded.append(entry.event)
            self._foreign = walked.seq if self._foreign is None else self._foreign
        else:
            self._encoded.append(event_within(walked.data))
            self._events.append(entry.event)
        self._leaves.append(walked.leaf)
        self._bytes += len(self._encoded[-1])
        if self._bytes > WIRE_BYTES_MAX:
            return _misplaced(
                walked.seq,
                f"the submission exceeds {WIRE_BYTES_MAX:,} bytes",
                f"提交超过 {WIRE_BYTES_MAX:,} 字节",
            )
        return self._complete(head) if len(self._leaves) == head.header.count else None

    def _complete(self, head: HeaderEntry) -> Regrouped:
        self._head = None
        return Regrouped(
            seq=self._seq,
            recorded=head.recorded,
            submission=Submission(
                header=head.header,
                signatures=head.signatures,
                events=tuple(self._events),
                event_bytes=tuple(self._encoded),
            ),
            leaves=tuple(self._leaves),
            foreign=self._foreign,
        )


def _misplaced(position: int, en: str, zh: str) -> Misplaced:
    return Misplaced(position=position, reason=Told(en=en, zh=zh))
