# SPDX-License-Identifier: Apache-2.0
"""One cell at a time: text and whole numbers out of what a table holds, exactly or not at all.

Every reader takes the cell and raises a `FormatError` that says what is wrong and how to mend it; the caller knows the
row. Full-width digits and marks are read as their ASCII forms.
"""

import datetime
import re
import unicodedata
from decimal import Decimal
from types import MappingProxyType
from typing import Final, assert_never

from ledger.errors import FormatError

Cell = str | int | Decimal | datetime.date | None
"""What a cell holds after reading the file; numbers of spreadsheets are ints or decimals, never binary fractions."""

SPREADSHEET_ERRORS: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})

ASCII_FORMS: Final = MappingProxyType(
    {**{ord(one) + 0xFEE0: one for one in "0123456789,.-+()/"}, 0x3000: " "}
)
"""Full-width forms (U+FF01 to U+FF5E lie 0xFEE0 above ASCII) and the ideographic space, to ASCII."""


def text_of(cell: Cell) -> str:
    """`cell` as text: trimmed, white space collapsed to single spaces, NFC; empty if there is nothing.

    Raises:
        FormatError: control, bidi or zero-width characters.
    """
    text = " ".join(unicodedata.normalize("NFC", _written(cell)).split())
    if text.isascii() and text.isprintable():
        return text
    hidden = next((one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Co", "Cs"}), None)
    if hidden is not None:
        raise refused(
            "cell.hidden-character",
            (
                f"the text holds the hidden character U+{ord(hidden):04X}",
                f"文本含有不可见字符 U+{ord(hidden):04X}",
            ),
            ("delete it in the source file", "请在源文件中删除该字符"),
        )
    return text


def is_null(cell: Cell, words: frozenset[str]) -> bool:
    """Whether nothing is recorded: an empty cell, or one of `words`.

    Raises:
        FormatError: the cell holds the error value of a formula.
    """
    if cell is None:
        return True
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    if not text or text in words:
        return True
    if text in SPREADSHEET_ERRORS:
        raise refused(
            "cell.formula-error",
            (f"the formula of the cell failed: {text}", f"单元格公式出错：{text}"),
            ("repair the formula, or clear the cell", "请修正公式，或清空单元格"),
        )
    return False


def integer_of(cell: Cell) -> int:
    """`cell` as a whole number of at most 15 digits.

    Raises:
        FormatError: anything else.
    """
    text = text_of(cell).translate(ASCII_FORMS)
    if re.fullmatch(r"-?[0-9]{1,15}(\.0+)?", text) is None:
        raise refused(
            "cell.integer",
            (f"{text[:40]!r} is not a whole number", f"{text[:40]!r} 不是整数"),
            ("write digits only", "请只写数字"),
        )
    return int(text.partition(".")[0])


def refused(
    code: str, message: tuple[str, str], remedy: tuple[str, str], *, place: str = "cell"
) -> FormatError:
    """The error `code` with `message` and `remedy`, each in English and Chinese."""
    return FormatError(
        code=code,
        place=place,
        message_en=message[0],
        message_zh=message[1],
        remedy_en=remedy[0],
        remedy_zh=remedy[1],
    )


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Decimal():
            return format(cell, "f")
        case int():
            return str(cell)
        case datetime.date():
            return cell.isoformat()
        case _:
            assert_never(cell)
