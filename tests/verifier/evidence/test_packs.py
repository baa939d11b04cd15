# SPDX-License-Identifier: Apache-2.0
"""Packs: honest ones show who signed; every way of cheating with one is refused, and says why."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ledger.errors import FormatError, InputError, LimitError, MissingError, ProofError, SignatureError
from tests.authority import Authority
from tests.malicious.forger import Forger, edited, relinked
from tests.verifier.evidence.cases import (
    a_log,
    after_retirement,
    pack_bytes,
    pack_of,
    receipt_of,
    trusting,
)
from tests.worlds import COUNTY, UNIT, make_world
from verifier.evidence.findings import record_of
from verifier.evidence.pack import MAX_MEMBERS, MAX_PACK_BYTES, Pack, format_pack, parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def log() -> tuple[Forger, int]:
    """An honest log, and the position of a payment."""
    return a_log()


@pytest.fixture
def pack(log: tuple[Forger, int]) -> Pack:
    """The honest evidence of the payment."""
    return pack_of(*log)


def test_a_pack_says_who_signed(log: tuple[Forger, int], pack: Pack) -> None:
    """Persons, roles, the holder's name; and what it does not show."""
    shown = check_pack(pack, trusting(log[0]))
    assert shown.outcome == "verified"
    said = " ".join(one.en for one in shown.signed)
    assert f"as maker by {COUNTY}-maker" in said
    assert f"as checker by {COUNTY}-checker" in said
    assert any("revoked" in one.en for one in shown.open_)
    assert record_of(shown)["genesis"] == log[0].world.genesis_hash


def test_without_trust_it_is_self_consistent(log: tuple[Forger, int], pack: Pack) -> None:
    """The genesis in the pack vouches for itself only; its hash from outside makes it verified, another one refuses it."""
    assert check_pack(pack, Trust()).outcome == "self-consistent"
    assert check_pack(pack, Trust(genesis=log[0].world.genesis_hash)).outcome == "verified"
    with pytest.raises(ProofError, match="not the genesis trusted"):
        check_pack(pack, Trust(genesis="0" * 64))


def test_every_entry_can_be_packed(log: tuple[Forger, int]) -> None:
    """Genesis, headers and events of every kind of the opening; the same evidence gives the same bytes."""
    forger, paid = log
    for seq in range(paid + 3):
        data = pack_bytes(forger, seq)
        assert data == pack_bytes(forger, seq)
        assert check_pack(parse_pack(data), trusting(forger)).seq == seq


def test_beyond_the_checkpoint_there_is_nothing(log: tuple[Forger, int]) -> None:
    """The next entry may come, or not."""
    forger, _paid = log
    with pytest.raises(MissingError):
        pack_bytes(forger, len(forger.entries))


# --- cheating with the evidence ---------------------------------------------------------------------------


def head_of(pack: Pack) -> int:
    """Position of the subject's header."""
    return pack.subject - 1


def keys_of(pack: Pack) -> list[int]:
    """Positions of the key registrations."""
    return [seq for seq, data in pack.entries.items() if b'"kind":"key"' in data]


def dropped(pack: Pack, seq: int) -> Pack:
    """Without entry `seq`, its receipt and its path."""
    return replace(
        pack,
        entries={at: data for at, data in pack.entries.items() if at != seq},
        receipts={at: data for at, data in pack.receipts.items() if at != seq},
        paths={at: path for at, path in pack.paths.items() if at != seq},
    )


def test_missing_parts_are_named(pack: Pack, log: tuple[Forger, int]) -> None:
    """Any entry, receipt or path away, and the pack is refused; whole again, it holds."""
    for seq in pack.entries:
        with pytest.raises(InputError):
            check_pack(dropped(pack, seq), Trust())
        receipts = {at: data for at, data in pack.receipts.items() if at != seq}
        with pytest.raises(MissingError, match=f"entry {seq}"):
            check_pack(replace(pack, receipts=receipts), Trust())
    for seq in pack.paths:
        with pytest.raises(MissingError, match=f"entry {seq}"):
            check_pack(replace(pack, paths={at: one for at, one in pack.paths.items() if at != seq}), Trust())
    assert check_pack(pack, trusting(log[0])).exit_code == 0


def test_extra_entries_are_refused(pack: Pack, log: tuple[Forger, int]) -> None:
    """Also true ones of the same log: a pack holds its evidence and nothing that a reader might take for it."""
    forger, paid = log
    for seq in (paid + 1, paid + 2, 2, 9):
        if seq not in pack.entries:
            entries = {**pack.entries, seq: forger.entries[seq]}
            receipts = {**pack.receipts, seq: receipt_of(forger, seq)}
            with pytest.raises(InputError):
                check_pack(replace(pack, entries=entries, receipts=receipts), Trust())
    with pytest.raises(ProofError, match="no part of this evidence"):
        check_pack(replace(pack, paths={**pack.paths, 0: ()}), Trust())


