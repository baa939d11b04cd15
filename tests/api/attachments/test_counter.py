# SPDX-License-Identifier: Apache-2.0
"""Evidence files over HTTP: only what the ledger names is taken, whole; each showing is noted."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from api.attachments.file_store import FolderStore
from api.commands.attaching import registration
from ledger.errors import EnvironmentFault, FormatError
from ledger.kinds.attachment import Attachment
from ledger.submission import event_name, wire_bytes
from tests.command_line import CommandLine
from tests.counter import Visitor
from tests.later_kinds import LATER, admitting
from tests.served import ATTACHMENT_BYTES
from tests.worlds import AUDIT, BANK, COUNTY, DAY, UNIT

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.counter import MovedClock
    from tests.served import Site
    from tests.worlds import World

CONTENT = b"%PDF-1.7 measured work\n" * 100
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PATH = f"/v1/attachments/{DIGEST}"


def registering(content: bytes = CONTENT, **changes: object) -> Attachment:
    """The event that registers `content`."""
    digest = hashlib.sha256(content).hexdigest()
    made = Attachment(occurred_on=DAY, hash=digest, size=len(content), media_type="application/pdf")
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def name(counter: Site, world: World) -> str:
    """The event by which the unit registers the file."""
    submission = world.submission(UNIT, registering())
    for one in (world.submission(AUDIT, admitting(*LATER)), submission):
        assert counter.send("POST", "/v1/submissions", content=wire_bytes(one)).status_code == 201
    return event_name(submission.header, 0)


def sent(site: Site, content: bytes = CONTENT, path: str = PATH) -> httpx.Response:
    """The answer to a PUT of `content`."""
    return site.send("PUT", path, content=content)


def asked(site: Site, world: World, party: str, query: str = "?reason=核对") -> httpx.Response:
    """The answer to the maker of `party`, signed in."""
    who = Visitor(site, next(iter(world.seats[party].keys.values()))).sign_in()
    return who.get(f"{PATH}{query}")


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and problem code."""
    return answer.status_code, answer.json()["code"]


def test_what_the_ledger_names_is_taken_once(counter: Site, name: str, tmp_path: Path) -> None:
    """201, then 200 and nothing changed; the file lies under its hash, where the verifier looks for it."""
    assert name
    assert (sent(counter).status_code, sent(counter, b"").json()) == (201, {"hash": DIGEST, "stored": False})
    files = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert [path.relative_to(tmp_path / "files").as_posix() for path in files] == [f"{DIGEST[:2]}/{DIGEST}"]
    assert files[0].read_bytes() == CONTENT


def test_nothing_else_is_taken(counter: Site, world: World, name: str, tmp_path: Path) -> None:
    """Not registered, other content, longer, shorter, too large for this server; nothing is left of any."""
    assert name
    other = hashlib.sha256(b"other").hexdigest()
    assert code(sent(counter, b"other", f"/v1/attachments/{other}")) == (404, "attachment-absent")
    assert code(sent(counter, CONTENT[:-1] + b"!")) == (422, "attachment-hash")
    assert code(sent(counter, CONTENT[:-1])) == (422, "attachment-hash")
    assert code(sent(counter, CONTENT + b"!")) == (413, "attachment-too-large")
    assert sent(counter, CONTENT, "/v1/attachments/3F").status_code == 422
    big = bytes(ATTACHMENT_BYTES + 1)
    submission = world.submission(UNIT, registering(big))
    assert counter.send("POST", "/v1/submissions", content=wire_bytes(submission)).status_code == 201
    path = f"/v1/attachments/{hashlib.sha256(big).hexdigest()}"
    assert code(sent(counter, big, path)) == (413, "attachment-too-large")
    assert not any(one.is_file() for one in (tmp_path / "files").rglob("*"))


def test_it_is_shown_to_whom_it_is_for_and_noted(
    counter: Site, world: World, name: str, clock: MovedClock
) -> None:
    """Its poster, the bureau over it, and audit with a case; as a download, never cached."""
    sent(counter)
    for party, query in (
        (UNIT, "?reason=核对"),
        (COUNTY, "?reason=核对"),
        (AUDIT, "?reason=核对&case=2026-17"),
    ):
        clock.move(seconds=1)
        answer = asked(counter, world, party, query)
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-disposition"] == f'attachment; filename="{DIGEST}"'
        assert answer.headers["cache-control"] == "no-store"
    audit = Visitor(counter, next(iter(world.seats[AUDIT].keys.values()))).sign_in()
    noted = audit.get("/v1/accesses").json()["items"]
    assert [(one["party"], one["field"], one["event"], one["case_id"]) for one in noted] == [
        (UNIT, "file", name, ""), (COUNTY, "file", name, ""), (AUDIT, "file", name, "2026-17"),
    ]  # fmt: skip


def test_it_is_shown_to_nobody_else(counter: Site, world: World, name: str) -> None:
    """Another party, a stranger, audit without a case, one without a reason; nor before its content came."""
    assert name
    assert code(asked(counter, world, UNIT)) == (404, "attachment-absent")
    sent(counter)
    assert code(asked(counter, world, BANK)) == (403, "confidential")
    assert code(asked(counter, world, AUDIT)) == (422, "case-missing")
    assert asked(counter, world, UNIT, "").status_code == 422
    assert code(counter.get(f"{PATH}?reason=x")) == (401, "session-none")
    audit = Visitor(counter, next(iter(world.seats[AUDIT].keys.values()))).sign_in()
    assert audit.get("/v1/accesses").json() == {"items": []}


def test_a_failing_disk_leaves_nothing_half_done(tmp_path: Path) -> None:
    """A file in the place of the folder: a fault that says so, and the next attempt on a good one succeeds."""
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    with (tmp_path / "content").open("w+b") as content:
        content.write(CONTENT)
        content.seek(0)
        with pytest.raises(EnvironmentFault, match="evidence files"):
            FolderStore(blocked).put(DIGEST, content)
        FolderStore(tmp_path / "good").put(DIGEST, content)
    assert b"".join(FolderStore(tmp_path / "good").read(DIGEST)) == CONTENT
    assert FolderStore(tmp_path / "good").size(DIGEST) == len(CONTENT)
    assert FolderStore(tmp_path / "good").size("00" * 32) is None


def test_attach_prints_the_events(tmp_path: Path) -> None:
    """One a line, without names of files; an empty file or a wrong name of an event is refused."""
    scan, other = tmp_path / "王某 发票.pdf", tmp_path / "x.unheard-of"
    scan.write_bytes(CONTENT)
    other.write_bytes(b"y")
    printed = CommandLine().done("attach", str(scan), str(other), "--on", "2026-01-05", "--event", "a/s-1/0")
    first, second = map(json.loads, printed.splitlines())
    assert first == {
        "kind": "attachment", "v": 1, "occurred_on": "2026-01-05", "hash": DIGEST, "size": len(CONTENT),
        "media_type": "application/pdf", "event": "a/s-1/0",
    }  # fmt: skip
    assert second["media_type"] == "application/octet-stream"
    (tmp_path / "empty").write_bytes(b"")
    for file, event in ((tmp_path / "empty", None), (scan, "nonsense")):
        with pytest.raises(FormatError):
            registration(file, on=DAY, event=event)
