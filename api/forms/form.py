# SPDX-License-Identifier: Apache-2.0
"""The form of a kind: one column for each field that people fill in, read off the record that defines the kind.

A record inside the event gives a column for each of its fields (`tag.fund`); a list of records gives numbered ones
(`milestones.1.id`); a list of plain values is one column whose cells hold several. Personal fields of the kind have
columns, too: their cells are committed to, and stand in no event.
"""

import typing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal

import msgspec
from msgspec import inspect

from api.portal.entry_fields import FieldForm, field_forms
from ledger.amount import Amount, Balance
from ledger.errors import InputError
from ledger.kinds.form import Event, Text
from ledger.kinds.vocabulary import KINDS

Sort = Literal["text", "code", "date", "integer", "amount"]
"""How a cell of the column is read; money is told from other whole numbers by its type."""

WITHOUT_FORM: Final = frozenset({"administrator", "deputation", "key", "log_key", "override", "policy"})
"""Kinds about keys, whose owners must sign themselves, and rules, which no row can hold."""

GROUPS_SHOWN: Final = 2
GROUPS_MAX: Final = 30
"""Numbered groups of a list of records: so many in a template, so many are read."""

_LISTS: Final = frozenset({"panel_names"})
"""Personal fields of which an event holds several."""
_PARTS: Final = ("name", "id", "account", "mark")
"""In this order, by the last word of their names, personal fields follow each other in a template."""
_GIVEN_BY_PROGRAM: Final = frozenset({"v", "provenance", "_sd"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column: the path of its field in the event, how its cells are read, and its codes.

    `labels` are the wording keys of the path, outermost first. `codes` gives for each code its wording key. `several`
    says that a cell may hold a list. `required` holds for a row, or for a group that has any cell filled. What stands in a
    `personal` column is committed to.
    """

    path: tuple[str, ...]
    labels: tuple[str, ...]
    sort: Sort
    hint: Any
    codes: dict[str, str]
    several: bool
    required: bool
    personal: bool = False

    @property
    def name(self) -> str:
        """The path in one word, such as ``tag.fund``."""
        return ".".join(self.path)

    @property
    def needed(self) -> bool:
        """Whether every row must fill it."""
        return self.required and len(self.path) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The columns of `kind`: those of a template, with groups numbered up to `GROUPS_SHOWN`."""

    kind: str
    columns: tuple[Column, ...]


def form_kinds() -> list[str]:
    """Every kind that has a form, in the order of the vocabulary."""
    return [kind for kind in KINDS if kind not in WITHOUT_FORM]


@cache
def form_of(kind: str, groups: int = GROUPS_SHOWN) -> Form:
    """The form of `kind`, lists of records written out `groups` times.

    Raises:
        InputError: there is no such kind, or it has no form.
    """
    if kind not in KINDS or kind in WITHOUT_FORM:
        raise _no_form(kind)
    columns = (*_columns(KINDS[kind], groups), *_personal(KINDS[kind]))
    first = [one for one in columns if one.needed] + [one for one in columns if not one.needed]
    return Form(kind=kind, columns=tuple(first))


def _personal(kind: type[Event]) -> Iterator[Column]:
    """Columns for the personal fields of `kind`, save those that may stand in its events in clear, too."""
    clear = {field.encode_name for field in msgspec.structs.fields(kind)}
    for name in sorted(kind.PERSONAL - clear, key=_order):
        several = name in _LISTS
        yield Column(
            path=(name,), labels=(f"personal.{name}",), sort="text", hint=tuple[Text, ...] if several else Text,
            codes={}, several=several, required=False, personal=True,
        )  # fmt: skip


def _order(name: str) -> tuple[int, str]:
    part = name.rpartition("_")[2]
    return _PARTS.index(part) if part in _PARTS else len(_PARTS), name


def _columns(record: type[msgspec.Struct], groups: int) -> Iterator[Column]:
    info = inspect.type_info(record)
    fields = info.fields if isinstance(info, inspect.StructType) else ()
    hints = typing.get_type_hints(record, include_extras=True)
    worded = {one.wire: one for one in field_forms(record)}
    for field in fields:
        if field.encode_name not in _GIVEN_BY_PROGRAM:
            yield from _field(field, hints[field.name], worded[field.encode_name], groups)


def _field(field: inspect.Field, hint: Any, worded: FieldForm, groups: int) -> Iterator[Column]:  # noqa: ANN401 - a type annotation
    path, label = (field.encode_name,), f"field.{worded.meaning}"
    kind = _bare(field.type)
    several = isinstance(kind, inspect.VarTupleType)
    item = _bare(kind.item_type) if isinstance(kind, inspect.VarTupleType) else kind
    if isinstance(item, inspect.StructType):
        numbers = [str(number) for number in range(1, groups + 1)] if several else [""]
        for number in numbers:
            for inner in _columns(item.cls, groups):
                yield replace(
                    inner,
                    path=(*path, *((number,) if number else ()), *inner.path),
                    labels=(label, *((number,) if number else ()), *inner.labels),
                )
    elif not isinstance(item, inspect.DictType):
        yield Column(
            path=path, labels=(label,), sort=_sort(item, hint, worded), hint=hint,
            codes=worded.codes, several=several, required=field.required,
        )  # fmt: skip


def _sort(kind: inspect.Type, hint: Any, worded: FieldForm) -> Sort:  # noqa: ANN401 - a type annotation
    if worded.codes:
        return "code"
    match kind:
        case inspect.DateType():
            return "date"
        case inspect.IntType():
            money = any(one in {Amount, Balance} for one in (hint, *typing.get_args(hint)))
            return "amount" if money else "integer"
        case _:
            return "text"


def _bare(kind: inspect.Type) -> inspect.Type:
    """`kind` without its description and without "or nothing"."""
    match kind:
        case inspect.Metadata():
            return _bare(kind.type)
        case inspect.UnionType():
            kept = [one for one in kind.types if not isinstance(_bare(one), inspect.NoneType)]
            return _bare(kept[0]) if len(kept) == 1 else kind
        case _:
            return kind


def _no_form(kind: str) -> InputError:
    kinds = ", ".join(form_kinds())
    return InputError(
        code="form.no-kind",
        place="kind",
        message_en=f"{kind[:40]!r} is no kind with a form",
        message_zh=f"{kind[:40]!r} 不是有表样的事件种类",
        remedy_en=f"Choose one of: {kinds}.",
        remedy_zh=f"请选用：{kinds}。",
    )
