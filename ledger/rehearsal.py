# SPDX-License-Identifier: Apache-2.0
"""What submissions and events would meet at a head, each after the ones before it; nothing is stored.

Both fold what stands into the register of `state`, undoable: the caller rolls it back.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection

from ledger import clock
from ledger.errors import InputError
from ledger.flush import Known, Placed, Turned, judge, open_draft, precheck, propose
from ledger.kinds.vocabulary import AnyEvent
from ledger.open_state import OpenState
from ledger.past_events import KnownEvent
from ledger.posting import preview as problems_of_event
from ledger.problems import Problem
from ledger.store.past import StoredPast
from ledger.submission import Submission

PREVIEW_COMPACTED: Final = 5_000
"""After so many events a preview drops what it need not undo one by one."""


def rehearse(
    state: OpenState, connection: Connection, submissions: Iterable[Submission], *, now: datetime.datetime
) -> Iterator[tuple[Problem, ...]]:
    """Yield the problems that each submission would meet.

    Raises:
        EnvironmentFault: the machine's clock is too far behind to record anything, or the database failed.
    """
    draft = open_draft(state, now=now)
    past = StoredPast(connection, before=state.size)
    for submission in submissions:
        parsed, problems = precheck(state, submission)
        if problems:
            yield problems
            continue
        (verdict,) = judge(state, past, draft, [propose(parsed, checked=True)], now=now)
        draft.forget_rows()
        match verdict:
            case Turned():
                yield verdict.problems
            case Placed() | Known():
                yield ()
            case _:
                raise verdict


def preview(
    state: OpenState,
    connection: Connection,
    party: str,
    events: Iterable[AnyEvent],
    *,
    signed_at: str,
    now: datetime.datetime,
) -> Iterator[tuple[Problem, ...]]:
    """Yield the problems that each event would meet as an act of `party`; signatures and rights are not judged.

    Raises:
        InputError: `party` is not registered.
        EnvironmentFault: as `rehearse`.
    """
    register, size = state.register, state.size
    if party not in register.parties and party not in register.administrators:
        raise _unknown_party(party)
    previous = open_draft(state, now=now).recorded
    recorded = clock.recorded_at(register.genesis, previous=previous, now=now, signed_at=signed_at)
    past = StoredPast(connection, before=size)
    for number, event in enumerate(events):
        known = KnownEvent(seq=size + 1 + number, recorded=recorded, party=party, event=event)
        yield problems_of_event(register, known, name=f"{party}/preview/{number}", past=past)
        if number % PREVIEW_COMPACTED == PREVIEW_COMPACTED - 1:
            register.compact()


def _unknown_party(party: str) -> InputError:
    return InputError(
        code="party-unknown",
        place="party",
        message_en=f"party {party} is not registered in this ledger",
        message_zh=f"单位 {party} 未在本账本登记",
        remedy_en="Check the id, or have the party registered first.",
        remedy_zh="请核对单位编号，或先登记该单位。",
    )
