# SPDX-License-Identifier: Apache-2.0
"""What auditors made of a finding, on its public page and in the interface; what they hold sealed is in neither."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import pytest

from ledger.commitments import disclose
from ledger.kinds.registry import Calendar
from tests.api.page_reader import read_page
from tests.casework import Cited, Stated, disposition
from tests.later_kinds import LATER, admitting
from tests.ledgers import accept, founded
from tests.served import served
from tests.worlds import AUDIT, COUNTY, DAY, PROVINCE
from verifier.basis.findings import finding_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.kinds.control import CaseStep, Disposition
    from ledger.sequencer import Sequencer
    from tests.ledgers import Opening
    from tests.served import Site
    from tests.worlds import World

DAYS = 150 * 86_400
"""From the first day of the ledger to the middle of the year."""


@contextmanager
def keeping(url: str, world: World, *, calendar: bool) -> Iterator[Sequencer]:
    """The ledger at `url`, in which a county keeps a line too long; without a calendar that is only indicated (O5)."""
    with founded(url, world) as sequencer:
        accept(sequencer, world.submission(AUDIT, admitting(*LATER)))
        if calendar:
            adopted = Calendar(occurred_on=DAY, id="CN", year=2026, notice="国办")
            accept(sequencer, world.submission(AUDIT, adopted))
        accept(sequencer, world.submission(PROVINCE, world.issued("L1", 100_000_000), submission_id="given"))
        world.tick(DAYS)
        accept(sequencer, world.submission(AUDIT, admitting(policy="nothing")))
        yield sequencer


@pytest.fixture
def posting(world: World, opening: Opening, tmp_path: Path) -> Iterator[Sequencer]:
    """That ledger, with the calendar of the year, in the middle of the year."""
    with keeping(opening.laid(tmp_path, world), world, calendar=True) as sequencer:
        yield sequencer


@pytest.fixture
def site(posting: Sequencer, tmp_path: Path) -> Iterator[Site]:
    """The server of that ledger."""
    assert posting is not None
    with served(str(tmp_path / "ledger.db"), None) as made:
        yield made


def late(site: Site) -> dict[str, Any]:
    """The answer about the line that was not passed on."""
    site.catch_up(judge=True)
    listed = site.get("/v1/findings").json()["items"]
    found = next(one for one in listed if one["rule"] == "F03")
    answer: dict[str, Any] = site.get(f"/v1/findings/{found['id']}").json()
    return answer


def step(world: World, state: CaseStep, **stated: Unpack[Stated]) -> Disposition:
    """A step of today."""
    return disposition(world.moment.date(), state, **stated)


def test_it_is_raised_until_somebody_says_anything_in_clear(
    site: Site, posting: Sequencer, world: World
) -> None:
    """A step that is sealed tells nobody which finding it is about."""
    shown = disclose({"finding": "0" * 32, "text": "待核"}, lambda count: b"s" * count)
    sealed = step(world, "suspected", sd=tuple(one.commitment for one in shown))
    made = replace(world.submission(AUDIT, sealed), disclosures=tuple(one.text for one in shown))
    accept(posting, made)
    raised = late(site)
    assert raised["life"]["state"] == "raised"
    page = site.get(f"/findings/{raised['item']['id']}?lang=en").text
    assert "No auditor has said anything about it in clear yet." in page
    assert "K-1" not in page


def test_steps_stand_on_its_page(site: Site, posting: Sequencer, world: World) -> None:
    """State and days, by when an answer is due, each step with its entry; in both languages."""
    found = late(site)["item"]
    cited: Cited = {"finding": found["id"], "content_hash": found["content_hash"]}
    due = world.moment.date() + datetime.timedelta(days=10)
    affirmed = (
        accept(posting, world.submission(AUDIT, step(world, "affirmed", parties=(COUNTY,), **cited))).seq + 1
    )
    accept(posting, world.submission(AUDIT, step(world, "ordered", due_on=due, text="<b>整改</b>", **cited)))
    life = late(site)["life"]
    assert (life["state"], life["due_on"], life["case"]) == ("ordered", str(due), "K-1")
    page = site.get(f"/findings/{found['id']}?lang=en").text
    read = read_page(page)
    assert f"answer due on {due}" in read.words()
    assert "<b>整改</b>" in read.words()
    assert f"/entries/{affirmed}?lang=en" in {one.attributes["href"] for one in read.all("a")}
    assert "责令整改" in site.get(f"/findings/{found['id']}").text
    assert "answer ordered" in site.get("/findings?lang=en").text
    owed = [one for one in site.get("/v1/obligations").json()["items"] if one["duty"] == "rectify"]
    assert [(one["who"], one["due"], one["matter"]) for one in owed] == [(COUNTY, str(due), "K-1")]
    world.tick(20 * 86_400)
    accept(posting, world.submission(AUDIT, step(world, "answered", returned=5_000, **cited)))
    assert "the answer is 10 days late" in site.get(f"/findings/{late(site)['item']['id']}?lang=en").text


def test_what_is_only_indicated_is_public_once_it_is_affirmed(
    world: World, opening: Opening, tmp_path: Path
) -> None:
    """DESIGN §6, *Life cycle*; before, nobody can read it here."""
    with keeping(opening.laid(tmp_path, world), world, calendar=False) as sequencer:
        identifier = finding_id(world.genesis_hash, "F03", (f"{PROVINCE}/given/0", "pass_on"))
        with served(str(tmp_path / "ledger.db"), None) as site:
            site.catch_up(judge=True)
            assert site.get(f"/v1/findings/{identifier}").status_code == 404
            cited: Cited = {"finding": identifier, "content_hash": "5e" * 32}
            accept(sequencer, world.submission(AUDIT, step(world, "affirmed", **cited)))
            site.catch_up(judge=True)
            shown = site.get(f"/v1/findings/{identifier}").json()
            assert (shown["item"]["class"], shown["life"]["state"]) == ("indicated", "affirmed")
            assert shown["life"]["content_changed"] is True
            assert site.get(f"/findings/{identifier}?lang=en").status_code == 200
