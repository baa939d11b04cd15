# SPDX-License-Identifier: Apache-2.0
"""Judging the served ledger in the background: the very rules of `fundtrace audit`, over the entries of the database.

Bytes and signatures are not verified again here: the commit path did, against the checkpoint, and nobody is asked to
believe this server; `fundtrace audit` does both from the published log.
"""

from collections.abc import Iterator
from typing import Final

from api.projection.finding_board import Judged
from api.projection.timetable import Timetable
from api.served_ledger import ServedLedger
from ledger.instant import business_date
from verifier.basis.findings import Finding
from verifier.basis.rulepack import rules_of
from verifier.casework.life_cycle import LifeCycles
from verifier.judgement.catalogue import MatchingWatch
from verifier.judgement.money_watch import MoneyWatch
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.reading.posted_events import posted_among
from verifier.reconciliation.stopped_statements import stopped_after, stopped_statements
from verifier.workspace import Workspace

_AT_ONCE: Final = 4_096


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
            book=rules_of(ledger.genesis),
        )
        judgement, timetable = Judgement(case), Timetable(case)
        for posted in posted_events(ledger, head.size):
            judgement.take(posted)
            timetable.take(posted)
        judgement.close()
        cycles = LifeCycles(judgement.casebook, as_of)
        public, undecided = _sorted_out(judgement.findings(), cycles)
        matching, money = _watching(judgement)
        instalments, owed = timetable.read(matching.facts)
        after = stopped_after(case.book, as_of)
        stopped = stopped_statements(money.books.coverage, case.standing.accounts, as_of, after)
        return Judged(
            size=head.size,
            root=head.root.hex(),
            as_of=as_of,
            public=public,
            lives={one.id: cycles.of(one) for one in public},
            undecided=undecided,
            gaps=tuple(judgement.gaps),
            rules={rule.id: rule for watch in judgement.watches for rule in watch.rules},
            instalments=instalments,
            owed=owed,
            tasks=timetable.tasks(),
            stopped=tuple(stopped),
            stopped_after=after,
        )


def posted_events(ledger: ServedLedger, size: int) -> Iterator[PostedEvent]:
    """The events among the first `size` entries, in log order; kinds that this program does not know are left out."""
    return posted_among(_entries(ledger, size))


def _entries(ledger: ServedLedger, size: int) -> Iterator[bytes]:
    for start in range(0, size, _AT_ONCE):
        with ledger.reading() as reader:
            found = list(reader.entries(start, min(start + _AT_ONCE, size)))
        yield from found


def _sorted_out(findings: Iterator[Finding], cycles: LifeCycles) -> tuple[tuple[Finding, ...], int]:
    """The proved and the affirmed ones, and how many matters could not be decided."""
    public: list[Finding] = []
    undecided = 0
    for one in findings:
        if one.finding_class == "proved" or cycles.of(one).affirmed:
            public.append(one)
        undecided += one.finding_class == "undecidable"
    return tuple(public), undecided


def _watching(judgement: Judgement) -> tuple[MatchingWatch, MoneyWatch]:
    """The two rules of `judgement` whose books say more than their findings."""
    matching = next(one for one in judgement.watches if isinstance(one, MatchingWatch))
    return matching, next(one for one in judgement.watches if isinstance(one, MoneyWatch))
