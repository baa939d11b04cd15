# SPDX-License-Identifier: Apache-2.0
"""`import --bank-statement` from the file to the list of lines: whole or nothing, signed by the bank."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from ledger.intake.batches import id_prefix
from ledger.intake.tables import source_file
from ledger.key_files import save_private_key
from ledger.kinds.bank import BankBalance, Movement
from tests.intake.ledgers import stored_entries, stored_events
from tests.intake.statement_files import GOOD, TABLE, Entry, message, statement
from tests.ledgers import founded, post_all
from tests.worlds import BANK, COUNTY, COUNTY_ACCOUNT, PROVINCE, make_world
from verifier.cli import build

if TYPE_CHECKING:
    from pathlib import Path

    from tests.worlds import World


@pytest.fixture
def world() -> World:
    """A world of its own for each test."""
    return make_world()


@pytest.fixture
def folder(tmp_path: Path, world: World) -> Path:
    """A ledger in which the county paid 2,500.00 and says so, the keys of log and bank, the statement."""
    with founded(f"sqlite:///{tmp_path / 'l.db'}", world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000)])
    (tmp_path / "l-keys").mkdir()
    save_private_key(tmp_path / "l-keys" / "log.pem", *world.log_keys)
    for role, signer in world.seats[BANK].keys.items():
        save_private_key(tmp_path / "l-keys" / f"{BANK}-{role}.pem", signer)
    (tmp_path / "statement.xml").write_text(GOOD, "utf-8")
    (tmp_path / "statement.csv").write_text(TABLE, "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, file: str = "statement.xml") -> Result:
    """The import of one file of the folder."""
    spoken = ["import", "--bank-statement", "--db", str(folder / "l.db"), *arguments, str(folder / file)]
    return CliRunner(env={"LC_ALL": "C.UTF-8", "COLUMNS": "200"}).invoke(build(), spoken)


def machine(result: Result, code: int = 0) -> dict[str, Any]:
    """What it printed for machines."""
    assert result.exit_code == code, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def entries(folder: Path) -> list[bytes]:
    """Every entry of the ledger."""
    return stored_entries(folder / "l.db")


def test_a_statement_goes_in_and_finds_its_payment(folder: Path) -> None:
    """Three lines and their balance; the line of the payment names the payment, the others are left over."""
    told = machine(run(folder, "--json"))
    assert told["errors"] == []
    assert told["posted"]["events"] == 4
    bank = [one for one in stored_events(folder / "l.db") if isinstance(one, Movement | BankBalance)]
    assert [one.amount for one in bank if isinstance(one, Movement)] == [250_000, 10_050, 50]
    (found,) = told["reconciliation"]
    assert [line["standing"] for line in found["lines"]] == ["matched", "unmatched", "unmatched"]
    assert [one["kind"] for one in found["lines"][0]["reports"]] == ["disbursement"]
    assert found["reports"] == []
    again = CliRunner().invoke(build(), ["verify", "--db", str(folder / "l.db")])
    assert again.exit_code == 0, again.output


def test_a_table_goes_in_as_well(folder: Path) -> None:
    """With the days that it covers."""
    told = machine(run(folder, "--period", "2026-01-01..2026-01-31", "--json", file="statement.csv"))
    assert told["posted"]["events"] == 4
    assert told["statements"] == [
        {
            "account": COUNTY_ACCOUNT, "statement": "2026-01", "from": "2026-01-01", "to": "2026-01-31",
            "opening": 1_000_000, "closing": 760_000, "lines": 3,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("Posted 4 events", "unmatched: A-NA-TREASURY 2026-01/2", "1 matched, 0 in part, 2 unmatched"),
        ),
        ("zh", ("已入账 4 个事件", "未匹配: A-NA-TREASURY 2026-01/2", "已匹配 1，部分匹配 0，未匹配 2")),
    ],
)
def test_told_in_both_languages(folder: Path, language: str, words: tuple[str, ...]) -> None:
    """What went in, and what is left over."""
    result = run(folder, "--lang", language)
    assert result.exit_code == 0, result.output
    assert [word for word in words if word not in result.output] == []


@pytest.mark.parametrize(("language", "word"), [("en", "Nothing was written."), ("zh", "未写入任何内容。")])
def test_a_wrong_balance_writes_nothing(folder: Path, language: str, word: str) -> None:
    """Not one entry; the place, the arithmetic and the remedy are told."""
    before = entries(folder)
    (folder / "bad.xml").write_text(GOOD.replace(">7600.00<", ">7600.01<"), "utf-8")
    result = run(folder, "--lang", language, file="bad.xml")
    assert result.exit_code == 1
    assert word in result.output
    (error,) = machine(run(folder, "--json", file="bad.xml"), code=1)["errors"]
    assert (error["column"], error["value"], error["rule"]) == ("Stmt[1]/Bal", "7600.01", "statement.balance")
    assert "10000.00 + 100.50 − 2500.50 = 7600.00 ≠ 7600.01" in error["message"]["en"]
    assert error["remedy"]["zh"]
    assert entries(folder) == before


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    """It says what would go in."""
    before = entries(folder)
    told = machine(run(folder, "--dry-run", "--json"))
    assert (told["posted"], told["reconciliation"], len(told["statements"])) == (None, [], 1)
    assert entries(folder) == before


def test_what_the_ledger_would_refuse_is_told_by_line(folder: Path) -> None:
    """The same statement from another file: its lines are there already."""
    assert run(folder).exit_code == 0
    before = entries(folder)
    (folder / "again.xml").write_text(GOOD.replace("M-1", "M-2"), "utf-8")
    errors = machine(run(folder, "--json", file="again.xml"), code=1)["errors"]
    assert errors
    assert errors[0]["file"] == "again.xml"
    assert errors[0]["row"] == 1
    assert entries(folder) == before


def test_the_same_file_again_adds_nothing(folder: Path) -> None:
    """Its submission is known again, and the list is told again."""
    assert run(folder).exit_code == 0
    before = entries(folder)
    told = machine(run(folder, "--json"))
    assert told["posted"]["replayed"] is True
    assert [line["standing"] for line in told["reconciliation"][0]["lines"]] == [
        "matched",
        "unmatched",
        "unmatched",
    ]
    assert entries(folder) == before


@pytest.mark.parametrize(("language", "word"), [("en", "were there before"), ("zh", "此前已入账")])
def test_a_repetition_says_so(folder: Path, language: str, word: str) -> None:
    """In either language, and the first time not."""
    assert word not in run(folder, "--lang", language).output
    assert word in run(folder, "--lang", language).output


def test_a_file_known_from_another_instant(folder: Path, world: World) -> None:
    """Under a wall clock the second signature has another time; what stands is told, not who is at odds with whom."""
    known = id_prefix("bank-statement", b"1", [source_file("statement", folder / "statement.xml")])
    with founded(f"sqlite:///{folder / 'l.db'}", world) as sequencer:
        post_all(sequencer, [world.submission(BANK, world.moved(1, 5), submission_id=f"{known}-00001")])
    before = entries(folder)
    (error,) = machine(run(folder, "--json"), code=1)["errors"]
    assert (error["rule"], error["file"], error["row"]) == ("statement.known-file", "statement.xml", 1)
    assert entries(folder) == before


def test_statements_of_two_banks(folder: Path, world: World) -> None:
    """One submission has one bank; each bank's statements by themselves go in."""
    other = msgspec.structs.replace(world.seats[BANK].party, id="bank-2", name="某银行")
    moved = msgspec.structs.replace(world.accounts()[1], bank="bank-2", id="A-2")
    with founded(f"sqlite:///{folder / 'l.db'}", world) as sequencer:
        post_all(sequencer, [world.submission("admin-a", other), world.submission(PROVINCE, moved)])
    ours, theirs = statement(closing="10000.00"), statement(account="A-2", closing="10000.00")
    (folder / "both.xml").write_text(message(ours, theirs), "utf-8")
    (folder / "ours.xml").write_text(message(ours), "utf-8")
    (error,) = machine(run(folder, "--json", file="both.xml"), code=1)["errors"]
    assert (error["rule"], error["row"], error["value"]) == ("statement.two-banks", 2, "bank-2")
    assert machine(run(folder, "--json", file="ours.xml"))["posted"]["events"] == 1


