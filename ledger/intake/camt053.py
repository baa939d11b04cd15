# SPDX-License-Identifier: Apache-2.0
"""Bank statements in ISO 20022 camt.053 (BankToCustomerStatement), versions 001.02 to 001.13.

| of the message | becomes |
|---|---|
| `Stmt/Acct/Id/IBAN` or `Othr/Id` | the printed number of the account |
| `Stmt/Id` | the statement number (electronic sequence numbers begin again each year) |
| `FrToDt`, else the days of the two balances | the period |
| `Bal` with code `OPBD`, or `PRCD` | opening: its day is the first of the period, or the one before it |
| `Bal` with code `CLBD` | closing |
| `CreDtTm` of the statement | the day on which the bank made it |
| `Ntry` in order | the lines, numbered from 1 |
| `AcctSvcrRef` of the entry, else of its only transaction, else `EndToEndId`, else `NtryRef` | the bank reference |

Read element by element in flat memory but for the lines. Whatever else a message says is left out. What a strict reader
cannot take as one booked line with one meaning, it refuses: entries not booked, other currencies, statements in pages.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar

from ledger.amount import format_amount, parse_amount
from ledger.errors import FormatError
from ledger.intake.camt_values import (
    day_of,
    direction_of,
    given,
    is_booked,
    other_summary,
    paged,
    plain_amount,
    twice,
    two_decimals,
    wrong_balances,
)
from ledger.intake.cells import refused
from ledger.intake.small_xml import Element, read_xml
from ledger.intake.statement import (
    LINES_MAX,
    Faults,
    Part,
    Place,
    RefusedValueError,
    Statement,
    StatementFile,
    StatementLine,
    bank_reference,
    check_statement,
    other_currency,
    positive,
    statement_number,
    too_long,
)
from ledger.intake.tables import unreadable

_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-3])")
_ONE: Final = datetime.timedelta(days=1)

T = TypeVar("T")


def read_camt053(path: Path, *, currency: str) -> StatementFile:
    """The statements in the file at `path`, all in `currency`, or every error in them.

    Raises:
        FormatError: no camt.053 message that can be read to its end.
        EnvironmentFault: the file cannot be read.
    """
    reading = _Reading(file=path.name, currency=currency)
    try:
        with path.open("rb") as file:
            root = read_xml(file, _is_ours, reading.take, place=path.name)
    except OSError as error:
        raise unreadable(path, error) from error
    if root.name != "Document" or not reading.begun:
        raise refused(
            "camt.none",
            (
                "it holds no statement (Document/BkToCstmrStmt/Stmt)",
                "文件中没有对账单（Document/BkToCstmrStmt/Stmt）",
            ),
            ("give a camt.053 file", "请提供 camt.053 文件"),
            place=path.name,
        )
    return StatementFile(statements=tuple(reading.statements), errors=tuple(reading.faults.found))


def _is_ours(namespace: str) -> bool:
    return _NAMESPACE.fullmatch(namespace) is not None


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file so far: whole statements, and the lines of the one that is open."""

    file: str
    currency: str
    begun: int = 0
    """Statements that ended, good or not."""
    entries: int = 0
    """Entries of the open statement."""
    lines: list[StatementLine] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def take(self, element: Element, above: Sequence[Element]) -> bool:
        """Lines and statements are taken as they end, and not kept; elements of those names elsewhere are none."""
        if element.name not in {"Ntry", "Stmt"}:
            return True
        match [*(one.name for one in above), element.name]:
            case ["Document", "BkToCstmrStmt", "Stmt", "Ntry"]:
                self.entries += 1
                self._try(lambda: self.lines.append(self._line(element)))
                return False
            case ["Document", "BkToCstmrStmt", "Stmt"]:
                self._try(lambda: self._end_statement(element))
                self.begun += 1
                self.entries = 0
                self.lines = []
                return False
            case _:
                return True

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except RefusedValueError as refusal:
            self.faults.found.append(refusal.error)

    # --- one entry ----------------------------------------------------------------------------------------

    def _line(self, entry: Element) -> StatementLine:
        if self.entries > LINES_MAX:
            raise too_long(self.file)
        at = _At(self, entry, f"Stmt[{self.begun + 1}]/Ntry[{self.entries}]", self.entries)
        at.need(is_booked, "Sts/Cd", "Sts")
        booked = at.day("BookgDt/Dt", "BookgDt/DtTm")
        own, servicer = at.text("NtryRef"), at.need(bank_reference, "AcctSvcrRef")
        details = list(entry.all("NtryDtls/TxDtls"))
        only = details[0] if len(details) == 1 else None
        direction = at.need(direction_of, "CdtDbtInd")
        single = None if only is None else _At(self, only, f"{at.path}/NtryDtls/TxDtls", self.entries)
        return StatementLine(
            row=self.entries,
            booked_on=booked,
            valued_on=booked if entry.first("ValDt") is None else at.day("ValDt/Dt", "ValDt/DtTm"),
            direction=direction,
            amount=at.amount("Amt", positive),
            counterparty=None if single is None else _other_side(single, direction),
            bank_ref=servicer or _reference(single) or at.need(bank_reference, "NtryRef"),
            own=own or None,
        )

    # --- one statement ------------------------------------------------------------------------------------

    def _end_statement(self, element: Element) -> None:
        at = _At(self, element, f"Stmt[{self.begun + 1}]", self.begun + 1)
        if (element.first("StmtPgntn/LastPgInd", "StmtPgntn/PgNb") is not None) and (
            at.text("StmtPgntn/LastPgInd") != "true" or at.text("StmtPgntn/PgNb") != "1"
        ):
            raise at.refusal("StmtPgntn", at.text("StmtPgntn/PgNb"), paged())
        opening, opened = self._balance(at, "OPBD", "PRCD")
        closing, to_on = self._balance(at, "CLBD")
        from_on = opened
        if element.first("FrToDt") is not None:
            from_on, to_on = at.day("FrToDt/FrDtTm", "FrToDt/FrDt"), at.day("FrToDt/ToDtTm", "FrToDt/ToDt")
        made = Statement(
            row=self.begun + 1,
            account=at.need(given, "Acct/Id/IBAN", "Acct/Id/Othr/Id"),
            number=statement_number(at.need(given, "Id")),
            from_on=from_on,
            to_on=to_on,
            closed_on=max(to_on, at.day("CreDtTm")),
            opening=opening,
            closing=closing,
            lines=tuple(self.lines),
        )
        self._check_summary(at, made)
        if len(made.lines) == self.entries:  # else a line is missing for a reason that is told already
            check_statement(made, self.faults, self._place)
            self.statements.append(made)

    def _place(self, row: int, part: Part) -> Place:
        ends = {"period": "FrToDt", "closing": "Bal", "day": f"Ntry[{row}]/BookgDt", "line": f"Ntry[{row}]"}
        return Place(file=self.file, row=row, column=f"Stmt[{self.begun + 1}]/{ends[part]}")

    def _balance(self, at: "_At", *codes: str) -> tuple[int, datetime.date]:
        """The balance with the first of `codes` that is there, and the day at whose beginning or end it stands."""
        for code in codes:
            found = [
                (number, one)
                for number, one in enumerate(at.element.all("Bal"), 1)
                if (kind := one.first("Tp/CdOrPrtry/Cd")) is not None and kind.text == code
            ]
            if len(found) > 1:
                raise at.refusal("Bal", code, wrong_balances(code, len(found)))
            for number, one in found:
                balance = _At(self, one, f"{at.path}/Bal[{number}]", at.row)
                amount, side = balance.amount("Amt"), balance.need(direction_of, "CdtDbtInd")
                day = balance.day("Dt/Dt", "Dt/DtTm")
                return (amount if side == "credit" else -amount), day + _ONE if code == "PRCD" else day
        raise at.refusal("Bal", "", wrong_balances(" / ".join(codes), 0))

    def _check_summary(self, at: "_At", made: Statement) -> None:
        """Counts and sums that the bank itself states must be those of the lines."""
        credits_ = [line.amount for line in made.lines if line.direction == "credit"]
        debits = [line.amount for line in made.lines if line.direction == "debit"]
        for part, amounts in (
            ("TtlNtries", credits_ + debits),
            ("TtlCdtNtries", credits_),
            ("TtlDbtNtries", debits),
        ):
            stated = {"NbOfNtries": str(len(amounts)), "Sum": format_amount(sum(amounts))}
            for name, found in stated.items():
                path = f"TxsSummry/{part}/{name}"
                text = at.text(path)
                if text and text != found and two_decimals(text) != found:
                    place = Place(file=self.file, row=at.row, column=f"{at.path}/{path}")
                    self.faults.note(place, text, other_summary(found))


