# SPDX-License-Identifier: Apache-2.0
"""A mirror grows only by what is proved, takes no lie for an update, and keeps the evidence of a fork."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ledger.anchor import INDEX_FILE, PRINTED_FILE, format_index, parse_anchor
from ledger.errors import EnvironmentFault, FormatError, InputError, MissingError, ProofError, SignatureError
from ledger.static_files import StaticFolder
from ledger.static_headers import HEADERS_FILE
from ledger.vkey import parse_vkey
from tests.malicious.forger import (
    Files,
    Forger,
    bundle_of,
    export_files,
    in_memory,
    signed_checkpoint,
    tiles_over,
)
from tests.verifier.test_verify_command import auditor_app
from tests.worlds import log_signer_named, make_world
from verifier.integrity.trust import Trust
from verifier.mirror import Mirrored, mirror
from verifier.mirror_memory import KEYS_FILE
from verifier.reading.static_log import StaticLog, missing, within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Sample


@pytest.fixture(scope="module")
def forger() -> Forger:
    """An honest log of three bundles."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), *(world.bank_lines(1, 60, statement=f"s{number}") for number in range(10)))
    return made


@pytest.fixture
def trust(forger: Forger) -> Trust:
    """The log key, known from elsewhere."""
    return Trust(log_keys=(parse_vkey(forger.world.genesis.log_keys[0]),))


def copied(files: Files, folder: Path, trust: Trust | None = None) -> Mirrored:
    """One look at a source of these files."""
    return mirror(in_memory(files), folder, trust or Trust(), progress=lambda _done, _whole: None)


