# SPDX-License-Identifier: Apache-2.0
"""Behind the requests: folding and judging in the background, once at a time, and what happens when it cannot be done."""

from __future__ import annotations

import dataclasses
import datetime
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from api.judging import judge_ledger
from api.live_source import LiveSource
from api.projection.finding_board import Instalment, Judged, telling
from api.served_ledger import ServedLedger
from api.worker import GATHER_SECONDS, LAG_SECONDS, PUT_OFF_SECONDS, QUIET_SECONDS, REST, Worker
from ledger.errors import EnvironmentFault, FormatError
from ledger.store.engine import open_engine
from ledger.submission import wire_bytes
from tests.ledgers import accept, founded, post_all
from tests.served import served
from tests.worlds import COUNTY, SUPPLIER_ACCOUNT, UNIT, make_world
from verifier.judgement.audit import Question, audited

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served import Site
    from tests.worlds import World
    from verifier.obligations.records import State

PATIENCE = 30


def waited_for(condition: object) -> bool:
    """Whether `condition` came true in time."""
    assert callable(condition)
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def nothing_found(ledger: ServedLedger) -> Judged:
    """A judgement that finds nothing."""
    return Judged(
        size=ledger.head().size,
        root=ledger.head().root.hex(),
        as_of=datetime.date(2026, 1, 5),
        public=(),
        lives={},
        undecided=0,
        gaps=(),
        rules={},
        instalments={},
        owed=(),
        tasks={},
        stopped=(),
        stopped_after=datetime.timedelta(days=45),
    )


def test_what_is_posted_is_folded_and_judged_without_being_asked(office: Site, world: World) -> None:
    """A started worker follows the log, and stops when told."""
    worker = Worker(office.ledger, nothing_found, fold_seconds=1, judge_seconds=1)
    worker.start()
    try:
        office.post(wire_bytes(world.issue("L1", 100_000)))
        worker.nudge()
        size = office.ledger.head().size
        assert waited_for(lambda: office.ledger.model.size == size)
        assert waited_for(lambda: office.ledger.board.judged and office.ledger.board.judged.size == size)
    finally:
        worker.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "fundtrace-fold"]


def test_only_one_judgement_runs_and_only_when_the_log_has_grown(office: Site, world: World) -> None:
    """A second caller leaves at once; the same log is not judged twice."""
    runs: list[int] = []
    entered, leave = threading.Event(), threading.Event()

    def slowly(ledger: ServedLedger) -> Judged:
        runs.append(ledger.head().size)
        entered.set()
        leave.wait(PATIENCE)
        return nothing_found(ledger)

    worker = Worker(office.ledger, slowly, fold_seconds=1, judge_seconds=1)
    first = threading.Thread(target=worker.judge_if_grown)
    first.start()
    assert entered.wait(PATIENCE)
    worker.judge_if_grown()
    leave.set()
    first.join()
    worker.judge_if_grown()
    assert len(runs) == 1
    office.post(wire_bytes(world.issue("L1", 100_000)))
    worker.judge_if_grown()
    assert len(runs) == 2


def test_judging_rests_after_a_long_turn(office: Site, world: World) -> None:
    """It looks at the whole log each time; a longer one must not take all the time there is. A short turn rests briefly."""
    clock = [0]
    runs: list[int] = []

    def slowly(ledger: ServedLedger) -> Judged:
        runs.append(ledger.head().size)
        clock[0] += 10
        return nothing_found(ledger)

    worker = Worker(office.ledger, slowly, fold_seconds=1, judge_seconds=1, now_ns=lambda: clock[0])
    worker.judge_in_turn()
    office.post(wire_bytes(world.issue("L1", 100_000)))
    clock[0] = 10 + REST * 10 - 1
    worker.judge_in_turn()
    assert len(runs) == 1
    clock[0] += 1
    worker.judge_in_turn()
    assert len(runs) == 2


def test_judging_waits_for_a_pause_in_posting_but_not_for_ever(office: Site, world: World) -> None:
    """What is posted without a pause is judged now and then all the same."""
    clock = [0]
    runs: list[int] = []

    def judge(ledger: ServedLedger) -> Judged:
        runs.append(ledger.head().size)
        return nothing_found(ledger)

    worker = Worker(office.ledger, judge, fold_seconds=1, judge_seconds=1, now_ns=lambda: clock[0])

    def turns(number: int) -> None:
        """So many turns a second apart, each right after a posting."""
        for _ in range(number):
            worker.nudge()
            worker.judge_in_turn()
            clock[0] += 10**9

    turns(PUT_OFF_SECONDS)
    assert not runs
    turns(1)
    assert len(runs) == 1
    office.post(wire_bytes(world.issue("L1", 100_000)))
    worker.nudge()
    clock[0] += QUIET_SECONDS * 10**9 - 1
    worker.judge_in_turn()
    assert len(runs) == 1
    clock[0] += 1
    worker.judge_in_turn()
    assert len(runs) == 2