@dataclass(frozen=True, slots=True)
class _At:
    """An element with its path, for values that say where they stand."""

    reading: _Reading
    element: Element
    path: str
    row: int

    def text(self, *paths: str) -> str:
        """The text at the first of `paths` that is there, empty without any.

        Raises:
            RefusedValueError: it is there twice, and two readers could take one each.
        """
        found: list[Element] = []
        for path in paths:
            found = found or list(self.element.all(path))
            if len(found) > 1:
                raise self.refusal(path, found[1].text, twice())
        return found[0].text if found else ""

    def need(self, reader: Callable[[str], T], *paths: str) -> T:
        """What `reader` makes of the text at the first of `paths` that is there; without any, of an empty text."""
        there = next((path for path in paths if self.element.first(path) is not None), paths[0])
        return self.place(there).read(self.text(there), reader)

    def day(self, *paths: str) -> datetime.date:
        """The day at one of `paths`, as the bank wrote it, in the bank's own time zone."""
        return self.need(day_of, *paths)

    def amount(self, path: str, reader: Callable[[int], int] = int) -> int:
        """The amount at `path` in minor units of the currency of the reading."""
        found = self.element.first(path)
        currency = "" if found is None else found.attributes.get("Ccy", "")
        if currency != self.reading.currency:
            raise self.refusal(f"{path}/@Ccy", currency, other_currency(self.reading.currency))
        return self.need(lambda text: reader(parse_amount(plain_amount(text), place=path)), path)

    def place(self, path: str) -> Place:
        """Where the value at `path` stands."""
        return Place(file=self.reading.file, row=self.row, column=f"{self.path}/{path}")

    def refusal(self, path: str, value: str, error: FormatError) -> RefusedValueError:
        """The refusal of `value` at `path`."""
        return RefusedValueError(self.place(path).error(value, error))


def _other_side(details: _At, direction: Literal["credit", "debit"]) -> str | None:
    party = "DbtrAcct" if direction == "credit" else "CdtrAcct"
    return details.text(f"RltdPties/{party}/Id/IBAN", f"RltdPties/{party}/Id/Othr/Id") or None


def _reference(details: _At | None) -> str | None:
    if details is None:
        return None
    return details.need(bank_reference, "Refs/AcctSvcrRef") or details.need(bank_reference, "Refs/EndToEndId")
