# SPDX-License-Identifier: Apache-2.0
"""One flush: a batch of submissions is judged, numbered, chained, stored and covered by a checkpoint.

All of it happens in one transaction under the ledger lock, on the newest head. Nothing here commits: the caller does,
and until then nobody outside has seen anything.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from ledger import authority, clock
from ledger.checkpoint import Checkpoint
from ledger.cosignature import LogKey
from ledger.disclosures import disclosure_problems
from ledger.draft import Draft
from ledger.errors import InputError, ProgrammerError
from ledger.log_signer import LogSigner
from ledger.open_state import OpenState
from ledger.posting import PROBLEMS_MAX, admit
from ledger.problems import Problem, problem_of
from ledger.store.index_rows import header_hash
from ledger.store.log_reader import StoredCheckpoint, StoredSubmission
from ledger.store.log_writer import Addition
from ledger.store.past import StoredPast
from ledger.store.stored_receipt import Receipts, receipts_of_flush
from ledger.submission import Header, Submission, is_bound, parse_wire, wire_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A submission on its way in. `checked` says that its signatures and root were verified outside the lock.

    `undisclosed` is what is wrong with its disclosures, if it is new: one that stands needs none any more.
    """

    submission: Submission
    checked: bool
    undisclosed: tuple[Problem, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The idempotency key."""
        return self.submission.header.party, self.submission.header.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """It stands at `seq` with `events` events after it, recorded at `recorded`, once the flush is committed."""

    seq: int
    events: int
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The very same submission was stored before, with its header entry at `seq`."""

    seq: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """It is refused, for these reasons; nothing of it is kept, not even its id."""

    problems: tuple[Problem, ...]


Verdict = Placed | Known | Turned | Exception
"""What a flush decides of one proposal; an exception when this program failed on it."""


def propose(submission: Submission, *, checked: bool) -> Proposal:
    """`submission` on its way in; what its disclosures open is looked at here, outside the lock."""
    return Proposal(submission=submission, checked=checked, undisclosed=disclosure_problems(submission))


def precheck(state: OpenState, submission: Submission) -> tuple[Submission, tuple[Problem, ...]]:
    """Return the submission as its wire bytes say it, and what is wrong with form, signatures and root; no lock needed.

    One that this program assembled is parsed from its bytes: what the strict parser would refuse must never be stored,
    because nobody could read the log beyond it. A key that is unknown here may have been registered by a process that
    this one has not caught up with.
    """
    try:
        parsed = submission if submission.parsed else parse_wire(wire_bytes(submission))
        problems = _check_bound(state, parsed)
    except InputError as error:
        return submission, (problem_of(error),)
    return parsed, problems


def _check_bound(state: OpenState, submission: Submission) -> tuple[Problem, ...]:
    """Return what is wrong with the signatures, or else with the root that they cover."""
    problems = tuple(authority.check_signatures(state.register, submission))
    if not problems and not is_bound(submission):
        problems = (_root_problem(),)
    return problems


def open_draft(state: OpenState, *, now: datetime.datetime) -> Draft:
    """Return an empty draft that goes on where the head of `state` ends.

    Raises:
        EnvironmentFault: the machine's clock is too far behind to record anything.
    """
    head = state.head
    if head is None:
        raise ProgrammerError("the state has no head: catch up first")
    slow = clock.slowness(state.register.genesis, previous=head.recorded, now=now)
    if slow is not None:
        raise slow
    return Draft(edge=state.edge.copy(), last_leaf=state.last_leaf, recorded=head.recorded)


def judge(
    state: OpenState, past: StoredPast, draft: Draft, proposals: Sequence[Proposal], *, now: datetime.datetime
) -> list[Verdict]:
    """Return the verdict on each proposal, each judged after the ones before it; `draft` has grown by the placed ones.

    The register of `state` holds what is placed, undoable until it is settled; the rest of `state` is unchanged.
    """
    past.expect(one.submission for one in proposals)
    return [_judge_one(state, past, draft, one, now=now) for one in proposals]


def cover(
    draft: Draft, *, origin: str, signer: LogSigner, current: Sequence[LogKey], seconds: int
) -> tuple[Addition, Receipts]:
    """Return the rows of `draft` under a checkpoint newly signed at `seconds`, and the receipts under it.

    `current` are the keys of the log at the end of `draft`.

    The checkpoint binds the log from the moment it leaves the process, so nothing of this may be handed out before
    the transaction that stores it is known to be committed.

    Raises:
        EnvironmentFault: `signer` lacks a current key.
    """
    root = draft.edge.root()
    head = Checkpoint(origin=origin, size=draft.size, root=root)
    note = signer.sign(head, current=current, seconds=seconds)
    checkpoint = StoredCheckpoint(size=draft.size, root=root, note=note, recorded=draft.recorded)
    finished = draft.edge.take_finished()
    addition = Addition(
        entries=draft.entries,
        tiles=finished,
        indexes=draft.indexes,
        disclosures=draft.disclosures,
        checkpoint=checkpoint,
    )
    return addition, receipts_of_flush(checkpoint, draft.edge, finished)


def _judge_one(
    state: OpenState, past: StoredPast, draft: Draft, proposal: Proposal, *, now: datetime.datetime
) -> Verdict:
    mark = state.register.mark()
    try:
        return _place_or_refuse(state, past, draft, proposal, now=now)
    except InputError as error:
        state.register.rollback(mark)
        return Turned(problems=(problem_of(error),))
    except SQLAlchemyError:
        raise  # the transaction is lost, and with it the whole flush
    except Exception as error:  # noqa: BLE001 - one proposal that this program fails on must not fail the others
        state.register.rollback(mark)
        return error


def _place_or_refuse(
    state: OpenState, past: StoredPast, draft: Draft, proposal: Proposal, *, now: datetime.datetime
) -> Verdict:
    submission, register = proposal.submission, state.register
    header = submission.header
    before = draft.keys.get(proposal.key) or past.stored(*proposal.key)
    if before is not None:
        return _judge_again(state, proposal, before)
    if proposal.undisclosed:
        return Turned(problems=proposal.undisclosed[:PROBLEMS_MAX])
    late = clock.signing_time_problem(register.genesis, now=now, signed_at=header.signed_at)
    if late is not None:
        return Turned(problems=(late,))
    recorded = clock.recorded_at(
        register.genesis, previous=draft.recorded, now=now, signed_at=header.signed_at
    )
    problems = admit(
        register,
        submission,
        seq=draft.size,
        recorded=recorded,
        past=past,
        signatures=not proposal.checked,
        root=not proposal.checked,
    )
    if problems:
        return Turned(problems=problems)
    return Placed(seq=draft.place(submission, recorded), events=header.count, recorded=recorded)


def _judge_again(state: OpenState, proposal: Proposal, before: StoredSubmission) -> Verdict:
    """The id is taken: by the same submission, or by another of which nothing is said."""
    problems = () if proposal.checked else _check_bound(state, proposal.submission)
    if problems:
        return Turned(problems=problems)
    if before.header_hash == header_hash(proposal.submission.header):
        return Known(seq=before.seq, events=before.events)
    return Turned(problems=(_conflict(proposal.submission.header),))


def _conflict(header: Header) -> Problem:
    return Problem(
        code="submission-conflict",
        check="I7",
        place="header.id",
        message_en=f"{header.party}/{header.id} was submitted before with other content",
        message_zh=f"{header.party}/{header.id} 已以其他内容提交过",
        remedy_en="use a new id for new content; send the first one again, unchanged, for its receipt",
        remedy_zh="新内容请使用新的编号；如需首次提交的回执，请原样重新提交",
    )


def _root_problem() -> Problem:
    return Problem(
        code="root",
        check="I6",
        place="header.root",
        message_en="the root does not fit the events",
        message_zh="根哈希与事件不符",
        remedy_en="compute the RFC 9162 root over the canonical bytes of the events as sent, then sign",
        remedy_zh="请对实际提交的规范字节计算根哈希后再签名",
    )
