# SPDX-License-Identifier: Apache-2.0
"""A small mapping and small tables for tests of the intake: two funds, a few lines, readable at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.intake.grammar import parse_mapping
from ledger.intake.reading import Reading
from ledger.intake.tables import source_file

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.intake.mapping import Mapping
    from ledger.kinds.vocabulary import AnyEvent

SMALL = """
v = 1
id = "small"
title = { zh = "小表", en = "a small table" }

[constants]
day = 2026-01-05

[tables.lines]
file = "lines.csv"
format = "csv"
null = ["N/R"]
[tables.lines.headers]
county = ["County", "县"]
fund = "Fund"
amount = "Amount"
paid = "Paid"

[[stages]]
table = "lines"
[stages.columns]
county = { type = "text", from = "county" }
party = { type = "id", from = "county", slug = true, prefix = "c-" }
fund = { type = "id", from = "fund" }
amount = { type = "amount", from = "amount", thousands = ",", optional = true }
paid = { type = "amount", from = "paid", default = 0 }

[[stages.skips]]
reason = { zh = "未报送", en = "not reported" }
when = [{ column = "amount", is = "null" }]

[[stages.events]]
label = "party"
kind = "party"
once = "{party}"
[stages.events.set]
occurred_on = "{day}"
id = "{party}"
name = "{county}"
level = "county"
division = "220122"
roles = ["finance"]

[[stages.events]]
label = "issue"
kind = "allocation"
when = [{ column = "amount", is = "positive" }]
[stages.events.set]
occurred_on = "{day}"
action = "issue"
line = "L-{row}"
from = "province"
to = "{party}"
amount = "{amount}"
fund = "{fund}"
fiscal_year = 2026

[[stages.controls]]
title = { zh = "金额", en = "amount" }
column = "amount"
plus = ["issue"]
"""

ROWS = 'County,Fund,Amount,Paid\n农安县,F1,"1,000.50",10\n德惠市,F2,200,N/R\n农安县,F2,N/R,\n'


def small(text: str = SMALL) -> Mapping:
    """The small mapping, or a variation of its text."""
    return parse_mapping(text.encode(), place="small.toml")


def varied(old: str, new: str) -> Mapping:
    """The small mapping with one place changed."""
    if old not in SMALL:
        raise ValueError(old)
    return small(SMALL.replace(old, new))


def reading_of(mapping: Mapping, folder: Path, **tables: str | bytes) -> tuple[list[AnyEvent], Reading]:
    """The events that `mapping` makes of tables with these contents, and the reading with its errors and sums."""
    for name, content in tables.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / mapping.tables[name].file).write_bytes(data)
    files = {name: source_file(name, folder / table.file) for name, table in mapping.tables.items()}
    reading = Reading(mapping=mapping, files=files)
    return [one.event for one in reading.events()], reading
