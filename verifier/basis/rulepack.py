# SPDX-License-Identifier: Apache-2.0
"""Which parameters apply to whom and from when: the pack, over it `policy` events, over it the fund's own terms.

Layers, the later one wins, parameter by parameter:

1. rows of the pack (`verifier.basis.pack_form`), the more narrowly addressed later;
2. rows of `policy` events not narrowed to a fund;
3. `deadlines` of the fund; a fund that lists deadlines of a duty replaces the pack's conventions for that duty
   altogether, since its list says who owes; law stays for whom the fund does not name;
4. rows of `policy` events narrowed to the fund;
5. rows that an auditor's own pack calls final.

A policy acts forward only: from its position, its `effective_on` and the day on which it was recorded, whichever is last;
until then the version before it counts. A drafted policy, which no ledger holds, acts from `effective_on` on as if posted
last.
"""

import copy
import datetime
import functools
import importlib.resources
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ledger.errors import InputError
from ledger.genesis import Genesis
from ledger.kinds.registry import Deadline, Fund, Policy, PolicyRow
from ledger.party import Level
from verifier.basis.pack_form import Pack, PackRow, pack_of_parts
from verifier.basis.parameter_words import parameter_words
from verifier.basis.right_notices import bears_on_rights, loosened_rights
from verifier.basis.rule_layers import (
    Layer,
    Status,
    addresses,
    deadline_layer,
    generality,
    pack_layer,
    policy_layer,
)
from verifier.basis.working_days import Unit
from verifier.language import Told

DUTIES: Final[dict[str, Literal["pass_on", "pay"]]] = {"F03": "pass_on", "F04": "pay"}
"""Rule → the duty whose fund deadlines it reads."""

DIRECT_FLAGS: Final = frozenset({"01", "02"})
"""Flags of direct funds (直达资金标识); ``09`` is none."""

