# SPDX-License-Identifier: Apache-2.0
"""The commit path: submissions from many threads become entries, one flush at a time, one transaction a flush.

What a restart finds, branch by branch of `Sequencer._flush`:
- before the point of no return, whatever failed: the log as it was; the senders are told that nothing was stored;
- at the point of no return, outcome unknown: all of the flush or nothing of it. This process reads which, by the same
  code as at a start, under the lock, which is not granted before the lost transaction has ended;
- after it: the entries, their indexes and their checkpoint. A sender whose answer was lost sends again and gets the
  first receipt, marked `replayed`.
"""

import contextlib
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final, assert_never

from sqlalchemy import Connection, Engine

from ledger import clock, rehearsal
from ledger.draft import Draft
from ledger.errors import EnvironmentFault
from ledger.flush import Known, Placed, Proposal, Turned, Verdict, judge, open_draft, precheck, propose
from ledger.genesis import Administrator, Genesis
from ledger.group_commit import Answer, GroupCommit
from ledger.kinds.registry import Account
from ledger.kinds.vocabulary import AnyEvent
from ledger.log_signer import LogSigner
from ledger.open_state import OpenState
from ledger.outcome import Outcome, Refused, failing, new_answer, not_stored, outcome_unknown, stored_answer
from ledger.own_checkpoints import Place
from ledger.problems import Problem
from ledger.signing import Signing
from ledger.store.engine import holding_lock, reading, shown
from ledger.store.index_rows import header_hash
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.log_writer import write
from ledger.store.past import StoredPast
from ledger.store.stored_receipt import Receipts
from ledger.submission import Submission

FLUSH_EVENTS: Final = 20_000
"""Events gathered into one flush; a larger submission goes alone."""


