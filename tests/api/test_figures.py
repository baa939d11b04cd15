# SPDX-License-Identifier: Apache-2.0
"""The figures on the pages are the sums of the ledger: tables, charts, totals and headline from the same integers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from api.judging import posted_events
from ledger.amount import group_amount
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import MatchingReceipt, Return, Use
from ledger.kinds.registry import Account
from tests.api.page_reader import read_page

if TYPE_CHECKING:
    from tests.api.page_reader import Node
    from tests.served import Site

FUNDS = ("road-2026", "meals-2026", "subsidy-2026")


def sums(site: Site) -> dict[str, dict[str, int]]:  # noqa: C901 - one row a kind
    """Per fund: issued, matched, paid and of that from match, added up from the events without any code of the portal.

    In the province cash goes to suppliers, to lists of persons, or to units that use it; payments are returned in part.
    """
    classes: dict[str, str] = {}
    funds: dict[str, str] = {}
    fund_of_payment: dict[str, str] = {}
    seen: set[tuple[str, str | None, int]] = set()
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: {"issued": 0, "matched": 0, "paid": 0, "paid_match": 0}
    )
    for posted in posted_events(site.ledger, site.ledger.head().size):
        event = posted.event
        match event:
            case Account():
                classes[event.id] = event.account_class
            case Allocation(action="issue"):
                funds[event.line] = event.fund or ""
                found[funds[event.line]]["issued"] += event.amount
            case Allocation(action="split"):
                funds[event.line] = funds[event.parent or ""]
            case MatchingReceipt():
                found[event.fund]["matched"] += event.amount
            case Disbursement() if classes.get(event.to_account or "", "supplier") in {
                "supplier",
                "personal",
            }:
                found[funds[event.line]]["paid"] += event.amount
                fund_of_payment[posted.name] = funds[event.line]
                seen.add((event.from_account, event.bank_ref, event.amount))
            case Use() if event.tag and (event.from_account, event.bank_ref, event.amount) not in seen:
                found[event.tag.fund]["paid"] += event.amount
                found[event.tag.fund]["paid_match"] += event.amount * (event.tag.source == "match")
            case Return() if event.event in fund_of_payment:
                found[fund_of_payment[event.event]]["paid"] -= event.amount
            case _:
                pass
    return found


@pytest.mark.parametrize("fund", FUNDS)
@pytest.mark.parametrize("query", ["", "?lang=en", "?exact=1"])
def test_a_fund_page_says_what_the_ledger_adds_up_to(site: Site, fund: str, query: str) -> None:
    """Issued, matched, paid and resting in the lead and the three figures; totals of every table equal them."""
    wanted = sums(site)[fund]
    total = wanted["issued"] + wanted["matched"]
    tree = read_page(site.get(f"/funds/{fund}{query}").text)
    lead = next(tree.all("p", _class="lead")).amounts()
    matched = [wanted["matched"], total] if wanted["matched"] else []
    assert lead == [wanted["issued"], *matched, wanted["paid"]]
    figures = next(tree.all("section", _class="figures")).amounts()
    assert figures[:2] == [wanted["paid"], total - wanted["paid"]]
    places = tree.one("section", id="places")
    assert places.one("tfoot").amounts() == [total]
    assert sum(row[2] for row in places.rows()) == total
    assert all(row[0] - row[1] == row[2] for row in places.rows())
    assert tree.one("section", id="flows").one("tfoot").amounts() == [wanted["paid"]]


@pytest.mark.parametrize("fund", FUNDS)
def test_the_flow_table_leads_to_the_table_of_positions(site: Site, fund: str) -> None:
    """Received and passed on of each place are the sums of its flows, top lines apart."""
    tree = read_page(site.get(f"/funds/{fund}").text)
    flows = [row[0] for row in tree.one("section", id="flows").rows()]
    positions = tree.one("section", id="places").rows()
    assert sum(row[1] for row in positions) == sum(flows)
    book = site.ledger.model.book(fund)
    assert flows == [row.amount for row in book.rows]


@pytest.mark.parametrize("fund", FUNDS)
def test_lines_stand_in_their_tree_with_their_arithmetic(site: Site, fund: str) -> None:
    """Each line after its parent; received = split + disbursed + free."""
    rows = read_page(site.get(f"/funds/{fund}").text).one("section", id="lines").rows()
    assert len(rows) == len(site.ledger.model.lines_of(fund))
    assert all(received == split + paid + free for received, split, paid, free in rows)


def test_the_home_page_says_what_the_ledger_adds_up_to(site: Site) -> None:
    """Headline, level table, level bar and fund table agree with each other and with the events."""
    tree = read_page(site.get("/").text)
    wanted = sums(site)
    issued = sum(one["issued"] for one in wanted.values())
    headline = tree.one("h1").amounts()
    assert headline[0] == issued
    cards = list(tree.all("section", _class="card flush"))
    levels = cards[0]
    assert sum(row[-1] for row in levels.rows()) == issued
    assert levels.one("tfoot").amounts() == [issued]
    paid = levels.rows()[-1][-1]
    assert headline[1] == paid
    by_fund = {row.one("a").attributes["href"].split("/")[-1]: row.amounts() for row in _body(tree)}
    assert by_fund == {fund: [wanted[fund]["issued"]] for fund in FUNDS}
    held = [row[-1] for row in levels.rows() if row[-1]]
    titles = [one.words().split(" ", 1)[1] for one in next(tree.all("svg", role="img")).all("title")]
    assert titles == [f"{group_amount(amount)} 元" for amount in held]


def _body(tree: Node) -> list[Node]:
    card = next(tree.all("section", _class="card flush span-8"))
    return list(card.one("tbody").all("tr"))


def test_the_headline_counts_grants_and_not_the_match(site: Site) -> None:
    """Issued and paid from lines; match of the counties stands on the page of its fund."""
    wanted = sums(site)
    paid = read_page(site.get("/").text).one("h1").amounts()[1]
    assert paid == sum(one["paid"] - one["paid_match"] for one in wanted.values())
    assert any(one["paid_match"] for one in wanted.values())


def test_open_findings_are_the_figures_of_the_home_page(site: Site) -> None:
    """Late, short and gone are sums over the public findings; none is counted twice."""
    tree = read_page(site.get("/").text)
    late, short, gone = next(tree.all("section", _class="figures")).amounts()
    public = site.get("/v1/findings").json()["items"]
    assert late == sum(one["outstanding"] for one in public if one["rule"] in {"F03", "F04"})
    assert short == sum(one["outstanding"] for one in public if one["rule"] == "F06")
    joint = {one["accounts"][0]: one["figures"]["joint_min"] for one in public if one["rule"] == "F02"}
    scope = sum(one["outstanding"] for one in public if one["rule"] == "F01")
    assert gone == sum(joint.values()) + scope


def test_a_body_has_on_its_page_what_the_fund_pages_say(site: Site) -> None:
    """The page of a county shows its positions of every fund."""
    rows = read_page(site.get("/parties/990121-finance").text).rows()
    wanted = [
        [one.received, one.passed, one.held]
        for fund in FUNDS
        for place, one in site.ledger.model.book(fund).positions.items()
        if place.id == "990121-finance"
    ]
    assert sorted(rows) == sorted(wanted)


def test_payees_of_a_project_add_up(site: Site) -> None:
    """What is paid for the project is the sum over its payees and over its payments."""
    tree = read_page(site.get("/projects/990121-road-project").text)
    section = next(tree.all("section", _class="card flush span-6"))
    paid = section.one("tfoot").amounts()[0]
    assert paid == sum(row[0] for row in section.rows())
    direct = sum(
        posted.event.amount
        for posted in posted_events(site.ledger, site.ledger.head().size)
        if isinstance(posted.event, Disbursement) and posted.event.project == "990121-road-project"
    )
    assert 0 < direct <= paid
