# SPDX-License-Identifier: Apache-2.0
"""One import of bank statements: read and rehearsed whole, then posted by the bank of their accounts, or not at all."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.import_keys import LOG_KEY_FILE, default_folder
from api.import_ledgers import Live, accepted, live_ledger
from api.import_run import Choices
from api.import_session import Posted
from api.log_key import load_key, load_log_signer
from ledger.errors import FormatError, InputError
from ledger.instant import format_instant
from ledger.intake.batches import Envelope, id_prefix, row_error, submissions
from ledger.intake.camt053 import read_camt053
from ledger.intake.cells import refused
from ledger.intake.history import ROLES
from ledger.intake.rows import EventAt, RowError
from ledger.intake.statement import Place, Statement, StatementFile
from ledger.intake.statement_events import LABEL, account_of, events_of
from ledger.intake.statement_table import read_statement_table
from ledger.intake.tables import SourceFile, source_file
from ledger.kinds.form import Provenance
from ledger.kinds.registry import Account
from ledger.submission import EVENTS_MAX, Submission

Period = tuple[datetime.date, datetime.date]

_PREFIX: Final = "bank-statement"
_CONFLICT: Final = "submission-conflict"
_FORM: Final = b"1"
"""The way in which files become events; another one gives other submission ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOrder:
    """What is to be imported: the file, the period of a table, ids of accounts by printed number."""

    file: Path
    period: Period | None = None
    accounts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementResult:
    """What it came to: errors, or each statement with the id of its account; `posted` is None if nothing was written."""

    errors: tuple[RowError, ...] = ()
    statements: tuple[tuple[Statement, str], ...] = ()
    posted: Posted | None = None

    @property
    def good(self) -> bool:
        """Whether every line was good and the ledger takes them all."""
        return not self.errors


def run(order: StatementOrder, choices: Choices) -> StatementResult:
    """What the import came to. Unless every line is good and the ledger takes them all, nothing is written.

    Raises:
        InputError, EnvironmentFault: it could not complete; the message says why.
    """
    folder = choices.keys or default_folder(choices.url)
    source = source_file(LABEL, order.file)
    log = load_log_signer(folder / LOG_KEY_FILE)
    with live_ledger(choices.url, log, lookout=choices.lookout, log_key=folder / LOG_KEY_FILE) as live:
        found = _read(order, live.sequencer.genesis.currency)
        if found.errors:
            return StatementResult(errors=found.errors)
        known, errors = _accounts(found.statements, order, live.sequencer.accounts, found.sheet)
        if errors:
            return StatementResult(errors=errors)
        events = _events(found, known, source, live.sequencer.accounts, order.accounts)
        envelope = _envelope(live, found, _bank(known), source, choices, folder)
        (offered,) = submissions(events, envelope, size=EVENTS_MAX)
        return _into(live, offered, source, choices, _paired(found, known))


def _read(order: StatementOrder, currency: str) -> StatementFile:
    if order.file.suffix.lower() == ".xml":
        return read_camt053(order.file, currency=currency)
    if order.period is None:
        raise InputError(
            code="statement.no-period",
            place=order.file.name,
            message_en="a table of bank lines does not say which days it covers",
            message_zh="表格形式的对账单未说明其期间",
            remedy_en="Say it: --period 2026-01-01..2026-01-31",
            remedy_zh="请指明：--period 2026-01-01..2026-01-31",
        )
    return read_statement_table(order.file, currency=currency, period=order.period)


def _accounts(
    statements: Sequence[Statement], order: StatementOrder, accounts: Mapping[str, Account], sheet: str | None
) -> tuple[dict[str, Account], tuple[RowError, ...]]:
    """The registered account of each printed number, and an error for each that cannot be known."""
    known: dict[str, Account] = {}
    errors = []
    for one in statements:
        place = Place(file=order.file.name, sheet=sheet, row=one.row, column="account")
        try:
            account = known[one.account] = account_of(one.account, accounts, order.accounts)
        except FormatError as error:
            errors.append(place.error(f"…{one.account[-4:]}", error))
            continue
        if account.bank != _bank(known):
            errors.append(place.error(account.bank or "", _two_banks()))
    return known, tuple(errors)


def _bank(known: Mapping[str, Account]) -> str:
    """The bank of the first account that is known."""
    return next(one.bank for one in known.values() if one.bank is not None)


def _paired(found: StatementFile, known: Mapping[str, Account]) -> tuple[tuple[Statement, str], ...]:
    return tuple((one, known[one.account].id) for one in found.statements)


def _events(
    found: StatementFile,
    known: Mapping[str, Account],
    source: SourceFile,
    accounts: Mapping[str, Account],
    said: Mapping[str, str],
) -> list[EventAt]:
    row = Provenance(file=source.digest, row=1, sheet=found.sheet)
    return [
        event
        for one in found.statements
        for event in events_of(one, known[one.account].id, row, accounts, said)
    ]


def _envelope(
    live: Live, found: StatementFile, bank: str, source: SourceFile, choices: Choices, folder: Path
) -> Envelope:
    """Signed by the bank: now, or in a ledger that replays at the end of the last day that the file speaks of."""
    last = max(one.closed_on for one in found.statements)
    replayed = live.sequencer.genesis.clock == "replay"
    return Envelope(
        genesis=live.genesis_hash,
        origin=live.sequencer.genesis.origin,
        party=bank,
        prefix=id_prefix(_PREFIX, _FORM, [source]),
        signed_at=f"{last}T23:59:59.000Z" if replayed else format_instant(choices.now()),
        signers=tuple((role, load_key(folder / f"{bank}-{role}.pem")) for role in ROLES),
    )


def _into(
    live: Live,
    offered: Submission,
    source: SourceFile,
    choices: Choices,
    statements: tuple[tuple[Statement, str], ...],
) -> StatementResult:
    errors = tuple(
        _known_file(source) if problem.code == _CONFLICT else row_error(problem, offered, [source])
        for problems in live.sequencer.rehearse([offered])
        for problem in problems
    )
    if errors or choices.dry_run:
        return StatementResult(errors=errors, statements=statements)
    choices.sink(offered)
    answer = accepted(live.sequencer.submit(offered))
    posted = Posted(
        submissions=1, replayed=int(answer.replayed), events=answer.events, entries=live.sequencer.size
    )
    return StatementResult(statements=statements, posted=posted)


def _known_file(source: SourceFile) -> RowError:
    """Its submission, which is named after the file, stands already, signed at another instant."""
    error = refused(
        "statement.known-file",
        ("this very file was imported before", "该文件此前已导入"),
        ("see what became of its lines: fundtrace reconcile", "请用 fundtrace reconcile 查看各行对账结果"),
    )
    return Place(file=source.path.name, row=1, column="file").error(source.path.name, error)


def _two_banks() -> FormatError:
    return refused(
        "statement.two-banks",
        ("the file holds statements of two banks", "文件中含有两家银行的对账单"),
        ("import each bank's statements by themselves", "请按银行分别导入"),
    )
