# SPDX-License-Identifier: Apache-2.0
"""The catalogue of attacks against the verifier: each forged log is found broken, and the score is what the page says."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from ledger.log_keys import keys_in
from tests.malicious.attacks import ATTACKS, PLACES, Attack, Forgery
from tests.malicious.every_kind import every_kind
from tests.malicious.forger import Forger, judge, state_of
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from tests.conftest import Sample

PAGE: Final = Path(__file__).parents[2] / "docs" / "threat-model.md"
SAMPLED: Final = 60


@cache
def honest() -> Forger:
    """A log in which every kind stands; nobody changes it."""
    return every_kind()


@cache
def forgeries(attack: Attack) -> tuple[Forgery, ...]:
    """Every forged log of the attack on the honest one."""
    return tuple(attack.forge(honest()))


def test_the_honest_log_is_clean() -> None:
    """What every forgery differs from."""
    files = honest().files()
    keys = keys_in(honest().world.genesis.log_keys)
    assert judge(files, Trust(log_keys=keys, state=state_of(files))).outcome == "verified"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_every_forgery_is_found(attack: Attack, sample: Sample) -> None:
    """With the log key known from outside, and for another history with a saved state."""
    keys = keys_in(honest().world.genesis.log_keys)
    trust = Trust(log_keys=keys, state=state_of(honest().files()) if attack.needs_memory else None)
    for forgery in sample(forgeries(attack), SAMPLED):
        verdict = judge(forgery.files, trust)
        assert verdict.outcome == "broken", (attack.name, forgery.position)
        assert verdict.exit_code == 2


@cache
def long() -> Forger:
    """A log of several tiles: every kind, and a thousand bank lines."""
    forger = every_kind()
    forger.post(*(forger.world.bank_lines(1, 250, statement=f"2026-{month:02d}") for month in range(2, 6)))
    return forger


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_forgeries_of_a_long_log_are_found(attack: Attack, sample: Sample) -> None:
    """At random positions, across tiles and bundles."""
    state = state_of(long().files()) if attack.needs_memory else None
    trust = Trust(log_keys=keys_in(long().world.genesis.log_keys), state=state)
    forged = list(attack.forge(long()))
    picked = random.Random(len(forged)).sample(forged, min(PLACES, len(forged)))
    for forgery in sample(picked, 3):
        assert judge(forgery.files, trust).outcome == "broken", (attack.name, forgery.position)


@pytest.mark.parametrize(
    "attack", [one for one in ATTACKS if one.needs_memory], ids=lambda attack: attack.name
)
def test_another_history_is_consistent_in_itself(attack: Attack) -> None:
    """Without a memory nothing inside the log tells, which is why the page asks for one."""
    for forgery in forgeries(attack)[-3:]:
        assert judge(forgery.files).outcome == "self-consistent"


def test_the_published_score() -> None:
    """The table of the threat model is the catalogue, with the number of forgeries that the tests above go through."""
    rows = [f"| {attack.name} | {len(forgeries(attack)):,} | {_needs(attack)} |" for attack in ATTACKS]
    text = PAGE.read_text()
    assert [row for row in rows if row not in text] == []
    whole = sum(len(forgeries(attack)) for attack in ATTACKS)
    assert f"{whole:,} of {whole:,}" in text


def _needs(attack: Attack) -> str:
    return "log key and a saved state" if attack.needs_memory else "log key"


def test_a_root_that_is_not_of_the_entries_blames_no_submission() -> None:
    """Earlier entries are read again under the checkpoint; that they are not there is no fault of who refers to them."""
    files = honest().files()
    lines = files["checkpoint"].split(b"\n")
    lines[2] = (b"B" if lines[2][:1] == b"A" else b"A") + lines[2][1:]
    verdict = judge(files | {"checkpoint": b"\n".join(lines)})
    assert verdict.first_broken is not None
    assert verdict.first_broken.number in {"I3", "I4"}
    assert verdict.check("I6").state == "unevaluable"
