# SPDX-License-Identifier: Apache-2.0
"""Packs of what a deputy signed, and of what rests on appointed administrators: they hold who let them, or are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.entry import EventEntry, parse_entry
from ledger.errors import InputError, ProofError, SignatureError
from ledger.kinds.form import kind_of
from ledger.kinds.mandate import AdministratorChange
from tests.ledger.test_log_key_changes import adding
from tests.ledger.test_log_key_changes import admitting as admitting_log_keys
from tests.ledger.test_mandates import admitting, appointed, by, by_deputy, change, granted, id_of
from tests.malicious.forger import judge
from tests.verifier.evidence.cases import a_log, pack_bytes, pack_of, trusting
from tests.worlds import COUNTY, DAY, signer_named
from verifier.evidence.pack import parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.kinds.registry import KeyRole
    from ledger.rights import Duty
    from ledger.submission import Submission
    from tests.malicious.forger import Forger
    from tests.worlds import World
    from verifier.evidence.pack import Pack

Log = tuple["Forger", int]


def key_of(world: World, name: str, role: KeyRole, *administrators: str) -> Submission:
    """A key of the county for `name`, registered by those administrators, in the name of the first."""
    signer = signer_named(f"{COUNTY} {name}")
    event = msgspec.structs.replace(
        world.key_event(world.seats[COUNTY].party, role, signer), person=name, device=f"{name}-t"
    )
    signers = [*by(world, *administrators), ("possession", signer)]
    return world.submission(administrators[0], event, signers=signers)


@pytest.fixture(scope="module")
def lent() -> Log:
    """A log in which the checker lends his role to the clerk, who signs the grant to a stand-in as checker too."""
    forger, _ = a_log()
    world = forger.world
    clerk, stand_in = (signer_named(f"{COUNTY} {name}") for name in ("clerk", "stand-in"))
    forger.post(admitting(world))
    for name in ("clerk", "stand-in"):
        forger.post(key_of(world, name, "approver", "admin-a", "admin-b"))
    forger.post(world.submission(COUNTY, granted(world, clerk)))
    maker = world.seats[COUNTY].keys["maker"]
    second = granted(world, stand_in, id="dep-2", principal=id_of(maker), role="maker")
    forger.post(world.submission(COUNTY, second, signers=[("maker", maker), ("checker", clerk)]))
    forger.post(by_deputy(world, clerk))
    paid = world.submission(COUNTY, world.paid("L1", 3), signers=[("maker", stand_in), ("checker", clerk)])
    return forger, forger.post(paid) + 1


@pytest.fixture(scope="module")
def appointing() -> Log:
    """A log whose first administrators are gone, and a payment that is checked with a key of the next ones' making."""
    forger, _ = a_log()
    world = forger.world
    forger.post(admitting(world), admitting_log_keys(world))
    names: dict[str, Duty] = {
        "sys-1": "system",
        "sys-2": "system",
        "sec-1": "security",
        "sec-2": "security",
        "aud-1": "audit",
    }
    forger.post(change(world, *(appointed(name, duty) for name, duty in names.items())))
    gone = [AdministratorChange(occurred_on=DAY, action="dismiss", id=f"admin-{one}") for one in "ab"]
    forger.post(world.submission("sec-1", *gone, signers=by(world, "admin-a", "admin-b", "aud-1")))
    forger.post(key_of(world, "clerk", "checker", "sec-1", "sec-2"))
    added = adding(world).events
    forger.post(world.submission("sys-1", *added, signers=by(world, "sys-1", "sys-2")))
    clerk = signer_named(f"{COUNTY} clerk")
    signers = [("maker", world.seats[COUNTY].keys["maker"]), ("checker", clerk)]
    return forger, forger.post(world.submission(COUNTY, world.paid("L1", 3), signers=signers)) + 1


def positions(pack: Pack, kind: str) -> list[int]:
    """Where the pack holds events of that kind."""
    entries = {seq: parse_entry(data, place="entry") for seq, data in pack.entries.items()}
    return [seq for seq, one in entries.items() if isinstance(one, EventEntry) and kind_of(one.event) == kind]


def without(pack: Pack, seqs: Iterable[int]) -> Pack:
    """The pack without these entries."""
    gone = set(seqs)
    return replace(
        pack,
        entries={seq: one for seq, one in pack.entries.items() if seq not in gone},
        receipts={seq: one for seq, one in pack.receipts.items() if seq not in gone},
        paths={seq: one for seq, one in pack.paths.items() if seq not in gone},
    )


