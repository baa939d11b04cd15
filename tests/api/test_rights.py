# SPDX-License-Identifier: Apache-2.0
"""The matrix of rights where people meet it: over HTTP, and on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ledger.key_files import save_private_key
from ledger.submission import wire_bytes
from tests.acts import refusals, setting, stage, standing
from tests.api.test_keys_command import fundtrace
from tests.ledgers import founded, post_all
from tests.served import served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Sample
    from tests.worlds import World


@pytest.fixture
def world() -> World:
    """The cast of the matrix."""
    return stage()


@pytest.fixture
def db(world: World, tmp_path: Path) -> str:
    """A ledger on which the setting stands, with its log keys beside it."""
    url = str(tmp_path / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, setting(world))
    save_private_key(tmp_path / "log.pem", *world.log_keys)
    return url


def test_the_matrix_over_http(world: World, db: str, sample: Sample) -> None:
    """Each trial that must be refused is refused by its code and leaves nothing; then every act is posted."""
    with served(db, world.log_signer) as site:
        before = site.get("/log/checkpoint").text
        met = {}
        for trial in sample(list(refusals(world)), 150):
            answer = site.post(wire_bytes(trial.submission))
            told = {one["code"] for one in answer.json().get("problems", ())} | {answer.json()["code"]}
            met[trial.name] = (answer.status_code, trial.refused in told)
        assert {name: one for name, one in met.items() if one != (403, True)} == {}
        assert site.get("/log/checkpoint").text == before
        for trial in standing(world, once=True):
            assert site.post(wire_bytes(trial.submission)).status_code == 201, trial.name


def test_the_matrix_on_the_command_line(world: World, db: str, tmp_path: Path) -> None:
    """The whole of it in one file: every wrong line is refused by its code, every rightful one posted, and it verifies."""
    wrong, right = list(refusals(world)), list(standing(world, once=True))
    file = tmp_path / "trials.ndjson"
    file.write_bytes(b"".join(wire_bytes(one.submission) + b"\n" for one in (*wrong, *right)))
    told = fundtrace("post", "--db", db, str(file), "--log-key-file", str(tmp_path / "log.pem"), "--json")
    assert told.exit_code == 1
    record = json.loads(told.stdout)
    assert (record["refused"], record["accepted"]) == (len(wrong), len(right))
    told_codes = {one["line"]: {each["code"] for each in one["problems"]} for one in record["refusals"]}
    assert len(told_codes) >= 100
    assert all(wrong[line - 1].refused in codes for line, codes in told_codes.items())
    verified = fundtrace("verify", "--db", db, "--genesis", world.genesis_hash)
    assert verified.exit_code == 0, verified.output
