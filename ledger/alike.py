# SPDX-License-Identifier: Apache-2.0
"""Many events that are alike, taken in at once: payments of one line, lines of one statement, uses of one account.

What `ledger.posting` looks at, event by event, is the same for most of them. Here one of each sort is looked at, and what
adds up is added up first. Nothing is refused here: where not all of it is plainly in order, nothing is done, and each event
is judged alone, as it would have been. So the outcome is the same, and only the time is another.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Final

from ledger import lines, personal_numbers, returns, texts, wellformed
from ledger.kinds.authority import Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.fact import Interest, Transfer, Use
from ledger.kinds.vocabulary import AnyEvent
from ledger.past_events import KnownEvent, PastEvents
from ledger.register import Register
from ledger.submission import Submission

PLAIN: Final = frozenset({Disbursement, Transfer, Use, Interest, Movement})
"""Kinds that every genesis admits, and of which none changes what another one of them is judged by but its own line."""

UNJUDGED: Final = frozenset(
    {
        "v", "provenance", "sd", "amount", "bank_ref", "voucher", "note", "invoice", "mode", "contract",
        "functional", "economic", "milestone", "reason", "period", "statement", "line_no", "direction",
    }
)  # fmt: skip
"""Fields of these kinds in which two events may differ and still be of one sort: nothing else hangs on them than the texts,
the order of commitments, the sum of a line, and what `ledger.returns` keeps of bank lines."""


def take_alike(
    register: Register,
    submission: Submission,
    *,
    seq: int,
    recorded: str,
    past: PastEvents,
    stands: Callable[[AnyEvent], bool],
) -> bool:
    """Whether the register holds every event of `submission`, as if taken in one after the other; else it is unchanged.

    `seq` is the position of the header entry; `stands` says whether form, references and actor of an event are in order.
    """
    events = submission.events
    kinds = set(map(type, events))
    if len(events) == 1 or not kinds <= PLAIN or not _are_texts_clean(register, submission):
        return False
    if not all(wellformed.are_ordered(event.sd) for event in events) or not all(
        map(stands, _sorts(events, kinds))
    ):
        return False
    mark = register.mark()
    if not (_pay(register, events, kinds) and _book(register, enumerate(events, seq + 1), kinds, past=past)):
        register.rollback(mark)
        return False
    header = submission.header
    party, prefix = header.party, f"{header.party}/{header.id}/"
    known = {
        f"{prefix}{number}": KnownEvent(seq=seq + 1 + number, recorded=recorded, party=party, event=event)
        for number, event in enumerate(events)
    }
    register.put_new(register.pending_events, known)
    return True


def _are_texts_clean(register: Register, submission: Submission) -> bool:
    if not texts.is_clean(b"".join(submission.event_bytes)):
        return False
    return not (
        personal_numbers.is_searched(register.genesis)
        and personal_numbers.may_show_numbers(b"".join(submission.event_bytes))
        and any(
            True
            for event, encoded in zip(submission.events, submission.event_bytes, strict=True)
            for _ in personal_numbers.number_problems(event, encoded)
        )
    )


def _sorts(events: Sequence[AnyEvent], kinds: Iterable[type[AnyEvent]]) -> Iterable[AnyEvent]:
    """One event of each sort."""
    for kind in kinds:
        sort = sort_of(kind)
        yield from {sort(event): event for event in events if type(event) is kind}.values()


def take_in_alike(register: Register, numbered: Sequence[tuple[int, AnyEvent]], past: PastEvents) -> bool:
    """Whether the register holds what the events of one plain kind do, each with its position; else it is unchanged.

    They are not judged: they stand in the log.
    """
    events = [event for _, event in numbered]
    kinds = {type(events[0])}
    _pay(register, events, kinds)
    return _book(register, numbered, kinds, past=past)


@cache
def sort_of(kind: type[AnyEvent]) -> Callable[[AnyEvent], object]:
    """From an event of the plain `kind` to its sort: equal where two differ in nothing but `UNJUDGED`."""
    return attrgetter(*(name for name in kind.__struct_fields__ if name not in UNJUDGED))


def _pay(register: Register, events: Sequence[AnyEvent], kinds: set[type[AnyEvent]]) -> bool:
    """Whether every line holds what is paid from it; it is paid in any case."""
    if Disbursement not in kinds:
        return True
    sums: dict[str, int] = {}
    for event in events:
        if isinstance(event, Disbursement):
            sums[event.line] = sums.get(event.line, 0) + event.amount
    problems = [problem for line, amount in sums.items() for problem in lines.pay(register, line, amount)]
    return not problems


def _book(
    register: Register,
    numbered: Iterable[tuple[int, AnyEvent]],
    kinds: set[type[AnyEvent]],
    *,
    past: PastEvents,
) -> bool:
    """Whether every bank line is new and concerns no return; then it is booked."""
    if Movement not in kinds:
        return True
    lines_of_bank = [(seq, event) for seq, event in numbered if isinstance(event, Movement)]
    return returns.take_movements(register, lines_of_bank, past)
