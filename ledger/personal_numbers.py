# SPDX-License-Identifier: Apache-2.0
"""Numbers of persons in open text: identity numbers, bank cards, telephones. Texts are public for good (spec §10.7).

Only fields of free text are searched; identifiers and references for being an identity number as a whole. Identity numbers
of 18 places are refused wherever they stand; what only looks like one of 15, a card or a mobile telephone is let pass where
the words around it say that it is an amount or the number of a document.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, Literal

import msgspec

from ledger.genesis import Genesis
from ledger.kinds.fact import Publication
from ledger.kinds.form import TEXT_CHARACTERS_MAX, kind_of
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import is_uscc
from ledger.problems import Problem

NumberKind = Literal["identity", "card", "mobile", "landline"]

_NAMES: Final[Mapping[NumberKind, tuple[str, str]]] = {
    "identity": ("an identity number", "身份证号"),
    "card": ("a bank card number", "银行卡号"),
    "mobile": ("a mobile telephone number", "手机号码"),
    "landline": ("a telephone number", "固定电话号码"),
}
_WIDE: Final = {0xFF10 + digit: str(digit) for digit in range(10)} | {
    0xFF38: "X",
    0xFF58: "x",
    0xFF0D: "-",
    0x3000: " ",
}
_MANY_DIGITS: Final = re.compile(
    rb"(?:(?:[0-9]|\xef\xbc[\x90-\x99])(?:[ ()-]|\xef\xbc\x8d|\xe3\x80\x80)?){10}"
)
"""Ten digits with hardly anything between them, as ASCII or full-width: below that there is nothing to look for."""

_RUN: Final = re.compile(r"(?<![0-9A-Za-z.,])[0-9](?:[ -]?[0-9]){10,18}(?:[Xx])?(?![0-9A-Za-z]|[.,][0-9])")
_IDENTITY: Final = re.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]")
_OLD_IDENTITY: Final = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}(?P<born>[0-9]{6})(?!000)[0-9]{3}"
)
"""15 digits, as issued until 1999: division, day of birth without its century, serial number; no check digit."""
_CENTURY: Final = "19"
_SURELY_BORN: Final = 40
"""Papers are numbered by division and day, too: as a whole identifier, a day from 2000 on to 2039 is taken for theirs."""
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_CARD: Final = re.compile(r"(?:[3-6]|9558)[0-9]{9,18}")
_CARD_DIGITS: Final = range(13, 20)
_MOBILE: Final = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(
    r"(?<![0-9A-Za-z-])\(?0[1-9][0-9]{1,2}(?:\) ?|[ -])[2-8][0-9]{6,7}(?![0-9A-Za-z])"
)
_AMOUNT: Final = re.compile(r" ?(?:元|角|分|万|亿|%|CNY|RMB|yuan)")
_DOCUMENT: Final = re.compile(
    r"(?:第|文号|编号|单号|凭证|流水|合同|发票|票据|回单|档案|批次|项目代码|注册号|"
    r"No\.?|no\.?|[¥￥])(?:号|号码|为|是)?[ :：]?$"
)
_BEFORE: Final = 10


def is_searched(genesis: Genesis) -> bool:
    """Whether people write into the ledger of `genesis`; a transcript or a replay shows what was public before."""
    return genesis.clock == "wall" and not genesis.historical


def may_show_numbers(encoded: bytes) -> bool:
    """Whether there is anything to look for in `encoded`, the canonical bytes of one event or of several."""
    return _MANY_DIGITS.search(encoded) is not None


def number_problems(event: AnyEvent, encoded: bytes) -> Iterator[Problem]:
    """A problem for each open text of `event`, whose canonical bytes are `encoded`, that shows a number of a person."""
    if not may_show_numbers(encoded):
        return
    for field, text, is_open in _texts(event, ""):
        found = number_in(text) if is_open else _identity_alone(text)
        if found is not None and not (found == "landline" and isinstance(event, Publication)):
            yield _problem(kind_of(event), field, found)


def number_in(text: str) -> NumberKind | None:
    """The first kind of number of a person that `text` shows, in the order of `NumberKind`; None if it shows none."""
    plain = text.translate(_WIDE)
    runs = [(_digits(found[0]), found) for found in _RUN.finditer(plain)]
    if any(is_identity_number(digits) for digits, _ in runs):
        return "identity"
    loose = [digits for digits, found in runs if not _is_explained(plain, found)]
    if any(is_old_identity_number(digits) for digits in loose):
        return "identity"
    if any(_is_card(digits) for digits in loose):
        return "card"
    if any(_MOBILE.fullmatch(digits) for digits in loose):
        return "mobile"
    return "landline" if _LANDLINE.search(plain) else None


def is_identity_number(text: str) -> bool:
    """Whether `text` is an identity number of GB 11643-1999: 18 places, a real birthday, the check character.

    A credit code (GB 32100) of digits only that happens to pass is taken for what it is.
    """
    if _IDENTITY.fullmatch(text) is None or is_uscc(text):
        return False
    if not _is_day(text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECK[total % 11] == text[17].upper()


def is_old_identity_number(text: str) -> bool:
    """Whether `text` may be one of 15 digits: a province's division, a real day of the last century, a serial number."""
    found = _OLD_IDENTITY.fullmatch(text)
    return found is not None and _is_day(_CENTURY + found["born"])