def test_swapped_and_edited_entries_are_refused(pack: Pack, log: tuple[Forger, int]) -> None:
    """Another payment in its place, a changed amount, two entries exchanged."""
    forger, _paid = log
    subject, head = pack.subject, head_of(pack)
    cases = [
        {**pack.entries, subject: forger.entries[subject + 2]},
        {**pack.entries, subject: pack.entries[subject].replace(b"250000", b"950000")},
        {**pack.entries, subject: pack.entries[head], head: pack.entries[subject]},
    ]
    for entries in cases:
        with pytest.raises(ProofError):
            check_pack(replace(pack, entries=entries), Trust())


def test_paths_and_receipts_of_others_are_refused(pack: Pack, log: tuple[Forger, int]) -> None:
    """A path from another submission, a receipt of another entry or under another checkpoint."""
    forger, _paid = log
    subject = pack.subject
    other = pack_of(forger, subject + 5)
    with pytest.raises(ProofError):
        check_pack(replace(pack, paths={**pack.paths, subject: other.paths[other.subject]}), Trust())
    for receipt in (
        receipt_of(forger, subject + 1),
        receipt_of(forger, subject, note=forger.checkpoint() + "— x AAAAAAA=\n".encode()),
    ):
        with pytest.raises(ProofError, match="another entry or checkpoint"):
            check_pack(replace(pack, receipts={**pack.receipts, subject: receipt}), Trust())


def rewritten(forger: Forger, change: Callable[[list[bytes]], None]) -> Forger:
    """What an operator with the log key can make: a whole other log, well linked and signed."""
    entries = list(forger.entries)
    change(entries)
    return Forger(forger.world, relinked(entries))


def packed_anyhow(forger: Forger, seqs: list[int], subject: int, honest: Pack) -> Pack:
    """A pack of these entries of `forger`, with the paths of the honest one, that no builder would make."""
    return Pack(
        subject=subject,
        checkpoint=forger.checkpoint(),
        entries={seq: forger.entries[seq] for seq in seqs},
        receipts={seq: receipt_of(forger, seq) for seq in seqs},
        paths={seq: path for seq, path in honest.paths.items() if seq in seqs},
    )


def test_the_operator_cannot_pack_what_nobody_signed(log: tuple[Forger, int], pack: Pack) -> None:
    """With the log key in hand: another amount, another actor, a stripped signature; the twin unchanged passes."""
    forger, paid = log

    def other_amount(entries: list[bytes]) -> None:
        entries[paid] = entries[paid].replace(b"250000", b"950000")

    def other_actor(entries: list[bytes]) -> None:
        entries[paid - 1] = entries[paid - 1].replace(COUNTY.encode(), UNIT.encode())

    def one_signature(entries: list[bytes]) -> None:
        entries[paid - 1] = edited(
            entries[paid - 1], signatures=json.loads(entries[paid - 1])["signatures"][:1]
        )

    for change in (other_amount, other_actor, one_signature):
        with pytest.raises((ProofError, SignatureError, FormatError)):
            check_pack(packed_anyhow(rewritten(forger, change), sorted(pack.entries), paid, pack), Trust())
    twin = packed_anyhow(rewritten(forger, lambda _: None), sorted(pack.entries), paid, pack)
    assert check_pack(twin, Trust()).outcome == "self-consistent"


def test_a_key_registered_later_does_not_count(log: tuple[Forger, int], pack: Pack) -> None:
    """Registered by the same administrators, and only after the event."""
    forger, paid = log
    late = Forger(forger.world, list(forger.entries))
    registration = late.post(late.world.registration(late.world.seats[COUNTY]))
    seqs = [seq for seq in pack.entries if seq not in keys_of(pack)]
    seqs += [registration, registration + 1, registration + 2]
    made = packed_anyhow(late, seqs, paid, pack)
    with pytest.raises((SignatureError, ProofError)):
        check_pack(made, Trust())


def test_a_key_that_no_administrator_registered_does_not_count(log: tuple[Forger, int], pack: Pack) -> None:
    """One administrator where two are needed, or no proof that the key is held."""
    forger, paid = log
    head = min(seq for seq in pack.entries if seq + 1 in keys_of(pack))
    signatures = json.loads(forger.entries[head])["signatures"]
    for kept in (signatures[1:], [one for one in signatures if one["role"] != "possession"]):
        entries = list(forger.entries)
        entries[head] = edited(entries[head], signatures=kept)
        made = Forger(forger.world, relinked(entries))
        with pytest.raises(SignatureError, match=f"entry {head}"):
            check_pack(packed_anyhow(made, sorted(pack.entries), paid, pack), Trust())


def test_another_ledgers_genesis_is_refused(log: tuple[Forger, int], pack: Pack) -> None:
    """The header names the genesis under which it was signed."""
    forger, paid = log
    other = make_world(origin=forger.origin, historical=True)
    moved = Forger(forger.world, relinked([other.genesis_entry, *forger.entries[1:]]))
    with pytest.raises(ProofError, match="another ledger"):
        check_pack(packed_anyhow(moved, sorted(pack.entries), paid, pack), Trust())


