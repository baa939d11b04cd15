# SPDX-License-Identifier: Apache-2.0
"""The one table of rights: who may post what, signed by whom, over which place (DESIGN §3 *Keys*, spec §4.2).

Pure data. `ledger.actors` reads whose act a kind is, `ledger.authority` reads who signs and what the keys must cover; the
specification repeats the rows and a test compares. A kind without a row can be posted by nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from ledger.party import FINANCE, OVERSIGHT, PUBLIC

Place = Literal["", "division", "owner"]
"""What keys must cover beside the division of their party: the event's `division`, that of its `owner`, or nothing."""

Duty = Literal["system", "security", "audit"]
"""What an administrator is for (三员): system (parties, keys of the log), security (keys and roles, administrators), audit
(reads along, and countersigns changes of administrators)."""

Rule = Literal["approval_tier", "offline_above", "panel"]
"""A rule by which a policy asks for more: approvers by amount, keys that no browser holds, the panel of an acceptance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrators:
    """The administrators of the ledger, by their threshold; where duties are given, those with this one (三员)."""

    duty: Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The party that `field` of the event names; it must hold one of `roles`, if any are given."""

    field: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerOf:
    """The owner of the account in `field`."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankOf:
    """The bank of the account in `field`."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOf:
    """The unit that runs the project in `field`."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderOf:
    """The holder of the line in `field`."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anybody:
    """Every party that holds one of `roles`, or whatever its roles where none are given."""

    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ByState:
    """Whoever the rule of the kind says, which looks at more than one field: a predicate in `ledger.competence`."""


