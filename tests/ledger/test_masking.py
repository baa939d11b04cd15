# SPDX-License-Identifier: Apache-2.0
"""Lists of persons as they may be posted: what each profile shows, what is only counted, and that nothing else gets out."""

from __future__ import annotations

import datetime
from typing import Final

import pytest

from ledger.errors import FormatError
from ledger.masking import (
    VILLAGE,
    WEB,
    Circumstance,
    Posted,
    counted,
    mask_account,
    mask_identity,
    mask_name,
    parse_profile,
    posted,
)
from ledger.payee_rows import PayeeRow

ON: Final = datetime.date(2026, 6, 12)
PERSON: Final = "11010519491231002X"
CARD: Final = "6222020000000001234"


def row(name: str = "欧阳小明", **fields: str) -> PayeeRow:
    """A person on a list."""
    known = {
        "name": name,
        "id": PERSON,
        "account": CARD,
        "phone": "13812345678",
        "item": "危房改造",
        "mark": "ab",
    }
    return PayeeRow(salt="A" * 22, amount=30_000, fields=known | fields)


def test_a_village_sees_names_and_little_else() -> None:
    """Identity numbers without birthday and check character, accounts by their end; no telephone, no mark."""
    assert posted([row()], VILLAGE, on=ON) == Posted(
        rows=(
            {
                "amount": 30_000,
                "item": "危房改造",
                "name": "欧阳小明",
                "id": "110105********00**",
                "account": "****1234",
            },
        ),
        withheld=0,
    )


def test_the_web_sees_a_surname() -> None:
    """No number of any kind."""
    assert posted([row()], WEB, on=ON).rows == ({"amount": 30_000, "item": "危房改造", "name": "欧阳**"},)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王某", "王*"), ("王小明", "王**"), ("欧阳明", "欧阳*"), ("欧阳", "欧*"), ("王", "王*")],
)
def test_surnames(name: str, shown: str) -> None:
    """One character, two of a compound one; something is always masked."""
    assert mask_name(name, "surname") == shown
    assert (mask_name(name, "full"), mask_name(name, "none")) == (name, "*")


def test_numbers_of_other_lengths_are_masked_whole() -> None:
    """An old identity number, and an account too short to hide in."""
    assert mask_identity("110105491231002") == "*" * 15
    assert (mask_account("1234567"), mask_account("6222 0200 0000 1234")) == ("****", "****1234")


@pytest.mark.parametrize("circumstance", ["minor", "disability", "medical", "victim", "infection"])
def test_some_circumstances_are_counted_only(circumstance: Circumstance) -> None:
    """Five persons are told as a number, four not even so; the same persons on an ordinary list are shown."""
    assert posted([row()] * 5, VILLAGE, on=ON, circumstance=circumstance) == Posted(rows=(), withheld=5)
    assert posted([row()] * 4, VILLAGE, on=ON, circumstance=circumstance) == Posted(rows=(), withheld=None)
    assert len(posted([row()] * 4, VILLAGE, on=ON).rows) == 4


def test_children_are_not_listed() -> None:
    """To the day: on the fourteenth birthday they are; which a valid identity number tells."""
    child = row(id=with_check("11010520120612001"))
    assert posted([child], VILLAGE, on=ON - datetime.timedelta(days=1)) == Posted(rows=(), withheld=None)
    assert len(posted([child], VILLAGE, on=ON).rows) == 1
    assert len(posted([row()] * 2 + [child] * 5, WEB, on=datetime.date(2020, 1, 1)).rows) == 2


def with_check(body: str) -> str:
    """The identity number of these 17 digits."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def test_small_counts_cannot_be_computed_from_the_others() -> None:
    """A cell below five is hidden, and a lone hidden one takes the next smallest with it."""
    assert counted(["a"] * 9 + ["b"] * 5 + ["c"] * 4, WEB) == {"a": 9, "b": None, "c": None}
    assert counted(["a"] * 9 + ["b"] * 3 + ["c"] * 4, WEB) == {"a": 9, "b": None, "c": None}
    assert counted(["a"] * 9 + ["b"] * 5, WEB) == {"a": 9, "b": 5}
    assert counted(["a"] * 2, WEB) == {"a": None}


def test_a_profile_is_read_from_a_file() -> None:
    """Every field; whatever it lists, personal fields are never shown as they are."""
    text = b'names = "none"\nfields = ["item", "phone", "id", "name"]\ndays = 20\nsmallest = 10\n'
    profile = parse_profile(text, place="web.toml")
    assert (profile.days, profile.smallest) == (20, 10)
    assert posted([row()], profile, on=ON).rows == ({"amount": 30_000, "item": "危房改造"},)
    assert posted([row(item="请致电13812345678")], profile, on=ON).rows == ({"amount": 30_000},)


@pytest.mark.parametrize(
    "data",
    [b"", b'names = "all"', b'names = "full"\nnone = 1', b'names = "full"\ndays = 3', b"\xff", b"#" * 20_000],
)
def test_a_wrong_profile_is_refused(data: bytes) -> None:
    """Unknown values and fields, and less than seven days."""
    with pytest.raises(FormatError, match=r"web\.toml"):
        parse_profile(data, place="web.toml")
