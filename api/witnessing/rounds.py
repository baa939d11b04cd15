# SPDX-License-Identifier: Apache-2.0
"""The job that shows each new checkpoint to the witnesses and keeps their cosignatures; run as often as one likes.

A round asks every witness that is due, all at once, so that one that is slow delays no other. What a witness answered is
kept under the ledger lock, in one transaction: a process that dies before has stored nothing, and asks again later.
"""

import datetime
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, assert_never

from sqlalchemy import Engine

from api.witnessing.conversation import Cosigned, Elsewhere, Forgetful, Offer, Send, cosigned_by
from api.witnessing.elsewhere import foreign_checkpoint
from api.witnessing.station import Station
from ledger.clock import Clock
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault, ToldError
from ledger.store.cosignatures import StoredCosignature, keep_cosignatures, newest_of
from ledger.store.engine import holding_lock, reading
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.stored_receipt import stored_tree

RENEW_SECONDS: Final = 300
"""After so long a witness is asked again about a checkpoint that it has cosigned, for a newer time."""
LONGEST_PAUSE_SECONDS: Final = 300
"""Between two attempts at a witness that fails."""

_LOG: Final = logging.getLogger("fundtrace.witnessing")


@dataclass(slots=True, kw_only=True)
class Standing:
    """How a witness does: failures in a row, when it is asked next, and what was wrong last."""

    failures: int = 0
    next_at: datetime.datetime | None = None
    problem: ToldError | None = None


def _tell_nobody(_fault: EnvironmentFault) -> None:
    """Nothing is signed here that could be stopped."""


@dataclass(slots=True, kw_only=True)
class Rounds:
    """The witnesses of one log; safe to run from several threads and several processes, and to run twice.

    Attributes:
        engine: the database of the ledger.
        origin: the name of the log.
        log_keys: its own keys, by which a checkpoint that a witness shows is known to be ours.
        stations: the witnesses.
        send: carries the bytes.
        now: the clock.
        on_rival: called with the fault that must end signing, when a witness shows a checkpoint of ours that is not of
            this database.
        rival: that fault.
    """

    engine: Engine
    origin: str
    log_keys: Sequence[LogKey]
    stations: Sequence[Station]
    send: Send
    now: Clock
    on_rival: Callable[[EnvironmentFault], None] = _tell_nobody
    standings: dict[str, Standing] = field(default_factory=dict)
    rival: EnvironmentFault | None = None
    _running: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Every witness that is due has been asked about the newest checkpoint. Failures are told in the log."""
        if not self.stations or not self._running.acquire(blocking=False):
            return
        try:
            with reading(self.engine) as connection:
                head = LogReader(connection).head()
            if head is not None:
                with ThreadPoolExecutor(max_workers=len(self.stations)) as pool:
                    list(pool.map(lambda station: self._attend(station, head), self.stations))
        except EnvironmentFault as fault:
            _LOG.warning("no cosignatures this time: %s", fault)
        finally:
            self._running.release()

    def _attend(self, station: Station, head: StoredCheckpoint) -> None:
        standing = self.standings.setdefault(station.url, Standing())
        if standing.next_at is not None and self.now() < standing.next_at:
            return
        try:
            self._ask(station, head)
        except ToldError as error:
            self._failed(standing, error)
        else:
            standing.failures, standing.next_at, standing.problem = 0, None, None

    def _ask(self, station: Station, head: StoredCheckpoint) -> None:
        with reading(self.engine) as connection:
            newest = [newest_of(connection, key) for key in station.keys]
        known, seconds = max(newest)
        moment = int(self.now().timestamp())
        if min(newest)[0] == head.size and moment - seconds < RENEW_SECONDS:
            return
        offer = Offer(
            note=head.note,
            size=head.size,
            known=known,
            proof=lambda old: self._proof(old, head.size),
            now=moment,
        )
        result = cosigned_by(station, self.send, offer)
        match result:
            case Cosigned():
                self._keep(head.size, result)
            case Elsewhere():
                self._compare(station)
                raise _unproved(station)
            case Forgetful():
                raise _forgetful(station, result.size, known)
            case _:
                assert_never(result)

    def _proof(self, old: int, new: int) -> Sequence[bytes]:
        with reading(self.engine) as connection:
            return stored_tree(LogReader(connection), new).consistency_path(old, new)

    def _keep(self, size: int, cosigned: Cosigned) -> None:
        with holding_lock(self.engine) as connection:
            lines = (StoredCosignature(size=size, signature=one) for one in cosigned.signatures)
            keep_cosignatures(connection, lines)
            connection.commit()

    def _compare(self, station: Station) -> None:
        found = foreign_checkpoint(
            station, self.send, engine=self.engine, origin=self.origin, keys=self.log_keys
        )
        if found is not None:
            self.rival = found
            self.on_rival(found)
            raise found

    def _failed(self, standing: Standing, error: ToldError) -> None:
        """Wait 2, 4, 8 … seconds before the next attempt, and tell the same trouble once."""
        standing.failures += 1
        pause = min(2**standing.failures, LONGEST_PAUSE_SECONDS)
        standing.next_at = self.now() + datetime.timedelta(seconds=pause)
        if standing.problem is None or standing.problem.code != error.code:
            _LOG.warning("%s", error)
        standing.problem = error


def _unproved(station: Station) -> EnvironmentFault:
    return EnvironmentFault(
        code="witnessing.disagrees",
        place=station.url,
        message_en=f"{station.name} says that it knows another log under this name, and cannot show it",
        message_zh=f"{station.name} 称其所知的同名日志与本日志不同，但未能出示",
        remedy_en="Ask its operator for the checkpoint it has. Our signing goes on: a number alone proves nothing.",
        remedy_zh="请向其运营者索取所持检查点。签发继续进行：仅凭一个数字不能证明什么。",
    )


def _forgetful(station: Station, told: int, known: int) -> EnvironmentFault:
    return EnvironmentFault(
        code="witnessing.forgetful",
        place=station.url,
        message_en=f"{station.name} has cosigned {known} entries and now knows {told}: it has lost its memory",
        message_zh=f"{station.name} 曾共签 {known} 条，现只知 {told} 条：其数据已丢失",
        remedy_en="Tell its operator and take it out of the policy: it can vouch for nothing any more.",
        remedy_zh="请告知其运营者并将其移出策略：它已不能再作证。",
    )
