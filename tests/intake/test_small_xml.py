# SPDX-License-Identifier: Apache-2.0
"""XML from strangers: bombs, foreign documents and giants end at once, with the line where they do."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ledger.errors import FormatError, LimitError
from ledger.intake import small_xml
from ledger.intake.small_xml import Element, read_xml

if TYPE_CHECKING:
    from collections.abc import Sequence

BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def read(text: str, *, namespace: str = "n") -> Element:
    """The root, every element kept."""
    return read_xml(
        io.BytesIO(text.encode()), lambda space: space == namespace, lambda *_: True, place="f.xml"
    )


def test_elements_come_with_text_and_children() -> None:
    """Names without their namespace, text without the white space around it."""
    root = read("<a xmlns='n'>\n <b k='1'> x </b>\n <b>y</b><c><b>z</b></c></a>")
    assert [(one.text, one.attributes, one.line) for one in root.all("b")] == [
        ("x", {"k": "1"}, 2),
        ("y", {}, 3),
    ]
    found = root.first("d", "c/b")
    assert found is not None
    assert found.text == "z"
    assert root.first("c/d") is None


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, "<!DOCTYPE a>"])
def test_a_document_type_is_refused(head: str) -> None:
    """Whatever it declares; the same document without it is read."""
    body = "<a xmlns='n'>{}</a>"
    with pytest.raises(FormatError) as caught:
        read(f"<?xml version='1.0'?>\n{head}{body.format('&z;')}")
    assert (caught.value.code, caught.value.place) == ("xml.doctype", "f.xml, line 2")
    assert read(f"<?xml version='1.0'?>\n{body.format('ha')}").text == "ha"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<a xmlns='n'><b></a>", "xml.form"),
        ("<a xmlns='n'>&x;</a>", "xml.form"),
        ("<a xmlns='n'/>more", "xml.form"),
        ("", "xml.form"),
        ("<a xmlns='m'/>", "xml.namespace"),
        ("<a xmlns='n'><b xmlns='m'/></a>", "xml.namespace"),
        ("<?xml version='1.0' encoding='GB18030'?><a xmlns='n'/>", "xml.form"),
    ],
)
def test_other_documents_are_refused(text: str, code: str) -> None:
    """Not well-formed, or of another namespace anywhere."""
    with pytest.raises(FormatError) as caught:
        read(text)
    assert caught.value.code == code


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Depth, text, elements and bytes: one more than the limit is refused, the limit itself is read."""

    def nested(depth: int) -> str:
        return "<a xmlns='n'>" + "<a>" * (depth - 1) + "</a>" * depth

    read(nested(small_xml.DEPTH_MAX))
    read(f"<a xmlns='n'>{'x' * small_xml.TEXT_MAX}</a>")
    for text in (nested(small_xml.DEPTH_MAX + 1), f"<a xmlns='n'>{'x' * (small_xml.TEXT_MAX + 1)}</a>"):
        with pytest.raises(LimitError):
            read(text)
    monkeypatch.setattr(small_xml, "HELD_MAX", 3)
    read("<a xmlns='n'><b/><b/></a>")
    with pytest.raises(LimitError):
        read("<a xmlns='n'><b/><b/><b/></a>")
    monkeypatch.setattr(small_xml, "BYTES_MAX", 12)
    with pytest.raises(LimitError):
        read("<a xmlns='n'/>")


def test_elements_that_are_not_kept_take_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand of them pass through memory for three."""
    monkeypatch.setattr(small_xml, "HELD_MAX", 3)
    seen: list[str] = []

    def take(element: Element, above: Sequence[Element]) -> bool:
        seen.append("/".join(one.name for one in above))
        return element.name != "b"

    text = f"<a xmlns='n'>{'<b><c/></b>' * 1_000}</a>"
    with pytest.raises(LimitError):
        read(text)
    root = read_xml(io.BytesIO(text.encode()), lambda _: True, take, place="f.xml")
    assert root.children == []
    assert seen == ["a/b", "a"] * 1_000
