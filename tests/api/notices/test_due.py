# SPDX-License-Identifier: Apache-2.0
"""What is due from a party: list, calendar and page show the same, the earliest day first, and to everybody."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from icalendar import Calendar

from api.notices.due import due_from, today
from ledger.kinds.vocabulary import event_bytes
from tests.worlds import CITY, COUNTY, DAY, World
from verifier.reconciliation.stopped_statements import StoppedStatements

if TYPE_CHECKING:
    from api.projection.finding_board import Judged
    from tests.counter import MovedClock, Visitor
    from tests.served import Site


def judged_of(site: Site) -> Judged:
    """The judgement of the ledger."""
    found = site.ledger.board.judged
    assert found is not None
    return found


def listed(site: Site, query: str = f"party={CITY}") -> dict[str, Any]:
    """The list."""
    answer = site.get(f"/v1/due?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_anybody_sees_what_a_party_owes(counter: Site) -> None:
    """The obligations of that party and of no other; who owes nothing has an empty list."""
    found = listed(counter)
    assert [(one["who"], one["duty"], one["line"], one["outstanding"]) for one in found["items"]] == [
        (CITY, "pass_on", "L-CITY", 30_000_000),
        (CITY, "pass_on", "L-CANAL", 12_345),
    ]
    assert (found["as_of"], found["party"], found["stopped"]) == (DAY.isoformat(), CITY, [])
    assert found["not_covered"] == []
    assert listed(counter, f"party={COUNTY}")["items"] == []


def test_a_party_that_nobody_registered_is_not_one_without_duties(counter: Site) -> None:
    """404, in both forms."""
    for path in ("/v1/due?party=NOWHERE", "/v1/due/NOWHERE.ics"):
        assert (counter.get(path).status_code, counter.get(path).json()["code"]) == (404, "id-unknown")


def test_the_list_goes_by_pages_in_the_order_of_due_days(counter: Site) -> None:
    """An earlier day comes first, whatever was posted first."""
    judged = judged_of(counter)
    first, second = judged.owed
    counter.ledger.board.judged = replace(
        judged, owed=(replace(first, due=second.due + datetime.timedelta(1)), second)
    )
    page = listed(counter, f"party={CITY}&limit=1")
    assert [one["id"] for one in page["items"]] == [second.id]
    rest = listed(counter, f"party={CITY}&limit=1&after={page['next']}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([first.id], None)


def test_nothing_is_said_before_the_first_judgement(counter: Site, maker: Visitor) -> None:
    """Neither "nothing is due" nor an empty calendar; the page says so too."""
    counter.ledger.board.judged = None
    assert counter.get(f"/v1/due?party={CITY}").status_code == 503
    assert counter.get(f"/v1/due/{CITY}.ics").status_code == 503
    assert "Nothing has been judged yet" in maker.get("/desk/due?lang=en").text


@pytest.mark.parametrize(
    ("after_due", "state", "counted"),
    [(-8, "open", 1), (-7, "due_soon", 1), (0, "due_soon", 1), (1, "overdue", 1)],
)
def test_states_are_those_of_the_day_asked_for(
    counter: Site, after_due: int, state: str, counted: int
) -> None:
    """A quiet ledger does not keep things from becoming overdue."""
    judged = judged_of(counter)
    day = judged.owed[0].due + datetime.timedelta(days=after_due)
    assert [one.state for one in due_from(CITY, judged, day).owed][:counted] == [state]


def test_the_day_is_that_of_the_clock_unless_the_ledger_replays(
    counter: Site, world: World, clock: MovedClock
) -> None:
    """In the time zone of the ledger; never before the last entry."""
    judged = judged_of(counter)
    wall = msgspec.structs.replace(world.genesis, clock="wall")
    assert today(wall, judged, clock()) == datetime.date(2026, 1, 15)
    assert today(world.genesis, judged, clock()) == judged.as_of
    clock.move(hours=15)  # 00:00 on the next day in Shanghai
    assert today(wall, judged, clock()) == datetime.date(2026, 1, 16)
    clock.move(days=-300)
    assert today(wall, judged, clock()) == judged.as_of


def test_statements_that_stopped_concern_owner_and_bank(counter: Site) -> None:
    """And nobody else."""
    stopped = StoppedStatements(account="A-1", owner=CITY, bank="bank-cc", last=DAY)
    counter.ledger.board.judged = replace(judged_of(counter), stopped=(stopped,))
    shown = [{"account": "A-1", "owner": CITY, "bank": "bank-cc", "last": DAY.isoformat()}]
    assert listed(counter)["stopped"] == shown
    assert listed(counter, "party=bank-cc")["stopped"] == shown
    assert listed(counter, f"party={COUNTY}")["stopped"] == []


# --- the calendar -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "下达或拨付 300,000.00 元"), ("en", "Pass on CNY 300,000.00")]
)
def test_the_calendar_has_an_entry_on_each_due_day(counter: Site, language: str, words: str) -> None:
    """As the library reads it back: a whole day, one lasting name each, no time taken from the day."""
    answer = counter.get(f"/v1/due/{CITY}.ics?lang={language}")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    entries = calendar.walk("VEVENT")
    owed = judged_of(counter).owed
    assert [one.decoded("dtstart") for one in entries] == [one.due for one in owed]
    assert [str(one["uid"]) for one in entries] == [f"{one.id}@{counter.ledger.genesis_hash}" for one in owed]
    assert str(entries[0]["summary"]).startswith(words)
    assert all(str(one["transp"]) == "TRANSPARENT" for one in entries)
    assert calendar.errors == []
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert answer.content == counter.get(f"/v1/due/{CITY}.ics?lang={language}").content


def test_the_calendar_of_who_owes_nothing_is_empty(counter: Site) -> None:
    """And still a calendar."""
    calendar = Calendar.from_ical(counter.get(f"/v1/due/{COUNTY}.ics").content)
    assert calendar.walk("VEVENT") == []
    assert str(calendar["version"]) == "2.0"


def test_a_calendar_that_did_not_change_is_not_sent_again(counter: Site) -> None:
    """Calendar programs ask every few hours."""
    tag = counter.get(f"/v1/due/{CITY}.ics").headers["etag"]
    assert counter.get(f"/v1/due/{CITY}.ics", if_none_match=tag).status_code == 304
    counter.ledger.board.judged = replace(judged_of(counter), as_of=DAY + datetime.timedelta(days=1))
    assert counter.get(f"/v1/due/{CITY}.ics", if_none_match=tag).status_code == 200


# --- the page ---------------------------------------------------------------------------------------------


def test_the_page_is_for_people_who_signed_in(counter: Site) -> None:
    """Others are led to the door; the figures they can have from the list."""
    answer = counter.get("/desk/due?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?lang=en")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ("待办期限", "往下拨", "没有待您复核的草稿")),
        ("?lang=en", ("What is due", "Pass on", "No draft waits")),
    ],
)
def test_the_page_shows_what_the_list_says(maker: Visitor, query: str, words: tuple[str, ...]) -> None:
    """With the address of the calendar, and kept by nobody."""
    answer = maker.get(f"/desk/due{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    for word in (*words, f"/v1/due/{CITY}.ics", "L-CITY", "L-CANAL"):
        assert word in answer.text


def drafted(maker: Visitor, world: World, line: str) -> str:
    """The id of a new draft."""
    events = [json.loads(event_bytes(world.issued(line, 5)))]
    identifier: str = maker.write("POST", "/v1/drafts", {"events": events}).json()["id"]
    return identifier


def test_a_draft_waits_for_whoever_may_check_it(maker: Visitor, checker: Visitor, world: World) -> None:
    """Not for its author; and no more once it was returned."""
    name = drafted(maker, world, "L-1")
    assert name not in maker.get("/desk/due").text
    assert name in checker.get("/desk/due").text
    checker.write("POST", f"/v1/drafts/{name}/return", {"version": 1, "reason": "文号有误"})
    assert name not in checker.get("/desk/due").text


def test_a_draft_that_expired_waits_for_nobody(
    maker: Visitor, checker: Visitor, world: World, clock: MovedClock
) -> None:
    """Its twin of the same age less a moment does."""
    name = drafted(maker, world, "L-1")
    clock.move(days=14, seconds=-60)
    assert name in checker.sign_in().get("/desk/due").text
    clock.move(seconds=60)
    assert name not in checker.sign_in().get("/desk/due").text
