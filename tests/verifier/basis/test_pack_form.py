# SPDX-License-Identifier: Apache-2.0
"""Rule packs as files: what is read, and what is refused with line and field."""

import importlib.resources
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import FormatError, LimitError
from verifier.basis.pack_form import Pack, pack_of_parts, parse_pack
from verifier.basis.rulepack import PACKS, load_pack
from verifier.basis.strict_json import JSON_BYTES_MAX

HEAD = b'{"id": "mine", "version": 1, "title": {"zh": "\xe6\x88\x91", "en": "Mine"}}'


def row(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - what JSON holds
    """A row of F04."""
    basis = {"zh": "惯例", "en": "Convention"}
    plain = {"id": "pay", "rule": "F04", "parameters": {"days": 30}, "status": "convention", "basis": basis}
    return {**plain, "unit": "calendar", **changes}


def text(*rows: dict[str, Any], **head: Any) -> str:  # noqa: ANN401 - what JSON holds
    """A pack with these rows, each on lines of its own; the first row begins on line 9."""
    title = {"zh": "我", "en": "Mine"}
    whole = {"id": "mine", "version": 1, "title": title, **head, "rows": list(rows)}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def parsed(source: str) -> Pack:
    """The pack in `source`."""
    return parse_pack(source.encode(), place="mine.json")


def test_a_pack_is_read_as_it_stands() -> None:
    """Every field."""
    pack = parsed(text(row(effective_on="2026-01-01", level="city", direct=True)))
    assert pack.name == "mine/1"
    only = pack.rows[0]
    assert (only.parameters, only.unit, only.level, only.direct) == ({"days": 30}, "calendar", "city", True)
    assert str(only.effective_on) == "2026-01-01"


def test_one_digest_for_what_says_the_same() -> None:
    """Spaces and the order of keys say nothing; a number does."""
    spaced = json.dumps(json.loads(text(row())), sort_keys=True)
    assert parsed(spaced).digest == parsed(text(row())).digest
    assert parsed(text(row(parameters={"days": 31}))).digest != parsed(text(row())).digest


@pytest.mark.parametrize(
    ("source", "place", "told"),
    [
        ("{", "mine.json:1", "not JSON"),
        ("[]", "mine.json:1", "Expected `object`"),
        (text(row(days=3)), "mine.json:9", "unknown field `days`"),
        (text(row(), row(id="b", status="rumour")), "mine.json:28", "Invalid enum value 'rumour'"),
        (text(row(parameters={"days": -1})), "mine.json:12", ">= 0"),
        (text(row(parameters={"days": 30.5})), "mine.json:12", "Expected `int`"),
        (text(row(parameters={"Days": 30})), "mine.json:12", "matching regex"),
        (text(row(effective_on="2026-02-30")), "mine.json:21", "Invalid RFC3339"),
        (text(row(), row()), "mine.json:22", "a second row has the id pay"),
        (text({**row(), "unit": "calendar", "basis": {"zh": "", "en": "x"}}), "mine.json:9", "no basis"),
        (text({key: value for key, value in row().items() if key != "unit"}), "mine.json:9", "no unit"),
        (text({key: value for key, value in row().items() if key != "basis"}), "mine.json:9", "`basis`"),
        (text(row(level=None)), "mine.json", "second way"),
        (text(row(unit=None)), "mine.json", "second way"),
        (text(version=0), "mine.json:3", ">= 1"),
        (text().replace('"version"', '"id"'), "mine.json", "'id' stands twice"),
    ],
)  # fmt: skip
def test_what_is_no_pack_is_refused_with_its_place(source: str, place: str, told: str) -> None:
    """In both languages, with what to do."""
    with pytest.raises(FormatError) as refused:
        parsed(source)
    assert refused.value.place == place
    assert told in refused.value.message_en
    assert "--show-pack" in refused.value.remedy_zh
    assert refused.value.message_zh


def test_a_file_that_is_too_large_is_not_read() -> None:
    """Nor one in another encoding."""
    with pytest.raises(LimitError):
        parse_pack(b" " * (JSON_BYTES_MAX + 1), place="mine.json")
    with pytest.raises(FormatError, match="UTF-8"):
        parse_pack(b"\xff", place="mine.json")
    for unreadable in (b"[" * 100_000, b"9" * 5_000):
        with pytest.raises(FormatError, match="not JSON"):
            parse_pack(unreadable, place="mine.json")


def rows_file(*rows: dict[str, Any]) -> bytes:
    """A file of a folder."""
    return json.dumps(rows).encode()


def test_a_folder_is_one_pack() -> None:
    """Rows in the order of the files' names."""
    parts = [
        ("F07.json", rows_file(row(id="b", rule="F07"))),
        ("pack.json", HEAD),
        ("F04.json", rows_file(row())),
    ]
    pack = pack_of_parts(parts, place="mine")
    assert [one.id for one in pack.rows] == ["pay", "b"]
    assert pack.name == "mine/1"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda parts: parts.pop("pack.json"), "mine/pack.json"),
        (lambda parts: parts.update({"F05.json": rows_file(row(id="b"))}), "row b is of rule F04"),
        (lambda parts: parts.update({"F07.json": rows_file(row(rule="F07"))}), "a second row has the id pay"),
    ],
)
def test_what_is_no_folder_of_a_pack_is_refused(
    change: Callable[[dict[str, bytes]], object], told: str
) -> None:
    """Its innocent twin is read."""
    parts = {"pack.json": HEAD, "F04.json": rows_file(row())}
    pack_of_parts(parts.items(), place="mine")
    change(parts)
    with pytest.raises(FormatError, match=told):
        pack_of_parts(parts.items(), place="mine")


@pytest.mark.parametrize("name", PACKS)
def test_packs_that_ship_are_whole(name: str) -> None:
    """Whoever adds a file adds it in this form, and nothing else lies about."""
    folder = Path(str(importlib.resources.files("verifier.packs"))) / name
    pack = load_pack(name)
    assert {f"{one.rule}.json" for one in pack.rows} | {"pack.json"} == {one.name for one in folder.iterdir()}
