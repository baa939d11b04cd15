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

from ledger import actors, authority, effects, once, personal_numbers, texts, wellformed
from ledger.alike import take_alike
from ledger.errors import FormatError
from ledger.instant import business_date, is_instant, parse_instant
from ledger.kinds.authority import Allocation, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.contract import Contract
from ledger.kinds.control import Objection
from ledger.kinds.fact import Claim
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import ADMITTED_BY_GENESIS, AnyEvent, event_bytes
from ledger.past_events import KnownEvent, PastEvents
from ledger.problems import Check, Problem
from ledger.references import TABLE_NAMES, Table, references
from ledger.register import Register
from ledger.registration import check_registration
from ledger.submission import Submission, check_form, event_name, is_bound

AHEAD_MAX: Final = datetime.timedelta(minutes=5)
BEHIND_MAX: Final = datetime.timedelta(days=30, minutes=5)
"""How far `signed_at` of a wall ledger may lie from `recorded`, which itself may run ahead of the machine by 5 minutes."""

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
    problems = tuple(_header_problems(register, submission, recorded=recorded, past=past, root=root))
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


def _header_problems(
    register: Register, submission: Submission, *, recorded: str, past: PastEvents, root: bool
) -> Iterator[Problem]:
    header = submission.header
    for field, given, wanted in (
        ("header.genesis", header.genesis, register.genesis_hash),
        ("header.origin", header.origin, register.genesis.origin),
    ):
        if given != wanted:
            yield _problem(
                "other-ledger", "I6", field, f"{given} is not this ledger ({wanted})", f"{given} 不是本账本（{wanted}）",
                "sign a header that names this ledger's genesis and origin", "请使用本账本的创世哈希和名称重新签名",
            )  # fmt: skip
    if root and not is_bound(submission):
        yield _problem(
            "root", "I6", "header.root", "count or root do not fit the events", "事件数或根哈希与事件不符",
            "compute the RFC 9162 root over the canonical bytes of the events as sent, then sign",
            "请对实际提交的规范字节计算根哈希后再签名",
        )  # fmt: skip
    key = (header.party, header.id)
    if key in register.pending_submissions or past.submission(*key) is not None:
        yield _problem(
            "submission-duplicate", "I7", "header.id", f"{header.party}/{header.id} was submitted before",
            f"{header.party}/{header.id} 已提交过", "use a new id for new content", "新内容请使用新的编号",
        )  # fmt: skip
    yield from _time_problems(register, header.signed_at, recorded)
    try:
        check_form(submission, place="signatures")
    except FormatError as error:
        if is_instant(header.signed_at):
            yield _problem(
                "signature-order",
                "I6",
                "signatures",
                error.message_en,
                error.message_zh,
                error.remedy_en,
                error.remedy_zh,
            )


def _time_problems(register: Register, signed_at: str, recorded: str) -> Iterator[Problem]:
    """Instants are real; a replay clock follows the signing, a wall clock stays near it as `ledger.clock` demands."""
    for code, field, instant in (
        ("signed-at", "header.signed_at", signed_at),
        ("recorded", "recorded", recorded),
    ):
        if not is_instant(instant):
            yield wellformed.instant_problem(code, field, instant)
            return
    if register.genesis.clock == "replay":
        if signed_at > recorded:
            yield _problem(
                "signed-late", "form", "header.signed_at", f"signed at {signed_at}, after it is recorded",
                f"签名时刻 {signed_at} 晚于入账时刻", "record it at or after the time of signing", "请在签名之后入账",
            )  # fmt: skip
        return
    before = parse_instant(recorded) - parse_instant(signed_at)
    if before < -AHEAD_MAX:
        yield _problem(
            "signed-ahead", "I6", "header.signed_at", f"signed at {signed_at}, more than 5 minutes after it is recorded",
            f"签名时刻 {signed_at} 比入账晚 5 分钟以上", "set the clock of the signing machine, then sign again",
            "请校准签名机时钟后重新签名",
        )  # fmt: skip
    if before > BEHIND_MAX:
        yield _problem(
            "signed-long-ago", "I6", "header.signed_at", f"signed at {signed_at}, more than 30 days before it is recorded",
            f"签名时刻 {signed_at} 比入账早 30 天以上", "sign it again with the present time", "请以当前时刻重新签名",
        )  # fmt: skip


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
        problems.extend(_duplicate_problems(register, event, today=today, past=past))
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
        yield _problem(
            "kind-unadmitted", "I7", "kind", f"no earlier policy admits {version}", f"此前没有规则准入 {version}",
            f"let an audit or supervision party post a policy that admits {version}",
            f"请由审计或监督单位先发布准入 {version} 的规则",
        )  # fmt: skip


