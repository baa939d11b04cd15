# SPDX-License-Identifier: Apache-2.0
"""Templates: texts with ``{name}`` in them, and trees of such texts that become the fields of an event."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.intake.cells import refused

Value = str | int | datetime.date | None
"""What a column gives for one row: text, whole number or amount in minor units, day, or nothing."""

Lookup = Callable[[str], Value]
"""The value of a column by name; raises `FormatError` when the row has none that is good."""

_NAME: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A parsed template: literal pieces and names in turn, beginning and ending with a piece that may be empty."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def only(self) -> str | None:
        """The name, if the template is that name and nothing else."""
        return self.names[0] if self.pieces == ("", "") else None


Tree = Text | int | bool | datetime.date | dict[str, "Tree"] | tuple["Tree", ...]
"""The fields of an event before they are filled."""


def parse_text(text: str) -> Text:
    """The template in `text`.

    Raises:
        ValueError: a brace that encloses no name.
    """
    parts = _NAME.split(text)
    pieces, names = tuple(parts[::2]), tuple(parts[1::2])
    if any("{" in piece or "}" in piece for piece in pieces):
        raise ValueError(f"a brace in {text!r} encloses no column name")
    return Text(pieces=pieces, names=names)


def parse_tree(node: object) -> Tree:
    """The tree under a TOML value.

    Raises:
        ValueError: a broken template, or a value that no event holds (a float, a time of day).
    """
    match node:
        case str():
            return parse_text(node)
        case bool() | int():
            return node
        case datetime.datetime():
            raise ValueError("a time of day has no place in an event; write a day")
        case datetime.date():
            return node
        case dict():
            return {str(key): parse_tree(value) for key, value in node.items()}
        case list() | tuple():
            return tuple(parse_tree(value) for value in node)
        case _:
            raise ValueError(f"{node!r} is no text, whole number, day, list or table")


def names_in(tree: Tree) -> Iterator[str]:
    """Every name that `tree` refers to."""
    match tree:
        case Text():
            yield from tree.names
        case dict():
            for value in tree.values():
                yield from names_in(value)
        case tuple():
            for value in tree:
                yield from names_in(value)
        case _:
            return


def fill_text(template: Text, lookup: Lookup) -> str:
    """`template` as text, every name written out.

    Raises:
        FormatError: a column is bad, or absent where the text needs it.
    """
    out = [template.pieces[0]]
    for name, piece in zip(template.names, template.pieces[1:], strict=True):
        value = lookup(name)
        if value is None:
            raise refused(
                "cell.missing",
                ("nothing is recorded here, and the row needs it", "此处没有记录，而该行需要它"),
                ("fill the cell, or let the mapping give a default", "请补填，或在映射中设置默认值"),
                place=name,
            )
        out += [str(value), piece]
    return "".join(out)


def fill_tree(tree: Tree, lookup: Lookup) -> Any:  # noqa: ANN401 - the plain data of an event's fields
    """Plain data of `tree`; what is absent leaves its field, list item or whole table out (None at the top).

    Raises:
        FormatError: a column is bad, or absent inside a longer text.
    """
    match tree:
        case Text():
            if not tree.names:
                return tree.pieces[0]
            return lookup(tree.only) if tree.only else fill_text(tree, lookup)
        case dict():
            filled = {key: fill_tree(value, lookup) for key, value in tree.items()}
            return {key: value for key, value in filled.items() if value is not None} or None
        case tuple():
            return [
                value for value in (fill_tree(item, lookup) for item in tree) if value is not None
            ] or None
        case _:
            return tree
