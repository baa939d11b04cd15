# SPDX-License-Identifier: Apache-2.0
"""Creating a ledger in a database: its tables, entry 0, and the first checkpoint."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from ledger import clock
from ledger.checkpoint import Checkpoint
from ledger.entry import genesis_entry_bytes
from ledger.errors import EnvironmentFault
from ledger.first_entry import found
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.log_keys import keys_in
from ledger.log_signer import LogSigner
from ledger.own_checkpoints import Place, find_rival
from ledger.register import Register
from ledger.store.edge import Edge
from ledger.store.engine import holding_lock, shown
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.log_writer import Addition, LogRow, write
from ledger.store.schema import prepare
from ledger.submission import Signature


def found_ledger(
    engine: Engine,
    genesis: Genesis,
    signatures: tuple[Signature, ...],
    signer: LogSigner,
    *,
    now: clock.Clock = clock.system_clock,
    places: Sequence[Place] = (),
) -> bytes:
    """Return the leaf hash of entry 0, once the database holds a ledger that begins with this genesis.

    Tables are created or upgraded. A ledger with the same genesis stays as it is, so that a founding that was
    interrupted, or repeated, ends well. `now` gives the time that the first checkpoint states, `places` are where
    checkpoints of this log may be found from an earlier database.

    Raises:
        FormatError: an administrator's signature is missing or wrong.
        EnvironmentFault: another ledger is there, `signer` lacks a key that genesis names, one of `places` shows that this
            log has been signed before, or the database failed.
    """
    data = genesis_entry_bytes(genesis, signatures)
    found(Register(), data)
    signer.check(keys_in(genesis.log_keys), origin=genesis.origin)
    prepare(engine)
    with holding_lock(engine) as connection:
        reader = LogReader(connection)
        if reader.head() is None:
            rival = find_rival(connection, places, origin=genesis.origin, keys=signer.keys(genesis.origin))
            if rival is not None:
                raise rival
            _write_first(connection, genesis, data, signer, seconds=clock.seconds_of(now()))
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


def _write_first(
    connection: Connection, genesis: Genesis, data: bytes, signer: LogSigner, *, seconds: int
) -> None:
    leaf = leaf_hash(data)
    edge = Edge()
    edge.append(leaf)
    checkpoint = Checkpoint(origin=genesis.origin, size=1, root=edge.root())
    note = signer.sign(checkpoint, current=keys_in(genesis.log_keys), seconds=seconds)
    addition = Addition(
        entries=[LogRow(seq=0, leaf=leaf, data=data, submission=0)],
        checkpoint=StoredCheckpoint(size=1, root=edge.root(), note=note, recorded=genesis.created_at),
    )
    write(connection, addition)
