# SPDX-License-Identifier: Apache-2.0
"""Objections on a page of their own and among what is due, and milestones on the page of their project."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.control import Objection, Reply
from ledger.kinds.registry import Milestone
from tests.later_kinds import LATER, admitting
from tests.ledgers import accept, founded
from tests.served import served
from tests.worlds import AUDIT, COUNTY, DAY, PROJECT, PROVINCE, UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.sequencer import Sequencer
    from tests.ledgers import Opening
    from tests.served import Site
    from tests.worlds import World


@pytest.fixture
def posting(world: World, opening: Opening, tmp_path: Path) -> Iterator[Sequencer]:
    """A ledger in which objections may be raised, with one task of the canal."""
    tasked = msgspec.structs.replace(
        world.project(),
        version=2,
        milestones=(Milestone(id="dig", task="开挖", party=UNIT, due_on=datetime.date(2026, 1, 9)),),
    )
    with founded(opening.laid(tmp_path, world), world) as sequencer:
        accept(sequencer, world.submission(AUDIT, admitting(*LATER)))
        accept(sequencer, world.submission(UNIT, tasked))
        yield sequencer


@pytest.fixture
def site(posting: Sequencer, tmp_path: Path) -> Iterator[Site]:
    """The server of that ledger."""
    assert posting is not None
    with served(str(tmp_path / "ledger.db"), None) as made:
        yield made


def objected(posting: Sequencer, world: World) -> tuple[int, int]:
    """Positions of an event of the province, and of the objection to it."""
    issue = world.issue("L1", 100_000)
    seq = accept(posting, issue).seq + 1
    asked = Objection(
        occurred_on=DAY, id="o-1", event=f"{PROVINCE}/{issue.header.id}/0", text="与公示不符", days=3
    )
    return seq, accept(posting, world.submission(AUDIT, asked)).seq + 1


def page(site: Site, seq: int, language: str = "en") -> str:
    """The page of the objections to an entry."""
    return site.get(f"/entries/{seq}/objections?lang={language}").text


def test_the_page_says_by_when_an_objection_is_to_be_answered(
    site: Site, posting: Sequencer, world: World
) -> None:
    """The due day, provisional without a calendar, and by whom; before the first judgement that it is not judged yet."""
    about, asked = objected(posting, world)
    site.catch_up()
    assert "Nothing has been judged yet" in page(site, asked)
    site.catch_up(judge=True)
    for seq in (about, asked):
        text = page(site, seq)
        assert "Due 2026-01-08, 3 working days after the objection" in text
        assert "provisional: no calendar is adopted" in text
        assert "与公示不符" in text
        assert "2026-01-08 到期（异议之日起 3 个工作日）" in page(site, seq, "zh")


def test_an_event_without_objections_says_so_and_what_is_no_event_has_no_such_page(
    site: Site, posting: Sequencer, world: World
) -> None:
    """The header of a submission, genesis, and what is beyond the log."""
    quiet = accept(posting, world.issue("L2", 500)).seq + 1
    site.catch_up(judge=True)
    assert "Nobody has objected to this entry" in page(site, quiet)
    for seq in (0, quiet - 1, quiet + 1):
        assert site.get(f"/entries/{seq}/objections").status_code == 404


def test_an_answer_changes_that_page_and_not_the_entry(site: Site, posting: Sequencer, world: World) -> None:
    """Who kept the page asks again and is told; the page of the entry is kept for ever and links to it."""
    about, _ = objected(posting, world)
    site.catch_up(judge=True)
    before, entry = site.get(f"/entries/{about}/objections"), site.get(f"/entries/{about}")
    assert before.headers["cache-control"] == "public, no-cache"
    assert f"/entries/{about}/objections" in entry.text
    known = {"If-None-Match": before.headers["etag"]}
    assert site.get(f"/entries/{about}/objections", **known).status_code == 304
    reply = Reply(occurred_on=DAY, objection="o-1", text="经核对一致")
    answered = accept(posting, world.submission(PROVINCE, reply)).seq + 1
    site.catch_up(judge=True)
    after = site.get(f"/entries/{about}/objections?lang=en", **known)
    assert after.status_code == 200
    assert f"/entries/{answered}" in after.text
    assert "answered" in after.text
    assert site.get(f"/entries/{about}").text == entry.text
    assert site.get("/v1/obligations").json()["items"][0]["duty"] != "answer"


def test_answers_and_milestones_are_among_what_is_due(site: Site, posting: Sequencer, world: World) -> None:
    """In the lists, without an amount; in the calendar, in words; and on the page of the project."""
    _, asked = objected(posting, world)
    site.catch_up(judge=True)
    owed = site.get(f"/v1/obligations?who={PROVINCE}").json()["items"]
    (answer,) = [one for one in owed if one["duty"] == "answer"]
    assert answer["id"] == f"{asked:016d}-answer-0"
    assert (answer["matter"], answer["fund"], answer["amount"], answer["due"]) == (
        "o-1",
        None,
        None,
        "2026-01-08",
    )
    assert (answer["provisional"], answer["state"]) == (True, "due_soon")
    (task,) = site.get(f"/v1/due?party={UNIT}").json()["items"]
    assert (task["duty"], task["matter"], task["project"]) == ("milestone", "dig", PROJECT)
    assert (task["due"], task["provisional"], task["outstanding"]) == ("2026-01-09", False, None)
    assert site.get(f"/v1/obligations/{task['id']}").json()["item"] == task
    assert f"Milestone dig of project {PROJECT}" in site.get(f"/v1/due/{UNIT}.ics?lang=en").text
    assert "答复异议 o-1" in site.get(f"/v1/due/{PROVINCE}.ics?lang=zh").text.replace("\r\n ", "")
    assert "due soon" in site.get(f"/projects/{PROJECT}?lang=en").text
    assert site.get(f"/v1/due?party={COUNTY}").json()["items"][0]["duty"] == "pass_on"
