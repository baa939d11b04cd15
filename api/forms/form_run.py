# SPDX-License-Identifier: Apache-2.0
"""A filled file against a ledger: read whole, every row judged by the real rules, then all of it posted, or nothing.

What is good lies meanwhile in a spool file beside the private copy, so that memory does not grow with rows.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Engine

from api.forms.form import Column
from api.forms.form_reading import Asked, FilledFile, FormReading
from api.import_ledgers import accepted
from api.import_session import Posted
from ledger.amount import format_amount
from ledger.entry import EventEntry, HeaderEntry, parse_entry
from ledger.errors import InputError, ProgrammerError
from ledger.intake.batches import Envelope, submission_id, submissions
from ledger.intake.rows import EventAt, RowError
from ledger.kinds.form import kind_of
from ledger.kinds.vocabulary import AnyEvent, event_bytes, parse_event
from ledger.outcome import Refused
from ledger.problems import Problem
from ledger.sequencer import Sequencer
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from ledger.submission import Submission

Step = Callable[[int, int], None]
"""Told now and then how many rows are done, and how many there are as far as known."""

STEP_ROWS: Final = 500
_ID_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a file: its reading with all errors, how many rows are good, what was posted (None: nothing).

    `before` are the good rows that the same file brought into the ledger earlier; `draft` is the file, or the address on a
    server, of the draft that was made of the good rows.
    """

    reading: FormReading
    good: int
    before: int = 0
    posted: Posted | None = None
    draft: str | None = None

    def draftable(self, *, valid_only: bool) -> bool:
        """Whether there is something good, and nothing bad unless that may stay out; the columns are good in any case."""
        found = self.reading
        return self.good > 0 and found.columns_good and (valid_only or not found.error_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Whose acts the rows are, the time at which they would be signed, and which rows the file brought in before.

    A row that stands is given with the commitments that stand in its event.
    """

    party: str
    signed_at: str
    before: Callable[[FormReading], Mapping[int, tuple[str, ...]]]


def judge(sequencer: Sequencer, asked: Asked, file: FilledFile, poster: Poster, step: Step) -> Result:
    """The reading of `file`, each good row judged by the ledger after the good ones before it; nothing is stored.

    The events that would stand are spooled beside the file, for `post_spooled`.

    Raises:
        FormatError: the file is no form of this kind.
        InputError: the party is not registered.
        EnvironmentFault: the ledger cannot be read.
    """
    found = FormReading(asked=asked, file=file)
    read_whole(found, step)
    good = before = 0
    with spool_of(file).open("wb") as spool:
        for one, stands in _judged(sequencer, found, poster):
            spool.write(_line(one))
            good += 1
            before += stands
            if good % STEP_ROWS == 0:
                step(good, found.rows)
    step(found.rows, found.rows)
    return Result(reading=found, good=good, before=before)


def read_whole(found: FormReading, step: Step) -> None:
    """Every event of the file lies beside it, before the ledger is asked: nobody else waits while a file is parsed.

    Raises:
        FormatError: the file is no form of this kind.
    """
    with _read_spool(found.file).open("wb") as spool:
        for one in found.events():
            spool.write(_line(one))
            if found.rows % STEP_ROWS == 0:
                step(found.rows, found.rows)


def unjudged(found: FormReading) -> Result:
    """The result of a reading whose rows no ledger has judged: good is what reads."""
    return Result(reading=found, good=found.good)


def _judged(sequencer: Sequencer, found: FormReading, poster: Poster) -> Iterator[tuple[EventAt, bool]]:
    """Each event that stands already (True) or would stand (False); what is wrong with the others is noted."""
    waiting: list[EventAt] = []
    standing: list[EventAt] = []
    rows = poster.before(found)

    def unknown() -> Iterator[AnyEvent]:
        for one in events_read(found.file):
            stood = None if one.event.provenance is None else rows.get(one.event.provenance.row)
            if stood is not None:
                standing.append(_as_it_stands(one, stood))
                continue
            waiting.append(one)
            yield one.event

    for problems in sequencer.preview(poster.party, unknown(), signed_at=poster.signed_at):
        yield from ((one, True) for one in standing)
        standing.clear()
        judged = waiting.pop()
        for problem in problems:
            found.note(problem_error(problem, judged.event, found))
        if not problems:
            yield judged, False
    yield from ((one, True) for one in standing)


def _as_it_stands(one: EventAt, commitments: tuple[str, ...]) -> EventAt:
    """The event with the commitments under which it was posted: salts are new in each reading, and its are kept there."""
    return replace(one, event=msgspec.structs.replace(one.event, sd=commitments), disclosures=())


def good_events(result: Result) -> Iterator[EventAt]:
    """The events that the ledger would take, in the order of their rows."""
    yield from _events_in(spool_of(result.reading.file))


def prefix_of(found: FormReading) -> str:
    """Prefix of submission ids (spec §3.16): those of one sheet of one file, so that nothing of it is posted twice."""
    read = f"{found.file.digest}\n{found.sheet or ''}"
    return f"{found.asked.kind}-{hashlib.sha256(read.encode()).hexdigest()[:_ID_DIGITS]}"


def rows_before(engine: Engine, party: str, prefix: str) -> dict[int, tuple[str, ...]]:
    """The rows of the file that submissions of `party` with this prefix brought in, and the commitments of their events.

    Raises:
        EnvironmentFault: the database failed.
    """
    rows: dict[int, tuple[str, ...]] = {}
    with reading(engine) as connection:
        reader = LogReader(connection)
        for number in count(1):
            stored = reader.submission(party, submission_id(prefix, number))
            if stored is None:
                break
            for data in reader.entries(stored.seq + 1, stored.seq + 1 + stored.events):
                entry = parse_entry(data, place="entry")
                if isinstance(entry, EventEntry) and entry.event.provenance is not None:
                    rows[entry.event.provenance.row] = entry.event.sd
    return rows


def post_spooled(
    engine: Engine, sequencer: Sequencer, result: Result, envelope: Envelope, step: Step
) -> Result:
    """`result` after the spooled events were posted, batch by batch; what was posted before is not posted again.

    A file of up to `BATCH_EVENTS` rows is one submission and goes in whole or not at all. Of a larger one the batches
    accepted so far stay when a later one fails; posting the same file again completes it.

    Raises:
        InputError: the ledger refuses what it would have taken a moment ago.
        EnvironmentFault: the machine failed.
    """
    posted = Posted(submissions=0, replayed=0, events=0, entries=sequencer.size)
    for submission in submissions(good_events(result), envelope):
        before = _stored_before(engine, submission)
        if not before:
            outcome = sequencer.submit(submission)
            if isinstance(outcome, Refused):
                return refused_after_all(result, submission, outcome.problems, posted)
            accepted(outcome)
        posted = replace(
            posted,
            submissions=posted.submissions + 1,
            replayed=posted.replayed + before,
            events=posted.events + len(submission.events),
            entries=sequencer.size,
        )
        step(posted.events, result.good)
    return replace(result, posted=posted)


def spool_of(file: FilledFile) -> Path:
    """Where the good events of `file` lie."""
    return file.path.with_name("spool")


def events_read(file: FilledFile) -> Iterator[EventAt]:
    """The events that `read_whole` read."""
    yield from _events_in(_read_spool(file))


def _read_spool(file: FilledFile) -> Path:
    return file.path.with_name("read")


def problem_error(problem: Problem, event: AnyEvent, found: FormReading) -> RowError:
    """`problem` of `event` as what is wrong in its row, under the title that the file has for the field."""
    placed = (
        next((one for one in found.header.columns if one.column.name == problem.place), None)
        if found.header
        else None
    )
    return RowError(
        table=found.asked.kind,
        file=found.file.name,
        sheet=found.sheet,
        row=event.provenance.row if event.provenance is not None else 0,
        column=placed.title if placed is not None else problem.place,
        value=_field_text(event, placed.column) if placed is not None else "",
        rule=problem.code,
        message_en=problem.message_en,
        message_zh=problem.message_zh,
        remedy_en=problem.remedy_en,
        remedy_zh=problem.remedy_zh,
    )


def _field_text(event: AnyEvent, column: Column) -> str:
    value: Any = msgspec.to_builtins(event)
    for part in column.path:
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, int) and column.sort == "amount":
        return format_amount(value)
    return "" if value is None or isinstance(value, dict | list) else str(value)[:200]


def _line(one: EventAt) -> bytes:
    """The event and its disclosures as a line of a spool; canonical JSON and base64url hold no tab."""
    return b"\t".join([event_bytes(one.event), *(text.encode("ascii") for text in one.disclosures)]) + b"\n"


def _events_in(path: Path) -> Iterator[EventAt]:
    with path.open("rb") as spool:
        for line in spool:
            data, *texts = line.rstrip(b"\n").split(b"\t")
            event = parse_event(data, place="spool")
            kind = kind_of(event)
            yield EventAt(
                event=event, label=kind, table=kind, disclosures=tuple(one.decode("ascii") for one in texts)
            )


def _stored_before(engine: Engine, submission: Submission) -> bool:
    """Whether the same events of this file were posted before, whenever they were signed."""
    with reading(engine) as connection:
        reader = LogReader(connection)
        stored = reader.submission(submission.header.party, submission.header.id)
        data = reader.entry(stored.seq) if stored is not None else None
    if data is None:
        return False
    entry = parse_entry(data, place="submission")
    if not isinstance(entry, HeaderEntry):
        raise ProgrammerError("the index names an entry that is no header")
    return entry.header.root == submission.header.root


def refused_after_all(
    result: Result, submission: Submission, problems: Iterable[Problem], posted: Posted
) -> Result:
    """Rows that the ledger took a moment ago and refuses now, because of what others posted or who signed."""
    for problem in problems:
        if problem.index is None:
            raise InputError(
                code=problem.code,
                place=problem.place,
                message_en=f"the ledger refused it: {problem.message_en}",
                message_zh=f"账本拒绝了该提交：{problem.message_zh}",
                remedy_en=problem.remedy_en,
                remedy_zh=problem.remedy_zh,
            )
        result.reading.note(problem_error(problem, submission.events[problem.index], result.reading))
    return replace(result, posted=posted if posted.submissions else None)
