# SPDX-License-Identifier: Apache-2.0
"""An operator who holds the log key, relinks everything and signs anew: no field that others signed can be changed.

And whatever a party with proper keys signs, however odd, ends in a verdict and never in a crash.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import InputError
from ledger.kinds.vocabulary import decode_event, event_bytes
from tests.examples import specimens
from tests.malicious.forger import Forger, edited, found_in, judge, relinked
from tests.worlds import AUDIT, BANK, COUNTY, PROVINCE, UNIT, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.kinds.vocabulary import AnyEvent
    from tests.conftest import Sample

Path = tuple[str | int, ...]

OPERATORS_OWN = {("seq",), ("prev",), ("recorded",)}
"""What the operator decides and no party signs; the chain and time hold them."""


@pytest.fixture
def small() -> Forger:
    """A short honest log."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    return made


def leaves_of(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - any JSON value
    """The paths of all scalars in a JSON value."""
    match value:
        case dict():
            for key, item in value.items():
                yield from leaves_of(item, (*path, key))
        case list():
            for at, item in enumerate(value):
                yield from leaves_of(item, (*path, at))
        case _:
            yield path


def holder_of(value: Any, path: Path) -> Any:  # noqa: ANN401 - as above
    """What holds the scalar at `path`."""
    for step in path[:-1]:
        value = value[step]
    return value


def other(value: Any) -> Any:  # noqa: ANN401 - as above
    """Another value of the same shape: another digit, another letter, the other truth."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            at = next((at for at, one in enumerate(value) if one.isalnum()), 0)
            swapped = {"0": "1", "a": "b", "A": "B"}
            one = value[at]
            kind = "0" if one.isdigit() else "a" if one.islower() else "A"
            return value[:at] + (swapped[kind] if one != swapped[kind] else kind) + value[at + 1 :]
        case _:
            raise AssertionError(value)


@pytest.mark.parametrize("kind", ["genesis", "submission", "event"])
def test_every_field_that_somebody_signed(small: Forger, kind: str) -> None:
    """Found at that entry, or at the header that binds it."""
    at = max(seq for seq, entry in enumerate(small.entries) if json.loads(entry)["kind"] == kind)
    honest = list(small.entries)
    paths = [path for path in leaves_of(json.loads(honest[at])) if path not in OPERATORS_OWN]
    assert len(paths) > 5
    for path in paths:
        value = json.loads(honest[at])
        holder = holder_of(value, path)
        holder[path[-1]] = other(holder[path[-1]])
        forged = [*honest[:at], edited(honest[at], **value), *honest[at + 1 :]]
        small.entries = forged if path in {("submission",), ("v",), ("kind",)} else relinked(forged)
        _, position = found_in(judge(small.files()))
        assert position in {at, at - 1, at + 1}, path


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
