# SPDX-License-Identifier: Apache-2.0
"""The fields of an entry as people read them: names worded, amounts in full, ids as links, codes never bare.

Which fields are codes is read off the records that also parse and encode the entry, so no list of them can grow stale.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec
from markupsafe import Markup, escape
from msgspec import inspect

from api.portal.amounts import MoneyStyle
from api.portal.capitals import in_capitals
from api.portal.names import Topic
from api.portal.tongues import in_its_language
from api.portal.visit import Visit
from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry
from ledger.kinds.authority import Allocation, Waiver
from ledger.kinds.bank import BankBalance
from ledger.kinds.code import Code
from ledger.kinds.contract import Progress
from ledger.kinds.control import Disposition, Objection, PeriodClose
from ledger.kinds.form import Tag
from ledger.kinds.fund_terms import AcceptanceRule
from ledger.kinds.mandate import AdministratorChange
from ledger.kinds.registry import Deadline, Fund, Party, PolicyRow
from ledger.kinds.upper import UpperEvent, UpperFund

_UNSHOWN: Final = frozenset({"v"})
_MONEY: Final = frozenset(
    {
        "amount", "budget", "opening", "closing", "value", "value_done", "advance_cap", "retention", "surplus",
        "returned", "rebooked", "recovered", "exempt",
    }
)  # fmt: skip
_INSTANTS: Final = frozenset({"valid_from", "valid_to", "compromised_since", "created_at"})
_YEARS: Final = frozenset({"fiscal_year", "year"})
_DIGESTS: Final = frozenset(
    {
        "key", "public", "payee_list", "hash", "file", "evidence", "log_keys", "vkey", "proof", "root", "finding",
        "content_hash", "statement_hash", "commitments", "principal", "deputy",
        "genesis", "vkeys", "leaf", "receipt",
    }
)  # fmt: skip
_UNFOLDED: Final = 200
_BEGINNING: Final = 96
_LINES: Final = frozenset({"line", "parent"})
_ACCOUNTS: Final = frozenset({"account", "from_account", "to_account", "counterparty", "pool"})
_TOPICS: Final[dict[str, Topic]] = {
    "party": "party", "payee": "party", "from": "party", "to": "party", "owner": "party", "bank": "party",
    "unit": "party", "issuer": "party", "holder": "party", "related": "party", "superior": "party",
    "supplier": "party", "approved_by": "party", "parties": "party",
    "fund": "fund", "funds": "fund", "project": "project",
}  # fmt: skip
_MEANINGS: Final[dict[tuple[type[msgspec.Struct], str], str]] = {
    (BankBalance, "from"): "from_day",
    (BankBalance, "to"): "to_day",
    (Party, "parent"): "superior",
    (Deadline, "unit"): "day_unit",
    (PolicyRow, "unit"): "day_unit",
    (Code, "parent"): "parent_code",
    (Disposition, "state"): "case_state",
    (Objection, "days"): "working_days",
    (PeriodClose, "statement"): "statement_hash",
    (PeriodClose, "unit"): "party",
    (Progress, "value"): "value_done",
    (Waiver, "row"): "policy_row",
    (AdministratorChange, "duty"): "administrator_duty",
    (Allocation, "source"): "upper_event",
    (AcceptanceRule, "unit"): "day_unit",
    (AcceptanceRule, "panel"): "min_panel",
    (Fund, "retention"): "retention_rule",
    (UpperEvent, "event"): "name_there",
    (UpperEvent, "line"): "line_there",
    (UpperFund, "fund"): "fund_there",
}
"""Fields that mean something else in one record than a field of that name does elsewhere."""
_TABLES: Final = {"class": "account_class", "roles": "role", "entries": "publicity"}
"""Tables of the wording for codes of a field, where they are not called as the field is."""
_PROPER: Final = frozenset({"alg"})
"""Codes that are names of their own in every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field: its name for people, and its value."""

    label: str
    value: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldForm:
    """One field of a kind of record: its name there, what it means, and the wording keys of its codes by value."""

    name: str
    wire: str
    meaning: str
    codes: dict[str, str]


def entry_fields(
    visit: Visit, seq: int, entry: GenesisEntry | HeaderEntry | EventEntry | ForeignEntry
) -> Iterator[FieldRow]:
    """What the entry at `seq` carries, field by field, in the order of its definition."""
    match entry:
        case GenesisEntry():
            yield from _Fields(visit, seq).rows(entry.genesis)
        case EventEntry():
            yield from _Fields(visit, seq).rows(entry.event)
        case HeaderEntry():
            yield _contained(visit, entry)
        case ForeignEntry():
            pass


@cache
def field_forms(record: type[msgspec.Struct]) -> tuple[FieldForm, ...]:
    """The fields of `record` that are shown, in the order of its definition."""
    info = inspect.type_info(record)
    fields = info.fields if isinstance(info, inspect.StructType) else ()
    return tuple(_form(record, field) for field in fields if field.encode_name not in _UNSHOWN)


def _form(record: type[msgspec.Struct], field: inspect.Field) -> FieldForm:
    meaning = _MEANINGS.get((record, field.encode_name), field.encode_name.lstrip("_"))
    table = _TABLES.get(meaning, meaning)
    codes = {} if meaning in _PROPER else {code: f"{table}.{code}" for code in _codes(field.type)}
    return FieldForm(name=field.name, wire=field.encode_name, meaning=meaning, codes=codes)


def _codes(kind: inspect.Type) -> Iterator[str]:
    """The codes that a value of `kind`, or each of its items, may be; none where any text may stand."""
    match kind:
        case inspect.LiteralType():
            yield from (value for value in kind.values if isinstance(value, str))
        case inspect.UnionType():
            yield from (code for one in kind.types for code in _codes(one))
        case inspect.VarTupleType():
            yield from _codes(kind.item_type)
        case inspect.Metadata():
            yield from _codes(kind.type)
        case _:
            pass


def _contained(visit: Visit, entry: HeaderEntry) -> FieldRow:
    """Where the events of a submission stand."""
    words = visit.frame.words
    first, last = (
        Markup('<a href="{}">{}</a>').format(visit.frame.url(f"/entries/{seq}"), f"{seq:,}")
        for seq in (entry.seq + 1, entry.seq + entry.header.count)
    )
    return FieldRow(
        label=words.text("entry.contains"), value=words.say("entry.contains_range", first=first, last=last)
    )


def _digits(text: str) -> Markup:
    """A key or hash; one as long as a page is folded away behind its beginning."""
    if len(text) <= _UNFOLDED:
        return Markup('<span class="mono">{}</span>').format(text)
    folded = Markup('<details class="how"><summary>{}…</summary>{}</details>').format(text[:_BEGINNING], text)
    return Markup('<div class="mono">{}</div>').format(folded)


class _Fields:
    """Writes fields in the names that held at one position."""

    def __init__(self, visit: Visit, seq: int) -> None:
        self._frame = visit.frame
        self._words = visit.frame.words
        self._names = visit.names_at(seq)
        self._owner = visit.sentences(at=seq).owner
        self._lines = visit.model.register.lines

    def rows(self, record: msgspec.Struct) -> Iterator[FieldRow]:
        for form in field_forms(type(record)):
            value = getattr(record, form.name)
            if value is not None and value not in ((), {}):
                label = self._words.known(f"field.{form.meaning}", form.wire)
                yield FieldRow(label=label, value=self._value(form, value))

    def _value(self, form: FieldForm, value: Any) -> Markup:  # noqa: ANN401, C901, PLR0911 - one row a type of value
        match value:
            case bool():
                return self._words.say("words.yes" if value else "words.no")
            case int():
                return self._number(form, value)
            case str():
                return self._text(form, value)
            case datetime.date():
                return escape(value.isoformat())
            case tuple():
                return self._several(form, value)
            case dict():
                return self._parameters(value)
            case Tag():
                return self._tag(value)
            case msgspec.Struct():
                return self._record(value)
            case _:
                return escape(value)

    def _number(self, form: FieldForm, value: int) -> Markup:
        if form.meaning in _MONEY:
            return self._money(value)
        return escape(value if form.meaning in _YEARS else f"{value:,}")

    def _text(self, form: FieldForm, value: str) -> Markup:  # noqa: C901, PLR0911 - one row a sort of text
        meaning = form.meaning
        if form.codes:
            return escape(self._words.known(form.codes.get(value, ""), value))
        if meaning in _TOPICS:
            return self._names.link(_TOPICS[meaning], value)
        if meaning in _LINES:
            return self._line(value)
        if meaning in _ACCOUNTS:
            return self._account(value)
        if meaning in _INSTANTS:
            return escape(self._frame.moment(value))
        if meaning == "event":
            return self._found(value)
        if meaning == "admits":
            return self._admitted(value)
        if meaning in _DIGESTS:
            return _digits(value)
        return in_its_language(value, self._frame.language)

    def _admitted(self, version: str) -> Markup:
        kind, _, number = version.partition("/")
        return self._words.say(
            "entry.kind_version", kind=self._words.known(f"kind.{kind}", kind), n=int(number)
        )

    def _several(self, form: FieldForm, values: tuple[Any, ...]) -> Markup:
        if form.meaning == "sd":
            return self._words.say("entry.committed", n=len(values))
        items = [self._value(form, one) for one in values]
        if isinstance(values[0], msgspec.Struct) or form.meaning in _DIGESTS:
            listed = Markup("").join(Markup("<li>{}</li>").format(one) for one in items)
            return Markup("<ul>{}</ul>").format(listed)
        return self._words.say("words.separator").join(items)

    def _record(self, record: msgspec.Struct) -> Markup:
        pairs = (
            Markup('<span class="muted">{}</span> {}').format(row.label, row.value)
            for row in self.rows(record)
        )
        return Markup(" · ").join(pairs)

    def _parameters(self, values: dict[str, int]) -> Markup:
        named = (
            f"{self._words.known(f'parameter.{name}', name)} {value:,}" for name, value in values.items()
        )
        return self._words.say("words.separator").join(named)

    def _money(self, amount: int) -> Markup:
        money = self._frame.money
        style = MoneyStyle(language=money.language, currency=money.currency, exact=True)
        figure = Markup("<b>{}</b>").format(style.figure(amount))
        if money.language == "zh" and money.currency == "CNY" and amount > 0:
            return Markup('{} <span class="soft">{}</span>').format(figure, in_capitals(amount))
        return figure

    def _tag(self, tag: Tag) -> Markup:
        parts = [self._names.link("fund", tag.fund), self._words.say(f"source.{tag.source}")]
        if tag.line is not None:
            parts.append(self._line(tag.line))
        return Markup(" · ").join(parts)

    def _line(self, identifier: str) -> Markup:
        line = self._lines.get(identifier)
        if line is None:
            return escape(identifier)
        address = self._frame.url(f"/funds/{line.fund}") + f"#line-{identifier}"
        return Markup('<a href="{}">{}</a>').format(address, identifier)

    def _account(self, identifier: str) -> Markup:
        owner = self._owner(identifier)
        link = self._found(identifier)
        return (
            link
            if owner is None
            else self._words.say("entry.account", account=link, owner=self._names.show("party", owner))
        )

    def _found(self, text: str) -> Markup:
        """`text` as a link to what the search finds for it."""
        return Markup('<a href="{}">{}</a>').format(self._frame.url("/search", q=text), text)
