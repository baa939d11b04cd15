# SPDX-License-Identifier: Apache-2.0
"""Creating a ledger in a database: its tables, entry 0, and the first checkpoint."""

from sqlalchemy import Connection, Engine

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.entry import genesis_entry_bytes
from ledger.errors import EnvironmentFault
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.keys import Signer
from ledger.open_state import check_signer
from ledger.register import Register, found
from ledger.store.edge import Edge
from ledger.store.engine import holding_lock, shown
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.log_writer import Addition, LogRow, write
from ledger.store.schema import prepare
from ledger.submission import Signature


def found_ledger(
    engine: Engine, genesis: Genesis, signatures: tuple[Signature, ...], signer: Signer
) -> bytes:
    """Return the leaf hash of entry 0, once the database holds a ledger that begins with this genesis.

    Tables are created or upgraded. A ledger with the same genesis stays as it is, so that a founding that was
    interrupted, or repeated, ends well.

    Raises:
        FormatError: an administrator's signature is missing or wrong.
        EnvironmentFault: another ledger is there, `signer` is not a key that genesis names, or the database failed.
    """
    data = genesis_entry_bytes(genesis, signatures)
    found(Register(), data)
    check_signer(genesis, signer)
    prepare(engine)
    with holding_lock(engine) as connection:
        reader = LogReader(connection)
        if reader.head() is None:
            _write_first(connection, genesis, data, signer)
            connection.commit()
        elif reader.entry(0) != data:
            raise EnvironmentFault(
                code="ledger.occupied",
                place=shown(engine),
                message_en="another ledger lives here",
                message_zh="此处已有另一账本",
                remedy_en="Give a database of its own to each ledger.",
                remedy_zh="请为每个账本使用单独的数据库。",
            )
    return leaf_hash(data)


def _write_first(connection: Connection, genesis: Genesis, data: bytes, signer: Signer) -> None:
    leaf = leaf_hash(data)
    edge = Edge()
    edge.append(leaf)
    checkpoint = Checkpoint(origin=genesis.origin, size=1, root=edge.root())
    note = sign_checkpoint(checkpoint, signer, genesis.origin)
    addition = Addition(
        entries=[LogRow(seq=0, leaf=leaf, data=data, submission=0)],
        tiles=[],
        submissions=[],
        statement_lines=[],
        bank_references=[],
        checkpoint=StoredCheckpoint(size=1, root=edge.root(), note=note, recorded=genesis.created_at),
    )
    write(connection, addition)
