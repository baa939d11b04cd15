# SPDX-License-Identifier: Apache-2.0
"""Findings are leads: scenarios hold the words of every rule to how findings are worded; none of ours speaks of guilt."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from api.portal.wording import wording
from api.reports.words import TEXTS
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from tests.scenarios.test_disbursement_delay import CLAIM
from tests.scenarios.wording import GUILT, faults_of
from tests.scenarios.working import judgement_of
from verifier.basis.rulepack import load_pack
from verifier.language import Language, Told

if TYPE_CHECKING:
    from verifier.basis.findings import Rule

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
TEXTS_OF = ("rules", "matters", "obligations", "tracing", "judgement", "casework", "audit_report")


def rules() -> tuple[Rule, ...]:
    """Every rule of the catalogue."""
    made = scenario("2026-01-04 party A county finance", stage="ledger\n")
    with judgement_of(made, "2026-06-30") as judgement:
        return judgement.rules


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_is_walked_by_a_scenario(rule: Rule) -> None:
    """And `judge` of `tests.scenarios.judging`, or the scenario itself, holds the findings to `tests.scenarios.wording`."""
    named = re.compile(rf'"{rule.id}"')
    files = [one for one in SCENARIOS.glob("test_*.py") if named.search(one.read_text("utf-8"))]
    held = [one for one in files if re.search(r"judge\(|assert_worded\(", one.read_text("utf-8"))]
    assert held != [], rule.id


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_has_a_title_and_a_basis_in_both_languages(rule: Rule) -> None:
    """And neither title says who is guilty; laws are called what they are called."""
    for told in (rule.title, rule.basis):
        assert told.zh.strip()
        assert told.en.strip()
    assert not GUILT.search(rule.title.zh + rule.title.en)
    assert rule.subject


def figure_names() -> set[str]:
    """Names of figures in the source: keys of what is given as `figures`, or made by functions and names called so."""
    found: set[str] = set()
    for path in (ROOT / "verifier").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.keyword(arg="figures"):
                    found |= keys_in(node.value)
                case ast.FunctionDef(name="_figures" | "figures"):
                    found |= keys_in(node)
                case ast.Assign(targets=[ast.Name(id="figures")], value=ast.Dict()):
                    found |= keys_in(node.value)
                case ast.AnnAssign(target=ast.Name(id="figures")):
                    found |= keys_in(node)
                case _:
                    pass
    return found


def keys_in(node: ast.AST) -> set[str]:
    """Literal keys of every dict below."""
    dicts = (one for one in ast.walk(node) if isinstance(one, ast.Dict))
    keys = (key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant))
    return {key for key in keys if isinstance(key, str)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_has_a_name(language: Language) -> None:
    """In [figure] of api/portal/wording; a count stands in verifier/basis/figures.py too."""
    names = figure_names()
    assert len(names) > 40
    assert sorted(name for name in names if f"figure.{name}" not in wording(language).sentences) == []


def strings(path: Path) -> list[str]:
    """Every text in a module that a user may read: string constants, but for docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return [node.value for node in constants if isinstance(node.value, str)]


def test_no_text_of_judgement_speaks_of_guilt() -> None:
    """Texts of rules and engines, of pages and of reports."""
    modules = [path for part in TEXTS_OF for path in (ROOT / "verifier" / part).rglob("*.py")]
    assert len(modules) > 50
    texts = {str(path): strings(path) for path in modules}
    for language in ("zh", "en"):
        texts[language] = [str(one) for one in wording(language).sentences.values()]
    texts["reports"] = [part for one in TEXTS.values() for part in (one.zh, one.en)]
    found = {(where, text) for where, told in texts.items() for text in told if GUILT.search(text)}
    assert found == set()


@pytest.mark.parametrize(
    ("text", "guilty"),
    [
        ("该款被贪污", True),
        ("cleared of embezzlement", True),
        ("a thief", True),
        ("stolen money", True),
        ("账户余额低于应保留额", False),
        ("the theory of stolons; a second offence of the article", False),
    ],
)
def test_words_of_guilt_are_seen(text: str, *, guilty: bool) -> None:
    """The innocent twins hold the same letters, not the same words."""
    assert bool(GUILT.search(text)) is guilty


def test_a_finding_that_hides_its_arithmetic_is_seen() -> None:
    """One figure that its text does not tell, one language missing, two words too many."""
    (one,) = judge(CLAIM, "2026-06-30", rule="F04")
    assert list(faults_of(one)) == []
    hidden = msgspec.structs.replace(one, figures={**one.figures, "asked": 12_345, "days_late": 12_345})
    assert [fault.split()[0] for fault in faults_of(hidden)] == ["asked", "asked"]
    silent = msgspec.structs.replace(one, clears_if=Told(zh="", en="something"))
    assert list(faults_of(silent)) == ["clears_if is not said in both languages"]
    accused = msgspec.structs.replace(
        one,
        explanation=Told(zh=one.explanation.zh + "罪犯", en=one.explanation.en + " The culprit stole it."),
    )
    assert len(list(faults_of(accused))) == 3


@pytest.mark.parametrize("name", ["cn-special-funds", "generic"])
def test_the_packs_that_ship_name_a_basis_for_every_rule(name: str) -> None:
    """Each row says by which law, or that it is a convention that nobody verified."""
    rows = load_pack(name).rows
    assert rows
    assert [row.id for row in rows if not row.basis.zh.strip() or not row.basis.en.strip()] == []
