# SPDX-License-Identifier: Apache-2.0
"""What may not stand in the ledger: every refusal names its code and leaves the register as it was."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.authority import Allocation
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import Account, Party
from ledger.submission import Submission
from tests.desk import codes
from tests.worlds import (
    CITY,
    COUNTY,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    UNIT,
    UNIT_ACCOUNT,
    World,
    signer_named,
)

if TYPE_CHECKING:
    from tests.desk import Desk


Making = Callable[[World], Submission]


def _split(**changes: object) -> Allocation:
    made = Allocation(
        occurred_on=DAY, action="split", line="L1-1", parent="L1", from_=COUNTY, to=UNIT, amount=1000
    )
    return msgspec.structs.replace(made, **changes)


REFUSED: dict[str, tuple[str, Making]] = {
    "a payment beyond the line": ("line-exceeded", lambda w: w.pay("L1", 100_001)),
    "a payment from an unknown line": ("line-unknown", lambda w: w.pay("L9", 1)),
    "a payment by another than the holder": ("actor", lambda w: w.submission(PROVINCE, w.paid("L1", 1))),
    "a line that exists": ("id-duplicate", lambda w: w.issue("L1", 1)),
    "a top line by another than the issuer": (
        "line-party",
        lambda w: w.submission(
            COUNTY,
            Allocation(
                occurred_on=DAY,
                action="issue",
                line="L2",
                from_=COUNTY,
                to=UNIT,
                amount=1,
                fund=FUND,
                fiscal_year=2026,
            ),
        ),
    ),
    "a split beyond the parent": ("line-exceeded", lambda w: w.submission(COUNTY, _split(amount=100_001))),
    "a split by another than the holder": ("line-party", lambda w: w.submission(CITY, _split(from_=CITY))),
    "a recall beyond the line": (
        "line-exceeded",
        lambda w: w.submission(
            PROVINCE,
            Allocation(
                occurred_on=DAY, action="recall", line="L1", from_=COUNTY, to=PROVINCE, amount=100_001
            ),
        ),
    ),
    "a date after the recorded day": (
        "date-ahead",
        lambda w: w.submission(
            COUNTY, msgspec.structs.replace(w.paid("L1", 1), occurred_on=datetime.date(2026, 1, 6))
        ),
    ),
    "an account of nobody": (
        "party-unknown",
        lambda w: w.submission(
            PROVINCE, Account(id="A9", owner="nobody", account_class="special", occurred_on=DAY)
        ),
    ),
    "a party registered twice": (
        "version",
        lambda w: w.submission("admin-a", w.seats[UNIT].party),
    ),
    "a wrong credit code": (
        "uscc",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9",
                name="某公司",
                level="payee",
                division="220122",
                roles=("supplier",),
                uscc="91350100M000100Y44",
                occurred_on=DAY,
            ),
        ),
    ),
    "business by administrators": ("actor", lambda w: w.submission("admin-a", w.issued("L2", 1))),
    "bank lines by the county": ("actor", lambda w: w.submission(COUNTY, w.moved(1, 5))),
    "a text with a zero-width space": (
        "text-unseen",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9",
                name="某\u200b公司",
                level="payee",
                division="220122",
                roles=("supplier",),
                occurred_on=DAY,
            ),
        ),
    ),
    "a text with a line feed": (
        "text-unseen",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9", name="a\nb", level="payee", division="220122", roles=("supplier",), occurred_on=DAY
            ),
        ),
    ),
    "a text outside NFC": (
        "text-nfc",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9",
                name="Cafe\u0301",
                level="payee",
                division="220122",
                roles=("supplier",),
                occurred_on=DAY,
            ),
        ),
    ),
    "a tag whose line is of another fund": (
        "tag-line",
        lambda w: w.submission(
            UNIT,
            Use(
                occurred_on=DAY,
                from_account=UNIT_ACCOUNT,
                amount=1,
                tag=Tag(fund="F2", source="grant", line="L1"),
            ),
        ),
    ),
    "approval of a claim nobody made": (
        "claim-unknown",
        lambda w: w.submission(
            COUNTY,
            Claim(occurred_on=DAY, action="approve", claim="C1", project=PROJECT, amount=5, line="L1"),
        ),
    ),
    "correction of nothing": (
        "event-unknown",
        lambda w: w.submission(COUNTY, Correction(occurred_on=DAY, event="a/b/0", reason="x")),
    ),
    "a key of the submission's own making": (
        "key-unknown",
        lambda w: w.submission(
            COUNTY, w.paid("L1", 1), signers=[("maker", signer_named("x")), ("checker", signer_named("y"))]
        ),
    ),
    "no checker": (
        "signature-missing",
        lambda w: w.submission(COUNTY, w.paid("L1", 1), signers=[("maker", w.seats[COUNTY].keys["maker"])]),
    ),
    "the maker's key as checker": (
        "key-role",
        lambda w: w.submission(
            COUNTY,
            w.paid("L1", 1),
            signers=[("maker", w.seats[COUNTY].keys["maker"]), ("checker", w.seats[COUNTY].keys["maker"])],
        ),
    ),
    "keys of another party": (
        "key-holder",
        lambda w: w.submission(COUNTY, w.paid("L1", 1), signers=w.signers(UNIT)),
    ),
    "one administrator of two": (
        "threshold",
        lambda w: w.submission(
            "admin-a",
            Party(id="p9", name="x", level="payee", division="220122", roles=("supplier",), occurred_on=DAY),
            signers=w.signers("admin-a")[:1],
        ),
    ),
    "a key without proof of possession": (
        "possession",
        lambda w: w.submission("admin-a", w.key_event(w.seats[UNIT].party, "maker", signer_named("new"))),
    ),
    "a party outside the keys' jurisdiction": (
        "key-jurisdiction",
        lambda w: w.submission(
            COUNTY,
            Party(id="p9", name="x", level="payee", division="330100", roles=("supplier",), occurred_on=DAY),
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_reason_and_no_trace(case: str, world: World, desk: Desk) -> None:
    """Each case is refused with its own code, in two languages with a remedy, and changes nothing."""
    code, making = REFUSED[case]
    if code == "tag-line":
        desk.post(world.submission(PROVINCE, world.fund("F2")))
    before = deepcopy(desk.register)
    problems = desk.post(making(world))
    assert code in codes(problems)
    assert all(p.message_en and p.message_zh and p.remedy_en and p.remedy_zh and p.place for p in problems)
    assert desk.register == before
    assert desk.post(world.pay("L1", 100_000)) == (), "the line still holds everything"
