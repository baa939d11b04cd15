# SPDX-License-Identifier: Apache-2.0
"""Rule packs: what ships, and which layer wins."""

from datetime import date
from typing import Literal

import pytest
from msgspec.structs import replace

from ledger.errors import InputError
from ledger.kinds.registry import Fund, Policy, PolicyRow
from ledger.party import Level
from tests.scenarios.language import scenario
from verifier.basis.pack_form import PackRow
from verifier.basis.rulepack import PACKS, Addressee, RuleBook, load_pack, pack_for
from verifier.language import Told

DAY = date(2026, 3, 1)


def book(text: str = "", *, pack: str = "cn-special-funds") -> RuleBook:
    """The rules in force after the policies and funds of a scenario."""
    made = RuleBook(load_pack(pack))
    for posted in scenario(text).events:
        match posted.event:
            case Policy():
                made.adopt(posted.event)
            case Fund():
                made.register_fund(posted.event)
            case _:
                pass
    return made


def days(made: RuleBook, rule: str = "F03", *, on: date = DAY, **to: object) -> tuple[int | None, str | None]:
    """Days and unit for an addressee of fund F."""
    terms = made.terms(rule, Addressee(fund="F", **to), on)  # type: ignore[arg-type]
    return terms.get("days"), terms.unit


@pytest.mark.parametrize("name", PACKS)
def test_packs_are_well_formed(name: str) -> None:
    """Each row is unique, says its basis twice and marks what is no law."""
    pack = load_pack(name)
    assert pack.id == name
    assert len({row.id for row in pack.rows}) == len(pack.rows)
    for row in pack.rows:
        assert row.basis.zh
        assert row.basis.en
        told = "惯例" in row.basis.zh or "Convention" in row.basis.en or "convention" in row.basis.en
        if "days" in row.parameters:
            assert told == (row.status == "convention")


def test_unknown_pack_is_refused() -> None:
    """A ledger is never judged by a pack the verifier does not have."""
    with pytest.raises(InputError, match="carries"):
        load_pack("../secrets")


def test_pack_is_chosen_by_genesis_then_currency() -> None:
    """The genesis names it; else yuan means China."""
    assert pack_for(("generic",), "CNY") == "generic"
    assert pack_for((), "CNY") == "cn-special-funds"
    assert pack_for((), "BRL") == "generic"


def test_defaults_of_passing_on() -> None:
    """Province 30 by law, city and county 60 by convention, direct funds 30, others nothing."""
    made = book()
    assert days(made, level="province") == (30, "calendar")
    assert days(made, level="county") == (60, "calendar")
    assert days(made, level="county", direct=True) == (30, "calendar")
    assert days(made, level="township") == (None, None)
    assert made.terms("F03", Addressee(fund="F", level="province"), DAY).status == "law"
    assert made.terms("F03", Addressee(fund="F", level="county"), DAY).status == "convention"
    assert made.terms("F03", Addressee(fund="F", level="county", direct=True), DAY).status == "published"
    assert days(book(pack="generic"), level="province") == (None, None)


FUND = """
2026-01-05 fund F PROV
  deadline pass_on 10 working level=city basis="办法 3"
"""


def test_deadlines_of_the_fund_win_over_the_pack() -> None:
    """The fund says who owes; conventions yield to its list, law does not."""
    made = book(FUND)
    assert days(made, level="city") == (10, "working")
    assert days(made, level="county") == (None, None)
    assert days(made, level="province") == (30, "calendar")
    terms = made.terms("F03", Addressee(fund="F", level="city"), DAY)
    assert (terms.basis.zh, terms.status) == ("办法 3", "ledger")
    assert terms.sources[-1] == "fund F/1"
    assert days(made, "F04", level="city") == (30, "calendar")


POLICIES = """
2026-02-01 policy P effective_on=2026-03-01
  row a F03 days=45 level=city unit=calendar
  row b F03 days=20 unit=working fund=F level=city
  row c F04 days=15 unit=working
"""


def test_policy_rows_act_from_their_effective_date() -> None:
    """A general row yields to the fund, a row for the fund does not."""
    before, after = date(2026, 2, 28), date(2026, 3, 1)
    assert days(book(POLICIES), on=before, level="city") == (60, "calendar")
    assert days(book(FUND + POLICIES), on=before, level="city") == (10, "working")
    assert days(book(FUND + POLICIES), on=after, level="city") == (20, "working")
    general = POLICIES.replace("fund=F", "fund=G")
    assert days(book(FUND + general), on=after, level="city") == (10, "working")
    assert days(book(general), on=after, level="city") == (45, "calendar")
    assert days(book(POLICIES), "F04", on=after, level="city") == (15, "working")


