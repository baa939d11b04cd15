# SPDX-License-Identifier: Apache-2.0
"""Reading: events out of rows, errors all at once, sums that must agree, memory that does not grow with rows."""

from __future__ import annotations

import hashlib
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from ledger.errors import FormatError
from ledger.intake.reading import Reading
from ledger.intake.tables import source_file
from ledger.kinds.authority import Allocation
from ledger.kinds.registry import Party
from tests.intake.small import ROWS, SMALL, reading_of, small, varied

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_become_events(tmp_path: Path) -> None:
    """Parties once, a line per row, the row not reported counted; every event says where it was read."""
    events, reading = reading_of(small(), tmp_path, lines=ROWS)
    parties = [one for one in events if isinstance(one, Party)]
    lines = [one for one in events if isinstance(one, Allocation)]
    assert [one.name for one in parties] == ["农安县", "德惠市"]
    assert [(one.line, one.amount, one.to) for one in lines] == [
        ("L-2", 100_050, parties[0].id),
        ("L-3", 20_000, parties[1].id),
    ]
    assert lines[0].provenance is not None
    assert lines[0].provenance.file == hashlib.sha256(ROWS.encode()).hexdigest()
    assert (lines[0].provenance.row, lines[0].provenance.sheet) == (2, None)
    (stage,) = reading.summary()["stages"]
    assert stage["rows"] == 3
    assert [one["rows"] for one in stage["skipped"]] == [1]
    assert stage["controls"][0]["source"] == stage["controls"][0]["events"] == 120_050
    assert reading.summary()["equal"]


def test_the_same_file_gives_the_same_events(tmp_path: Path) -> None:
    """Nothing depends on the run."""
    assert reading_of(small(), tmp_path, lines=ROWS)[0] == reading_of(small(), tmp_path, lines=ROWS)[0]


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    """Each bad cell is told once, with row, column, value, rule and remedy, and good rows are still read."""
    text = 'County,Fund,Amount,Paid\na,F 1,"1,0",1\nb,F2,5,x\n,F3,6,1\nd,F4,7,1,9\ne,F5,8,1\n'
    spec = varied('to = "{party}"', 'to = "{party}"\ndocument = "paid {paid}"')
    events, reading = reading_of(spec, tmp_path, lines=text)
    told = [(one.row, one.column, one.value, one.rule) for one in reading.errors]
    assert told == [
        (2, "Amount", "1,0", "cell.amount"),
        (3, "Paid", "x", "cell.amount"),
        (4, "County", "", "cell.missing"),
        (5, "row", "", "table.row-width"),
    ]
    assert all(
        one.message_en and one.message_zh and one.remedy_en and one.remedy_zh for one in reading.errors
    )
    assert [one.line for one in events if isinstance(one, Allocation)] == ["L-6"]
    assert reading.error_count == 4


def test_an_event_that_is_no_event_is_an_error_of_its_row(tmp_path: Path) -> None:
    """What the vocabulary refuses is told with the template and the field."""
    events, reading = reading_of(varied('action = "issue"', 'action = "give"'), tmp_path, lines=ROWS)
    assert not [one for one in events if isinstance(one, Allocation)]
    assert [(one.row, one.column, one.rule) for one in reading.errors] == [
        (2, "issue.action", "event.form"),
        (3, "issue.action", "event.form"),
    ]


def test_an_absent_column_leaves_its_field_out(tmp_path: Path) -> None:
    """A name alone that has no value leaves out its field; inside a longer text it is an error."""
    text = SMALL.replace(
        "[[stages.skips]]", 'note = { type = "text", from = "paid", optional = true }\n[[stages.skips]]', 1
    )
    alone = small(text.replace('line = "L-{row}"', 'line = "L-{row}"\ndocument = "{note}"'))
    events, _ = reading_of(alone, tmp_path, lines=ROWS)
    assert [one.document for one in events if isinstance(one, Allocation)] == ["10", None]
    inside = small(text.replace('line = "L-{row}"', 'line = "L-{row}"\ndocument = "No. {note}"'))
    _, reading = reading_of(inside, tmp_path, lines=ROWS)
    assert [(one.row, one.column, one.rule) for one in reading.errors] == [(3, "Paid", "cell.missing")]


