# SPDX-License-Identifier: Apache-2.0
"""Signatures, keys and administrators: who may sign what, and since when."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.entry import genesis_entry_bytes
from ledger.errors import FormatError
from ledger.first_entry import found
from ledger.genesis import sign_genesis
from ledger.keys import key_id
from ledger.kinds.registry import Key
from ledger.posting import admit
from ledger.register import Register
from ledger.submission import assemble, parse_wire, sign, wire_bytes
from tests.desk import Desk, codes
from tests.worlds import COUNTY, DAY, UNIT, signer_named

if TYPE_CHECKING:
    from ledger.keys import Ed25519Signer
    from ledger.submission import Submission
    from tests.worlds import World


BY = "2026-01-05T02:00:00.000Z"


def test_a_revoked_key_signs_no_more(world: World, desk: Desk) -> None:
    """Revocation acts from its own position on."""
    maker = world.seats[COUNTY].keys["maker"]
    revoke = Key(occurred_on=DAY, action="revoke", key=key_id(maker.alg, maker.public))
    assert desk.post(world.pay("L1", 1)) == ()
    assert desk.post(world.submission("admin-a", revoke)) == ()
    assert codes(desk.post(world.pay("L1", 1))) == ["key-revoked"]
    assert codes(desk.post(world.submission("admin-a", revoke))) == ["key-revoke"]


def test_key_validity_is_judged_by_the_recorded_instant(world: World, desk: Desk) -> None:
    """Before its window a key does not count, whatever was signed when."""
    before = world.submission(COUNTY, world.paid("L1", 1), signed_at="2026-01-05T00:59:59.000Z")
    assert codes(desk.post(before)) == ["key-validity"] * 2
    register = desk.register
    state = next(
        s for s in register.keys.values() if s.registered.holder == COUNTY and "maker" in s.registered.roles
    )
    ended = msgspec.structs.replace(state.registered, valid_to=BY)
    register.put(register.keys, state.registered.key, replace(state, registered=ended))
    assert "key-validity" in codes(desk.post(world.pay("L1", 1), recorded=BY))


def test_maker_and_checker_are_two_persons_and_two_devices(world: World, desk: Desk) -> None:
    """Two keys of one person do not make two signatures."""
    register = desk.register
    states = {
        next(iter(s.registered.roles)): s for s in register.keys.values() if s.registered.holder == COUNTY
    }
    for what in ("person", "device"):
        twin = msgspec.structs.replace(
            states["checker"].registered, **{what: getattr(states["maker"].registered, what)}
        )
        mark = register.mark()
        register.put(register.keys, twin.key, replace(states["checker"], registered=twin))
        assert codes(desk.post(world.pay("L1", 1))) == ["separation"]
        register.rollback(mark)
    assert desk.post(world.pay("L1", 1)) == ()


def with_approver(world: World, desk: Desk, **changes: object) -> Submission:
    """A payment that an approver of the county signs too, whose key is registered with `changes`."""
    approver = signer_named("approver")
    registered = msgspec.structs.replace(
        world.key_event(world.seats[COUNTY].party, "approver", approver), **changes
    )
    proved = [*world.signers("admin-a"), ("possession", approver)]
    desk.must(world.submission("admin-a", registered, signers=proved))
    signers = [*world.signers(COUNTY), ("approver", approver)]
    return world.submission(COUNTY, world.paid("L1", 1), signers=signers)


@pytest.mark.parametrize("whose", ["maker", "checker"])
@pytest.mark.parametrize("what", ["person", "device"])
def test_no_two_roles_are_one_person_or_one_device(world: World, desk: Desk, whose: str, what: str) -> None:
    """An approver who made or checked it under another key, or whose key lies on the same device, is refused."""
    mark = f"{COUNTY}-{whose}" + ("-token" if what == "device" else "")
    problems = desk.post(with_approver(world, desk, **{what: mark}))
    assert codes(problems) == ["separation"]
    assert problems[0].message_en == f"{whose} and approver are the same {what}"


def test_a_third_person_may_sign_too(world: World, desk: Desk) -> None:
    """With a device of his own."""
    assert desk.post(with_approver(world, desk)) == ()


def test_a_genesis_must_be_signed_by_every_administrator(world: World) -> None:
    """A ledger cannot be founded without the signature of each first administrator."""
    broken = world.genesis_entry.replace(
        world.genesis_signatures[0].sig.encode(), world.genesis_signatures[1].sig.encode()
    )
    with pytest.raises(FormatError, match="no good signature"):
        found(Register(), broken)


def test_sixteen_signatures_at_most(world: World) -> None:
    """More than 16 signatures are refused as form, before any is checked."""
    keys = [("maker", signer_named(f"k{number}")) for number in range(17)]
    header = world.pay("L1", 1).header
    many = assemble(
        events=[world.paid("L1", 1)],
        header=lambda count, root: msgspec.structs.replace(header, count=count, root=root),
        signers=keys,
    )
    with pytest.raises(FormatError, match="1 to 16"):
        parse_wire(wire_bytes(many))
    assert base64.b64decode(many.signatures[0].sig)


def registering(world: World, signer: Ed25519Signer, **changes: object) -> Submission:
    """The administrators register `signer` as a maker of the unit, with `changes` to the event."""
    event = msgspec.structs.replace(world.key_event(world.seats[UNIT].party, "maker", signer), **changes)
    signers = [*world.signers("admin-a"), ("possession", signer)]
    return world.submission("admin-a", event, signers=signers)


def test_a_new_key_signs_from_then_on(world: World, desk: Desk) -> None:
    """Registered with its own signature, and not again: neither at once, nor later, nor after its revocation."""
    new = signer_named("new")
    event = world.key_event(world.seats[UNIT].party, "maker", new)
    revoke = Key(occurred_on=DAY, action="revoke", key=event.key)
    signers = [*world.signers("admin-a"), ("possession", new)]
    assert codes(desk.post(world.submission("admin-a", event, event, signers=signers))) == ["id-duplicate"]
    desk.must(registering(world, new))
    assert codes(desk.post(registering(world, new))) == ["id-duplicate"]
    desk.must(world.submission("admin-a", revoke))
    assert codes(desk.post(registering(world, new))) == ["id-duplicate"]
    assert codes(desk.post(world.submission("admin-a", revoke, event, signers=signers))) == [
        "key-revoke",
        "id-duplicate",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"public": "AAAAA"}, "key-unknown"),  # no base64
        ({"public": "AAAA"}, "key-unknown"),  # too short
        ({"key": "0" * 64}, "key-unknown"),  # the id of no key
        ({"roles": ("administrator",)}, "key-administrator"),
        ({"person": "admin-a-person"}, "key-administrator"),
        ({"device": "admin-b-token"}, "key-administrator"),
        ({"valid_to": "2026-01-05T01:00:00.000Z"}, "key-window"),
        ({"valid_from": "2026-02-31T01:00:00.000Z"}, "instant"),
        ({"valid_to": "2026-12-31T24:00:00.000Z"}, "instant"),
    ],
)
def test_keys_that_cannot_be_registered(world: World, desk: Desk, changes: dict[str, Any], code: str) -> None:
    """Material that is no key, the persons and devices of administrators, windows that never open."""
    assert code in codes(desk.post(registering(world, signer_named("new"), **changes)))


def test_an_administrators_key_is_no_business_key(world: World, desk: Desk) -> None:
    """Who grants rights holds none."""
    assert codes(desk.post(registering(world, world.administrators["admin-a"]))) == ["key-administrator"]


def test_key_material_is_checked_without_signatures_too(world: World, desk: Desk) -> None:
    """Where signatures were checked elsewhere, broken material is still a problem and no crash."""
    for public in ("AAAAA", "AAAA"):
        broken = registering(world, signer_named("new"), public=public)
        problems = admit(
            desk.register,
            broken,
            seq=desk.size,
            recorded=broken.header.signed_at,
            past=desk.past,
            signatures=False,
        )
        assert codes(problems) == ["key-id"]


def test_a_compromise_dated_at_no_real_moment(world: World, desk: Desk) -> None:
    """The moment from which entries are listed for review exists."""
    maker = world.seats[COUNTY].keys["maker"]
    revoke = Key(
        occurred_on=DAY, action="revoke", key=key_id(maker.alg, maker.public),
        compromised_since="2026-01-32T00:00:00.000Z",
    )  # fmt: skip
    assert codes(desk.post(world.submission("admin-a", revoke))) == ["instant"]


def test_a_signature_of_an_unknown_suite(world: World, desk: Desk) -> None:
    """A suite that this program does not know, or not that of the key, is a problem and no crash."""
    good = world.pay("L1", 1)
    forged = tuple(msgspec.structs.replace(one, alg="sm2-sm3") for one in good.signatures)
    assert codes(desk.post(replace(good, signatures=forged))) == ["signature-suite"] * 2


def test_an_administrator_signs_for_no_bureau(world: World, desk: Desk) -> None:
    """Neither as maker nor in the administrators' own role beside maker and checker."""
    signers = [*world.signers(COUNTY), *world.signers("admin-a")]
    assert "key-unknown" in codes(desk.post(world.submission(COUNTY, world.paid("L1", 1), signers=signers)))


