# SPDX-License-Identifier: Apache-2.0
"""What ties a ledger to the one above: the ledger as a policy pins it, a fund that began there, an act received from it."""

from typing import Annotated

from msgspec import Meta

from ledger.kinds.form import Digest, Origin, Record, Text
from ledger.party import EventName, Id


class UpperLedger(Record, frozen=True, kw_only=True):
    """A ledger whose allocations may be received here: its origin, genesis, and the verifier keys of its log."""

    origin: Origin
    genesis: Digest
    vkeys: Annotated[tuple[Text, ...], Meta(min_length=1)]


class UpperFund(Record, frozen=True, kw_only=True):
    """The fund in the ledger above that this one goes on with: origin and genesis as a policy pins them, and its id."""

    origin: Origin
    genesis: Digest
    fund: Id


class UpperEvent(Record, frozen=True, kw_only=True):
    """An allocation in the ledger above, whose policy pins `genesis` and `origin`: its name, leaf hash and line there.

    `receipt` is the SHA-256 of the tlog-proof that shows it to stand there, kept as evidence.
    """

    origin: Origin
    genesis: Digest
    event: EventName
    leaf: Digest
    line: Id
    receipt: Digest
