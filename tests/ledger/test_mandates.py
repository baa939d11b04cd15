# SPDX-License-Identifier: Apache-2.0
"""Deputations, overrides and the three duties of administrators (spec §3.13 to §3.15): each refusal beside its twin."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.keys import key_id
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.registry import Key, Policy
from ledger.submission import event_name
from tests.desk import codes
from tests.ledger.test_rulings import hired, tier
from tests.worlds import AUDIT, COUNTY, DAY, UNIT, signer_named

if TYPE_CHECKING:
    from ledger.keys import Ed25519Signer
    from ledger.kinds.registry import Party
    from ledger.kinds.vocabulary import AnyEvent
    from ledger.rights import Duty
    from ledger.submission import Submission
    from tests.desk import Desk
    from tests.worlds import World

Signers = list[tuple[str, "Ed25519Signer"]]
FROM = "2026-01-05T01:00:00.000Z"
TO = "2026-02-05T00:00:00.000Z"


def admitting(world: World) -> Submission:
    """The policy that admits the three kinds."""
    kinds = ("administrator/1", "deputation/1", "override/1")
    policy = Policy(occurred_on=DAY, id="mandates", effective_on=DAY, title="授权", admits=kinds)
    return world.submission(AUDIT, policy)


def id_of(signer: Ed25519Signer) -> str:
    """The id of a key."""
    return key_id(signer.alg, signer.public)


@pytest.fixture
def open_desk(world: World, desk: Desk) -> Desk:
    """The desk with the three kinds admitted."""
    desk.must(admitting(world))
    return desk


def test_none_of_the_kinds_is_there_before_a_policy_admits_it(world: World, desk: Desk) -> None:
    """So that an older verifier says that it is too old, and not that the log is broken."""
    leaders = hired(world, desk, COUNTY, "approver", "head", "second")
    declared = Override(occurred_on=DAY, action="declare", reason="抢险")
    posted = world.submission(COUNTY, declared, world.paid("L1", 1), signers=leaders)
    assert codes(desk.post(posted)) == ["kind-unadmitted"]
    desk.must(admitting(world))
    assert desk.post(posted) == ()


# --- deputations ------------------------------------------------------------------------------------------


def clerk(world: World, desk: Desk, **changes: object) -> Ed25519Signer:
    """A further person of the county, who may approve and neither make nor check."""
    (pair,) = hired(world, desk, COUNTY, "approver", "clerk", **changes)
    return pair[1]


def granted(world: World, deputy: Ed25519Signer, /, **changes: object) -> Deputation:
    """The county's checker lends his role to `deputy`."""
    event = Deputation(
        occurred_on=DAY, action="grant", id="dep-1", principal=id_of(world.seats[COUNTY].keys["checker"]),
        deputy=id_of(deputy), role="checker", valid_from=FROM, valid_to=TO, reason="休假",
    )  # fmt: skip
    return msgspec.structs.replace(event, **changes)


def by_deputy(world: World, deputy: Ed25519Signer, *, amount: int = 1) -> Submission:
    """A payment that the deputy checks."""
    signers: Signers = [("maker", world.seats[COUNTY].keys["maker"]), ("checker", deputy)]
    return world.submission(COUNTY, world.paid("L1", amount), signers=signers)


def test_a_deputy_signs_within_the_window_only(world: World, open_desk: Desk) -> None:
    """Not before the grant, not before it begins, not from its end on; nothing has to be posted for that."""
    deputy = clerk(world, open_desk)
    assert codes(open_desk.post(by_deputy(world, deputy))) == ["key-role"]
    open_desk.must(world.submission(COUNTY, granted(world, deputy)))
    assert open_desk.post(by_deputy(world, deputy)) == ()
    for moment, told in (("2026-02-04T23:59:59.999Z", []), (TO, ["key-role"])):
        assert codes(open_desk.post(by_deputy(world, deputy), recorded=moment)) == told
    later = granted(world, deputy, id="dep-2", valid_from=TO, valid_to="2026-03-01T00:00:00.000Z")
    open_desk.must(world.submission(COUNTY, later))
    assert codes(open_desk.post(by_deputy(world, deputy), recorded="2026-02-04T00:00:00.000Z")) == []


