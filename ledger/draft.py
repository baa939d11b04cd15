# SPDX-License-Identifier: Apache-2.0
"""What a flush is going to store: admitted submissions as numbered, chained and hashed entries, with their index rows."""

from dataclasses import dataclass, field
from hashlib import sha256

from ledger.disclosures import opened
from ledger.entry import event_entry_bytes, header_entry_bytes
from ledger.hashing import leaf_hash
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Erasure
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.vocabulary import AnyEvent
from ledger.store.disclosures import DisclosureRow, OneErasure
from ledger.store.edge import Edge
from ledger.store.log_reader import StoredSubmission
from ledger.store.log_writer import BankReferenceRow, LogKeyRow, LogRow, StatementLineRow, SubmissionRow
from ledger.submission import Header, Submission, header_bytes


def header_hash(header: Header) -> bytes:
    """Return the SHA-256 of the canonical header, by which two submissions of one id are told apart."""
    return sha256(header_bytes(header)).digest()


@dataclass(slots=True, kw_only=True)
class Draft:
    """Everything that a flush will store, and the edge of the tree after it; grows proposal by proposal."""

    edge: Edge
    last_leaf: bytes
    recorded: str
    entries: list[LogRow] = field(default_factory=list)
    submissions: list[SubmissionRow] = field(default_factory=list)
    statement_lines: list[StatementLineRow] = field(default_factory=list)
    bank_references: list[BankReferenceRow] = field(default_factory=list)
    log_keys: list[LogKeyRow] = field(default_factory=list)
    disclosures: list[DisclosureRow] = field(default_factory=list)
    erasures: list[OneErasure] = field(default_factory=list)
    keys: dict[tuple[str, str], StoredSubmission] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Entries in the log after this flush."""
        return self.edge.size

    def place(self, submission: Submission, recorded: str) -> int:
        """Number, chain and hash the entries of an admitted submission, and return the position of its header entry.

        Raises:
            FormatError: an entry would be larger than an entry may be; the draft is unchanged.
        """
        rows = self._chain(submission, recorded)
        header, seq = submission.header, self.size
        hash_ = header_hash(header)
        self.submissions.append(SubmissionRow(header.party, header.id, seq, header.count, hash_))
        self.keys[header.party, header.id] = StoredSubmission(seq=seq, events=header.count, header_hash=hash_)
        self.recorded = recorded
        for event, row in zip(submission.events, rows[1:], strict=True):
            self._index(event, row.seq)
        for one in opened(submission):
            self.disclosures.append(DisclosureRow(seq + 1 + one.index, one.commitment, one.text))
        self.entries.extend(rows)
        self.edge.extend(row.leaf for row in rows)
        self.last_leaf = rows[-1].leaf
        return seq

    def forget_rows(self) -> None:
        """Drop the rows gathered so far, in a rehearsal, which stores nothing."""
        for rows in (
            self.entries,
            self.submissions,
            self.statement_lines,
            self.bank_references,
            self.log_keys,
            self.disclosures,
            self.erasures,
        ):
            rows.clear()
        self.edge.take_finished()

    def _chain(self, submission: Submission, recorded: str) -> list[LogRow]:
        seq = self.size
        data = header_entry_bytes(
            seq=seq,
            prev=self.last_leaf.hex(),
            recorded=recorded,
            header=submission.header,
            signatures=submission.signatures,
        )
        rows = [LogRow(seq=seq, leaf=leaf_hash(data), data=data, submission=seq)]
        for index, event in enumerate(submission.event_bytes):
            data = event_entry_bytes(
                seq=seq + 1 + index,
                prev=rows[-1].leaf.hex(),
                recorded=recorded,
                submission=seq,
                index=index,
                event=event,
            )
            rows.append(LogRow(seq=seq + 1 + index, leaf=leaf_hash(data), data=data, submission=seq))
        return rows

    def _index(self, event: AnyEvent, seq: int) -> None:
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
                self.log_keys.append(LogKeyRow(seq, event.action, event.vkey, self.recorded))
            case Erasure():
                self.erasures.append(OneErasure(seq, event))
            case _:
                pass
