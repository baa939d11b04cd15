# SPDX-License-Identifier: Apache-2.0
"""camt.053: what is read, and every way in which a statement is refused, with element, value, rule and remedy."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault, FormatError
from ledger.intake import camt053
from ledger.intake.camt053 import read_camt053
from tests.intake.statement_files import GOOD, Entry, message, statement

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.intake.statement import StatementFile
    from tests.conftest import Sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files lie."""
    return tmp_path


def read(folder: Path, text: str) -> StatementFile:
    """The file with this text."""
    path = folder / "statement.xml"
    path.write_text(text, "utf-8")
    return read_camt053(path, currency="CNY")


def told(found: StatementFile) -> list[tuple[int, str, str, str]]:
    """Row, element, value and rule of each error; each has both languages and a remedy."""
    for one in found.errors:
        assert all((one.message_en, one.message_zh, one.remedy_en, one.remedy_zh))
    return [(one.row, one.column, one.value, one.rule) for one in found.errors]


def test_a_statement_is_read(folder: Path) -> None:
    """Days, directions, amounts in minor units, references by precedence, the other side's number."""
    found = read(folder, GOOD)
    assert found.errors == ()
    (one,) = found.statements
    assert (one.account, one.number, one.opening, one.closing) == (
        "A-NA-TREASURY",
        "2026-01",
        1_000_000,
        760_000,
    )
    assert (one.from_on, one.to_on) == (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
    assert one.closed_on == datetime.date(2026, 1, 31)
    assert [(line.direction, line.amount, line.bank_ref) for line in one.lines] == [
        ("debit", 250_000, "R-78"),
        ("credit", 10_050, "E-2"),
        ("debit", 50, "3"),
    ]
    assert [line.counterparty for line in one.lines] == ["A-BUILDER", None, None]
    assert [line.valued_on.day for line in one.lines] == [5, 4, 5]


@pytest.mark.parametrize("version", ["02", "06", "13"])
def test_other_versions_of_the_message(folder: Path, version: str) -> None:
    """The parts that are read have not moved, but for the status, which was a plain code at first."""
    plain = GOOD.replace("053.001.08", f"053.001.{version}")
    first = plain.replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    assert read(folder, first).statements == read(folder, GOOD).statements


def test_without_a_period_the_balances_give_it(folder: Path) -> None:
    """The opening stands at the beginning of its day, the previous closing at the end of the day before."""
    start, end = GOOD.index("<FrToDt>"), GOOD.index("</FrToDt>") + len("</FrToDt>")
    bare = GOOD[:start] + GOOD[end:]
    assert read(folder, bare).statements[0].from_on == datetime.date(2026, 1, 1)
    previous = bare.replace("OPBD", "PRCD").replace("<Dt>2026-01-01</Dt>", "<Dt>2025-12-31</Dt>")
    assert read(folder, previous).statements == read(folder, GOOD).statements


def test_several_statements_and_overdrafts(folder: Path) -> None:
    """Each for itself; a debit balance is below zero."""
    text = message(
        statement(Entry(amount="5.00"), opening="0.00", closing="-5.00"),
        statement(number="AB/2026 7", opening="-5.00", closing="-5.00"),
    )
    found = read(folder, text)
    assert found.errors == ()
    assert [one.closing for one in found.statements] == [-500, -500]
    assert found.statements[1].number.startswith("st-")


def with_entry(old: str, new: str) -> str:
    """The good file with the first `old` replaced."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


SECOND = "Stmt[1]/Ntry[2]"
CASES = {
    "one-cent-less": (
        with_entry(">7600.00<", ">7599.99<"), (1, "Stmt[1]/Bal", "7599.99", "statement.balance"),
    ),
    "a-line-missing": (
        message(statement(Entry(amount="2500.00"), closing="7600.00")),
        (1, "Stmt[1]/Bal", "7600.00", "statement.balance"),
    ),
    "wrong-currency": (
        with_entry("<Amt Ccy='CNY'>100.5", "<Amt Ccy='USD'>100.5"), (2, f"{SECOND}/Amt/@Ccy", "USD", "statement.currency"),
    ),
    "balance-in-another-currency": (
        with_entry("<Amt Ccy='CNY'>10000", "<Amt Ccy='HKD'>10000"),
        (1, "Stmt[1]/Bal[1]/Amt/@Ccy", "HKD", "statement.currency"),
    ),
    "ten-thousands": (with_entry(">100.5<", ">1万<"), (2, f"{SECOND}/Amt", "1万", "amount-format")),
    "grouped": (with_entry(">2500.00<", ">2,500.00<"), (1, "Stmt[1]/Ntry[1]/Amt", "2,500.00", "amount-format")),
    "fraction-of-a-cent": (with_entry(">100.5<", ">100.501<"), (2, f"{SECOND}/Amt", "100.501", "amount-format")),
    "full-width": (with_entry(">100.5<", ">\uff1100.5<"), (2, f"{SECOND}/Amt", "\uff1100.5", "amount-format")),
    "negative": (with_entry(">100.5<", ">-100.5<"), (2, f"{SECOND}/Amt", "-100.5", "statement.amount-sign")),
    "nought": (with_entry(">0.50<", ">0.00<"), (3, "Stmt[1]/Ntry[3]/Amt", "0.00", "statement.amount-sign")),
    "beyond": (with_entry(">100.5<", ">99999999999999.99<"), (2, f"{SECOND}/Amt", "99999999999999.99", "amount-range")),
    "no-direction": (
        with_entry("CRDT</CdtDbtInd><Sts", "CREDIT</CdtDbtInd><Sts"),
        (2, f"{SECOND}/CdtDbtInd", "CREDIT", "camt.direction"),
    ),
    "pending": (with_entry("<Cd>BOOK", "<Cd>PDNG"), (1, "Stmt[1]/Ntry[1]/Sts/Cd", "PDNG", "camt.not-booked")),
    "day-that-is-none": (
        with_entry("<BookgDt><Dt>2026-01-05", "<BookgDt><Dt>2026-02-30"),
        (1, "Stmt[1]/Ntry[1]/BookgDt/Dt", "2026-02-30", "camt.date"),
    ),
    "day-in-another-spelling": (
        with_entry("<BookgDt><Dt>2026-01-05", "<BookgDt><Dt>20260105"),
        (1, "Stmt[1]/Ntry[1]/BookgDt/Dt", "20260105", "camt.date"),
    ),
    "two-amounts": (
        with_entry("<Amt Ccy='CNY'>100.5</Amt>", "<Amt Ccy='CNY'>100.5</Amt><Amt Ccy='CNY'>900.5</Amt>"),
        (2, f"{SECOND}/Amt", "900.5", "camt.twice"),
    ),
    "day-outside": (
        with_entry("<BookgDt><Dt>2026-01-05", "<BookgDt><Dt>2026-02-01"),
        (1, "Stmt[1]/Ntry[1]/BookgDt", "2026-02-01", "statement.day-outside"),
    ),
    "same-line-twice": (
        message(statement(Entry(amount="1.00", own="7"), Entry(amount="1.00", own="7"), closing="9998.00")),
        (2, "Stmt[1]/Ntry[2]", "7", "statement.line-twice"),
    ),
    "same-reference-twice": (
        message(statement(Entry(amount="1.00", servicer="R"), Entry(amount="1.00", servicer="R"), closing="9998.00")),
        (2, "Stmt[1]/Ntry[2]", "R", "statement.line-twice"),
    ),
    "no-closing-balance": (with_entry("CLBD", "CLAV"), (1, "Stmt[1]/Bal", "", "camt.balance")),
    "two-closing-balances": (with_entry("OPBD", "CLBD"), (1, "Stmt[1]/Bal", "", "camt.balance")),
    "no-account": (with_entry("<Id>A-NA-TREASURY</Id>", "<Id></Id>"), (1, "Stmt[1]/Acct/Id/Othr/Id", "", "camt.missing")),
    "no-number": (with_entry("<Id>2026-01</Id>", ""), (1, "Stmt[1]/Id", "", "camt.missing")),
    "one-page-of-two": (
        with_entry("<CreDtTm>2026-01-31T20:15:00+08:00</CreDtTm><FrToDt>",
            "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><CreDtTm>2026-01-31T20:15:00</CreDtTm><FrToDt>"),
        (1, "Stmt[1]/StmtPgntn", "1", "camt.pages"),
    ),
    "count-that-the-bank-gives": (
        with_entry("<Ntry>", "<TxsSummry><TtlNtries><NbOfNtries>4</NbOfNtries></TtlNtries></TxsSummry><Ntry>"),
        (1, "Stmt[1]/TxsSummry/TtlNtries/NbOfNtries", "4", "camt.summary"),
    ),
    "sum-that-the-bank-gives": (
        with_entry("<Ntry>", "<TxsSummry><TtlDbtNtries><Sum>2500.51</Sum></TtlDbtNtries></TxsSummry><Ntry>"),
        (1, "Stmt[1]/TxsSummry/TtlDbtNtries/Sum", "2500.51", "camt.summary"),
    ),
    "long-reference": (
        with_entry(">R-78<", f">{'R' * 129}<"), (1, "Stmt[1]/Ntry[1]/AcctSvcrRef", "R" * 80, "statement.reference"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_refused(folder: Path, name: str) -> None:
    """One thing wrong, one error, at its place; the good file differs from each in that alone."""
    text, expected = CASES[name]
    assert told(read(folder, text)) == [expected]


def test_the_banks_own_sums_may_agree(folder: Path) -> None:
    """Counts and sums of the good file."""
    summary = (
        "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries><Sum>2601.00</Sum></TtlNtries>"
        "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>100.5</Sum></TtlCdtNtries></TxsSummry>"
    )
    assert read(folder, with_entry("<Ntry>", f"{summary}<Ntry>")).errors == ()


def test_every_error_is_told_at_once(folder: Path) -> None:
    """And balances are not judged while lines are missing for a reason told already."""
    text = GOOD.replace(">100.5<", ">x<").replace(">0.50<", ">y<").replace(">7600.00<", ">1.00<")
    assert [one.row for one in read(folder, text).errors] == [2, 3]


def test_no_camt_at_all(folder: Path) -> None:
    """Another message, none, a document type; each says so for the whole file."""
    for text, code in (
        (GOOD.replace("camt.053", "camt.054"), "xml.namespace"),
        (GOOD.replace("053.001.08", "053.001.01"), "xml.namespace"),
        (message(), "camt.none"),
        (message(statement(), head="<!DOCTYPE Document [<!ENTITY a 'b'>]>"), "xml.doctype"),
        ("账号,金额\n", "xml.form"),
    ):
        with pytest.raises(FormatError) as caught:
            read(folder, text)
        assert caught.value.code == code
    with pytest.raises(EnvironmentFault):
        read_camt053(folder / "absent.xml", currency="CNY")


def test_entries_outside_a_statement_are_no_lines(folder: Path) -> None:
    """Put anywhere else they count for nothing, so that no other reader sees other lines than this one."""
    stray = Entry(amount="100.00", side="CRDT").xml
    assert (
        read(folder, GOOD.replace("</GrpHdr>", f"{stray}</GrpHdr>{stray}")).statements
        == read(folder, GOOD).statements
    )
    inside = read(folder, with_entry("<Ntry>", f"{stray}<Ntry>"))
    assert [one.rule for one in inside.errors] == ["statement.balance"]


def test_any_changed_character_ends_in_an_answer(folder: Path, sample: Sample) -> None:
    """One character of the file replaced, anywhere: refused with a reason, or a statement that still adds up."""
    answers = set()
    for at in sample(range(len(GOOD)), 150):
        for new in "<>&'/x0 ":
            try:
                found = read(folder, GOOD[:at] + new + GOOD[at + 1 :])
            except FormatError:
                answers.add("no message")
                continue
            answers.add("errors" if found.errors else "read")
            for one in () if found.errors else found.statements:
                assert one.opening + sum(line.signed for line in one.lines) == one.closing
    assert answers == {"no message", "errors", "read"}


def test_too_many_lines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than a submission can hold."""
    monkeypatch.setattr(camt053, "LINES_MAX", 3)
    assert read(folder, GOOD).errors == ()
    monkeypatch.setattr(camt053, "LINES_MAX", 2)
    with pytest.raises(FormatError, match="more than"):
        read(folder, GOOD)