def test_a_deputation_ends_early_and_with_the_principals_key(world: World, open_desk: Desk) -> None:
    """By the pair, once; and a revoked principal lends nothing."""
    deputy = clerk(world, open_desk)
    end = Deputation(occurred_on=DAY, action="end", id="dep-1")
    open_desk.must(world.submission(COUNTY, granted(world, deputy)))
    open_desk.must(world.submission(COUNTY, end))
    assert codes(open_desk.post(by_deputy(world, deputy))) == ["key-role"]
    assert codes(open_desk.post(world.submission(COUNTY, end))) == ["deputation-unknown"]
    open_desk.must(world.submission(COUNTY, granted(world, deputy, id="dep-2")))
    assert open_desk.post(by_deputy(world, deputy)) == ()
    principal = id_of(world.seats[COUNTY].keys["checker"])
    open_desk.must(world.submission("admin-a", Key(occurred_on=DAY, action="revoke", key=principal)))
    assert codes(open_desk.post(by_deputy(world, deputy))) == ["key-role"]


def test_the_principal_himself_grants(world: World, open_desk: Desk) -> None:
    """Without his signature in that role nobody lends it."""
    deputy = clerk(world, open_desk)
    others = hired(world, open_desk, COUNTY, "checker", "second-checker")
    signers = [("maker", world.seats[COUNTY].keys["maker"]), *others]
    refused = world.submission(COUNTY, granted(world, deputy), signers=signers)
    assert codes(open_desk.post(refused)) == ["deputation-principal"]
    assert open_desk.post(world.submission(COUNTY, granted(world, deputy))) == ()


def test_a_deputy_counts_as_both_persons(world: World, open_desk: Desk) -> None:
    """Nobody makes, and has it checked in his own name by another."""
    both = hired(world, open_desk, COUNTY, "checker", "chief", roles=("maker", "checker"))[0][1]
    deputy = clerk(world, open_desk)
    open_desk.must(
        world.submission(
            COUNTY, granted(world, deputy, principal=id_of(both)),
            signers=[("maker", world.seats[COUNTY].keys["maker"]), ("checker", both)],
        )
    )  # fmt: skip
    assert open_desk.post(by_deputy(world, deputy)) == ()
    signers: Signers = [("maker", both), ("checker", deputy)]
    circle = world.submission(COUNTY, world.paid("L1", 1), signers=signers)
    assert codes(open_desk.post(circle)) == ["separation", "separation"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"valid_to": "2026-04-07T01:00:00.000Z"}, []),
        ({"valid_to": "2026-04-07T01:00:00.001Z"}, ["deputation-window"]),
        ({"valid_to": FROM}, ["deputation-window"]),
        ({"valid_to": "2026-02-30T00:00:00.000Z"}, ["deputation-window"]),
        ({"deputy": "0" * 64}, ["deputation-key"]),
        ({"role": "maker"}, ["deputation-principal"]),
    ],
)
def test_grants_that_may_not_be(
    world: World, open_desk: Desk, changes: dict[str, Any], told: list[str]
) -> None:
    """A quarter at most, a real and open window, a key of the party, a role that the principal signs in."""
    deputy = clerk(world, open_desk)
    posted = world.submission(COUNTY, granted(world, deputy, **changes))
    assert codes(open_desk.post(posted)) == told


def test_a_deputy_is_another_person_of_the_same_party(world: World, open_desk: Desk) -> None:
    """Not the principal's second key, and nobody else's clerk."""
    same = clerk(world, open_desk, person=f"{COUNTY}-checker")
    assert codes(open_desk.post(world.submission(COUNTY, granted(world, same)))) == ["deputation-same"]
    foreign = world.seats[UNIT].keys["maker"]
    assert codes(open_desk.post(world.submission(COUNTY, granted(world, foreign)))) == ["deputation-key"]


# --- overrides --------------------------------------------------------------------------------------------