def test_a_key_registered_beside_an_appointment(appointing: Log) -> None:
    """In one submission, which an administrator of duty audit signed too: key, appointment, and what the key then signs."""
    forger = replace(appointing[0], entries=list(appointing[0].entries))
    world, clerk = forger.world, signer_named(f"{COUNTY} beside")
    made = world.key_event(world.seats[COUNTY].party, "checker", clerk)
    key = msgspec.structs.replace(made, person="beside", device="beside-t")
    proofs = [("possession", clerk), ("possession", signer_named("sec-3"))]
    signers = [*by(world, "sec-1", "sec-2", "aud-1"), *proofs]
    head = forger.post(world.submission("sec-1", key, appointed("sec-3", "security"), signers=signers))
    pair = [("maker", world.seats[COUNTY].keys["maker"]), ("checker", clerk)]
    paid = forger.post(world.submission(COUNTY, world.paid("L1", 1), signers=pair)) + 1
    assert judge(forger.files()).outcome != "broken"
    for seq in (head, head + 1, head + 2, paid):
        assert check_pack(parse_pack(pack_bytes(forger, seq)), trusting(forger)).outcome == "verified"


@pytest.mark.parametrize("made", ["lent", "appointing"])
def test_every_entry_has_a_pack(made: str, request: pytest.FixtureRequest) -> None:
    """All that follow the opening, headers too; with the policy of the log, and with nothing brought."""
    forger, subject = request.getfixturevalue(made)
    assert judge(forger.files()).outcome == "self-consistent"
    for seq in range(len(a_log()[0].entries), subject + 1):
        pack = parse_pack(pack_bytes(forger, seq))
        assert check_pack(pack, trusting(forger)).outcome == "verified", seq
        assert check_pack(pack, Trust()).outcome == "self-consistent", seq


def test_it_says_who_signed_and_for_whom(lent: Log) -> None:
    """In both languages; nobody signs for anybody who signs for himself."""
    forger, subject = lent
    told = check_pack(pack_of(*lent), trusting(forger)).signed
    assert [one.en.partition(", key")[0] for one in told] == [
        f"signed as checker by clerk of 农安县财政局 ({COUNTY}) on behalf of {COUNTY}-checker",
        f"signed as maker by stand-in of 农安县财政局 ({COUNTY}) on behalf of {COUNTY}-maker",
    ]
    assert all(f"代 {COUNTY}-" in one.zh for one in told)
    before = check_pack(pack_of(forger, subject - 2), trusting(forger)).signed
    assert [" on behalf of " in one.en for one in before] == [True, False]


def test_without_its_grant_a_signature_lacks_its_role(lent: Log) -> None:
    """Both grants and the keys of those who gave them are there, and each of them is needed."""
    forger, _ = lent
    pack = pack_of(*lent)
    grants = positions(pack, "deputation")
    assert len(grants) == 2
    for one in grants:
        with pytest.raises(SignatureError, match="may not sign as"):
            check_pack(without(pack, [one]), trusting(forger))
    for one in positions(pack, "key"):
        with pytest.raises((SignatureError, ProofError)):
            check_pack(without(pack, [one]), trusting(forger))


def test_a_grant_that_is_over_is_none(lent: Log) -> None:
    """A log that took a signature after the end of the window, or after its early end, cannot be packed."""
    forger, _ = a_log()
    world, clerk = forger.world, signer_named(f"{COUNTY} clerk")
    forger.post(admitting(world), key_of(world, "clerk", "approver", "admin-a", "admin-b"))
    grant = granted(world, clerk, valid_to="2026-01-05T01:00:00.001Z")
    forger.post(world.submission(COUNTY, grant))
    late = forger.post(by_deputy(world, clerk)) + 1
    with pytest.raises(SignatureError, match="may not sign as checker"):
        pack_bytes(forger, late)
    assert lent


def test_without_its_appointment_an_administrator_is_nobody(appointing: Log) -> None:
    """The pack holds every change of administrators; each appointment of a signer is needed."""
    forger, _ = appointing
    pack = pack_of(*appointing)
    changes = positions(pack, "administrator")
    assert len(changes) == 7
    with pytest.raises(InputError):
        check_pack(without(pack, changes), trusting(forger))
    for one in changes[2:4]:
        with pytest.raises(InputError):
            check_pack(without(pack, [one]), trusting(forger))


@pytest.mark.parametrize(
    ("first", "second", "stands"), [("sec-1", "sec-2", True), ("admin-a", "admin-b", False)]
)
def test_who_was_dismissed_registers_no_key(appointing: Log, first: str, second: str, stands: bool) -> None:
    """A log that took it cannot be packed; the twin by those in office can."""
    forger = replace(appointing[0], entries=list(appointing[0].entries))
    seq = forger.post(key_of(forger.world, f"late-{first}", "checker", first, second)) + 1
    if stands:
        assert parse_pack(pack_bytes(forger, seq)).subject == seq
    else:
        with pytest.raises(SignatureError):
            pack_bytes(forger, seq)


def test_an_ordinary_pack_holds_nothing_of_it(lent: Log) -> None:
    """What nobody lent is signed with four registrations, as ever."""
    forger, subject = lent
    issued = next(seq for seq in range(subject) if b'"kind":"allocation"' in forger.entries[seq])
    assert positions(pack_of(forger, issued), "deputation") == []
