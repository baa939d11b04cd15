# SPDX-License-Identifier: Apache-2.0
"""Which ledger it is that something is signed for: its own database says, or the address that was dialled."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from ledger.client import LedgerClient
from ledger.cosignature import LogKey
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import ProofError
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerNamed:
    """A ledger as its first entry names it: the bytes of that entry, its genesis, and its leaf hash in hex."""

    entry0: bytes
    genesis: Genesis
    hash: str


def ledger_at(client: LedgerClient, log_keys: Sequence[LogKey]) -> LedgerNamed:
    """The ledger that `client` speaks to; with `log_keys` it is one whose log has one of their names.

    Raises:
        FormatError, ProofError: the address shows no genesis, or that of another log than the one believed.
        MissingError, EnvironmentFault: as `LedgerClient.entry`.
    """
    data = client.entry(0)
    entry = parse_entry(data, place="entry 0")
    named = {key.name for key in log_keys}
    if not isinstance(entry, GenesisEntry) or (named and entry.genesis.origin not in named):
        raise ProofError(
            code="post.other-ledger",
            place="entry 0",
            message_en=f"the address leads to another ledger than {', '.join(sorted(named)) or 'any'}",
            message_zh=f"该地址所指并非账本 {'、'.join(sorted(named)) or '（任何）'}",
            remedy_en="Check the address with the operator; nothing was signed.",
            remedy_zh="请与运营方核对地址；尚未签名。",
        )
    return LedgerNamed(entry0=data, genesis=entry.genesis, hash=leaf_hash(data).hex())


def ledger_in(engine: Engine, genesis: Genesis) -> LedgerNamed:
    """The ledger of `genesis` in the database of `engine`.

    Raises:
        EnvironmentFault: the database failed.
    """
    with reading(engine) as connection:
        data = LogReader(connection).entry(0) or b""
    return LedgerNamed(entry0=data, genesis=genesis, hash=leaf_hash(data).hex())
