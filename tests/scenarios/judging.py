# SPDX-License-Identifier: Apache-2.0
"""Judge a scenario: the text of a ledger in, its findings out."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypedDict

from tests.scenarios.language import Scenario, scenario
from tests.scenarios.wording import assert_worded
from verifier.basis.findings import Finding
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.obligations.overlay import NO_OVERLAY, Overlay
from verifier.obligations.records import Booking, Unsettled
from verifier.workspace import Workspace

# A bureau at each level, a unit with its project, a bank that signs nothing yet, and one fund.
STAGE = """
2026-01-04 calendar CN 2026 off=2026-02-15..2026-02-23,2026-05-01..2026-05-05 worked=2026-02-28,2026-05-09
2026-01-04 party CENTRE centre finance division=000000
2026-01-04 party PROV province finance division=220000 parent=CENTRE
2026-01-04 party CITY city finance division=220100 parent=PROV
2026-01-04 party NA county finance parent=CITY
2026-01-04 party WATER county unit parent=NA
2026-01-04 party BUILDER payee supplier
2026-01-04 party BK city bank
2026-01-04 account TR NA treasury_single bank=BK
2026-01-04 account WA WATER unit_real bank=BK
2026-01-04 account SUP BUILDER supplier bank=BK
2026-01-04 fund F CENTRE
2026-01-04 project P WATER F
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """What the bank says of reports by label: a date, or why there is none; ``unfed`` for all others.

    Accounts in `covered` have statements for every day.
    """

    said: Mapping[str, datetime.date | Unsettled] = field(default_factory=dict)
    covered: frozenset[str] = frozenset()

    def bookings(self, name: str, amount: int) -> Sequence[Booking]:
        """The whole amount at once."""
        return (Booking(amount, self.said.get(name.split("/")[1], "unfed")),)

    def covers(self, account: str, first: datetime.date, last: datetime.date) -> bool:
        """Whether the account is a covered one."""
        return first <= last and account in self.covered


class Varied(TypedDict, total=False):
    """What a test of one rule may vary of a judgement (`judge`)."""

    bank: Mapping[str, str]
    covered: Iterable[str]
    known_by: int
    ledger: str
    overlay: Overlay
    tracing: TracingRule


def judge(  # noqa: PLR0913 - what a test may vary
    text: str | Scenario,
    as_of: str,
    *,
    rule: str | None = None,
    bank: Mapping[str, str] | None = None,
    covered: Iterable[str] = (),
    known_by: int | None = None,
    ledger: str = "",
    overlay: Overlay = NO_OVERLAY,
    tracing: TracingRule = DEFAULT_TRACING,
) -> list[Finding]:
    """The findings of a scenario on top of `STAGE`, all or those of `rule`; `bank` maps labels to bank dates.

    `ledger` are fields of the genesis, such as ``historical=true``; `tracing` is the selected rule. Each of them is held to
    how findings are worded.
    """
    made = text if isinstance(text, Scenario) else scenario(text, stage=f"ledger {ledger}\n{STAGE}")
    said = {label: _said(word) for label, word in (bank or {}).items()}
    bank_told = Bank(said=said, covered=frozenset(covered))
    with _judged(made, as_of, bank_told, known_by=known_by, overlay=overlay, tracing=tracing) as judgement:
        found = [one for one in judgement.findings() if rule in {None, one.rule}]
    for one in found:
        assert_worded(one)
    return found


def unjudged(text: str, as_of: str, rule: str, *, ledger: str = "") -> int:
    """How often `rule` could not judge what it found in the scenario on top of `STAGE`."""
    with _judged(scenario(text, stage=f"ledger {ledger}\n{STAGE}"), as_of, Bank()) as judgement:
        return sum(gap.count for gap in judgement.gaps if gap.rule == rule)


@contextmanager
def _judged(
    made: Scenario,
    as_of: str,
    bank: Bank,
    *,
    known_by: int | None = None,
    overlay: Overlay = NO_OVERLAY,
    tracing: TracingRule = DEFAULT_TRACING,
) -> Iterator[Judgement]:
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=datetime.date.fromisoformat(as_of),
            known_by=made.events[-1].seq if known_by is None else known_by,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
            overlay=overlay,
            tracing=tracing,
            bank=bank,
        )
        judgement = Judgement(case)
        for posted in made.events:
            judgement.take(posted)
        judgement.close()
        yield judgement


def _said(word: str) -> datetime.date | Unsettled:
    match word:
        case "pending" | "refuted" | "unfed":
            return word
        case _:
            return datetime.date.fromisoformat(word)
