# SPDX-License-Identifier: Apache-2.0
"""The index rows that entries come to: for a flush that stores them, and for whoever rebuilds the indexes from the log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection

from ledger.kinds.attachment import Attachment
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Erasure
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.vocabulary import AnyEvent
from ledger.store.bulk_insert import insert_rows
from ledger.store.disclosures import OneErasure, destroy, erased_rows
from ledger.store.log_reader import StoredSubmission
from ledger.store.tables import ATTACHMENT, BANK_REFERENCE, LOG_KEY, STATEMENT_LINE, SUBMISSION
from ledger.submission import Header, header_bytes

INDEXED: Final = frozenset({Movement, BankBalance, LogKeyChange, Attachment, Erasure})
"""Kinds of which something is looked up."""


class SubmissionRow(NamedTuple):
    """One accepted submission: idempotency key, header position, number of events, SHA-256 of its header."""

    party: str
    id: str
    seq: int
    events: int
    header_hash: bytes


class StatementLineRow(NamedTuple):
    """One bank line (line 0: the closing balance) and its position."""

    account: str
    statement: str
    line_no: int
    seq: int


class BankReferenceRow(NamedTuple):
    """One bank line that carries a reference, and its position."""

    account: str
    direction: str
    bank_ref: str
    seq: int


class AttachmentRow(NamedTuple):
    """One registration of an evidence file: its SHA-256 in hex, position of the event, size in bytes."""

    hash: str
    seq: int
    size: int


class LogKeyRow(NamedTuple):
    """One change of the log's keys: position, action, verifier key text, recorded instant."""

    seq: int
    action: str
    vkey: str
    recorded: str


def header_hash(header: Header) -> bytes:
    """Return the SHA-256 of the canonical header, by which two submissions of one id are told apart."""
    return sha256(header_bytes(header)).digest()


@dataclass(slots=True, kw_only=True)
class IndexRows:
    """Rows of every index but the tiles, entry by entry."""

    submissions: list[SubmissionRow] = field(default_factory=list)
    statement_lines: list[StatementLineRow] = field(default_factory=list)
    bank_references: list[BankReferenceRow] = field(default_factory=list)
    log_keys: list[LogKeyRow] = field(default_factory=list)
    erasures: list[OneErasure] = field(default_factory=list)
    attachments: list[AttachmentRow] = field(default_factory=list)

    def take_header(self, header: Header, *, seq: int) -> StoredSubmission:
        """Add the row of the submission whose header entry stands at `seq`, and return where it stands."""
        digest = header_hash(header)
        self.submissions.append(SubmissionRow(header.party, header.id, seq, header.count, digest))
        return StoredSubmission(seq=seq, events=header.count, header_hash=digest)

    def take_events(self, events: Sequence[AnyEvent], *, seq: int, recorded: str) -> None:
        """As `take_event` for each of `events`, the first of which stands at `seq`."""
        if not INDEXED.isdisjoint(map(type, events)):
            for at, event in enumerate(events, seq):
                self.take_event(event, seq=at, recorded=recorded)

    def take_event(self, event: AnyEvent, *, seq: int, recorded: str) -> None:
        """Add what is looked up of the event at `seq`, which was recorded at that instant."""
        match event:
            case Movement():
                line = StatementLineRow(event.account, event.statement, event.line_no, seq)
                self.statement_lines.append(line)
                if event.bank_ref is not None:
                    reference = BankReferenceRow(event.account, event.direction, event.bank_ref, seq)
                    self.bank_references.append(reference)
            case BankBalance():
                self.statement_lines.append(StatementLineRow(event.account, event.statement, 0, seq))
            case LogKeyChange():
                self.log_keys.append(LogKeyRow(seq, event.action, event.vkey, recorded))
            case Attachment():
                self.attachments.append(AttachmentRow(event.hash, seq, event.size))
            case Erasure():
                self.erasures.append(OneErasure(seq, event))
            case _:
                pass

    def write(self, connection: Connection) -> None:
        """Store the rows in the transaction of `connection`, and forget them; nothing is committed.

        Disclosures that an erasure names are destroyed, if any are still there.
        """
        insert_rows(connection, SUBMISSION, self.submissions)
        insert_rows(connection, STATEMENT_LINE, self.statement_lines)
        insert_rows(connection, BANK_REFERENCE, self.bank_references)
        insert_rows(connection, LOG_KEY, self.log_keys)
        insert_rows(connection, ATTACHMENT, self.attachments)
        destroy(connection, list(erased_rows(connection, self.erasures)))
        self.clear()

    def clear(self) -> None:
        """Forget the rows."""
        for rows in (
            self.submissions,
            self.statement_lines,
            self.bank_references,
            self.log_keys,
            self.erasures,
            self.attachments,
        ):
            rows.clear()
