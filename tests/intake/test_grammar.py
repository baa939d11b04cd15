# SPDX-License-Identifier: Apache-2.0
"""Mapping files: what is refused, and where the refusal points."""

from __future__ import annotations

import textwrap
from importlib.resources import files
from pathlib import Path

import pytest

from ledger.errors import FormatError
from ledger.intake.grammar import MAPPING_BYTES_MAX, parse_mapping
from tests.intake.small import SMALL, small

PACKAGED = ("brazil-special-transfers", "brazil-special-transfers-2024", "mexico-puebla-2016q1")


@pytest.mark.parametrize("name", PACKAGED)
def test_packaged_mappings_parse(name: str) -> None:
    """Every mapping that comes with the package is good, and named like its file."""
    data = (files("ledger.intake") / "mappings" / f"{name}.toml").read_bytes()
    assert parse_mapping(data, place=name).id == name


def test_the_example_of_the_documentation_parses() -> None:
    """What bureaus are shown is a mapping."""
    page = Path(__file__).parents[2] / "docs" / "bureau" / "mapping.md"
    example = page.read_text("utf-8").partition("## A short one")[2]
    assert parse_mapping(textwrap.dedent(example).encode(), place="mapping.md").id == "road-lines"


CASES = {
    "unknown key": ('id = "small"', 'id = "small"\ncolour = "red"', "top level", "colour"),
    "unknown column option": ("slug = true", "slugg = true", "stages[0].columns", "slugg"),
    "unknown column type": ('type = "id", from = "fund"', 'type = "ident", from = "fund"', "columns", "ident"),
    "missing key": ('table = "lines"', "", "stages[0]", "table"),
    "wrong version": ("v = 1", "v = 2", "v", "2"),
    "unknown table": ('table = "lines"', 'table = "rows"', "stages[0].table", "rows"),
    "unknown header": ('from = "fund"', 'from = "funds"', "stages[0].columns.fund", "funds"),
    "column without source": (
        'type = "id", from = "fund"', 'type = "id"', "columns.fund", "exactly one of `from` and `template`",
    ),
    "bad pattern": (
        '{ type = "text", from = "county" }', '{ type = "text", from = "county", pattern = "(" }',
        "columns.county", "unterminated",
    ),
    "unit": ("default = 0 }", 'default = 0, unit = "crore" }', "columns.paid", "crore"),
    "same marks": ('thousands = ",", optional', 'thousands = ".", optional', "columns.amount", "same mark"),
    "unknown event kind": ('kind = "allocation"', 'kind = "grant"', "events[issue]", "grant"),
    "label twice": ('label = "issue"', 'label = "party"', "events[party]", "twice"),
    "field of the import": ('action = "issue"', 'action = "issue"\nv = 1', "events[issue]", "`v`"),
    "unknown name in template": ('line = "L-{row}"', 'line = "L-{line}"', "events[issue]", "line"),
    "broken template": ('line = "L-{row}"', 'line = "L-{row"', "events[issue]", "brace"),
    "float in event": ("fiscal_year = 2026", "fiscal_year = 2026.5", "events[issue]", "2026.5"),
    "control of unknown event": ('plus = ["issue"]', 'plus = ["pay"]', "controls", "pay"),
    "control of unknown column": ('column = "amount"\nplus', 'column = "sum"\nplus', "controls", "sum"),
    "condition without test": (', is = "null" }', " }", "skips", "exactly one"),
    "condition with two tests": (', is = "null" }', ', is = "null", equals = 0 }', "skips", "exactly one"),
    "constant with time of day": ("day = 2026-01-05", "day = 2026-01-05T01:00:00Z", "constants.day", "a constant"),
    "no header": (
        'county = ["County", "县"]\nfund = "Fund"\namount = "Amount"\npaid = "Paid"\n', "", "headers", "header",
    ),
    "sheet of a csv": ('format = "csv"', 'format = "csv"\nsheet = "1"', "tables.lines.sheet", "xlsx"),
    "name taken": ("party = {", "day = {", "columns.day", "taken"),
    "sums without key": ('label = "issue"', 'label = "issue"\nsums = ["amount"]', "events", "sum_by"),
    "not toml": ("v = 1", "v =", "small.toml", "not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_refused_with_its_place(case: str) -> None:
    """Each mistake is told with the key it stands under, what is wrong, and where to read on."""
    old, new, place, what = CASES[case]
    assert old in SMALL
    with pytest.raises(FormatError) as caught:
        small(SMALL.replace(old, new, 1))
    assert caught.value.code == "mapping-form"
    assert caught.value.place.startswith("small.toml")
    assert place in caught.value.place
    assert what in caught.value.message_en
    assert "docs/bureau/mapping.md" in caught.value.remedy_zh


JOINED = (
    SMALL.replace(
        "[stages.columns]",
        '[[stages.joins]]\ntable = "codes"\nleft = "fund"\nright = "code"\n[stages.columns]\n'
        'purpose = { type = "text", from = "codes.purpose" }',
        1,
    )
    + '\n[tables.codes]\nfile = "codes.csv"\nformat = "csv"\nheaders = { code = "Code", purpose = "Purpose" }\n'
)

JOIN_CASES = {
    "unknown table": ('table = "codes"', 'table = "code"', "joins[0]", "no table"),
    "unknown right": ('right = "code"', 'right = "codes"', "joins[0]", "no header"),
    "unknown left": ('left = "fund"', 'left = "found"', "joins[0]", "joined before"),
    "unknown joined header": ('from = "codes.purpose"', 'from = "codes.aim"', "columns.purpose", "codes.aim"),
    "table joined to itself": ('table = "codes"', 'table = "lines"', "joins[0]", "twice"),
}


@pytest.mark.parametrize("case", JOIN_CASES)
def test_a_bad_join_is_refused(case: str) -> None:
    """Joins name tables and headers that exist, each once."""
    old, new, place, what = JOIN_CASES[case]
    assert old in JOINED
    with pytest.raises(FormatError) as caught:
        small(JOINED.replace(old, new, 1))
    assert place in caught.value.place
    assert what in caught.value.message_en


def test_a_good_join_parses() -> None:
    """The unbroken form of the cases above is a mapping."""
    assert small(JOINED).stages[0].joins[0].right == "code"


def test_a_huge_mapping_is_refused_unread() -> None:
    """Size is judged before anything is parsed."""
    with pytest.raises(FormatError, match="more than"):
        parse_mapping(b"#" * (MAPPING_BYTES_MAX + 1), place="small.toml")
