# SPDX-License-Identifier: Apache-2.0
"""A statement of a small ledger, figure by figure: net and gross, after close, the bank's side, what is silent."""

from __future__ import annotations

import contextlib
import datetime
from typing import TYPE_CHECKING, Final

import pytest

from ledger.errors import InputError
from ledger.receipt import parse_receipt
from tests.statements import HASH, written
from tests.worlds import COUNTY, DAY, FUND, PROJECT, PROVINCE, UNIT, UNIT_ACCOUNT
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_BROKEN
from verifier.reading.sources import open_source
from verifier.statement.draw_up import draw_up
from verifier.statement.period import Span
from verifier.statement.records import Book, Row, Scope, Statement

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.integrity.verdict import Verdict

OF_FUND: Final = Scope(kind="fund", id=FUND)
OF_UNIT: Final = Scope(kind="unit", id=UNIT)


def judged(export: Path, scope: Scope, period: str) -> tuple[Verdict, Statement | None]:
    """Verdict and statement."""
    with contextlib.closing(open_source(str(export))) as source:
        return draw_up(source, Trust(), scope, Span.parse(period))


def drawn(export: Path, scope: Scope, period: str) -> Statement:
    """The statement, of which every equation holds."""
    _, made = judged(export, scope, period)
    assert made is not None
    assert [one for one in made.checks if not one.holds] == []
    names = {one.name for one in made.checks}
    assert ("opening" in names, "bank" in names) == (True, bool(made.bank))
    return made


def row(statement: Statement, book: Book, subject: str = "") -> Row:
    """One row of a table."""
    (table,) = (one for one in statement.tables if one.book == book)
    return next(one for one in table.rows if one.subject == subject)


def figures(found: Row) -> dict[str, tuple[int, int]]:
    """Gross and corrections by column."""
    return {column: (one.gross, one.corrected) for column, one in found.figures.items()}


def test_net_and_gross(tmp_path: Path) -> None:
    """What was entered twice counts in January; the correction in February, on its own day, beside the gross figure."""
    export = written(tmp_path)
    january, february = (drawn(export, OF_FUND, period) for period in ("2026-01", "2026-02"))
    fund = row(january, "fund")
    assert figures(fund) == {"disbursed": (5_000, 0), "matched": (30_500, 0), "used": (12_000, 0)}
    assert (fund.opening, fund.closing) == (0, 23_500)
    after = row(february, "fund")
    assert (after.opening, after.closing) == (23_500, 25_500)
    assert figures(after) == {"used": (0, -2_000)}
    (entry,) = after.entries
    assert entry.corrects in {one.name for one in fund.entries}
    year = row(drawn(export, OF_FUND, "2026"), "fund")
    assert figures(year)["used"] == (12_000, -2_000)
    assert year.figures["used"].net == 10_000


def test_lines_and_accounts_of_a_unit(tmp_path: Path) -> None:
    """A unit's books are its accounts and lines; the county's are its line, paid in part."""
    export = written(tmp_path)
    unit = row(drawn(export, OF_UNIT, "2026-01"), "account", UNIT_ACCOUNT)
    assert figures(unit) == {
        "in_disbursement": (5_000, 0),
        "in_matching_receipt": (30_500, 0),
        "out_use": (12_000, 0),
    }
    county = drawn(export, Scope(kind="unit", id=COUNTY), "2026-01")
    assert figures(row(county, "line", "L1")) == {"received": (100_000, 0), "disbursed": (5_000, 0)}
    assert row(county, "line", "L1").closing == 95_000


def test_both_sides_of_the_bank(tmp_path: Path) -> None:
    """Each knows something that the other does not, and both come to the same."""
    (sheet,) = drawn(written(tmp_path), OF_UNIT, "2026-01").bank
    assert (sheet.bank, sheet.book) == (67_300, 73_500)
    assert {(one.side, one.amount) for one in sheet.items} == {
        ("bank_out", 700),
        ("book_in", 500),
        ("book_in", 5_000),
    }
    assert sheet.bank_adjusted == sheet.book_adjusted == 72_800
    assert sheet.on.isoformat() == "2026-01-31"


def test_after_close(tmp_path: Path) -> None:
    """A fact of a closed month stays possible; it shows as such, and only where the month was closed before it came."""
    (tmp_path / "open").mkdir()
    plain = drawn(written(tmp_path / "open"), OF_UNIT, "2026-01")
    closed = drawn(written(tmp_path, closed=True), OF_UNIT, "2026-01")
    assert (plain.closes, row(plain, "account", UNIT_ACCOUNT).after_close) == ((), 0)
    found = row(closed, "account", UNIT_ACCOUNT)
    assert (found.after_close, found.closing) == (5_000, row(plain, "account", UNIT_ACCOUNT).closing)
    assert [one.column for one in found.entries if one.after_close] == ["in_disbursement"]
    (close,) = closed.closes
    assert (close.unit, close.period, close.statement) == (UNIT, "2026-01", HASH)
    february = drawn(written(tmp_path / "open" / "again", closed=True), OF_UNIT, "2026-02")
    assert row(february, "account", UNIT_ACCOUNT).after_close == 0


