# SPDX-License-Identifier: Apache-2.0
"""What holds a key, and what a browser's key does not sign (spec §3.17): each refusal beside its twin."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.kinds.authority import MatchingPledge
from ledger.kinds.control import Correction
from tests.desk import codes
from tests.later_kinds import admitting
from tests.ledger.test_mandates import admitting as admitting_mandates
from tests.ledger.test_mandates import declared
from tests.ledger.test_rulings import hired, ruling
from tests.worlds import AUDIT, COUNTY, DAY, FUND, PROVINCE, UNIT

if TYPE_CHECKING:
    from ledger.keys import Ed25519Signer
    from ledger.kinds.registry import Custody, KeyRole, Policy
    from ledger.party import Level
    from ledger.submission import Submission
    from tests.desk import Desk
    from tests.worlds import World

Signers = list[tuple[str, "Ed25519Signer"]]
LIMIT = 5_000


def offline(
    amount: int = LIMIT,
    *,
    policy: str = "rights",
    on: datetime.date = DAY,
    level: Level | None = None,
    fund: str | None = None,
) -> Policy:
    """More than that is signed offline."""
    return ruling("offline_above", policy=policy, on=on, level=level, fund=fund, amount=amount)


def kept_in(world: World, desk: Desk, custody: Custody | None, role: KeyRole) -> tuple[str, Ed25519Signer]:
    """A new key of the county that `custody` holds, as a pair for signing."""
    said: dict[str, Any] = {} if custody is None else {"v": 2, "custody": custody}
    (pair,) = hired(world, desk, COUNTY, role, f"{custody}-{role}", **said)
    return pair


@pytest.fixture
def open_desk(world: World, desk: Desk) -> Desk:
    """The desk with `key/2` admitted."""
    desk.must(world.submission(AUDIT, admitting("key/2")))
    return desk


@pytest.fixture
def pair(world: World, open_desk: Desk) -> Signers:
    """A maker and a checker of the county, whose keys lie in a file and on a device."""
    return [
        kept_in(world, open_desk, "file", "maker"),
        kept_in(world, open_desk, "device", "checker"),
    ]


def paid(world: World, signers: Signers, *amounts: int) -> Submission:
    """The county pays."""
    return world.submission(COUNTY, *(world.paid("L1", amount) for amount in amounts), signers=signers)


def test_version_2_waits_for_a_policy(world: World, desk: Desk) -> None:
    """So that an older verifier says that it is too old."""
    signer = world.seats[COUNTY].keys["maker"]
    event = msgspec.structs.replace(
        world.key_event(world.seats[COUNTY].party, "maker", signer), v=2, custody="file"
    )
    posted = world.submission("admin-a", event, signers=[*world.signers("admin-a"), ("possession", signer)])
    assert "kind-unadmitted" in codes(desk.post(posted))
    desk.must(world.submission(AUDIT, admitting("key/2")))
    kept_in(world, desk, "file", "maker")


def test_more_than_the_amount_is_not_signed_in_a_browser(
    world: World, open_desk: Desk, pair: Signers
) -> None:
    """Up to and with the amount it is; above, neither as maker nor as checker; files and devices always do."""
    maker, checker = pair
    in_browser = {role: kept_in(world, open_desk, "browser", role) for role in ("maker", "checker")}
    by_page = list(in_browser.values())
    assert open_desk.post(paid(world, by_page, LIMIT + 1)) == ()
    open_desk.must(world.submission(AUDIT, offline()))
    assert open_desk.post(paid(world, by_page, LIMIT)) == ()
    assert codes(open_desk.post(paid(world, by_page, LIMIT + 1))) == ["key-custody"] * 2
    for mixed in ([in_browser["maker"], checker], [maker, in_browser["checker"]]):
        assert codes(open_desk.post(paid(world, mixed, LIMIT + 1))) == ["key-custody"]
    assert open_desk.post(paid(world, pair, LIMIT + 1)) == ()


def test_the_refusal_names_line_amount_key_and_remedy(world: World, open_desk: Desk, pair: Signers) -> None:
    """In both languages."""
    in_browser = kept_in(world, open_desk, "browser", "checker")
    open_desk.must(world.submission(AUDIT, offline()))
    (problem,) = open_desk.post(paid(world, [pair[0], in_browser], LIMIT + 1))
    key = next(one for one in open_desk.register.keys.values() if one.registered.person == "browser-checker")
    for told, kept in ((problem.told_en(), "lies in a browser"), (problem.told_zh(), "存放于浏览器")):
        for part in (
            "signatures, checker",
            key.registered.key[:16],
            "L1",
            "50.01",
            "50.00",
            kept,
            "fundtrace sign",
        ):
            assert part in told


def test_a_key_of_which_it_is_not_said_is_not_offline(world: World, open_desk: Desk, pair: Signers) -> None:
    """A registration of version 1 could be of any key."""
    untold = kept_in(world, open_desk, None, "checker")
    open_desk.must(world.submission(AUDIT, offline()))
    assert open_desk.post(paid(world, [pair[0], untold], LIMIT)) == ()
    (problem,) = open_desk.post(paid(world, [pair[0], untold], LIMIT + 1))
    assert (problem.code, "does not say what holds it" in problem.message_en) == ("key-custody", True)


def test_what_is_signed_at_once_is_added_up(world: World, open_desk: Desk, pair: Signers) -> None:
    """A payment in two events of one submission is as large as in one."""
    by_page = [pair[0], kept_in(world, open_desk, "browser", "checker")]
    open_desk.must(world.submission(AUDIT, offline()))
    assert open_desk.post(paid(world, by_page, LIMIT - 1, 1)) == ()
    assert codes(open_desk.post(paid(world, by_page, LIMIT - 1, 2))) == ["key-custody"]
    assert open_desk.post(paid(world, pair, LIMIT - 1, 2)) == ()


def test_what_counts_is_authority(world: World, open_desk: Desk, pair: Signers) -> None:
    """Allocations, pledges and payments; a fact is recorded however it was signed."""
    by_page = [pair[0], kept_in(world, open_desk, "browser", "checker")]
    open_desk.must(world.submission(AUDIT, offline()))
    pledge = MatchingPledge(
        occurred_on=DAY, id="mp-1", fund=FUND, party=COUNTY, amount=LIMIT + 1, source="budget",
        due_on=DAY, document="清财建〔2026〕3号",
    )  # fmt: skip
    assert codes(open_desk.post(world.submission(COUNTY, pledge, signers=by_page))) == ["key-custody"]
    assert open_desk.post(world.submission(COUNTY, pledge, signers=pair)) == ()
    issued = world.submission(PROVINCE, world.issued("L8", LIMIT + 1))
    assert codes(open_desk.post(issued)) == ["key-custody"] * 2
    assert open_desk.post(world.submission(UNIT, world.use(LIMIT + 1))) == ()


def test_a_reversal_is_signed_like_what_it_reverses(world: World, open_desk: Desk, pair: Signers) -> None:
    """Undoing a large payment in a browser is refused too."""
    by_page = [pair[0], kept_in(world, open_desk, "browser", "checker")]
    large, small = (open_desk.must(paid(world, by_page, amount)) for amount in (LIMIT + 1, LIMIT))
    open_desk.must(world.submission(AUDIT, offline()))

    def undo(name: str, signers: Signers) -> Submission:
        return world.submission(
            COUNTY, Correction(occurred_on=DAY, event=name, reason="记错"), signers=signers
        )

    assert codes(open_desk.post(undo(large, by_page))) == ["key-custody"]
    assert open_desk.post(undo(small, by_page)) == ()
    assert open_desk.post(undo(large, pair)) == ()


def test_two_leaders_sign_offline_too(world: World, open_desk: Desk) -> None:
    """An override lifts nothing else."""
    open_desk.must(admitting_mandates(world))
    leaders = hired(world, open_desk, COUNTY, "approver", "head", "second", v=2, custody="file")
    by_page = hired(world, open_desk, COUNTY, "approver", "third", v=2, custody="browser")
    open_desk.must(world.submission(AUDIT, offline()))
    payment = world.paid("L1", LIMIT + 1)
    assert codes(open_desk.post(declared(world, [leaders[0], *by_page], payment))) == ["key-custody"]
    assert open_desk.post(declared(world, leaders, payment)) == ()


@pytest.mark.parametrize(
    ("narrowed", "binds"),
    [
        (offline(level="county"), True),
        (offline(level="city"), False),
        (offline(fund=FUND), True),
        (offline(fund="F-OTHER"), False),
        (offline(on=DAY + datetime.timedelta(days=1)), False),
    ],
)
def test_it_binds_whom_it_names_from_its_day_on(
    world: World, open_desk: Desk, pair: Signers, narrowed: Policy, binds: bool
) -> None:
    """Level of the party, fund of the line, business day of recording; the lowest amount counts."""
    by_page = [pair[0], kept_in(world, open_desk, "browser", "checker")]
    open_desk.must(world.submission(PROVINCE, world.fund("F-OTHER")))
    open_desk.must(world.submission(AUDIT, narrowed))
    told = codes(open_desk.post(paid(world, by_page, LIMIT + 1)))
    assert told == (["key-custody"] if binds else [])
    open_desk.must(world.submission(AUDIT, offline(LIMIT - 1, policy="stricter")))
    assert codes(open_desk.post(paid(world, by_page, LIMIT))) == ["key-custody"]


@pytest.mark.parametrize("parameters", [{}, {"amount": 0}, {"amount_from": 1}, {"amount": 1, "approvers": 1}])
def test_a_row_that_is_not_understood_is_refused(
    world: World, open_desk: Desk, parameters: dict[str, Any]
) -> None:
    """It would bind nobody."""
    posted = world.submission(AUDIT, ruling("offline_above", **parameters))
    assert codes(open_desk.post(posted)) == ["policy-row"]
