# SPDX-License-Identifier: Apache-2.0
"""Reads a page as a machine does: tags with their attributes, figures by the values they carry, links, headings."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from ledger.amount import parse_amount

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = frozenset(
    {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


@dataclass(slots=True)
class Node:
    """An element: tag, attributes, children, and the text directly inside it."""

    tag: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str = "", **attributes: str) -> Iterator[Node]:
        """This element and everything below it that has this tag and these attributes."""
        wanted = {name.replace("_", "-").strip("-"): value for name, value in attributes.items()}
        if (not tag or self.tag == tag) and all(
            self.attributes.get(name) == value for name, value in wanted.items()
        ):
            yield self
        for child in self.children:
            yield from child.all(tag, **attributes)

    def one(self, tag: str = "", **attributes: str) -> Node:
        """The only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    def words(self) -> str:
        """All text below, with single spaces; templates are not shown and say nothing."""
        return " ".join("".join(self._text()).split())

    def amounts(self) -> list[int]:
        """The minor units of every figure below, from the values that the figures carry."""
        return [parse_amount(one.attributes["value"], place="figure") for one in self.all("data")]

    def rows(self) -> list[list[int]]:
        """The amounts of each body row of the first table below."""
        table = next(self.all("table"))
        return [row.amounts() for row in table.one("tbody").all("tr")]

    def _text(self) -> Iterator[str]:
        yield self.text
        for child in self.children:
            if child.tag != "template":
                yield from child._text()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # type: ignore[explicit-override]
        node = Node(tag, {name: value or "" for name, value in attrs})
        assert len(node.attributes) == len(attrs), f"an attribute twice in <{tag}>"
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # type: ignore[explicit-override]
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:  # type: ignore[explicit-override]
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:  # type: ignore[explicit-override]
        # A text node of its own keeps the order of words.
        self.open[-1].children.append(Node("#text", {}, text=data))


def read_page(html: str) -> Node:
    """The page as a tree; every element is closed in its place."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.open == [builder.root], "an element is not closed"
    return builder.root