def test_repeats_that_differ_are_counted(tmp_path: Path) -> None:
    """The first row of a key makes its event; a later row that says otherwise is reported."""
    spec = varied('name = "{county}"', 'name = "{fund}"')
    text = "County,Fund,Amount,Paid\na,F1,1,1\na,F1,2,1\na,F2,3,1\n"
    events, reading = reading_of(spec, tmp_path, lines=text)
    assert [one.name for one in events if isinstance(one, Party)] == ["F1"]
    assert reading.summary()["stages"][0]["repeats_that_differ"] == {"party": 1}


def test_lines_that_share_a_key_can_be_added_up(tmp_path: Path) -> None:
    """One event a key, at the end, with the first row as its place; keys that add up to nothing give none."""
    spec = varied(
        'when = [{ column = "amount", is = "positive" }]\n', 'sum_by = "{fund}"\nsums = ["amount"]\n'
    )
    text = "County,Fund,Amount,Paid\na,F1,1,\nb,F2,0,\nc,F1,2.50,\n"
    events, reading = reading_of(spec, tmp_path, lines=text)
    lines = [one for one in events if isinstance(one, Allocation)]
    assert [(one.line, one.amount) for one in lines] == [("L-2", 350)]
    assert reading.summary()["equal"]


def test_totals_that_differ_are_seen(tmp_path: Path) -> None:
    """When events leave money out, the control says by how much."""
    spec = varied('{ column = "amount", is = "positive" }', '{ column = "fund", equals = "F1" }')
    _, reading = reading_of(spec, tmp_path, lines=ROWS)
    (control,) = reading.summary()["stages"][0]["controls"]
    assert (control["source"], control["events"], control["equal"]) == (120_050, 100_050, False)
    assert not reading.summary()["equal"]


JOIN = """
[[stages.joins]]
table = "codes"
left = "fund"
right = "code"
"""
CODES = """
[tables.codes]
file = "codes.csv"
format = "csv"
headers = { code = "Code", purpose = "Purpose", year = "Year" }
"""


def joined(extra: str = "") -> str:
    """The small mapping with a second table beside it."""
    text = SMALL.replace("[stages.columns]\n", f"{JOIN}{extra}\n[stages.columns]\n", 1) + CODES
    text = text.replace('name = "{county}"', 'name = "{purpose}"').replace(
        'once = "{party}"', 'once = "{party}{row}"'
    )
    return text.replace(
        "[[stages.skips]]",
        'purpose = { type = "text", from = "codes.purpose", default = "none" }\n[[stages.skips]]',
    )


BOTH = "Code,Purpose,Year\nF1,roads,2025\nF2,meals,2025\nF2,schools,2026\n"


@pytest.mark.parametrize(
    ("extra", "codes", "names", "errors"),
    [
        ("", BOTH, ["roads"], ["join.partner"]),
        ('repeated = "first"', BOTH, ["roads", "meals"], []),
        ('repeated = "last"', BOTH, ["roads", "schools"], []),
        ('where = { year = "2026" }\nmissing = "keep"', BOTH, ["none", "schools"], []),
        ("", "Code,Purpose,Year\n F2 ,meals,2025\n", ["meals"], ["join.partner"]),
        ('missing = "keep"', "Code,Purpose,Year\nF2,meals,2025\n", ["none", "meals"], []),
    ],
    ids=["doubled", "first", "last", "where", "missing", "kept"],
)
def test_joins(tmp_path: Path, extra: str, codes: str, names: list[str], errors: list[str]) -> None:
    """A partner by key; none or two are an error unless the mapping says otherwise."""
    text = "County,Fund,Amount,Paid\na,F1,1,\nb,F2,1,\n"
    events, reading = reading_of(small(joined(extra)), tmp_path, lines=text, codes=codes)
    assert [one.name for one in events if isinstance(one, Party)] == names
    assert [one.rule for one in reading.errors] == errors


