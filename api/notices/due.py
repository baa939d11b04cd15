# SPDX-License-Identifier: Apache-2.0
"""What is due from one party, by due day: pure values out of the last judgement."""

import datetime
from dataclasses import dataclass, replace
from typing import Final

from api.projection.finding_board import Judged, Owed
from ledger.genesis import Genesis
from ledger.instant import business_date, format_instant
from verifier.obligations.records import running
from verifier.reconciliation.stopped_statements import StoppedStatements

NOT_COVERED: Final[tuple[str, ...]] = ()
"""What is recorded and moves no due day yet; nothing now, and named in every answer so that readers can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due from `party` as it stands on `day`, by the entries up to `up_to`.

    `owed` is sorted by due day, then id. `stopped` are accounts whose statements stopped: its own ones, and those whose
    statements it gives as their bank; `stopped_after` is how long statements may be away.
    """

    party: str
    day: datetime.date
    up_to: int
    owed: tuple[Owed, ...]
    stopped: tuple[StoppedStatements, ...]
    stopped_after: datetime.timedelta


def due_from(party: str, judged: Judged, day: datetime.date) -> Due:
    """What `judged` says is due from `party`, its states as of `day`; amounts are those of the judgement."""
    owed = [
        replace(one, state=running(day, soon_from=one.soon_from, due=one.due))
        for one in judged.owed
        if one.who == party
    ]
    return Due(
        party=party,
        day=day,
        up_to=judged.size - 1,
        owed=tuple(sorted(owed, key=lambda one: (one.due, one.id))),
        stopped=tuple(one for one in judged.stopped if party in {one.owner, one.bank}),
        stopped_after=judged.stopped_after,
    )


def today(genesis: Genesis, judged: Judged, now: datetime.datetime) -> datetime.date:
    """The day on which something is due or not: of the clock `now`, or of the last entry where the ledger replays."""
    if genesis.clock == "replay":
        return judged.as_of
    return max(judged.as_of, business_date(format_instant(now), genesis.time_zone))
