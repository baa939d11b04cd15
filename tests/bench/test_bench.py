# SPDX-License-Identifier: Apache-2.0
"""`fundtrace bench` runs every step and reports each against its baseline; no figure is judged here."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from verifier.cli import build


def test_a_small_run_reports_every_step() -> None:
    """Post, export, verify and audit of a small ledger each give a row with time, memory and ratio."""
    outcome = CliRunner().invoke(build(), ["bench", "--entries", "3000", "--json"])
    assert outcome.exit_code == 0, outcome.output
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [row["step"] for row in rows] == [
        "post", "export", "verify", "verify", "audit", "verify new", "build proofs", "check proofs",
    ]  # fmt: skip
    assert {row["baseline"] for row in rows if row["step"] == "verify"} == {
        "read and hash",
        "hash and signatures",
    }
    for row in rows:
        assert row["size"] >= 1000
        assert row["wall_ms"] >= 0
        assert row["peak_bytes"] > 0
        assert row["baseline_ms"] > 0
        assert row["ratio"].replace(".", "").isdigit()


@pytest.mark.loopback
@pytest.mark.parametrize("postgres", [False, pytest.param(True, marks=pytest.mark.postgres)])
def test_posting_is_measured_against_plain_storage(request: pytest.FixtureRequest, *, postgres: bool) -> None:
    """Single events and batches by the ledger and by an audit route, the same rows by COPY and by a chaining trigger."""
    more = ["--postgres", request.getfixturevalue("postgres_url")] if postgres else []
    outcome = CliRunner().invoke(build(), ["bench", "--posting", "1", *more, "--json"])
    assert outcome.exit_code == 0, outcome.output
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    served = [(load, way) for way in ("ledger", "audit route") for load in ("single", "batch")]
    alone = [*served, ("batch", "copy")]
    assert [(row["load"], row["way"]) for row in rows if row["store"] == "sqlite"] == alone
    wanted = [*alone, ("batch", "hash-chain trigger")] if postgres else []
    assert [(row["load"], row["way"]) for row in rows if row["store"] == "postgres"] == wanted
    for row in rows:
        assert row["events"] == (100 if row["load"] == "single" else 1_000)
        assert 0 < row["p50_us"] <= row["p99_us"]
        assert row["ledger_over_this"].replace(".", "").isdigit()
        assert (row["way"] != "ledger") or row["ledger_over_this"] == "1.00"


def test_a_witness_under_a_few_logs() -> None:
    """Every checkpoint is cosigned, and times, rate and ratio are told."""
    outcome = CliRunner().invoke(build(), ["bench", "--witness", "3", "--json"])
    assert outcome.exit_code == 0, outcome.output
    figures = json.loads(outcome.stdout)
    assert (figures["logs"], figures["checkpoints"]) == (3, 60)
    assert 0 < figures["p50_us"] <= figures["p99_us"]
    assert figures["checkpoints_per_second"] > 0
    assert figures["ratio"].replace(".", "").isdigit()


def test_a_short_form_in_both_formats() -> None:
    """A form is tried and posted as CSV and as a workbook; each gives a row of figures."""
    outcome = CliRunner().invoke(build(), ["bench", "--form", "3", "--json"])
    assert outcome.exit_code == 0, outcome.output
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [row["step"] for row in rows] == ["try csv", "post csv", "try xlsx", "post xlsx"]
    assert {row["size"] for row in rows} == {3}
    assert all(row["peak_bytes"] > 0 for row in rows)


def test_judging_the_whole_and_entry_by_entry() -> None:
    """Verification, reading, judging the whole, and going on each give a row; new entries one by one their times."""
    outcome = CliRunner().invoke(build(), ["bench", "--judging", "3000", "--json"])
    assert outcome.exit_code == 0, outcome.output
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [row["step"] for row in rows] == [
        "verify, one core",
        "read events",
        "read and judge the whole",
        "judge a batch of new entries",
    ]
    for row in rows:
        assert row["events"] >= 900
        assert row["events_per_second"] > 0
        assert row["peak_mib"] > 0
    assert 0 < rows[-1]["p50_us"] <= rows[-1]["p99_us"]
