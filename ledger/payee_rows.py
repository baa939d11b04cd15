# SPDX-License-Identifier: Apache-2.0
"""The rows behind a payee list (发放清单): salted, hashed into one root, and never in the ledger themselves (spec §4.11).

A row is the RFC 8785 array [salt, fields]; `fields` holds what the paying body keeps of a person, `amount` in minor units
among it. The root is that of RFC 9162 over the rows in the order of the list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.amount import group_amount
from ledger.canonical import jcs
from ledger.errors import ProgrammerError
from ledger.hashing import leaf_hash
from ledger.kinds.fact import PayeeList
from ledger.merkle import root_of
from ledger.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeRow:
    """One person of a list: 128 random bits as base64url, the amount in minor units, and whatever else identifies them."""

    salt: str
    amount: int
    fields: Mapping[str, str]

    def data(self) -> bytes:
        """The bytes that are hashed.

        Raises:
            ProgrammerError: a field is called `amount`, which has its own place.
        """
        if "amount" in self.fields:
            raise ProgrammerError("the amount of a row has a field of its own")
        return jcs([self.salt, {**self.fields, "amount": self.amount}])


def payee_root(rows: Sequence[PayeeRow]) -> str:
    """The root over `rows` in their order, as a `payee_list` event and a disbursement carry it: 64 hex digits."""
    return root_of(leaf_hash(row.data()) for row in rows).hex()


def check_rows(event: PayeeList, rows: Sequence[PayeeRow]) -> Iterator[Problem]:
    """What differs between the list as posted and the rows that somebody shows for it."""
    total = sum(row.amount for row in rows)
    for field, posted, shown in (
        ("persons", f"{event.persons:,}", f"{len(rows):,}"),
        ("amount", group_amount(event.amount), group_amount(total)),
        ("root", event.root, payee_root(rows)),
    ):
        if posted != shown:
            yield Problem(
                code="payee-rows",
                check="form",
                place=field,
                message_en=f"the list says {posted}, its rows give {shown}",
                message_zh=f"清单登记为 {posted}，明细得出 {shown}",
                remedy_en="show the rows as they were when the list was posted, in their order, with their salts",
                remedy_zh="请按登记时的顺序和盐值出示明细",
            )