def declared(world: World, signers: Signers, *more: AnyEvent, first: bool = True) -> Submission:
    """An override over `more`, a payment if nothing is given."""
    override = Override(occurred_on=DAY, action="declare", reason="抢险")
    events = more or (world.paid("L1", 1),)
    return world.submission(COUNTY, *((override, *events) if first else (*events, override)), signers=signers)


def test_two_leaders_act_in_an_emergency(world: World, open_desk: Desk) -> None:
    """Two persons with two devices, of the party; one of them is not enough, nor a maker beside him."""
    leaders = hired(world, open_desk, COUNTY, "approver", "head", "second")
    twin = hired(world, open_desk, COUNTY, "approver", "head-2", person="head")
    assert open_desk.post(declared(world, leaders)) == ()
    for too_few in (leaders[:1], [leaders[0], *twin], [leaders[0], *world.signers(COUNTY)]):
        assert codes(open_desk.post(declared(world, too_few))) == ["signature-missing"]
    alone = world.submission(COUNTY, world.paid("L1", 1), signers=leaders)
    assert codes(open_desk.post(alone)) == ["signature-missing"] * 2


def test_an_override_asks_for_no_less_than_the_tier(world: World, open_desk: Desk) -> None:
    """Where three must approve, two leaders are too few."""
    leaders = hired(world, open_desk, COUNTY, "approver", "head", "second", "third")
    open_desk.must(world.submission(AUDIT, tier(10, 3)))
    payment = world.paid("L1", 10)
    assert codes(open_desk.post(declared(world, leaders[:2], payment))) == ["signature-missing"]
    assert open_desk.post(declared(world, leaders, payment)) == ()


def test_what_an_override_covers(world: World, open_desk: Desk) -> None:
    """Payments and what leads to them; it stands first, once, and never alone; it lifts no ceiling."""
    leaders = hired(world, open_desk, COUNTY, "approver", "head", "second")
    payment = world.paid("L1", 1)
    again = Override(occurred_on=DAY, action="declare", reason="抢险")
    only = world.submission(COUNTY, again, signers=leaders)
    assert codes(open_desk.post(only)) == ["override"]
    assert codes(open_desk.post(declared(world, leaders, payment, first=False))) == ["override"]
    assert codes(open_desk.post(declared(world, leaders, again, payment))) == ["override"]
    assert codes(open_desk.post(declared(world, leaders, world.accounts()[0]))) == ["override"]
    assert codes(open_desk.post(declared(world, leaders, world.paid("L1", 100_001)))) == ["line-exceeded"]


def test_an_override_is_ratified_once_by_its_own_party(world: World, open_desk: Desk) -> None:
    """By maker and checker; not one that nobody declared."""
    leaders = hired(world, open_desk, COUNTY, "approver", "head", "second")
    covered = declared(world, leaders)
    open_desk.must(covered)
    ratified = Override(occurred_on=DAY, action="ratify", reason="补签", event=event_name(covered.header, 0))
    assert codes(open_desk.post(world.submission(UNIT, ratified))) == ["actor"]
    assert open_desk.post(world.submission(COUNTY, ratified)) == ()
    assert codes(open_desk.post(world.submission(COUNTY, ratified))) == ["override-unknown"]


# --- administrators ---------------------------------------------------------------------------------------


def appointed(name: str, duty: Duty, **changes: object) -> AdministratorChange:
    """The appointment of `name`, whose key is made from the name."""
    signer = signer_named(name)
    event = AdministratorChange(
        occurred_on=DAY, action="appoint", id=name, duty=duty, person=f"{name}-p", device=f"{name}-d", alg="ed25519",
        key=id_of(signer), public=base64.b64encode(signer.public).decode(),
    )  # fmt: skip
    return msgspec.structs.replace(event, **changes)


def by(world: World, *names: str) -> Signers:
    """The signatures of these administrators."""
    return [("administrator", world.administrators.get(name) or signer_named(name)) for name in names]


def change(
    world: World, *events: AdministratorChange, signers: Signers | None = None, proofs: bool = True
) -> Submission:
    """Changes of administrators, signed by the first two and by the new keys, unless told otherwise."""
    new = [("possession", signer_named(one.id)) for one in events if one.action == "appoint" and proofs]
    return world.submission("admin-a", *events, signers=[*(signers or by(world, "admin-a", "admin-b")), *new])


