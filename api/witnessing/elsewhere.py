# SPDX-License-Identifier: Apache-2.0
"""Our own checkpoint, found at a witness: whether it belongs to the history in this database.

Whoever restores an old backup, or runs two copies, would sign a second history. The witness has the first one, under our
own signatures. That alone is evidence: without them anybody could stop this log.
"""

from collections.abc import Sequence
from http import HTTPStatus

from sqlalchemy import Engine

from api.witnessing.conversation import Send
from api.witnessing.station import Station
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault
from ledger.log_keys import open_own_checkpoint
from ledger.own_checkpoints import stored_rival
from ledger.store.engine import reading


def foreign_checkpoint(
    station: Station, send: Send, *, engine: Engine, origin: str, keys: Sequence[LogKey]
) -> EnvironmentFault | None:
    """Return the fault that must end signing, if the witness shows a checkpoint of ours that this database has not.

    Raises:
        EnvironmentFault: the witness or the database does not answer.
        InputError: what it shows does not bear our signature.
    """
    url = station.checkpoint_of(origin)
    answer = send(url, None)
    if answer.status != HTTPStatus.OK:
        return None
    theirs = open_own_checkpoint(answer.body, keys, origin=origin)
    with reading(engine) as connection:
        return stored_rival(connection, theirs, place=url)
