# SPDX-License-Identifier: Apache-2.0
"""What holds for every judgement: determinism, order, splitting, gaps, the as-of date."""

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scenarios.judging import STAGE, judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding, in_order, params_hash, parse_line, to_line
from verifier.basis.rulepack import PACKS, RuleBook, load_pack
from verifier.judgement.money_watch import INTEREST_RULE
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.reconciliation.stopped_statements import STATEMENTS_STOPPED
from verifier.workspace import Workspace

# Findings of every rule: the province keeps half, the county pays late, the match is short, a line is overdrawn.
WORLD = """
2026-01-06 fund G CENTRE as=fund
  match base=allocated num=1 den=4 level=county due_on=2026-06-30 basis="国办发 1"
  match base=allocated num=1 den=10 level=city due_on=2026-06-30
2026-01-10 issue T1 1000.00 CENTRE -> PROV fund=G as=top
2026-01-20 split T2 500.00 PROV -> NA parent=T1 project=P as=down
2026-02-02 submit K1 300.00 project=P line=T2 by=WATER as=asked
2026-02-05 approve K1 300.00 project=P line=T2 by=NA as=ok
2026-02-20 pay 100.00 T2 TR -> SUP claim=K1 as=part
2026-05-20 pay 200.00 T2 TR -> SUP claim=K1 as=rest
2026-05-21 pay 300.00 T2 TR -> SUP as=over
2026-06-10 matched 60.00 NA -> TR fund=G as=match
"""
FLAG = "ceilings=flag"
DUTIES = ("F03", "F04", "F06", "F07", "F32")


def judged(text: str, as_of: str = "2026-07-31") -> list[Finding]:
    """The findings about duties; what depends on the order within a day is tested where money is traced."""
    return [one for one in judge(text, as_of, ledger=FLAG) if one.rule in DUTIES]


def essence(findings: list[Finding]) -> list[tuple[object, ...]]:
    """What must not depend on names and positions of payments."""
    return sorted(
        (
            one.rule,
            one.finding_class,
            one.amount_min,
            one.amount,
            one.outstanding,
            str(one.due),
            str(one.state),
        )
        for one in findings
    )


def test_every_rule_finds_what_it_should() -> None:
    """One ledger, five rules, in the order of reports."""
    assert tuple(one.rule for one in judged(WORLD)) == DUTIES
    found = judge(WORLD, "2026-07-31", ledger=FLAG)
    assert found == in_order(found)


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_has_a_row_in_every_pack(name: str) -> None:
    """So that each finding names a basis that a policy can take the place of; and no row is of a rule that is not."""
    pack, made = load_pack(name), scenario("", stage=f"ledger \n{STAGE}")
    with Workspace() as workspace:
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=date(2026, 7, 31),
            known_by=0,
            workspace=workspace,
            book=RuleBook(pack),
        )
        rules = {rule.id for rule in Judgement(case).rules}
    assert rules | {STATEMENTS_STOPPED, INTEREST_RULE} == {row.rule for row in pack.rows}


def test_same_prefix_gives_same_bytes() -> None:
    """Two runs, byte for byte; each line reads back."""
    one, other = (list(lines(WORLD)) for _ in range(2))
    assert one == other
    assert [to_line(parse_line(line)) for line in one] == one


def lines(text: str, as_of: str = "2026-07-31") -> Iterator[bytes]:
    """The findings as lines."""
    return (to_line(finding) for finding in judge(text, as_of, ledger=FLAG))


def test_ids_survive_dates_and_parameters() -> None:
    """The id names the matter, the content hash what was said of it."""
    first = {one.rule: one for one in judged(WORLD, "2026-07-30")}
    later = {one.rule: one for one in judged(WORLD)}
    policy = "2026-07-31 policy P\n  row a F04 red_overdue=400\n"
    other = {one.rule: one for one in judged(WORLD + policy)}
    assert {rule: one.id for rule, one in first.items()} == {rule: one.id for rule, one in later.items()}
    assert first["F04"].content_hash != later["F04"].content_hash
    assert other["F04"].id == later["F04"].id
    assert other["F04"].params_hash == later["F04"].params_hash  # the approval came before the policy


def test_a_policy_changes_the_params_hash() -> None:
    """What is judged under other parameters says so."""
    policy = "2026-01-06 policy P\n  row a F04 red_overdue=400\n"
    plain, other = (
        next(one for one in judged(text) if one.rule == "F04") for text in (WORLD, policy + WORLD)
    )
    assert plain.id == other.id
    assert plain.params_hash != other.params_hash
    assert (plain.severity, other.severity) == ("red", "yellow")


