# SPDX-License-Identifier: Apache-2.0
"""Events taken in at once leave what they leave one after the other, and are refused for the same."""

from __future__ import annotations

import datetime
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import alike, posting
from ledger.kinds.authority import Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.fact import Interest, Return, Transfer, Use
from ledger.kinds.form import Tag, kind_of
from ledger.kinds.vocabulary import ADMITTED_BY_GENESIS, SECOND
from tests.desk import open_desk
from tests.examples import specimens
from tests.properties.good_or_bad import good_or_bad
from tests.worlds import (
    BANK,
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
    make_world,
)

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent
    from ledger.problems import Problem
    from tests.desk import Desk
    from tests.worlds import World

_KEPT: Final = 1_000
"""What line L1 holds."""


mostly: Final = partial(good_or_bad, one_in=60)
ACCOUNT: Final = mostly(COUNTY_ACCOUNT, UNIT_ACCOUNT, bad=("nowhere",))
TAG: Final = mostly(
    None, Tag(fund=FUND, source="grant"), Tag(fund=FUND, source="grant", line="L1"),
    bad=(Tag(fund="F-NONE", source="grant"), Tag(fund="F-2", source="match", line="L1")),
)  # fmt: skip
COMMITTED: Final = ("A" * 43, "B" * 43)
WHEN: Final = {
    "occurred_on": mostly(DAY, DAY - datetime.timedelta(days=1), bad=(datetime.date(2027, 1, 1), datetime.date(2, 1, 1))),
    "amount": st.integers(1, _KEPT // 2),
    "bank_ref": mostly(None, "R1", "13800138000", bad=("R2",)),
    "sd": mostly((), (), COMMITTED, bad=(COMMITTED[::-1],)),
}  # fmt: skip
PAYER: Final = {
    "from_account": mostly(COUNTY_ACCOUNT, bad=(UNIT_ACCOUNT, "nowhere")),
    "to_account": ACCOUNT,
    "voucher": mostly(None, "V1", bad=("V\u200b1",)),
}
PAYEE: Final = {
    "payee": mostly(None, SUPPLIER, UNIT, bad=("nobody",)),
    "project": mostly(None, PROJECT, bad=("P-NONE",)),
    "claim": mostly(None, bad=("C-NONE",)),
}
NOTE: Final = mostly(None, "购置管材", "\\", bad=("bell\u0007", "e\u0301", "电话13800138000"))


def made(kind: type[AnyEvent], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[AnyEvent]:
    """Events of `kind`."""
    return st.fixed_dictionaries({**WHEN, **fields}).map(lambda given: kind(**given))


DISBURSEMENTS: Final = made(
    Disbursement, line=mostly("L1", "L2", bad=("L-NONE",)), mode=st.just("transfer"), **PAYER, **PAYEE
)
USES: Final = made(Use, tag=TAG, note=NOTE, **PAYER, **PAYEE)
TRANSFERS: Final = made(Transfer, tag=TAG, note=NOTE, reason=st.sampled_from(("pass_on", "lend")), **PAYER)
INTERESTS: Final = made(Interest, tag=TAG, account=mostly(COUNTY_ACCOUNT, bad=(UNIT_ACCOUNT,)))
MOVEMENTS: Final = made(
    Movement,
    account=ACCOUNT,
    statement=st.sampled_from(("s1", "s2")),
    line_no=mostly(*range(2, 40), bad=(1,)),
    direction=st.sampled_from(("credit", "debit")),
    value_on=mostly(None, DAY, bad=(datetime.date(9999, 12, 31),)),
    counterparty=mostly(None, UNIT_ACCOUNT, bad=("nowhere",)),
)
BATCHES: Final = st.one_of(
    st.tuples(st.just(COUNTY), st.lists(DISBURSEMENTS, min_size=2, max_size=5)),
    st.tuples(st.just(COUNTY), st.lists(USES | TRANSFERS | INTERESTS, min_size=2, max_size=5)),
    st.tuples(st.just(COUNTY), st.lists(DISBURSEMENTS | TRANSFERS | USES, min_size=2, max_size=5)),
    st.tuples(st.just(BANK), st.lists(MOVEMENTS, min_size=2, max_size=6)),
)


def stage(
    *, ceilings: Literal["refuse", "flag"] = "refuse", clock: Literal["wall", "replay"] = "replay"
) -> tuple[World, Desk]:
    """Two lines, a bank line, a payment, a return that waits for the line R2, and what has not been settled yet."""
    world = make_world(ceilings=ceilings, clock=clock)
    desk = open_desk(world)
    desk.must(world.submission(PROVINCE, world.fund("F-2")))
    desk.must(world.submission(PROVINCE, world.issued("L1", _KEPT), world.issued("L2", 2**52, fund="F-2")))
    paid = desk.must(world.pay("L2", 500))
    back = Return(
        occurred_on=DAY, amount=200, event=paid, from_account=SUPPLIER_ACCOUNT, to_account=COUNTY_ACCOUNT,
        bank_ref="R2",
    )  # fmt: skip
    desk.must(world.submission(COUNTY, back))
    desk.must(world.submission(BANK, world.moved(1, 100, statement="s1")))
    desk.settles = False
    desk.must(world.submission(BANK, world.moved(1, 100, statement="s2")))
    return world, desk


STAGES: Final = {
    "replay": stage(),
    "flag": stage(ceilings="flag"),
    "wall": stage(clock="wall"),
}


def left(desk: Desk) -> dict[str, Any]:
    """All that the register of `desk` holds."""
    register = desk.register
    pending = ("pending_events", "pending_submissions", "pending_lines", "pending_refs")
    return {**register.tables(), **{name: getattr(register, name) for name in pending}}


def judged(desk: Desk, world: World, party: str, events: list[AnyEvent]) -> tuple[Problem, ...]:
    """The problems of a submission of `events`."""
    return desk.post(world.submission(party, *events, submission_id="batch", signed_at=desk_time(world)))


def desk_time(world: World) -> str:
    """The instant of the last submission."""
    moment = world.moment
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


BASES: Final[dict[str, tuple[str, AnyEvent]]] = {
    "disbursement": (
        COUNTY,
        Disbursement(
            occurred_on=DAY,
            line="L1",
            from_account=COUNTY_ACCOUNT,
            to_account=SUPPLIER_ACCOUNT,
            amount=1,
            mode="direct",
        ),
    ),
    "use": (COUNTY, Use(occurred_on=DAY, from_account=COUNTY_ACCOUNT, amount=1)),
    "transfer": (
        COUNTY,
        Transfer(
            occurred_on=DAY, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=1, reason="lend"
        ),
    ),
    "interest": (COUNTY, Interest(occurred_on=DAY, account=COUNTY_ACCOUNT, amount=1)),
    "movement": (
        BANK,
        Movement(
            occurred_on=DAY, account=COUNTY_ACCOUNT, statement="s9", line_no=1, direction="credit", amount=1
        ),
    ),
}
WRONG: Final[dict[str, tuple[Any, ...]]] = {
    "occurred_on": (datetime.date(2027, 1, 1), datetime.date(2, 1, 1)),
    "value_on": (datetime.date(9999, 12, 31),),
    "line": ("L-NONE",),
    "account": ("nowhere",),
    "from_account": ("nowhere", SUPPLIER_ACCOUNT),
    "to_account": ("nowhere",),
    "counterparty": ("nowhere",),
    "payee": ("nobody",),
    "project": ("P-NONE",),
    "claim": ("C-NONE",),
    "tag": (Tag(fund="F-NONE", source="grant"), Tag(fund="F-2", source="match", line="L1")),
    "sd": (COMMITTED[::-1],),
    "voucher": ("V\u200b1",),
    "amount": (_KEPT,),
}
"""What is refused beside a base of `BASES` in which nothing else differs; an amount only where a line has to hold it."""
ONE_WRONG: Final = [
    pytest.param(kind, field, value, id=f"{kind}-{field}-{number}")
    for kind, (_, base) in BASES.items()
    for field, values in WRONG.items()
    for number, value in enumerate(values)
    if field in base.__struct_fields__
]


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize(("kind", "field", "value"), ONE_WRONG)
def test_one_event_that_differs_is_seen_wherever_it_stands(
    kind: str, field: str, value: object, *, first: bool
) -> None:
    """No field that is judged is left out of what makes a sort."""
    world, desk = STAGES["replay"]
    party, base = BASES[kind]
    good = msgspec.structs.replace(base, line_no=2) if kind == "movement" else base
    odd = msgspec.structs.replace(base, **{field: value})
    events: list[AnyEvent] = [odd, good] if first else [good, odd]
    found = judged(deepcopy(desk), deepcopy(world), party, events)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(posting, "take_alike", lambda *_, **__: False)
        expected = judged(deepcopy(desk), deepcopy(world), party, events)
    assert found == expected
    assert bool(found) == (field != "amount" or kind == "disbursement")


@pytest.mark.parametrize("name", STAGES)
@given(batch=BATCHES)
def test_at_once_is_one_after_the_other(name: str, batch: tuple[str, list[AnyEvent]]) -> None:
    """Same problems, same register, and the same again once it is taken back."""
    world, desk = STAGES[name]
    at_once, in_turn, before = deepcopy(desk), deepcopy(desk), left(desk)
    mark = desk.register.mark()
    found = judged(at_once, deepcopy(world), *batch)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(posting, "take_alike", lambda *_, **__: False)
        expected = judged(in_turn, deepcopy(world), *batch)
    assert found == expected
    assert left(at_once) == left(in_turn)
    at_once.register.rollback(mark)
    assert left(at_once) == before


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize(
    ("party", "event", "field", "values"),
    [
        (COUNTY, Disbursement, "amount", (1, 999)),
        (COUNTY, Use, "bank_ref", ("B1", "B2")),
        (COUNTY, Transfer, "voucher", ("V1", "V2")),
        (COUNTY, Interest, "amount", (1, 2)),
        (BANK, Movement, "line_no", (7, 8)),
    ],
)
def test_what_is_in_order_is_not_looked_at_one_by_one(
    name: str,
    party: str,
    event: type[AnyEvent],
    field: str,
    values: tuple[Any, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch in order takes the short way; its twin with one event out of order does not, and is refused."""
    world, desk = deepcopy(STAGES[name])
    bases: dict[type[AnyEvent], Any] = {
        Disbursement: world.paid("L1", 1),
        Use: msgspec.structs.replace(world.use(1), from_account=COUNTY_ACCOUNT),
        Transfer: Transfer(
            occurred_on=DAY, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=1, reason="lend"
        ),
        Interest: Interest(occurred_on=DAY, account=COUNTY_ACCOUNT, amount=1),
        Movement: world.moved(5, 1),
    }
    base = bases[event]
    events = [msgspec.structs.replace(base, **{field: value}) for value in values]
    late = [events[0], msgspec.structs.replace(events[1], occurred_on=datetime.date(2026, 3, 1))]
    assert [one.code for one in judged(deepcopy(desk), world, party, late)] == ["date-ahead"]
    monkeypatch.setattr(posting, "_event_problems", lambda *_, **__: pytest.fail("judged alone"))
    assert judged(desk, world, party, events) == ()


def test_a_sum_beyond_the_line_is_refused_where_it_is_passed() -> None:
    """The third payment is the one too many."""
    world, desk = deepcopy(STAGES["replay"])
    amounts = (_KEPT - 10, 5, 6)
    problems = judged(desk, world, COUNTY, [world.paid("L1", amount) for amount in amounts])
    assert [(one.code, one.index) for one in problems] == [("line-exceeded", 2)]


def test_kinds_taken_in_at_once_need_no_admission() -> None:
    """Each of them is known to every genesis in the one version that it has."""
    plain = [event for event in specimens().values() if type(event) in alike.PLAIN]
    assert len(plain) == len(alike.PLAIN)
    assert all(kind_of(event) in ADMITTED_BY_GENESIS - SECOND.keys() and event.v == 1 for event in plain)
