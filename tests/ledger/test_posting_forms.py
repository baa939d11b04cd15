# SPDX-License-Identifier: Apache-2.0
"""Form beyond types: texts that can be seen, dates that are real, commitments in order, numbers every reader keeps."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import FormatError
from ledger.kinds.authority import MatchingPledge
from ledger.kinds.control import Correction
from ledger.kinds.registry import Fund, MatchingTerm, Policy, PolicyRow
from ledger.kinds.vocabulary import event_bytes, parse_event
from ledger.texts import text_problems
from tests.desk import codes
from tests.worlds import AUDIT, BANK, COUNTY, DAY, FUND, PROVINCE, UNIT

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent
    from tests.desk import Desk
    from tests.worlds import World


def told(text: str) -> list[str]:
    """The codes of what is wrong with `text`."""
    event = Correction(occurred_on=DAY, event="a/b/0", reason=text)
    return codes(tuple(text_problems(event_bytes(event))))


@pytest.mark.parametrize(
    "text",
    ["C:\\new", "a\\tb", "\\u200b", "\\\\", '"\\n"', "清河县", "a/b", "𠮷野", "吉财农〔2026〕1号", "é"],
)
def test_texts_that_are_seen_stand(text: str) -> None:
    """Back slashes, quotes and rare characters are no control characters, however they are written in JSON."""
    assert told(text) == []


@pytest.mark.parametrize(
    "code",
    [0x00, 0x09, 0x0A, 0x1F, 0x7F, 0x80, 0x9F, 0xAD, 0x34F, 0x61C, 0x115F, 0x17B4, 0x180B, 0x180E, 0x200B, 0x200F,
     0x2028, 0x202E, 0x2060, 0x2066, 0x206A, 0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0x1BCA0, 0x1D173, 0xE0001, 0xE0041],
)  # fmt: skip
@pytest.mark.parametrize("around", ["a{}b", "县{}局", "\\\\{}"])
def test_what_cannot_be_seen_is_refused(code: int, around: str) -> None:
    """Control, direction, zero-width and filler characters, in ASCII and Chinese texts alike."""
    assert told(around.format(chr(code))) == ["text-unseen"]


@pytest.mark.parametrize("text", ["Cafe\u0301", "\uf900", "\u212b"])
def test_other_normal_forms_are_refused(text: str) -> None:
    """One spelling per text: NFC."""
    assert told(text) == ["text-nfc"]


def test_the_field_and_the_character_are_named() -> None:
    """Whoever has to mend it learns where it is, however deep."""
    rows = (PolicyRow(id="r1", rule="F03", basis="ok"), PolicyRow(id="r2", rule="F03", basis="第5条\u200b"))
    found = tuple(
        text_problems(event_bytes(Policy(occurred_on=DAY, id="p", effective_on=DAY, title="t", rows=rows)))
    )
    assert [(one.place, "U+200B at character 4" in one.message_en) for one in found] == [
        ("rows[1].basis", True)
    ]


FAR = datetime.date(3000, 1, 1)
OLD = datetime.date(1899, 12, 31)


def _dated(world: World, day: datetime.date) -> dict[str, tuple[str, AnyEvent]]:
    pledge = MatchingPledge(occurred_on=DAY, id="M1", fund=FUND, party=COUNTY, amount=5, source="budget")
    term = MatchingTerm(base="allocated", num=1, den=1, level="county", due_on=day)
    policy = Policy(occurred_on=DAY, id="p", effective_on=day, title="x")
    return {
        "value date": (BANK, msgspec.structs.replace(world.moved(1, 5), value_on=day)),
        "due date": (COUNTY, msgspec.structs.replace(pledge, due_on=day)),
        "matching": (PROVINCE, msgspec.structs.replace(world.fund("F2"), matching=(term,))),
        "effective": (PROVINCE, msgspec.structs.replace(world.fund("F2"), effective_on=day)),
        "policy": (AUDIT, policy),
    }


@pytest.mark.parametrize("field", ["value date", "due date", "matching", "effective", "policy"])
@pytest.mark.parametrize("day", [FAR, OLD, datetime.date.max, datetime.date.min])
def test_dates_of_other_ages_are_refused(world: World, desk: Desk, field: str, day: datetime.date) -> None:
    """Deadlines are counted from dates; one at the end of the calendar would break whoever counts."""
    actor, event = _dated(world, day)[field]
    assert codes(desk.post(world.submission(actor, event))) == ["date-range"]


def test_a_business_date_before_1900(world: World, desk: Desk) -> None:
    """As for the other dates."""
    old = msgspec.structs.replace(world.use(5), occurred_on=OLD)
    assert codes(desk.post(world.submission(UNIT, old))) == ["date-range"]


@pytest.mark.parametrize("commitments", [("z" * 43, "a" * 43), ("a" * 43, "a" * 43)])
def test_commitments_are_sorted_and_unique(world: World, desk: Desk, commitments: tuple[str, ...]) -> None:
    """Their order would otherwise tell which field is which."""
    event = msgspec.structs.replace(world.use(5), sd=commitments)
    assert codes(desk.post(world.submission(UNIT, event))) == ["commitment-order"]


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**64, -(2**63)])
def test_parameters_are_whole_numbers_that_every_reader_keeps(number: int) -> None:
    """A rule parameter lies within ±(2^53 − 1), like every number in the ledger."""
    row = PolicyRow(id="r", rule="F03", basis="b", parameters={"days": 2**53 - 1})
    good = event_bytes(Policy(occurred_on=DAY, id="p", effective_on=DAY, title="t", rows=(row,)))
    assert event_bytes(parse_event(good, place="x")) == good
    with pytest.raises(FormatError, match="parameters"):
        parse_event(good.replace(str(2**53 - 1).encode(), str(number).encode()), place="x")


def test_a_fund_is_form_checked_only_once(world: World, desk: Desk) -> None:
    """One wrong field, one problem."""
    fund: Fund = msgspec.structs.replace(world.fund("F2"), name="a\u200bb")
    assert codes(desk.post(world.submission(PROVINCE, fund))) == ["text-unseen"]
