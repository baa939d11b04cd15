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
from ledger.checkpoint import Checkpoint
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault
from ledger.log_keys import open_own_checkpoint
from ledger.store.engine import reading, shown
from ledger.store.log_reader import LogReader
from ledger.store.stored_receipt import stored_tree


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
        reader = LogReader(connection)
        head = reader.head()
        ours = 0 if head is None else head.size
        same = theirs.size <= ours and (
            theirs.size == 0 or stored_tree(reader, theirs.size).root(theirs.size) == theirs.root
        )
    return None if same else _foreign(url, theirs, ours=ours, database=shown(engine))


def _foreign(url: str, theirs: Checkpoint, *, ours: int, database: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="witnessing.own-elsewhere",
        place=url,
        message_en=(
            f"a witness shows a checkpoint that this log has signed over {theirs.size} entries, and the {ours} entries "
            f"in {database} do not lead there: nothing more is signed"
        ),
        message_zh=(
            f"见证方出示了本日志签发的、覆盖 {theirs.size} 条的检查点，而 {database} 中的 {ours} 条与之不符：停止签发"
        ),
        remedy_en=(
            "The database is an older or another copy. Find the right one, or bring the missing entries back from an "
            "export or a mirror; if they are lost, begin a new ledger with a new origin and say so publicly."
        ),
        remedy_zh="数据库是旧副本或另一副本。请找回正确的数据库，或从导出、镜像补回缺失条目；若已丢失，请以新名称另建账本并公告。",
    )
