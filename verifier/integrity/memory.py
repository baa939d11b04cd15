# SPDX-License-Identifier: Apache-2.0
"""I5: a ledger takes nothing back. What was verified before is compared while the entries stream by.

The saved state holds the hashes of the complete subtrees that its entries split into. Each is compared as soon as the
walk has passed its last entry, so that a rewritten ledger is told from a shortened one, and the stretch is named.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from verifier.integrity.state import SavedState
from verifier.integrity.tile_rows import TileRows
from verifier.integrity.verdict import Checklist
from verifier.language import Told

NOT_OF_THE_CHECKPOINT: Final = Told(
    en="the entries are not those of the checkpoint (I3): they say nothing of what the log commits to",
    zh="条目与检查点不符（I3），无法据以判断账本现在所承诺的内容",
)


class Memory:
    """A saved state, compared with one walk from its first entry to its last."""

    __slots__ = ("_boundaries", "_rewritten", "_state")

    def __init__(self, state: SavedState | None) -> None:
        """Compare with `state`; without one there is nothing to contradict."""
        self._state = state
        widths = [1 << bit for bit in range(62, -1, -1) if state is not None and state.size >> bit & 1]
        self._boundaries = list(accumulate(widths))
        self._rewritten: tuple[int, int] | None = None

    def pass_leaves(self, rows: TileRows, leaves: Sequence[bytes]) -> None:
        """Compare the subtrees that end within `leaves`, before they are added to `rows`."""
        for boundary in self._boundaries:
            if rows.size < boundary < rows.size + len(leaves):
                self._compare(boundary, rows.peaks(leaves[: boundary - rows.size]))

    def pass_edge(self, rows: TileRows) -> None:
        """Compare the subtrees that end with the last leaf of `rows`."""
        if rows.size in self._boundaries:
            self._compare(rows.size, rows.peaks())

    def conclude(self, checklist: Checklist, *, genesis: str | None, size: int, read: int) -> None:
        """I5 after `read` of the `size` entries that the checkpoint promises; `genesis` is the leaf hash of entry 0."""
        state = self._state
        if state is None:
            return
        if genesis not in {None, state.genesis}:
            reason = Told(
                en=f"another ledger: its genesis is {genesis}, the saved state is of {state.genesis}",
                zh=f"这是另一个账本：其创世为 {genesis}，保存的状态属于 {state.genesis}",
            )
            checklist.broke("I5", 0, reason)
        else:
            self._conclude(checklist, state, size=size, read=read)

    def _conclude(self, checklist: Checklist, state: SavedState, *, size: int, read: int) -> None:
        if self._rewritten is not None and checklist.is_broken("I3"):
            checklist.halt("I5", None, NOT_OF_THE_CHECKPOINT)
        elif self._rewritten is not None:
            first, last = self._rewritten
            reason = Told(
                en=f"fork: entries {first} to {last} are not those verified before; the ledger was rewritten",
                zh=f"分叉：第 {first} 至 {last} 条与此前验证的不同，账本被改写",
            )
            checklist.broke("I5", first, reason)
        elif size < state.size:
            reason = Told(
                en=f"rollback: {state.size:,} entries were verified before, {size:,} are shown now",
                zh=f"回滚：此前验证过 {state.size:,} 条，现在只有 {size:,} 条",
            )
            checklist.broke("I5", size, reason)
        elif read < state.size:
            reason = Told(
                en="the entries verified before cannot all be read", zh="此前验证的条目未能全部读出"
            )
            checklist.halt("I5", read, reason)

    def _compare(self, boundary: int, peaks: Sequence[bytes]) -> None:
        if self._state is None or self._rewritten is not None:
            return
        at = self._boundaries.index(boundary)
        if [peak.hex() for peak in peaks] != list(self._state.peaks[: at + 1]):
            self._rewritten = (self._boundaries[at - 1] if at else 0, boundary - 1)
