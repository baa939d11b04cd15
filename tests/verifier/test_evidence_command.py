# SPDX-License-Identifier: Apache-2.0
"""`fundtrace verify` of receipts and packs as a user meets it: files, options, exit codes, both languages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ledger.anchor import AnchorName, format_index
from ledger.entry import EventEntry, event_of, parse_entry
from ledger.policy import format_policy
from tests.authority import Authority
from tests.malicious.forger import Forger, export_files
from tests.verifier.evidence.cases import a_log, after_retirement, own_policy, pack_bytes, receipt_of
from tests.verifier.test_verify_command import run
from verifier.evidence.pack import SUFFIX, parse_pack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def log() -> tuple[Forger, int]:
    """An honest log, and the position of a payment."""
    return a_log()


@pytest.fixture
def desk(log: tuple[Forger, int], tmp_path: Path) -> Path:
    """A folder with what an ordinary holder has: entry, receipt, pack, policy."""
    forger, paid = log
    (tmp_path / "entry.json").write_bytes(forger.entries[paid])
    (tmp_path / "entry.tlog-proof").write_bytes(receipt_of(forger, paid))
    (tmp_path / f"entry{SUFFIX}").write_bytes(pack_bytes(forger, paid))
    (tmp_path / "policy").write_text(own_policy(forger), "utf-8")
    retired = after_retirement(forger, witness=False).policy
    assert retired is not None
    (tmp_path / "old-policy").write_text(format_policy(retired), "utf-8")
    return tmp_path


def test_a_receipt_is_verified_with_its_entry(desk: Path) -> None:
    """One line of what it says, where it stands, who signed; in both languages; and for programs."""
    files = (str(desk / "entry.tlog-proof"), str(desk / "entry.json"), "--policy", str(desk / "policy"))
    result = run(*files)
    assert result.exit_code == 0
    assert "disbursement" in result.output
    assert "VERIFIED on the word of the policy file given" in result.output
    assert "验证通过" in run(*files, "--lang", "zh").output
    record = json.loads(run(*files, "--json").output)
    assert record["outcome"] == "verified"
    assert len(record["signers"]) == 2


def test_what_does_not_hold_ends_with_2(desk: Path, log: tuple[Forger, int]) -> None:
    """Another entry; and the refusal for programs."""
    (desk / "other.json").write_bytes(log[0].entries[log[1] + 1])
    files = (str(desk / "entry.tlog-proof"), str(desk / "other.json"), "--policy", str(desk / "policy"))
    result = run(*files)
    assert result.exit_code == 2
    assert "another root" in result.output
    assert json.loads(run(*files, "--json").output)["outcome"] == "broken"


def test_what_is_missing_is_asked_for(desk: Path, log: tuple[Forger, int]) -> None:
    """No entry, nobody believed, an entry beside a ledger, a pack without its entry: exit 3 and what to give."""
    receipt, entry = str(desk / "entry.tlog-proof"), str(desk / "entry.json")
    policy = ("--policy", str(desk / "policy"))
    folder = str(log[0].export(desk / "log"))
    for arguments, asked in (
        ((receipt, *policy), "RECEIPT EVENT"),
        ((receipt, entry), "--policy"),
        ((receipt, entry, *policy, "--anchor-token", entry), "--tsa-roots"),
        ((folder, entry), "EVENT goes with"),
        ((folder, "--pack", str(desk / f"x{SUFFIX}")), "go together"),
        ((folder, "--entry", "3", "--pack", str(desk / "x.zip")), SUFFIX),
    ):
        result = run(*arguments)
        assert result.exit_code == 3, arguments
        assert asked in result.output.replace("\n", " "), result.output


def test_a_retired_key_needs_a_stamp_from_before(desk: Path, log: tuple[Forger, int]) -> None:
    """Without one it does not count, exit 3; with a later one neither; the token is over the note beside it."""
    authority = Authority.make(desk / "authority")
    (desk / "1-1.tsr").write_bytes(authority.token_over(log[0].checkpoint()))
    files = [str(desk / "entry.tlog-proof"), str(desk / "entry.json"), "--policy", str(desk / "old-policy")]
    assert run(*files).exit_code == 3
    stamped = [*files, "--anchor-token", str(desk / "1-1.tsr"), "--tsa-roots", str(authority.roots_file)]
    assert run(*stamped).exit_code == 3, "stamped today, after the retirement"
    later = (desk / "old-policy").read_text("utf-8").replace("2026-07-01", "2999-07-01")
    (desk / "old-policy").write_text(later, "utf-8")
    result = run(*stamped)
    assert result.exit_code == 0, result.output
    assert "a time stamp of CN=Test TSA" in result.output
    (desk / "1-1.note").write_bytes(log[0].checkpoint(5))
    assert run(*stamped).exit_code == 2, "a note of another checkpoint beside the token"


def test_a_pack_is_verified_by_itself_or_with_its_event(desk: Path, log: tuple[Forger, int]) -> None:
    """Entry bytes and event bytes are both taken; others are refused; a changed pack ends with 2."""
    pack = desk / f"entry{SUFFIX}"
    policy = ("--policy", str(desk / "policy"))
    assert "self-consistent" in run(str(pack)).output
    result = run(str(pack), *policy)
    assert result.exit_code == 0
    assert "signed as maker by" in result.output
    assert (
        "signed as maker by"
        not in run(str(desk / "entry.tlog-proof"), str(desk / "entry.json"), *policy).output
    )
    entry = parse_entry(log[0].entries[log[1]], place="x")
    assert isinstance(entry, EventEntry)
    (desk / "event.json").write_bytes(event_of(entry))
    for given in ("entry.json", "event.json"):
        assert run(str(pack), str(desk / given), *policy).exit_code == 0
    (desk / "event.json").write_bytes(event_of(entry).replace(b"250000", b"250001"))
    assert run(str(pack), str(desk / "event.json"), *policy).exit_code == 2
    pack.write_bytes(pack.read_bytes().replace(b"250000", b"250001"))
    assert run(str(pack), *policy).exit_code == 2


def test_a_clean_run_writes_packs_from_any_source(desk: Path, log: tuple[Forger, int]) -> None:
    """Offline, from a folder; under the newest anchored checkpoint that covers the entry, with its token."""
    forger, paid = log
    made = desk / f"made{SUFFIX}"
    folder = forger.export(desk / "log")
    assert run(str(folder), "--entry", str(paid), "--pack", str(made)).exit_code == 0
    assert made.read_bytes() == (desk / f"entry{SUFFIX}").read_bytes()
    authority = Authority.make(desk / "authority")
    name, note = AnchorName(size=paid + 4, number=1), forger.checkpoint(paid + 4)
    anchors = {"anchor/index": format_index([name]), name.note: note, name.token: authority.token_over(note)}
    export_files(folder, anchors)
    assert run(str(folder), "--entry", str(paid), "--pack", str(made)).exit_code == 0
    assert parse_pack(made.read_bytes()).checkpoint == note
    roots = ("--tsa-roots", str(authority.roots_file))
    assert "a time stamp of" in run(str(made), "--policy", str(desk / "policy"), *roots).output


def test_no_pack_of_a_broken_ledger(desk: Path, log: tuple[Forger, int]) -> None:
    """The verdict comes first."""
    forger, paid = log
    folder = forger.export(desk / "log")
    bundle = next((folder / "tile" / "entries").glob("000*"))
    bundle = bundle if bundle.is_file() else next(bundle.iterdir())
    bundle.write_bytes(bundle.read_bytes().replace(b"250000", b"250001"))
    made = desk / f"made{SUFFIX}"
    assert run(str(folder), "--entry", str(paid), "--pack", str(made)).exit_code == 2
    assert not made.exists()
