# SPDX-License-Identifier: Apache-2.0
"""Claims of notices: of many processes that come at once one gets it, on either database."""

from __future__ import annotations

import contextlib
import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from api.notices.carriers import notice_code
from api.notices.kept import KEPT, claim, fates, keep_sent
from ledger.errors import EnvironmentFault
from ledger.store.engine import open_engine, reading, writing_beside
from tests.ledgers import founded
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

DAY = datetime.date(2026, 1, 15)
NOW = datetime.datetime(2026, 1, 15, 1, tzinfo=datetime.UTC)
RACERS = 8


def raced(engine: Engine) -> list[int]:
    """What each of several processes gets that claim one notice at the same moment; 0 where the database refuses it."""
    start = threading.Barrier(RACERS)

    def race(_number: int) -> int:
        start.wait()
        with contextlib.suppress(EnvironmentFault), writing_beside(engine) as connection:
            return claim(connection, DAY, "a" * 64, NOW)
        return 0

    with ThreadPoolExecutor(max_workers=RACERS) as pool:
        return sorted(pool.map(race, range(RACERS)))


def one_wins(url: str) -> None:
    """Of the racers on the ledger at `url` one makes attempt 1, and nobody any other."""
    with founded(url, make_world()):
        pass
    engine = open_engine(url)
    try:
        assert raced(engine) == [0] * (RACERS - 1) + [1]
        assert raced(engine) == [0] * RACERS
    finally:
        engine.dispose()


def test_one_of_many_claims_on_sqlite(tmp_path: Path) -> None:
    """The default database."""
    one_wins(str(tmp_path / "ledger.db"))


@pytest.mark.postgres
def test_one_of_many_claims_on_postgresql(postgres_url: str) -> None:
    """Several processes."""
    one_wins(postgres_url)


def test_rows_of_long_ago_go(tmp_path: Path) -> None:
    """After a month; those of its last day stay."""
    url = str(tmp_path / "ledger.db")
    with founded(url, make_world()):
        pass
    engine = open_engine(url)
    days = [DAY - KEPT - datetime.timedelta(days=1), DAY - KEPT, DAY]
    try:
        for day in days:
            with writing_beside(engine) as connection:
                assert claim(connection, day, "a", NOW) == 1
        with writing_beside(engine) as connection:
            keep_sent(connection, DAY, "a")
        with reading(engine) as connection:
            assert [len(fates(connection, day, ["a"])) for day in days] == [0, 1, 1]
    finally:
        engine.dispose()


def test_the_code_is_that_of_the_manual() -> None:
    """The example in docs/operator/notices.md."""
    made = notice_code(b"0123456789abcdef", b'{"notice":"fundtrace/notice/v1"}', seconds=1_767_571_200)
    assert made == "d71a4873c38d804615655786d09c89aa175c3aeb4016ef03933a639f2484f264"
