# SPDX-License-Identifier: Apache-2.0
"""The worked examples of the specification run, and its tables agree with the code."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from ledger.kinds.vocabulary import KINDS, event_class
from ledger.rights import RIGHTS
from tests.examples import specimens

SPEC = Path(__file__).parents[2] / "docs" / "spec"
EMERGENCY_WORD = ("override",)
CHAPTERS = sorted(path.name for path in SPEC.glob("[0-9]*-*.md"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_worked_examples_run(chapter: str) -> None:
    """Every `>>>` line of the chapter gives what it says."""
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    failed, _ = doctest.testfile(
        str(SPEC / chapter), module_relative=False, optionflags=flags, encoding="utf-8"
    )
    assert failed == 0


def test_examples_exist() -> None:
    """The chapters on bytes, log, submissions and lines each work an example."""
    assert all(">>>" in (SPEC / name).read_text(encoding="utf-8") for name in CHAPTERS if name[0] in "1235")


def test_the_table_of_rights_is_that_of_the_code() -> None:
    """§4.2 repeats every row of the table of rights with the class of its kind, and no other; every kind has a row."""
    text = (SPEC / "4-vocabulary.md").read_text(encoding="utf-8")
    classes = {kind: event_class(event) for kind, event in specimens().items()}
    rows = [
        f"| `{one.kind}` | {classes[one.kind]} | {', '.join(one.actions)} | {one.who[0]} | {', '.join(one.signed)} "
        f"| {one.place} | {', '.join((*one.more_by, *EMERGENCY_WORD[: one.in_emergency]))} |".replace(
            "|  |", "| |"
        ).replace("|  |", "| |")
        for one in RIGHTS
    ]
    assert re.findall(r"^\| `\w+` \|.*$", text, re.MULTILINE) == rows
    assert {one.kind for one in RIGHTS} == set(KINDS)


def test_every_kind_and_role_has_a_row_in_the_glossary() -> None:
    """The glossary names every event kind, party role and line field once."""
    terms = re.findall(
        r"^\| [^|]+ \| `([^`]+)` \|", (SPEC.parent / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    roles = {
        "finance",
        "department",
        "unit",
        "bank",
        "audit",
        "supervision",
        "transcriber",
        "maker",
        "checker",
    }
    sums = {"received", "split_out", "lowered", "recalled", "disbursed", "restored", "free"}
    assert set(KINDS) | roles | sums <= set(terms)
    assert len(terms) == len(set(terms))
