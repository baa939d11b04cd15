# SPDX-License-Identifier: Apache-2.0
"""What must not matter does not matter: findings about money follow a ledger that is renamed, scaled, shifted, added to."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds.control import Correction
from ledger.kinds.fact import Transfer
from ledger.kinds.form import Tag
from ledger.kinds.registry import Account, Fund
from ledger.kinds.vocabulary import AnyEvent
from tests.properties.test_money_books import FIRST, GENESIS, facts, ledgers, posted
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.basis.findings import Finding

RULES = frozenset({"F01", "F02", "R1", "R2", "T2", "T12", "T17", "T19"})
AS_OF = FIRST + datetime.timedelta(days=40)
WEEK = datetime.timedelta(days=7)


def judged(
    events: Sequence[AnyEvent], *, as_of: datetime.date = AS_OF, later: datetime.timedelta = WEEK * 0
) -> list[Finding]:
    """The findings about money; everything is recorded `later` than usual."""
    with Workspace() as workspace:
        case = Case(
            genesis=GENESIS,
            genesis_hash="00" * 32,
            as_of=as_of,
            known_by=10_000,
            workspace=workspace,
            book=RuleBook(load_pack("generic")),
        )
        judgement = Judgement(case)
        for one in posted(events):
            recorded = datetime.datetime.fromisoformat(one.recorded) + later
            judgement.take(msgspec.structs.replace(one, recorded=f"{recorded:%Y-%m-%dT%H:%M:%S}.000Z"))
        judgement.close()
        return [one for one in judgement.findings() if one.rule in RULES]


Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def changed(events: Sequence[AnyEvent], change: Callable[[str, Json], Json]) -> list[AnyEvent]:
    """The events with `change` applied to every value in them, from the leaves up."""

    def walk(value: Json) -> Json:
        if isinstance(value, dict):
            return {name: change(name, walk(one)) for name, one in value.items()}
        if isinstance(value, list):
            return [walk(one) for one in value]
        return value

    return [msgspec.convert(walk(msgspec.to_builtins(one)), AnyEvent) for one in events]


def told(finding: Finding, *, times: int = 1, later: datetime.timedelta = WEEK * 0) -> tuple[Any, ...]:
    """What a finding says that a change may touch in a known way."""
    amounts = (finding.amount_min, finding.amount, finding.amount_max, finding.restored, finding.outstanding)
    return (
        finding.rule,
        finding.finding_class,
        finding.fund,
        tuple(None if one is None else one * times for one in amounts),
        finding.first_event,
        finding.decisive_event,
        None if finding.decisive_on is None else finding.decisive_on + later,
        finding.marks,
        tuple(entry.name for entry in finding.evidence),
    )


@given(ledgers(pools=True))
def test_names_of_accounts_do_not_matter(events: list[AnyEvent]) -> None:
    """Metamorphic: renamed accounts give the same findings under other names."""
    fields = {"id", "account", "from_account", "to_account", "counterparty", "pool"}
    names = {"A": "Z9", "B": "Y8", "T": "X7"}

    def rename(name: str, value: Json) -> Json:
        return names.get(value, value) if name in fields and isinstance(value, str) else value

    before, after = judged(events), judged(changed(events, rename))
    assert sorted(map(repr, map(told, before))) == sorted(map(repr, map(told, after)))
    assert sorted([names.get(one, one) for one in finding.accounts] for finding in before) == sorted(
        list(finding.accounts) for finding in after
    )


@given(ledgers(), st.integers(2, 1_000))
def test_amounts_scale(events: list[AnyEvent], times: int) -> None:
    """Metamorphic: with one fund, where nothing is shared out by remainders, all amounts grow alike."""
    single = [one for one in events if _fund_of(one) not in {"G", "LG"}]

    def scale(name: str, value: Json) -> Json:
        if name in {"amount", "opening", "closing"} and isinstance(value, int):
            return value * times
        return value

    before, after = judged(single), judged(changed(single, scale))
    assert sorted(repr(told(one, times=times)) for one in before) == sorted(map(repr, map(told, after)))


def _fund_of(event: AnyEvent) -> str | None:
    tag = getattr(event, "tag", None)
    if tag is not None:
        return str(tag.fund)
    return getattr(event, "fund", None) or (
        event.id if isinstance(event, Fund) else getattr(event, "line", None)
    )


@given(ledgers(pools=True), st.integers(1, 8))
def test_whole_weeks_do_not_matter(events: list[AnyEvent], weeks: int) -> None:
    """Metamorphic: everything a number of weeks later, the day judged too, gives the same findings then."""

    def shift(name: str, value: Json) -> Json:
        if (
            name not in {"occurred_on", "from", "to", "value_on"}
            or not isinstance(value, str)
            or len(value) != 10
        ):
            return value
        return str(datetime.date.fromisoformat(value) + WEEK * weeks)

    later = WEEK * weeks
    before = judged(events)
    after = judged(changed(events, shift), as_of=AS_OF + later, later=later)
    assert sorted(repr(told(one, later=later)) for one in before) == sorted(map(repr, map(told, after)))


@given(ledgers(pools=True), st.integers(1, 9))
def test_an_unrelated_fund_does_not_matter(events: list[AnyEvent], amount: int) -> None:
    """Metamorphic: another fund in another account changes no finding and adds only its own."""
    fund = Fund(
        occurred_on=FIRST, id="H", name="H", purpose="p", issuer="P", level="province", fiscal_year=2026
    )  # fmt: skip
    account = Account(occurred_on=FIRST, id="Q", owner="U", account_class="unit_real", bank="K")
    common: dict[str, Any] = {"occurred_on": FIRST, "amount": amount, "reason": "other"}
    moves = [
        Transfer(from_account="S", to_account="Q", tag=Tag(fund="H", source="grant"), **common),
        Transfer(from_account="Q", to_account="S", **common),
    ]
    before, after = judged(events), judged([*events, fund, account, *moves])
    assert [told(one) for one in before] == [told(one) for one in after if one.accounts[0] != "Q"]
    assert [one.fund for one in after if one.accounts[0] == "Q"] == ["H"]


@given(ledgers(pools=True), st.data())
def test_what_was_posted_and_reversed_does_not_matter(events: list[AnyEvent], data: st.DataObject) -> None:
    """Metamorphic, T18: a report and its correction leave every finding that stands as it was; others are corrected."""
    report = data.draw(facts([]))
    reversal = Correction(occurred_on=FIRST, event=f"U/s-{len(events)}/0", reason="r")
    before, after = judged(events), judged([*events, report, reversal])
    standing = [one for one in after if one.state != "corrected"]
    assert [told(one) for one in before if one.state != "corrected"] == [told(one) for one in standing]
    assert all(one.outstanding == 0 for one in after if one.state == "corrected")
