# SPDX-License-Identifier: Apache-2.0
"""The witnesses of the ledger as a page shows them: who has cosigned how much of it, and when."""

from collections import defaultdict
from dataclasses import dataclass

from api.served_ledger import ServedLedger
from ledger.cosignature import CosignerKey
from ledger.instant import instant_of
from ledger.store.cosignatures import newest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRow:
    """One witness by the name in its signatures: entries it has cosigned, 0 for none, and the instant of that."""

    name: str
    size: int
    cosigned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessTable:
    """The witnesses, and how many entries their quorum has cosigned, 0 for none; None where no quorum is asked for."""

    rows: tuple[WitnessRow, ...]
    reached: int | None


def witness_table(ledger: ServedLedger) -> WitnessTable | None:
    """Return what is known of the witnesses of `ledger` by now; None where it names none.

    Raises:
        EnvironmentFault: the database does not answer.
    """
    policy = ledger.publication.witnesses
    if policy is None or not policy.witnesses:
        return None
    keys: dict[str, list[CosignerKey]] = defaultdict(list)
    for witness in policy.witnesses.values():
        keys[witness.key.name].append(witness.key)
    with ledger.reading_database() as connection:
        newest = {name: max(newest_of(connection, key) for key in held) for name, held in keys.items()}
        reached = ledger.publication.newest_reached(connection)
    rows = tuple(
        WitnessRow(name=name, size=size, cosigned=instant_of(seconds))
        for name, (size, seconds) in newest.items()
    )
    covered = 0 if reached is None else reached.size
    return WitnessTable(rows=rows, reached=covered if ledger.publication.has_quorum else None)
