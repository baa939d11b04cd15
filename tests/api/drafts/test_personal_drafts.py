# SPDX-License-Identifier: Apache-2.0
"""Personal fields of a draft: shown to those who sign, noted, delivered with the submission, and gone with the draft."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import select

from api.confidential.access import accesses_after
from api.drafts.forgetting import forget_expired
from ledger.commitments import parse_disclosure
from ledger.draft_file import parse_draft
from ledger.key_files import save_private_key
from ledger.kinds.vocabulary import event_bytes
from ledger.store.disclosures import disclosures_of
from ledger.store.tables import DRAFT_VERSION
from ledger.submission import Header, sign
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.dialled import dial
from tests.ledgers import founded, post_all
from tests.personal import KNOWN, committed
from tests.served import served
from tests.worlds import UNIT, make_world

if TYPE_CHECKING:
    import httpx

    from tests.command_line import CommandLine
    from tests.served import Site
    from tests.worlds import World

ZHANG = committed(payee_name="张小农", payee_id="220122194912310021")
LI = committed(payee_name="李二妹")
CLEAR = ("张小农", "220122194912310021", "李二妹")


def texts(*commitments: str) -> list[str]:
    """The disclosures that open these."""
    return sorted(KNOWN[one] for one in commitments)


def paid(world: World, sd: tuple[str, ...], **changed: object) -> dict[str, Any]:
    """A payment to a person, as JSON."""
    found: dict[str, Any] = json.loads(event_bytes(msgspec.structs.replace(world.use(5), sd=sd, **changed)))
    return found


def prepared(maker: Visitor, world: World, *sd: tuple[str, ...]) -> dict[str, Any]:
    """A draft of payments to these persons."""
    events, opened = [paid(world, one) for one in sd], texts(*(item for one in sd for item in one))
    answer = maker.write("POST", "/v1/drafts", {"events": events, "disclosures": opened})
    assert answer.status_code == 201, answer.text
    assert not any(one in answer.text for one in (*CLEAR, *opened))
    found: dict[str, Any] = answer.json()
    return found


def signed(visitor: Visitor, draft: dict[str, Any], role: str) -> httpx.Response:
    """The answer to the signature of `visitor` over `draft`."""
    header = msgspec.convert(draft["header"], Header)
    made = msgspec.to_builtins(sign(header, role=role, signer=visitor.signer))
    path = f"/v1/drafts/{draft['id']}/signatures"
    return visitor.write("POST", path, {**made, "version": draft["version"]})


def kept_in_drafts(site: Site) -> list[str | None]:
    """The disclosures that versions of drafts hold."""
    with site.ledger.reading_database() as connection:
        return list(connection.execute(select(DRAFT_VERSION.c.disclosures)).scalars())


def noted(site: Site) -> list[tuple[str, str, str]]:
    """Key, what and field of each access."""
    with site.ledger.reading_database() as connection:
        return [(one.key, one.event, one.field) for one in accesses_after(connection, "", most=100)]


@pytest.fixture
def maker(counter: Site, world: World) -> Visitor:
    """The maker of the unit, signed in."""
    return Visitor(counter, world.seats[UNIT].keys["maker"]).sign_in()


@pytest.fixture
def checker(counter: Site, world: World) -> Visitor:
    """The checker of the unit, signed in."""
    return Visitor(counter, world.seats[UNIT].keys["checker"]).sign_in()


def test_fields_go_with_the_submission_and_leave_the_draft(
    counter: Site, world: World, maker: Visitor, checker: Visitor
) -> None:
    """The second signature delivers them to the store beside the log; sent twice, they are there once."""
    draft = prepared(maker, world, ZHANG, LI)
    assert signed(maker, draft, "maker").status_code == 200
    assert kept_in_drafts(counter) == [" ".join(texts(*ZHANG, *LI))]
    answer = signed(checker, draft, "checker")
    assert (answer.status_code, answer.json()["state"]) == (200, "posted")
    at = answer.json()["seq"]
    with counter.ledger.reading_database() as connection:
        assert disclosures_of(connection, at + 1) == {one: KNOWN[one] for one in ZHANG}
        assert disclosures_of(connection, at + 2) == {one: KNOWN[one] for one in LI}
    assert kept_in_drafts(counter) == [None]
    again = checker.write("POST", f"/v1/drafts/{draft['id']}/posting", {"version": 1})
    assert (again.status_code, again.json()["seq"]) == (200, at)
    assert not any(one in answer.text + again.text for one in CLEAR)


def test_the_page_and_the_file_show_them_and_that_is_noted(
    counter: Site, world: World, maker: Visitor, checker: Visitor
) -> None:
    """Who signs sees each value with the disclosure that opens its commitment; a draft without persons notes nothing."""
    plain = maker.write("POST", "/v1/drafts", {"events": [paid(world, ())]}).json()
    checker.get(f"/desk/drafts/{plain['id']}")
    assert noted(counter) == []
    draft = prepared(maker, world, ZHANG, LI)
    page = checker.get(f"/desk/drafts/{draft['id']}?lang=zh").text
    for event, commitments in enumerate((ZHANG, LI)):
        for one in commitments:
            value = parse_disclosure(KNOWN[one]).value
            assert f'<bdi data-event="{event}" data-disclosure="{KNOWN[one]}">{value}</bdi>' in page
    assert "收款人姓名" in page
    name = f"{UNIT}/{draft['submission']}"
    assert set(noted(counter)) == {(checker.key, name, "payee_id"), (checker.key, name, "payee_name")}
    file = parse_draft(maker.get(f"/v1/drafts/{draft['id']}/file").content, place="draft")
    assert list(file.disclosures) == texts(*ZHANG, *LI)
    assert sorted(one[0] for one in noted(counter)) == sorted([checker.key] * 2 + [maker.key] * 2)
    other = Visitor(counter, world.seats["na-finance"].keys["maker"]).sign_in()
    assert other.get(f"/v1/drafts/{draft['id']}/file").status_code == 404


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (texts(*ZHANG)[:1], "disclosure-missing"),
        (texts(*ZHANG, *LI), "disclosure-stray"),
        ([], "disclosure-missing"),
    ],
)
def test_a_draft_opens_exactly_what_it_commits_to(
    counter: Site, world: World, maker: Visitor, sent: list[str], code: str
) -> None:
    """Otherwise the ledger would refuse it when all have signed; nothing is kept of it."""
    answer = maker.write("POST", "/v1/drafts", {"events": [paid(world, ZHANG)], "disclosures": sent})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, code)
    assert kept_in_drafts(counter) == []
    prepared(maker, world, ZHANG)


def test_a_new_version_keeps_what_it_still_commits_to(counter: Site, world: World, maker: Visitor) -> None:
    """A maker who mends an amount types nothing again; what was replaced is gone."""
    draft = prepared(maker, world, ZHANG, LI)
    path = f"/v1/drafts/{draft['id']}"
    answer = maker.write("PUT", path, {"events": [paid(world, LI, amount=6)], "version": 1})
    assert answer.status_code == 200, answer.text
    assert kept_in_drafts(counter) == [None, " ".join(texts(*LI))]
    wang = committed(payee_name="王三")
    events = [paid(world, LI), paid(world, wang)]
    refused = maker.write("PUT", path, {"events": events, "version": 2})
    assert refused.json()["problems"][0]["code"] == "disclosure-missing"
    done = maker.write("PUT", path, {"events": events, "version": 2, "disclosures": texts(*wang)})
    assert (done.status_code, kept_in_drafts(counter)[2]) == (200, " ".join(texts(*LI, *wang)))


def test_an_expired_draft_holds_no_value(
    counter: Site, maker: Visitor, world: World, clock: MovedClock
) -> None:
    """Nobody has to come for it to be forgotten; until the last moment it is kept, and a new version brings it again."""
    draft = prepared(maker, world, ZHANG)
    clock.move(days=13)
    forget_expired(counter.ledger.engine, clock)
    assert kept_in_drafts(counter) == [" ".join(texts(*ZHANG))]
    clock.move(days=1)
    forget_expired(counter.ledger.engine, clock)
    assert kept_in_drafts(counter) == [None]
    maker.sign_in()
    assert maker.get(f"/desk/drafts/{draft['id']}").status_code == 200
    path, body = f"/v1/drafts/{draft['id']}", {"events": draft["events"], "version": 1}
    assert maker.write("PUT", path, body).status_code == 422
    assert maker.write("PUT", path, {**body, "disclosures": texts(*ZHANG)}).status_code == 200
    assert kept_in_drafts(counter)[1] == " ".join(texts(*ZHANG))


def test_a_withdrawn_draft_leaves_no_value_on_the_disk(tmp_path: Path) -> None:
    """Neither in rows nor in free pages of the database; before, it did lie there."""
    world, url = make_world(), str(tmp_path / "own.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    wanted = [one.encode() for one in texts(*ZHANG)]
    with served(url, world.log_signer, now=MovedClock(), addresses=ADDRESS) as site:
        maker = Visitor(site, world.seats[UNIT].keys["maker"]).sign_in()
        draft = prepared(maker, world, ZHANG)
    assert all(one in Path(url).read_bytes() for one in wanted)
    with served(url, world.log_signer, now=MovedClock(), addresses=ADDRESS) as site:
        maker = Visitor(site, world.seats[UNIT].keys["maker"]).sign_in()
        assert maker.write("DELETE", f"/v1/drafts/{draft['id']}").status_code == 204
    left = b"".join(one.read_bytes() for one in tmp_path.glob("own.db*"))
    assert not any(one in left for one in wanted)


def test_no_open_text_of_a_draft_shows_a_person(tmp_path: Path) -> None:
    """A ledger into which people write refuses a number of a person when the draft is prepared, not at the end."""
    world, url, clock = make_world(clock="wall"), str(tmp_path / "wall.db"), MovedClock()
    with founded(url, world, now=clock) as sequencer:
        post_all(sequencer, world.opening())
    with served(url, world.log_signer, now=clock, addresses=ADDRESS) as site:
        maker = Visitor(site, world.seats[UNIT].keys["maker"]).sign_in()
        for note, status in (
            ("发给 220122194912310021", 422),
            ("发给 220122491231002", 422),
            ("发给张某", 201),
        ):
            answer = maker.write("POST", "/v1/drafts", {"events": [paid(world, (), note=note)]})
            assert answer.status_code == status, answer.text


def test_the_checker_at_another_machine_sees_them(
    monkeypatch: pytest.MonkeyPatch, counter: Site, world: World, tmp_path: Path, command_line: CommandLine,
    maker: Visitor,
) -> None:  # fmt: skip
    """`fundtrace drafts sign` shows every value, checked here against its commitment, and posts."""
    dial(monkeypatch, counter)
    draft = prepared(maker, world, ZHANG, LI)
    at: list[str] = []
    for role in ("maker", "checker"):
        key = tmp_path / f"{role}.pem"
        save_private_key(key, world.seats[UNIT].keys[role], passphrase=b"open")
        at = ["--url", ADDRESS, "--key", str(key)]
        shown = command_line.done("drafts", "sign", draft["id"], *at, "--role", role, "--yes")
        assert all(one in shown for one in CLEAR)
        assert "Personal fields shown: 3, each checked" in shown
    assert kept_in_drafts(counter) == [None]
    after = command_line.done("drafts", "show", draft["id"], *at)
    assert not any(one in after for one in CLEAR)
