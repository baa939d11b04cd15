# SPDX-License-Identifier: Apache-2.0
"""Many workers say what one says: verdict, first broken position, events; and a worker that dies is told."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault
from tests.malicious.forger import Files, Forger, bundle_of, in_memory, leaf_of, relinked
from tests.worlds import BANK, make_world
from verifier.integrity.replay import Replay
from verifier.integrity.workers import Claim, Read, Workers, answer_of, are_good, hashed_and_read
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Sample
    from verifier.integrity.verdict import Verdict

PROCESSES = 2


@pytest.fixture(scope="module")
def forger() -> Forger:
    """A log of several tiles, with submissions that lie across them and many signatures."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    made.post(world.bank_lines(1, 300), world.bank_lines(301, 300))
    for number in range(50):
        made.post(world.pay("L1", 100 + number))
    made.post(world.bank_lines(601, 200))
    return made


def judged(files: Files, workers: Workers) -> tuple[Verdict, list[str]]:
    """The verdict, and the names of the events handed out."""
    with Workspace() as workspace:
        replay = Replay(in_memory(files), workspace, workers=workers)
        names = [event.name for event in replay.events()]
        return replay.verdict(), names


def tampered(forger: Forger, at: int) -> Iterator[Files]:
    """Logs with something wrong at entry `at`: a bundle, a relinked history, a forged signature, a missing end."""
    entry = forger.entries[at]
    for edited in (
        entry[:-1],
        entry.replace(b'"v":1', b'"v":1 ', 1),
        entry.replace(b'"seq":', b'"seq":1', 1),
    ):
        first = at - at % 256
        bundle = [*forger.entries[first:at], edited, *forger.entries[at + 1 : first + 256]]
        width = min(256, len(forger.entries) - first)
        name = f"tile/entries/{first // 256:03d}" + ("" if width == 256 else f".p/{width}")
        yield forger.files() | {name: bundle_of(bundle)}
    amounts = entry.replace(b'"amount":', b'"amount":9', 1)
    yield Forger(forger.world, relinked([*forger.entries[:at], amounts, *forger.entries[at + 1 :]])).files()
    signed = entry.replace(b'"sig":"', b'"sig":"AA', 1)
    yield Forger(forger.world, relinked([*forger.entries[:at], signed, *forger.entries[at + 1 :]])).files()
    yield forger.files() | {"checkpoint": forger.checkpoint(), "tile/entries/002": b""}


def test_processes_say_what_one_worker_says(forger: Forger, sample: Sample) -> None:
    """Over an honest log and over tampered ones: every check, every word, every event."""
    logs = [forger.files()]
    for at in sample(range(1, len(forger.entries), 97), 4):
        logs += tampered(forger, at)
    for files in logs:
        assert judged(files, Workers(PROCESSES, processes=True)) == judged(files, Workers(1))


def test_a_digest_is_hashes_and_whether_all_is_plain(forger: Forger) -> None:
    """Headers, genesis, foreign and broken entries are left to the replay, which says what they are."""
    events = forger.entries[-10:]
    assert hashed_and_read(Read(0, events, None)) == ([leaf_of(entry) for entry in events], True)
    for other in (
        forger.entries[0],
        b"",
        b"{}",
        events[0] + b" ",
        events[0].replace(b'"movement"', b'"moved"'),
    ):
        assert not hashed_and_read(Read(0, [*events, other], None)).plain


def test_signatures_are_judged_one_by_one(forger: Forger) -> None:
    """Right, wrong, too short, and by a suite that nobody knows."""
    _role, signer = forger.world.signers(BANK)[0]
    made = signer.sign(b"message")
    claims = [
        Claim("ed25519", signer.public, b"message", made),
        Claim("ed25519", signer.public, b"other", made),
        Claim("ed25519", signer.public, b"message", b""),
        Claim("unheard", signer.public, b"message", made),
    ]
    assert are_good(claims) == [True, False, False, False]


def die(_question: int) -> int:
    """What an overloaded machine does to a process."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_a_worker_that_dies_is_the_machines_fault(forger: Forger) -> None:
    """Nothing is known about the ledger; whoever asks next is told too."""
    with Workers(PROCESSES, processes=True) as workers:
        with pytest.raises(EnvironmentFault) as caught:
            answer_of(workers.ask(die, 1))
        assert caught.value.code == "workers.died"
        with pytest.raises(EnvironmentFault):
            workers.ask(die, 1)
        with pytest.raises(EnvironmentFault):
            list(workers.digests([Read(0, forger.entries[:1], None)]))
