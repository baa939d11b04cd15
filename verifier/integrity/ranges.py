# SPDX-License-Identifier: Apache-2.0
"""I10 and the verdict by range: up to where others saw the log, from where on only its operator speaks for it.

Whoever holds the log key can write a second history of everything that nobody outside has seen. So a verdict tells three
stretches apart: entries below an anchor (a witness, a time-stamp authority, a print, the reader's own state), entries
behind the last anchor, which are consistent and no more, and entries from the first broken one on.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ledger.checkpoint import parse_checkpoint
from ledger.cosignature import seconds_in
from ledger.errors import InputError
from ledger.instant import format_instant
from ledger.note import open_note
from ledger.policy import Policy
from verifier.integrity.state import SavedState
from verifier.language import Told

Standing = Literal["anchored", "consistent", "broken", "unchecked"]

OWN_STATE: Final = Told(en="your own earlier visit (--state)", zh="您此前的验证（--state）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Somebody outside the log saw its first `size` entries as they stand now: who, and when if that is known."""

    size: int
    by: Told
    at: str | None = None

    @property
    def told(self) -> Told:
        """Who and when, for people."""
        if self.at is None:
            return self.by
        return Told(en=f"{self.by.en} at {self.at}", zh=f"{self.by.zh}（{self.at}）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """How the entries from `start` up to `stop` − 1 stand; `reason` says by whom they are anchored, or what is wrong."""

    start: int
    stop: int
    standing: Standing
    reason: Told | None = None


def furthest(anchors: Sequence[Anchor]) -> tuple[Anchor, ...]:
    """Of each who saw the log, the largest size and the earliest time of seeing it; largest first."""
    best: dict[str, Anchor] = {}
    for anchor in sorted(anchors, key=lambda one: (-one.size, one.at or "", one.by.en)):
        best.setdefault(anchor.by.en, anchor)
    return tuple(best.values())


def ranges_of(anchors: Sequence[Anchor], *, good: int, size: int, fault: Range | None) -> Iterator[Range]:
    """The stretches of a log of `size` entries, `good` of them good, in order, without gap; `fault` is what ends them."""
    reached = [one for one in furthest(anchors) if one.size <= size]
    start = 0
    for anchor in reversed(reached):
        stop = min(anchor.size, good)
        if stop > start:
            by = [one.told for one in reached if min(one.size, good) >= stop]
            reason = Told(en="; ".join(one.en for one in by), zh="；".join(one.zh for one in by))
            yield Range(start=start, stop=stop, standing="anchored", reason=reason)
            start = stop
    if good > start:
        yield Range(start=start, stop=good, standing="consistent")
    if fault is not None and size > good:
        yield Range(start=good, stop=size, standing=fault.standing, reason=fault.reason)


def anchors_of_visits(state: SavedState | None) -> Iterator[Anchor]:
    """The reader's own earlier visit; the caller has found it to be a prefix of the log."""
    if state is not None:
        yield Anchor(size=state.size, by=OWN_STATE)


def anchors_of_witnesses(note: bytes, policy: Policy | None) -> Iterator[Anchor]:
    """The witnesses of `policy` that cosigned the checkpoint `note`, other than the log itself."""
    try:
        opened = open_note(note, [one.key for one in policy.witnesses.values()] if policy else [])
        checkpoint = parse_checkpoint(opened.text)
    except InputError:  # nobody of them signed; I4 says what is wrong with it
        return
    for signature in opened.verified:
        if signature.name != checkpoint.origin:
            by = Told(en=f"witness {signature.name}", zh=f"见证方 {signature.name}")
            yield Anchor(size=checkpoint.size, by=by, at=_instant(seconds_in(signature.signature)))


def _instant(seconds: int) -> str | None:
    """The instant, or None where it is none of our age: 0 in an ML-DSA-44 cosignature states no time."""
    try:
        moment = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return format_instant(moment) if seconds else None
