# SPDX-License-Identifier: Apache-2.0
"""Numbers of persons in open text are refused, with the field; numbers of papers, amounts and bodies are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec
import pytest

from ledger.kinds.control import Correction
from ledger.kinds.fact import Publication
from ledger.kinds.registry import Milestone, Party
from ledger.kinds.vocabulary import event_bytes
from ledger.party import is_uscc, uscc_check_character
from ledger.personal_numbers import is_identity_number, number_in, number_problems, passes_luhn
from tests.desk import codes, open_desk
from tests.worlds import DAY, PROVINCE, UNIT, make_world

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent

PERSON: Final = "11010519491231002X"
"""The example of GB 11643-1999."""
OLD_PERSON: Final = "110105491231002"
"""The same person before 1999."""
WIDE: Final = {ord(one): 0xFEE0 + ord(one) for one in "0123456789X"}
"""Full-width forms."""
CARD: Final = "6222020000000000000"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"王某 {PERSON}", "identity"),
        (f"证号{PERSON.lower()}，", "identity"),
        (PERSON.translate(WIDE), "identity"),
        ("110105 19491231 002X", "identity"),
        (f"编号：{PERSON}", "identity"),
        (f"{PERSON}元", "identity"),
        (f"王某 {OLD_PERSON}", "identity"),
        (OLD_PERSON.translate(WIDE), "identity"),
        ("110105 491231 002", "identity"),
        ("220122-400229-101", "identity"),
        (f"卡号 {CARD}", "card"),
        ("6222 0200 0000 0000 000", "card"),
        ("4111111111111111", "card"),
        ("378282246310005", "card"),
        ("13812345678", "mobile"),
        ("联系人王某，138-1234-5678。", "mobile"),
        ("+8613812345678", "mobile"),
        ("13812345678".translate(WIDE), "mobile"),
        ("电话 0431-88904567", "landline"),
        ("(010) 65123456", "landline"),
    ],
)
def test_numbers_of_persons_are_found(text: str, found: str) -> None:
    """However they are grouped or typed."""
    assert number_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the check character is another
        "110105194902310027",  # no such day
        "110105491331002",  # no such month
        "220122410229101",  # no leap year
        "160105491231002",  # no such province
        "110105491231000",  # no serial number
        "1101054912310021",  # longer
        f"注册号：{OLD_PERSON}",  # of a business, which had 15 digits, too
        f"{OLD_PERSON}元",
        f"第{OLD_PERSON}号",
        "911010519491231002X7",  # longer
        "A11010519491231002X",  # part of a code
        "91110000100006079X",  # a credit code
        "6222020000000000001",  # the check digit is another
        f"流水号 {CARD}",
        f"第{CARD}号",
        "6222020000000000000元",
        "13812345678元",
        "13812345678 分",
        "合同编号：13812345678",
        "12345678901",  # no mobile begins so
        "213812345678",
        "138123456789",
        "2026-06-12 08:31:07",
        "2026061200001234",
        "吉财农〔2026〕55号",
        "1,381,234,567.80",
        "3.13812345678",
        "服务热线 12345",
        "0.43188904567",
        "2026-0431-88904567",
        "220122001013",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    """Of papers, amounts, bodies, days and places; each stands close to one above."""
    assert number_in(text) is None


def test_check_digits_are_those_of_the_standards() -> None:
    """GB 11643 (ISO 7064 MOD 11-2) and ISO/IEC 7812 (Luhn): one place in eleven, one in ten."""
    numbers = [f"11010519491231{serial:03d}" for serial in range(100)]
    bodies = [one for one in numbers if not any(is_uscc(one + last) for last in "0123456789X")]
    assert len(bodies) > 50
    assert all(sum(is_identity_number(one + last) for last in "0123456789X") == 1 for one in bodies)
    assert all(
        sum(passes_luhn(f"{number}{last}") for last in range(10)) == 1 for number in range(10**6, 10**6 + 99)
    )


def test_a_credit_code_of_digits_is_no_person() -> None:
    """One that passes both checks is the body that it names."""
    codes_of_bodies = (
        body + uscc_check_character(body)
        for serial in range(1_000)
        for body in [f"12220120000101{serial:03d}"]
    )
    both = [code for code in codes_of_bodies if code[17] == identity_check(code[:17])]
    assert both
    assert not any(map(is_identity_number, both))


def identity_check(body: str) -> str:
    """The check character of GB 11643 over 17 digits: 2^(17 - i) mod 11."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return "10X98765432"[total % 11]


def found_in(event: AnyEvent) -> list[tuple[str, str]]:
    """Code and field of the problems of `event`."""
    return [(one.code, one.place) for one in number_problems(event, event_bytes(event))]


def test_every_open_text_is_searched_and_named() -> None:
    """At the top and inside; an identifier only for being an identity number as a whole."""
    world = make_world()
    reason = Correction(occurred_on=DAY, event="a/b/0", reason="请致电13812345678")
    assert found_in(reason) == [("personal-mobile", "reason")]
    assert found_in(msgspec.structs.replace(reason, reason="记账有误")) == []
    party = world.seats[UNIT].party
    assert found_in(msgspec.structs.replace(party, id=PERSON)) == [("personal-identity", "id")]
    assert found_in(msgspec.structs.replace(party, id="13812345678")) == []
    assert found_in(msgspec.structs.replace(party, id=OLD_PERSON)) == [("personal-identity", "id")]
    assert found_in(msgspec.structs.replace(party, id="110105260301002")) == []
    good = Milestone(id="m-1", task="开挖", party=UNIT, due_on=DAY)
    bad = msgspec.structs.replace(good, id="m-2", task=f"找王某 {PERSON}")
    project = msgspec.structs.replace(world.project(), milestones=(good,))
    assert found_in(project) == []
    project = msgspec.structs.replace(project, milestones=(good, bad))
    assert found_in(project) == [("personal-identity", "milestones[1].task")]


def test_an_office_may_publish_its_telephone() -> None:
    """People must be able to object somewhere; a mobile number is a person's all the same."""
    shown = Publication(
        occurred_on=DAY, subject="监督电话 0431-88904567", place="村务公开栏", hash="00" * 32, fund="F"
    )
    assert found_in(shown) == []
    mobile = msgspec.structs.replace(shown, subject="监督电话 13812345678")
    assert found_in(mobile) == [("personal-mobile", "subject")]


@pytest.mark.parametrize(
    ("clock", "historical", "refused"),
    [("wall", False, True), ("replay", False, False), ("wall", True, False)],
)
def test_ledgers_into_which_people_write_refuse_them(
    clock: Literal["wall", "replay"], historical: bool, refused: bool
) -> None:
    """A replay or a transcript shows what was public before."""
    world = make_world(clock=clock, historical=historical)
    desk = open_desk(world)
    party = Party(
        occurred_on=DAY,
        id="farmer",
        name=f"王某{PERSON}",
        level="payee",
        division="220122",
        roles=("beneficiary",),
    )
    told = codes(desk.post(world.submission(PROVINCE, party)))
    assert told == (["personal-identity"] if refused else [])
    innocent = msgspec.structs.replace(party, id="farmer-2", name="王某")
    assert codes(desk.post(world.submission(PROVINCE, innocent))) == []
