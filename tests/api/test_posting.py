# SPDX-License-Identifier: Apache-2.0
"""Posting over HTTP: a durable answer, the same answer again, and for each refusal a problem that can be mended."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from api.routers import posting
from ledger.hashing import leaf_hash
from ledger.log_keys import keys_in
from ledger.receipt import check_receipt, parse_receipt
from ledger.submission import wire_bytes
from tests.served import served
from tests.worlds import COUNTY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from tests.served import Site
    from tests.worlds import World


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem details of `answer`, which names place and remedy."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "code", "place", "remedy"} <= set(body)
    assert all(
        body["languages"][language][name] for language in ("en", "zh") for name in ("detail", "remedy")
    )
    assert body["status"] == status
    assert body["type"] == f"urn:fundtrace:problem:{body['code']}"
    assert all(body[name] for name in ("title", "detail", "place", "remedy"))
    return body


def test_an_accepted_submission_is_answered_with_a_receipt_that_proves_it(office: Site, world: World) -> None:
    """201 with position, receipt and checkpoint; the receipt proves the header entry that the log now serves."""
    answer = office.post(wire_bytes(world.issue("L1", 100_000)))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["events"], body["replayed"]) == (1, False)
    assert answer.headers["location"] == f"/v1/entries/{body['seq']}"
    receipt = parse_receipt(base64.b64decode(body["receipt"]))
    assert receipt.checkpoint.decode() == body["checkpoint"]
    entry = base64.b64decode(office.get(f"/v1/entries/{body['seq']}").json()["bytes"])
    verifiers = keys_in(world.genesis.log_keys)
    proved = check_receipt(receipt, leaf=leaf_hash(entry), verifiers=verifiers, origin=world.genesis.origin)
    assert proved.size == body["seq"] + 2


def test_the_same_submission_again_gets_its_first_answer(office: Site, world: World) -> None:
    """200, marked as replayed, with the receipt of the first time."""
    wire = wire_bytes(world.issue("L1", 100_000))
    first, again = office.post(wire), office.post(wire)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "replayed": True}


def test_another_submission_under_the_same_id_is_a_conflict(office: Site, world: World) -> None:
    """409 that discloses nothing of the first one."""
    office.post(wire_bytes(world.submission("jl-finance", world.issued("L1", 1), submission_id="same")))
    other = world.submission("jl-finance", world.issued("L2", 2), submission_id="same")
    body = problem(office.post(wire_bytes(other)), 409)
    assert body["code"] == "submission-conflict"
    assert "L1" not in json.dumps(body)


def test_authority_beyond_the_line_names_the_line_what_it_holds_and_what_was_asked(
    office: Site, world: World
) -> None:
    """422 with the event, the field and both amounts."""
    office.post(wire_bytes(world.issue("L1", 100_000)))
    body = problem(office.post(wire_bytes(world.pay("L1", 100_001))), 422)
    assert (body["code"], body["place"]) == ("line-exceeded", "events[0].amount")
    assert "L1" in body["detail"]
    assert "1,000.00" in body["detail"]
    assert "1,000.01" in body["detail"]
    assert body["problems"][0]["check"] == "ceiling"
    assert body["problems"][0]["index"] == 0


def test_an_unknown_line_is_named(office: Site, world: World) -> None:
    """422 for a payment from a line that nobody issued."""
    body = problem(office.post(wire_bytes(world.pay("NOWHERE", 1))), 422)
    assert body["code"] == "line-unknown"
    assert "NOWHERE" in body["detail"]


def test_a_wrong_signature_is_forbidden(office: Site, world: World) -> None:
    """403 when one signature does not verify."""
    wire = json.loads(wire_bytes(world.issue("L1", 1)))
    forged = base64.b64encode(bytes(64)).decode()
    wire["signatures"][0]["sig"] = forged
    body = problem(office.post(json.dumps(wire).encode()), 403)
    assert body["problems"][0]["check"] == "I6"


def test_somebody_elses_authority_is_forbidden(office: Site, world: World) -> None:
    """403 when the county allocates for the province."""
    body = problem(office.post(wire_bytes(world.submission(COUNTY, world.issued("L1", 1)))), 403)
    assert body["code"] == "actor"


def altered(change: Callable[[dict[str, Any]], None]) -> Callable[[World], bytes]:
    """A maker of wire bytes of a good submission after `change`."""

    def make(world: World) -> bytes:
        wire = json.loads(wire_bytes(world.issue("L1", 1)))
        change(wire)
        return json.dumps(wire, ensure_ascii=False).encode()

    return make


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        pytest.param(lambda _: b"", 400, "submission-form", id="nothing"),
        pytest.param(lambda _: b"[]", 400, "submission-form", id="not-an-object"),
        pytest.param(lambda _: b"\xff{}", 400, "submission-form", id="not-utf-8"),
        pytest.param(
            altered(lambda wire: wire["events"][0].update(amount=1.5)), 400, "event-form", id="float-amount"
        ),
        pytest.param(
            altered(lambda wire: wire["events"][0].update(kind="gift")), 400, "event-form", id="unknown-kind"
        ),
        pytest.param(
            altered(lambda wire: wire["events"][0].update(document="号" * 70_000)),
            413,
            "event-too-large",
            id="too-large-an-event",
        ),
        pytest.param(
            altered(lambda wire: wire.update(more=1)), 400, "submission-form", id="an-unknown-member"
        ),
        pytest.param(
            altered(lambda wire: wire["signatures"].reverse()), 400, "submission-form", id="signature-order"
        ),
    ],
)
def test_malformed_submissions_say_where(
    office: Site, world: World, make: Callable[[World], bytes], status: int, code: str
) -> None:
    """Each gets a problem with its own code, and the place is in the submission."""
    body = problem(office.post(make(world)), status)
    assert body["code"] == code
    assert body["place"].startswith("submission")


def test_a_duplicate_key_is_refused(office: Site, world: World) -> None:
    """JSON that says one thing twice says nothing."""
    wire = wire_bytes(world.issue("L1", 1)).replace(b'"amount":1,', b'"amount":1,"amount":1,')
    body = problem(office.post(wire), 400)
    assert "amount" in body["detail"]


def test_a_body_beyond_the_limit_is_cut_off(
    office: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """413, whether the length was announced or not."""
    monkeypatch.setattr(posting, "WIRE_BYTES_MAX", 100)
    wire = wire_bytes(world.issue("L1", 1))
    assert problem(office.post(wire), 413)["code"] == "submission-too-large"
    assert problem(office.post(wire, content_length="5"), 413)["place"] == "body"


@pytest.mark.parametrize(
    ("query", "headers", "words"),
    [
        ("", {}, "可用"),
        ("?lang=en", {}, "holds"),
        ("", {"accept_language": "en-GB,en;q=0.9"}, "holds"),
        ("?lang=zh", {"accept_language": "en"}, "可用"),
    ],
)
def test_problems_speak_the_readers_language(
    office: Site, world: World, query: str, headers: dict[str, str], words: str
) -> None:
    """Chinese unless the address or the browser asks for English; the address wins."""
    office.post(wire_bytes(world.issue("L1", 1)))
    answer = office.send(
        "POST", f"/v1/submissions{query}", content=wire_bytes(world.pay("L1", 2)), headers=headers
    )
    assert words in problem(answer, 422)["detail"]
    assert answer.headers["content-language"] == ("en" if words == "holds" else "zh-CN")


def test_a_server_without_the_log_key_reads_only(office: Site, world: World) -> None:
    """503 with the remedy to post elsewhere; reading goes on."""
    with served(office.app.state.settings.db, None) as reader:
        body = problem(reader.post(wire_bytes(world.issue("L1", 1))), 503)
        assert body["code"] == "reads-only"
        assert reader.get("/readyz").json()["posts"] is False


def test_a_failing_database_is_told_as_such(office: Site, world: World, tmp_path: Path) -> None:
    """503 with a time to try again, and the message says whether anything was stored."""
    for path in tmp_path.glob("ledger.db*"):
        path.write_bytes(
            b"no database any more, only this text, long enough to be read as a page header" * 60
        )
    office.ledger.engine.dispose()
    answer = office.post(wire_bytes(world.issue("L1", 1)))
    assert problem(answer, 503)["code"].startswith(("store.", "ledger."))
    assert answer.headers["retry-after"]
    assert office.get("/readyz").status_code == 503
