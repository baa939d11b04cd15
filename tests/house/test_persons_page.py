# SPDX-License-Identifier: Apache-2.0
"""docs/bureau/persons.md, typed as it stands: every command does what the page says, and nobody is in the ledger."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tests.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "bureau" / "persons.md").read_text(encoding="utf-8")
SHEET = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)[0]
STEPS = re.findall(r"```sh\n(.*?)```\n\n((?:    [^\n]*\n)+)", PAGE, re.DOTALL)
PERSONS = [cell for row in list(csv.reader(SHEET.splitlines()))[1:] for cell in row[3:6] if cell]


def files_below(folder: Path) -> Iterator[Path]:
    """Every file of the static log in `folder`: what everybody is given."""
    return (one for one in folder.rglob("*") if one.is_file() and one.name != "disclosures.ndjson")


def test_the_walk_through_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the sheet to the board: signed by two, delivered, verified, masked."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "补贴.csv").write_text(SHEET, encoding="utf-8")
    assert len(STEPS) == len(re.findall("```sh", PAGE)) == 5
    assert len(PERSONS) == 8
    line = CommandLine()
    for commands, expected in STEPS:
        printed = ""
        for words in map(shlex.split, commands.splitlines()):
            assert words[0] == "fundtrace"
            printed += line.done(*words[1:])
        for wanted in expected.splitlines():
            assert " ".join(wanted.split()) in " ".join(printed.split()), printed
    public = b"".join(one.read_bytes() for one in files_below(tmp_path / "audit"))
    assert "危房改造第一批".encode() in public
    assert not any(one.encode() in public for one in PERSONS)
    board = (tmp_path / "村务公开.csv").read_text("utf-8-sig")
    assert [one in board for one in PERSONS] == [True, False, False, True, False, False, False, False]
    assert "220122********00**" in board
