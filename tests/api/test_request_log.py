# SPDX-License-Identifier: Apache-2.0
"""The log of the server: one JSON line for each request, and nothing in it of what people sent."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from api.request_log import JsonLines, log_as_json
from api.routers import posting
from ledger.submission import wire_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.served import Site
    from tests.worlds import World

ID_NUMBER = "11010519491231002X"  # the example of GB 11643
SECRET = "correct-horse-battery-staple"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that the process writes to its log from now on, at every level."""
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: not record.name.startswith("httpx"))  # that is the client of the test
    root, own = logging.getLogger(), logging.getLogger("fundtrace.requests")
    before = root.level, own.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    own.setLevel(logging.INFO)
    yield sink
    root.removeHandler(handler)
    root.setLevel(before[0])
    own.setLevel(before[1])


def lines(written: io.StringIO, logger: str = "fundtrace.requests") -> list[dict[str, Any]]:
    """The lines of `logger`, each of which is JSON."""
    read = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in read if line["logger"] == logger]


def test_each_request_has_a_line_and_its_answer_the_same_number(
    office: Site, world: World, written: io.StringIO
) -> None:
    """Time, method, route, status and duration; the code of the problem where there is one."""
    stored = office.post(wire_bytes(world.issue("L1", 1)))
    missing = office.get("/v1/lines/NOWHERE")
    first, second = lines(written)
    assert first["id"] == stored.headers["x-request-id"]
    assert (first["method"], first["route"], first["status"]) == ("POST", "/v1/submissions", 201)
    assert "problem" not in first
    assert first["us"] >= 0
    assert second["id"] == missing.headers["x-request-id"] != first["id"]
    assert (second["route"], second["status"], second["problem"]) == ("/v1/lines/{id}", 404, "id-unknown")


@pytest.mark.parametrize(
    "path", ["/v1/nothing/at/all", "/static/portal.css", "/funds/F-WATER", "/search?q=x"]
)
def test_a_line_names_the_route_and_never_the_path(office: Site, written: io.StringIO, path: str) -> None:
    """A path may hold a name or a number; its template does not."""
    office.get(path)
    (line,) = lines(written)
    assert line["route"] in {"", "/static", "/funds/{identifier}", "/search"}


def test_nothing_that_was_sent_shows_in_the_log(
    office: Site, world: World, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ID number and a secret in body, address, query and headers, through answers, refusals and failures."""
    wire = wire_bytes(world.issue("L1", 1)).replace(b'"L1"', f'"L1 {ID_NUMBER} {SECRET}"'.encode())
    headers = {"authorization": f"Bearer {SECRET}", "cookie": f"session={SECRET}", "user_agent": SECRET}
    for body in (
        wire,
        f"{ID_NUMBER} {SECRET}".encode(),
        wire_bytes(world.submission("jl-finance", world.issued("L2", 1), submission_id=ID_NUMBER)),
    ):
        office.send("POST", f"/v1/submissions?note={ID_NUMBER}", content=body, headers=headers)
    for path in (
        f"/search?q={ID_NUMBER}",
        f"/v1/parties/{ID_NUMBER}",
        f"/{SECRET}",
        f"/v1/lines?after={SECRET}",
    ):
        office.send("GET", path, headers=headers)

    def fail(*_: object) -> object:
        raise RuntimeError(f"planted with {ID_NUMBER}") from ValueError(SECRET)

    monkeypatch.setattr(posting, "_submit", fail)
    answer = office.send("POST", f"/v1/submissions?x={SECRET}", content=wire, headers=headers)
    assert answer.status_code == 500
    text = written.getvalue()
    assert len(lines(written)) == 8
    assert ID_NUMBER not in text
    assert SECRET not in text


def test_a_failure_is_logged_by_where_it_arose(
    office: Site, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Types and places of the error and its cause, under the number that the sender was told."""

    def fail(*_: object) -> object:
        raise RuntimeError("planted") from ValueError("below")

    monkeypatch.setattr(posting, "_submit", fail)
    answer = office.post(b"{}")
    (line,) = lines(written, "fundtrace")
    assert line["id"] == answer.headers["x-request-id"]
    assert line["id"].startswith(answer.json()["detail"].partition("编号 ")[2][:8])
    assert [one["error"] for one in line["causes"]] == ["RuntimeError", "ValueError"]
    assert any(place.endswith(" fail") for place in line["causes"][0]["at"])


def test_an_exception_of_others_is_told_by_its_type_alone() -> None:
    """Libraries log exceptions whose messages quote input."""
    with pytest.raises(ValueError, match=SECRET) as raised:
        int(SECRET)
    found = (ValueError, raised.value, None)
    record = logging.LogRecord("library", logging.ERROR, "", 0, "it failed", (), found)
    line = JsonLines().format(record)
    assert json.loads(line)["error"] == "ValueError"
    assert SECRET not in line


@pytest.mark.parametrize("wanted", [True, False])
def test_lines_of_requests_can_be_switched_off(wanted: bool) -> None:
    """Events of the server are written all the same."""
    root, own = logging.getLogger(), logging.getLogger("fundtrace.requests")
    before = root.handlers[:], root.level, own.level
    root.handlers[:] = []  # they are pytest's, and would be closed
    try:
        log_as_json(requests=wanted)
        assert own.isEnabledFor(logging.INFO) is wanted
        assert logging.getLogger("fundtrace").isEnabledFor(logging.WARNING)
        assert isinstance(root.handlers[0].formatter, JsonLines)
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        own.setLevel(before[2])
