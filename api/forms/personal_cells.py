# SPDX-License-Identifier: Apache-2.0
"""One cell of a personal column: a text that the ledger would take; no refusal shows what stands in it (spec §10)."""

from api.forms.form import Column
from api.forms.values import value_of
from ledger.canonical import jcs
from ledger.errors import FormatError
from ledger.intake.cells import Cell, refused
from ledger.texts import text_problems


def personal_value(cell: Cell, column: Column) -> str | tuple[str, ...]:
    """What `cell` holds for the personal `column`: a text, or several.

    Raises:
        FormatError: it cannot be read, or holds characters that cannot be seen; it says which rule, and not the cell.
    """
    try:
        value: str | list[str] = value_of(cell, column, unit="", serials=False)
    except FormatError as error:
        raise _unshown(error.code, (error.remedy_en, error.remedy_zh)) from None
    for problem in text_problems(jcs({column.name: value})):
        raise _unshown(problem.code, (problem.remedy_en, problem.remedy_zh))
    return value if isinstance(value, str) else tuple(value)


def _unshown(code: str, remedy: tuple[str, str]) -> FormatError:
    return refused(
        code,
        (
            "the personal field cannot be taken as it stands; it is not shown here",
            "该个人信息单元格无法按现状登记（此处不显示内容）",
        ),
        remedy,
    )
