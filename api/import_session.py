# SPDX-License-Identifier: Apache-2.0
"""An import against a ledger: rehearsed whole before anything is written, then posted the ordinary way."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, replace
from typing import Final

from api.import_ledgers import Live, accepted
from ledger.errors import InputError
from ledger.intake.batches import Envelope, id_prefix, row_error, submissions
from ledger.intake.mapping import LedgerSection, Mapping
from ledger.intake.reading import Reading
from ledger.intake.rows import EventAt
from ledger.intake.tables import SourceFile, source_file
from ledger.keys import Signer
from ledger.kinds.registry import KeyRole
from ledger.outcome import Refused
from ledger.problems import Problem
from ledger.sequencer import Sequencer
from ledger.submission import Submission

Step = Callable[[int, int], None]
"""Told after every so many events: how many are done, and how many there are as far as known."""

STEP_EVENTS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported: the mapping with its own bytes, and the file of every table."""

    mapping: Mapping
    data: bytes
    files: dict[str, SourceFile]

    @property
    def party(self) -> str:
        """Who posts: the party that the mapping names, or its transcriber.

        Raises:
            InputError: the mapping names neither.
        """
        if self.mapping.party is not None:
            return self.mapping.party
        return self.section.transcriber.id

    @property
    def section(self) -> LedgerSection:
        """The part of the mapping that founds a ledger.

        Raises:
            InputError: there is none.
        """
        if self.mapping.ledger is None:
            raise InputError(
                code="import.no-ledger-section",
                place=self.mapping.id,
                message_en="the mapping has no [ledger] section, and neither names a party",
                message_zh="映射没有 [ledger] 部分，也未指明提交单位",
                remedy_en="Post into a ledger that exists, with a mapping that names its party, or describe the new one.",
                remedy_zh="请导入已有账本并在映射中指明 party，或在映射中描述新账本。",
            )
        return self.mapping.ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What an import left in the ledger: submissions (how many of them had been there before), events, entries."""

    submissions: int
    replayed: int
    events: int
    entries: int


def envelope_for(order: Order, live: Live, signers: Lookup[KeyRole, Signer], *, now: str) -> Envelope:
    """Header and signers for submissions of `order` into this ledger.

    Signed at the snapshot in a ledger with clock ``replay``, at `now` in one with a wall clock.

    Raises:
        InputError: the ledger has another currency than the mapping.
    """
    genesis, section = live.sequencer.genesis, order.mapping.ledger
    if section is not None and section.currency != genesis.currency:
        raise InputError(
            code="import.currency",
            place=order.mapping.id,
            message_en=f"the mapping is in {section.currency}, the ledger in {genesis.currency}",
            message_zh=f"映射币种为 {section.currency}，账本币种为 {genesis.currency}",
            remedy_en="Import into a ledger of that currency.",
            remedy_zh="请导入相同币种的账本。",
        )
    return Envelope(
        genesis=live.genesis_hash,
        origin=genesis.origin,
        party=order.party,
        prefix=id_prefix(order.mapping.id, order.data, order.files.values()),
        signed_at=order.section.at if genesis.clock == "replay" else now,
        signers=tuple(signers.items()),
    )


def read_only(order: Order, step: Step) -> Reading:
    """A reading of all files, for mappings that make no events and for their sums."""
    result = Reading(mapping=order.mapping, files=order.files)
    for _ in _stepped(result.events(), step, 0):
        pass
    return result


def rehearse(order: Order, sequencer: Sequencer, envelope: Envelope, step: Step) -> Reading:
    """A reading of all files whose submissions the ledger was asked about; what it would refuse is among the errors.

    Nothing is stored. After the first error rows are still read, and no longer submitted.
    """
    return _asked(order, envelope, step, sequencer.rehearse)


def rehearse_in_scratch(order: Order, scratch: Sequencer, envelope: Envelope, step: Step) -> Reading:
    """As `rehearse`, by posting into a ledger that will be thrown away: memory does not grow with the import."""

    def posting(offered: Iterable[Submission]) -> Iterator[tuple[Problem, ...]]:
        for submission in offered:
            outcome = scratch.submit(submission)
            yield outcome.problems if isinstance(outcome, Refused) else ()

    return _asked(order, envelope, step, posting)


def post(
    order: Order,
    sequencer: Sequencer,
    envelope: Envelope,
    step: Step,
    *,
    events: int,
    sink: Callable[[Submission], None],
) -> Posted:
    """What the ledger holds of `order` after every submission was accepted; `sink` gets each one first.

    `events` is how many there will be, for progress. A run that was interrupted is completed by the next one.

    Raises:
        InputError: a file changed since the rehearsal, or the ledger refused what it had accepted in rehearsal.
        EnvironmentFault: the machine failed; submissions accepted so far stay.
    """
    for one in order.files.values():
        if source_file(one.table, one.path).digest != one.digest:
            raise _changed(one)
    result = Reading(mapping=order.mapping, files=order.files)
    posted = Posted(submissions=0, replayed=0, events=0, entries=sequencer.size)
    for submission in submissions(_stepped(result.events(), step, events), envelope):
        sink(submission)
        answer = accepted(sequencer.submit(submission))
        posted = replace(
            posted,
            submissions=posted.submissions + 1,
            replayed=posted.replayed + answer.replayed,
            events=posted.events + answer.events,
            entries=sequencer.size,
        )
    return posted


def _asked(
    order: Order,
    envelope: Envelope,
    step: Step,
    ask: Callable[[Iterable[Submission]], Iterable[tuple[Problem, ...]]],
) -> Reading:
    result = Reading(mapping=order.mapping, files=order.files)
    offered: list[Submission] = []

    def one_by_one() -> Iterator[Submission]:
        for submission in submissions(_while_good(result, step), envelope):
            offered[:] = [submission]
            yield submission

    for problems in ask(one_by_one()):
        for problem in problems:
            result.note(row_error(problem, offered[0], order.files.values()))
    return result


def _while_good(result: Reading, step: Step) -> Iterator[EventAt]:
    for event in _stepped(result.events(), step, 0):
        if result.error_count == 0:
            yield event


def _stepped(events: Iterable[EventAt], step: Step, whole: int) -> Iterator[EventAt]:
    done = 0
    for done, event in enumerate(events, start=1):
        yield event
        if done % STEP_EVENTS == 0:
            step(done, max(whole, done))
    step(done, done)


def _changed(one: SourceFile) -> InputError:
    return InputError(
        code="import.file-changed",
        place=str(one.path),
        message_en="the file changed while it was imported",
        message_zh="导入过程中文件被改动",
        remedy_en="Import it again when nobody writes to it.",
        remedy_zh="请在无人写入时重新导入。",
    )
