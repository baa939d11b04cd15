# SPDX-License-Identifier: Apache-2.0
"""Which loss a restitution names: by one of the entries that took the money, or by the finding about it (semantics T19)."""

from typing import Final

from verifier.basis.findings import finding_id
from verifier.tracing.shortages import Admission, Shortage
from verifier.workspace import Workspace

_NAMED: Final = """
    CREATE TABLE repaired AS
    SELECT name, seq FROM report WHERE name IN (SELECT repairs FROM report WHERE kind = 'restitution')
    UNION ALL SELECT name, seq FROM bank_line WHERE name IN (SELECT repairs FROM report WHERE kind = 'restitution')"""
_SEQ: Final = "SELECT seq FROM repaired WHERE name = ?"
_NAME: Final = """
    SELECT name FROM report WHERE seq = ?1 UNION ALL SELECT name FROM bank_line WHERE seq = ?1
    UNION ALL SELECT name FROM statement WHERE seq = ?1"""


class NamedLosses:
    """Looks names up in the tables of a whole prefix."""

    def __init__(self, workspace: Workspace, genesis_hash: str) -> None:
        """Over `workspace`, of the ledger whose genesis has that leaf hash."""
        self._workspace = workspace
        self._genesis_hash = genesis_hash
        workspace.run(_NAMED)
        workspace.run("CREATE INDEX repaired_name ON repaired (name)")

    def means(self, named: str, account: str, loss: Shortage | Admission) -> bool:
        """Whether `named`, the stable name of an event or the id of a finding, is about `loss` in `account`."""
        if "/" in named:
            return self._workspace.look_up(int, _SEQ, (named,)) in _entries(loss)
        rule, seq = ("F02", loss.decisive.seq) if isinstance(loss, Shortage) else ("F01", loss.payment.report)
        name = self._workspace.look_up(str, _NAME, (seq,)) or ""
        return named == finding_id(self._genesis_hash, rule, (loss.fund, account, name))


def _entries(loss: Shortage | Admission) -> set[int]:
    """Positions of the lines and reports that took the money, as far as a finding shows them."""
    if isinstance(loss, Admission):
        return {loss.payment.seq, loss.payment.report}
    flows = (loss.decisive, loss.first, *(one.entry for one in loss.losses))
    return {seq for flow in flows for seq in (flow.seq, flow.report) if seq}
