# SPDX-License-Identifier: Apache-2.0
"""The pack of a finding: every entry that it names, and nothing that it does not; each change of a part is refused."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import FormatError, InputError, LimitError, MissingError, ProofError, SignatureError
from ledger.merkle import MemoryHashes, Tree
from tests.malicious.forger import Forger
from tests.verifier.evidence.cases import own_policy, pack_of, trusting
from tests.worlds import make_world
from verifier.basis.findings import Evidence, Finding, content_hash, parse_line, seal, to_line
from verifier.evidence import finding_told
from verifier.evidence.finding_pack import build_finding_pack, check_finding_pack
from verifier.evidence.pack import MAX_SUBJECTS, Pack, format_pack, parse_pack
from verifier.evidence.pack_build import Log
from verifier.evidence.pack_check import check_pack
from verifier.evidence.registrations import ScannedRegistry
from verifier.integrity.trust import Trust
from verifier.judgement.audit import Question, audited
from verifier.reading.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def log() -> Forger:
    """The county got 1,000,000.00, paid a quarter in two payments, and kept the rest too long."""
    forger = Forger(make_world())
    world = forger.world
    forger.post(*world.opening(), world.issue("L1", 100_000_000))
    forger.post(world.pay("L1", 20_000_000), world.pay("L1", 5_000_000))
    return forger


@pytest.fixture(scope="module")
def finding(log: Forger, tmp_path_factory: pytest.TempPathFactory) -> Finding:
    """What an audit finds of it."""
    folder: Path = log.export(tmp_path_factory.mktemp("log") / "export")
    question = Question(as_of=datetime.date(2026, 4, 30))
    with audited(open_source(str(folder)), question) as done:
        assert done.judgement is not None
        (found,) = done.judgement.findings()
        return found


def log_of(forger: Forger) -> Log:
    """The log as packs are built from it."""
    return Log(
        read=forger.entries.__getitem__,
        entries=lambda start, stop: forger.entries[start:stop],
        tree=Tree(MemoryHashes(forger.leaves)),
        size=len(forger.entries),
        checkpoint=forger.checkpoint(),
        policy=own_policy(forger).encode(),
    )


def packed(forger: Forger, finding: Finding) -> Pack:
    """The pack, taken apart."""
    data = build_finding_pack(log_of(forger), ScannedRegistry(iter(forger.entries)), finding)
    return parse_pack(data)


def test_it_shows_the_finding_and_every_entry_that_it_names(log: Forger, finding: Finding) -> None:
    """Positions in order, who signed each, verified on the word of a policy; without one it is only self-consistent."""
    pack = packed(log, finding)
    assert len(finding.evidence) == 3
    assert pack.subjects == tuple(one.seq for one in finding.evidence)
    shown = check_finding_pack(pack, trusting(log))
    assert shown.finding == finding
    assert [one.seq for one in shown.entries] == list(pack.subjects)
    assert all(len(one.signed) >= 2 for one in shown.entries)
    assert shown.exit_code == 0
    assert finding_told.record_of(shown)["outcome"] == "verified"
    assert finding_told.record_of(check_finding_pack(pack, Trust()))["outcome"] == "self-consistent"
    english, chinese = ("\n".join(finding_told.text_of(shown, one)) for one in ("en", "zh"))
    assert finding.explanation.en in english
    assert finding.explanation.zh in chinese
    assert finding.evidence[0].name in english


def test_the_same_finding_gives_the_same_bytes(log: Forger, finding: Finding) -> None:
    """And what it reads back as is written so."""
    pack = packed(log, finding)
    assert format_pack(pack) == format_pack(packed(log, finding))


def test_a_pack_of_an_entry_is_none_of_a_finding_and_the_other_way_round(
    log: Forger, finding: Finding
) -> None:
    """Neither passes for the other, and neither reads with the head of the other."""
    with pytest.raises(FormatError) as caught:
        check_finding_pack(pack_of(log, finding.evidence[0].seq), Trust())
    assert caught.value.code == "pack.no-finding"
    pack = packed(log, finding)
    with pytest.raises(ProofError):
        check_pack(pack, Trust())
    with pytest.raises(FormatError):
        parse_pack(format_pack(replace(pack, finding=None)))
    with pytest.raises(ProofError):
        check_pack(parse_pack(format_pack(replace(pack, finding=None, others=()))), Trust())


def altered(finding: Finding, **changes: object) -> Finding:
    """The finding with other fields, sealed anew, as a forger would."""
    return seal(msgspec.structs.replace(finding, **changes))


def refused(pack: Pack, log: Forger) -> InputError:
    """Why the pack is refused, although it is spelt as packs are."""
    with pytest.raises((FormatError, ProofError, SignatureError)) as caught:
        check_finding_pack(parse_pack(format_pack(pack)), trusting(log))
    return caught.value


def test_a_finding_that_was_edited_is_refused(log: Forger, finding: Finding) -> None:
    """Its content hash is not that of the content; nor is a line with spaces one."""
    pack = packed(log, finding)
    line = to_line(finding)
    edited = line.replace(b'"amount":75000000', b'"amount":95000000')
    assert edited != line
    assert refused(replace(pack, finding=edited), log).code == "finding-altered"
    assert refused(replace(pack, finding=line + b" "), log).code == "finding-not-canonical"


def test_another_subject_has_another_id(log: Forger, finding: Finding) -> None:
    """A forger who seals a finding anew cannot keep its id for something else."""
    other = altered(finding, subject=("elsewhere", *finding.subject[1:]))
    assert content_hash(other) == other.content_hash
    assert refused(replace(packed(log, finding), finding=to_line(other)), log).code == "pack.finding"


@pytest.mark.parametrize("field", ["leaf", "name"])
def test_an_entry_under_another_leaf_or_name_is_refused(log: Forger, finding: Finding, field: str) -> None:
    """What the finding says of its evidence is held to the entries."""
    first, *rest = finding.evidence
    wrong = msgspec.structs.replace(first, **{field: "5e" * 32 if field == "leaf" else "someone/else/0"})
    other = altered(finding, evidence=(wrong, *rest))
    found = refused(replace(packed(log, finding), finding=to_line(other)), log)
    assert (found.code, found.place) == ("pack.finding", f"entry {first.seq}")


def test_evidence_left_out_or_added_is_refused(log: Forger, finding: Finding) -> None:
    """The positions are those that the finding names; nothing else is in the pack."""
    pack = packed(log, finding)
    fewer = replace(pack, others=pack.others[:-1])
    assert refused(fewer, log).code == "pack.finding"
    last = pack.subjects[-1]
    entries = {seq: data for seq, data in pack.entries.items() if seq != last}
    receipts = {seq: data for seq, data in pack.receipts.items() if seq != last}
    paths = {seq: data for seq, data in pack.paths.items() if seq != last}
    assert (
        refused(replace(pack, entries=entries, receipts=receipts, paths=paths), log).code == "pack.incomplete"
    )
    one_only = altered(finding, evidence=finding.evidence[:1])
    spare = replace(pack, finding=to_line(one_only), others=())
    assert "no part of this evidence" in str(refused(spare, log))


def test_positions_have_one_spelling(log: Forger, finding: Finding) -> None:
    """In order, once each."""
    pack = packed(log, finding)
    first, *others = pack.subjects
    for positions in ((*others, first), (first, first, *others)):
        with pytest.raises(FormatError):
            parse_pack(format_pack(replace(pack, subject=positions[0], others=positions[1:])))
    many = tuple(range(1, MAX_SUBJECTS + 1))
    with pytest.raises(LimitError):
        parse_pack(format_pack(replace(pack, subject=0, others=many)))


def test_an_entry_changed_by_one_byte_is_refused(log: Forger, finding: Finding) -> None:
    """Its receipt proves another."""
    pack = packed(log, finding)
    at = pack.subjects[-1]
    data = pack.entries[at].replace(b'"amount":', b'"amount":1', 1)
    assert data != pack.entries[at]
    refused(replace(pack, entries={**pack.entries, at: data}), log)


def test_a_finding_without_entries_or_beyond_the_log_has_no_pack(log: Forger, finding: Finding) -> None:
    """Nothing to prove, too much to hold, and nothing there to prove it with."""
    registry = ScannedRegistry(iter(log.entries))
    beyond = Evidence(name="na/x/0", seq=len(log.entries), leaf="5e" * 32)
    many = tuple(Evidence(name="na/x/0", seq=seq, leaf="5e" * 32) for seq in range(1, MAX_SUBJECTS + 2))
    for evidence, code in (((), "pack.unpackable"), (many, "pack.unpackable"), ((beyond,), "pack.beyond")):
        with pytest.raises(MissingError) as caught:
            build_finding_pack(log_of(log), registry, altered(finding, evidence=evidence))
        assert caught.value.code == code


def test_the_pack_holds_the_line_as_it_was_printed(log: Forger, finding: Finding) -> None:
    """Byte for byte."""
    held = packed(log, finding).finding
    assert held == to_line(finding)
    assert parse_line(held or b"") == finding
