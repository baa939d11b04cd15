# SPDX-License-Identifier: Apache-2.0
"""The checks that every submission passes before it stands in the ledger; the same ones the verifier repeats offline.

Authority is refused, facts are recorded (DESIGN §1.1): every kind is refused for form, signature, actor, duplicate id or
a reference that does not resolve; allocations and disbursements also beyond what their line holds, unless genesis says
`ceilings: flag`. Order of the checks: header and signatures, then event by event, each judged after the ones before it;
an event that does not stand is unknown to those after it.
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ledger import actors, authority, effects, personal_numbers, texts, wellformed
from ledger.alike import take_alike
from ledger.header_checks import header_problems
from ledger.instant import business_date
from ledger.kinds.form import kind_of
from ledger.kinds.vocabulary import ADMITTED_BY_GENESIS, AnyEvent, event_bytes
from ledger.past_events import KnownEvent, PastEvents
from ledger.problems import Problem
from ledger.references import TABLE_NAMES, Table, references
from ledger.register import Register
from ledger.submission import Submission, event_name
from ledger.unique import duplicate_problems

PROBLEMS_MAX: Final = 100
"""Most problems told of one submission; the rest is the same mistake again."""


def admit(  # noqa: PLR0913 - what is judged, and what was checked before
    register: Register,
    submission: Submission,
    *,
    seq: int,
    recorded: str,
    past: PastEvents,
    signatures: bool = True,
    root: bool = True,
) -> tuple[Problem, ...]:
    """Empty, and the register holds the submission with its header entry at `seq`; or the problems, register unchanged.

    `recorded` is the instant it would be recorded at. With `signatures` False the caller has checked them by
    `authority.check_signatures` already, with `root` False count and root; rights are judged all the same. Changes stay
    undoable until `Register.settle`. Duplicates of (party, id) are a problem here; the sequencer answers replays before it
    asks.
    """
    mark = register.mark()
    problems = tuple(header_problems(register, submission, recorded=recorded, past=past, root=root))
    if not problems and signatures:
        problems = tuple(authority.check_signatures(register, submission))
    if not problems:
        problems = tuple(authority.check_signers(register, submission, recorded=recorded, past=past))
    if problems:
        return problems[:PROBLEMS_MAX]
    try:
        problems = _take_events(register, submission, seq=seq, recorded=recorded, past=past)
    except BaseException:
        register.rollback(mark)
        raise
    if problems:
        register.rollback(mark)
        return problems[:PROBLEMS_MAX]
    key = (submission.header.party, submission.header.id)
    register.put(register.pending_submissions, key, seq)
    return ()


def preview(register: Register, known: KnownEvent, *, name: str, past: PastEvents) -> tuple[Problem, ...]:
    """Empty, and the register holds what `known` does, undoably; or its problems, and nothing changed.

    Judged as `admit` does, signatures and header apart. Later events do not find it by `name`.

    Raises:
        FormatError: the event is too large.
    """
    mark = register.mark()
    today = business_date(known.recorded, register.genesis.time_zone)
    encoded = event_bytes(known.event)
    found = _event_problems(register, known, name=name, encoded=encoded, today=today, past=past)
    if found:
        register.rollback(mark)
    return tuple(found)


def _take_events(
    register: Register, submission: Submission, *, seq: int, recorded: str, past: PastEvents
) -> tuple[Problem, ...]:
    today = business_date(recorded, register.genesis.time_zone)
    header = submission.header

    def stands(event: AnyEvent) -> bool:
        return _stands(register, event, party=header.party, today=today, past=past)

    if take_alike(register, submission, seq=seq, recorded=recorded, past=past, stands=stands):
        return ()
    problems: list[Problem] = []
    for index, event in enumerate(submission.events):
        known = KnownEvent(seq=seq + 1 + index, recorded=recorded, party=header.party, event=event)
        name, encoded = event_name(header, index), submission.event_bytes[index]
        found = _event_problems(register, known, name=name, encoded=encoded, today=today, past=past)
        if not found:
            register.put(register.pending_events, name, known)
            continue
        problems.extend(replace(problem, index=index) for problem in found)
        if len(problems) >= PROBLEMS_MAX:
            break
    return tuple(problems)


def _stands(
    register: Register, event: AnyEvent, *, party: str, today: datetime.date, past: PastEvents
) -> bool:
    """Whether form, references and actor of an event of a plain kind are in order."""
    if any(wellformed.form_problems(event, today)) or any(_reference_problems(register, event)):
        return False
    if any(effects.tag_problems(register, getattr(event, "tag", None))):
        return False
    return not any(actors.check_actor(register, event, party=party, past=past))


def _event_problems(
    register: Register,
    known: KnownEvent,
    *,
    name: str,
    encoded: bytes,
    today: datetime.date,
    past: PastEvents,
) -> list[Problem]:
    """Problems of one event; without any, the register holds what it does."""
    event = known.event
    problems = [
        *_admission_problems(register, event),
        *texts.text_problems(encoded),
        *_number_problems(register, event, encoded),
        *wellformed.form_problems(event, today),
        *_reference_problems(register, event),
    ]
    if not problems:
        problems.extend(duplicate_problems(register, event, today=today, past=past))
    if not problems:
        problems.extend(actors.check_actor(register, event, party=known.party, past=past))
    if not problems:
        problems.extend(effects.take_in(register, known, name=name, past=past))
        if register.genesis.ceilings == "flag":
            problems = [problem for problem in problems if problem.check != "ceiling"]
    return problems


def _admission_problems(register: Register, event: AnyEvent) -> Iterator[Problem]:
    """A kind that genesis does not admit has been admitted by a policy before (ADR 0002)."""
    kind = kind_of(event)
    if kind in ADMITTED_BY_GENESIS and event.v == 1:
        return
    version = f"{kind}/{event.v}"
    if not any(version in policy.admits for policy in register.policies.values()):
        yield Problem(
            code="kind-unadmitted",
            check="I7",
            place="kind",
            message_en=f"no earlier policy admits {version}",
            message_zh=f"此前没有规则准入 {version}",
            remedy_en=f"let an audit or supervision party post a policy that admits {version}",
            remedy_zh=f"请由审计或监督单位先发布准入 {version} 的规则",
        )


def _number_problems(register: Register, event: AnyEvent, encoded: bytes) -> Iterator[Problem]:
    if personal_numbers.is_searched(register.genesis):
        yield from personal_numbers.number_problems(event, encoded)


def _reference_problems(register: Register, event: AnyEvent) -> Iterator[Problem]:
    for table, identifier, field in references(event):
        if identifier not in getattr(register, table):
            yield _unknown(table, identifier, field)


def _unknown(table: Table, identifier: str, field: str) -> Problem:
    name_en, name_zh = TABLE_NAMES[table]
    return Problem(
        code=f"{name_en}-unknown",
        check="I7",
        place=field,
        message_en=f"{name_en} {identifier} is not registered by an earlier entry",
        message_zh=f"{name_zh} {identifier} 此前没有登记",
        remedy_en="check the spelling, or register it first",
        remedy_zh="请核对编号，或先行登记",
    )
