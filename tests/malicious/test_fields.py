# SPDX-License-Identifier: Apache-2.0
"""Whatever a party with proper keys signs, however odd, ends in a verdict and never in a crash."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import InputError
from ledger.kinds.vocabulary import decode_event, event_bytes
from tests.examples import specimens
from tests.malicious.fields import holder_of, leaves_of
from tests.malicious.forger import Forger, judge
from tests.worlds import AUDIT, BANK, COUNTY, PROVINCE, UNIT, make_world

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent
    from tests.conftest import Sample


@pytest.fixture
def small() -> Forger:
    """A short honest log."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    return made


def odd(rng: random.Random, event: AnyEvent, scraps: dict[type, list[Any]]) -> AnyEvent | None:
    """`event` with a few values taken from other events; None when that is no event any more."""
    value = json.loads(event_bytes(event))
    for _ in range(rng.randint(0, 4)):
        path = rng.choice(list(leaves_of(value)))
        if path[-1] not in {"kind", "v"}:
            holder = holder_of(value, path)
            holder[path[-1]] = rng.choice(scraps[type(holder[path[-1]])])
    try:
        return decode_event(json.dumps(value).encode(), place="event")
    except InputError:
        return None


def test_any_signed_event_ends_in_a_verdict(small: Forger, sample: Sample) -> None:
    """Dates at the ends of time, references to anything, keys that are none: refused with a number, or recorded."""
    world = small.world
    known = [json.loads(entry)["event"] for entry in small.entries if b'"kind":"event"' in entry]
    pool = [*specimens().values(), *(decode_event(json.dumps(one).encode(), place="event") for one in known)]
    scraps: dict[type, list[Any]] = {
        str: ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59.999Z", "L1"],
        int: [1],
    }
    for event in pool:
        value = json.loads(event_bytes(event))
        for path in leaves_of(value):
            scraps.setdefault(type(holder_of(value, path)[path[-1]]), []).append(
                holder_of(value, path)[path[-1]]
            )
    honest = list(small.entries)
    outcomes = set()
    for seed in sample(range(3_000), 120):
        rng = random.Random(seed)
        made = [odd(rng, rng.choice(pool), scraps) for _ in range(rng.randint(1, 3))]
        events = [event for event in made if event is not None] or [rng.choice(pool)]
        party = rng.choice([PROVINCE, COUNTY, UNIT, BANK, AUDIT, "admin-a"])
        small.entries = list(honest)
        small.post(world.submission(party, *events))
        outcomes.add(judge(small.files()).outcome)
    assert outcomes <= {"broken", "self-consistent"}
    assert "broken" in outcomes
