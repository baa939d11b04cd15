# SPDX-License-Identifier: Apache-2.0
"""The two catalogues say the same things, and each text stands in its own language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.languages import LANGUAGES, asked_language
from api.portal import wording as wording_module
from api.portal.wording import wording
from ledger.errors import ProgrammerError

PORTAL = Path(wording_module.__file__).parent
GAP = re.compile(r"{(\w+)}")
HAN = re.compile("[\u3400-\u9fff]")
# Families whose keys are made from codes in entries and findings.
CODED = {"home.", "finding.", "place.", "direction.", "mode."}


def gaps(sentence: str | tuple[str, str]) -> list[set[str]]:
    """The gaps of each form of a sentence."""
    forms = [sentence] if isinstance(sentence, str) else list(sentence)
    return [set(GAP.findall(form)) for form in forms]


def test_both_languages_have_the_same_sentences_with_the_same_gaps() -> None:
    """No key and no gap is missing on either side, and singular and plural fill the same gaps."""
    zh, en = wording("zh").sentences, wording("en").sentences
    assert zh.keys() == en.keys()
    for key, sentence in zh.items():
        union = set().union(*gaps(sentence))
        assert all(form == union for form in (*gaps(sentence), *gaps(en[key]))), key


def test_each_catalogue_is_written_in_its_language() -> None:
    """English has no Chinese but the name of the other language; Chinese sentences are Chinese."""
    for key, sentence in wording("en").sentences.items():
        assert not HAN.search(str(sentence)) or key == "site.other_language", key
    latin = {key for key, value in wording("zh").sentences.items() if not HAN.search(str(value))}
    assert latin <= {"site.other_language", "home.years", "words.colon", "words.separator"}


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    """Keys that templates and code name literally exist; nothing in the catalogue is left over."""
    sources = [*PORTAL.rglob("*.py"), *PORTAL.rglob("*.html"), *(PORTAL.parent / "routers").glob("*.py")]
    text = "".join(path.read_text("utf-8") for path in [*sources, PORTAL.parent / "app.py"])
    named = set(re.findall(r"""(?:say|text)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", text))
    assert named <= wording("zh").sentences.keys()
    families = set(re.findall(r"""["']([a-z_]+\.)(?:["']|{)""", text)) | CODED
    left = [
        key
        for key in wording("zh").sentences
        if f'"{key}"' not in text and f"'{key}'" not in text and not key.startswith(tuple(families))
    ]
    assert left == []


def test_one_thing_and_several_things_are_worded_apart() -> None:
    """The gap `n` chooses the form."""
    words = wording("en")
    assert words.text("words.entries", n=1) == "1 entry"
    assert words.text("words.entries", n=2) == "2 entries"


def test_a_missing_sentence_or_gap_is_a_fault_of_the_program() -> None:
    """It is found by tests and never shown as a hole."""
    with pytest.raises(ProgrammerError, match=r"no\.such"):
        wording("zh").say("no.such")
    with pytest.raises(ProgrammerError, match="'n' is missing"):
        wording("zh").say("words.entries")


def test_what_fills_a_gap_is_escaped() -> None:
    """Names from the ledger cannot become markup."""
    assert "&lt;b&gt;" in wording("en").say("search.heading", query="<b>")


@pytest.mark.parametrize(
    ("parameter", "accept", "language"),
    [
        (None, None, "zh"),
        ("en", None, "en"),
        ("en", "zh-CN", "en"),
        ("fr", "en", "en"),
        (None, "fr, en;q=0.5, zh;q=0.4", "en"),
        (None, "zh-TW,en;q=0.9", "zh"),
        (None, "en;q=0", "zh"),
        (None, "en;q=oops", "zh"),
        (None, "en;q=0.3,zh;q=1.0", "zh"),
        (None, ",,,;q=1," * 40 + "en", "zh"),
    ],
)
def test_the_language_of_an_answer(parameter: str | None, accept: str | None, language: str) -> None:
    """The address first, then the browser's list by weight (RFC 9110 §12.5.4), then Chinese."""
    assert asked_language(parameter=parameter, accept=accept, otherwise="zh") == language
    assert language in LANGUAGES