@pytest.fixture
def split(world: World, open_desk: Desk) -> Desk:
    """Three duties: system (sys-1, sys-2), security (sec-1, sec-2), audit (aud-1); the first two are gone."""
    open_desk.must(
        change(
            world, appointed("sys-1", "system"), appointed("sys-2", "system"),
            appointed("sec-1", "security"), appointed("sec-2", "security"),
            appointed("aud-1", "audit"),
        )
    )  # fmt: skip
    gone = [AdministratorChange(occurred_on=DAY, action="dismiss", id=f"admin-{one}") for one in "ab"]
    open_desk.must(world.submission("sec-1", *gone, signers=by(world, "admin-a", "admin-b", "aud-1")))
    return open_desk


def test_who_dismissed_himself_does_nothing_more(world: World, split: Desk) -> None:
    """Not even in the same submission; the others go on."""
    own = AdministratorChange(occurred_on=DAY, action="dismiss", id="sys-1")
    extra = appointed("sys-3", "system")
    new: Signers = [("possession", signer_named("sys-3"))]
    signers = by(world, "sec-1", "sec-2", "aud-1")
    split.must(world.submission("sec-1", extra, signers=[*signers, *new]))
    alone = AdministratorChange(occurred_on=DAY, action="dismiss", id="sec-1")
    third = appointed("sec-3", "security")
    proof: Signers = [("possession", signer_named("sec-3"))]
    posted = world.submission("sec-1", third, alone, own, signers=[*signers, *proof])
    assert codes(split.post(posted)) == ["actor"]
    assert split.post(world.submission("sec-1", own, signers=signers)) == ()


def party(world: World) -> Party:
    """A new body with a role that administrators alone grant."""
    return msgspec.structs.replace(world.seats[AUDIT].party, id="jl-audit-2")


def test_each_duty_signs_its_own_acts_and_no_other(world: World, split: Desk) -> None:
    """Parties by system, keys by security; audit signs neither; who is dismissed signs nothing."""
    new = signer_named("new key")
    key = world.key_event(world.seats[UNIT].party, "maker", new)
    for names, event, proofs, told in (
        (("sys-1", "sys-2"), party(world), [], []),
        (("sec-1", "sec-2"), party(world), [], ["threshold", "duty", "duty"]),
        (("sec-1", "sec-2"), key, [("possession", new)], []),
        (("sys-1", "sys-2"), key, [("possession", new)], ["threshold", "duty", "duty"]),
        (("sec-1", "sys-1"), key, [("possession", new)], ["threshold", "duty"]),
        (("aud-1", "sec-1"), key, [("possession", new)], ["threshold", "duty"]),
    ):
        mark = split.register.mark()
        submission = world.submission(names[0], event, signers=[*by(world, *names), *proofs])
        split.settles = False
        assert codes(split.post(submission)) == told, names
        split.register.rollback(mark)
    gone = world.submission("admin-a", party(world))
    assert codes(split.post(gone)) == ["key-unknown", "key-unknown"]


def test_the_one_in_the_header_has_the_duty_too(world: World, split: Desk) -> None:
    """Nobody acts under another duty's name."""
    submission = world.submission("sec-1", party(world), signers=by(world, "sys-1", "sys-2"))
    assert codes(split.post(submission)) == ["actor"]


def test_audit_countersigns_changes_of_administrators(world: World, split: Desk) -> None:
    """Security appoints, and whoever reads along signs too; his signature does not count for the threshold."""
    event = appointed("sec-3", "security")

    def posted(*names: str) -> list[str]:
        signers = [*by(world, *names), ("possession", signer_named("sec-3"))]
        return codes(split.post(world.submission("sec-1", event, signers=signers)))

    assert posted("sec-1", "sec-2") == ["duty-audit"]
    assert posted("sec-1", "aud-1") == ["threshold"]
    assert posted("sec-1", "sec-2", "sys-1", "aud-1") == ["duty"]
    assert posted("sec-1", "sec-2", "aud-1") == []