def shown(folder: Path) -> Files:
    """What is in the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewritten(forger: Forger, size: int, at: int = 5) -> Files:
    """Another history of that size under the real key, different from entry `at` on."""
    entries = [*forger.entries[:at], *forger.entries[at + 1 :], forger.entries[at]][:size]
    checkpoint = signed_checkpoint(
        forger.origin, Forger(forger.world, entries).leaves, forger.world.log_signer
    )
    return tiles_over(entries) | {"checkpoint": checkpoint, "policy": forger.files()["policy"]}


@dataclass
class Counted:
    """A source that counts what is fetched, and breaks off after some of it."""

    files: Files
    fetched: list[str] = field(default_factory=list)
    breaks_after: int = 1 << 30

    def log(self) -> StaticLog:
        """The source."""

        def read(path: str, limit: int) -> bytes:
            if len(self.fetched) == self.breaks_after:
                raise EnvironmentFault(
                    code="t", place=path, message_en="gone", message_zh="断", remedy_en="r", remedy_zh="r"
                )
            if path not in self.files:
                raise missing(path)
            self.fetched.append(path)
            return within(self.files[path], limit, path)

        return StaticLog(read)


# --- honest sources ---------------------------------------------------------------------------------------


def test_a_copy_is_the_log_and_follows_it(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """Byte for byte, at every step; what earlier checkpoints need stays."""
    before: Files = {}
    for size in (1, 20, 256, 257, 512, len(forger.entries)):
        files = forger.files(size)
        found = copied(files, tmp_path, trust)
        assert (found.checkpoint.size, found.entries) == (size, True)
        assert found.genesis == forger.world.genesis_hash
        now = shown(tmp_path)
        assert {path: now[path] for path in files} == files
        assert set(now) == {*files, *before, HEADERS_FILE, PRINTED_FILE, KEYS_FILE}
        assert found.written == len(set(files) - set(before) - {"checkpoint", "policy"})
        before = now
    assert copied(forger.files(), tmp_path, trust).written == 0
    assert shown(tmp_path) == before


def test_a_copy_can_be_copied(forger: Forger, tmp_path: Path) -> None:
    """From a folder, by the command, in both languages."""
    forger.export(tmp_path / "log")
    for source, target, lang in (("log", "one", "C"), ("one", "two", "zh_CN.UTF-8")):
        result = run(str(tmp_path / source), str(tmp_path / target), lang=lang)
        assert result.exit_code == 0, result.output
        assert forger.world.genesis_hash in result.output
    assert shown(tmp_path / "one") == shown(tmp_path / "two")


def test_hashes_without_entries_are_copied_on_somebodys_word(
    forger: Forger, tmp_path: Path, trust: Trust
) -> None:
    """A restricted ledger: the keys must come from outside; entries are not added to such a copy later."""
    hashes = {path: data for path, data in forger.files().items() if not path.startswith("tile/entries")}
    with pytest.raises(SignatureError, match="no key of the log is known"):
        copied(hashes, tmp_path / "out")
    assert not copied(hashes, tmp_path / "out", trust).entries
    assert set(shown(tmp_path / "out")) == {*hashes, HEADERS_FILE, PRINTED_FILE}
    assert not copied(forger.files(), tmp_path / "out", trust).entries


def test_an_update_fetches_only_what_is_new(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """One bundle, the edge of the tree, and no bundle that is here already."""
    size = len(forger.entries)
    copied(forger.files(size - 30), tmp_path, trust)
    source = Counted(forger.files())
    mirror(source.log(), tmp_path, trust, progress=lambda _done, _whole: None)
    assert [path for path in source.fetched if "entries" in path] == [f"tile/entries/002.p/{size % 256}"]
    assert len(source.fetched) <= 7


def test_an_interrupted_copy_goes_on(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """Nothing is shown until all is there; nothing that arrived is fetched again, wherever it broke off."""
    whole = Counted(forger.files())
    mirror(whole.log(), tmp_path / "whole", trust, progress=lambda _done, _whole: None)
    for cut in range(len(whole.fetched)):
        out = tmp_path / str(cut)
        first = Counted(forger.files(), breaks_after=cut)
        with pytest.raises(EnvironmentFault):
            mirror(first.log(), out, trust, progress=lambda _done, _whole: None)
        assert not (out / "checkpoint").exists()
        arrived = set(shown(out)) if out.exists() else set()
        second = Counted(forger.files())
        mirror(second.log(), out, trust, progress=lambda _done, _whole: None)
        assert shown(out) == shown(tmp_path / "whole")
        assert not arrived & set(second.fetched)


def test_a_damaged_leftover_is_fetched_again(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """A file that no checkpoint needed yet, and that does not stand under the new one."""
    copied(forger.files(20), tmp_path, trust)
    export_files(tmp_path, {"tile/0/000": bytes(8192), "tile/entries/000": b"nonsense"})
    copied(forger.files(), tmp_path, trust)
    assert {path: shown(tmp_path)[path] for path in forger.files()} == forger.files()


def test_a_renewed_signature_is_taken_over(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """Same size and root, another line of a witness: the newer note is shown."""
    copied(forger.files(), tmp_path, trust)
    line = signed_checkpoint("w", [], log_signer_named("w"), name="w").splitlines(keepends=True)[-1]
    note = forger.checkpoint() + line
    assert copied(forger.files() | {"checkpoint": note}, tmp_path, trust).written == 0
    assert (tmp_path / "checkpoint").read_bytes() == note


def test_anchors_are_copied_and_kept(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """As they are, none beyond the checkpoint, none taken away; the printed one is that of the copy."""

    def anchored(size: int, *names: str) -> Files:
        pairs = {f"anchor/{name}{end}": name.encode() for name in names for end in (".note", ".tsr")}
        index = "".join(f"{name}\n" for name in ("fundtrace/anchors/v1", *names))
        return forger.files(size) | pairs | {INDEX_FILE: index.encode()}

    copied(anchored(300, "200-1", "299-1", "400-1"), tmp_path, trust)
    assert (tmp_path / INDEX_FILE).read_bytes() == b"fundtrace/anchors/v1\n200-1\n299-1\n"
    assert (tmp_path / "anchor/299-1.tsr").read_bytes() == b"299-1"
    assert not (tmp_path / "anchor/400-1.tsr").exists()
    assert parse_anchor((tmp_path / PRINTED_FILE).read_text("ascii").rstrip()).size == 300
    copied(anchored(500, "400-1"), tmp_path, trust)
    assert (tmp_path / INDEX_FILE).read_bytes() == b"fundtrace/anchors/v1\n200-1\n299-1\n400-1\n"
    copied(forger.files(), tmp_path, trust)
    assert (tmp_path / INDEX_FILE).read_bytes() == b"fundtrace/anchors/v1\n200-1\n299-1\n400-1\n"
    before = shown(tmp_path)
    with pytest.raises(MissingError):
        copied(forger.files() | {INDEX_FILE: format_index(()) + b"5-1\n"}, tmp_path, trust)
    with pytest.raises(FormatError):
        copied(forger.files() | {INDEX_FILE: b"nonsense"}, tmp_path, trust)
    assert shown(tmp_path) == before


# --- sources that lie -------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [0, 20], ids=["new", "update"])
def test_no_changed_byte_gets_in(forger: Forger, tmp_path: Path, sample: Sample, held: int) -> None:
    """At up to eighty places of any file, the policy apart, whose words the genesis judges; DIR stays as it was."""
    files, trust = forger.files(), Trust(genesis=forger.world.genesis_hash)
    fetched = Counted(files)
    before = tmp_path / "before"
    if held:
        copied(forger.files(held), before, trust)
    else:
        before.mkdir()
    shutil.copytree(before, tmp_path / "honest")
    mirror(fetched.log(), tmp_path / "honest", trust, progress=lambda _done, _whole: None)
    for path in sorted(set(fetched.fetched) - {"policy"}):
        for at in sample(range(0, len(files[path]), 1 + len(files[path]) // 80), 6):
            data = bytearray(files[path])
            data[at] ^= 1
            out = tmp_path / "out"
            shutil.copytree(before, out)
            with pytest.raises(InputError):
                copied(files | {path: bytes(data)}, out, trust)
            assert shown(out).items() >= shown(before).items()
            assert ("checkpoint" in shown(out)) == bool(held)
            assert not list(out.glob("fork*"))
            shutil.rmtree(out)


def test_no_part_may_be_missing(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """Each file that a copy consists of, policy apart."""
    for path in set(forger.files()) - {"policy"}:
        files = forger.files()
        del files[path]
        with pytest.raises(MissingError):
            copied(files, tmp_path / path.replace("/", "-"), trust)
    files = forger.files()
    del files["policy"]
    copied(files, tmp_path / "none", trust)
    assert not (tmp_path / "none" / "policy").exists()


def test_tiles_of_another_log_are_refused(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """The checkpoint of one, the files of the other."""
    other = Forger(make_world(origin="ledger.example/other"))
    other.post(*other.world.opening(), *(other.world.bank_lines(1, 60, statement=str(n)) for n in range(10)))
    with pytest.raises(InputError):
        copied(other.files() | {"checkpoint": forger.checkpoint()}, tmp_path / "out", trust)
    assert not (tmp_path / "out" / "checkpoint").exists()


def test_who_must_have_signed(forger: Forger, tmp_path: Path) -> None:
    """A wrong key, a wrong genesis, a policy whose quorum is not reached, and a policy of the source with a strange key."""
    stranger = log_signer_named("stranger")
    forged = forger.files() | {"checkpoint": forger.checkpoint(signer=stranger)}
    for files, trust in (
        (forged, Trust()),
        (forged, Trust(log_keys=(parse_vkey(forger.world.genesis.log_keys[0]),))),
        (forger.files(), Trust(genesis="ab" * 32)),
        (forger.files() | {"policy": b"nonsense\n"}, Trust()),
    ):
        with pytest.raises(SignatureError):
            copied(files, tmp_path / "out", trust)
        assert not (tmp_path / "out" / "checkpoint").exists()


def test_a_copy_follows_the_log_it_began_with(forger: Forger, tmp_path: Path) -> None:
    """Without trust from outside, the genesis in DIR binds: another ledger under the same name is no fork of this one."""
    copied(forger.files(20), tmp_path)
    twin = Forger(make_world(ceilings="flag"))
    twin.post(*twin.world.opening())
    assert twin.origin == forger.origin
    assert twin.world.genesis_hash != forger.world.genesis_hash
    before = shown(tmp_path)
    with pytest.raises(SignatureError, match="not the one trusted"):
        copied(twin.files(), tmp_path)
    assert shown(tmp_path) == before
    assert copied(forger.files(), tmp_path).held == 20


@pytest.mark.parametrize("size", [200, 300, 500])
def test_a_fork_leaves_both_checkpoints(forger: Forger, tmp_path: Path, trust: Trust, size: int) -> None:
    """A history rewritten with the real key, shorter, equally long or longer: the copy stays, the evidence is kept."""
    copied(forger.files(300), tmp_path, trust)
    before = shown(tmp_path)
    lie = rewritten(forger, size)
    with pytest.raises(ProofError, match="fork") as raised:
        copied(lie, tmp_path, trust)
    assert raised.value.code == "mirror.fork"
    evidence = {f"fork-{size}.note": lie["checkpoint"], "fork-300-held.note": before["checkpoint"]}
    assert shown(tmp_path) == before | evidence
    assert copied(forger.files(), tmp_path, trust).held == 300


def test_an_older_checkpoint_is_no_fork(forger: Forger, tmp_path: Path, trust: Trust) -> None:
    """A copy that lags behind, or an operator taking entries back: told, and nothing is taken away."""
    copied(forger.files(), tmp_path, trust)
    before = shown(tmp_path)
    with pytest.raises(EnvironmentFault, match="of the same history already"):
        copied(forger.files(300), tmp_path, trust)
    assert shown(tmp_path) == before


def test_a_folder_of_something_else_is_left_alone(forger: Forger, tmp_path: Path) -> None:
    """Another log, or a file that happens to have this name."""
    other = Forger(make_world(origin="ledger.example/other"))
    copied(other.files(), tmp_path / "other", Trust(log_keys=(parse_vkey(other.world.genesis.log_keys[0]),)))
    with pytest.raises(SignatureError, match="it holds the log"):
        copied(forger.files(), tmp_path / "other", Trust(genesis=forger.world.genesis_hash))
    export_files(tmp_path / "notes", {"checkpoint": b"my notes"})
    with pytest.raises(EnvironmentFault, match="not a checkpoint"):
        copied(forger.files(), tmp_path / "notes")
    assert shown(tmp_path / "notes") == {"checkpoint": b"my notes"}


def test_one_mirror_at_a_time(forger: Forger, tmp_path: Path) -> None:
    """As one export at a time."""
    with StaticFolder(tmp_path).alone(), pytest.raises(EnvironmentFault, match="another process"):
        copied(forger.files(), tmp_path)


# --- the command ------------------------------------------------------------------------------------------


def run(*arguments: str, lang: str = "C") -> Result:
    """The command line in this process, under a locale."""
    return CliRunner(env={"LC_ALL": lang, "TERM": "dumb"}).invoke(auditor_app(), ["mirror", *arguments])


def test_exit_codes(forger: Forger, tmp_path: Path) -> None:
    """0 copied, 2 not to be believed, 3 could not be done; the same in JSON."""
    forger.export(tmp_path / "log", 300)
    source, target = str(tmp_path / "log"), str(tmp_path / "copy")
    key = forger.world.genesis.log_keys[0]
    done = run(source, target, "--log-key", key, "--json")
    assert (done.exit_code, json.loads(done.stdout)["outcome"]) == (0, "copied")
    again = run(source, target, "--log-key", key, "--json")
    assert (again.exit_code, json.loads(again.stdout)["outcome"]) == (0, "unchanged")
    export_files(tmp_path / "log", rewritten(forger, 400))
    broken = run(source, target, "--json")
    assert (broken.exit_code, json.loads(broken.stdout)["code"]) == (2, "mirror.fork")
    assert "分叉" in run(source, target, lang="zh_CN.UTF-8").output
    absent = run(str(tmp_path / "nowhere"), target, "--json")
    assert (absent.exit_code, json.loads(absent.stdout)["outcome"]) == (3, "incomplete")
    assert run(source, target, "--genesis", "nonsense").exit_code == 3


def test_watching_follows_until_the_log_forks(
    forger: Forger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on over faults of the moment, and ends where the source cannot be believed any more."""
    log = tmp_path / "log"

    def moments() -> Iterator[None]:
        forger.export(log, 300)
        yield
        shutil.move(log, tmp_path / "away")
        yield
        shutil.move(tmp_path / "away", log)
        (log / "checkpoint").rename(log / "later")
        yield
        forger.export(log)
        yield
        export_files(log, rewritten(forger, 400))
        yield

    moment = moments()
    next(moment)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        next(moment)

    monkeypatch.setattr(time, "sleep", sleep)
    result = run(str(log), str(tmp_path / "copy"), "--watch", "7", "--json")
    outcomes = [json.loads(line)["outcome"] for line in result.stdout.splitlines()]
    assert outcomes == ["copied", "incomplete", "refused", "copied", "refused"]
    assert (result.exit_code, waits) == (2, [7, 7, 7, 7])
    assert bundle_of(forger.entries[:256]) == (tmp_path / "copy" / "tile/entries/000").read_bytes()
