# SPDX-License-Identifier: Apache-2.0
"""Which payment an entry of the evidence tells: a report and the bank line that bears it out are one payment."""

from typing import Final, NamedTuple

from verifier.reconciliation.fact_tables import SAME_PAYMENT
from verifier.workspace import Workspace

_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS movement_seq ON movement (seq)",
    "CREATE INDEX IF NOT EXISTS same_use ON same_payment (use_seq)",
)
_REPORT: Final = "SELECT kind, amount, void FROM report WHERE seq = ?"
_SAME: Final = "SELECT min(pay_seq) FROM same_payment WHERE use_seq = ?"
_LINE: Final = "SELECT amount FROM bank_line WHERE seq = ?"
# Position 0 is the genesis: no report has it, and a bank line that nobody reported has it for its part.
_PARTS: Final = "SELECT part, amount FROM movement WHERE seq = ? AND part > 0 ORDER BY part"
_NO_PAYMENT: Final = frozenset({"return", "interest"})
"""Reports of money that came back or grew."""


class Piece(NamedTuple):
    """`amount` of the payment known as `key`; minor units."""

    key: str
    amount: int


class _Report(NamedTuple):
    kind: str
    amount: int
    void: int


class Payments:
    """Payments by the position of any entry that tells them, over closed books."""

    def __init__(self, workspace: Workspace) -> None:
        """Over the tables of `workspace`, which are indexed here."""
        for sql in _INDEXES:
            workspace.run(sql)
        self._workspace = workspace

    def told_by(self, seq: int) -> tuple[Piece, ...]:
        """The payments that the entry at `seq` tells: a batch of the bank tells several, no payment none.

        A use that tells a disbursement again is that disbursement (semantics T22).
        """
        report = self._workspace.look_up(_Report, _REPORT, (seq,))
        if report is not None:
            same = self._workspace.look_up(_whole, _SAME, (seq,)) if report.void == SAME_PAYMENT else None
            return () if report.kind in _NO_PAYMENT else (Piece(str(same or seq), report.amount),)
        line = self._workspace.look_up(int, _LINE, (seq,))
        if line is None:
            return ()
        parts = tuple(self._workspace.rows(_piece, _PARTS, (seq,)))
        rest = line - sum(piece.amount for piece in parts)
        return parts if rest <= 0 else (*parts, Piece(str(seq), rest))


def _whole(seq: int | None) -> int | None:
    return seq


def _piece(part: int, amount: int) -> Piece:
    return Piece(str(part), amount)
