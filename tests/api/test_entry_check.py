# SPDX-License-Identifier: Apache-2.0
"""The check that the page of an entry runs, in Node over an exported log: sound, corrupted, missing, endless."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from ledger.anchor import PrintedAnchor, format_anchor
from ledger.hashing import leaf_hash
from ledger.merkle import root_of
from ledger.publisher import publish
from ledger.tiles import decode_bundle, parse_tile_path
from tests.ledgers import founded, opened, post_all
from tests.worlds import make_world

if TYPE_CHECKING:
    from tests.conftest import Sample

NODE: Final = shutil.which("node")
SCRIPT: Final = Path(__file__).with_name("entry_check.mjs")
STEPS: Final = ["bytes", "chain", "signatures", "inclusion", "checkpoint"]
SECONDS: Final = 240
Question = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A small log in a folder: its entries, where each key was registered, the paths of bundle and tile."""

    folder: Path
    entries: list[bytes]
    keys: dict[str, int]

    def question(self, seq: int, **more: object) -> Question:
        """What the page of entry `seq` asks."""
        shown = self.entries[seq].hex()
        return {
            "folder": str(self.folder),
            "seq": seq,
            "shown": shown,
            "keys": self.keys,
            "trust": "",
            **more,
        }

    @property
    def width(self) -> str:
        """The end of the paths of the partial tile and bundle."""
        return f"000.p/{len(self.entries)}"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A world with keys, parties, a line and payments, exported."""
    folder = tmp_path_factory.mktemp("entry-check")
    world, url = make_world(), str(folder / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000)])
    return exported(url, folder / "log")


def exported(url: str, folder: Path) -> Exported:
    """The ledger as its export in `folder` shows it."""
    with opened(url) as engine:
        publish(engine, folder)
    return read_back(folder)


def read_back(folder: Path) -> Exported:
    """The log in the folder, as its bundles hold it."""
    bundles = sorted(one for one in (folder / "tile" / "entries").rglob("*") if one.is_file())
    paths = [str(bundle.relative_to(folder)) for bundle in bundles]
    entries = [
        entry
        for bundle, path in zip(bundles, paths, strict=True)
        for entry in decode_bundle(bundle.read_bytes(), tile=parse_tile_path(path))
    ]
    read = [json.loads(entry) for entry in entries]
    keys = {one["key"]: 0 for one in read[0]["genesis"]["administrators"]}
    keys |= {one["event"]["key"]: one["seq"] for one in read if one.get("event", {}).get("kind") == "key"}
    return Exported(folder=folder, entries=entries, keys=keys)


def told(questions: list[Question]) -> list[Question]:
    """What the check says to each."""
    assert NODE is not None, "the check needs Node 18 or later: make javascript"
    text = "\n".join(json.dumps(one) for one in questions)
    done = subprocess.run(
        [NODE, str(SCRIPT)], input=text, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[Question] = json.loads(done.stdout)
    return found


def test_every_entry_passes(log: Exported) -> None:
    """Genesis, headers, keys, parties, money: each passes every step, with nothing brought along."""
    answers = told([log.question(seq) for seq in range(len(log.entries))])
    assert answers == [{"passed": STEPS}] * len(log.entries)


def test_what_the_reader_brings_is_held_against_the_log(log: Exported) -> None:
    """The genesis hash, the policy, the printed anchor and each log key are accepted; another of each is not."""
    policy = (log.folder / "policy").read_text()
    log_key = next(line.split()[1] for line in policy.splitlines() if line.startswith("log "))
    genesis = leaf_hash(log.entries[0]).hex()
    own_keys = json.loads(log.entries[0])["genesis"]["log_keys"]
    strange = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    anchor = (log.folder / "anchor.txt").read_text()
    good, bad = (
        [genesis, policy, log_key, anchor, *own_keys],
        ["ab" * 32, strange, f"log {strange}\nquorum none\n"],
    )
    answers = told([log.question(3, trust=trust) for trust in (*good, *bad)])
    assert answers[: len(good)] == [{"passed": STEPS}] * len(good)
    assert [(one["passed"], one["refused"]) for one in answers[len(good) :]] == [
        (STEPS[:4], "signature")
    ] * len(bad)


def test_a_printed_anchor_is_held_against_the_log(log: Exported) -> None:
    """One from any earlier size is accepted, also for entries behind it; another root, log or a larger size is not."""
    origin, leaves = (
        json.loads(log.entries[0])["genesis"]["origin"],
        [leaf_hash(entry) for entry in log.entries],
    )

    def printed(size: int, count: int, name: str = origin) -> str:
        return format_anchor(PrintedAnchor(origin=name, size=size, root=root_of(leaves[:count])))

    sizes = range(1, len(leaves) + 1)
    good = [printed(size, size) for size in sizes]
    bad = [printed(9, 8), printed(len(leaves) + 1, len(leaves)), printed(9, 9, "ledger.example/other")]
    answers = told([log.question(7, trust=trust) for trust in (*good, *bad)])
    assert answers[: len(good)] == [{"passed": STEPS}] * len(good)
    refused = [(STEPS[:4], reason) for reason in ("proof", "proof", "signature")]
    assert [(one["passed"], one["refused"]) for one in answers[len(good) :]] == refused


def test_any_flipped_bit_is_noticed(log: Exported, sample: Sample) -> None:
    """In the entry itself, in a hash, in the checkpoint, in the policy: never "checked"."""
    draw = random.Random(20_260_614)
    bundle = (log.folder / f"tile/entries/{log.width}").read_bytes()
    questions = []
    for _ in sample(range(400), 15):
        seq = draw.randrange(len(log.entries))
        start = sum(2 + len(entry) for entry in log.entries[:seq])
        places = {
            f"tile/entries/{log.width}": range(8 * start, 8 * (start + 2 + len(log.entries[seq]))),
            f"tile/0/{log.width}": range(8 * 32 * len(log.entries)),
            "checkpoint": range(8 * len((log.folder / "checkpoint").read_bytes())),
            "policy": range(8 * len((log.folder / "policy").read_bytes())),
        }
        assert start < len(bundle)
        questions += [
            log.question(seq, flip={"path": path, "bit": draw.choice(bits)}) for path, bits in places.items()
        ]
    answers = told(questions)
    unnoticed = [
        (asked["flip"], asked["seq"])
        for asked, one in zip(questions, answers, strict=True)
        if "refused" not in one
    ]
    assert unnoticed == []


def test_a_page_that_shows_something_else(log: Exported) -> None:
    """Other bytes, or the bytes of another entry: the first step says so. A key whose place is unknown decides nothing."""
    other = log.entries[4].hex()
    unknown = {key: seq for key, seq in log.keys.items() if seq == 0}
    answers = told([log.question(3, shown=other), log.question(len(log.entries) - 1, keys=unknown)])
    assert (answers[0]["passed"], answers[0]["refused"]) == ([], "proof")
    assert (answers[1]["passed"], answers[1]["refused"]) == (STEPS[:2], "missing")


def test_a_key_is_taken_from_no_other_entry(log: Exported) -> None:
    """A hint at another entry, or at one after the submission, is refused: hints are not believed."""
    last = len(log.entries) - 1
    wrong = dict.fromkeys(log.keys, 0)
    later = dict.fromkeys(log.keys, last)
    answers = told([log.question(last, keys=wrong), log.question(last, keys=later)])
    assert [(one["passed"], one["refused"]) for one in answers] == [(STEPS[:2], "signature")] * 2


@pytest.mark.parametrize("path", ["checkpoint", "policy", "tile/0/000", "tile/entries/000"])
def test_an_endless_file_is_cut(path: str) -> None:
    """No more is read than a file of its kind may have."""
    (answer,) = told([{"endless": path}])
    assert (answer["refused"], answer["place"]) == ("form", path)
