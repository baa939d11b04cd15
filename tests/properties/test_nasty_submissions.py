# SPDX-License-Identifier: Apache-2.0
"""Well-formed but nasty: whatever a submission names, posting answers with problems, never with an exception."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.keys import key_id
from ledger.kinds.authority import MatchingPledge
from ledger.kinds.fact import Claim, Return
from ledger.kinds.registry import Party
from ledger.kinds.vocabulary import decode_event, event_bytes
from tests.desk import open_desk
from tests.examples import specimens
from tests.later_kinds import LATER, admitting
from tests.properties.good_or_bad import good_or_bad
from tests.worlds import (
    AUDIT,
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    SUPPLIER,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    Seat,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger.kinds.vocabulary import AnyEvent
    from tests.desk import Desk
    from tests.worlds import World

SPECIMENS: Final = {kind: json.loads(event_bytes(event)) for kind, event in specimens().items()}

PARTIES: Final = ("admin-a", PROVINCE, CITY, COUNTY, UNIT, BANK, AUDIT, SUPPLIER)
ACCOUNTS: Final = (COUNTY_ACCOUNT, UNIT_ACCOUNT, SUPPLIER_ACCOUNT)


mostly: Final = partial(good_or_bad, one_in=12)

ANYBODY: Final = mostly(
    PROVINCE, CITY, COUNTY, COUNTY, COUNTY, UNIT, UNIT, BANK, SUPPLIER, AUDIT, bad=("newcomer", "admin-b")
)
ACCOUNT: Final = mostly(*ACCOUNTS, bad=("A-NEW", "nowhere"))
LINE: Final = mostly("L1", "L2", bad=("L-NEW", "L-NONE"))
FUNDS: Final = mostly(FUND, bad=("F-NEW",))
EVENT: Final = mostly(
    "jl-finance/lines/0", "jl-finance/lines/1", "na-finance/paid/0", "na-finance/paid/1", "na-finance/paid/2",
    "na-water/claim/0", "bank-cc/lines/0", "bank-cc/lines/1", "bank-cc/lines/2",
    "na-finance/own/0", "na-finance/own/1", "bank-cc/own/0", "scribe/own/0", "scribe/own/1",
    bad=("a/b/0", "admin-a/s-000001/0"),
)  # fmt: skip
POOLS: Final[dict[str, st.SearchStrategy[Any]]] = {
    **dict.fromkeys(("owner", "bank", "party", "payee", "holder", "parent", "issuer", "unit"), ANYBODY),
    **dict.fromkeys(("account", "from_account", "to_account", "counterparty", "pool"), ACCOUNT),
    "line": LINE,
    "fund": FUNDS,
    "project": mostly(PROJECT, bad=("P-NEW",)),
    "claim": mostly("C1", bad=("C-NEW",)),
    "pledge": mostly("M1", bad=("M-NEW",)),
    "event": EVENT,
    "amount": st.sampled_from((1, 40, 100_000, 2**53 - 1)),
    "direction": st.sampled_from(("increase", "decrease", "credit", "debit")),
    "bank_ref": st.sampled_from(("R1", "R2")),
    "statement": st.sampled_from(("s1", "s2")),
    "line_no": st.integers(1, 4),
    "occurred_on": mostly("2026-01-05", bad=("2025-01-05", "0001-01-01", "9999-12-31")),
    **dict.fromkeys(("due_on", "effective_on", "value_on"), mostly("2026-01-05", bad=("9999-12-31",))),
    "roles": mostly(["supplier"], ["finance"], ["maker"], bad=(["bank", "transcriber"], ["administrator"])),
    "level": st.sampled_from(("centre", "county", "payee")),
    "division": st.sampled_from(("000000", "220000", "220122", "220122001000", "330100")),
    "public": mostly(SPECIMENS["key"]["public"], bad=("AAAA", "AAAAA", "A" * 43 + "=", "A" * 44)),
    "valid_from": mostly("2026-01-01T00:00:00.000Z", bad=("2026-99-99T99:99:99.999Z",)),
    "tag": st.fixed_dictionaries({"fund": FUNDS, "line": LINE, "source": st.just("grant")}),
    **dict.fromkeys(("matching", "rows", "milestones"), st.just([])),
    "funds": st.just([FUND]),
}  # fmt: skip
ACTIONS: Final = {
    "allocation": ("split", "adjust", "recall", "issue"), "claim": ("approve", "return", "submit"),
    "key": ("register", "revoke"), "deputation": ("grant", "end"), "override": ("declare", "ratify"),
    "administrator": ("appoint", "assign", "dismiss"),
}  # fmt: skip
KNOWN: Final = (*PARTIES, *ACCOUNTS, FUND, PROJECT)
VERSION_2: Final = mostly(2, bad=(1, 3))
OWN_IDS: Final = {
    "party": (SUPPLIER, UNIT, COUNTY, "newcomer"), "account": (*ACCOUNTS, "A-NEW"), "fund": (FUND, "F-NEW"),
    "project": (PROJECT, "P-NEW"), "policy": ("pol",), "calendar": ("cal",), "matching_pledge": ("M1", "M-NEW"),
    "administrator": ("admin-a", "admin-b", "admin-c", COUNTY),
}  # fmt: skip


OPTIONAL: Final = (
    "bank_ref",
    "project",
    "payee",
    "to_account",
    "counterparty",
    "pledge",
    "line",
    "tag",
    "event",
    "parent",
)
_OF_ISSUE: Final = ("fund", "fiscal_year", "functional", "direct")


_OF_CLERK: Final = ("person", "device", "alg", "key", "public")
_ABSENT: Final = {
    "split": _OF_ISSUE, "adjust": (*_OF_ISSUE, "project"), "recall": (*_OF_ISSUE, "project"), "return": ("amount",),
    "revoke": tuple(SPECIMENS["key"].keys() - {"kind", "v", "occurred_on", "key", "action"}),
    "end": ("principal", "deputy", "role", "valid_from", "valid_to"), "declare": ("event",),
    "assign": _OF_CLERK, "dismiss": (*_OF_CLERK, "duty"),
}  # fmt: skip
_PRESENT: Final = {
    "split": {"line": "L-NEW", "parent": "L1"},
    "adjust": {"direction": "decrease"},
    "return": {"reason": "x"},
}


def _acting(plain: dict[str, Any], action: str) -> dict[str, Any]:
    """The specimen with another action and the fields that belong to it."""
    kept = {field: value for field, value in plain.items() if field not in _ABSENT.get(action, ())}
    return kept | {"action": action} | _PRESENT.get(action, {})


def _field(kind: str, field: str) -> st.SearchStrategy[Any] | None:
    """What may stand in `field` instead of the specimen's value."""
    if field == "id":
        return st.sampled_from(OWN_IDS.get(kind, (f"{kind}-1", f"{kind}-2")))
    return ANYBODY if kind == "allocation" and field in {"from", "to"} else POOLS.get(field)


