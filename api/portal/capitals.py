# SPDX-License-Identifier: Apache-2.0
"""Amounts in Chinese capital figures (大写), as they stand on vouchers, where a digit cannot be changed unnoticed.

Source: 支付结算办法 (1997), annex 1: 元 to 分, 整 after whole 元 or 角, one 零 for any run of zeros inside.
"""

from typing import Final

from ledger.amount import MINOR_DIGITS

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_GROUP: Final = 10_000


def in_capitals(amount: int) -> str:
    """`amount` minor units (分) in capital figures: 18624000 → 壹拾捌万陆仟贰佰肆拾元整; zero is 零元整."""
    whole, minor = divmod(amount, 10**MINOR_DIGITS)
    jiao, fen = divmod(minor, 10)
    yuan = f"{_whole(whole)}元" if whole or not minor else ""
    if not minor:
        return f"{yuan}整"
    gap = "零" if whole and (not jiao or whole % 10 == 0) else ""
    tenths = f"{_DIGITS[jiao]}角" if jiao else ""
    return f"{yuan}{gap}{tenths}{f'{_DIGITS[fen]}分' if fen else '整'}"


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, _GROUP)
        groups.append(group)
    text = ""
    gap = False
    for at in range(len(groups) - 1, -1, -1):
        group = groups[at]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < _GROUP // 10):
            text += _DIGITS[0]
        text += _group(group) + _GROUPS[at]
        gap = group % 10 == 0 and at > 0
    return text


def _group(group: int) -> str:
    """A group of up to four digits, one 零 for zeros between digits."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(text)
        else:
            text += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
    return text