Actor = Administrators | Named | OwnerOf | BankOf | UnitOf | HolderOf | Anybody | ByState


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One way in which an event of `kind` may be posted; `actions` empty means whatever its action.

    `who` says the actor in English and Chinese; `signed` are the roles of keys that must sign, each by another person
    with another device; `more_by` are the rules of policies that may ask for more (`ledger.rulings`).
    `in_emergency` says that two leaders may do it by an override.
    """

    kind: str
    actor: Actor
    who: tuple[str, str]
    signed: tuple[str, ...] = ("maker", "checker")
    more_by: tuple[Rule, ...] = ()
    actions: tuple[str, ...] = ()
    place: Place = ""
    in_emergency: bool = False


_DUTY_ZH: Final[Mapping[Duty, str]] = {"system": "系统管理", "security": "安全管理", "audit": "审计管理"}
_OWNER_FROM: Final = ("the owner of `from_account`", "付款账户（from_account）的所有人")
_OWNER: Final = ("the owner of `account`", "该账户的所有人")
_BANK: Final = ("the account's bank", "该账户的开户行")
_UNIT: Final = ("the project's unit", "项目单位")


def _by_administrators(kind: str, duty: Duty) -> Right:
    who = (f"an administrator of duty {duty}, or of none yet", f"管理员（{_DUTY_ZH[duty]}，或尚未分工）")
    return Right(kind=kind, actor=Administrators(duty=duty), who=who, signed=("administrator",))


RIGHTS: Final[tuple[Right, ...]] = (
    _by_administrators("party", "system"),
    Right(
        kind="party", actor=ByState(), who=("the bureau over it within 4.4", "辖区财政部门（见规范 4.4）"),
        place="division",
    ),
    Right(
        kind="account", actor=ByState(), who=("its owner, or the bureau over the owner", "账户所有人或其上的财政部门"),
        place="owner",
    ),
    Right(
        kind="fund", actor=Named(field="issuer", roles=FINANCE),
        who=("its issuer, a finance party", "资金下达方（财政部门）"),
    ),
    Right(
        kind="fund", actor=ByState(),
        who=(
            "a finance party, of a fund that began in a ledger which a policy pins",
            "财政部门（资金来自规则认可的上级账本）",
        ),
    ),
    Right(
        kind="project", actor=ByState(), place="division",
        who=(
            "its unit, or a finance or department party whose division covers it",
            "项目单位，或辖区内的财政、主管部门",
        ),
    ),
    _by_administrators("key", "security"),
    _by_administrators("log_key", "system"),
    Right(
        kind="policy", actor=ByState(),
        who=(
            "an audit or supervision party that handles no money; rows narrowed to a level: of that or a higher one",
            "不经手资金的审计或监督单位；限定层级的条款须由该级或上级发布",
        ),
    ),
    Right(
        kind="calendar", actor=ByState(),
        who=("an audit, supervision or finance party", "审计、监督或财政单位"),
    ),
    Right(
        kind="allocation", in_emergency=True, more_by=("approval_tier", "offline_above"), actor=Named(field="actor"),
        who=(
            "the upper party: `from` when money goes down, `to` when it comes back; with `source` the lower one",
            "上级一方：下达时为 from，收回时为 to；注明 source 时为下级一方",
        ),
    ),
    Right(
        kind="matching_pledge", more_by=("approval_tier", "offline_above"), actor=Named(field="party"),
        who=("`party`", "承诺方（party）"),
    ),
    Right(
        kind="disbursement", in_emergency=True, more_by=("approval_tier", "offline_above"), actor=ByState(),
        who=(
            ("the holder of the line, from an account of its own; a public body (finance, department, unit) also from one "
            "of the bureau over it, or of a public body that it is the bureau over"),
            "指标持有方，从其本单位账户付款；公共单位也可从其上财政部门或其下公共单位的账户付款",
        ),
    ),
    Right(kind="matching_receipt", actor=OwnerOf(field="account"), who=_OWNER),
    Right(kind="claim", in_emergency=True, actions=("submit",), actor=UnitOf(field="project"), who=_UNIT),
    Right(
        kind="claim", in_emergency=True, actions=("approve", "return"), actor=ByState(),
        who=("the holder of its line, or else as in 4.7", "请款指标的持有方，否则见规范 4.7"),
    ),
    Right(kind="transfer", in_emergency=True, actor=OwnerOf(field="from_account"), who=_OWNER_FROM),
    Right(kind="use", actor=OwnerOf(field="from_account"), who=_OWNER_FROM),
    Right(kind="interest", actor=OwnerOf(field="account"), who=_OWNER),
    Right(
        kind="return", actor=ByState(),
        who=(
            ("owner or bank of either account; where it names an event, one that posted it, owns or keeps an account of "
            "it, was its payee, or is the bureau over its poster"),
            "任一账户的所有人或开户行；指明原事件的，须为其登记方、账户方、收款方或登记方之上的财政部门",
        ),
    ),
    Right(kind="acceptance", more_by=("panel",), actor=UnitOf(field="project"), who=_UNIT),
    Right(
        kind="attachment", actor=ByState(),
        who=(
            "any party; where it names an event, one that posted it, or the bureau over its poster",
            "任一单位；指明所证事件的，须为其登记方或登记方之上的财政部门",
        ),
    ),
    Right(kind="movement", actor=BankOf(field="account"), who=_BANK),
    Right(kind="balance", actor=BankOf(field="account"), who=_BANK),
    Right(
        kind="correction", actor=ByState(),
        who=(
            "the actor of the original or a superior of it; bank lines: only the bank",
            "原事件登记方或其上级；银行流水只能由银行冲正",
        ),
    ),
    Right(
        kind="code", actor=Anybody(roles=FINANCE | OVERSIGHT),
        who=("an audit, supervision or finance party", "审计、监督或财政单位"),
    ),
    Right(kind="contract", actor=UnitOf(field="project"), who=_UNIT),
    Right(kind="contract_change", actor=ByState(), who=_UNIT),
    Right(kind="settlement", actor=UnitOf(field="project"), who=_UNIT),
    Right(kind="progress", actor=UnitOf(field="project"), who=_UNIT),
    Right(kind="plan", actor=HolderOf(field="line"), who=("the holder of the line", "指标持有方")),
    Right(
        kind="payee_list", actor=ByState(),
        who=(
            "a public body in the place of the fund's issuer", "资金下达方辖区内的公共单位",
        ),
    ),
    Right(
        kind="publication", actor=Anybody(roles=PUBLIC | OVERSIGHT),
        who=("a public body, an audit or supervision party", "公共单位、审计或监督单位"),
    ),
    Right(
        kind="waiver", actor=ByState(),
        who=("the fund's issuer, or an audit or supervision party", "资金下达方，或审计、监督单位"),
    ),
    Right(
        kind="restitution", actor=ByState(),
        who=("owner or bank of either account", "任一账户的所有人或开户行"),
    ),
    Right(
        kind="disposition", actor=Anybody(roles=OVERSIGHT),
        who=("an audit or supervision party", "审计或监督单位"),
    ),
    Right(kind="objection", actor=Anybody(), who=("any party", "任何单位")),
    Right(
        kind="reply", actor=ByState(),
        who=("the party that posted the event in question, or the bureau over it", "被异议事件的登记方，或其上的财政部门"),
    ),
    Right(
        kind="erasure", actor=ByState(),
        who=("the party that posted the event, or the bureau over it", "该事件的登记方，或其上的财政部门"),
    ),
    Right(kind="period_close", actor=Named(field="unit"), who=("`unit`", "结账单位（unit）")),
    _by_administrators("administrator", "security"),
    Right(
        kind="deputation", actor=ByState(), who=("the party whose keys they are", "双方密钥所属的单位"),
    ),
    Right(
        kind="override", actions=("declare",), actor=ByState(), signed=("approver", "approver"),
        who=("the party in whose name the leaders act", "两位负责人所在单位"),
    ),
    Right(
        kind="override", actions=("ratify",), actor=ByState(),
        who=("the party that declared it", "当时声明越权的单位"),
    ),
)  # fmt: skip


def _by_kind() -> Mapping[str, tuple[Right, ...]]:
    kinds = dict.fromkeys(right.kind for right in RIGHTS)
    return MappingProxyType({kind: tuple(one for one in RIGHTS if one.kind == kind) for kind in kinds})


_BY_KIND: Final = _by_kind()

PLACES: Final[Mapping[str, Place]] = MappingProxyType(
    {right.kind: right.place for right in RIGHTS if right.place}
)
"""Kind → what its keys must cover, of the kinds that name a place beside the party's own."""


EMERGENCY: Final = frozenset(right.kind for right in RIGHTS if right.in_emergency)
"""Kinds that two leaders may post by an override."""


@cache
def duties_for(kind: str) -> frozenset[Duty]:
    """The duties of administrators whose act `kind` is; none of a kind that is not theirs."""
    return frozenset(
        one.actor.duty for one in _BY_KIND.get(kind, ()) if isinstance(one.actor, Administrators)
    )


@cache
def asked_by_rule(kind: str) -> frozenset[Rule]:
    """The rules by which a policy may ask for more signatures on an event of `kind`."""
    return frozenset(rule for one in _BY_KIND.get(kind, ()) for rule in one.more_by)


@cache
def is_told_by_action(kind: str) -> bool:
    """Whether rights to `kind` differ by its action."""
    return any(one.actions for one in _BY_KIND.get(kind, ()))


@cache
def rights_to(kind: str, action: str = "") -> tuple[Right, ...]:
    """The ways in which an event of `kind` with that action may be posted; none if there is no row."""
    rows = _BY_KIND.get(kind, ())
    return tuple(one for one in rows if not one.actions or action in one.actions)
