# SPDX-License-Identifier: Apache-2.0
"""Cheap checks come first, and what one sender may ask for is limited without cost to others."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from starlette.requests import Request

import ledger.flush
import ledger.submission
from api.admission import Quotas
from api.app import create_app
from api.bodies import SlowBodyError, bounded_body
from api.judging import judge_ledger
from api.routers import posting
from api.settings import Settings
from ledger.submission import wire_bytes
from tests.api.test_posting import problem
from tests.served import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.worlds import World


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each costly step was taken from now on."""
    done: Counter[str] = Counter()

    def counted(module: ModuleType, name: str) -> None:
        real: Callable[..., Any] = getattr(module, name)

        def count(*args: object, **named: object) -> object:
            done[name] += 1
            return real(*args, **named)

        monkeypatch.setattr(module, name, count)

    counted(posting, "parse_wire")
    counted(ledger.submission, "check_signature")
    counted(ledger.flush, "admit")
    return done


def frozen_quotas(site: Site, *, key_rate: int = 1, address_rate: int = 0) -> None:
    """`site` limits like this, and no time passes."""
    site.app.state.quotas = Quotas(address_rate=address_rate, key_rate=key_rate, now_ns=lambda: 0)


def forged(world: World) -> bytes:
    """A submission of which one signature is nonsense."""
    wire = json.loads(wire_bytes(world.issue("L1", 1)))
    wire["signatures"][1]["sig"] = base64.b64encode(bytes(64)).decode()
    return json.dumps(wire).encode()


def of_a_stranger(world: World) -> bytes:
    """A submission of which one key was never registered; its other signature is good."""
    wire = json.loads(wire_bytes(world.issue("L1", 1)))
    wire["signatures"][1]["key"] = "f" * 64
    return json.dumps(wire).encode()


def test_a_good_submission_takes_every_step_once(office: Site, world: World, work: Counter[str]) -> None:
    """Parsed, both signatures verified, judged."""
    assert office.post(wire_bytes(world.issue("L1", 1))).status_code == 201
    assert work == {"parse_wire": 1, "check_signature": 2, "admit": 1}


def test_what_is_too_large_is_not_parsed(
    office: Site, world: World, work: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size comes first."""
    monkeypatch.setattr(posting, "WIRE_BYTES_MAX", 100)
    problem(office.post(wire_bytes(world.issue("L1", 1))), 413)
    assert not work


def test_what_is_malformed_costs_no_signature_check(office: Site, work: Counter[str]) -> None:
    """Form comes before keys."""
    problem(office.post(b"{}"), 400)
    assert work == {"parse_wire": 1}


def test_an_unknown_key_costs_no_signature_check(office: Site, world: World, work: Counter[str]) -> None:
    """Not even that of the other key, which is known."""
    body = problem(office.post(of_a_stranger(world)), 403)
    assert body["code"] == "key-unknown"
    assert work["check_signature"] == 0


def test_a_wrong_signature_is_not_judged_for_content(office: Site, world: World, work: Counter[str]) -> None:
    """Signatures come before content."""
    problem(office.post(forged(world)), 403)
    assert work == {"parse_wire": 1, "check_signature": 2}


def test_a_key_beyond_its_quota_waits_without_a_signature_check(
    office: Site, world: World, work: Counter[str]
) -> None:
    """429 with the seconds to wait, and nothing was done; another party's keys are not held up."""
    frozen_quotas(office)
    for number in range(10):
        assert office.post(wire_bytes(world.issue(f"L{number}", 1))).status_code == 201
    work.clear()
    answer = office.post(wire_bytes(world.issue("L10", 1)))
    assert problem(answer, 429)["code"] == "too-often"
    assert answer.headers["retry-after"] == "1"
    assert work == {"parse_wire": 1}
    assert office.post(wire_bytes(world.pay("L1", 1))).status_code == 201


@pytest.mark.parametrize("key_rate", [1, 0])
@pytest.mark.parametrize("make", [forged, of_a_stranger])
def test_a_forger_uses_up_its_own_quota_and_no_other(
    office: Site, world: World, work: Counter[str], make: Callable[[World], bytes], key_rate: int
) -> None:
    """After fifty bad ones the address is refused before any check, also where keys have no limit.

    From elsewhere the named keys still post.
    """
    frozen_quotas(office, key_rate=key_rate)
    for _ in range(50):
        problem(office.post(make(world)), 403)
    work.clear()
    problem(office.post(make(world)), 429)
    assert work == {"parse_wire": 1}
    frozen = office.app.state.quotas
    submission = world.issue("L1", 1)
    frozen.check(submission, "192.0.2.1")


def test_sending_what_is_public_again_costs_its_keys_nothing(office: Site, world: World) -> None:
    """Anybody can replay a submission out of the log."""
    frozen_quotas(office)
    wire = wire_bytes(world.issue("L1", 1))
    assert office.post(wire).status_code == 201
    assert {office.post(wire).status_code for _ in range(20)} == {200}
    assert office.post(wire_bytes(world.issue("L2", 1))).status_code == 201


def test_an_address_that_asks_too_often_waits(office: Site) -> None:
    """429 as a problem with every header of other answers; health checks go on."""
    frozen_quotas(office, address_rate=1)
    assert {office.get("/v1/lines").status_code for _ in range(10)} == {200}
    answer = office.get("/v1/lines")
    assert problem(answer, 429)["code"] == "too-often"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert office.get("/healthz").status_code == 200


def test_the_paces_are_those_of_the_settings(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that may ask once a second asks ten times at once; one without a pace as often as it likes."""
    monkeypatch.setattr(time, "monotonic_ns", lambda: 0)
    for rate, last in ((1, 429), (0, 200)):
        app = create_app(Settings(address_rate=rate), office.ledger, judge=judge_ledger)
        asker = Site(app=app, ledger=office.ledger)
        assert [asker.get("/v1/lines").status_code for _ in range(11)] == [200] * 10 + [last]


# --- slow bodies ------------------------------------------------------------------------------------------


def request_of(parts: list[bytes], seconds: float) -> Request:
    """A request whose body comes in `parts`, each after `seconds`."""
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        await anyio.sleep(seconds)
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def test_a_slow_body_is_not_waited_for_and_a_prompt_one_is_read() -> None:
    """Time is allowed for the bytes that came, and a fixed patience."""
    prompt = request_of([b"a", b"b"], 0)
    assert asyncio.run(bounded_body(prompt, 10, patience=60)) == b"ab"
    with pytest.raises(SlowBodyError):
        asyncio.run(bounded_body(request_of([b"a", b"b"], 60), 10, patience=0.01))


def test_a_slow_body_is_answered_with_a_problem(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """408, and the remedy says how to go on."""

    async def slow(*_: object) -> bytes:
        raise SlowBodyError

    monkeypatch.setattr(posting, "bounded_body", slow)
    assert problem(office.post(b"{}"), 408)["code"] == "body-slow"