class Sequencer:
    """Appends submissions to the ledger in one database; safe for many threads, and beside other processes.

    `signer` holds the log's own keys, and nothing else ever signs with them.
    """

    def __init__(
        self,
        engine: Engine,
        signer: LogSigner,
        *,
        now: clock.Clock = clock.system_clock,
        places: Sequence[Place] = (),
        flush_events: int = FLUSH_EVENTS,
    ) -> None:
        """Read the whole log once; `now` is the machine's clock, `places` are where checkpoints of our own may be found.

        Where one of them does not fit the stored log, the sequencer opens and signs nothing: `rival` says why.

        Raises:
            EnvironmentFault: no ledger there, it contradicts itself, or `signer` lacks a current key of the log.
        """
        self._engine = engine
        self._signing = Signing(signer, places)
        self._now = now
        self._state = OpenState()
        self._sound = False
        self._office = threading.Lock()
        self._group: GroupCommit[Sequence[Proposal], list[Outcome]] = GroupCommit(
            self._flush_groups, weight=_events_in, limit=flush_events
        )
        self._refresh()
        self._signing.check(self._state.register)
        self.look()

    @property
    def genesis(self) -> Genesis:
        """The genesis of the ledger."""
        return self._state.register.genesis

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Every registered account in its newest version, as far as this process knows."""
        return MappingProxyType(self._state.register.accounts)

    @property
    def administrators(self) -> Mapping[str, Administrator]:
        """The administrators now, by id, as far as this process knows."""
        return MappingProxyType(self._state.register.administrators)

    @property
    def size(self) -> int:
        """Entries in the log as far as this process knows."""
        return self._state.size

    def submit(self, submission: Submission) -> Outcome:
        """Return once the submission is durable, or refused; call it from as many threads as there are senders.

        Signatures are verified here, before the lock and in parallel.

        Raises:
            EnvironmentFault: the machine failed; the message says whether nothing was stored or that is unknown.
                Sending the same submission again is always right.
        """
        return self.submit_in_order([submission])[0]

    def submit_in_order(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Return the outcome of each submission; later ones may rest on earlier ones, and one flush stores all.

        Raises:
            EnvironmentFault: as `submit`; it holds for all of them, and sending all again is always right.
        """
        proposals = []
        outcomes: list[Outcome | None] = []
        for submission in submissions:
            parsed, problems = precheck(self._state, submission)
            unknown_only = all(problem.code == "key-unknown" for problem in problems)
            outcomes.append(None if unknown_only else Refused(problems=problems))
            if unknown_only:
                proposals.append(propose(parsed, checked=not problems))
        answered = iter(self._group.run(proposals) if proposals else [])
        return [next(answered) if outcome is None else outcome for outcome in outcomes]

    def rehearse(self, submissions: Iterable[Submission]) -> Generator[tuple[Problem, ...], None, None]:
        """Yield the problems that each submission would meet, each after the ones before it; nothing is stored.

        Submissions of other threads wait until the iterator is exhausted or closed.

        Raises:
            EnvironmentFault: the database failed.
        """
        with self._trial() as connection:
            yield from rehearsal.rehearse(self._state, connection, submissions, now=self._now())

    def preview(
        self, party: str, events: Iterable[AnyEvent], *, signed_at: str
    ) -> Generator[tuple[Problem, ...], None, None]:
        """Yield the problems that each event would meet as an act of `party`, after those before it that stand.

        Nothing is stored and nothing need be signed; signatures and their rights are not judged. Submissions of other
        threads wait until the iterator is exhausted or closed.

        Raises:
            InputError: `party` is not registered.
            EnvironmentFault: the database failed.
        """
        with self._trial() as connection:
            yield from rehearsal.preview(
                self._state, connection, party, events, signed_at=signed_at, now=self._now()
            )

    @property
    def rival(self) -> EnvironmentFault | None:
        """Why nothing is signed any more: a checkpoint of our own, found elsewhere, is not of this database."""
        return self._signing.rival

    def look(self) -> EnvironmentFault | None:
        """Look at every place for checkpoints of our own, and return `rival`.

        Raises:
            EnvironmentFault: the database failed.
        """
        with reading(self._engine) as connection:
            return self._signing.look(connection, self._state.register)

    def halt(self, fault: EnvironmentFault) -> None:
        """Nothing more is signed by this process: every submission fails with `fault`, which says how to go on."""
        self._signing.rival = self._signing.rival or fault

    def renew(self, *, older_than: int) -> bool:
        """Give the newest checkpoint a new timed line, if its own one is at least `older_than` seconds old; whether it did.

        The line says that at its time nothing larger was signed, so it is made under the ledger lock, on the newest head.

        Raises:
            EnvironmentFault: nothing is signed any more, or the database failed.
        """
        with self._office:
            self._signing.may_sign()
            self._refresh()
            with holding_lock(self._engine) as connection:
                head = self._catch_up(connection)
                seconds = clock.seconds_of(self._now())
                renewed = self._signing.renew(
                    connection, head, self._state.register, seconds=seconds, older_than=older_than
                )
                connection.commit()
        return renewed

    def trouble(self) -> EnvironmentFault | None:
        """Return why nothing can be posted now, or None; for readiness checks. Nothing is changed."""
        if self.rival is not None:
            return self.rival
        try:
            with reading(self._engine) as connection:
                head = LogReader(connection).head()
        except EnvironmentFault as fault:
            return fault
        previous = head.recorded if head is not None else self.genesis.created_at
        return clock.slowness(self.genesis, previous=previous, now=self._now())

    # --- state --------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Read the log from its beginning if the state may be half changed; no lock is held meanwhile."""
        if self._sound:
            return
        state = OpenState()
        with reading(self._engine) as connection:
            state.catch_up(connection)
        self._state, self._sound = state, True

    def _catch_up(self, connection: Connection) -> StoredCheckpoint:
        self._sound = False
        head = self._state.catch_up(connection)
        self._sound = True
        return head

    @contextlib.contextmanager
    def _trial(self) -> Iterator[Connection]:
        """Give a connection at the newest head, alone with the state; what is tried on its register is undone."""
        with self._office:
            self._refresh()
            with reading(self._engine) as connection:
                self._catch_up(connection)
                try:
                    yield connection
                finally:
                    self._state.register.rollback(0)

    # --- one flush ----------------------------------------------------------------------------------------

    def _flush_groups(self, groups: Sequence[Sequence[Proposal]]) -> Sequence[Answer[list[Outcome]]]:
        """Flush the proposals of all groups in one transaction; the answer to a group are those to its members."""
        proposals = [proposal for group in groups for proposal in group]
        with self._office:
            try:
                self._signing.may_sign()
                self._refresh()
                answers = iter(self._flush(proposals))
            except EnvironmentFault as fault:
                # The log could not even be read, or nothing may be signed, so that nothing was begun.
                answers = iter([failing(fault)] * len(proposals))
            except BaseException:
                self._sound = False
                raise
        return [partial(_all_of, [next(answers) for _ in group]) for group in groups]

    def _flush(self, proposals: Sequence[Proposal]) -> Sequence[Answer[Outcome]]:
        """Judge, store and commit `proposals` in one transaction; return the answer to each."""
        verdicts: list[Verdict] = []
        receipts: Receipts | None = None
        committing = False
        try:
            with holding_lock(self._engine) as connection:
                self._catch_up(connection)
                draft, verdicts = self._judge(connection, proposals)
                if draft.entries:
                    seconds = clock.seconds_of(self._now())
                    addition, receipts = self._signing.cover(draft, self._state.register, seconds=seconds)
                    write(connection, addition)
                    committing = True
                    _point_of_no_return(connection)
                    self._state.advance(draft, addition.checkpoint)
        except EnvironmentFault as fault:
            self._state.register.rollback(0)
            if committing:
                return self._read_outcome(proposals, verdicts)
            # A restart finds the log as it was: the transaction is rolled back, and its checkpoint never left us.
            return [failing(fault)] * len(proposals)
        self._state.register.rollback(0)
        return [self._answer(verdict, receipts) for verdict in verdicts]

    def _judge(self, connection: Connection, proposals: Sequence[Proposal]) -> tuple[Draft, list[Verdict]]:
        now = self._now()
        draft = open_draft(self._state, now=now)
        past = StoredPast(connection, before=self._state.size)
        return draft, judge(self._state, past, draft, proposals, now=now)

    def _read_outcome(
        self, proposals: Sequence[Proposal], verdicts: Sequence[Verdict]
    ) -> Sequence[Answer[Outcome]]:
        """Find out whether a commit that failed has happened, by the same code as at a start."""
        try:
            with holding_lock(self._engine) as connection:
                self._catch_up(connection)
                reader = LogReader(connection)
                return [
                    self._found(reader, proposal, replayed=isinstance(verdict, Known))
                    for proposal, verdict in zip(proposals, verdicts, strict=True)
                ]
        except EnvironmentFault as fault:
            return [failing(outcome_unknown(fault))] * len(proposals)

    def _found(self, reader: LogReader, proposal: Proposal, *, replayed: bool) -> Answer[Outcome]:
        stored = reader.submission(*proposal.key)
        if stored is None or stored.header_hash != header_hash(proposal.submission.header):
            return failing(not_stored(shown(self._engine)))
        found = stored_answer(reader, stored.seq, replayed=replayed)
        return lambda: found

    def _answer(self, verdict: Verdict, receipts: Receipts | None) -> Answer[Outcome]:
        match verdict:
            case Placed():
                return partial(new_answer, verdict, receipts)
            case Known():
                return partial(self._first_answer, verdict.seq)
            case Turned():
                refused = Refused(problems=verdict.problems)
                return lambda: refused
            case Exception():
                return failing(verdict)
            case _:
                assert_never(verdict)

    def _first_answer(self, seq: int) -> Outcome:
        """The answer that the submission with header entry `seq` got when it was stored."""
        with reading(self._engine) as connection:
            return stored_answer(LogReader(connection), seq, replayed=True)


def _point_of_no_return(connection: Connection) -> None:
    """Commit. Before this call nothing of the flush exists; after it, all of it does, whatever happens to us."""
    connection.commit()


def _events_in(proposals: Sequence[Proposal]) -> int:
    return sum(len(proposal.submission.events) for proposal in proposals)


def _all_of(answers: Sequence[Answer[Outcome]]) -> list[Outcome]:
    return [answer() for answer in answers]
