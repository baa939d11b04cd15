# SPDX-License-Identifier: Apache-2.0
"""F36 岗位不分离: one person, or one device, holds keys by which two bodies act that should check each other.

Basis: 会计法 art. 25. Posting refuses a submission that one person or one device signs in two roles; over two
submissions, such as a claim and its approval, it cannot. Who signed an entry is not among what rules see, so
this tells the registry as it stands:

- ``person``: keys of two bodies are one person's, as maker, checker, approver or bank;
- ``device``: keys of two persons lie on one device; red, and no deputation clears it (semantics P6).

A deputation lends a key within one body, where posting tells persons apart; so it makes no finding there. Keys
that were revoked, or whose time is over, count no more. What was signed is not known: indicated (semantics P7).
Historical ledgers are written by transcribers, whose keys say nothing about who acted: not judged. A maker on a
panel is F18.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.registry import Fund, Key
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F36",
    version=1,
    title=Told(zh="岗位不分离", en="Duties in one hand"),
    basis=Told(zh="《会计法》第二十五条", en="Accounting Law, art. 25"),
    subject=("tell", "person or device"),
    severity="orange",
    tier="T0",
)
ACTING: Final = frozenset({"maker", "checker", "approver", "bank"})
"""Roles of keys by which a body acts."""

_ONE: Final = datetime.timedelta(days=1)
_HISTORICAL: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="历史账本由转录单位登记，岗位是否分离无从判断",
        en="a historical ledger is written by a transcriber: whether duties were apart cannot be judged",
    ),
    count=1,
)


class Keyed(Said, frozen=True, kw_only=True):
    """`key` of `holder` is `person`'s, on `device`, up to the day `until` if that is set."""

    key: str
    holder: str
    person: str
    device: str
    until: datetime.date | None


class Revoked(Said, frozen=True, kw_only=True):
    """`key` no longer signs."""

    key: str


class Afterwards(Said, frozen=True, kw_only=True):
    """The ledger is historical and has a fund."""


Fact = Keyed | Revoked | Afterwards


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Keys by person and by device; revocations with the key that they name."""
    match posted.event:
        case Fund():
            if case.genesis.historical:
                yield Placed(matter="historical", said=Afterwards())
        case Key(action="register", holder=str(holder), person=str(person), device=str(device)) as event:
            if ACTING.isdisjoint(event.roles) or case.genesis.historical:
                return
            until = None if event.valid_to is None else datetime.date.fromisoformat(event.valid_to[:10])
            said = Keyed(key=event.key, holder=holder, person=person, device=device, until=until)
            yield Placed(matter=f"person {person}", said=said, called=event.key)
            yield Placed(matter=f"device {device}", said=said, called=event.key)
        case Key() as event:
            yield Placed(about=event.key, said=Revoked(key=event.key))
        case _:
            pass


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """At most one finding for a person or a device."""
    if matter.key == "historical":
        yield _HISTORICAL
        return
    tell, _, name = matter.key.partition(" ")
    keys = [(one, said) for one, said in _keys(matter) if said.until is None or case.as_of <= said.until]
    several = {said.holder if tell == "person" else said.person for _, said in keys}
    if len(several) > 1:
        yield _finding(case, (tell, name), keys)


def wake(matter: Matter[Fact], case: Case) -> datetime.date | None:
    """The day after the time of the next key is over."""
    ends = (said.until + _ONE for _, said in _keys(matter) if said.until is not None)
    return min((day for day in ends if day > case.as_of), default=None)


FAMILY: Final = Family(
    name="separation", rules=(RULE,), kinds=(Key, Fund), said=Fact, note=note, judge=judge, wake=wake
)


def _keys(matter: Matter[Fact]) -> list[tuple[Noted[Fact], Keyed]]:
    """The keys that were not revoked, each once, in log order."""
    gone = {one.said.key for one in matter.facts if isinstance(one.said, Revoked)}
    found = {one.said.key: (one, one.said) for one in matter.facts if isinstance(one.said, Keyed)}
    return [pair for key, pair in found.items() if key not in gone]


def _finding(case: Case, subject: tuple[str, str], keys: list[tuple[Noted[Fact], Keyed]]) -> Finding:
    tell, name = subject
    bodies, persons = (
        list(dict.fromkeys(getattr(said, field) for _, said in keys)) for field in ("holder", "person")
    )
    named = [case.party(one) for one in bodies]
    if tell == "person":
        text = Told(
            zh=f"人员 {name} 同时持有 {len(bodies)} 个单位的业务密钥：{'、'.join(one.zh for one in named)}。",
            en=f"Person {name} holds keys by which {len(bodies)} bodies act: {', '.join(one.en for one in named)}.",
        )
    else:
        text = Told(
            zh=f"设备 {name} 上存有 {len(persons)} 名人员的业务密钥：{'、'.join(persons)}。",
            en=f"Device {name} holds keys of {len(persons)} persons: {', '.join(persons)}.",
        )
    lead = Lead(
        subject=subject,
        finding_class="indicated",
        severity="red" if tell == "device" else "orange",
        explanation=text,
        clears_if=Told(
            zh="注销多余的密钥；或证明各单位业务互不审核的岗位设置文件",
            en="the revocation of the keys that are too many; or the paper on duties that shows that the bodies do not "
            "check each other",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=""), keys[-1][0].on),
        first=keys[0][0],
        decisive=keys[-1][0],
        evidence=[one.entry for one, _ in keys],
        parties=bodies,
    )
    return finding_of(case, RULE, lead)
