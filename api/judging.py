# SPDX-License-Identifier: Apache-2.0
"""Judging the served ledger in the background: the very rules of `fundtrace audit`, over the entries of the database.

Bytes and signatures are not verified again here: the commit path did, against the checkpoint, and nobody is asked to
believe this server; `fundtrace audit` does both from the published log.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from api.projection.finding_board import Duty, Instalment, Judged, Owed, telling
from api.served_ledger import ServedLedger
from ledger.entry import EventEntry, HeaderEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.hashing import leaf_hash
from ledger.instant import business_date
from ledger.submission import Header, event_name
from verifier.basis.findings import Finding
from verifier.basis.rulepack import Addressee, RuleBook, load_pack, pack_for
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.obligations.docket import Docket
from verifier.obligations.records import Obligation, State
from verifier.posted import PostedEvent
from verifier.rules import disbursement_delay, passing_on_delay
from verifier.workspace import Workspace

INSTALMENTS_MAX: Final = 12
"""Instalments of one fund that its page shows."""
_AT_ONCE: Final = 4_096
_UNSETTLED: Final[frozenset[State]] = frozenset({"open", "due_soon", "overdue"})


def judge_ledger(ledger: ServedLedger) -> Judged:
    """The judgement of everything committed so far, as of the day of the last entry (semantics O10).

    Raises:
        EnvironmentFault: the database does not answer, or the disk is full.
        InputError: the ledger names a rule pack that is not here.
    """
    head = ledger.head()
    as_of = business_date(head.recorded, ledger.genesis.time_zone)
    with Workspace() as workspace:
        case = Case(
            genesis=ledger.genesis,
            genesis_hash=ledger.genesis_hash,
            as_of=as_of,
            known_by=head.size - 1,
            workspace=workspace,
            book=RuleBook(load_pack(pack_for(ledger.genesis.packs, ledger.genesis.currency))),
        )
        judgement, timetable = Judgement(case), _Timetable(case)
        for posted in posted_events(ledger, head.size):
            judgement.take(posted)
            timetable.take(posted)
        judgement.close()
        public, undecided = _sorted_out(judgement.findings())
        instalments, owed = timetable.read()
        return Judged(
            size=head.size,
            root=head.root.hex(),
            as_of=as_of,
            public=public,
            undecided=undecided,
            gaps=tuple(judgement.gaps),
            rules={rule.id: rule for watch in judgement.watches for rule in watch.rules},
            instalments=instalments,
            owed=owed,
        )


def posted_events(ledger: ServedLedger, size: int) -> Iterator[PostedEvent]:
    """The events among the first `size` entries, in log order; kinds that this program does not know are left out."""
    header: Header | None = None
    for start in range(0, size, _AT_ONCE):
        with ledger.reading() as reader:
            entries = list(reader.entries(start, min(start + _AT_ONCE, size)))
        for seq, data in enumerate(entries, start):
            entry = parse_entry(data, place=f"entry {seq}")
            match entry:
                case HeaderEntry():
                    header = entry.header
                case EventEntry():
                    yield _posted(entry, data, header)
                case _:
                    pass


def _posted(entry: EventEntry, data: bytes, header: Header | None) -> PostedEvent:
    if header is None:
        raise ProgrammerError(f"entry {entry.seq} is an event before any header")
    return PostedEvent(
        seq=entry.seq,
        leaf=leaf_hash(data),
        recorded=entry.recorded,
        party=header.party,
        name=event_name(header, entry.index),
        event=entry.event,
    )


def _sorted_out(findings: Iterator[Finding]) -> tuple[tuple[Finding, ...], int]:
    """The proved ones, and how many matters could not be decided."""
    public: list[Finding] = []
    undecided = 0
    for one in findings:
        if one.finding_class == "proved":
            public.append(one)
        undecided += one.finding_class == "undecidable"
    return tuple(public), undecided


class _Timetable:
    """Every deadline of the two duties, kept or missed, from the acts that their rules note."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._dockets: dict[Duty, Docket] = {
            "pass_on": Docket(case.workspace, "timetable of passing on"),
            "pay": Docket(case.workspace, "timetable of payments"),
        }

    def take(self, posted: PostedEvent) -> None:
        """Note what `posted` starts or fulfils; the case's registers hold it already."""
        if posted.event.occurred_on > self._case.as_of:
            return
        passing_on_delay.note(posted, self._case, self._dockets["pass_on"])
        disbursement_delay.note(posted, self._case, self._dockets["pay"])

    def read(self) -> tuple[dict[str, tuple[Instalment, ...]], tuple[Owed, ...]]:
        """The instalments of each fund that say most, and all that is not settled, sorted by id."""
        found: dict[str, list[Instalment]] = defaultdict(list)
        owed: list[Owed] = []
        count: Counter[tuple[int, Duty]] = Counter()
        for duty, one in self._obligations():
            found[one.opening.fund].append(_instalment(duty, one))
            if one.state in _UNSETTLED:
                trigger = (one.opening.entry.seq, duty)
                owed.append(_owed(duty, one, number=count[trigger]))
                count[trigger] += 1
        telling_most = {fund: telling(rows, most=INSTALMENTS_MAX) for fund, rows in found.items()}
        return telling_most, tuple(sorted(owed, key=lambda one: one.id))

    def _obligations(self) -> Iterator[tuple[Duty, Obligation]]:
        for rule, (duty, docket) in zip(
            (passing_on_delay.RULE, disbursement_delay.RULE), self._dockets.items(), strict=True
        ):
            terms = self._case.book.terms(rule.id, Addressee(fund=""), self._case.as_of)
            for one in docket.obligations(self._case.dates(terms.number("late_days"))):
                yield duty, one


def _instalment(duty: Duty, one: Obligation) -> Instalment:
    return Instalment(
        fund=one.opening.fund,
        duty=duty,
        who=one.opening.who,
        amount=one.amount,
        due=one.due,
        met_on=one.met_on,
        state=one.state,
        started=one.opening.entry.seq,
    )


def _owed(duty: Duty, one: Obligation, *, number: int) -> Owed:
    started = one.opening.entry.seq
    return Owed(
        id=f"{started:016d}-{duty.replace('_', '-')}-{number}",
        duty=duty,
        who=one.opening.who,
        fund=one.opening.fund,
        line=one.opening.line,
        amount=one.amount,
        outstanding=one.outstanding,
        due=one.due,
        state=one.state,
        started=started,
    )