def test_a_new_version_of_a_policy_replaces_all_its_rows() -> None:
    """A row left out is no longer in force."""
    again = "\n2026-03-01 policy P version=2\n  row c F04 days=12 unit=calendar"
    made = book(POLICIES + again)
    assert days(made, "F04", level="city") == (12, "calendar")
    assert days(made, level="city") == (60, "calendar")


def test_loosening_and_unknown_parameters_are_noticed() -> None:
    """Every report can say what was loosened and what could not be applied."""
    text = """
    2026-02-01 policy P
      row a F03 days=90 level=city unit=calendar
      row b F04 days=10
      row c F04 wings=2
      row d F99 days=3 unit=working
    """
    made = book(text)
    said = {(notice.row, notice.what.en) for notice in made.notices}
    assert said == {
        ("b", "days without a unit; counted as calendar days"),
        ("a", "parameter days loosened from 60 to 90"),
        ("c", "this verifier does not know parameter wings; it was not applied"),
        ("d", "this verifier does not know parameter days; it was not applied"),
    }


def test_many_policies_leave_short_sources() -> None:
    """Only rows whose numbers count are named."""
    rows = "\n".join(f"2026-02-01 policy P{n}\n  row a F04 days={n + 1}" for n in range(100))
    terms = book(rows).terms("F04", Addressee(fund="F", level="city"), DAY)
    assert terms.get("days") == 100
    assert terms.sources == ("cn-special-funds/1#pay", "policy P99/1#a")


def test_hashed_parameters_name_their_sources() -> None:
    """What enters the params hash tells numbers, unit, status and rows."""
    hashed = book(FUND).terms("F03", Addressee(fund="F", level="city"), DAY).hashed()
    assert hashed["days"] == 10
    assert hashed["unit"] == "working"
    assert "fund F/1" in str(hashed["sources"])


def test_a_version_counts_until_the_next_one_does() -> None:
    """A version posted in advance takes nothing away from the one before."""
    later = "\n2026-02-10 policy P version=2 effective_on=2026-05-01\n  row c F04 days=12 unit=calendar"
    made = book(POLICIES.replace("2026-03-01", "2026-02-01").replace("fund=F", "fund=G") + later)
    for day, asked in ((date(2026, 4, 30), (15, "working")), (date(2026, 5, 1), (12, "calendar"))):
        assert days(made, "F04", on=day, level="city") == asked
    assert days(made, on=date(2026, 4, 30), level="city") == (45, "calendar")
    assert days(made, on=date(2026, 5, 1), level="city") == (60, "calendar")


def dated(effective_on: date, version: int = 1, **numbers: int) -> Policy:
    """A version of a policy on payments."""
    row = PolicyRow(id="a", rule="F04", basis="某办法", parameters=numbers, unit="calendar")
    return Policy(occurred_on=DAY, id="P", version=version, effective_on=effective_on, title="x", rows=(row,))


def test_a_policy_changes_nothing_of_the_days_before_it_was_recorded() -> None:
    """Whatever day it says it is in force from."""
    made = RuleBook(load_pack("cn-special-funds"))
    made.adopt(dated(date(2026, 1, 1), days=99), recorded_on=DAY)
    assert days(made, "F04", on=date(2026, 2, 28)) == (30, "calendar")
    assert days(made, "F04", on=DAY) == (99, "calendar")


def test_a_draft_counts_as_if_it_were_posted_last() -> None:
    """From the day that it says; and what would be said of it is told without adopting it."""
    draft = dated(DAY, version=2, days=90, wings=2)
    made = RuleBook(load_pack("cn-special-funds"), drafts=(draft,))
    made.adopt(dated(date(2026, 1, 1), days=20), recorded_on=date(2026, 1, 1))
    assert days(made, "F04", on=date(2026, 2, 28)) == (20, "calendar")
    assert days(made, "F04", on=DAY) == (90, "calendar")
    plain = RuleBook(load_pack("cn-special-funds"))
    plain.adopt(dated(date(2026, 1, 1), days=20), recorded_on=date(2026, 1, 1))
    assert [one.what.en for one in plain.preview([draft])] == [
        "parameter days loosened from 20 to 90",
        "this verifier does not know parameter wings; it was not applied",
    ]
    assert plain.notices == []
    assert days(plain, "F04", on=DAY) == (20, "calendar")


