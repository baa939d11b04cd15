# SPDX-License-Identifier: Apache-2.0
"""Verify a ledger, then judge what stands of it: nothing beyond the good prefix is ever judged.

The whole is one pass where the ledger is sound. Where it is broken, or needs a newer verifier, the good prefix is
read once more and judged alone. A second judgement of the same entries by other rules shares the pass.
"""

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import InputError
from ledger.instant import business_date
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_BROKEN, EXIT_CLEAN, EXIT_FINDINGS, Verdict
from verifier.integrity.walk import Progress
from verifier.judgement.own_rules import OWN, Yardstick
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.reading.sources import Source
from verifier.workspace import Workspace

_NO_TRUST: Final = Trust()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: as of which date, known by which position or instant, trusting whom, tracing by which rule.

    Without `as_of` it is the date of the last entry judged, in the ledger's time zone; without `known_by` everything
    is known (semantics O10). It is judged by `by`, and by `beside` too where that is given, to be compared.
    """

    as_of: datetime.date | None = None
    known_by: int | str | None = None
    trust: Trust = _NO_TRUST
    tracing: TracingRule = DEFAULT_TRACING
    by: Yardstick = OWN
    beside: Yardstick | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The verdict on the bytes, and the judgement of the good prefix; None where nothing of it can be judged.

    `beside` is the judgement by the other rules, if they were asked for.
    """

    verdict: Verdict
    judgement: Judgement | None
    beside: Judgement | None = None

    @property
    def exit_code(self) -> int:
        """2 broken, 3 could not complete, 1 findings of any class, 0 none (DESIGN §5)."""
        if self.verdict.exit_code != EXIT_CLEAN:
            return self.verdict.exit_code
        found = self.judgement is not None and self.judgement.counts.total() > 0
        return EXIT_FINDINGS if found else EXIT_CLEAN

    @property
    def broken(self) -> bool:
        """Whether the ledger is broken, so that only its good prefix was judged."""
        return self.verdict.exit_code == EXIT_BROKEN


@contextlib.contextmanager
def audited(
    source: Source,
    question: Question,
    *,
    progress: Progress = lambda _done, _all: None,
    judge: Callable[[Case], Judgement] = Judgement,
) -> Iterator[Audit]:
    """The audit of `source`; its findings can be read until the context ends. `judge` begins a judgement of a case.

    Raises:
        InputError: the question asks beyond the ledger, or the ledger names a rule pack that is not here.
        EnvironmentFault: the machine or the network failed, so nothing can be said.
    """
    with contextlib.ExitStack() as scratch:
        verdict, judgements = _run(source, scratch, question, progress, judge, end=None)
        good = verdict.good_prefix
        if verdict.exit_code == EXIT_CLEAN:
            yield _audit(verdict, judgements)
            return
    if good <= 1:
        yield _audit(verdict, ())
        return
    with contextlib.ExitStack() as scratch:
        _, judgements = _run(source, scratch, question, progress, judge, end=good)
        yield _audit(verdict, judgements)


def _audit(verdict: Verdict, judgements: Sequence[Judgement]) -> Audit:
    first, second = (*judgements, None, None)[:2]
    return Audit(verdict=verdict, judgement=first, beside=second)


def _run(
    source: Source,
    scratch: contextlib.ExitStack,
    question: Question,
    progress: Progress,
    judge: Callable[[Case], Judgement],
    *,
    end: int | None,
) -> tuple[Verdict, Sequence[Judgement]]:
    """One pass over `source` that judges the entries below `end`, all of them when it is None, by each set of rules."""
    frame = _frame(source, question, end)
    yardsticks = [one for one in (question.by, question.beside) if one is not None]
    judgements: list[Judgement] = []
    with Workspace() as workspace:
        replay = Replay(source, workspace, trust=question.trust, progress=progress)
        for posted in replay.events():
            if frame is None:
                continue
            if not judgements:
                judgements = [judge(_case(replay, frame, scratch, question, one)) for one in yardsticks]
            for judgement in judgements:
                judgement.take(posted)
        verdict = replay.verdict()
    if end is None and verdict.exit_code != EXIT_CLEAN:
        return verdict, ()
    for judgement in judgements:
        judgement.close()
    return verdict, judgements


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The dates of one judgement: as of, and the last position known."""

    as_of: datetime.date
    known_by: int


def _frame(source: Source, question: Question, end: int | None) -> _Frame | None:
    """What the question comes to for the entries below `end`; None if the entries cannot be read that tell it."""
    try:
        genesis = parse_entry(_entry(source, 0), place="entry 0")
        if not isinstance(genesis, GenesisEntry):
            return None
        last = (source.size if end is None else end) - 1
        known_by = _known_by(source, question.known_by, last)
        as_of = question.as_of or business_date(recorded_at(source, known_by), genesis.genesis.time_zone)
    except _BeyondError:
        raise
    except InputError:
        return None  # the verdict will say what is wrong there
    return _Frame(as_of=as_of, known_by=known_by)


class _BeyondError(InputError):
    """The question asks for what no prefix of the ledger is."""


def _known_by(source: Source, asked: int | str | None, last: int) -> int:
    match asked:
        case None:
            return last
        case int():
            if asked > source.size - 1:
                raise _beyond(
                    f"position {asked} lies beyond the last entry, {source.size - 1}",
                    f"第 {asked} 条超出末条 {source.size - 1}",
                )
            return min(asked, last)
        case str():
            return _until(source, asked, last)


def _until(source: Source, instant: str, last: int) -> int:
    """The last of the entries 0 to `last` that was recorded at `instant` or before, by bisection."""
    if recorded_at(source, 0) > instant:
        raise _beyond(f"nothing was recorded by {instant}", f"截至 {instant} 尚无任何条目入账")
    low, high = 0, last
    while low < high:
        middle = (low + high + 1) // 2
        if recorded_at(source, middle) <= instant:
            low = middle
        else:
            high = middle - 1
    return low


def recorded_at(source: Source, seq: int) -> str:
    """The instant at which entry `seq` of `source` was recorded.

    Raises:
        InputError: the source lacks it, or it is malformed.
    """
    return parse_entry(_entry(source, seq), place=f"entry {seq}").recorded


def _entry(source: Source, seq: int) -> bytes:
    data = next(iter(source.entries(seq, seq + 1)), None)
    if data is None:
        raise InputError(
            code="source.missing-entry",
            place=f"entry {seq}",
            message_en="the source lacks it",
            message_zh="来源缺少该条",
            remedy_en="Ask the operator for a whole export.",
            remedy_zh="请向运营方索取完整导出。",
        )
    return data


def _beyond(en: str, zh: str) -> _BeyondError:
    return _BeyondError(
        code="audit-known-by",
        place="--known-by",
        message_en=en,
        message_zh=zh,
        remedy_en="Give the position of an entry, or an instant after the ledger began.",
        remedy_zh="请给出已有条目的序号，或建账之后的时刻。",
    )


def _case(
    replay: Replay, frame: _Frame, scratch: contextlib.ExitStack, question: Question, yardstick: Yardstick
) -> Case:
    """An empty case by the rules of `yardstick`, with a workspace of its own."""
    return Case(
        genesis=replay.genesis,
        genesis_hash=replay.genesis_hash,
        as_of=frame.as_of,
        known_by=frame.known_by,
        workspace=scratch.enter_context(Workspace()),
        book=yardstick.book(replay.genesis),
        overlay=yardstick.overlay,
        tracing=question.tracing,
    )
