# SPDX-License-Identifier: Apache-2.0
"""`fundtrace audit --report`: files as asked for, new ones only, known to be possible before the ledger is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ledger.kinds.registry import Calendar
from tests.malicious.forger import Forger, edited
from tests.verifier.test_verify_command import auditor_app
from tests.worlds import AUDIT, DAY, make_world
from verifier.audit_report import files
from verifier.basis.findings import Finding, parse_line, to_line

if TYPE_CHECKING:
    from pathlib import Path

import msgspec

LATE = ("--as-of", "2026-04-30")
"""Late to pass the line on, and not yet kept so long that another rule asks."""


def run(*arguments: str) -> Result:
    """The command line in this process."""
    environment = {"LC_ALL": "C.UTF-8", "FUNDTRACE_DB": None, "TERM": "dumb", "COLUMNS": "160"}
    return CliRunner(env=environment).invoke(auditor_app(), ["audit", *arguments])


@pytest.fixture
def forger() -> Forger:
    """An honest log: the county got 1,000,000.00, paid a quarter, and kept the rest too long."""
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


def test_the_report_for_programs_holds_findings_as_they_were_printed(folder: Path, tmp_path: Path) -> None:
    """One model: head, sums, findings with where they stand, rules; the findings are those of --json, byte for byte."""
    out = tmp_path / "report.json"
    result = run(str(folder), *LATE, "--json", "--report", str(out))
    assert result.exit_code == 1, result.output
    assert f"Written: {out}" in result.stderr
    (line,) = result.stdout_bytes.splitlines()
    report = json.loads(out.read_bytes())
    (reported,) = report["findings"]
    assert to_line(msgspec.convert(reported["finding"], Finding)) == line
    finding = parse_line(line)
    assert reported["life"] == {
        "state": "raised",
        "since": str(finding.decisive_on),
        "days": reported["life"]["days"],
    }
    head, total = report["head"], report["total"]
    assert (head["as_of"], head["known_by"], head["demo"]) == ("2026-04-30", finding.known_by, True)
    assert (head["size"], head["exit_code"]) == (finding.known_by + 1, 1)
    assert head["checkpoint"].startswith(head["origin"])
    assert (total["findings"], total["at_risk"], total["provable"]) == (1, 75_000_000, 75_000_000)
    assert [one["key"] for one in report["by_rule"]] == ["F03"]
    assert [one["key"] for one in report["by_place"]] == ["220122"]
    assert report["states"] == {"raised": 1}
    assert {one["id"] for one in report["rules"]} >= {"F01", "F02", "F03"}


def test_the_same_ledger_gives_the_same_report(folder: Path, tmp_path: Path) -> None:
    """Byte by byte."""
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    run(str(folder), *LATE, "--report", str(first), "--report", str(second))
    assert first.read_bytes() == second.read_bytes()


def test_a_file_that_is_there_is_not_touched(folder: Path, tmp_path: Path) -> None:
    """And nothing is judged before that is known."""
    out = tmp_path / "report.json"
    out.write_text("mine", "utf-8")
    result = run(str(folder), *LATE, "--report", str(out))
    assert (result.exit_code, out.read_text("utf-8")) == (3, "mine")
    assert "Findings" not in result.output
    assert str(out) in result.output.replace("\n", "")


def test_another_ending_is_refused_with_those_there_are(folder: Path, tmp_path: Path) -> None:
    """The innocent twin ends in .json."""
    result = run(str(folder), "--report", str(tmp_path / "report.doc"))
    assert result.exit_code == 3
    assert ".html, .pdf, .xlsx, .json" in result.output
    assert run(str(folder), "--report", str(tmp_path / "report.json")).exit_code == 0


def test_what_is_not_installed_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The base install writes JSON; the extra is named for everything else, before anything is judged."""
    monkeypatch.setattr(files, "entry_points", lambda **_: ())
    for name in ("report.pdf", "folder"):
        result = run(str(folder), "--report", str(tmp_path / name))
        assert result.exit_code == 3
        assert "fundtrace[report]" in result.output
    assert run(str(folder), "--report", str(tmp_path / "report.json")).exit_code == 0


