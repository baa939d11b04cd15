# SPDX-License-Identifier: Apache-2.0
"""Changing the keys of a log: what stands, what is refused, and with which keys checkpoints are signed on the way."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault
from ledger.hashing import leaf_hash
from ledger.kinds.control import Correction
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.registry import Policy
from ledger.log_keys import keys_in, open_own_checkpoint, possession_bytes
from ledger.log_signer import LogSigner
from ledger.note import parse_note
from ledger.policy import parse_policy
from ledger.publisher import publish
from ledger.receipt import check_receipt, parse_receipt
from ledger.sequencer import Sequencer
from ledger.store.engine import reading
from ledger.store.log_key_changes import log_keys_of
from ledger.store.log_reader import LogReader
from tests.desk import codes, open_desk
from tests.ledgers import accept, check_receipt_of, founded, opened, post_all
from tests.worlds import AUDIT, COUNTY, DAY, log_signer_named, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.submission import Submission
    from tests.worlds import World

NEXT = log_signer_named("next log")


def admitting(world: World) -> Submission:
    """The policy without which no key of the log changes."""
    return world.submission(
        AUDIT,
        Policy(
            occurred_on=DAY,
            id="admit-log-keys",
            effective_on=DAY,
            title="准入日志密钥更换",
            admits=("log_key/1",),
        ),
    )


def adding(world: World, signer: LogSigner = NEXT, *, origin: str = "", genesis: str = "") -> Submission:
    """The keys of `signer` are added, each with the proof that it is held."""
    name = origin or world.genesis.origin
    proofs = (
        one.sign(possession_bytes(genesis or world.genesis_hash, vkey))
        for one, vkey in zip(signer.signers, signer.vkeys(name), strict=True)
    )
    return world.submission(
        "admin-a",
        *(
            LogKeyChange(occurred_on=DAY, action="add", vkey=vkey, proof=b64encode(proof).decode())
            for vkey, proof in zip(signer.vkeys(name), proofs, strict=True)
        ),
    )


def retiring(world: World, *vkeys: str) -> Submission:
    """These keys are retired."""
    return world.submission(
        "admin-a", *(LogKeyChange(occurred_on=DAY, action="retire", vkey=vkey) for vkey in vkeys)
    )


# --- what stands and what is refused ----------------------------------------------------------------------


def test_keys_come_and_go() -> None:
    """Current are those of genesis, with what was added and without what was retired."""
    world = make_world()
    desk = open_desk(world)
    old, new = keys_in(world.genesis.log_keys), NEXT.keys(world.genesis.origin)
    desk.must(admitting(world))
    desk.must(adding(world))
    assert desk.register.current_log_keys == (*old, *new)
    desk.must(retiring(world, *world.genesis.log_keys))
    assert desk.register.current_log_keys == new
    assert [one.key for one in desk.register.retired_log_keys] == list(old)


def test_the_kind_needs_a_policy_first() -> None:
    """Genesis admits it in no ledger (ADR 0002)."""
    world = make_world()
    desk = open_desk(world)
    assert set(codes(desk.post(adding(world)))) == {"kind-unadmitted"}
    assert desk.register.current_log_keys == keys_in(world.genesis.log_keys)


def test_only_the_administrators_change_them() -> None:
    """By their threshold; nobody else, and no transcriber."""
    world = make_world()
    desk = open_desk(world)
    desk.must(admitting(world))
    event = adding(world).events[0]
    assert "actor" in codes(desk.post(world.submission(COUNTY, event)))
    one = world.submission("admin-a", event, signers=world.signers("admin-a")[:1])
    assert codes(desk.post(one)) == ["threshold"]


def test_what_is_no_key_of_this_log_is_refused() -> None:
    """Another name, another ledger's proof, a proof by another key, a witness's key, no key."""
    world = make_world()
    desk = open_desk(world)
    desk.must(admitting(world))
    for wrong in (
        adding(world, origin="ledger.example/other"),
        adding(world, genesis="00" * 32),
        adding(world, LogSigner(signers=NEXT.signers[:1]), genesis="11" * 32),
        adding(world, world.log_signer),
        world.submission(
            "admin-a", LogKeyChange(occurred_on=DAY, action="add", vkey="nonsense", proof="AAAA")
        ),
    ):
        assert set(codes(desk.post(wrong))) == {"log-key"}
    assert desk.register.current_log_keys == keys_in(world.genesis.log_keys)


def test_the_last_key_of_a_type_stays() -> None:
    """Otherwise nothing could be signed any more, or a line would silently be missing from then on."""
    world = make_world()
    desk = open_desk(world)
    desk.must(admitting(world))
    for vkey in world.genesis.log_keys:
        assert codes(desk.post(retiring(world, vkey))) == ["log-key"]
    desk.must(adding(world, LogSigner(signers=NEXT.signers[:1])))
    assert codes(desk.post(retiring(world, world.genesis.log_keys[1]))) == ["log-key"]
    desk.must(retiring(world, world.genesis.log_keys[0]))


def test_a_retired_key_never_comes_back() -> None:
    """Whoever finds it could otherwise hope."""
    world = make_world()
    desk = open_desk(world)
    desk.must(admitting(world))
    desk.must(adding(world))
    desk.must(retiring(world, *world.genesis.log_keys))
    assert set(codes(desk.post(adding(world, world.log_signer)))) == {"log-key"}
    assert set(codes(desk.post(retiring(world, *world.genesis.log_keys)))) == {"log-key"}


def test_a_change_is_not_corrected() -> None:
    """It is answered by the next change."""
    world = make_world()
    desk = open_desk(world)
    desk.must(admitting(world))
    name = desk.must(adding(world))
    correction = Correction(occurred_on=DAY, event=name, reason="x")
    assert codes(desk.post(world.submission("admin-a", correction)))


def test_proof_belongs_to_adding_alone() -> None:
    """Form: one without, the other with."""
    with pytest.raises(ValueError, match="proof"):
        LogKeyChange(occurred_on=DAY, action="add", vkey="x")
    with pytest.raises(ValueError, match="proof"):
        LogKeyChange(occurred_on=DAY, action="retire", vkey="x", proof="AAAA")


# --- signing ----------------------------------------------------------------------------------------------


def test_keys_change_hands_with_an_overlap(tmp_path: Path) -> None:
    """Both pairs sign while both are current; then the old one signs nothing, and its receipts still hold."""
    world, url = make_world(), str(tmp_path / "ledger.db")
    with founded(url, world) as old:
        post_all(old, [*world.opening(), admitting(world)])
        before = world.issue("L1", 5)
        first = accept(old, before)
        accept(old, adding(world))
        accept(old, world.issue("L2", 6))
        with opened(url) as engine:
            new = Sequencer(engine, NEXT)
            accept(new, world.issue("L3", 7))
            accept(old, world.issue("L4", 8))
            with pytest.raises(EnvironmentFault, match="no current Ed25519 key"):
                old.submit(retiring(world, *world.genesis.log_keys))
            accept(new, retiring(world, *world.genesis.log_keys))
            accept(new, world.issue("L5", 9))
            with pytest.raises(EnvironmentFault, match="no current Ed25519 key"):
                old.submit(world.issue("L6", 1))
            with pytest.raises(EnvironmentFault, match="no current Ed25519 key"):
                Sequencer(engine, world.log_signer)
            with reading(engine) as connection:
                _check_every_checkpoint(connection_reader := LogReader(connection), connection)
                assert connection_reader.head() is not None
    check_receipt_of(first, before, world, url)


def _check_every_checkpoint(reader: LogReader, connection: object) -> None:
    """Each bears every line of the keys that were current at its size, and of no other."""
    head = reader.head()
    assert head is not None
    for size in range(1, head.size + 1):
        stored = reader.checkpoint_of(size)
        if stored is not None:
            current = log_keys_of(connection, size=size).current  # type: ignore[arg-type]
            assert open_own_checkpoint(stored.note, current).size == size
            ids = {key.note_key_id for key in current}
            assert {line.key_id for line in parse_note(stored.note).signatures} <= ids


def test_an_old_ledger_gets_its_second_line(tmp_path: Path) -> None:
    """Genesis named an Ed25519 key alone: from the entry that adds the other on, both lines are there."""
    world, url = make_world(quantum=False), str(tmp_path / "ledger.db")
    quantum = LogSigner(signers=NEXT.signers[1:])
    with founded(url, world) as old, opened(url) as engine:
        post_all(old, [*world.opening(), admitting(world)])
        addition = adding(world, quantum)
        with pytest.raises(EnvironmentFault, match="no current ML-DSA-44 key"):
            old.submit(addition)
        both = Sequencer(engine, LogSigner(signers=(*world.log_keys, *quantum.signers)))
        accepted = accept(both, addition)
        assert len(parse_note(accepted.checkpoint).signatures) == 2
        keys = (*keys_in(world.genesis.log_keys), *quantum.keys(world.genesis.origin))
        with reading(engine) as connection:
            entry = LogReader(connection).entry(accepted.seq) or b""
        check_receipt(parse_receipt(accepted.receipt), leaf=leaf_hash(entry), verifiers=keys)


def test_what_is_published_names_both(tmp_path: Path) -> None:
    """Current keys as logs and witness, retired ones in comments with the instant; a folder goes on growing."""
    world, url, out = make_world(), str(tmp_path / "ledger.db"), tmp_path / "out"
    with founded(url, world) as old, opened(url) as engine:
        post_all(old, [*world.opening(), admitting(world)])
        publish(engine, out)
        accept(old, adding(world))
        new = Sequencer(engine, NEXT)
        accept(new, retiring(world, *world.genesis.log_keys))
        publish(engine, out)
        policy = parse_policy((out / "policy").read_text(), place="policy")
    name = world.genesis.origin
    assert [log.key for log in policy.logs] == list(NEXT.keys(name)[:1])
    assert [one.key for one in policy.witnesses.values()] == list(NEXT.keys(name)[1:])
    assert [one.key for one in policy.retired] == list(keys_in(world.genesis.log_keys))
