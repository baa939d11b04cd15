# SPDX-License-Identifier: Apache-2.0
"""Reports as people take them away: one model as a page, a print and a workbook, in two languages, safe to open."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from api.reports import page, paper
from api.reports.words import AMOUNTS as HEADLINES
from api.reports.words import COUNTED, MARKS, STATES, SUMS, TEXTS, WORKED
from tests.api.page_reader import read_page
from tests.api.reports.conftest import AS_OF, REMARK
from tests.command_line import CommandLine
from verifier.audit_report.records import Sums
from verifier.basis.findings import Mark
from verifier.casework.life_cycle import FindingState

if TYPE_CHECKING:
    from pathlib import Path

from typing import get_args


def reported(folder: Path, out: Path, language: str = "en") -> str:
    """What the command says of the report that it wrote to `out`."""
    done = CommandLine().run("audit", str(folder), "--as-of", AS_OF, "--report", str(out), "--lang", language)
    assert done.exit_code == 1, done.output
    return done.output


def model(folder: Path, tmp_path: Path) -> dict[str, Any]:
    """The report for programs."""
    reported(folder, tmp_path / "model.json")
    made: dict[str, Any] = json.loads((tmp_path / "model.json").read_bytes())
    return made


def late(made: dict[str, Any]) -> dict[str, Any]:
    """The finding that auditors worked on: the line passed on too late."""
    found: dict[str, Any] = next(one for one in made["findings"] if one["finding"]["rule"] == "F03")
    return found


def test_what_auditors_posted_is_joined(folder: Path, tmp_path: Path) -> None:
    """State, days, the answer that came late, the changed content, amounts, and the case that disclosures opened."""
    made = model(folder, tmp_path)
    one = late(made)
    life = one["life"]
    assert (life["state"], life["since"], life["days"]) == ("answered", "2026-06-20", 10)
    assert (life["due_on"], life["answer_days_late"]) == ("2026-06-10", 10)
    assert life["content_changed"] is True  # cited as known by fewer entries
    assert (life["returned"], life["exempt"], life["basis"]) == (30_000_000, 5_000_000, "财农9号")
    assert (life["case"], life["other_cases"]) == ("K-1", ["K-2"])
    assert [step["state"] for step in life["steps"]] == ["affirmed", "ordered", "answered", "suspected"]
    assert made["other_cases"] == []
    total = made["total"]
    assert (total["at_risk"], total["returned"], total["exempt"]) == (75_000_000, 30_000_000, 5_000_000)


def test_a_sealed_case_is_listed_apart_where_nothing_opens_it(folder: Path, tmp_path: Path) -> None:
    """Without the disclosures nobody can tell which finding is meant; with those of another ledger the audit stops."""
    (folder / "disclosures.ndjson").rename(tmp_path / "elsewhere.ndjson")
    made = model(folder, tmp_path)
    (other,) = made["other_cases"]
    assert (other["case"], other["state"]) == ("K-2", "suspected")
    assert "finding" not in other
    assert len(other["steps"][0]["sealed"]) == 3
    shown = (tmp_path / "elsewhere.ndjson").read_bytes().split(b"\n", 1)
    (tmp_path / "elsewhere.ndjson").write_bytes(
        re.sub(rb'"genesis":"[0-9a-f]{64}"', b'"genesis":"%s"' % (b"5e" * 32), shown[0]) + b"\n" + shown[1]
    )
    done = CommandLine().run(
        "audit",
        str(folder),
        "--disclosures",
        str(tmp_path / "elsewhere.ndjson"),
        "--report",
        str(tmp_path / "no.json"),
    )
    assert done.exit_code == 3
    assert "another ledger" in done.output
    assert not (tmp_path / "no.json").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_stands_by_itself(folder: Path, tmp_path: Path, language: str) -> None:
    """No script, nothing fetched; what people wrote is text; links lead to packs that are there."""
    reported(folder, tmp_path / "out", language)
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    page_read = read_page(text)
    tags = list(page_read.all())
    assert not {one.tag for one in tags} & {"script", "link", "img", "iframe", "form", "object"}
    assert not [name for one in tags for name in one.attributes if name.startswith("on") or name == "style"]
    assert "url(" not in text
    assert "@import" not in text
    links = [one.attributes["href"] for one in page_read.all("a")]
    outside = [link for link in links if not link.startswith("#")]
    assert outside
    assert all((tmp_path / "out" / link).is_file() for link in outside)
    assert {link[1:] for link in links if link.startswith("#")} <= {one.attributes.get("id") for one in tags}
    words = page_read.words()
    assert REMARK in words
    made = model(folder, tmp_path)
    one = late(made)
    for part in ("explanation", "basis", "clears_if"):
        assert one["finding"][part][language] in words
    assert one["finding"]["id"] in words
    assert made["head"]["root"] in words
    assert ("750,000.00 元" if language == "zh" else "CNY 750,000.00") in words
    assert "DEMO" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_runs_nothing(folder: Path, tmp_path: Path, language: str) -> None:
    """Every sheet reads back; text that looks like a formula is text; amounts are numbers; the finding is there in full."""
    reported(folder, tmp_path / "report.xlsx", language)
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "report.xlsx").read_bytes()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    (remark,) = [cell for cell in cells if REMARK in str(cell.value)]
    assert remark.data_type == "s"
    values = {cell.value for cell in cells}
    one = late(model(folder, tmp_path))
    assert one["finding"]["id"] in values
    assert one["finding"]["basis"][language] in values
    assert any(str(value).startswith(one["finding"]["explanation"][language]) for value in values)
    assert 750_000 in values
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 13


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_print_is_the_same_every_time(folder: Path, tmp_path: Path, language: str) -> None:
    """A PDF, the same bytes for the same report; long texts flow over pages."""
    for name in ("a.pdf", "b.pdf"):
        reported(folder, tmp_path / name, language)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data == (tmp_path / "b.pdf").read_bytes()


def test_long_lists_are_cut_with_a_word(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the rest is counted; the workbook and JSON hold all."""
    monkeypatch.setattr(page, "CARDS_MAX", 0)
    monkeypatch.setattr(paper, "CARDS_MAX", 0)
    reported(folder, tmp_path / "out")
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "lead-card" not in text.split("</style>")[1]
    assert "more are not shown here" in text
    assert (tmp_path / "out" / "report.pdf").is_file()