def test_folding_waits_for_a_pause_in_posting_but_not_for_ever(office: Site) -> None:
    """A fifth of a second without anything posted; at most three seconds."""
    clock = [0]
    worker = Worker(office.ledger, nothing_found, fold_seconds=1, judge_seconds=1, now_ns=lambda: clock[0])
    assert worker.may_fold(0)
    worker.nudge()
    clock[0] = round(GATHER_SECONDS * 10**9) - 1
    assert not worker.may_fold(0)
    clock[0] += 1
    assert worker.may_fold(0)
    for _ in range(LAG_SECONDS * 10 - 2):
        worker.nudge()
        assert not worker.may_fold(0)
        clock[0] += 10**8
    worker.nudge()
    assert worker.may_fold(0)


def test_the_page_of_an_entry_posted_just_now_is_shown(office: Site, world: World) -> None:
    """Whoever follows the link of an answer does not wait for the worker's turn."""
    seq = office.post(wire_bytes(world.issue("L1", 100_000))).json()["seq"] + 1
    assert office.ledger.model.size <= seq
    assert office.get(f"/entries/{seq}").status_code == 200


def test_a_judgement_that_fails_leaves_the_last_one_standing(office: Site) -> None:
    """Pages go on saying up to which entry they are judged."""
    before = dataclasses.replace(nothing_found(office.ledger), size=0)
    office.ledger.board.judged = before
    fault = EnvironmentFault(
        code="x", place="x", message_en="x", message_zh="x", remedy_en="x", remedy_zh="x"
    )

    def failing(_ledger: ServedLedger) -> Judged:
        raise fault

    Worker(office.ledger, failing, fold_seconds=1, judge_seconds=1).judge_if_grown()
    assert office.ledger.board.judged is before


def test_a_damaged_log_stops_folding_and_is_told(tmp_path: Path) -> None:
    """What was folded before stays readable; readiness says that the log cannot be read on, and where."""
    world = make_world()
    url = str(tmp_path / "damaged.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        last = accept(sequencer, world.issue("L1", 100_000)).seq + 1
    engine = open_engine(url)
    with engine.begin() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE log SET bytes = CAST('{}' AS BLOB) WHERE seq = :seq"), {"seq": last})
    engine.dispose()
    with pytest.raises(FormatError, match=f"entry {last}"), served(url, None):
        pass


def test_readiness_tells_of_damage(office: Site) -> None:
    """503 with the place, while pages of what was read still answer."""
    office.app.state.worker.damage = FormatError(
        code="entry-form", place="entry 7", message_en="not an entry", message_zh="不是有效条目"
    )
    answer = office.get("/readyz", accept_language="en")
    assert answer.status_code == 503
    assert answer.json()["place"] == "entry 7"
    assert office.get("/").status_code == 200


def test_folding_in_small_pieces_gives_the_same_model(site: Site) -> None:
    """Where the pieces end makes no difference, even inside a submission."""
    other = ServedLedger(open_engine(site.app.state.settings.db), None)
    try:
        with other.reading() as reader:
            while other.model.fold(reader, to=site.ledger.model.size, most=7):
                pass
        assert other.model.size == site.ledger.model.size
        for fund in site.ledger.model.register.funds:
            assert other.model.book(fund) == site.ledger.model.book(fund)
        assert other.model.register.lines == site.ledger.model.register.lines
    finally:
        other.close()


def test_the_folded_lines_are_those_of_the_commit_path(site: Site, office: Site, world: World) -> None:
    """Line arithmetic on the pages is the one that decides what may be posted."""
    office.post(wire_bytes(world.issue("L1", 100_000)))
    office.post(wire_bytes(world.pay("L1", 40_000)))
    office.catch_up()
    free = office.get("/v1/lines/L1").json()["item"]["free"]
    assert free == 60_000
    refused = office.post(wire_bytes(world.pay("L1", free + 1)))
    assert refused.json()["code"] == "line-exceeded"
    assert office.post(wire_bytes(world.pay("L1", free))).status_code == 201
    assert site.ledger.model.size > office.ledger.model.size
    assert {COUNTY, UNIT} <= set(office.ledger.model.register.parties)
    assert SUPPLIER_ACCOUNT in office.ledger.model.register.accounts


def test_the_judgement_of_the_server_is_that_of_the_audit(site: Site) -> None:
    """Same log, same day: the proved findings of `fundtrace audit`, byte for byte."""
    judged = judge_ledger(site.ledger)
    with audited(LiveSource(open_engine(site.app.state.settings.db)), Question()) as done:
        assert done.judgement is not None
        proved = [one for one in done.judgement.findings() if one.finding_class == "proved"]
    assert list(judged.public) == proved
    assert judged.as_of == proved[0].as_of


def test_the_telling_instalments_come_first() -> None:
    """Of many deadlines the page shows the missed ones, then the late, and in order of their due day."""

    def instalment(day: int, state: State) -> Instalment:
        return Instalment(
            fund="F",
            duty="pay",
            who="NA",
            amount=1,
            due=datetime.date(2026, 1, day),
            met_on=None,
            state=state,
            started=day,
        )

    many = [instalment(day, "met") for day in range(1, 20)]
    many += [instalment(25, "overdue"), instalment(3, "met_late"), instalment(4, "corrected")]
    chosen = telling(many, most=4)
    assert [(one.due.day, one.state) for one in chosen] == [
        (3, "met_late"),
        (18, "met"),
        (19, "met"),
        (25, "overdue"),
    ]
