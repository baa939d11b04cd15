# SPDX-License-Identifier: Apache-2.0
"""What was posted before an entry, for whoever folds the log: from the index of what is folded, and the log."""

from api.projection.entry_index import EntryIndex, event_at
from ledger.kinds.authority import Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.vocabulary import AnyEvent
from ledger.past_events import BankLine, KnownEvent
from ledger.store.log_reader import LogReader


class FoldedPast:
    """Earlier events, from the index and the log; satisfies `PastEvents` and `Earlier`."""

    def __init__(self, index: EntryIndex, reader: LogReader, *, before: int) -> None:
        """Answer for the entries before position `before`."""
        self._index = index
        self._reader = reader
        self._before = before

    def find(self, name: str) -> KnownEvent | None:
        """The event with stable name `name`, or None."""
        seq = self._index.seq_named(name)
        entry = None if seq is None or seq >= self._before else event_at(self._reader, seq)
        if entry is None:
            return None
        party = name.partition("/")[0]
        return KnownEvent(seq=entry.seq, recorded=entry.recorded, party=party, event=entry.event)

    def event_named(self, name: str) -> AnyEvent | None:
        """The event itself."""
        known = self.find(name)
        return None if known is None else known.event

    def submission(self, party: str, identifier: str) -> int | None:  # noqa: ARG002 - what stands is no duplicate
        """None: what stands in the log is no duplicate of itself."""
        return None

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:  # noqa: ARG002 - as above
        """None, for the same reason."""
        return None

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line of the account with that direction and reference, or None."""
        for seq in self._index.bank_lines(account=account, bank_ref=bank_ref):
            entry = None if seq >= self._before else event_at(self._reader, seq)
            if entry is not None and isinstance(entry.event, Movement) and entry.event.direction == direction:
                return BankLine(seq=seq, amount=entry.event.amount)
        return None

    def is_paid(self, *, account: str, bank_ref: str, amount: int) -> bool:
        """Whether a direct or authorised disbursement of `amount` from `account` carries that bank reference."""
        for seq in self._index.payments(account=account, bank_ref=bank_ref, amount=amount):
            entry = None if seq >= self._before else event_at(self._reader, seq)
            match None if entry is None else entry.event:
                case Disbursement(mode="direct" | "authorised", from_account=payer) if payer == account:
                    return True
                case _:
                    pass
        return False