@given(st.integers(0, 2**32))
def test_the_order_of_unrelated_events_changes_nothing(seed: int) -> None:
    """Events of one day in any order that their references allow: same amounts, dates and classes."""
    early = [
        "2026-02-05 approve K1 300.00 project=P line=T2 by=NA as=ok",
        "2026-02-05 approve K2 50.00 project=P line=T2 by=NA as=ok2",
        "2026-02-05 pay 10.00 T2 TR -> SUP claim=K2 as=pay1",
        "2026-02-05 matched 60.00 NA -> TR fund=G as=match1",
        "2026-02-05 transfer 5.00 TR -> WA as=move",
        "2026-02-05 split T3 100.00 PROV -> CITY parent=T1 as=down2",
    ]
    head, tail = WORLD.split("2026-02-05", maxsplit=1)
    head += "2026-02-04 submit K2 50.00 project=P line=T2 by=WATER as=asked2\n"
    tail = tail.split("\n", maxsplit=1)[1]
    shuffled = random.Random(seed).sample(early, len(early))
    plain, other = (judged(head + "\n".join(part) + "\n" + tail) for part in (early, shuffled))
    assert essence(plain) == essence(other)
    assert {one.id for one in plain} == {one.id for one in other}


@given(st.lists(st.integers(1, 9_999), max_size=6))
def test_splitting_a_payment_changes_no_amount(cuts: list[int]) -> None:
    """One payment of 100.00, or many that sum to it on the same day."""
    edges = [0, *sorted({cut for cut in cuts if cut < 10_000}), 10_000]
    parts = [
        f"2026-02-20 pay {(b - a) // 100}.{(b - a) % 100:02d} T2 TR -> SUP claim=K1 as=part{n}"
        for n, (a, b) in enumerate(itertools.pairwise(edges))
    ]
    split = WORLD.replace("2026-02-20 pay 100.00 T2 TR -> SUP claim=K1 as=part", "\n".join(parts))
    assert essence(judge(WORLD, "2026-07-31", ledger=FLAG)) == essence(
        judge(split, "2026-07-31", ledger=FLAG)
    )


@pytest.mark.parametrize("days", range(0, 200, 25))
def test_as_of_a_day_equals_the_ledger_cut_at_that_day(days: int) -> None:
    """Later dates change nothing about an earlier one, whatever is posted meanwhile (O10)."""
    day = str(date(2026, 1, 25) + timedelta(days=days))
    kept = [line for line in WORLD.strip().split("\n") if line.startswith(" ") or line[:10] <= day]
    cut, full = (judged(text, day) for text in ("\n".join(kept), WORLD))
    assert essence(cut) == essence(full)


def test_gaps_say_what_could_not_be_judged() -> None:
    """A level without a time limit is named and counted, and is no clean bill."""
    text = """
    2026-01-09 party TOWN township finance parent=NA
    2026-01-10 issue X1 10.00 CENTRE -> TOWN fund=F
    2026-01-11 issue X2 10.00 CENTRE -> TOWN fund=F
    """
    made = scenario(text, stage=STAGE)
    with Workspace() as workspace:
        book = RuleBook(load_pack("cn-special-funds"))
        case = Case(
            genesis=made.genesis,
            genesis_hash=made.genesis_hash,
            as_of=made.events[-1].event.occurred_on,
            known_by=made.events[-1].seq,
            workspace=workspace,
            book=book,
        )
        judgement = Judgement(case)
        for posted in made.events:
            judgement.take(posted)
        judgement.close()
        assert [(gap.rule, gap.count) for gap in judgement.gaps] == [("F03", 2)]
        assert "township" in judgement.gaps[0].reason.en
        assert list(judgement.lines()) == []


def test_no_two_findings_share_an_id() -> None:
    """Several receipts, claims, returns and excesses of one line are told apart."""
    more = """
    2026-03-01 adjust T1 100.00 CENTRE -> PROV direction=increase as=more
    2026-05-25 return 150.00 SUP -> TR event=rest by=BK as=back
    2026-05-26 return 40.00 SUP -> TR event=rest by=BK as=back2
    2026-06-01 recall T2 20.00 NA -> PROV as=taken
    """
    head, tail = WORLD.split("2026-06-10", maxsplit=1)
    found = judge(head + more + "2026-06-10" + tail, "2026-09-30", ledger=FLAG)
    assert len(found) > len(DUTIES)
    assert len({one.id for one in found}) == len(found)


def test_every_finding_names_the_pack_the_rows_and_the_windows() -> None:
    """Whoever reads one alone knows by which numbers it was judged, and from where they come; the hash covers them."""
    policy = "2026-01-05 policy P\n  row w R1 match_days=2\n  row a F04 soon=9\n"
    for one in judge(policy + WORLD, "2026-07-31", ledger=FLAG):
        said = one.parameters
        assert said["pack"] == "cn-special-funds/1"
        assert "#" in str(said["sources"])
        assert params_hash(one.rule, one.rule_version, said, one.calendars) == one.params_hash
        if one.rule == "F04":
            assert "policy P/1#a" in str(said["sources"])
        if "match_days" in said:
            assert "policy P/1#w" in str(said["windows_from"])
