# SPDX-License-Identifier: Apache-2.0
"""What columns and codes are called: the words of the portal, and other spellings that bureaus use."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Final

from api.forms.form import GROUPS_MAX, Column, form_of
from api.languages import Language
from api.portal.wording import wording

LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")
_MONEY: Final[dict[Language, str]] = {"zh": "（元）", "en": " (yuan)"}
_JOIN: Final = "·"
_UNIT: Final = re.compile(
    r"(?P<title>.*?)[\[(/,:;_-]*(?:单位[:=]?|unit[:=]?|in)?(?P<unit>元|角|分|百元|千元|万元|万|百万元|百万|千万元|千万|亿元|亿|"
    r"yuan|cny|rmb|thousand|million)[\])]*",
    re.IGNORECASE,
)
_UNITS: Final = {
    "万": "万元", "百万": "百万元", "千万": "千万元", "亿": "亿元",
    "yuan": "元", "cny": "元", "rmb": "元",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWords:
    """First words of rows that are no data: sums, and the example of the template."""

    totals: frozenset[str]
    examples: frozenset[str]


def title_of(column: Column, language: Language) -> str:
    """The title of `column` in a template."""
    words = wording(language)
    parts = [label if label.isdigit() else words.known(label, label) for label in column.labels]
    return _JOIN.join(parts) + (_MONEY[language] if column.sort == "amount" else "")


def kind_name(kind: str, language: Language) -> str:
    """What events of `kind` are called."""
    return wording(language).known(f"kind.{kind}", kind)


def code_labels(column: Column, language: Language) -> dict[str, str]:
    """What the codes of `column` are called, by code; a code without words is called by itself."""
    words = wording(language)
    return {code: words.known(key, code) for code, key in column.codes.items()}


@cache
def codes_by_word(column: Column) -> dict[str, str]:
    """The code of `column` for everything that a cell may say: the code, and its words in both languages, folded."""
    found = {folded(code): code for code in column.codes}
    for language in LANGUAGES:
        found |= {folded(label): code for code, label in code_labels(column, language).items()}
    return found


@cache
def columns_by_title(kind: str) -> dict[str, Column]:
    """The column of the form of `kind` for every title that means exactly one, folded."""
    columns = form_of(kind, GROUPS_MAX).columns
    sure: dict[str, Column] = {}
    for column in columns:
        for title in (column.name, *(_bare_title(column, language) for language in LANGUAGES)):
            sure[folded(title)] = column
    doubtful: dict[str, list[Column]] = {}
    for column in columns:
        for title in _spellings()["field"].get(column.labels[0].partition(".")[2], ()):
            if len(column.path) == 1:
                doubtful.setdefault(folded(title), []).append(column)
    return {title: found[0] for title, found in doubtful.items() if len(found) == 1} | sure


@cache
def ignored_titles() -> frozenset[str]:
    """Titles of columns that people keep for themselves, folded."""
    return frozenset(folded(one) for one in _spellings()["ignored"]["titles"])


@cache
def row_words() -> RowWords:
    """The first words of rows that are passed over, folded."""
    words = _spellings()["rows"]
    return RowWords(
        totals=frozenset(folded(one) for one in words["totals"]),
        examples=frozenset(folded(one) for one in words["examples"]),
    )


def folded(text: str) -> str:
    """`text` as it is compared: without white space, case, stars, full-width forms, and with one way to write 账."""
    plain = unicodedata.normalize("NFKC", text).replace("帐", "账").casefold()
    return "".join(one for one in plain if not one.isspace() and one not in "*:·._")


def split_unit(title: str) -> tuple[str, str | None]:
    """`title`, and the unit of money that stands at its end, as `ledger.intake.money` calls it; None without one."""
    plain = "".join(unicodedata.normalize("NFKC", title).split()).strip("*")
    found = _UNIT.fullmatch(plain)
    if found is None:
        return title, None
    unit = found["unit"].lower()
    return found["title"].strip("*"), _UNITS.get(unit, unit)


def unit_note(text: str) -> str | None:
    """The unit that a note above the table announces, such as 单位：万元; None if it is no such note."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = re.fullmatch(r"[(\[]?(金额)?(单位|unit)[:=](?P<rest>.{1,12}?)[)\]]?", plain, re.IGNORECASE)
    if found is None:
        return None
    title, unit = split_unit(found["rest"])
    return unit if not title else None


def _bare_title(column: Column, language: Language) -> str:
    suffix = _MONEY[language] if column.sort == "amount" else ""
    return title_of(column, language).removesuffix(suffix)


@cache
def _spellings() -> dict[str, dict[str, list[str]]]:
    text = (package_files("api.forms") / "spellings.toml").read_text("utf-8")
    found: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return found