@st.composite
def nasty_events(draw: st.DrawFn) -> AnyEvent | None:
    """A specimen whose ids, amounts, actions and dates were drawn anew; None where that is no event any more."""
    kind = draw(st.sampled_from(sorted(SPECIMENS)))
    plain = deepcopy(SPECIMENS[kind])
    if kind in ACTIONS:
        plain = _acting(plain, draw(st.sampled_from(ACTIONS[kind])))
    for field in sorted(plain):
        pool = _field(kind, field)
        if pool is not None:
            plain[field] = draw(pool)
        if field in OPTIONAL and draw(st.integers(0, 3)) == 0:
            del plain[field]
    if plain.get("id") in KNOWN:
        plain["version"] = draw(VERSION_2)
    try:
        return decode_event(json.dumps(plain).encode(), place="drawn")
    except InputError:
        return None


def _prepared(world: World) -> Desk:
    """A desk with two lines, payments, a claim, a pledge and bank lines on it."""
    desk = open_desk(world)
    desk.must(world.submission(AUDIT, admitting(*LATER)))
    desk.must(
        world.submission(PROVINCE, world.issued("L1", 100_000), world.issued("L2", 50), submission_id="lines")
    )
    desk.must(world.submission(COUNTY, *_county_acts(world), submission_id="paid"))
    claim = Claim(occurred_on=DAY, action="submit", claim="C1", project=PROJECT, amount=5)
    desk.must(world.submission(UNIT, claim, submission_id="claim"))
    lines = (
        msgspec.structs.replace(world.moved(number, 30), statement="s1", bank_ref=f"R{number}")
        for number in (1, 2)
    )
    desk.must(world.submission(BANK, *lines, submission_id="lines"))
    return desk


