# SPDX-License-Identifier: Apache-2.0
"""How the witnesses of a served log do now: for figures, and for whoever asks whether the server is ready."""

from dataclasses import dataclass
from typing import Final

from api.served_ledger import ServedLedger
from api.witnessing.rounds import Rounds
from ledger.errors import EnvironmentFault, ToldError
from ledger.store.cosignatures import newest_of

LASTING: Final = 3
"""Failures in a row, some fifteen seconds of them, after which a witness is said to be in trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessHealth:
    """One witness: entries it has cosigned last and the POSIX time of that, zeros for never; failures in a row now."""

    name: str
    url: str
    size: int
    seconds: int
    failures: int
    problem: ToldError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All witnesses that are asked, and how far their quorum is.

    Attributes:
        witnesses: in the order of the policy.
        quorum_size: entries under the newest checkpoint that has reached the quorum, 0 for none; None where no quorum
            is asked for.
        quorum_reached: whether that is the newest checkpoint of all.
        blocked: why nothing newer is published: publication waits for the quorum, the newest checkpoint has not reached it,
            and cannot as long as the witnesses in trouble stay away. None otherwise.
    """

    witnesses: tuple[WitnessHealth, ...]
    quorum_size: int | None
    quorum_reached: bool
    blocked: EnvironmentFault | None

    @property
    def troubled(self) -> tuple[WitnessHealth, ...]:
        """The witnesses that have failed for a while."""
        return tuple(one for one in self.witnesses if one.failures >= LASTING)


def health_of(ledger: ServedLedger, rounds: Rounds | None) -> Health | None:
    """How the witnesses that `rounds` asks do; None where none is asked.

    Raises:
        EnvironmentFault: the database does not answer.
    """
    if rounds is None:
        return None
    publication = ledger.publication
    with ledger.reading_database() as connection:
        newest = {one.url: max(newest_of(connection, key) for key in one.keys) for one in rounds.stations}
        reached = publication.newest_reached(connection)
    size = ledger.head().size
    witnesses = []
    for station in rounds.stations:
        standing = rounds.standings.get(station.url)
        cosigned, seconds = newest[station.url]
        witnesses.append(
            WitnessHealth(
                name=station.name,
                url=station.url,
                size=cosigned,
                seconds=seconds,
                failures=0 if standing is None else standing.failures,
                problem=None if standing is None else standing.problem,
            )
        )
    covered = 0 if reached is None else reached.size
    waits = publication.after_quorum and covered < size
    return Health(
        witnesses=tuple(witnesses),
        quorum_size=covered if publication.has_quorum else None,
        quorum_reached=publication.has_quorum and covered == size,
        blocked=_blocked(covered, size) if waits and not _attainable(ledger, rounds, witnesses) else None,
    )


def _attainable(ledger: ServedLedger, rounds: Rounds, witnesses: list[WitnessHealth]) -> bool:
    """Whether the witnesses that answer would make the quorum."""
    policy = ledger.publication.witnesses
    away = {one.url for one in witnesses if one.failures >= LASTING}
    present = (key for one in rounds.stations if one.url not in away for key in one.keys)
    return policy is None or policy.satisfied(present)


def _blocked(covered: int, size: int) -> EnvironmentFault:
    return EnvironmentFault(
        code="witnessing.quorum-away",
        place="FUNDTRACE_PUBLISH_AFTER_QUORUM",
        message_en=f"too many witnesses are away for the quorum: {covered} entries are published, {size} are recorded",
        message_zh=f"离线的见证方过多，未达法定数：已公布 {covered} 条，已入账 {size} 条",
        remedy_en="Posting goes on. /metrics says which witnesses fail: reach their operators, or change the policy.",
        remedy_zh="提交照常入账。/metrics 指明哪些见证方失败：请联系其运营者，或更改策略。",
    )
