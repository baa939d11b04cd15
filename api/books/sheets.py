# SPDX-License-Identifier: Apache-2.0
"""A statement as sheets in one language: its head, its books, what stands beside them, and the receipt."""

from api.books.book_sheets import entries_sheet, table_sheet
from api.books.control_sheets import bank_sheet, checks_sheet, due_sheet, quiet_sheet
from api.books.sheet import Cell, Sheet
from api.books.speech import Speech
from api.books.words import LINK_NOTE, SHEETS, SILENT_NOTE, TITLES, TOTAL_NOTE
from verifier.language import Language, Told
from verifier.statement.records import Statement


def sheets_of(statement: Statement, language: Language) -> tuple[Sheet, ...]:
    """All sheets of `statement` in `language`, in the order in which they are read."""
    speak = Speech(language)
    return (
        _head(speak, statement),
        *(table_sheet(speak, table) for table in statement.tables),
        bank_sheet(speak, statement),
        due_sheet(speak, statement),
        quiet_sheet(speak, statement),
        checks_sheet(speak, statement),
        *(entries_sheet(speak, table) for table in statement.tables),
        _receipt(speak, statement),
    )


def _head(speak: Speech, statement: Statement) -> Sheet:
    """Which ledger, which books, which period; the receipt; and who closed what."""
    head = statement.head
    rows: list[tuple[str, Cell]] = [
        ("ledger", head.name),
        ("scope", f"{speak.word(statement.scope.kind)} {statement.scope.id} {statement.title}"),
        ("period", f"{statement.period} ({statement.first} – {statement.last})"),
        ("as of", statement.as_of),
        ("currency", head.currency),
        ("origin", head.origin),
        ("genesis", head.genesis),
        ("size", head.size),
        ("root", head.root),
        ("recorded", head.recorded),
    ]
    rows += [
        (
            "close",
            f"{one.unit} {one.period} {one.fund or ''} #{one.seq} {one.name} sha256:{one.statement}",
        )
        for one in statement.closes
    ]
    silent = sum(one.silent for one in statement.quiet)
    notes = [speak.say(LINK_NOTE), speak.say(TOTAL_NOTE)]
    if silent:
        said = Told(zh=f"静默：{silent}。", en=f"SILENT: {silent}. ")
        notes.insert(0, speak.say(said) + speak.say(SILENT_NOTE))
    if head.demo:
        notes.insert(0, speak.word("demo"))
    return Sheet(
        name=speak.tab("head"),
        title=speak.say(TITLES["fund" if statement.scope.kind == "fund" else "account"]),
        columns=("", ""),
        widths=(18, 100),
        rows=tuple((speak.word(key), value) for key, value in rows),
        notes=tuple(notes),
    )


def _receipt(speak: Speech, statement: Statement) -> Sheet:
    """The receipt of the last entry, line by line."""
    lines = statement.head.receipt.removesuffix("\n").split("\n")
    return Sheet(
        name=speak.tab("receipt"),
        title=speak.say(SHEETS["receipt"]),
        columns=("",),
        widths=(100,),
        rows=tuple((line,) for line in lines),
    )