def passes_luhn(digits: str) -> bool:
    """Whether the last of `digits` is their check digit by ISO/IEC 7812-1 annex B."""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - two digits add up


def _identity_alone(text: str) -> NumberKind | None:
    old = is_old_identity_number(text) and int(text[6:8]) >= _SURELY_BORN
    return "identity" if old or is_identity_number(text) else None


def _is_day(digits: str) -> bool:
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _is_card(digits: str) -> bool:
    return len(digits) in _CARD_DIGITS and _CARD.fullmatch(digits) is not None and passes_luhn(digits)


def _is_explained(text: str, found: re.Match[str]) -> bool:
    """Whether the words around say that it is an amount, or the number of a document."""
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    return _AMOUNT.match(text, found.end()) is not None or _DOCUMENT.search(before) is not None


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _texts(record: msgspec.Struct, place: str) -> Iterator[tuple[str, str, bool]]:
    """Every text below `record`: the way to it, the text, whether it is free text."""
    for attribute, name, is_open in _fields(type(record)):
        where = f"{place}.{name}" if place else name
        yield from _below(getattr(record, attribute), where, is_open=is_open)


def _below(value: object, place: str, *, is_open: bool) -> Iterator[tuple[str, str, bool]]:
    match value:
        case str():
            yield place, value, is_open
        case msgspec.Struct():
            yield from _texts(value, place)
        case tuple():
            for number, one in enumerate(value):
                yield from _below(one, f"{place}[{number}]", is_open=is_open)
        case _:
            return


@cache
def _fields(form: type[msgspec.Struct]) -> tuple[tuple[str, str, bool], ...]:
    """The fields of `form`: attribute, name on the wire, whether it holds free text."""
    info = msgspec.inspect.type_info(form)
    if not isinstance(info, msgspec.inspect.StructType):
        return ()
    return tuple((one.name, one.encode_name, _is_open(one.type)) for one in info.fields)


def _is_open(kind: Any) -> bool:  # noqa: ANN401 - any description of a type
    match kind:
        case msgspec.inspect.StrType():
            return kind.max_length == TEXT_CHARACTERS_MAX
        case msgspec.inspect.Metadata():
            return _is_open(kind.type)
        case msgspec.inspect.UnionType():
            return any(_is_open(one) for one in kind.types)
        case msgspec.inspect.VarTupleType():
            return _is_open(kind.item_type)
        case _:
            return False


def _problem(kind: str, field: str, found: NumberKind) -> Problem:
    en, zh = _NAMES[found]
    return Problem(
        code=f"personal-{found}",
        check="form",
        place=field,
        message_en=f"the text of this {kind} shows {en}, and the ledger is public for good",
        message_zh=f"文字中含有{zh}，而账本内容将永久公开",
        remedy_en="leave it out, or commit to it as a personal field of the kind (docs/spec, chapter 10)",
        remedy_zh="请删去，或作为该类事件的个人信息字段以承诺值登记（见 docs/spec 第 10 章）",
    )
