# SPDX-License-Identifier: Apache-2.0
"""Numbers of official papers (文号), such as 财预〔2020〕65号: who issued it, in which year, which one.

People and programs write the brackets in many ways; the key of a number is (issuer, year, serial), and its one spelling
that of the standard for official papers (GB/T 9704-2012 §7.2.5): hexagonal brackets, Arabic digits, no leading zero, no 第.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_FORM: Final = re.compile(
    r"(?P<issuer>[^\s\d\[\]()〔〕【】〖〗]{1,40})"
    r"[\[(〔【〖](?P<year>(?:19|20)[0-9]{2})年?[\])〕】〗]"
    r"第?0*(?P<serial>[1-9][0-9]{0,5})号?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumber:
    """The key of a paper: two spellings of one number have one key."""

    issuer: str
    year: int
    serial: int

    @property
    def text(self) -> str:
        """The number in its one spelling."""
        return f"{self.issuer}〔{self.year}〕{self.serial}号"


def document_number(text: str) -> DocumentNumber | None:
    """The number that `text` spells, in whatever brackets, widths and spaces; None if it is no number of this form."""
    found = _FORM.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    return DocumentNumber(issuer=found["issuer"], year=int(found["year"]), serial=int(found["serial"]))


def one_spelling(text: str) -> str:
    """`text` in the one spelling of the number that it is; unchanged if it is none of this form."""
    if text.isascii() and "[" not in text and "(" not in text:
        return text
    number = document_number(text)
    return text if number is None else number.text
