# SPDX-License-Identifier: Apache-2.0
"""`fundtrace audit` as a user meets it: findings, exit codes, languages, broken ledgers, cuts in time and position."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ledger.kinds.registry import Calendar
from tests.malicious.forger import Forger, edited
from tests.verifier.test_verify_command import auditor_app
from tests.worlds import AUDIT, COUNTY, DAY, PROVINCE, make_world
from verifier.basis.findings import parse_line

if TYPE_CHECKING:
    from pathlib import Path

LATE = "2026-05-29"


def run(*arguments: str, lang: str = "C.UTF-8") -> Result:
    """The command line in this process, under a locale."""
    environment = {"LC_ALL": lang, "FUNDTRACE_DB": None, "TERM": "dumb", "COLUMNS": "160"}
    return CliRunner(env=environment).invoke(auditor_app(), ["audit", *arguments])


@pytest.fixture
def forger() -> Forger:
    """An honest log: the county got 1,000,000.00 and paid a quarter."""
    world = make_world()
    made = Forger(world)
    calendar = Calendar(occurred_on=DAY, id="CN", year=2026, notice="国办")
    made.post(*world.opening(), world.submission(AUDIT, calendar))
    made.post(world.issue("L1", 100_000_000), world.pay("L1", 25_000_000))
    return made


@pytest.fixture
def folder(forger: Forger, tmp_path: Path) -> Path:
    """Its export."""
    return forger.export(tmp_path / "export")


def test_without_findings_it_exits_zero_and_says_how_it_judged(folder: Path) -> None:
    """As of the last recorded day nothing is late yet; pack, calendars and marks are named."""
    result = run(str(folder))
    assert result.exit_code == 0, result.output
    assert "As of 2026-01-05" in result.output
    assert "cn-special-funds/1" in result.output
    assert "2026 CN/1" in result.output
    assert "DEMO" in result.output
    assert "replayed clock" in result.output
    assert "0 findings." in result.output
    assert "self-consistent" in result.output


def test_later_the_county_is_late(folder: Path) -> None:
    """Sixty days by convention, no project: three quarters were kept."""
    result = run(str(folder), "--as-of", LATE)
    assert result.exit_code == 1
    assert "F03" in result.output
    assert "750,000.00" in result.output
    assert "1 finding; 1 not judged." in result.output
    chinese = run(str(folder), "--as-of", LATE, "--lang", "zh")
    assert "已证明" in chinese.output
    assert "疑点 1 条；未判断 1 处。" in chinese.output
    assert run(str(folder), "--as-of", LATE, lang="zh_CN.UTF-8").output == chinese.output


def test_json_prints_one_finding_a_line(folder: Path) -> None:
    """Canonical lines on standard output alone; twice the same bytes."""
    first = run(str(folder), "--as-of", LATE, "--json")
    assert first.exit_code == 1
    (line,) = first.stdout_bytes.splitlines()
    finding = parse_line(line)
    assert (finding.rule, finding.amount, finding.parties) == ("F03", 75_000_000, (COUNTY,))
    assert (finding.as_of, finding.finding_class) == (datetime.date(2026, 5, 29), "proved")
    assert run(str(folder), "--as-of", LATE, "--json").stdout_bytes == first.stdout_bytes
    assert "self-consistent" in first.stderr
    assert "1 finding; 1 not judged." in first.stderr


def test_known_by_cuts_the_prefix(forger: Forger, folder: Path) -> None:
    """Before the payment the whole line was kept; by position and by instant alike."""
    payment = len(forger.entries) - 1
    by_seq = run(str(folder), "--as-of", LATE, "--known-by", str(payment - 1), "--json")
    finding = parse_line(by_seq.stdout_bytes.splitlines()[0])
    assert (finding.amount, finding.known_by) == (100_000_000, payment - 1)
    instant = forger.world.genesis.created_at
    early = run(str(folder), "--as-of", LATE, "--known-by", instant, "--json")
    assert (early.exit_code, early.stdout_bytes) == (0, b"")


@pytest.mark.parametrize(
    "wrong",
    [
        ("--as-of", "2026-6-30"),
        ("--as-of", "20260630"),
        ("--as-of", "2026-02-30"),
        ("--known-by", "soon"),
        ("--known-by", "-1"),
        ("--known-by", "007"),
        ("--known-by", "100000"),
        ("--known-by", "2020-01-01T00:00:00.000Z"),
        ("--lang", "de"),
    ],
)
def test_wrong_options_exit_three_with_a_remedy(folder: Path, wrong: tuple[str, str]) -> None:
    """Usage errors never read as findings or as a broken ledger."""
    result = run(str(folder), *wrong)
    assert result.exit_code == 3
    assert "Traceback" not in result.output


def test_a_broken_ledger_is_judged_up_to_its_good_prefix(forger: Forger, tmp_path: Path) -> None:
    """Exit 2; the payment that was tampered with, and what follows, is not judged."""
    payment = len(forger.entries) - 1
    forger.entries[payment] = edited(forger.entries[payment], recorded="2026-01-05T09:00:00.000Z", index=1)
    folder = forger.export(tmp_path / "broken")
    result = run(str(folder), "--as-of", LATE)
    assert result.exit_code == 2, result.output
    assert "BROKEN" in result.output
    assert f"only the first {payment - 1:,} entries were judged" in result.output
    lines = run(str(folder), "--as-of", LATE, "--json").stdout_bytes.splitlines()
    assert [parse_line(line).amount for line in lines] == [100_000_000]


def test_a_ledger_broken_at_its_beginning_is_not_judged(forger: Forger, tmp_path: Path) -> None:
    """Nothing of it can be."""
    forger.entries[0] = edited(forger.entries[0], recorded="2026-01-06T00:00:00.000Z")
    folder = forger.export(tmp_path / "broken")
    result = run(str(folder), "--json")
    assert (result.exit_code, result.stdout_bytes) == (2, b"")
    assert "No entry of it can be judged." in run(str(folder)).output


def test_another_log_key_than_the_trusted_one_is_exit_two(folder: Path) -> None:
    """What the auditor trusts decides, not what the source offers."""
    other = make_world(origin="ledger.example/other").genesis.log_keys[0]
    assert run(str(folder), "--log-key", other).exit_code == 2


def test_an_absent_source_is_exit_three(tmp_path: Path) -> None:
    """Nothing was checked."""
    assert run(str(tmp_path / "nowhere")).exit_code == 3


def test_events_after_the_date_are_left_out(forger: Forger, tmp_path: Path) -> None:
    """As of the day before the issue there is no line at all."""
    forger.post(forger.world.issue("L2", 5))
    folder = forger.export(tmp_path / "more")
    assert run(str(folder), "--as-of", "2026-01-04").exit_code == 0
    assert PROVINCE not in run(str(folder), "--as-of", "2026-01-04", "--json").output
