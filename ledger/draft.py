# SPDX-License-Identifier: Apache-2.0
"""What a flush is going to store: admitted submissions as numbered, chained and hashed entries, with their index rows."""

from dataclasses import dataclass, field

from ledger.disclosures import opened
from ledger.entry import chained_entries, header_entry_bytes
from ledger.hashing import leaf_hash
from ledger.store.disclosures import DisclosureRow
from ledger.store.edge import Edge
from ledger.store.index_rows import IndexRows
from ledger.store.log_reader import StoredSubmission
from ledger.store.log_writer import LogRow
from ledger.submission import Submission


@dataclass(slots=True, kw_only=True)
class Draft:
    """Everything that a flush will store, and the edge of the tree after it; grows proposal by proposal."""

    edge: Edge
    last_leaf: bytes
    recorded: str
    entries: list[LogRow] = field(default_factory=list)
    indexes: IndexRows = field(default_factory=IndexRows)
    disclosures: list[DisclosureRow] = field(default_factory=list)
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
        self.keys[header.party, header.id] = self.indexes.take_header(header, seq=seq)
        self.recorded = recorded
        self.indexes.take_events(submission.events, seq=seq + 1, recorded=recorded)
        for one in opened(submission):
            self.disclosures.append(DisclosureRow(seq + 1 + one.index, one.commitment, one.text))
        self.entries.extend(rows)
        self.edge.extend(row.leaf for row in rows)
        self.last_leaf = rows[-1].leaf
        return seq

    def forget_rows(self) -> None:
        """Drop the rows gathered so far, in a rehearsal, which stores nothing."""
        self.entries.clear()
        self.disclosures.clear()
        self.indexes.clear()
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
        chained = chained_entries(
            submission.event_bytes, submission=seq, leaf=rows[0].leaf, recorded=recorded
        )
        rows += [LogRow(at, leaf, data, seq) for at, (data, leaf) in enumerate(chained, seq + 1)]
        return rows
