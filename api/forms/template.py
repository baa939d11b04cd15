# SPDX-License-Identifier: Apache-2.0
"""The content of a template: titles, one example row, and notes; the same for a workbook and for CSV."""

import csv
import datetime
import io
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from typing import Any, Final

from api.forms.form import Column, Form, form_of
from api.forms.titles import code_labels, kind_name, title_of
from api.forms.values import form_words
from api.languages import Language
from ledger.amount import format_amount

NUMBER_TITLE: Final[dict[Language, str]] = {"zh": "序号", "en": "No."}
EXAMPLE: Final[dict[Language, str]] = {"zh": "示例", "en": "example"}
SEPARATOR: Final[dict[Language, str]] = {"zh": "、", "en": "; "}
_SORTS: Final = {
    "text": ("文本", "text"),
    "code": ("选项", "one of a list"),
    "date": ("日期，如 2026-03-01、2026年3月1日", "a date, such as 2026-03-01 or 2026年3月1日"),
    "integer": ("整数", "a whole number"),
    "amount": (
        "金额，单位元；表头可改为（万元）或（亿元），单元格内也可写明单位",
        "money in yuan; the title may say (万元) or (亿元) instead, and so may a cell",
    ),
}
_GENERAL: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "从示例行下面开始填写，一行一件事。首列写“示例”或“合计”的行不会登记。",
        "带 * 的列每行必填；名称中带“·”的列成组，填了一列就要填齐该组带 * 的列。",
        "可以删去不用的列、调整列的顺序；不要填公式，请用“选择性粘贴—数值”。",
        "编号类的列（如行政区划、账户）请保持文本格式，以免丢失开头的 0。",
        "填好后先试运行，再提交：",
        "fundtrace post 文件 --kind {kind} --party 单位编号 --keys 密钥文件夹 --dry-run",
    ),
    "en": (
        "Fill in below the example row, one fact to a row. A row whose first cell says “example” or “total” is not posted.",
        "Columns marked * are needed in every row; columns with “·” go together: one filled, those marked * are needed.",
        "Columns that are not used may be deleted, and their order changed. No formulas: paste values only.",
        "Keep columns of ids and codes as text, so that leading zeros stay.",
        "When it is filled in, try it first, then post it:",
        "fundtrace post FILE --kind {kind} --party ID --keys DIR --dry-run",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the notes say of one column."""

    title: str
    field: str
    needed: str
    holds: str


def titles(form: Form, language: Language) -> list[str]:
    """The header row of a template: a column for numbers first, needed columns marked with a star."""
    return [
        NUMBER_TITLE[language],
        *(title_of(one, language) + ("*" if one.required else "") for one in form.columns),
    ]


def example_values(form: Form, language: Language) -> list[str | int | datetime.date | None]:
    """The example row as people would write it; the number cell says that it is one. Amounts stay in minor units."""
    event = _examples().get(form.kind, {})
    return [EXAMPLE[language], *(_shown(one, _found(event, one.path), language) for one in form.columns)]


def notes(form: Form, language: Language) -> list[Note]:
    """One note for each column."""
    return [_note(one, language) for one in form.columns]


def general_notes(form: Form, language: Language) -> list[str]:
    """What holds for the whole sheet."""
    return [line.format(kind=form.kind) for line in _GENERAL[language]]


def csv_template(kind: str, language: Language) -> bytes:
    """The template as CSV, UTF-8 with the mark by which spreadsheets know it."""
    form = form_of(kind)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(titles(form, language))
    values = example_values(form, language)
    sorts = ["text", *(one.sort for one in form.columns)]
    writer.writerow([_written(value, sort) for value, sort in zip(values, sorts, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def file_name(kind: str, language: Language, suffix: str) -> str:
    """A name for the file, such as ``allocation-指标.xlsx``."""
    return f"{kind}-{kind_name(kind, language)}.{suffix}".replace(" ", "-")


def _note(column: Column, language: Language) -> Note:
    zh = language == "zh"
    holds = _SORTS[column.sort][0 if zh else 1]
    if column.sort in {"text", "integer"}:
        holds += f"：{form_words(column)[1]}" if zh else f": {form_words(column)[0]}"
    if column.codes:
        holds += ("：" if zh else ": ") + SEPARATOR[language].join(code_labels(column, language).values())
    if column.personal:
        holds += (
            "；个人信息，不入账本，账本只登记其承诺值"
            if zh
            else "; personal: the ledger gets a commitment only"
        )
    if column.several:
        holds += "；多个之间用“、”或分号隔开" if zh else "; several are parted by ; or 、"
    words = (("必填", "组内必填", "选填") if zh else ("needed", "needed in its group", "optional"))  # fmt: skip
    needed = words[0] if column.needed else words[1] if column.required else words[2]
    return Note(title=title_of(column, language), field=column.name, needed=needed, holds=holds)


def _found(event: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - plain data of an event
    for part in path:
        if isinstance(event, list):
            place = int(part) - 1
            event = event[place] if place < len(event) else None
        else:
            event = None if event is None else event.get(part)
    return event


def _shown(column: Column, value: Any, language: Language) -> str | int | datetime.date | None:  # noqa: ANN401 - plain data
    labels = code_labels(column, language)
    match value:
        case None | int() | datetime.date():
            return value
        case list():
            return SEPARATOR[language].join(labels.get(str(one), str(one)) for one in value)
        case _:
            return labels.get(value, str(value))


def _written(value: str | int | datetime.date | None, sort: str) -> str:
    if value is None:
        return ""
    return format_amount(value) if sort == "amount" and isinstance(value, int) else str(value)


@cache
def _examples() -> dict[str, Any]:
    return tomllib.loads((package_files("api.forms") / "examples.toml").read_text("utf-8"))
