# SPDX-License-Identifier: Apache-2.0
"""Posting a file of signed submissions, one to a line (NDJSON), in order and in as few flushes as it can.

What was posted before is answered with its first receipt, so that a file which stopped half way is simply posted
again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final, Protocol

from ledger.answer import Accepted, Outcome, Refused
from ledger.errors import InputError
from ledger.problems import Problem, problem_of
from ledger.sequencer import Sequencer
from ledger.submission import WIRE_BYTES_MAX, Submission, parse_wire

EVENTS_AT_ONCE: Final = 2_000
SUBMISSIONS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutcome:
    """What became of line `line` (from 1) of the file: accepted, or refused for `problems`.

    Attributes:
        name: party and id of its submission, where they could be read.
        accepted: the answer; None when refused, and in a rehearsal.
        problems: why it was refused; empty when accepted, or when a rehearsal found nothing.
        bytes_read: how much of the file is done, for a progress bar.
    """

    line: int
    name: str | None
    accepted: Accepted | None
    problems: tuple[Problem, ...]
    bytes_read: int


class Office(Protocol):
    """Where submissions are handed in: a sequencer, or a client of one elsewhere."""

    def submit_in_order(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """The outcome of each; as `ledger.sequencer.Sequencer.submit_in_order`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    end: int
    submission: Submission | None
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str | None:
        if self.submission is None:
            return None
        return f"{self.submission.header.party}/{self.submission.header.id}"


def post_lines(office: Office, lines: Iterable[bytes]) -> Iterator[LineOutcome]:
    """Yield what becomes of each line, in order; a refused one does not stop the ones after it.

    Empty lines are passed over. Each line that was yielded as accepted is durable.

    Raises:
        EnvironmentFault: the machine failed; post the same file again.
    """
    for batch in _batches(_parsed(lines)):
        outcomes = iter(
            office.submit_in_order([one.submission for one in batch if one.submission is not None])
        )
        for one in batch:
            outcome = next(outcomes) if one.submission is not None else Refused(problems=one.problems)
            yield LineOutcome(
                line=one.number,
                name=one.name,
                accepted=outcome if isinstance(outcome, Accepted) else None,
                problems=outcome.problems if isinstance(outcome, Refused) else (),
                bytes_read=one.end,
            )


def rehearse_lines(sequencer: Sequencer, lines: Iterable[bytes]) -> Iterator[LineOutcome]:
    """Yield what would become of each line, each judged after the ones before it; nothing is stored.

    Raises:
        EnvironmentFault: the machine failed.
    """
    waiting: list[_Line] = []

    def readable() -> Iterator[Submission]:
        for one in _parsed(lines):
            waiting.append(one)
            if one.submission is not None:
                yield one.submission

    def told(problems: tuple[Problem, ...] | None) -> Iterator[LineOutcome]:
        for one in waiting:
            found = one.problems if one.submission is None else problems or ()
            yield LineOutcome(
                line=one.number, name=one.name, accepted=None, problems=found, bytes_read=one.end
            )
        waiting.clear()

    for problems in sequencer.rehearse(readable()):
        yield from told(problems)
    yield from told(None)


def bounded_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of `file`; one longer than a submission may be comes cut, and is then refused as too large."""
    while line := file.readline(WIRE_BYTES_MAX + 1):
        yield line


def _parsed(lines: Iterable[bytes]) -> Iterator[_Line]:
    end = 0
    for number, line in enumerate(lines, start=1):
        end += len(line)
        wire = line.strip()
        if not wire:
            continue
        try:
            yield _Line(number=number, end=end, submission=parse_wire(wire, place=f"line {number}"))
        except InputError as error:
            yield _Line(number=number, end=end, submission=None, problems=(problem_of(error),))


def _batches(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    events = 0
    for line in lines:
        batch.append(line)
        events += 0 if line.submission is None else len(line.submission.events)
        if events >= EVENTS_AT_ONCE or len(batch) >= SUBMISSIONS_AT_ONCE:
            yield batch
            batch, events = [], 0
    if batch:
        yield batch