def test_rows_of_a_pack_begin_on_their_day() -> None:
    """The one that begins later wins from then on, however the file lists them."""
    plain = load_pack("generic")
    row = next(one for one in plain.rows if one.rule == "F04")
    later = replace(row, id="later", parameters={"days": 20}, effective_on=DAY)
    made = RuleBook(replace(plain, rows=(later, *plain.rows)))
    assert days(made, "F04", on=date(2026, 2, 28)) == (30, "calendar")
    assert days(made, "F04", on=DAY) == (20, "calendar")


def test_a_final_row_wins_over_policies_and_funds() -> None:
    """An auditor is not bound by what the audited say; the same row without the word yields."""
    said = FUND + POLICIES
    plain = load_pack("cn-special-funds")
    cases: tuple[tuple[Literal[True] | None, tuple[int, str]], ...]
    cases = ((True, (25, "calendar")), (None, (20, "working")))
    for final, asked in cases:
        row = PackRow(
            id="mine", rule="F03", parameters={"days": 25}, unit="calendar", status="convention",
            basis=Told(zh="审计口径", en="the auditor's reading"), final=final,
        )  # fmt: skip
        made = RuleBook(replace(plain, rows=(*plain.rows, row)))
        for posted in scenario(said).events:
            if isinstance(posted.event, Policy):
                made.adopt(posted.event)
            elif isinstance(posted.event, Fund):
                made.register_fund(posted.event)
        assert days(made, level="city") == asked


def test_every_terms_name_pack_and_registry() -> None:
    """Also where no row says anything."""
    made = RuleBook(load_pack("generic"), registry="5e" * 32)
    hashed = made.terms("F99", Addressee(fund="F"), DAY).hashed()
    assert hashed == {
        "pack": "generic/1",
        "registry": "5e" * 32,
        "sources": "generic/1",
        "status": "convention",
    }
    assert "registry" not in RuleBook(load_pack("generic")).terms("F04", Addressee(fund="F"), DAY).hashed()


def rights(version: int, *rows: PolicyRow) -> Policy:
    """A version of a policy on rights."""
    return Policy(occurred_on=DAY, id="rights", version=version, effective_on=DAY, title="权限", rows=rows)


def tier(amount_from: int, approvers: int, level: Level | None = None) -> PolicyRow:
    """A tier for approval."""
    numbers = {"amount_from": amount_from, "approvers": approvers}
    return PolicyRow(id="t", rule="approval_tier", basis="内控规范", parameters=numbers, level=level)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ((tier(5_000, 2),), []),
        ((tier(4_000, 3),), []),
        ((tier(6_000, 2),), ["parameter amount_from loosened from 5000 to 6000"]),
        ((tier(5_000, 1),), ["parameter approvers loosened from 2 to 1"]),
        ((tier(5_000, 2, "city"),), ["narrowed to level city"]),
        ((), ["rule approval_tier no longer applies"]),
    ],
)
def test_signatures_no_longer_asked_for_are_told(after: tuple[PolicyRow, ...], told: list[str]) -> None:
    """A tier dropped, narrowed, raised or with fewer approvers is a notice; the same or a stricter one is none."""
    made = RuleBook(load_pack("cn-special-funds"))
    made.adopt(rights(1, tier(5_000, 2)))
    assert made.notices == []
    made.adopt(rights(2, *after))
    assert [one.what.en for one in made.notices] == told


@pytest.mark.parametrize(
    ("amount", "told"), [(4_000, []), (5_000, []), (6_000, ["parameter amount loosened from 5000 to 6000"])]
)
def test_a_higher_amount_for_signing_offline_is_told(amount: int, told: list[str]) -> None:
    """More may be signed in a browser than before."""
    made = RuleBook(load_pack("cn-special-funds"))
    for version, limit in ((1, 5_000), (2, amount)):
        row = PolicyRow(id="o", rule="offline_above", basis="内控规范", parameters={"amount": limit})
        made.adopt(rights(version, row))
    assert [one.what.en for one in made.notices] == told
