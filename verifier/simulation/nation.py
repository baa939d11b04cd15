# SPDX-License-Identifier: Apache-2.0
"""A simulated country of any shape: from a seed and a shape to the same kind of world as the demonstration."""

from typing import Final

from ledger.genesis import sign_genesis
from ledger.kinds.registry import Policy, PolicyRow
from verifier.simulation.cast import ADMINISTRATORS, Cast
from verifier.simulation.casting import Casting
from verifier.simulation.country import CENTRE, CENTRE_AUDIT, Branch, branches
from verifier.simulation.diary import Diary
from verifier.simulation.enrolment import Enrolment, enrol_branch, enrol_centre
from verifier.simulation.founding import check_origin, found_genesis
from verifier.simulation.holidays import YEARS, calendar_event
from verifier.simulation.labels import Labels
from verifier.simulation.ordinary import run_treasury
from verifier.simulation.programme import PAY_DAYS
from verifier.simulation.shape import Shape
from verifier.simulation.statements import close_months, closed_on, months_from
from verifier.simulation.world import World, check_seed, evenings

ADMITTED: Final = (
    "contract/1",
    "contract_change/1",
    "payee_list/1",
    "progress/1",
    "restitution/1",
    "settlement/1",
    "waiver/1",
)
"""Kinds beyond those of the genesis that scripts use."""

_PAY_BASIS: Final = "《中华人民共和国预算法》第五十七条；资金管理办法（模拟）第十二条"


def simulate_shape(*, seed: int, shape: Shape, origin: str) -> World:
    """The country of `shape` that `seed` draws: same arguments, same bytes.

    Raises:
        InputError: `seed` is out of range, or `origin` is no log origin.
    """
    check_seed(seed)
    check_origin(origin)
    enrolment = Enrolment(begins=shape.begins)
    founded = enrolment.day("parties")
    cast = Cast(seed=seed, valid_from=f"{founded}T00:00:00.000Z")
    genesis = found_genesis(cast, origin, created_at=f"{founded}T00:30:00.000Z")
    tree = branches(shape)
    diary, labels = Diary(), Labels(seed=seed)
    casting = Casting(seed=seed, shape=shape, diary=diary, enrolment=enrolment, labels=labels)
    _live(casting, cast, tree)
    months = tuple(months_from(shape.begins, shape.months))
    names = close_months(diary, months)
    acts = tuple(diary.in_order())
    return World(
        seed=seed,
        genesis=genesis,
        genesis_signatures=sign_genesis(genesis, [cast.signer(one) for one in ADMINISTRATORS]),
        cast=cast,
        cities=(),
        branches=tree,
        shape=shape,
        acts=acts,
        labels=labels.finish(names, evenings(acts)),
        as_of=closed_on(months[-1]),
    )


def _live(casting: Casting, cast: Cast, tree: tuple[Branch, ...]) -> None:
    diary, enrolment, shape = casting.diary, casting.enrolment, casting.shape
    enrol_centre(enrolment)
    provinces: set[str] = set()
    for branch in tree:
        enrol_branch(enrolment, diary, branch, first=branch.province.division not in provinces)
        provinces.add(branch.province.division)
        run_treasury(diary, branch, shape)
    casting.fill(tree)
    enrolment.post(diary, cast)
    rules_on, funds_on = enrolment.day("rules"), enrolment.day("funds")
    calendars = [calendar_event(rules_on, year) for year in YEARS if year >= shape.begins.year]
    diary.act(rules_on, CENTRE_AUDIT, "rules", *calendars, _policy(enrolment))
    diary.act(funds_on, CENTRE, "funds", *(fund.registration(funds_on) for fund in casting.funds))
    for fund in casting.funds:
        fund.hand_down(diary)


def _policy(enrolment: Enrolment) -> Policy:
    pay = PolicyRow(id="pay", rule="F04", basis=_PAY_BASIS, parameters={"days": PAY_DAYS}, unit="calendar")
    day = enrolment.day("rules")
    return Policy(
        occurred_on=day,
        id="rules",
        effective_on=enrolment.begins,
        title="专项资金监督规则（模拟）",
        rows=(pay,),
        admits=ADMITTED,
    )
