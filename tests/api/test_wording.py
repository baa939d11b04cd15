# SPDX-License-Identifier: Apache-2.0
"""The two catalogues say the same things, and each text stands in its own language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from api.languages import LANGUAGES, Language, asked_language
from api.portal import wording as wording_module
from api.portal.entry_fields import field_forms
from api.portal.wording import wording
from api.projection.entry_index import Topic
from ledger.errors import ProgrammerError
from ledger.genesis import Genesis
from ledger.kinds.vocabulary import KINDS
from ledger.party import Level
from verifier.basis.findings import FindingClass, Severity
from verifier.basis.rule_layers import Status
from verifier.basis.rulepack import load_pack, pack_for
from verifier.basis.working_days import Unit
from verifier.judgement.deadlines import Duty
from verifier.kind_words import KIND_WORDS
from verifier.language import say
from verifier.obligations.records import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PORTAL = Path(wording_module.__file__).parent
GAP = re.compile(r"{(\w+)}")
HAN = re.compile("[\u3400-\u9fff]")
# Families whose keys are made from codes in entries and findings.
CODED = {"home.", "finding.", "place.", "fund.paid_", "says."}
KINDS_OF_RECORD = (*KINDS.values(), Genesis)
SHOWN_CODES: dict[str, tuple[str, ...]] = {
    "kind": ("genesis", "submission", *KINDS),
    "class": get_args(FindingClass),
    "severity": get_args(Severity),
    "state": (*get_args(State), "short"),
    "due": get_args(Duty),
    "status": get_args(Status),
    "day_unit": get_args(Unit),
    "role": ("possession",),
    "level": get_args(Level),
    "topic": get_args(Topic),
    "personal": tuple(sorted({name for kind in KINDS.values() for name in kind.PERSONAL})),
}
"""Codes that pages show beside those of the fields of entries, by table of the wording."""


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
    assert latin <= {
        "site.other_language",
        "home.years",
        "words.colon",
        "words.separator",
        "entry.account",
    }


def records(kinds: Iterable[type[msgspec.Struct]]) -> Iterator[type[msgspec.Struct]]:
    """These records and every record that stands inside one of them."""
    for kind in kinds:
        yield kind
        yield from records(
            inner for field in msgspec.structs.fields(kind) for inner in inner_records(field.type)
        )


def inner_records(annotation: object) -> Iterator[type[msgspec.Struct]]:
    """The record types that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
    for part in get_args(annotation):
        yield from inner_records(part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_kind_is_worded(language: Language) -> None:
    """No page of an entry shows the name of a field, or a code, as it stands in the bytes."""
    worded = wording(language).sentences
    for record in records(KINDS_OF_RECORD):
        for form in field_forms(record):
            assert f"field.{form.meaning}" in worded, f"{record.__name__}.{form.wire}"
            assert set(form.codes.values()) <= worded.keys(), f"{record.__name__}.{form.wire}"


def test_codes_are_found_wherever_they_stand() -> None:
    """A code, an optional code, each code of a list, and one deep inside: the walk above sees them all."""
    seen = {
        (record.__name__, form.wire): form.codes
        for record in records(KINDS_OF_RECORD)
        for form in field_forms(record)
    }
    assert seen["Transfer", "reason"]["lend"] == "reason.lend"
    assert seen["Return", "reason"] == {}
    assert seen["Fund", "direct"].keys() == {"01", "02", "09"}
    assert seen["Party", "roles"]["finance"] == "role.finance"
    assert seen["Deadline", "unit"]["working"] == "day_unit.working"
    assert seen["Project", "unit"] == {}
    assert seen["Genesis", "ceilings"].keys() == {"refuse", "flag"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_beside_the_fields_is_worded(language: Language) -> None:
    """Kinds, classes, severities, states, duties, units, levels; and the parameters of the rules that ship."""
    worded = wording(language).sentences
    missing = [
        f"{table}.{code}"
        for table, codes in SHOWN_CODES.items()
        for code in codes
        if f"{table}.{code}" not in worded
    ]
    assert missing == []
    for currency in ("CNY", "MXN"):
        for row in load_pack(pack_for((), currency)).rows:
            assert {f"parameter.{name}" for name in row.parameters} <= worded.keys(), row.id


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    """Keys that templates and code name literally exist; nothing in the catalogue is left over."""
    sources = [
        *PORTAL.rglob("*.py"),
        *PORTAL.rglob("*.html"),
        *(PORTAL.parent / "routers").glob("*.py"),
        *(PORTAL.parent / "notices").glob("*.py"),
    ]
    text = "".join(path.read_text("utf-8") for path in [*sources, PORTAL.parent / "error_answers.py"])
    named = set(re.findall(r"""(?:say|text)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", text))
    assert named <= wording("zh").sentences.keys()
    families = set(re.findall(r"""["']((?:[a-z_]+\.)+)(?:["']|{)""", text)) | CODED
    coded = {
        key
        for record in records(KINDS_OF_RECORD)
        for form in field_forms(record)
        for key in form.codes.values()
    }
    coded |= {f"{table}.{code}" for table, codes in SHOWN_CODES.items() for code in codes}
    left = [
        key
        for key in wording("zh").sentences
        if key not in coded
        and f'"{key}"' not in text
        and f"'{key}'" not in text
        and not key.startswith(tuple(families))
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_and_pages_call_kinds_the_same(language: Language) -> None:
    """A capital letter apart, which a page gives to a heading."""
    for kind, told in KIND_WORDS.items():
        assert wording(language).text(f"kind.{kind}").lower() == say(told, language)