def test_nobody_holds_two_duties(world: World, open_desk: Desk) -> None:
    """Neither one person, nor one device, nor one key; and who has a duty keeps it."""
    open_desk.must(change(world, appointed("sys-1", "system"), appointed("sec-1", "security")))
    key = appointed("sys-1", "system")
    for changes in ({"person": "sys-1-p"}, {"device": "sys-1-d"}):
        twin = appointed("twin", "security", **changes)
        assert codes(open_desk.post(change(world, twin))) == ["administrator-twice"]
    same_key = appointed("twin", "security", key=key.key, public=key.public)
    proof: Signers = [*by(world, "admin-a", "admin-b"), ("possession", signer_named("sys-1"))]
    assert codes(open_desk.post(change(world, same_key, signers=proof, proofs=False))) == [
        "administrator-twice"
    ]
    again = AdministratorChange(occurred_on=DAY, action="assign", id="sys-1", duty="security")
    assert codes(open_desk.post(change(world, again))) == ["administrator-duty"]
    first = AdministratorChange(occurred_on=DAY, action="assign", id="admin-a", duty="security")
    assert open_desk.post(change(world, first)) == ()


def test_an_administrator_holds_no_business_role(world: World, open_desk: Desk) -> None:
    """Whose person or device signs business is appointed nothing, and the other way round."""
    for changes in ({"person": f"{UNIT}-maker"}, {"device": f"{UNIT}-maker-token"}):
        event = appointed("sys-1", "system", **changes)
        assert codes(open_desk.post(change(world, event))) == ["administrator-twice"]
    open_desk.must(change(world, appointed("sys-1", "system")))
    new = signer_named("new key")
    key = world.key_event(world.seats[UNIT].party, "maker", new)
    business = msgspec.structs.replace(key, person="sys-1-p")
    signers = [*by(world, "admin-a", "admin-b"), ("possession", new)]
    assert codes(open_desk.post(world.submission("admin-a", business, signers=signers))) == [
        "key-administrator"
    ]
    named = msgspec.structs.replace(world.seats[UNIT].party, id="sys-1")
    assert "id-duplicate" in codes(open_desk.post(world.submission("admin-a", named)))


def test_nobody_is_locked_out(world: World, open_desk: Desk) -> None:
    """Each duty that signs keeps as many as the threshold asks for, with or without a duty of their own."""
    dismissed = AdministratorChange(occurred_on=DAY, action="dismiss", id="admin-b")
    audit = AdministratorChange(occurred_on=DAY, action="assign", id="admin-b", duty="audit")
    security = AdministratorChange(occurred_on=DAY, action="assign", id="admin-b", duty="security")
    for event, number in ((dismissed, 2), (audit, 2), (security, 1)):
        assert codes(open_desk.post(change(world, event))) == ["administrator-lockout"] * number
    assert open_desk.post(change(world, appointed("sys-1", "system"), security)) == ()


def test_what_may_not_be_appointed(world: World, open_desk: Desk) -> None:
    """An id that is taken, by a party or by an administrator long gone; a key that is none, or is not shown to be held."""
    taken = appointed(COUNTY, "system")
    assert codes(open_desk.post(change(world, taken))) == ["id-duplicate"]
    strange = appointed("sys-1", "system", key="0" * 64)
    assert codes(open_desk.post(change(world, strange, proofs=False))) == ["possession"]
    unproved = appointed("sys-1", "system")
    assert codes(open_desk.post(change(world, unproved, proofs=False))) == ["possession"]
    open_desk.must(change(world, unproved))
    gone = AdministratorChange(occurred_on=DAY, action="dismiss", id="sys-1")
    open_desk.must(change(world, gone))
    assert codes(open_desk.post(change(world, gone))) == ["administrator-unknown"]
    assert codes(open_desk.post(change(world, unproved))) == ["id-duplicate"]
    named = msgspec.structs.replace(world.seats[UNIT].party, id="sys-1")
    assert codes(open_desk.post(world.submission("admin-a", named))) == ["id-duplicate"]
