# SPDX-License-Identifier: Apache-2.0
"""Replay of what the ledger took in: the checks that its sequencer made, made again from the bytes alone.

I6  Submissions. The first entry is a genesis that every first administrator signed. Each header entry is followed by
    exactly its events, in order, recorded at one instant, and the last submission is complete; the header names this
    ledger, and its count and root are those of the events; every signature is made by the key it names, and the keys
    have the right: valid, not revoked, of the party, in that role, over that division, by two persons.
I7  References resolve to earlier entries; no submission id, key, line, version or bank line stands twice.
I8  Lines hold what they allocate and pay (where the genesis refuses more); what entered a fund is in its lines or was
    paid (`verifier.integrity.fund_sums`), and its cash is on hand, used or returned (`verifier.integrity.fund_cash`);
    closed bank statements add up (`verifier.integrity.statements`).

Replay ends at the first submission that cannot stand, because everything later was judged by the sequencer as if it
stood. At the first event that only a newer program understands I7 and I8 end; I6 goes on over the bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Final, assert_never

from ledger import authority, effects
from ledger.errors import InputError, MissingError, ProofError
from ledger.first_entry import found
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation
from ledger.kinds.registry import Account, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.past_events import KnownEvent
from ledger.posting import admit
from ledger.problems import Check, Problem
from ledger.register import OpenTables, Register
from ledger.submission import Header, check_form, events_root
from verifier.integrity.fund_cash import FundCash, FundSum
from verifier.integrity.fund_sums import FundSums
from verifier.integrity.past_entries import PastEntries
from verifier.integrity.regrouping import Misplaced, Regrouped, Regrouping
from verifier.integrity.signature_pool import Claimed, SignaturePool, claims_of
from verifier.integrity.statements import Statements
from verifier.integrity.tally import Tally
from verifier.integrity.verdict import Checklist, CheckNumber, told_of
from verifier.integrity.walk import Walked
from verifier.language import Told
from verifier.posted import PostedEvent
from verifier.workspace import Workspace
from verifier.workspace_shelf import WorkspaceShelf

NOTHING: Final[tuple[PostedEvent, ...]] = ()

_NUMBER: Final[dict[Check, CheckNumber]] = {
    "form": "I6",
    "I6": "I6",
    "I7": "I7",
    "I8": "I8",
    "ceiling": "I8",
}
_BROKEN_ENTRIES: Final = Told(en="the entries from here on are broken", zh="自此之后的条目已损坏")
_REFUSED: Final = Told(en="replay ended at a submission that cannot stand", zh="重放止于一笔不能成立的提交")
_NEWER: Final = Told(en="needs a newer verifier from here on", zh="自此之后需要更新版本的验证程序")
_NO_GENESIS: Final = Told(en="there is no genesis", zh="没有创世条目")
_WRONG_ROOT: Final = Told(en="header.root: root does not fit the events", zh="header.root：根哈希与事件不符")


class Admission:
    """I6 to I8 over the entries of one log; `admitted` is the end of the last submission that stands."""

    def __init__(
        self,
        checklist: Checklist,
        past: PastEntries,
        workspace: Workspace,
        pool: SignaturePool,
        *,
        admitted: int = 0,
        tally: Tally | None = None,
    ) -> None:
        """Begin before entry 0, or behind `admitted` entries with the `tally` of them; findings go to `checklist`.

        What register and statements put away lies in `workspace`, and they go on with what is there.
        """
        shelf = WorkspaceShelf(workspace, "register")
        begun = tally.register if tally else OpenTables()
        self.register = Register(**{one.name: getattr(begun, one.name) for one in fields(begun)}, shelf=shelf)
        self.admitted = admitted
        self.commitments = 0
        """How many personal fields the events so far hold back behind a commitment."""
        self._checklist = checklist
        self._past = past
        self._statements = Statements(workspace)
        self._funds = FundSums(self.register)
        self._cash = FundCash(self.register)
        self._pool = pool
        self._regrouping = Regrouping()
        self._ended = False
        if tally:
            self._take_over(tally)

    def _take_over(self, tally: Tally) -> None:
        self.commitments = tally.commitments
        self._funds.entered.update(tally.entered)
        self._funds.paid.update(tally.paid)
        self._cash.claims.update(tally.claims)
        self._cash.fed.update(tally.fed)
        self._cash.sums_of.update(tally.cash_sums)
        self._statements.open.update(tally.statements)

    def tally(self) -> Tally | None:
        """What the checks have come to, with every signature checked; None if anything was found, or is still open."""
        self._tell(self._pool.finish())
        self._past.write()
        if self._ended or self._regrouping.open_since is not None or not self._checklist.is_clean:
            return None
        return Tally(
            register=self.register.open_tables(),
            commitments=self.commitments,
            entered=self._funds.entered,
            paid=self._funds.paid,
            claims=self._cash.claims,
            fed=self._cash.fed,
            cash_sums=self._cash.sums_of,
            statements=self._statements.open,
        )

    def take(self, walked: Walked) -> Sequence[PostedEvent]:
        """The events of the submission that `walked` completes, if it stands; none otherwise."""
        if self._ended:
            return NOTHING
        if walked.seq == 0:
            self._found(walked)
            return NOTHING
        taken = self._regrouping.take(walked)
        match taken:
            case None:
                return NOTHING
            case Misplaced():
                self._end(self.admitted)
                self._checklist.broke("I6", taken.position, taken.reason, cut=self.admitted)
                return NOTHING
            case Regrouped():
                return self._judge(taken)
            case _:
                assert_never(taken)

    def conclude(self, *, sound: bool, size: int) -> Iterator[Told]:
        """After the last entry; `sound` says that all `size` were handed over. Yields notes for the report."""
        self._tell(self._pool.finish())
        since = self._regrouping.open_since
        if size == 0:
            self._checklist.broke("I6", 0, _NO_GENESIS)
        elif not sound and self._checklist.incomplete is None:
            cut = self._checklist.cut
            self._halt(
                self.admitted if cut is None else min(cut, self.admitted), _BROKEN_ENTRIES, "I6", "I7", "I8"
            )
        elif since is not None and not self._ended:
            reason = Told(
                en=f"the checkpoint cuts the submission at {since}: its events are not all there",
                zh=f"检查点截断了第 {since} 条的提交：其事件不全",
            )
            self._checklist.broke("I6", since, reason)
        if self._checklist.incomplete is None:
            self._funds.conclude(self._checklist)
            self._cash.conclude(self._checklist)
            yield from self._statements.conclude(self._checklist)

    def fund_sums(self) -> tuple[FundSum, ...]:
        """The cash of each fund after the submissions that stand."""
        return tuple(self._cash.sums())

    def _found(self, walked: Walked) -> None:
        try:
            found(self.register, walked.data)
        except InputError as error:
            self._end(0)
            self._checklist.broke("I6", 0, told_of(error))
            return
        self.admitted = 1

    def _judge(self, taken: Regrouped) -> Sequence[PostedEvent]:
        header = taken.submission.header
        try:
            if taken.foreign is not None or self._checklist.newer_from is not None:
                self._judge_bytes(taken)
                return NOTHING
            problems = self._problems(taken)
        except MissingError as error:  # the source lacks something; the submission is not to blame for it
            self._ended = True
            self._checklist.incomplete = reason = told_of(error)
            self._halt(taken.seq, reason, "I6", "I7", "I8")
            return NOTHING
        except (
            ProofError
        ) as error:  # an earlier entry is not under the checkpoint: no submission is to blame either
            self._ended = True
            self._halt(taken.seq, told_of(error), "I6", "I7", "I8")
            self._checklist.broke("I3", None, told_of(error))
            return NOTHING
        except InputError as error:
            self._end(taken.seq)
            self._checklist.broke("I6", taken.seq, _named(header, told_of(error)))
            return NOTHING
        if problems:
            self._refuse(taken, problems)
            return NOTHING
        posted = tuple(taken.posted())
        self._past.note_submission(header.party, header.id, seq=taken.seq, events=len(posted))
        for one in posted:
            self.commitments += len(one.event.sd)
            self._past.note_event(one.seq, one.event)
            self._count(one, taken.seq)
        self.register.settle()
        self.admitted = taken.end
        return posted

    def _problems(self, taken: Regrouped) -> tuple[Problem, ...]:
        return self._claim_signatures(taken) or admit(
            self.register,
            taken.submission,
            seq=taken.seq,
            recorded=taken.recorded,
            past=self._past,
            signatures=False,
        )

    def _count(self, posted: PostedEvent, header: int) -> None:
        """I8: the sums after one more event."""
        event = posted.event
        if not isinstance(event, Correction):
            self._funds.take(event)
            self._cash.take(event, seq=posted.seq, original=self._undone_by(event))
            self._statements.take(event, seq=posted.seq, cut=header)
            return
        known = self._past.find(event.event)
        if known is not None:
            self._funds.take(known.event, times=-1)
            self._cash.take(known.event, seq=known.seq, original=self._undone_by(known.event), times=-1)
            self._statements.undo(known.event)

    def _undone_by(self, event: AnyEvent) -> AnyEvent | None:
        """The event whose money a return brings back."""
        if not isinstance(event, Return) or event.event is None:
            return None
        known = self._past.find(event.event)
        return None if known is None else known.event

    # --- signatures ---------------------------------------------------------------------------------------

    def _claim_signatures(self, taken: Regrouped) -> tuple[Problem, ...]:
        """Have every signature checked under the key that the register holds for it here; problems if it holds none."""
        claims = claims_of(self.register, taken.submission, seq=taken.seq)
        if claims is None:
            return tuple(authority.check_signatures(self.register, taken.submission))
        self._tell(self._pool.add(claims))
        return ()

    def _tell(self, wrong: Iterator[Claimed]) -> None:
        for claimed in wrong:
            short = f"{claimed.signature.key[:16]}…"
            reason = Told(
                en=f"the {claimed.signature.role} signature by key {short} does not fit the header",
                zh=f"密钥 {short} 的 {claimed.signature.role} 签名与提交头不符",
            )
            self._checklist.broke("I6", claimed.seq, _named(claimed.header, reason))

    # --- beyond what this program understands -------------------------------------------------------------

    def _judge_bytes(self, taken: Regrouped) -> None:
        """I6 as far as it goes without understanding the events: root, signatures, and the rights of the keys."""
        if self._checklist.newer_from is None and taken.foreign is not None:
            self._checklist.needs_newer(taken.foreign)
            self._halt(taken.foreign, _NEWER, "I7", "I8")
        submission = taken.submission
        check_form(submission, place=f"entry {taken.seq}")
        if submission.header.root != events_root(submission.event_bytes):
            self._end(taken.seq)
            self._checklist.broke("I6", taken.seq, _named(submission.header, _WRONG_ROOT))
            return
        problems = self._claim_signatures(taken) or tuple(
            authority.check_signers(self.register, submission, recorded=taken.recorded, past=self._past)
        )
        if problems:
            self._refuse(taken, problems)
            return
        self._register_only(taken)

    def _register_only(self, taken: Regrouped) -> None:
        """Keep up to date the parties, accounts, projects, policies and keys, on which the rights of later signers rest."""
        for event in taken.submission.events:
            if isinstance(
                event,
                Party | Account | Project | Key | Policy | LogKeyChange | Deputation | AdministratorChange,
            ):
                party = taken.submission.header.party
                known = KnownEvent(seq=taken.seq, recorded=taken.recorded, party=party, event=event)
                for _problem in effects.take_in(self.register, known, name="", past=self._past):
                    pass  # I7, which ended at the first unknown event
        self.register.settle()

    # --- ends ---------------------------------------------------------------------------------------------

    def _refuse(self, taken: Regrouped, problems: Sequence[Problem]) -> None:
        self._end(taken.seq)
        for problem in problems:
            position = taken.seq if problem.index is None else taken.seq + 1 + problem.index
            reason = Told(
                en=f"{problem.place}: {problem.message_en}", zh=f"{problem.place}：{problem.message_zh}"
            )
            named = _named(taken.submission.header, reason)
            self._checklist.broke(_NUMBER[problem.check], position, named, cut=taken.seq)

    def _end(self, position: int) -> None:
        self._ended = True
        self._halt(position, _REFUSED, "I6", "I7", "I8")

    def _halt(self, position: int | None, reason: Told, *numbers: CheckNumber) -> None:
        for number in numbers:
            self._checklist.halt(number, position, reason)


def _named(header: Header, reason: Told) -> Told:
    name = f"{header.party}/{header.id}"
    return Told(en=f"submission {name}, {reason.en}", zh=f"提交 {name}，{reason.zh}")
