# SPDX-License-Identifier: Apache-2.0
"""`fundtrace reconcile`: every bank line and every report in one of its places, in words and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from ledger.kinds.bank import BankBalance
from tests.malicious.forger import Forger
from tests.worlds import BANK, COUNTY, COUNTY_ACCOUNT, DAY, UNIT_ACCOUNT, make_world
from verifier.cli import build

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.kinds.bank import Movement
    from tests.worlds import World

LINES = {"whole": 250_000, "part": 90_000, "alone": 700}
"""Debits of the statement: reported whole, in part, not at all."""


def lines_of(world: World) -> list[Movement]:
    """The lines of the statement."""
    return [
        msgspec.structs.replace(world.moved(number, amount, direction="debit"), bank_ref=f"R-{name}")
        for number, (name, amount) in enumerate(LINES.items(), 1)
    ]


def closing(world: World) -> BankBalance:
    """Its balance."""
    return BankBalance(
        occurred_on=DAY, account=COUNTY_ACCOUNT, statement="2026-01", from_on=DAY, to_on=DAY, opening=1_000_000,
        closing=1_000_000 - sum(LINES.values()), lines=len(lines_of(world)),
    )  # fmt: skip


def made(tmp_path: Path, *, closed: bool = True, reports: bool = True) -> Path:
    """An export: a line, three payments of which one the bank has not seen, and the statement."""
    world = make_world()
    forger = Forger(world)
    forger.post(*world.opening(), world.issue("L1", 1_000_000))
    if reports:
        for amount, ref in ((250_000, "R-whole"), (60_000, "R-part"), (5_000, None)):
            paid = msgspec.structs.replace(world.paid("L1", amount), bank_ref=ref)
            forger.post(world.submission(COUNTY, paid))
    balance = [closing(world)] if closed else []
    forger.post(world.submission(BANK, *lines_of(world), *balance))
    return forger.export(tmp_path / "export")


def run(*arguments: str) -> Result:
    """The command."""
    environment = {"LC_ALL": "C.UTF-8", "FUNDTRACE_DB": None, "TERM": "dumb"}
    return CliRunner(env=environment).invoke(build(), ["reconcile", *arguments])


def machine(*arguments: str, code: int = 1) -> dict[str, Any]:
    """What it prints for programs."""
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_each_line_in_its_place(tmp_path: Path) -> None:
    """Whole, in part with what is open, not at all; and the report that no line bears out."""
    found = machine(str(made(tmp_path)))
    assert [(one["standing"], one["open"], len(one["reports"])) for one in found["lines"]] == [
        ("matched", 0, 1),
        ("partly", 30_000, 1),
        ("unmatched", 700, 0),
    ]
    assert [(one["amount"], one["standing"]) for one in found["reports"]] == [(5_000, "pending")]
    assert found["as_of"] == DAY.isoformat()


def test_lines_of_a_statement_that_is_not_closed_are_not_counted(tmp_path: Path) -> None:
    """As long as the bank has not said what they add up to; with the balance they count (above)."""
    found = machine(str(made(tmp_path, closed=False)))
    assert {one["standing"] for one in found["lines"]} == {"not_counted"}


def test_without_reports_everything_is_open(tmp_path: Path) -> None:
    """Every line, whole."""
    found = machine(str(made(tmp_path, reports=False)))
    assert [(one["standing"], one["open"]) for one in found["lines"]] == [
        ("unmatched", amount) for amount in LINES.values()
    ]


def test_nothing_open_is_clean(tmp_path: Path) -> None:
    """Exit code 0 when each line is a report and each report a line."""
    world = make_world()
    forger = Forger(world)
    forger.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    line = world.moved(1, 250_000, direction="debit")
    forger.post(
        world.submission(BANK, line, msgspec.structs.replace(closing(world), closing=750_000, lines=1))
    )
    found = machine(str(forger.export(tmp_path / "export")), code=0)
    assert [one["standing"] for one in found["lines"]] == ["matched"]


def test_one_account_or_statement(tmp_path: Path) -> None:
    """The others are left out; an account that nobody registered is refused."""
    folder = str(made(tmp_path))
    assert len(machine(folder, "--account", COUNTY_ACCOUNT)["lines"]) == len(LINES)
    assert machine(folder, "--statement", "2026-02")["lines"] == []
    assert machine(folder, "--account", UNIT_ACCOUNT, code=0) == {
        "as_of": "2026-01-05",
        "lines": [],
        "reports": [],
    }
    unknown = run(folder, "--account", "A-NOBODY")
    assert unknown.exit_code == 3
    assert "the ledger has no such account" in unknown.output


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "matched in part 300.00: A-NA-TREASURY 2026-01/2",
                "unmatched: A-NA-TREASURY 2026-01/3",
                "waiting for the bank: disbursement",
                "3 bank lines: 1 matched, 1 in part, 1 unmatched, 0 not counted; 1 reports without a line.",
            ),
        ),
        (
            "zh",
            (
                "部分匹配 300.00: A-NA-TREASURY 2026-01/2",
                "未匹配: A-NA-TREASURY 2026-01/3",
                "待银行确认: 拨付",
                "流水 3 行：已匹配 1",
            ),
        ),
    ],
)
def test_in_both_languages(tmp_path: Path, language: str, words: tuple[str, ...]) -> None:
    """What is open stands first."""
    output = run(str(made(tmp_path)), "--lang", language).output
    assert [word for word in words if word not in output] == []
    kind = {"en": "= disbursement", "zh": "= 拨付"}[language]
    assert output.index(words[0]) < output.index(kind, output.index(words[1]))


def test_a_broken_ledger_is_not_reconciled(tmp_path: Path) -> None:
    """Exit code 2, and the verdict for an answer."""
    folder = made(tmp_path)
    bundle = next((folder / "tile" / "entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"amount":250000', b'"amount":250001'))
    assert run(str(folder)).exit_code == 2
