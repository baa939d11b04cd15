# SPDX-License-Identifier: Apache-2.0
"""The ledger as one server process serves it: the stored log, the commit path if it may post, and what was folded."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine

from api.own_places import NoteFile
from api.projection.finding_board import FindingBoard
from api.projection.read_model import ReadModel
from api.refusals import RequestRefused
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import EnvironmentFault
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.sequencer import Sequencer
from ledger.store.engine import reading, shown
from ledger.store.log_key_changes import LogKeys, log_keys_of
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.publication import NEWEST, Publication


class ServedLedger:
    """One ledger, open for the life of the server; owned by the application.

    Attributes:
        engine: its database.
        head_file: remembers the newest checkpoint; None where nothing is signed.
        sequencer: the commit path; None where the server has no log key and only reads.
        model: the log folded for pages and lists.
        publication: which checkpoint is shown, and the witnesses of the log.
        board: the last judgement.
    """

    def __init__(
        self,
        engine: Engine,
        sequencer: Sequencer | None,
        publication: Publication = NEWEST,
        *,
        head: NoteFile | None = None,
    ) -> None:
        """Serve the ledger behind `engine`; `publication` says which checkpoint is shown.

        Raises:
            EnvironmentFault: there is no ledger in it, or the database failed.
        """
        self.engine = engine
        self.sequencer = sequencer
        self.publication = publication
        self.head_file = head
        self.model = ReadModel()
        self.board = FindingBoard()
        with self.reading() as reader:
            first = reader.entry(0) or b""
        self._genesis = _genesis_in(first, place=shown(engine))
        self.genesis_hash = leaf_hash(first).hex()

    @property
    def genesis(self) -> Genesis:
        """What the ledger is."""
        return self._genesis

    def posting(self) -> Sequencer:
        """The commit path.

        Raises:
            RequestRefused: 503, the server has no log key.
        """
        if self.sequencer is None:
            raise RequestRefused.made(
                503,
                "reads-only",
                "FUNDTRACE_LOG_KEY",
                en=(
                    "this server has no log key and only reads",
                    "Send it to a server of this ledger that has its log key.",
                ),
                zh=("本服务器没有日志密钥，只供查询", "请向持有日志密钥的服务器提交。"),
            )
        return self.sequencer

    def close(self) -> None:
        """Let go of the temporary index and the connections."""
        self.model.close()
        self.engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[LogReader]:
        """The log as one transaction sees it.

        Raises:
            EnvironmentFault: the database cannot be reached or does not answer.
        """
        with self.reading_database() as connection:
            yield LogReader(connection)

    @contextlib.contextmanager
    def reading_database(self) -> Iterator[Connection]:
        """The database as one transaction sees it, for what lies beside the log; as `reading`."""
        with reading(self.engine) as connection:
            yield connection

    def head(self) -> StoredCheckpoint:
        """The newest checkpoint.

        Raises:
            EnvironmentFault: as `reading`, or the ledger is gone.
        """
        with self.reading() as reader:
            found = reader.head()
        if found is None:
            raise _no_ledger(shown(self.engine))
        return found

    def shown(self) -> StoredCheckpoint:
        """The checkpoint that is published, its note with the newest lines of all cosigners.

        Raises:
            EnvironmentFault: as `head`; or a quorum is waited for, and no checkpoint has reached it yet.
        """
        with self.reading_database() as connection:
            found = self.publication.shown(connection)
        if found is None:
            raise _no_ledger(shown(self.engine))
        return found

    def log_keys(self) -> LogKeys:
        """The keys of the log now, and those it has retired; as `reading`."""
        with self.reading_database() as connection:
            return log_keys_of(connection)

    def fold(self) -> bool:
        """Fold the next piece of the log; whether any of it is left. Called by the worker only."""
        with self.reading() as reader:
            head = reader.head()
            return self.model.fold(reader, to=head.size if head else 0)


def _genesis_in(data: bytes, *, place: str) -> Genesis:
    if not data:
        raise _no_ledger(place)
    entry = parse_entry(data, place="entry 0")
    if not isinstance(entry, GenesisEntry):
        raise _no_ledger(place)
    return entry.genesis


def _no_ledger(place: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="serve.no-ledger",
        place=place,
        message_en="the database holds no ledger",
        message_zh="数据库中没有账本",
        remedy_en="Create one with fundtrace init, or give the right address.",
        remedy_zh="请用 fundtrace init 建账，或给出正确的地址。",
    )
