# SPDX-License-Identifier: Apache-2.0
"""An operator with every power: it writes logs, good and bad, without the program's own writer.

Entries, tiles and checkpoints are built here from hashlib and from the layout of C2SP tlog-tiles alone, so that a fault
in the program's own tree code cannot hide itself. A forger may hold the log key, or somebody else's.

    forger = Forger(world)
    forger.post(world.issue("L1", 1_000))     # relinked and written down, not judged
    forger.export(folder)                     # an honest log of what was posted
    export_files(folder, forger.files() | {"checkpoint": other})   # a dishonest one
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ledger.entry import event_entry_bytes, header_entry_bytes
from ledger.log_keys import keys_in
from ledger.published_policy import policy_text
from tests.worlds import World
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.workers import Workers
from verifier.reading.static_log import StaticLog, missing, within
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ledger.keys import Signer
    from ledger.log_signer import LogSigner
    from ledger.submission import Submission
    from verifier.integrity.state import SavedState
    from verifier.integrity.verdict import Verdict

WIDTH: Final = 256
SECONDS = 1_767_600_000
Files = dict[str, bytes]


def leaf_of(entry: bytes) -> bytes:
    """RFC 9162 leaf hash, by definition."""
    return hashlib.sha256(b"\x00" + entry).digest()


def root_over(hashes: Sequence[bytes]) -> bytes:
    """RFC 9162 §2.1.1 root over leaf hashes, by the recursive definition."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root_over(hashes[:split]) + root_over(hashes[split:])).digest()


def path_of(level: int | str, number: int, width: int) -> str:
    """Path of a tile or bundle; logs of this suite stay below 256,000 entries."""
    return f"tile/{level}/{number:03d}" + ("" if width == WIDTH else f".p/{width}")


def signed_checkpoint(origin: str, hashes: Sequence[bytes], signer: LogSigner, *, name: str = "") -> bytes:
    """A checkpoint over the leaf hashes, signed under `name` (the origin, unless said otherwise)."""
    return signed_text(
        f"{origin}\n{len(hashes)}\n{base64.b64encode(root_over(hashes)).decode()}\n", name or origin, signer
    )


def signed_text(text: str, name: str, signer: LogSigner) -> bytes:
    """A signed note (C2SP signed-note) of the checkpoint `text`, with a line of each key of the log."""
    lines = "".join(
        f"— {name} {base64.b64encode(_blob(text, name, one)).decode()}\n" for one in signer.signers
    )
    return f"{text}\n{lines}".encode()


def _blob(text: str, name: str, signer: Signer) -> bytes:
    """Key id and signature: over the text (type 0x01), or over a time and what the text says (type 0x06).

    Signed once: ML-DSA-44 would give another signature each time, and equal logs must be equal files here.
    """
    made = (text, name, signer.public)
    if made not in _BLOBS:
        _BLOBS[made] = _signed(text, name, signer)
    return _BLOBS[made]


_BLOBS: dict[tuple[str, str, bytes], bytes] = {}


def _signed(text: str, name: str, signer: Signer) -> bytes:
    timed = signer.alg == "ml-dsa-44"
    kind = b"\x06" if timed else b"\x01"
    identity = hashlib.sha256(name.encode() + b"\n" + kind + signer.public).digest()[:4]
    if not timed:
        return identity + signer.sign(text.encode())
    origin, size, root = text.splitlines()[:3]
    time = SECONDS.to_bytes(8, "big")
    names = [len(one).to_bytes(1, "big") + one.encode() for one in (name, origin)]
    span = bytes(8) + int(size).to_bytes(8, "big") + base64.b64decode(root)
    return identity + time + signer.sign(b"subtree/v1\n\0" + names[0] + time + names[1] + span)