PACKS: Final = ("cn-special-funds", "generic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Effective parameters of a rule for one addressee, with unit, basis and the rows they come from.

    `unit`, `basis` and `row` are those of the row that sets `days`, or of the last row where no days are set; `sources`
    name that row and those whose numbers count. `row` is an id within its pack or policy; for days that a fund sets
    itself it is the fund's.
    """

    values: tuple[tuple[str, int], ...]
    unit: Unit | None
    basis: Told
    status: Status
    row: str
    sources: tuple[str, ...]
    judged_by: tuple[tuple[str, str], ...] = ()
    """The pack by name and version, and what else an auditor brought, such as a registry."""

    def get(self, name: str) -> int | None:
        """The parameter `name`, or None when nothing sets it."""
        return dict(self.values).get(name)

    def number(self, name: str) -> int:
        """The parameter `name`, 0 when nothing sets it."""
        return self.get(name) or 0

    def hashed(self) -> dict[str, int | str]:
        """What `params_hash` covers: numbers, unit, status, sources, the pack, and what an auditor brought."""
        plain: dict[str, int | str] = {**dict(self.values), **dict(self.judged_by)}
        if self.unit is not None:
            plain["unit"] = self.unit
        return {**plain, "status": self.status, "sources": ", ".join(self.sources)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom a rule addresses: a fund, the level of the party that owes, and whether the line is of a direct fund."""

    fund: str
    level: Level | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something every report says of the rules: a loosened row, or one that this verifier cannot apply."""

    policy: str
    row: str
    rule: str
    what: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adopted:
    policy: Policy
    since: datetime.date


_TOLD_MAX: Final = 8_192
"""Most answers kept until something else is adopted: one for each rule, addressee and day."""


class RuleBook:
    """The rules in force, folded from the log in order; ask it at the position of the event that is judged."""

    __slots__ = ("_adopted", "_drafts", "_funds", "_judged_by", "_rows", "_told", "notices", "pack")

    def __init__(self, pack: Pack, *, drafts: tuple[Policy, ...] = (), registry: str | None = None) -> None:
        """The defaults of `pack` under the `drafts`; no policy and no fund yet.

        `registry` is the SHA-256 of what an auditor says of accounts and parties, named in what is hashed.
        """
        self.pack = pack
        self._rows: dict[str, list[PackRow]] = {}
        for row in sorted(pack.rows, key=generality):
            self._rows.setdefault(row.rule, []).append(row)
        self._adopted: tuple[_Adopted, ...] = ()
        self._drafts = tuple(_Adopted(policy=one, since=one.effective_on) for one in drafts)
        self._judged_by = (("pack", pack.name), *(() if registry is None else (("registry", registry),)))
        self._funds: dict[str, Fund] = {}
        self._told: dict[tuple[str, Addressee, datetime.date], Terms] = {}
        self.notices: list[Notice] = []

    def register_fund(self, fund: Fund) -> None:
        """From now on the deadlines of this version of the fund count."""
        self._funds[fund.id] = fund
        self._told = {}

    def adopt(self, policy: Policy, *, recorded_on: datetime.date | None = None) -> None:
        """From its day on the rows of `policy` count instead of those of its earlier version.

        `recorded_on` is the day on which the ledger recorded it. Loosened parameters, and parameters or rules that this
        verifier does not know, are added to `notices`.
        """
        since = max(policy.effective_on, recorded_on or policy.effective_on)
        judging = [row for row in policy.rows if not bears_on_rights(row)]
        before = [self._row_terms(row, since) for row in judging]
        last = next((one.policy for one in reversed(self._adopted) if one.policy.id == policy.id), None)
        self._adopted = (*self._adopted, _Adopted(policy=policy, since=since))
        self._told = {}
        for row, told in loosened_rights(last, policy):
            self.notices.append(_notice(policy, row, told.zh, told.en))
        for row, old in zip(judging, before, strict=True):
            new = self._row_terms(row, since)
            self.notices.extend(self._row_notices(policy, row, old, new))

    def preview(self, drafts: Iterable[Policy]) -> list[Notice]:
        """What the `drafts` would be noticed for, were they posted now; nothing is adopted."""
        after = copy.copy(self)
        after.notices = []
        for draft in drafts:
            after.adopt(draft)
        return after.notices

    @property
    def drafts(self) -> tuple[Policy, ...]:
        """The policies that are laid on top without being adopted."""
        return tuple(one.policy for one in self._drafts)

    def terms(self, rule: str, to: Addressee, on: datetime.date) -> Terms:
        """What `rule` asks of the addressee on business date `on`, by everything adopted so far."""
        asked = (rule, to, on)
        if asked not in self._told:
            if len(self._told) >= _TOLD_MAX:
                self._told = {}
            self._told[asked] = self._terms(*asked)
        return self._told[asked]

    def _terms(self, rule: str, to: Addressee, on: datetime.date) -> Terms:
        values: dict[str, int] = {}
        sources: dict[str, str] = {}
        decisive: Layer | None = None
        for layer in self._layers(rule, to, on):
            values |= layer.values
            sources |= dict.fromkeys(layer.values, layer.source)
            if decisive is None or "days" in layer.values or "days" not in values:
                decisive = layer
        if decisive is None:
            nothing = Told(zh="规则包中没有该规则", en="the pack has no such rule")
            decisive = Layer(
                values={}, unit=None, basis=nothing, status="convention", row="", source=self.pack.name
            )
        return Terms(
            values=tuple(sorted(values.items())),
            unit=(decisive.unit or "calendar") if "days" in values else None,
            basis=decisive.basis,
            status=decisive.status,
            row=decisive.row,
            sources=tuple(sorted(set(sources.values()) | {decisive.source})),
            judged_by=self._judged_by,
        )

    def rows_of(self, rule: str) -> frozenset[str]:
        """Ids of every row of `rule`, in the pack and in the policies adopted so far."""
        adopted = (row for one in (*self._adopted, *self._drafts) for row in one.policy.rows)
        own = {row.id for row in self._rows.get(rule, ())}
        return frozenset(own | {row.id for row in adopted if row.rule == rule})

    def changes_of(self, rule: str) -> list[datetime.date]:
        """The days on which what `rule` asks may change, in order; from the first of them on it asks something."""
        rows = self._rows.get(rule, ())
        days = {row.effective_on or datetime.date.min for row in rows}
        for one in (*self._adopted, *self._drafts):
            if any(row.rule == rule for row in one.policy.rows):
                days.add(one.since)
        return sorted(days)

    def names_debtors(self, rule: str, fund: str) -> bool:
        """Whether the fund says itself who owes the duty of `rule`; who is not on its list owes by law alone."""
        return bool(self._deadlines(rule, Addressee(fund=fund)))

    def _layers(self, rule: str, to: Addressee, on: datetime.date) -> Iterator[Layer]:
        deadlines = self._deadlines(rule, to)
        rows = [row for row in self._rows.get(rule, ()) if addresses(row, to.level, on, direct=to.direct)]
        for row in rows:
            if not row.final:
                yield pack_layer(self.pack, row, replaced=bool(deadlines))
        yield from self._policy_layers(rule, to, on, fund=None)
        for deadline in sorted(deadlines, key=lambda one: one.level is not None):
            if deadline.level in {None, to.level}:
                yield deadline_layer(deadline, self._funds[to.fund])
        yield from self._policy_layers(rule, to, on, fund=to.fund)
        yield from (pack_layer(self.pack, row, replaced=False) for row in rows if row.final)

    def _deadlines(self, rule: str, to: Addressee) -> list[Deadline]:
        fund, duty = self._funds.get(to.fund), DUTIES.get(rule)
        return [] if fund is None else [one for one in fund.deadlines if one.duty == duty]

    def _policy_layers(
        self, rule: str, to: Addressee, on: datetime.date, *, fund: str | None
    ) -> Iterator[Layer]:
        for policy in self._in_force(on):
            for row in sorted(policy.rows, key=lambda row: row.level is not None):
                if row.rule == rule and row.fund == fund and row.level in {None, to.level}:
                    yield policy_layer(policy, row)

    def _in_force(self, on: datetime.date) -> Iterable[Policy]:
        """The versions that count on `on`, the one adopted last ranking last."""
        found: dict[str, Policy] = {}
        for one in (*self._adopted, *self._drafts):
            if one.since <= on:
                found.pop(one.policy.id, None)
                found[one.policy.id] = one.policy
        return found.values()

    def _row_terms(self, row: PolicyRow, on: datetime.date) -> Terms:
        return self.terms(row.rule, Addressee(fund=row.fund or "", level=row.level), on)

    def _row_notices(self, policy: Policy, row: PolicyRow, old: Terms, new: Terms) -> Iterator[Notice]:
        known = {name for one in self._rows.get(row.rule, ()) for name in one.parameters}
        if row.rule in DUTIES:
            known.add("days")
        if "days" in row.parameters and row.unit is None:
            yield _notice(
                policy, row, "天数未注明单位，按自然日计", "days without a unit; counted as calendar days"
            )
        for name, value in sorted(row.parameters.items()):
            if name not in known:
                zh, en = (
                    f"本验证程序不认识参数 {name}，未采用",
                    f"this verifier does not know parameter {name}",
                )
                yield _notice(policy, row, zh, f"{en}; it was not applied")
            elif (before := old.get(name)) is not None and _loosened(name, before, value, new.get(name)):
                zh, en = f"参数 {name} 由 {before} 放宽至 {value}", f"parameter {name} loosened from {before}"
                yield _notice(policy, row, zh, f"{en} to {value}")


@functools.cache
def load_pack(name: str) -> Pack:
    """The pack that ships as `name`.

    Raises:
        InputError: this verifier carries no such pack.
    """
    if name not in PACKS:
        raise InputError(
            code="pack-unknown",
            place=f"rule pack {name}",
            message_en=f"this verifier carries {', '.join(PACKS)} only",
            message_zh=f"本验证程序仅带有规则包 {'、'.join(PACKS)}",
            remedy_en="Use the version of FundTrace that the ledger names its rule pack from.",
            remedy_zh="请使用带有该规则包的 FundTrace 版本。",
        )
    folder = importlib.resources.files("verifier.packs").joinpath(name)
    parts = ((file.name, file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".json"))
    return pack_of_parts(parts, place=f"verifier/packs/{name}")


def rules_of(genesis: Genesis) -> RuleBook:
    """The defaults by which the ledger of `genesis` is judged, before any policy or fund.

    Raises:
        InputError: the ledger names a rule pack that is not here.
    """
    return RuleBook(load_pack(pack_for(genesis.packs, genesis.currency)))


def pack_for(names: tuple[str, ...], currency: str) -> str:
    """The pack a ledger is judged by: the first that its genesis names; else by currency, for yuan the Chinese one."""
    if names:
        return names[0]
    return "cn-special-funds" if currency == "CNY" else "generic"


def _loosened(name: str, before: int, value: int, now: int | None) -> bool:
    """Whether a row that sets `value` counts, and lets more pass than was let pass before."""
    words = parameter_words().get(name)
    return value == now and words is not None and words.loosened(before, value)


def _notice(policy: Policy, row: PolicyRow, zh: str, en: str) -> Notice:
    return Notice(policy=f"{policy.id}/{policy.version}", row=row.id, rule=row.rule, what=Told(zh=zh, en=en))
