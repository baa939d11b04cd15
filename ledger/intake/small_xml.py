# SPDX-License-Identifier: Apache-2.0
"""XML that strangers send, element by element and within limits: no document type, so no entity of their own.

A document type is the door to every known attack by XML (entity bombs, files read from outside), and no message of
ISO 20022 has one; the parser of the standard library says when it meets one, and that ends the reading.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

from ledger.errors import FormatError, LimitError
from ledger.intake.cells import refused

BYTES_MAX: Final = 128 << 20
DEPTH_MAX: Final = 24
"""The deepest element of camt.053 lies about 15 down."""
TEXT_MAX: Final = 4_096
HELD_MAX: Final = 200_000
"""Elements in memory at one time."""

_PIECE: Final = 1 << 16


@dataclass(slots=True)
class Element:
    """An element that has ended: local name, attributes, text without surrounding white space, children, line."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, path: str) -> Iterator["Element"]:
        """The elements at `path`, names between ``/``, in order."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                yield from child.all(rest) if rest else (child,)

    def first(self, *paths: str) -> "Element | None":
        """The first element at the first of `paths` that leads to any."""
        return next((found for path in paths for found in self.all(path)), None)


Taker = Callable[[Element, Sequence[Element]], bool]
"""Told of each element at its end, with the children that were kept, and of those around it; says whether to keep it."""


def read_xml(file: BinaryIO, namespace: Callable[[str], bool], take: Taker, *, place: str) -> Element:
    """The root of the document in `file`, called `place`, all in namespaces that `namespace` accepts.

    `take` sees every element as it ends.

    Raises:
        FormatError: no well-formed XML, a document type, or another namespace; the place ends with the line.
        LimitError: larger, deeper, longer or more than the limits of this module.
    """
    return _Reader(namespace, take, place).read(file)


class _Reader:
    def __init__(self, namespace: Callable[[str], bool], take: Taker, place: str) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._namespace = namespace
        self._place = place
        self._take = take
        self._open: list[Element] = []
        self._held = 0
        self._root: Element | None = None

    def read(self, file: BinaryIO) -> Element:
        size = 0
        try:
            while piece := file.read(_PIECE):
                size += len(piece)
                self._limit(size, BYTES_MAX, "bytes", "字节")
                self._parser.Parse(piece, False)  # noqa: FBT003 - the parser knows no names
            self._parser.Parse(b"", True)  # noqa: FBT003 - as above
        except FormatError:
            raise
        except (
            expat.ExpatError,
            ValueError,
            LookupError,
        ) as error:  # the latter: an encoding it does not know
            raise self._bad(
                "xml.form", f"not well-formed XML: {error}", f"不是格式正确的 XML：{error}"
            ) from error
        if self._root is None:
            raise self._bad("xml.form", "no element", "没有任何元素")
        return self._root

    def _refuse_doctype(self, *_: object) -> None:
        raise self._bad(
            "xml.doctype",
            "it has a document type (DTD), which no bank statement has",
            "文件含有文档类型定义（DTD），银行对账单不应含有",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not self._namespace(space):
            raise self._bad(
                "xml.namespace",
                f"the element {local[:40]} is of the namespace {space[:80]!r}",
                f"元素 {local[:40]} 的命名空间为 {space[:80]!r}",
            )
        self._held += 1
        self._limit(self._held, HELD_MAX, "elements at once", "个元素")
        self._limit(len(self._open) + 1, DEPTH_MAX, "levels", "层")
        self._open.append(Element(name=local, line=self._parser.CurrentLineNumber, attributes=attributes))

    def _text(self, data: str) -> None:
        if data.isspace():
            return  # between elements
        element = self._open[-1]
        element.text += data
        self._limit(len(element.text), TEXT_MAX, "characters of text", "个字符")

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        element.text = element.text.strip(" \t\r\n")
        if not self._open:
            self._root = element
            return
        if self._take(element, self._open):
            self._open[-1].children.append(element)
        else:
            self._held -= _count(element)

    def _limit(self, found: int, limit: int, what_en: str, what_zh: str) -> None:
        if found > limit:
            raise LimitError(
                code="xml.too-large",
                place=f"{self._place}, line {self._parser.CurrentLineNumber}",
                message_en=f"more than {limit:,} {what_en}",
                message_zh=f"超过 {limit:,} {what_zh}",
                remedy_en="Ask the bank for statements of shorter periods.",
                remedy_zh="请向银行索取期间较短的对账单。",
            )

    def _bad(self, code: str, message_en: str, message_zh: str) -> FormatError:
        return refused(
            code,
            (message_en, message_zh),
            (
                "give the camt.053 file as the bank sent it",
                "请提供银行原样发送的 camt.053 文件",
            ),
            place=f"{self._place}, line {self._parser.CurrentLineNumber}",
        )


def _count(element: Element) -> int:
    return 1 + sum(map(_count, element.children))
