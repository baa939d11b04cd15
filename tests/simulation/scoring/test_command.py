# SPDX-License-Identifier: Apache-2.0
"""The command `score`: two files in, figures out; a file that is not as it was written is refused by line and field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine
from tests.simulation.scoring.made import finding, twin, write, wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINE = CommandLine()
CASES = [wrong("a"), wrong("b", programme=2), twin(wrong("a"))]
ANSWERS = [finding(*CASES[0].events), finding(*CASES[2].events)]


def test_programs_read_one_object(tmp_path: Path) -> None:
    """The figures of DESIGN §7 stand at its top, each also by scheme and difficulty; ratios have four decimals."""
    told, truth = write(tmp_path, CASES, ANSWERS)
    output = LINE.done("score", str(told), str(truth), "--json", "--events", "1000")
    made = json.loads(output)
    wanted = {
        "precision_proved": 0.5,
        "recall": 0.5,
        "recall_amount": 0.5,
        "false_proved_per_10k": 10.0,
        "amount_error": 0.0,
        "latency_days": 0,
    }
    assert {name: made[name] for name in wanted} == wanted
    assert wanted.items() <= made["by_scheme"]["DUP_EXACT"].items()
    assert wanted.items() <= made["by_difficulty"]["2"].items()
    assert '"precision_proved":0.5000' in output
    assert LINE.done("score", str(told), str(truth), "--json", "--events", "1000") == output


@pytest.mark.parametrize(
    ("language", "words"), [("en", "precision of proved findings"), ("zh", "已证明疑点的准确率")]
)
def test_people_read_tables(language: str, words: str, tmp_path: Path) -> None:
    """In the language asked for, with figures, parts and rules."""
    told, truth = write(tmp_path, CASES, ANSWERS)
    output = LINE.done("score", str(told), str(truth), "--lang", language)
    assert words in output
    assert "DUP_EXACT" in output
    assert "F21" in output


def test_any_rule(tmp_path: Path) -> None:
    """A method that knows no families is credited when asked."""
    told, truth = write(tmp_path, CASES, [finding(*CASES[0].events, rule="S1")])
    plain = json.loads(LINE.done("score", str(told), str(truth), "--json"))
    credited = json.loads(LINE.done("score", str(told), str(truth), "--json", "--any-rule"))
    assert (plain["recall"], credited["recall"]) == (0.0, 0.5)


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Replaces what must be there."""

    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


SPOILT_LABELS = {
    "not JSON": (lambda data: b"{\n" + data, "labels.jsonl line 1", "not a label"),
    "a field of another type": (
        swapped(b'"amount_true":1000', b'"amount_true":"1000"'),
        "line 1",
        "$.amount_true",
    ),
    "a scheme of no simulation": (swapped(b"DUP_EXACT", b"DUP_OTHER"), "line 1", "$.scheme"),
    "an unknown field": (swapped(b'{"accounts"', b'{"aa":1,"accounts"'), "line 1", "not spelled"),
    "another order": (swapped(b'"case_id":"a",', b""), "line 1", "case_id"),
    "a space": (swapped(b'":', b'": '), "line 1", "not spelled"),
    "twice the same": (
        lambda data: data + data.splitlines()[0] + b"\n",
        "line 4, field case_id",
        "stands in line 1",
    ),
    "a twin of nobody": (swapped(b'"twin_of":"a"', b'"twin_of":"z"'), "line 3, field twin_of", "'z'"),
}


@pytest.mark.parametrize("name", SPOILT_LABELS)
def test_labels_that_are_not_as_written_are_refused(name: str, tmp_path: Path) -> None:
    """With line, field and remedy, in both languages, and exit code 3."""
    spoil, place, words = SPOILT_LABELS[name]
    told, truth = write(tmp_path, CASES, ANSWERS)
    truth.write_bytes(spoil(truth.read_bytes()))
    result = LINE.run("score", str(told), str(truth), "--lang", "en")
    assert result.exit_code == 3
    assert place in result.output
    assert words in result.output
    chinese = LINE.run("score", str(told), str(truth), "--lang", "zh")
    assert place in chinese.output
    assert "请使用" in chinese.output


SPOILT_FINDINGS = {
    "an amount changed": (
        swapped(b'"amount":1000', b'"amount":2000'),
        "findings.jsonl line 1",
        "content_hash",
    ),
    "a field missing": (swapped(b'"rule":"F21",', b""), "findings.jsonl line 1", "rule"),
    "twice the same": (
        lambda data: data + data.splitlines()[0] + b"\n",
        "line 3, field id",
        "stands in line 1",
    ),
    "an empty line": (lambda data: b"\n" + data, "findings.jsonl line 1", "not a finding"),
}


@pytest.mark.parametrize("name", SPOILT_FINDINGS)
def test_findings_that_are_not_as_printed_are_refused(name: str, tmp_path: Path) -> None:
    """With line and field."""
    spoil, place, words = SPOILT_FINDINGS[name]
    told, truth = write(tmp_path, CASES, ANSWERS)
    told.write_bytes(spoil(told.read_bytes()))
    result = LINE.run("score", str(told), str(truth))
    assert result.exit_code == 3
    assert place in result.output
    assert words in result.output


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """With its path."""
    told, _ = write(tmp_path, CASES, ANSWERS)
    result = LINE.run("score", str(told), str(tmp_path / "none.jsonl"))
    assert result.exit_code == 3
    assert "none.jsonl" in result.output


def test_a_line_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing beyond the limit is kept in memory."""
    monkeypatch.setattr("verifier.simulation.scoring.leads.LINE_BYTES_MAX", 100)
    told, truth = write(tmp_path, CASES, ANSWERS)
    result = LINE.run("score", str(told), str(truth))
    assert result.exit_code == 3
    assert "more than 100 bytes" in result.output