def test_a_signature_beyond_the_two_must_be_rightful_as_well(world: World, desk: Desk) -> None:
    """A third signature, good but of another party, refuses the whole."""
    good = world.pay("L1", 1)
    third = sign(good.header, role="maker", signer=world.seats[UNIT].keys["maker"])
    many = tuple(sorted((*good.signatures, third), key=lambda one: (one.role, one.key)))
    assert codes(desk.post(replace(good, signatures=many))) == ["key-holder"]


def _genesis_with(world: World, **changes: object) -> bytes:
    genesis = msgspec.structs.replace(world.genesis, **changes)
    return genesis_entry_bytes(genesis, sign_genesis(genesis, list(world.administrators.values())))


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "localtime", "Factory", "Asia"])
def test_a_genesis_names_a_time_zone_that_exists(world: World, zone: str) -> None:
    """Found at once, and not when the first business date is needed; the machine's own zone is none."""
    with pytest.raises(FormatError, match="time zone"):
        found(Register(), _genesis_with(world, time_zone=zone))


def test_a_genesis_of_another_age(world: World) -> None:
    """A ledger founded in the year 9999 could never record anything."""
    with pytest.raises(FormatError, match="another age"):
        found(Register(), _genesis_with(world, created_at="9999-01-01T00:00:00.000Z"))