def test_a_pack_under_a_retired_key_needs_a_stamp(log: tuple[Forger, int], tmp_path: Path) -> None:
    """Its own token counts when it is from before the retirement, for readers who believe the authority."""
    forger, paid = log
    authority = Authority.make(tmp_path)
    token = authority.token_over(forger.checkpoint())
    pack = parse_pack(pack_bytes(forger, paid, stamp=token))
    trust = after_retirement(forger, witness=False)
    assert check_pack(pack, trust).outcome == "undecided"
    assert trust.policy is not None
    retired = tuple(replace(one, recorded="2999-01-01T00:00:00.000Z") for one in trust.policy.retired)
    later = Trust(policy=replace(trust.policy, retired=retired))
    assert check_pack(pack, later).outcome == "undecided"
    assert check_pack(pack, replace(later, authorities=authority.roots)).outcome == "verified"
    wrong = replace(pack, stamp=authority.token_over(b"else"))
    with pytest.raises(SignatureError):
        check_pack(wrong, replace(later, authorities=authority.roots))


# --- cheating with the archive ----------------------------------------------------------------------------


def test_a_pack_reads_back(log: tuple[Forger, int]) -> None:
    """To the same parts and the same bytes."""
    data = pack_bytes(*log)
    assert format_pack(parse_pack(data)) == data


def archive(members: list[tuple[str, bytes]], **options: int) -> bytes:
    """An ordinary ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as made:  # type: ignore[call-overload]
        for name, data in members:
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_other_archives_are_refused(log: tuple[Forger, int]) -> None:
    """Bytes around it, a comment, another tool's spelling, names that are none, one name twice, compression, nothing."""
    data = pack_bytes(*log)
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        members = [(name, read.read(name)) for name in read.namelist()]
    commented = io.BytesIO(data)
    with zipfile.ZipFile(commented, "a") as file:
        file.comment = b"hello"
    for made in (
        b"",
        data[:-1],
        data + b"\0",
        b"\0" + data,
        commented.getvalue(),
        archive(members),
        archive([*members, ("../../etc/passwd", b"")]),
        archive([*members, ("7.exe", b"")]),
        archive([*members, members[0]]),
        archive(members, compression=zipfile.ZIP_DEFLATED),
        archive([one for one in members if one[0] != "pack"]),
        archive([one for one in members if one[0] != "checkpoint"]),
    ):
        with pytest.raises(FormatError):
            parse_pack(made)


def test_large_archives_are_refused(log: tuple[Forger, int]) -> None:
    """Before their members are read."""
    with pytest.raises(LimitError):
        parse_pack(bytes(MAX_PACK_BYTES + 1))
    with pytest.raises(LimitError):
        parse_pack(archive([(f"{at}.entry", b"") for at in range(MAX_MEMBERS + 1)]))
    pack = pack_of(*log)
    with pytest.raises(LimitError):
        parse_pack(format_pack(replace(pack, entries={**pack.entries, 1: bytes(65_536)})))


@pytest.mark.parametrize(
    "subject", [b"", b"fundtrace/pack/v1\n", b"fundtrace/pack/v1\n07\n", b"fundtrace/pack/v2\n7\n"]
)
def test_another_spelling_of_the_subject_is_refused(log: tuple[Forger, int], subject: bytes) -> None:
    """One number, one spelling."""
    data = pack_bytes(*log)
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        members = [(name, subject if name == "pack" else read.read(name)) for name in read.namelist()]
    with pytest.raises(FormatError):
        parse_pack(archive(members))


def test_nothing_is_handed_out_that_no_reader_takes(
    log: tuple[Forger, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one member fewer allowed than the evidence has."""
    with zipfile.ZipFile(io.BytesIO(pack_bytes(*log))) as read:
        members = len(read.namelist())
    monkeypatch.setattr("verifier.evidence.pack.MAX_MEMBERS", members)
    assert parse_pack(pack_bytes(*log)).subject == log[1]
    monkeypatch.setattr("verifier.evidence.pack.MAX_MEMBERS", members - 1)
    with pytest.raises(LimitError):
        pack_bytes(*log)


def test_a_submission_with_too_many_events_to_read_is_refused() -> None:
    """At the limit it is packed, one below it is not, and the remedy says where to make the pack."""
    forger, _ = a_log()
    last = len(forger.entries) - 1  # of three hundred bank lines
    assert parse_pack(pack_bytes(forger, last, most=300)).subject == last
    with pytest.raises(LimitError, match="300 events") as caught:
        pack_bytes(forger, last, most=299)
    assert "--pack FILE" in caught.value.remedy_en
    assert "--pack FILE" in caught.value.remedy_zh


def test_a_log_without_all_events_of_a_submission_is_not_packed() -> None:
    """The tail of the submission is missing, or something else stands in it."""
    forger, _ = a_log()
    subject = len(forger.entries) - 300
    for entries in (forger.entries[:-1], [*forger.entries[:-1], forger.entries[0]]):
        cut = Forger(forger.world, list(entries))
        with pytest.raises(ProofError) as caught:
            pack_bytes(cut, subject)
        assert caught.value.code == "pack.submission"