def test_every_word_is_said_in_both_languages() -> None:
    """States, figures and marks have a word each; gaps are the same on both sides."""
    assert set(STATES) == set(get_args(FindingState))
    assert set(MARKS) == set(get_args(Mark))
    fields = {name for name in Sums.__struct_fields__ if name not in {"key", "title"}}
    assert set(SUMS) == {*COUNTED, *HEADLINES, *WORKED} == fields
    for told in (*STATES.values(), *SUMS.values(), *MARKS.values(), *TEXTS.values()):
        assert re.search("[\u3400-\u9fff]", told.zh)
        assert told.en
        assert not re.search("[\u3400-\u9fff]", told.en)
        assert re.findall(r"{\w+}", told.zh) == re.findall(r"{\w+}", told.en) or set(
            re.findall(r"{\w+}", told.zh)
        ) == set(re.findall(r"{\w+}", told.en))


def test_what_the_auditors_own_rules_change_is_in_the_report(folder: Path, tmp_path: Path) -> None:
    """A pack that brings no statutory limit: what was brought, and what vanishes; without one nothing is told."""
    assert model(folder, tmp_path)["own_rules"] is None
    for ending in ("json", "html", "xlsx", "pdf"):
        done = CommandLine().run(
            "audit",
            str(folder),
            "--as-of",
            AS_OF,
            "--pack",
            "generic",
            "--report",
            str(tmp_path / f"own.{ending}"),
        )
        assert done.exit_code in {0, 1}, done.output
    own = json.loads((tmp_path / "own.json").read_bytes())["own_rules"]
    assert "generic" in own["brought"][0]["en"]
    assert own["differences"]
    assert {one["change"] for one in own["differences"]} <= {"appears", "vanishes", "changes"}
    page_read = read_page((tmp_path / "own.html").read_text("utf-8"))
    section = page_read.one("section", id="own-rules")
    assert own["closing"]["en"] in section.words()
    assert len(section.one("tbody").children) == len(own["differences"])
