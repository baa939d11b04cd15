# SPDX-License-Identifier: Apache-2.0
"""What the checks of admission have come to behind one submission: register, sums, open statements."""

import msgspec

from ledger.register import OpenTables
from verifier.integrity.statements import Statement


class Tally(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the next submission is judged against and that no table of the workspace holds.

    `register` is the part of the register that is not on its shelf, which is in the workspace.
    `commitments` counts those of personal fields so far. The other sums are those of `verifier.integrity.fund_sums`,
    `fund_cash` and `statements`, by the names that they have there.
    """

    register: OpenTables
    commitments: int
    entered: dict[str, int]
    paid: dict[str, int]
    claims: dict[tuple[str, str], int]
    fed: dict[tuple[str, str], int]
    cash_sums: dict[tuple[str, str], int]
    statements: dict[tuple[str, str], Statement]
