# SPDX-License-Identifier: Apache-2.0
"""`fundtrace trace` as a user meets it: words, JSON, exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.malicious.forger import Forger
from tests.worlds import FUND, make_world
from verifier import cli

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> Result:
    """The command line in this process."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    environment = {"LC_ALL": "C.UTF-8", "FUNDTRACE_DB": None, "TERM": "dumb"}
    return CliRunner(env=environment).invoke(app, ["trace", *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The export of a ledger with one line, paid in part."""
    made = Forger(make_world())
    made.post(*made.world.opening(), made.world.issue("L1", 1_000_000), made.world.pay("L1", 250_000))
    return made.export(tmp_path / "export")


def test_a_line_is_traced_in_words(folder: Path) -> None:
    """Sums, the tree, the account, the payee, the payment, and the verdict that it rests on."""
    result = run(str(folder), "--line", "L1", "--lang", "en")
    assert result.exit_code == 0
    assert "issued 10,000.00  free 7,500.00  disbursed 2,500.00" in result.output
    assert "A-BUILDER" in result.output
    assert "self-consistent, operator not authenticated (first use)" in result.output


def test_a_fund_is_traced_for_programs(folder: Path) -> None:
    """JSON alone on standard output; amounts in minor units."""
    result = run(str(folder), "--fund", FUND, "--json")
    made = json.loads(result.stdout)
    assert (result.exit_code, made["fund"], made["line"]) == (0, FUND, None)
    assert made["authority"] == {"issued": 1_000_000, "free": 750_000, "disbursed": 250_000, "restored": 0}
    assert made["cash"]["used"] == made["cash"]["elsewhere"] == 250_000
    assert "self-consistent" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--line", "L9"), "the ledger has no line L9"),
        (("--fund", "F9"), "the ledger has no fund F9"),
        ((), "name one of --line and --fund"),
        (("--line", "L1", "--fund", FUND), "name one of --line and --fund"),
        (("--event", "nobody/s-1/0", "--forward"), "the ledger has no event nobody/s-1/0 that moved money"),
        (("--event", "nobody/s-1/0"), "--event with --forward or --backward"),
    ],
    ids=["unknown line", "unknown fund", "neither", "both", "unknown event", "event without direction"],
)
def test_what_cannot_be_traced_is_exit_3(folder: Path, arguments: tuple[str, ...], word: str) -> None:
    """The message names what is wrong."""
    result = run(str(folder), *arguments)
    assert result.exit_code == 3
    assert word in " ".join(result.output.replace("│", " ").split())


def test_a_broken_ledger_is_not_traced(folder: Path) -> None:
    """Exit 2 and the verdict, with the first broken position."""
    bundle = next(path for path in (folder / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(bundle.read_bytes())
    at = data.rindex(b'"amount":') + 9
    data[at] = ord("9")
    bundle.write_bytes(bytes(data))
    result = run(str(folder), "--line", "L1", "--lang", "en")
    assert result.exit_code == 2
    assert "BROKEN" in result.output
    assert "issued" not in result.output


def test_a_line_is_followed_forward_in_words(folder: Path) -> None:
    """How much, where it ended, the way of each piece, and that the method is for paths only."""
    result = run(str(folder), "--line", "L1", "--forward", "--lang", "en")
    assert result.exit_code == 0
    assert "L1  went on to  2,500.00 in all" in result.output
    assert "2,500.00  paid to  builder  (1 piece)" in result.output
    assert "no proof of whose money it was" in result.output


def test_an_event_is_followed_back_for_programs(folder: Path) -> None:
    """JSON: exact sums by end, each piece with its steps."""
    line = json.loads(run(str(folder), "--line", "L1", "--json").stdout)
    event = line["payments"][0]["event"]
    result = run(str(folder), "--event", event, "--backward", "--json")
    made = json.loads(result.stdout)
    assert (made["asked"], made["direction"], made["total"]) == (event, "backward", 250_000)
    assert made["ends"] == {"outside": 250_000}
    assert [step["event"] for step in made["pieces"][0]["steps"]] == [event]


def test_money_taken_by_a_selected_rule_is_shown(folder: Path) -> None:
    """The rule stands in the answer, with what it says other payments took of the fund."""
    made = json.loads(run(str(folder), "--fund", FUND, "--rule", "fifo", "--json").stdout)
    assert (made["rule"], made["cash"]["taken"]) == ("fifo", 0)