def _county_acts(world: World) -> Iterator[AnyEvent]:
    """Two payments, a return that its bank line will bear out, a pledge."""
    yield msgspec.structs.replace(world.paid("L1", 40), bank_ref="R1")
    yield world.paid("L1", 60)
    yield Return(
        occurred_on=DAY, amount=40, event=f"{COUNTY}/paid/1", to_account=COUNTY_ACCOUNT, bank_ref="R2"
    )
    yield MatchingPledge(occurred_on=DAY, id="M1", fund=FUND, party=COUNTY, amount=5, source="budget")


ROLES: Final = ("maker", "checker", "administrator", "possession", "auditor")


@st.composite
def nasty_signers(draw: st.DrawFn) -> Callable[[World, str], list[tuple[str, Any]]]:
    """Who signs: the rightful, with keys and roles of others added or some left out."""
    added = draw(
        st.lists(
            st.tuples(st.sampled_from(ROLES), st.sampled_from((COUNTY, UNIT, "specimen"))),
            max_size=2,
            unique=True,
        )
    )
    dropped = draw(st.integers(0, 5))

    def signers(world: World, party: str) -> list[tuple[str, Any]]:
        rightful: list[tuple[str, Any]] = (
            world.signers(party) if party == "admin-a" or party in world.seats else []
        )
        strange = [
            (role, signer_named(who) if who == "specimen" else world.seats[who].keys["maker"])
            for role, who in added
        ]
        seen: dict[tuple[str, str], tuple[str, Any]] = {}
        for role, signer in (*(rightful[:-1] if dropped == 0 else rightful), *strange):
            seen[role, key_id(signer.alg, signer.public)] = (role, signer)
        return list(seen.values()) or [("maker", signer_named("stranger"))]

    return signers


@given(
    st.lists(nasty_events(), min_size=1, max_size=6),
    ANYBODY,
    st.booleans(),
    nasty_signers(),
)
def test_posting_never_raises(
    events: list[AnyEvent | None],
    party: str,
    plain: bool,
    signers: Callable[[World, str], list[tuple[str, Any]]],
) -> None:
    """Any combination of well-formed events, posted by anybody, stands or is refused, and a refusal leaves no trace."""
    world = make_world(historical=party == CITY)
    desk = _prepared(world)
    drawn = [event for event in events if event is not None]
    if not drawn:
        return
    whose = (
        signers(world, party)
        if not plain or party not in world.seats
        else world.signers(party) or signers(world, party)
    )
    submission = world.submission(party, *drawn, submission_id="own", signers=whose)
    before = deepcopy(desk.register)
    problems = desk.post(submission)
    if problems:
        assert desk.register == before
        assert all(one.message_en and one.message_zh and one.remedy_en and one.remedy_zh for one in problems)
    else:
        assert desk.register != before or all(not _lasting(event) for event in drawn)


def _lasting(event: AnyEvent) -> bool:
    """Whether the register must remember `event` once it is settled."""
    return type(event).__name__ in {"Party", "Account", "Fund", "Project", "Policy", "Calendar", "Allocation"}


@given(st.lists(nasty_events(), min_size=1, max_size=5))
def test_taking_in_never_raises_where_rights_are_set_aside(events: list[AnyEvent | None]) -> None:
    """A transcriber may post for anybody: what is left to stop nasty events are references and arithmetic."""
    world = make_world(historical=True, ceilings="flag")
    desk = _prepared(world)
    scribe = decode_event(
        b'{"kind":"party","v":1,"occurred_on":"2026-01-05","id":"scribe","name":"x","level":"province",'
        b'"division":"000000","roles":["transcriber"]}',
        place="scribe",
    )
    assert isinstance(scribe, Party)
    world.seats["scribe"] = Seat(
        party=scribe,
        keys={"maker": signer_named("scribe maker"), "checker": signer_named("scribe checker")},
    )
    desk.must(world.submission("admin-a", scribe))
    desk.must(world.registration(world.seats["scribe"]))
    for event in events:
        if event is not None:
            before = deepcopy(desk.register)
            if desk.post(world.submission("scribe", event)):
                assert desk.register == before
