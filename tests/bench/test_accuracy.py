# SPDX-License-Identifier: Apache-2.0
"""`fundtrace bench --accuracy` plays a world through the commands and tells how right each method was."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from api.bench.accuracy import run, worlds
from api.bench.accuracy.monthly import audit_days, months_late
from api.bench.accuracy.worlds import WORLDS, World
from api.commands import benchmarking
from tests.simulation.scoring.made import KNOWN, finding, write, wrong
from verifier.cli import build
from verifier.simulation.shape import Shape, read_shape

if TYPE_CHECKING:
    from pathlib import Path

TINY = {
    "name": "tiny",
    "cities": 2,
    "counties": 2,
    "projects": 0,
    "schemes": ["DIV_DIRECT"],
    "difficulties": [1, 3],
    "mixtures": 0,
}
METHODS = ["rules", "FIFO only", "thresholds only", "isolation forest"]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One tiny world instead of the three."""
    (tmp_path / "tiny.json").write_text(json.dumps(TINY))
    monkeypatch.setattr(worlds, "SHAPES", tmp_path)
    monkeypatch.setattr(benchmarking, "WORLDS", (World(name="tiny", seed=1),))
    monkeypatch.setattr(run, "audit_days", lambda shape: audit_days(shape)[-2:])


@pytest.mark.usefixtures("tiny")
def test_a_world_is_played_and_every_method_scored(tmp_path: Path) -> None:
    """Tables for people, with the files that anybody can look into; the rules find the cars that were bought."""
    out = tmp_path / "out"
    outcome = CliRunner().invoke(build(), ["bench", "--accuracy", str(out), "--monthly"])
    assert outcome.exit_code == 0, outcome.output
    assert "2 of 2 hits are there at the first audit that can know" in outcome.stdout
    assert "## tiny" in outcome.stdout
    assert "| DIV_DIRECT | 2 | 0 | 1 | 1 |" in outcome.stdout
    assert all(f"| {method} |" in outcome.stdout for method in METHODS)
    names = {path.name for path in (out / "tiny").iterdir()}
    assert names >= {
        "world",
        "ledger.db",
        "export",
        "rules.jsonl",
        "FIFO-only.jsonl",
        "thresholds-only.jsonl",
    }


@pytest.mark.usefixtures("tiny")
def test_programs_get_a_line_for_each_method(tmp_path: Path) -> None:
    """The whole score of each, as `fundtrace score --json` tells it."""
    outcome = CliRunner().invoke(build(), ["bench", "--accuracy", str(tmp_path / "out"), "--json"])
    assert outcome.exit_code == 0, outcome.output
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [row["method"] for row in rows] == METHODS
    assert rows[0]["score"]["recall"] == 1
    assert {row["score"]["per"] for row in rows} == {"events"}


@pytest.mark.usefixtures("tiny")
def test_a_world_that_there_is_not_is_refused(tmp_path: Path) -> None:
    """By its name, with those that there are."""
    outcome = CliRunner().invoke(build(), ["bench", "--accuracy", str(tmp_path / "out"), "--world", "flat"])
    assert outcome.exit_code == 3
    assert "tiny" in outcome.output


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_no_world_is_like_the_default(world: World) -> None:
    """Each shape can be read, bears its name, and is another country in at least ten ways."""
    shape, usual = read_shape(world.shape), Shape()
    assert shape.name == world.name
    other = [name for name in Shape.__struct_fields__ if getattr(shape, name) != getattr(usual, name)]
    assert len(other) >= 10
    assert (shape.schemes, shape.difficulties) == (usual.schemes, usual.difficulties)


def test_a_finding_that_comes_late_is_told_so(tmp_path: Path) -> None:
    """By the audits that were run, whatever the finding says of itself: one in time, one before it, one two months late."""
    labels = [wrong(name) for name in "abc"]
    findings = [finding(*label.events) for label in labels]
    days = [KNOWN.replace(month=month) for month in (4, 5, 6, 7)]
    told, truth = write(tmp_path, labels, findings)
    seen = dict(zip((one.id for one in findings), (days[1], days[0], days[3]), strict=True))
    assert months_late(truth, told, seen, days) == {0: 1, -1: 1, 2: 1}


def test_the_days_of_audit_are_those_of_statements() -> None:
    """One for each month of the country, the last one its end."""
    days = audit_days(Shape())
    assert (len(days), days[0], days[-1]) == (16, datetime.date(2025, 2, 5), datetime.date(2026, 5, 6))
