# SPDX-License-Identifier: Apache-2.0
"""Single values of camt.053, each in its one spelling, and what is said of those that are not."""

import datetime
import re
from typing import Final, Literal

from ledger.errors import FormatError
from ledger.intake.cells import refused

_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def plain_amount(text: str) -> str:
    """An amount of up to five decimals (ISO 20022 ActiveCurrencyAndAmount) without noughts beyond the second."""
    whole, point, decimals = text.partition(".")
    return f"{whole}{point}{decimals[:2]}{decimals[2:].rstrip('0')}"


def two_decimals(text: str) -> str:
    """A sum with exactly two decimals, as long as it has no more."""
    whole, _, decimals = plain_amount(text).partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def day_of(text: str) -> datetime.date:
    """The day of a date or of a moment, as it is written there.

    Raises:
        FormatError: neither, in another spelling, or a day that is none.
    """
    found = _DAY.fullmatch(text) or _MOMENT.fullmatch(text)
    try:
        return datetime.date.fromisoformat(found[1] if found else "")
    except ValueError as error:
        raise refused(
            "camt.date",
            (f"{text[:40]!r} is no day", f"{text[:40]!r} 不是日期"),
            ("dates are written 2026-01-31", "日期应写作 2026-01-31"),
        ) from error


def direction_of(text: str) -> Literal["credit", "debit"]:
    """What `CRDT` and `DBIT` say.

    Raises:
        FormatError: anything else.
    """
    match text:
        case "CRDT":
            return "credit"
        case "DBIT":
            return "debit"
        case _:
            raise refused(
                "camt.direction",
                (f"{text[:40]!r} is neither CRDT nor DBIT", f"{text[:40]!r} 既非 CRDT 也非 DBIT"),
                ("get the statement from the bank again", "请向银行重新取得对账单"),
            )


def is_booked(text: str) -> str:
    """`BOOK`.

    Raises:
        FormatError: another status: pending, for information, in the future.
    """
    if text == "BOOK":
        return text
    raise refused(
        "camt.not-booked",
        (f"its status is {text[:40]!r}, not BOOK", f"状态为 {text[:40]!r}，并非已记账（BOOK）"),
        ("ask the bank for a statement of booked entries only", "请向银行索取仅含已记账分录的对账单"),
    )


def given(text: str) -> str:
    """`text`, which is there.

    Raises:
        FormatError: it is not.
    """
    if text:
        return text
    raise refused("camt.missing", ("it is missing", "缺少该项"), ("ask the bank for it", "请向银行索取"))


def paged() -> FormatError:
    """The error for a statement in pages."""
    return refused(
        "camt.pages",
        ("one page of several: the statement is not whole", "仅为多页中的一页，对账单不完整"),
        ("ask the bank for the whole statement in one message", "请向银行索取单一报文的完整对账单"),
    )


def wrong_balances(code: str, number: int) -> FormatError:
    """The error for `number` balances with `code` where one is needed."""
    return refused(
        "camt.balance",
        (
            f"{number} balances with code {code}, and one is needed",
            f"代码为 {code} 的余额有 {number} 个，应有一个",
        ),
        ("ask the bank for opening and closing booked balances", "请向银行索取期初、期末账面余额"),
    )


def other_summary(found: str) -> FormatError:
    """The error for a count or sum of the bank that is not `found`, that of the lines."""
    return refused(
        "camt.summary",
        (f"the lines give {found}", f"按各行计算为 {found}"),
        ("a line is missing or altered: get the statement again", "存在缺行或改动：请重新取得对账单"),
    )


def twice() -> FormatError:
    """The error for a value that stands twice where one belongs."""
    return refused(
        "camt.twice",
        ("it stands here twice", "该项重复出现"),
        ("get the statement from the bank again", "请向银行重新取得对账单"),
    )