def test_a_broken_row_of_a_joined_table_stops_the_reading(tmp_path: Path) -> None:
    """A table that others rest on must be whole; its file and row are named."""
    with pytest.raises(FormatError, match=r"codes\.csv, row 3"):
        reading_of(small(joined()), tmp_path, lines=ROWS, codes="Code,Purpose,Year\nF1,a,1\nF2,b\n")


RECKONED = (
    SMALL
    + """
[[stages.compares]]
title = { zh = "比较", en = "compared" }
by = "{fund}"
columns = ["amount"]
left = [{ column = "county", none_of = ["total"] }]
right = [{ column = "county", equals = "total" }]

[[stages.tallies]]
title = { zh = "合计", en = "tally" }
by = "{fund}"
columns = ["amount", "paid"]
when = [{ column = "county", none_of = ["total"] }]
"""
)


def test_comparisons_and_tallies(tmp_path: Path) -> None:
    """Totals of the source are held against their lines; what stands on one side only is named."""
    text = "County,Fund,Amount,Paid\na,F1,1,1\nb,F1,2,\ntotal,F1,3,\na,F2,5,\ntotal,F2,4,\na,F3,1,\ntotal,F4,N/R,\n"
    _, reading = reading_of(small(RECKONED), tmp_path, lines=text)
    (stage,) = reading.summary()["stages"]
    assert stage["compares"] == [
        {
            "title": {"zh": "比较", "en": "compared"},
            "columns": ["amount"],
            "compared": 2,
            "only_left": ["F3"],
            "only_right": ["F4"],
            "differing": [{"key": "F2", "left": [500], "right": [400]}],
        }
    ]
    assert stage["tallies"][0]["rows"] == [
        {"key": "F1", "rows": 2, "sums": [300, 100]},
        {"key": "F2", "rows": 1, "sums": [500, 0]},
        {"key": "F3", "rows": 1, "sums": [100, 0]},
    ]


MEASURED = """
v = 1
id = "measured"
title = { zh = "时长", en = "durations" }
[tables.orders]
file = "orders.csv"
format = "csv"
headers = { ordered = "Ordered", paid = "Paid" }
[[stages]]
table = "orders"
columns.ordered = { type = "date", from = "ordered" }
columns.paid = { type = "date", from = "paid", optional = true }
[[stages.measures]]
title = { zh = "天数", en = "days" }
from = "ordered"
to = "paid"
"""


def test_durations(tmp_path: Path) -> None:
    """Calendar days between two columns, by nearest rank; rows without both are left out."""
    days = [1] * 8 + [3, 40]
    lines = [f"2026-01-05,2026-{1 + (4 + one) // 31:02}-{(4 + one) % 31 + 1:02}" for one in days]
    text = "Ordered,Paid\n" + "\n".join([*lines, "2026-01-05,"]) + "\n"
    events, reading = reading_of(small(MEASURED), tmp_path, orders=text)
    assert events == []
    (measure,) = reading.summary()["stages"][0]["measures"]
    assert [measure[name] for name in ("count", "min", "median", "p90", "max")] == [10, 1, 1, 3, 40]
    assert measure["days"] == {"1": 8, "3": 1, "40": 1}


def test_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    """Ten times the rows of the same keys need no more memory."""
    mapping = small()
    peaks = []
    for number in (2_000, 20_000):
        path = tmp_path / f"{number}.csv"
        path.write_text("County,Fund,Amount,Paid\n" + '农安县,F1,"1,000.00",2\n' * number, "utf-8")
        reading = Reading(mapping=mapping, files={"lines": source_file("lines", path)})
        tracemalloc.start()
        assert sum(1 for _ in reading.events()) == number + 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]
