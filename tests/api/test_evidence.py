# SPDX-License-Identifier: Apache-2.0
"""Receipts and packs over HTTP: every entry has both, whenever it was posted, with the newest cosignature lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from api.anchoring import Anchoring
from ledger.cosignature import cosign_text
from ledger.keys import Ed25519Signer
from ledger.log_keys import keys_in
from ledger.note import parse_note
from ledger.policy import parse_policy
from ledger.store.cosignatures import StoredCosignature, keep_cosignatures
from ledger.store.engine import holding_lock
from tests.authority import Authority
from tests.ledger.test_mandates import admitting, appointed, by, by_deputy, change, granted
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import COUNTY, make_world, signer_named
from verifier.evidence.pack import parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.evidence.receipt_check import check_receipt
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Sample
    from tests.served import Site


def trust_of(site: Site) -> Trust:
    """A reader with the policy that the server publishes."""
    return Trust(policy=parse_policy(site.get("/log/policy").text, place="policy"))


def test_every_entry_has_a_receipt_and_a_pack(site: Site, sample: Sample) -> None:
    """In a whole simulated province, from the genesis to the last entry: both hold with the published policy."""
    trust = trust_of(site)
    for seq in sample(range(site.ledger.head().size), 60):
        entry = site.get(f"/v1/entries/{seq}?format=raw").content
        receipt = site.get(f"/v1/receipts/{seq}").content
        assert check_receipt(receipt, entry, trust).seq == seq
        answer = site.get(f"/v1/receipts/{seq}?pack=1")
        assert answer.status_code == 200, answer.text
        pack = parse_pack(answer.content)
        assert pack.entries[seq] == entry
        assert check_pack(pack, trust).outcome == "verified"


def test_what_a_deputy_or_an_appointed_administrator_did_has_a_pack(tmp_path: Path) -> None:
    """Each entry of it, from the index of the server: who lent what, and who put whom into office."""
    world, url = make_world(), str(tmp_path / "mandates.db")
    clerk, later = (signer_named(f"{COUNTY} {name}") for name in ("clerk", "later"))
    key = replace(world.key_event(world.seats[COUNTY].party, "approver", clerk), person="c", device="c-t")
    next_key = replace(world.key_event(world.seats[COUNTY].party, "checker", later), person="l", device="l-t")
    security = [appointed(f"sec-{number}", "security") for number in (1, 2)]
    by_later = [("maker", world.seats[COUNTY].keys["maker"]), ("checker", later)]
    new = [*by(world, "sec-1", "sec-2"), ("possession", later)]
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 100), admitting(world)])
        proofs = [*world.signers("admin-a"), ("possession", clerk)]
        posted = post_all(
            sequencer,
            [
                world.submission("admin-a", key, signers=proofs),
                world.submission(COUNTY, granted(world, clerk)),
                by_deputy(world, clerk),
                change(world, *security),
                world.submission("sec-1", next_key, signers=new),
                world.submission(COUNTY, world.paid("L1", 1), signers=by_later),
            ],
        )
        with served(url, None) as site:
            site.catch_up()
            trust, said = trust_of(site), ""
            for seq in range(posted[0].seq, site.ledger.head().size):
                answer = site.get(f"/v1/receipts/{seq}?pack=1")
                assert answer.status_code == 200, answer.text
                shown = check_pack(parse_pack(answer.content), trust)
                assert shown.outcome == "verified"
                said += " ".join(one.en for one in shown.signed)
    assert f"signed as checker by c of 农安县财政局 ({COUNTY}) on behalf of {COUNTY}-checker" in said


def test_beyond_the_end_there_is_none(site: Site) -> None:
    """404, and where to look."""
    size = site.ledger.head().size
    assert site.get(f"/v1/receipts/{size}").status_code == 404
    assert site.get(f"/v1/receipts/{size}?pack=1").status_code == 404


def test_a_receipt_carries_lines_that_came_later(office: Site) -> None:
    """Under the checkpoint that most have cosigned, though the poster was answered with an earlier one."""
    head = office.ledger.head()
    witness = Ed25519Signer.from_seed(b"w" * 32)
    line = cosign_text(
        parse_note(head.note).text, name="witness.example/w", signer=witness, seconds=1_780_000_000
    )
    with holding_lock(office.ledger.engine) as connection:
        keep_cosignatures(connection, [StoredCosignature(size=head.size, signature=line)])
        connection.commit()
    for seq in (0, 5, head.size - 1):
        receipt = office.get(f"/v1/receipts/{seq}")
        assert line.line in receipt.text
        assert "immutable" not in receipt.headers["Cache-Control"]
        entry = office.get(f"/v1/entries/{seq}?format=raw").content
        assert check_receipt(receipt.content, entry, trust_of(office)).seq == seq


def test_a_pack_carries_the_anchor_that_covers_it(office: Site, tmp_path: Path) -> None:
    """The stamped checkpoint is the one of all its receipts; posting on does not change that."""
    authority = Authority.make(tmp_path / "authority")
    Anchoring(office.ledger, authority.stamp, authority.roots).anchor_newest()
    pack = parse_pack(office.get("/v1/receipts/5?pack=1").content)
    assert pack.stamp is not None
    trust = Trust(log_keys=keys_in(office.ledger.genesis.log_keys), authorities=authority.roots)
    assert any("time stamp" in one.en for one in check_pack(pack, trust).belief.by)


def test_a_request_reads_so_many_events_and_no_more(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """413 with the command that makes the pack; the receipt is there all the same, and so is a pack that needs fewer."""
    last = office.ledger.head().size - 1
    monkeypatch.setattr("api.evidence.EVENTS_MAX", 0)
    refused = office.get(f"/v1/receipts/{last}?pack=1", accept_language="en")
    assert (refused.status_code, refused.json()["code"]) == (413, "pack.too-many-events")
    assert "fundtrace verify SOURCE --entry N --pack FILE" in refused.json()["remedy"]
    assert office.get(f"/v1/receipts/{last}").status_code == 200
    assert office.get("/v1/receipts/0?pack=1").status_code == 200