def test_silence_is_told(tmp_path: Path) -> None:
    """An account with statements to the end of the month is not silent; a month later it is, with the days since."""
    export = written(tmp_path)
    january = {one.id: one for one in drawn(export, OF_UNIT, "2026-01").quiet}
    assert (january[UNIT_ACCOUNT].silent, january[UNIT_ACCOUNT].days) == (False, 0)
    later = {one.id: one for one in drawn(export, OF_UNIT, "2026-02").quiet}
    assert later[UNIT_ACCOUNT].silent
    assert later[UNIT_ACCOUNT].last is not None
    assert later[UNIT_ACCOUNT].last.isoformat() == "2026-01-31"
    assert later[UNIT_ACCOUNT].days == 28
    early = {one.id: one for one in drawn(export, OF_UNIT, "2025").quiet}
    assert (early[UNIT].silent, early[UNIT].last, early[UNIT].days) == (True, None, None)
    assert early[UNIT_ACCOUNT].silent


def test_a_unit_that_stopped_posting(tmp_path: Path) -> None:
    """The province posted in January: of February it is silent, of January not."""
    export, province = written(tmp_path), Scope(kind="unit", id=PROVINCE)
    (january,), (february,) = (drawn(export, province, one).quiet for one in ("2026-01", "2026-02"))
    assert (january.silent, february.silent) == (False, True)
    assert january.last == february.last == DAY


def test_a_period_that_is_not_over(tmp_path: Path) -> None:
    """The last entry is of March: nobody has statements to that day, and two months without any are silence."""
    export = written(tmp_path)
    year = drawn(export, OF_UNIT, "2026")
    assert year.as_of < year.last
    (account,) = (one for one in year.quiet if one.kind == "account")
    assert (account.days, account.silent) == ((year.as_of - datetime.date(2026, 1, 31)).days, False)
    (unit,) = (one for one in year.quiet if one.kind == "unit")
    assert not unit.silent


@pytest.mark.parametrize(
    ("scope", "matters"),
    [(OF_FUND, ["o-1", "dig"]), (OF_UNIT, ["dig"]), (Scope(kind="unit", id=COUNTY), ["o-1"])],
    ids=["fund", "unit", "county"],
)
def test_answers_and_milestones_are_due(tmp_path: Path, scope: Scope, matters: list[str]) -> None:
    """From whoever owes them; of a fund where the event moved its money, or the project is its own."""
    made = drawn(written(tmp_path, asked=True), scope, "2026")
    tasks = [one for one in made.due if one.amount is None]
    assert [one.matter for one in tasks] == matters
    assert [one for one in made.due if one.amount is not None] == list(
        drawn(written(tmp_path / "plain"), scope, "2026").due
    )
    for one in tasks:
        told = {
            "o-1": ("answer", COUNTY, None, "2026-02-17"),
            "dig": ("milestone", UNIT, PROJECT, "2026-06-30"),
        }
        assert (one.duty, one.who, one.project, one.due.isoformat()) == told[one.matter or ""]
        assert (one.fund, one.line, one.outstanding, one.provisional) == (
            None,
            None,
            None,
            one.duty == "answer",
        )
        assert (one.name or "").rpartition("/")[2] == "0"


def test_the_head_leads_to_the_ledger(tmp_path: Path) -> None:
    """Origin, size and root; the receipt is that of the last entry."""
    head = drawn(written(tmp_path), OF_FUND, "2026-01").head
    assert head.demo
    assert parse_receipt(head.receipt.encode()).index == head.size - 1


@pytest.mark.parametrize("scope", [Scope(kind="fund", id="F-NONE"), Scope(kind="unit", id="nobody")])
def test_nobody_s_books(tmp_path: Path, scope: Scope) -> None:
    """A fund or unit that the ledger does not know is refused by name."""
    with pytest.raises(InputError) as raised:
        judged(written(tmp_path), scope, "2026-01")
    assert raised.value.code == f"statement.unknown-{scope.kind}"


def test_a_broken_ledger_has_no_statement(tmp_path: Path) -> None:
    """One byte of it is another."""
    export = written(tmp_path)
    bundle = next(path for path in (export / "tile" / "entries").rglob("*") if path.is_file())
    bundle.write_bytes(
        bundle.read_bytes()
        .replace(b"30500", b"30501")
        .replace(b"12000", b"12001")
        .replace(b"10000", b"10001")
    )
    verdict, made = judged(export, OF_FUND, "2026-01")
    assert (verdict.exit_code, made) == (EXIT_BROKEN, None)