def test_accounts_by_word(folder: Path) -> None:
    """An unknown number is refused, told whole to nobody, and taken when somebody says which account it is."""
    (folder / "card.xml").write_text(
        message(statement(Entry(amount="1.00"), closing="9999.00", account="6222020000000033")), "utf-8"
    )
    (error,) = machine(run(folder, "--json", file="card.xml"), code=1)["errors"]
    assert (error["rule"], error["value"]) == ("statement.account-unknown", "…0033")
    told = machine(run(folder, "--json", "--account", f"6222020000000033={COUNTY_ACCOUNT}", file="card.xml"))
    assert told["statements"][0]["account"] == COUNTY_ACCOUNT


def test_a_report_that_the_bank_does_not_bear_out(folder: Path, world: World) -> None:
    """The county says it paid twice; the statement of the month holds one of them."""
    with founded(f"sqlite:///{folder / 'l.db'}", world) as sequencer:
        post_all(sequencer, [world.pay("L1", 70_000)])
    (found,) = machine(run(folder, "--json"))["reconciliation"]
    assert [(one["amount"], one["kind"]) for one in found["reports"]] == [(70_000, "disbursement")]


def test_only_the_bank_signs(folder: Path, world: World) -> None:
    """Without its keys it cannot be done; with those of somebody else the ledger refuses."""
    for path in (folder / "l-keys").glob(f"{BANK}-*.pem"):
        path.unlink()
    assert run(folder).exit_code == 3
    for role, signer in world.seats[COUNTY].keys.items():
        save_private_key(folder / "l-keys" / f"{BANK}-{role}.pem", signer)
    before = entries(folder)
    assert machine(run(folder, "--json"), code=1)["errors"]
    assert entries(folder) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--map", "x"),
        ("--period", "2026-01-31..2026-01-01"),
        ("--period", "2026-01"),
        ("--account", "6222"),
    ],
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...]) -> None:
    """Exit code 3, and nothing is read."""
    assert run(folder, *arguments).exit_code == 3


def test_a_table_without_its_days(folder: Path) -> None:
    """It cannot be known which days it covers, so it is asked for."""
    result = run(folder, file="statement.csv")
    assert result.exit_code == 3
    assert "--period 2026-01-01..2026-01-31" in result.output