@pytest.mark.parametrize("what", ["person", "device"])
def test_two_keys_of_one_administrator_are_one_signature(world: World, what: str) -> None:
    """A third key of the first person, or on the first device, does not help to reach the threshold."""
    first, second = world.genesis.administrators
    spare = signer_named("third key")
    public = base64.b64encode(spare.public).decode()
    third = msgspec.structs.replace(second, id="admin-c", key=key_id(spare.alg, spare.public), public=public)
    others = {"person": "p-3", "device": "d-3", what: getattr(first, what)}
    world.administrators["admin-c"] = spare
    administrators = (first, second, msgspec.structs.replace(third, **others))
    world.genesis = msgspec.structs.replace(world.genesis, administrators=administrators)
    world.genesis_signatures = sign_genesis(world.genesis, list(world.administrators.values()))
    register = Register()
    found(register, world.genesis_entry)
    both = [("administrator", world.administrators[name]) for name in ("admin-a", "admin-c")]
    party = world.seats[UNIT].party
    assert codes(Desk(register).post(world.submission("admin-a", party, signers=both))) == ["threshold"]
    assert codes(Desk(register).post(world.submission("admin-a", party))) == ["party-unknown"]


@pytest.mark.parametrize("what", ["person", "device"])
def test_two_administrators_are_two_persons_with_two_devices(world: World, what: str) -> None:
    """A threshold of two cannot be met by one person, nor with one device."""
    first, second = world.genesis.administrators
    twin = msgspec.structs.replace(second, **{what: getattr(first, what)})
    with pytest.raises(ValueError, match=f"exceeds the number .* differ in `{what}`"):
        _genesis_with(world, administrators=(first, twin))
