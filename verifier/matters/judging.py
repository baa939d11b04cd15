# SPDX-License-Identifier: Apache-2.0
"""Judge one matter: its standing facts in, findings and gaps out; the same call in one process, in many, or on Spark."""

import datetime
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from verifier.basis.findings import Evidence, Finding
from verifier.matters.correcting import as_corrected
from verifier.matters.family import Family, Matter, Noted
from verifier.matters.shelves import FactRow
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap


def judge_matter(
    family: Family[Any], key: str, rows: Sequence[FactRow], case: Case
) -> Iterator[Finding | Gap]:
    """What `family` finds in the matter `key` and what it could not judge.

    Findings that stood only on corrected events follow, as corrected (semantics T18).
    """
    standing = standing_matter(family, key, rows)
    stands: set[str] = set()
    for one in family.judge(standing, case):
        if isinstance(one, Finding):
            stands.add(one.id)
        yield one
    if len(standing.facts) < len(rows):  # never where the family tells corrections itself
        yield from _corrected(family, key, rows, case, stands)


def _corrected(
    family: Family[Any], key: str, rows: Sequence[FactRow], case: Case, stands: set[str]
) -> Iterator[Finding]:
    reversals = {row.name: _reversal(row) for row in rows if row.reversed_seq is not None}
    for one in family.judge(_matter(family, key, rows), case):
        if isinstance(one, Finding) and one.id not in stands:
            named = {reversals[entry.name] for entry in one.evidence if entry.name in reversals}
            yield as_corrected(
                one, tuple(sorted(named or set(reversals.values()), key=lambda entry: entry.seq))
            )


def wakes_on(family: Family[Any], key: str, rows: Sequence[FactRow], case: Case) -> datetime.date | None:
    """The day after the as-of date on which time alone may change what `judge_matter` says, or None."""
    return family.wake(standing_matter(family, key, rows), case)


def standing_matter(family: Family[Any], key: str, rows: Sequence[FactRow]) -> Matter[Any]:
    """The matter `key` with the facts that stand, and with the others where the family tells corrections itself."""
    told = family.tells_corrections
    return _matter(family, key, [row for row in rows if told or row.reversed_seq is None])


def _matter(family: Family[Any], key: str, rows: Sequence[FactRow]) -> Matter[Any]:
    decoder = _decoder(family.said)
    return Matter(key=key, facts=tuple(_noted(row, decoder) for row in rows))


def _noted(row: FactRow, decoder: msgspec.msgpack.Decoder[Any]) -> Noted[Any]:
    return Noted(
        said=decoder.decode(row.said),
        entry=Evidence(name=row.name, seq=row.seq, leaf=row.leaf),
        party=row.party,
        on=datetime.date.fromordinal(row.day),
        recorded_on=datetime.date.fromordinal(row.known),
        reversed_on=None if row.reversed_day is None else datetime.date.fromordinal(row.reversed_day),
    )


def _reversal(row: FactRow) -> Evidence:
    return Evidence(name=row.reversed_by or "", seq=row.reversed_seq or 1, leaf=row.reversed_leaf or "")


@lru_cache(maxsize=256)
def _decoder(said: object) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(said)
