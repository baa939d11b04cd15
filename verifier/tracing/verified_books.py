# SPDX-License-Identifier: Apache-2.0
"""The money of a ledger whose bytes were verified first, for views that judge nothing."""

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.genesis import Genesis
from ledger.instant import business_date
from ledger.register import Register
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.integrity.walk import Progress
from verifier.reading.sources import Source
from verifier.tracing.money_books import MoneyBooks
from verifier.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBooks:
    """A verdict, and the open books up to the date of the last entry; none where nothing was posted.

    Register, genesis and books count only where the verdict is clean.
    """

    verdict: Verdict
    replay: Replay
    books: MoneyBooks | None

    @property
    def register(self) -> Register:
        """What the ledger registers at its end."""
        return self.replay.register

    @property
    def genesis(self) -> Genesis:
        """The genesis of the ledger."""
        return self.replay.genesis


@contextlib.contextmanager
def verified_books(
    source: Source, trust: Trust, *, progress: Progress = lambda _done, _all: None
) -> Iterator[VerifiedBooks]:
    """The whole of `source`, verified and booked; good until the context ends.

    Raises:
        EnvironmentFault: the machine or the network failed.
    """
    with Workspace() as workspace, Workspace() as scratch:
        replay = Replay(source, workspace, trust=trust, progress=progress)
        books: MoneyBooks | None = None
        recorded = ""
        for posted in replay.events():
            if books is None:
                books = MoneyBooks(
                    scratch, replay.genesis, as_of=datetime.date.max, genesis_hash=replay.genesis_hash
                )
            books.take(posted)
            recorded = posted.recorded
        verdict = replay.verdict()
        if books is not None:
            books.as_of = business_date(recorded, replay.genesis.time_zone)
        yield VerifiedBooks(verdict=verdict, replay=replay, books=books)