def bundle_of(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def tiles_over(entries: Sequence[bytes]) -> Files:
    """Every hash tile and entry bundle of a log of exactly these entries."""
    files: Files = {}
    for number, first in enumerate(range(0, len(entries), WIDTH)):
        part = entries[first : first + WIDTH]
        files[path_of("entries", number, len(part))] = bundle_of(part)
    level, hashes = 0, [leaf_of(entry) for entry in entries]
    while hashes:
        rows = [hashes[first : first + WIDTH] for first in range(0, len(hashes), WIDTH)]
        for number, row in enumerate(rows):
            files[path_of(level, number, len(row))] = b"".join(row)
        level, hashes = level + 1, [root_over(row) for row in rows if len(row) == WIDTH]
    return files


def export_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The folder holds exactly these files."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def edited(entry: bytes, **changes: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """The entry with top-level fields changed, canonical again."""
    return json.dumps(
        json.loads(entry) | changes, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def relinked(entries: Sequence[bytes]) -> list[bytes]:
    """The entries with positions and `prev` made to fit, as an operator does who rewrites history.

    References of events to their header are shifted with it; everything that somebody else signed stays.
    """
    made: list[bytes] = []
    header = 0
    previous = "0" * 64
    for seq, entry in enumerate(entries):
        kind = json.loads(entry)["kind"]
        header = seq if kind == "submission" else header
        moved = {"submission": header} if kind == "event" else {}
        made.append(edited(entry, seq=seq, prev=previous, **moved))
        previous = leaf_of(made[-1]).hex()
    return made


@dataclass(slots=True)
class Forger:
    """A log under construction: whatever is posted is written down, well linked and unjudged."""

    world: World
    entries: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The genesis stands."""
        if not self.entries:
            self.entries.append(self.world.genesis_entry)

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.world.genesis.origin

    @property
    def leaves(self) -> list[bytes]:
        """Leaf hashes of the entries."""
        return [leaf_of(entry) for entry in self.entries]

    def post(self, *submissions: Submission, recorded: str | None = None) -> int:
        """Write the submissions down as they are; returns the position of the last header."""
        at = len(self.entries)
        for submission in submissions:
            at = len(self.entries)
            instant = recorded or submission.header.signed_at
            self.entries.append(
                header_entry_bytes(
                    seq=at, prev=leaf_of(self.entries[-1]).hex(), recorded=instant,
                    header=submission.header, signatures=submission.signatures,
                )
            )  # fmt: skip
            for index, event in enumerate(submission.event_bytes):
                self.entries.append(
                    event_entry_bytes(
                        seq=at + 1 + index, prev=leaf_of(self.entries[-1]).hex(), recorded=instant,
                        submission=at, index=index, event=event,
                    )
                )  # fmt: skip
        return at

    def checkpoint(self, size: int | None = None, *, signer: LogSigner | None = None) -> bytes:
        """A checkpoint over the first `size` entries, by the log's keys unless others are given."""
        return signed_checkpoint(self.origin, self.leaves[:size], signer or self.world.log_signer)

    def files(self, size: int | None = None) -> Files:
        """An honest export of the first `size` entries."""
        policy = policy_text(keys_in(self.world.genesis.log_keys)).encode()
        return tiles_over(self.entries[:size]) | {"checkpoint": self.checkpoint(size), "policy": policy}

    def export(self, folder: Path, size: int | None = None) -> Path:
        """The folder holds an honest export of the first `size` entries."""
        return export_files(folder, self.files(size))


def in_memory(files: Mapping[str, bytes]) -> StaticLog:
    """A source that serves exactly these files."""

    def read(path: str, limit: int) -> bytes:
        if path not in files:
            raise missing(path)
        return within(files[path], limit, path)

    return StaticLog(read)


def judge(files: Mapping[str, bytes], trust: Trust | None = None) -> Verdict:
    """The verdict on a log of these files."""
    with Workspace() as workspace:
        replay = Replay(in_memory(files), workspace, trust=trust or Trust(), workers=Workers(2))
        for _event in replay.events():
            pass
        return replay.verdict()


def state_of(files: Mapping[str, bytes]) -> SavedState:
    """What an auditor remembers who found a log of these files clean."""
    with Workspace() as workspace:
        replay = Replay(in_memory(files), workspace)
        for _event in replay.events():
            pass
        state = replay.state()
    assert state is not None
    return state


def found_in(verdict: Verdict) -> tuple[str, int | None]:
    """Number and position of the first broken check."""
    assert verdict.outcome == "broken"
    assert verdict.exit_code == 2
    assert verdict.first_broken is not None
    return verdict.first_broken.number, verdict.first_broken.position
