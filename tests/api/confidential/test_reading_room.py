# SPDX-License-Identifier: Apache-2.0
"""Personal fields over HTTP: to whom they are shown, that each showing is written down, and what an erasure leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.commitments import commitment_of
from ledger.kinds.control import Erasure
from ledger.submission import event_name, wire_bytes
from tests.counter import Visitor
from tests.later_kinds import LATER, admitting
from tests.personal import committed
from tests.worlds import AUDIT, BANK, COUNTY, DAY, SUPPLIER, UNIT

if TYPE_CHECKING:
    import httpx

    from ledger.submission import Submission
    from tests.counter import MovedClock
    from tests.served import Site
    from tests.worlds import World

PERSON = committed(payee_name="王某", payee_mark="ab" * 32)
ASKED = {"reason": "核对发放对象", "case": "2026-17"}


def post(site: Site, submission: Submission) -> None:
    """`submission` is taken in."""
    answer = site.send("POST", "/v1/submissions", content=wire_bytes(submission))
    assert answer.status_code == 201, answer.text


@pytest.fixture
def paid(counter: Site, world: World) -> str:
    """A payment of the unit to a person."""
    submission = world.submission(UNIT, msgspec.structs.replace(world.use(5), sd=PERSON))
    post(counter, submission)
    return event_name(submission.header, 0)


def visitor(site: Site, world: World, party: str) -> Visitor:
    """The maker of `party`, signed in."""
    return Visitor(site, next(iter(world.seats[party].keys.values()))).sign_in()


def asked(who: Visitor, event: str, **changes: str | None) -> httpx.Response:
    """What `who` is answered about `event`."""
    body = {"event": event, **ASKED} | changes
    return who.write(
        "POST", "/v1/disclosures", {key: value for key, value in body.items() if value is not None}
    )


def told(answer: httpx.Response) -> dict[str, Any]:
    """Names and values that were shown; each opens its commitment."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    fields = answer.json()["fields"]
    assert [one["commitment"] for one in fields] == sorted(PERSON)
    assert all(commitment_of(one["disclosure"]) == one["commitment"] for one in fields if "disclosure" in one)
    return {one["name"]: one["value"] for one in fields if "name" in one}


def test_the_poster_sees_what_it_posted_and_audit_the_mark_too(
    counter: Site, world: World, paid: str
) -> None:
    """A case is for audit to state; the keyed mark is for audit alone."""
    assert told(asked(visitor(counter, world, UNIT), paid, case=None)) == {"payee_name": "王某"}
    audit = visitor(counter, world, AUDIT)
    caseless = asked(audit, paid, case=None)
    assert (caseless.status_code, caseless.json()["code"]) == (422, "case-missing")
    assert told(asked(audit, paid)) == {"payee_name": "王某", "payee_mark": "ab" * 32}


def test_nobody_else_is_shown_anything(counter: Site, world: World, paid: str) -> None:
    """Another party, one who states no reason, a write from elsewhere, and a stranger; nothing is written down."""
    for party in (COUNTY, BANK):
        answer = asked(visitor(counter, world, party), paid)
        assert (answer.status_code, answer.json()["code"]) == (403, "confidential")
    unit = visitor(counter, world, UNIT)
    assert asked(unit, paid, reason=None).status_code == 422
    assert asked(unit, paid, reason="").status_code == 422
    body = {"event": paid, **ASKED}
    assert unit.send("POST", "/v1/disclosures", body).json()["code"] == "session-origin"
    unit.cookie = ""
    assert asked(unit, paid).status_code == 401
    assert visitor(counter, world, AUDIT).get("/v1/accesses").json() == {"items": []}


def test_an_unknown_event_is_told(counter: Site, world: World, paid: str) -> None:
    """A name of the right form, and one of another."""
    unit = visitor(counter, world, UNIT)
    for name in (paid.replace("/0", "/1"), f"{UNIT}/s-99/0", f"{SUPPLIER}/s-1/0"):
        assert (asked(unit, name).status_code, asked(unit, name).json()["code"]) == (404, "event-unknown")
    assert asked(unit, "s-1").status_code == 422
    assert asked(unit, paid).status_code == 200


def test_each_reading_is_written_down_for_audit(
    counter: Site, world: World, paid: str, clock: MovedClock
) -> None:
    """By whom, what and why, in order, a page at a time; a party that is no overseer does not read it."""
    unit, audit = visitor(counter, world, UNIT), visitor(counter, world, AUDIT)
    asked(unit, paid, reason="打印回单", case=None)
    clock.move(seconds=1)
    asked(audit, paid)
    first = audit.get("/v1/accesses?limit=1").json()
    assert [(one["party"], one["field"], one["reason"]) for one in first["items"]] == [
        (UNIT, "payee_name", "打印回单")
    ]
    assert first["items"][0]["key"] == unit.key
    rest = audit.get(f"/v1/accesses?after={first['next']}").json()
    assert {(one["party"], one["field"], one["case_id"], one["event"]) for one in rest["items"]} == {
        (AUDIT, name, "2026-17", paid) for name in ("payee_name", "payee_mark")
    }
    assert "next" not in rest
    refused = unit.get("/v1/accesses")
    assert (refused.status_code, refused.json()["code"]) == (403, "accesses-for-audit")


def test_what_was_erased_is_shown_to_nobody(counter: Site, world: World, paid: str) -> None:
    """It is said which entry erased it; no access is written for what was not shown."""
    unit = visitor(counter, world, UNIT)
    assert told(asked(unit, paid)) == {"payee_name": "王某"}
    post(counter, world.submission(AUDIT, admitting(*LATER)))
    erasure = Erasure(occurred_on=DAY, event=paid, commitments=PERSON, reason="本人申请")
    post(counter, world.submission(UNIT, erasure))
    answer = asked(unit, paid)
    assert told(answer) == {}
    head = answer.json()["fields"][0]["erased"]
    assert "erasure" in counter.get(f"/v1/entries/{head}").text
    assert len(visitor(counter, world, AUDIT).get("/v1/accesses").json()["items"]) == 1