def _number_problems(register: Register, event: AnyEvent, encoded: bytes) -> Iterator[Problem]:
    if personal_numbers.is_searched(register.genesis):
        yield from personal_numbers.number_problems(event, encoded)


def _reference_problems(register: Register, event: AnyEvent) -> Iterator[Problem]:
    for table, identifier, field in references(event):
        if identifier not in getattr(register, table):
            yield _unknown(table, identifier, field)


def _unknown(table: Table, identifier: str, field: str) -> Problem:
    name_en, name_zh = TABLE_NAMES[table]
    return _problem(
        f"{name_en}-unknown", "I7", field, f"{name_en} {identifier} is not registered by an earlier entry",
        f"{name_zh} {identifier} 此前没有登记", "check the spelling, or register it first", "请核对编号，或先行登记",
    )  # fmt: skip


def _duplicate_problems(  # noqa: C901 - one row a kind
    register: Register, event: AnyEvent, *, today: datetime.date, past: PastEvents
) -> Iterator[Problem]:
    match event:
        case Party() | Account() | Fund() | Project() | Policy() | Calendar():
            yield from check_registration(register, event, today=today)
        case Key() if event.action == "register" and event.key in register.keys:
            yield _duplicate("key", event.key)
        case Allocation() if event.opens and event.line in register.lines:
            yield _duplicate("line", event.line)
        case Claim() if event.action == "submit" and event.claim in register.claims:
            yield _duplicate("claim", event.claim)
        case Movement():
            yield from _line_problems(register, (event.account, event.statement, event.line_no), past=past)
        case BankBalance():
            yield from _line_problems(register, (event.account, event.statement, 0), past=past)
        case MatchingPledge() if event.id in register.pledges:
            yield _duplicate("id", event.id)
        case Contract() if event.id in register.contracts:
            yield _duplicate("id", event.id)
        case Objection() if event.id in register.objections:
            yield _duplicate("id", event.id)
        case _:
            yield from once.check_once(register, event)


def _line_problems(register: Register, line: tuple[str, str, int], *, past: PastEvents) -> Iterator[Problem]:
    if line in register.pending_lines or past.statement_line(*line) is not None:
        account, statement, number = line
        which_en = f"line {number}" if number else "the closing balance"
        which_zh = f"第 {number} 行" if number else "期末余额"
        yield _problem(
            "statement-line-duplicate", "I7", "line_no",
            f"{which_en} of statement {statement} of account {account} is recorded already",
            f"账户 {account} 对账单 {statement} 的{which_zh}已登记",
            "post each statement line once; correct a wrong one by a correction", "每行流水只登记一次；有误请冲正",
        )  # fmt: skip


def _duplicate(field: str, identifier: str) -> Problem:
    return _problem(
        "id-duplicate", "I7", field, f"{identifier} exists already", f"{identifier} 已存在",
        "choose another id", "请换一个编号",
    )  # fmt: skip


def _problem(  # noqa: PLR0913, PLR0917 - the texts of a problem
    code: str, check: Check, place: str, en: str, zh: str, remedy_en: str, remedy_zh: str
) -> Problem:
    return Problem(
        code=code,
        check=check,
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en=remedy_en,
        remedy_zh=remedy_zh,
    )
