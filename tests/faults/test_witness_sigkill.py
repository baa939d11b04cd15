# SPDX-License-Identifier: Apache-2.0
"""SIGKILL of a witness at random moments under load: what it answered 200 for, it knows after every restart."""

from __future__ import annotations

import http.client
import random
import threading
from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from api.witness.opening import create_witness, enter_log, sound_memory
from ledger.checkpoint import parse_checkpoint
from ledger.key_files import pem_of
from ledger.keys import Ed25519Signer, MlDsa44Signer
from ledger.note import parse_note
from tests.growing_log import MAX_SIZE, GrowingLog
from tests.served_process import start

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served_process import ServerProcess

pytestmark = pytest.mark.loopback

NAME = "witness.example/w1"
LOGS = [GrowingLog(origin=f"ledger.example/{number}", quantum=False) for number in range(4)]
LIVES = 3
HARM = (OSError, http.client.HTTPException)


def grow(server: ServerProcess, log: GrowingLog, known: dict[str, list[int]], *, seed: int) -> None:
    """Push growing checkpoints until the server is gone; `known` gets the size of each answer 200."""
    chance = random.Random(seed)
    old = max(known[log.origin], default=0)
    try:
        while old < MAX_SIZE:
            size = min(old + chance.randrange(3), MAX_SIZE)
            status, body = server.request("POST", "/add-checkpoint", log.request(old, size))
            assert status in {200, 409}, body
            old = size if status == 200 else int(body)
            if status == 200:
                known[log.origin].append(size)
    except HARM:
        return


def remembered(server: ServerProcess, log: GrowingLog) -> int:
    """The size that the witness shows for the log, after its root was seen to be the right one."""
    status, body = server.request("GET", f"/{sha256(log.origin.encode()).hexdigest()}/checkpoint")
    if status == 404:
        return 0
    checkpoint = parse_checkpoint(parse_note(body).text)
    assert checkpoint.root == log.tree.root(checkpoint.size)
    return checkpoint.size


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long(sample=0))])
def test_it_never_forgets_what_it_answered_for(tmp_path: Path, seed: int) -> None:
    """Three lives, each killed while eight clients push the heads of four logs; two of them push each log."""
    chance = random.Random(seed)
    folder = tmp_path / "witness"
    signers = (Ed25519Signer.generate(), MlDsa44Signer.generate())
    create_witness(folder, NAME, signers, pem_of(*signers))
    with sound_memory(folder) as memory:
        for log in LOGS:
            enter_log(memory, log.keys, witness=NAME)
    known: dict[str, list[int]] = defaultdict(list)
    for life in range(LIVES):
        server = start("witness", "serve", "--dir", str(folder), "--port", "0")
        timer = threading.Timer(0.2 + chance.random(), server.process.kill)
        try:
            assert all(remembered(server, log) >= max(known[log.origin], default=0) for log in LOGS)
            timer.start()
            clients = [
                threading.Thread(
                    target=grow, args=(server, log, known), kwargs={"seed": 100 * seed + 10 * life + twin}
                )
                for log in LOGS
                for twin in range(2)
            ]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
        finally:
            timer.cancel()
            server.kill()
    assert all(known[log.origin] for log in LOGS)
    server = start("witness", "serve", "--dir", str(folder), "--port", "0")
    try:
        assert all(remembered(server, log) >= max(known[log.origin], default=0) for log in LOGS)
    finally:
        assert server.stop() == 0
