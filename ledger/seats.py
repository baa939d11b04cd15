# SPDX-License-Identifier: Apache-2.0
"""How many persons must sign a submission, in which roles, and that no two roles are one person or one device (I6).

What is asked stands in `ledger.rights`, and what policies add to it in `ledger.rulings`. Duties are separated per person
and device (会计法 art. 25, internal control).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations
from typing import Final

from ledger.deputies import principals
from ledger.instant import business_date
from ledger.kinds.form import kind_of
from ledger.kinds.mandate import Deputation, Override
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import AnyEvent
from ledger.past_events import PastEvents
from ledger.problems import Problem, problem_at
from ledger.register import Register
from ledger.rights import EMERGENCY, is_told_by_action, rights_to
from ledger.rulings import Large, approvers_asked, large_asked, panel_asked
from ledger.separation import persons_apart
from ledger.submission import Submission

_problem: Final = partial(problem_at, check="I6")
_PAIR: Final = frozenset({"maker", "checker"})
_ROLE_ZH: Final = {
    "maker": "经办", "checker": "复核", "approver": "审批", "bank": "银行", "panel": "验收组", "auditor": "审计",
}  # fmt: skip
_ROLE_ORDER: Final = tuple(_ROLE_ZH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many persons must sign in each role, how many of the panel must be from other parties, what is signed offline."""

    persons: Mapping[str, int]
    recorded: str
    outside: int = 0
    large: Large | None = None


def asked_of(register: Register, submission: Submission, *, recorded: str, past: PastEvents | None) -> Asked:
    """A pair at least, or two leaders by an override; more by the events themselves and by what policies say."""
    persons, outside, large = _seats(frozenset(_acts(submission.events))), 0, None
    if register.rulings:
        today = business_date(recorded, register.genesis.time_zone)
        panel, outside = panel_asked(register, submission, today=today)
        approvers = approvers_asked(register, submission, today=today, past=past)
        large = large_asked(register, submission, today=today, past=past)
        more = {"approver": approvers, "panel": panel}
        persons = persons | {role: max(persons.get(role, 0), n) for role, n in more.items() if n}
    return Asked(persons=persons, recorded=recorded, outside=outside, large=large)


@lru_cache(maxsize=1_024)
def _seats(acts: frozenset[tuple[str, str]]) -> dict[str, int]:
    """How many persons the table of rights wants in each role for these kinds and actions."""
    override = ("override", "declare")
    wanted = Counter() if override in acts else Counter(_PAIR)
    for kind, action in [override] if override in acts else acts:
        for one in rights_to(kind, action):
            wanted |= Counter(one.signed)
    return {role: wanted[role] for role in _ROLE_ORDER if wanted[role]}


def _acts(events: Sequence[AnyEvent]) -> Iterator[tuple[str, str]]:
    """Kind and action of each event, the action only where rights differ by it; a large batch is one look at its types."""
    for type_, one in {type(event): event for event in events}.items():
        kind = kind_of(one)
        if is_told_by_action(kind):
            yield from ((kind, getattr(event, "action", "")) for event in events if type(event) is type_)
        else:
            yield kind, ""


def check_seats(register: Register, submission: Submission, asked: Asked) -> Iterator[Problem]:
    """Enough have signed in every role asked for, and whoever signed in two roles is two persons with two devices."""
    for role, number in asked.persons.items():
        signed = persons_apart(_signers(register, submission, role))
        if signed < number:
            yield _missing(role, signed, number)
    if asked.outside:
        own = submission.header.party
        strangers = [key for key in _signers(register, submission, "panel") if key.holder != own]
        if persons_apart(strangers) < asked.outside:
            yield _problem(
                "panel-outside",
                "signatures",
                f"{persons_apart(strangers)} of the panel are from other parties than {own}, {asked.outside} are needed",
                f"验收组中外单位人员 {persons_apart(strangers)} 名，需要 {asked.outside} 名",
                (
                    "have panel members of other parties sign the header too",
                    "请外单位验收组成员也对提交头签名",
                ),
            )
    given = {signature.role for signature in submission.signatures}
    for one, other in combinations(sorted(given & _ROLE_ZH.keys(), key=_ROLE_ORDER.index), 2):
        yield from _check_separation(register, submission, (one, other), recorded=asked.recorded)
    yield from _override_problems(submission)
    yield from _grant_problems(submission)


def _missing(role: str, signed: int, number: int) -> Problem:
    name_zh = _ROLE_ZH[role]
    if number == 1:
        en, zh = f"no {role} signed", f"缺少{name_zh}签名"
    else:
        en = f"{signed} of {number} signed as {role}: different persons with different devices"
        zh = f"{name_zh}签名 {signed} 名，需要 {number} 名不同人员、不同设备"
    return _problem(
        "signature-missing",
        "signatures",
        en,
        zh,
        (f"have a {role} of the party sign the header too", f"请本单位{name_zh}也对提交头签名"),
    )


def _check_separation(
    register: Register, submission: Submission, roles: tuple[str, str], *, recorded: str
) -> Iterator[Problem]:
    """Whoever signs for somebody else by a deputation counts as both of them."""
    one, other = roles
    for what, name_zh in (("person", "人"), ("device", "设备")):
        first, second = (
            {
                getattr(key, what)
                for own in _signers(register, submission, role)
                for key in (own, *principals(register, own.key, role, recorded=recorded))
            }
            for role in roles
        )
        if first & second:
            yield _problem(
                "separation",
                "signatures",
                f"{one} and {other} are the same {what}",
                f"{_ROLE_ZH[one]}与{_ROLE_ZH[other]}为同一{name_zh}",
                (
                    f"let another {what} sign as {other}",
                    f"请换一{'个人' if what == 'person' else '台设备'}作{_ROLE_ZH[other]}签名",
                ),
            )


def _override_problems(submission: Submission) -> Iterator[Problem]:
    """An override stands first and alone of its sort, and covers what may be done in an emergency."""
    if Override not in set(map(type, submission.events)):
        return
    declared = [index for index, event in enumerate(submission.events) if _declares(event)]
    covered = [kind_of(event) for event in submission.events if not _declares(event)]
    if declared and (declared != [0] or not covered or not EMERGENCY.issuperset(covered)):
        yield _problem(
            "override",
            "events",
            f"an override stands first and covers {', '.join(sorted(EMERGENCY))} only",
            f"越权声明须为首个事件，且只涵盖 {'、'.join(sorted(EMERGENCY))}",
            ("declare it once, before what it covers", "请先声明一次，再列所涵盖的事项"),
        )


def _declares(event: AnyEvent) -> bool:
    return isinstance(event, Override) and event.action == "declare"


def _grant_problems(submission: Submission) -> Iterator[Problem]:
    if Deputation not in set(map(type, submission.events)):
        return
    signed = {(one.key, one.role) for one in submission.signatures}
    granted = (one for one in submission.events if isinstance(one, Deputation) and one.action == "grant")
    if any((event.principal, event.role) not in signed for event in granted):
        yield _problem(
            "deputation-principal",
            "signatures",
            "the principal has not signed, in the role that is lent",
            "委托人未以所委托的角色签名",
            ("let the principal sign the header in that role", "请委托人以该角色对提交头签名"),
        )


def _signers(register: Register, submission: Submission, role: str) -> list[Key]:
    states = [register.keys.get(one.key) for one in submission.signatures if one.role == role]
    return [state.registered for state in states if state is not None]