def test_the_library_that_is_missing_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer is there, and what it loads is not."""

    class Absent:
        def load(self) -> None:
            raise ModuleNotFoundError(name="jinja2")

    monkeypatch.setattr(files, "entry_points", lambda **_: (Absent(),))
    result = run(str(folder), "--report", str(tmp_path / "report.html"))
    assert result.exit_code == 3
    assert "jinja2 is missing" in result.output
    assert "fundtrace[report]" in result.output


def test_a_broken_ledger_is_reported_as_far_as_it_is_good(forger: Forger, tmp_path: Path) -> None:
    """Exit 2, the good prefix judged, and the report says so."""
    payment = len(forger.entries) - 1
    forger.entries[payment] = edited(forger.entries[payment], recorded="2026-01-05T09:00:00.000Z", index=1)
    out = tmp_path / "report.json"
    assert run(str(forger.export(tmp_path / "broken")), *LATE, "--report", str(out)).exit_code == 2
    head = json.loads(out.read_bytes())["head"]
    assert (head["exit_code"], head["good_prefix"]) == (2, payment - 1)
    assert head["verdict"]["en"].startswith("BROKEN")


def test_where_nothing_could_be_judged_nothing_is_written(forger: Forger, tmp_path: Path) -> None:
    """No report reads as clean that rests on nothing."""
    forger.entries[0] = edited(forger.entries[0], recorded="2026-01-06T00:00:00.000Z")
    out = tmp_path / "report.json"
    assert run(str(forger.export(tmp_path / "broken")), "--report", str(out)).exit_code == 2
    assert not out.exists()


def test_the_evidence_of_each_finding_verifies_without_the_ledger(folder: Path, tmp_path: Path) -> None:
    """One pack a finding, named by rule and id, linked from the report; gone once a byte changes."""
    out, packs = tmp_path / "deep" / "report.json", tmp_path / "packs"
    result = run(str(folder), *LATE, "--report", str(out), "--evidence", str(packs))
    assert result.exit_code == 1, result.output
    report = json.loads(out.read_bytes())
    (reported,) = report["findings"]
    (pack,) = packs.iterdir()
    assert pack.name == reported["pack"] == f"F03-{reported['finding']['id']}.fundtrace-pack"
    assert (out.parent / report["packs"] / reported["pack"]).resolve() == pack.resolve()
    told = verify(str(pack), "--policy", str(folder / "policy"), "--json")
    assert told.exit_code == 0, told.output
    record = json.loads(told.stdout)
    assert (record["outcome"], record["finding"]["id"]) == ("verified", reported["finding"]["id"])
    assert verify(str(pack), "--lang", "zh").exit_code == 0
    pack.write_bytes(pack.read_bytes().replace(b'"amount":75', b'"amount":95', 1))
    assert verify(str(pack)).exit_code == 2


def test_packs_that_are_there_are_not_touched(folder: Path, tmp_path: Path) -> None:
    """Exit 3, and what lay there lies there."""
    packs = tmp_path / "packs"
    assert run(str(folder), *LATE, "--evidence", str(packs)).exit_code == 1
    (pack,) = packs.iterdir()
    before = pack.read_bytes()
    again = run(str(folder), *LATE, "--evidence", str(packs))
    assert again.exit_code == 3
    assert pack.read_bytes() == before


def test_the_pack_of_a_finding_goes_alone(folder: Path, tmp_path: Path) -> None:
    """An event beside it is a mistake in the command line."""
    run(str(folder), *LATE, "--evidence", str(tmp_path / "packs"))
    (pack,) = (tmp_path / "packs").iterdir()
    assert verify(str(pack), str(folder / "checkpoint")).exit_code == 3


def verify(*arguments: str) -> Result:
    """`fundtrace verify` in this process."""
    environment = {"LC_ALL": "C.UTF-8", "FUNDTRACE_DB": None, "TERM": "dumb", "COLUMNS": "160"}
    return CliRunner(env=environment).invoke(auditor_app(), ["verify", *arguments])
