# SPDX-License-Identifier: Apache-2.0
"""The sheets beside the books: the bank's side of accounts, what is due, who is silent, and what must be equal."""

from collections.abc import Iterator

from api.books.sheet import Cell, Money, Sheet
from api.books.speech import Speech
from api.books.words import CHECKS, DUTIES, SHEETS, SIDES, SILENT_NOTE, TITLES
from verifier.statement.records import BankSheet, Check, Side, Statement


def bank_sheet(speak: Speech, statement: Statement) -> Sheet:
    """One block for each account: both balances, what only one side knows, both adjusted balances."""
    rows: list[tuple[Cell, ...]] = []
    strong: set[int] = set()
    for one in statement.bank:
        strong.add(len(rows))
        rows.extend(_block(speak, one))
    columns = ("account", "date", "check", "entry", "event", "kind", "amount")
    return Sheet(
        name=speak.tab("bank"),
        title=speak.say(SHEETS["bank"]),
        columns=speak.words(*columns),
        widths=(24, 12, 34, 10, 44, 16, 18),
        rows=tuple(rows),
        notes=() if rows else speak.words("nothing"),
        strong=frozenset(strong),
    )


def _block(speak: Speech, sheet: BankSheet) -> Iterator[tuple[Cell, ...]]:
    def line(word: str, amount: int) -> tuple[Cell, ...]:
        return (sheet.account, sheet.on, speak.word(word), None, None, None, Money(amount))

    yield line("balance of bank", sheet.bank)
    yield from _items(speak, sheet, "book_in", "book_out")
    yield line("adjusted bank", sheet.bank_adjusted)
    yield line("balance of book", sheet.book)
    yield from _items(speak, sheet, "bank_in", "bank_out")
    yield line("adjusted book", sheet.book_adjusted)


def _items(speak: Speech, sheet: BankSheet, *sides: Side) -> Iterator[tuple[Cell, ...]]:
    for side in sides:
        for one in sheet.items:
            if one.side == side:
                told = speak.say(SIDES[side])
                kind = speak.kind(one.kind)
                yield (sheet.account, one.on, told, one.seq, one.name, kind, Money(one.amount))


def due_sheet(speak: Speech, statement: Statement) -> Sheet:
    """What was due in the period or is still owed."""
    rows = tuple(
        (
            speak.say(DUTIES[one.duty]), one.who, one.fund, one.line, one.project, one.matter,
            _money(one.amount), _money(one.outstanding), one.due, speak.state(one.state, provisional=one.provisional),
            one.started, one.name,
        )
        for one in statement.due
    )  # fmt: skip
    columns = (
        "duty", "who", "fund", "line", "project", "matter", "amount", "outstanding", "due", "state", "entry", "event"
    )  # fmt: skip
    return Sheet(
        name=speak.tab("due"),
        title=speak.say(SHEETS["due"]),
        columns=speak.words(*columns),
        widths=(24, 18, 14, 20, 16, 16, 18, 18, 12, 14, 10, 44),
        rows=rows,
        notes=() if rows else speak.words("nothing"),
        strong=frozenset(at for at, one in enumerate(statement.due) if one.state == "overdue"),
    )


def quiet_sheet(speak: Speech, statement: Statement) -> Sheet:
    """When each unit last posted, and until when each account has closed statements."""
    never = speak.word("never")
    rows = tuple(
        (
            speak.word(one.kind), one.id, one.owner, speak.word(f"last {one.kind}"),
            one.last or never, one.days, speak.word("silent") if one.silent else "",
        )
        for one in statement.quiet
    )  # fmt: skip
    return Sheet(
        name=speak.tab("quiet"),
        title=speak.say(SHEETS["quiet"]),
        columns=speak.words("kind", "subject", "owner", "check", "date", "days", "silent short"),
        widths=(10, 24, 20, 28, 12, 12, 16),
        rows=rows,
        notes=(speak.say(SILENT_NOTE),),
        strong=frozenset(at for at, one in enumerate(statement.quiet) if one.silent),
    )


def checks_sheet(speak: Speech, statement: Statement) -> Sheet:
    """Every equation with both sides."""
    rows = tuple(
        (
            speak.say(CHECKS[one.name]), _subject(speak, one), Money(one.left), Money(one.right),
            speak.yes(yes=one.holds),
        )
        for one in statement.checks
    )  # fmt: skip
    return Sheet(
        name=speak.tab("checks"),
        title=speak.say(SHEETS["checks"]),
        columns=speak.words("check", "subject", "left", "right", "holds"),
        widths=(40, 24, 20, 20, 8),
        rows=rows,
        strong=frozenset(at for at, one in enumerate(statement.checks) if not one.holds),
    )


def _subject(speak: Speech, check: Check) -> str:
    """The book or the thing that a check is about."""
    told = next((told for book, told in TITLES.items() if book == check.subject), None)
    return check.subject if told is None else speak.say(told)


def _money(amount: int | None) -> Money | None:
    return None if amount is None else Money(amount)
