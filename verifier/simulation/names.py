# SPDX-License-Identifier: Apache-2.0
"""Invented names of places, and credit codes for the bodies there. No such province, city or county exists."""

import hashlib
from typing import Final

from ledger.party import USCC_ALPHABET, uscc_check_character

PROVINCE: Final = "江岭省"
PROVINCE_EN: Final = "Jiangling Province"
PROVINCE_DIVISION: Final = "990000"
"""GB/T 2260 assigns no province the number 99."""

_FIRST: Final = "岚栖澹霁砚葭苕椿槐棠筱杼桢漪琅珑"
_SECOND: Final = "汀圃堰墩峪埠畈渚坪浦埂垄坂碾磡塅"
_SIDES: Final = ("", "东", "西", "南", "北", "中", "新")
_FIRST_EN: Final = (
    "Lan", "Qi", "Dan", "Ji", "Yan", "Jia", "Tiao", "Chun", "Huai", "Tang", "Xiao", "Zhu", "Zhen", "Yi", "Lang", "Long",
)  # fmt: skip
_SECOND_EN: Final = (
    "ting", "pu", "yan", "dun", "yu", "bu", "fan", "zhu", "ping", "puh", "geng", "long", "ban", "nian", "kan", "duan",
)  # fmt: skip
"""浦 is written puh beside 圃 pu, so that two places never share a name."""
_SIDES_EN: Final = ("", "East ", "West ", "South ", "North ", "Central ", "New ")
PLACES_MAX: Final = len(_FIRST) * len(_SECOND) * len(_SIDES)


def place_name(number: int) -> str:
    """The name of place `number`, from 0; two places never share one below `PLACES_MAX`.

    Raises:
        IndexError: there are no more names.
    """
    side, first, second = _parts(number)
    return _SIDES[side] + _FIRST[first] + _SECOND[second]


def place_name_en(number: int) -> str:
    """The name of place `number` in Latin letters, from 0; two places never share one below `PLACES_MAX`.

    Raises:
        IndexError: there are no more names.
    """
    side, first, second = _parts(number)
    return _SIDES_EN[side] + _FIRST_EN[first] + _SECOND_EN[second]


def _parts(number: int) -> tuple[int, int, int]:
    """Which side, first and second syllable the name of place `number` has."""
    round_, within = divmod(number, len(_FIRST) * len(_SECOND))
    row, column = divmod(within, len(_FIRST))
    return round_, column, (row + column) % len(_SECOND)


def credit_code(prefix: str, division: str, name: str) -> str:
    """A well-formed credit code (GB 32100) for `name`: two-character `prefix` (11 organ, 12 institution, 91 firm)."""
    digest = hashlib.sha256(f"{prefix}{division}{name}".encode()).digest()
    organisation = "".join(USCC_ALPHABET[byte % len(USCC_ALPHABET)] for byte in digest[:9])
    body = f"{prefix}{division[:6]}{organisation}"
    return body + uscc_check_character(body)
