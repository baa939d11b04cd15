# SPDX-License-Identifier: Apache-2.0
"""A log in which auditors work on what was kept too long: affirmed, ordered, answered; another case about it is sealed."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

import pytest

from ledger.commitments import disclose
from ledger.disclosure_file import FILE, DisclosureHead, DisclosureLine, format_lines
from ledger.kinds.control import Disposition
from ledger.kinds.registry import Calendar, Policy
from tests.casework import Cited, disposition
from tests.command_line import CommandLine
from tests.malicious.forger import Forger
from tests.worlds import AUDIT, COUNTY, DAY, make_world

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = "2026-06-30"
REMARK = '=HYPERLINK("http://x.example")<script>alert(1)</script>'
"""What nobody may run, in a spreadsheet or in a page."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Its export, with the disclosures that open the sealed case."""
    world = make_world()
    forger = Forger(world)
    calendar = Calendar(occurred_on=DAY, id="CN", year=2026, notice="国办")
    admits = Policy(occurred_on=DAY, id="kinds", title="准入", effective_on=DAY, admits=("disposition/1",))
    forger.post(*world.opening(), world.submission(AUDIT, calendar))
    forger.post(world.submission(AUDIT, admits))
    forger.post(world.issue("L1", 100_000_000), world.pay("L1", 25_000_000))
    plain = tmp_path / "plain.json"
    folder = forger.export(tmp_path / "before")
    CommandLine().run("audit", str(folder), "--as-of", AS_OF, "--report", str(plain))
    found = next(one for one in json.loads(plain.read_bytes())["findings"] if one["finding"]["rule"] == "F03")
    cited: Cited = {"finding": found["finding"]["id"], "content_hash": found["finding"]["content_hash"]}
    shown = disclose(
        {"finding": cited["finding"], "content_hash": cited["content_hash"], "text": "另案"},
        lambda count: b"s" * count,
    )
    commitments = tuple(one.commitment for one in shown)
    world.tick(176 * 86_400)
    forger.post(
        world.submission(
            AUDIT, disposition(datetime.date(2026, 6, 1), "affirmed", parties=(COUNTY,), **cited)
        ),
        world.submission(
            AUDIT,
            disposition(datetime.date(2026, 6, 2), "ordered", due_on=datetime.date(2026, 6, 10), **cited),
        ),
        world.submission(
            AUDIT,
            disposition(
                datetime.date(2026, 6, 20),
                "answered",
                returned=30_000_000,
                exempt=5_000_000,
                basis="财农9号",
                text=REMARK,
                **cited,
            ),
        ),
    )
    seq = forger.post(
        world.submission(
            AUDIT,
            Disposition(
                occurred_on=datetime.date(2026, 6, 1),
                case="K-2",
                state="suspected",
                sd=commitments,
            ),
        )
    )
    made = forger.export(tmp_path / "export")
    head = DisclosureHead(genesis=world.genesis_hash, size=len(forger.entries))
    lines = [DisclosureLine(disclosure=one.text, seq=seq + 1) for one in shown]
    (made / FILE).write_bytes(b"".join(format_lines(head, lines)))
    return made
