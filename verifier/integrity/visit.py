# SPDX-License-Identifier: Apache-2.0
"""One verification by an auditor who keeps a state file: it begins where the last clean or unfinished one ended.

Two files are kept (spec §6.6). The state is the memory: it says what was verified, and only a clean run moves it forward.
The index beside it saves time: with it, entries verified before are hashed again and not replayed. It is written while a
long run goes on, so that a run that was killed is taken up again; without it everything is replayed from the beginning.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

from ledger.checkpoint import parse_checkpoint
from ledger.errors import InputError
from ledger.note import parse_note
from verifier.integrity.fund_cash import FundSum
from verifier.integrity.replay import Replay
from verifier.integrity.savepoint import STRIDE, Course, TakenUp, index_of, put_down, take_up
from verifier.integrity.state import save_state
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.integrity.walk import Progress
from verifier.integrity.workers import WORTH_WHILE, Workers
from verifier.language import Told
from verifier.reading.sources import Source
from verifier.workspace import Workspace

Depth = Literal["full", "hashes", "new"]
"""What is done with entries verified before: all of it again, their bytes held against the tree, or nothing."""

_FULL: Final = Told(en="replayed from the beginning, as asked", zh="按要求从头重放")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFiles:
    """The state file, which holds what `Trust.state` says, with the index beside it.

    `depth` says what is done with entries verified before; a savepoint is written about every `every` entries.
    """

    state: Path
    depth: Depth = "hashes"
    every: int = STRIDE


def visit(
    source: Source,
    trust: Trust,
    *,
    files: StateFiles | None = None,
    workers: int | None = None,
    progress: Progress = lambda _done, _all: None,
) -> tuple[Verdict, tuple[FundSum, ...]]:
    """The verdict on `source`, and the cash of its funds; a clean one moves the `files` forward, where there are any.

    Raises:
        EnvironmentFault: machine or network failed; the files are whole, as this run or an earlier one wrote them.
    """
    taken = _begin(source, trust, files) if files else TakenUp(workspace=Workspace())
    keep = partial(put_down, index_of(files.state)) if files else None
    with taken.workspace as workspace:
        replay = Replay(
            source,
            workspace,
            trust=trust,
            progress=progress,
            workers=_workers(source, taken, workers),
            course=Course(
                begin=taken.savepoint,
                skips=files is not None and files.depth == "new",
                keep=keep,
                every=files.every if files else STRIDE,
            ),
        )
        for _event in replay.events():
            pass
        if files is not None:
            _remember(files.state, replay, workspace)
        verdict = replay.verdict()
        told = _told(taken, files, good_prefix=verdict.good_prefix)
        return replace(verdict, notes=(*verdict.notes, *told)), replay.fund_sums()


def _told(taken: TakenUp, files: StateFiles | None, *, good_prefix: int) -> Iterator[Told]:
    """How much was read, or why everything was; nothing where entries verified before are no longer the same."""
    if taken.told is not None:
        yield taken.told
    if taken.savepoint is None or files is None:
        return
    below = f"{taken.savepoint.size:,}"
    if files.depth == "new":
        yield Told(
            en=f"NOT READ: the entries below {below}; the checkpoint covers the same ones that were verified before, "
            "but what this source hands out for them was not looked at",
            zh=f"未读取第 {below} 条之前的条目：检查点所含与此前验证的相同，但来源现在提供的内容未经查看",
        )
    elif good_prefix >= taken.savepoint.size:
        yield Told(
            en=f"replayed from entry {below} on; the entries below it are, byte for byte, those verified before",
            zh=f"自第 {below} 条起重放；此前的条目逐字节与已验证的相同",
        )


def _workers(source: Source, taken: TakenUp, count: int | None) -> Workers:
    """Processes where enough is left to read that starting them pays."""
    try:
        left = source.size - (taken.savepoint.size if taken.savepoint else 0)
    except InputError:  # I4 will say so
        left = 0
    return Workers(count, processes=left >= WORTH_WHILE)


def _remember(state: Path, replay: Replay, workspace: Workspace) -> None:
    """Index first, then state: a run that stops in between leaves an index that is ahead, which is taken up."""
    savepoint, saved = replay.savepoint(), replay.state()
    if savepoint is not None and savepoint.size > replay.kept:
        put_down(index_of(state), savepoint, workspace)
    if saved is not None:
        save_state(state, saved)


def _begin(source: Source, trust: Trust, files: StateFiles) -> TakenUp:
    if files.depth == "full":
        return TakenUp(workspace=Workspace(), told=_FULL)
    try:
        shown = parse_checkpoint(parse_note(source.checkpoint()).text)
    except InputError:  # I4 will say so
        return TakenUp(workspace=Workspace())
    return take_up(index_of(files.state), fetch=source.fetch, shown=shown, state=trust.state)
