# SPDX-License-Identifier: Apache-2.0
"""A draft from its maker to the ledger, and each way in which it does not get there, beside its innocent twin."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import func, select

from api.drafts import draft as draft_rules
from api.drafts import kept
from api.drafts.draft_desk import DraftDesk, Progress
from api.routers import draft_answers
from ledger.draft_file import parse_draft
from ledger.entry import EventEntry, parse_entry
from ledger.errors import EnvironmentFault
from ledger.instant import format_instant
from ledger.key_files import save_private_key
from ledger.kinds.mandate import Deputation
from ledger.kinds.registry import Key, Policy, PolicyRow
from ledger.kinds.vocabulary import event_bytes
from ledger.store.tables import DRAFT, DRAFT_SIGNATURE, DRAFT_VERSION
from ledger.submission import Header, sign, wire_bytes
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import AUDIT, BEGINNING, COUNTY, DAY, PROVINCE, signer_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from api.sessions.front_desk import Present
    from ledger.kinds.registry import KeyRole
    from ledger.kinds.vocabulary import AnyEvent
    from tests.command_line import CommandLine
    from tests.served import Site
    from tests.worlds import World

HEADER = msgspec.json.Decoder(Header)


ROLES: tuple[KeyRole, KeyRole] = ("maker", "checker")


@contextlib.contextmanager
def two_servers(url: str, world: World, clock: MovedClock) -> Iterator[list[Site]]:
    """Two servers on one database, which holds the opening of `world`."""
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(served(url, world.log_signer, now=clock, addresses=ADDRESS)) for _ in range(2)
        ]


def events_in(*events: AnyEvent) -> list[Any]:
    """The events as JSON values."""
    return [json.loads(event_bytes(event)) for event in events]


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of `answer`."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["remedy"]
    return body


def prepared(maker: Visitor, *events: AnyEvent) -> dict[str, Any]:
    """A new draft of `events`."""
    answer = maker.write("POST", "/v1/drafts", {"events": events_in(*events)})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/drafts/{body['id']}"
    return body


def signature(
    visitor: Visitor, draft: dict[str, Any], role: str, *, version: int | None = None
) -> dict[str, Any]:
    """What `visitor` sends to sign `draft` as it was shown to them."""
    header = HEADER.decode(json.dumps(draft["header"]))
    made = sign(header, role=role, signer=visitor.signer)
    return {**msgspec.to_builtins(made), "version": version or draft["version"]}


def signed(visitor: Visitor, draft: dict[str, Any], role: str, **more: int) -> httpx.Response:
    """The answer to the signature of `visitor`."""
    path = f"/v1/drafts/{draft['id']}/signatures"
    return visitor.write("POST", path, signature(visitor, draft, role, **more))


def entries(site: Site) -> int:
    """How many entries the ledger has."""
    return site.ledger.head().size


def rows(site: Site) -> int:
    """How many rows of drafts the database holds."""
    with site.ledger.reading_database() as connection:
        counted = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (DRAFT, DRAFT_VERSION, DRAFT_SIGNATURE)
        )
        return sum(counted)


def another_key(
    counter: Site,
    world: World,
    *,
    like: str,
    role: KeyRole,
    **changed: object,
) -> Visitor:
    """A further key of the province in `role`, of the person and device of the key of `like`, unless `changed`."""
    signer = signer_named(f"another {like} {role} {changed}")
    made = world.key_event(world.seats[PROVINCE].party, role, signer)
    held = {"person": f"{PROVINCE}-{like}", "device": f"{PROVINCE}-{like}-token"}
    event = msgspec.structs.replace(made, **{**held, **changed})
    signers = [*world.signers("admin-a"), ("possession", signer)]
    answer = counter.post(wire_bytes(world.submission("admin-a", event, signers=signers)))
    assert answer.status_code == 201, answer.text
    return Visitor(counter, signer).sign_in()


def test_larger_amounts_wait_for_an_approver(
    counter: Site, maker: Visitor, checker: Visitor, world: World
) -> None:
    """A tier set by policy: below it two signatures post, from it on an approver's is waited for as well."""
    row = PolicyRow(
        id="t-1", rule="approval_tier", basis="内控制度", parameters={"amount_from": 5_000, "approvers": 1}
    )
    policy = Policy(occurred_on=DAY, id="tiers", effective_on=DAY, title="审批额度", rows=(row,))
    assert counter.post(wire_bytes(world.submission(AUDIT, policy))).status_code == 201
    approver = another_key(counter, world, like="approver", role="approver")
    small, large = prepared(maker, world.issued("L1", 4_999)), prepared(maker, world.issued("L2", 5_000))
    for draft in (small, large):
        signed(maker, draft, "maker")
    assert signed(checker, small, "checker").json()["state"] == "posted"
    waiting = signed(checker, large, "checker").json()
    assert waiting["state"] == "open"
    assert [one["code"] for one in waiting["waiting"]] == ["signature-missing"]
    assert signed(approver, large, "approver").json()["state"] == "posted"


def test_large_amounts_are_not_signed_in_a_browser(counter: Site, world: World) -> None:
    """The desk refuses that signature at once, with the remedy, and takes one from a file for the same draft."""
    row = PolicyRow(id="o-1", rule="offline_above", basis="内控制度", parameters={"amount": 5_000})
    policy = Policy(
        occurred_on=DAY, id="offline", effective_on=DAY, title="离线签署", rows=(row,), admits=("key/2",)
    )
    assert counter.post(wire_bytes(world.submission(AUDIT, policy))).status_code == 201
    maker, checker = (
        another_key(counter, world, like=role, role=role, v=2, custody="file") for role in ROLES
    )
    in_browser = another_key(counter, world, like="checker", role="checker", v=2, custody="browser")
    small, large = prepared(maker, world.issued("L1", 5_000)), prepared(maker, world.issued("L2", 5_001))
    for draft in (small, large):
        signed(maker, draft, "maker")
    for draft, here in ((small, True), (large, False)):
        page = in_browser.get(f"/desk/drafts/{draft['id']}").text
        assert ('data-role="checker"' in page, "超过须离线签署的限额" in page) == (here, not here)
    assert 'data-role="checker"' in checker.get(f"/desk/drafts/{large['id']}").text
    assert signed(in_browser, small, "checker").json()["state"] == "posted"
    told = refused(signed(in_browser, large, "checker"), 403, "key-custody")
    assert "fundtrace sign" in told["remedy"]
    assert signed(checker, large, "checker").json()["state"] == "posted"


def lent(world: World, maker: Visitor, *, principal: Visitor, deputy: Visitor, until: str) -> None:
    """The key of `principal` lends its role of checker to that of `deputy`; `maker` signs along."""
    grant = Deputation(
        occurred_on=DAY, action="grant", id=f"dep-{deputy.key[:8]}", principal=principal.key, deputy=deputy.key,
        role="checker",
        valid_from=BEGINNING, valid_to=until, reason="休假",
    )  # fmt: skip
    signers = [("maker", maker.signer), ("checker", principal.signer)]
    answer = maker.site.post(wire_bytes(world.submission(PROVINCE, grant, signers=signers)))
    assert answer.status_code == 201, answer.text


@pytest.fixture
def lending(counter: Site, world: World) -> None:
    """Deputations are admitted."""
    admits = Policy(occurred_on=DAY, id="mandates", effective_on=DAY, title="授权", admits=("deputation/1",))
    assert counter.post(wire_bytes(world.submission(AUDIT, admits))).status_code == 201


@pytest.mark.usefixtures("lending")
def test_a_deputy_signs_in_the_role_that_was_lent(
    counter: Site, maker: Visitor, checker: Visitor, world: World, clock: MovedClock
) -> None:
    """While it lasts the desk offers the role; afterwards neither desk nor ledger takes a signature in it."""
    deputy = another_key(counter, world, like="deputy", role="approver")
    early = prepared(maker, world.issued("L1", 100))
    signed(maker, early, "maker")
    refused(signed(deputy, early, "checker"), 403, "key-role")
    until = format_instant(clock.moment + datetime.timedelta(minutes=10))
    lent(world, maker, principal=checker, deputy=deputy, until=until)
    assert deputy.get("/v1/session").json()["roles"] == ["checker", "approver"]
    assert signed(deputy, early, "checker").json()["state"] == "posted"
    clock.move(minutes=11)
    assert deputy.get("/v1/session").json()["roles"] == ["approver"]
    late = prepared(maker, world.issued("L2", 100))
    refused(signed(deputy, late, "checker"), 403, "key-role")


@pytest.mark.usefixtures("lending")
def test_nobody_checks_his_own_draft_through_a_deputy(
    counter: Site, maker: Visitor, checker: Visitor, world: World, clock: MovedClock
) -> None:
    """A deputy counts as both persons: whom the author's own second key lent its role does not check; another's may."""
    own = another_key(counter, world, like="maker", role="checker", device="second")
    deputies = [another_key(counter, world, like=f"deputy-{at}", role="approver") for at in range(2)]
    until = format_instant(clock.moment + datetime.timedelta(minutes=10))
    second = another_key(counter, world, like="second", role="maker")
    for principal, deputy in zip((own, checker), deputies, strict=True):
        lent(world, second, principal=principal, deputy=deputy, until=until)
    draft = prepared(maker, world.issued("L1", 100))
    refused(signed(deputies[0], draft, "checker"), 403, "draft-separation")
    assert signed(deputies[1], draft, "checker").status_code == 200


def test_a_draft_is_posted_when_everybody_has_signed(
    counter: Site, maker: Visitor, checker: Visitor, world: World
) -> None:
    """Prepared by one, signed by two; the ledger holds nothing of it before the last signature, and then all of it."""
    event = world.issued("L1", 18_624_000)
    before = entries(counter)
    draft = prepared(maker, event)
    assert [one["code"] for one in draft["waiting"]] == ["signature-missing"] * 2
    half = signed(maker, draft, "maker").json()
    assert (half["state"], [one["code"] for one in half["waiting"]]) == ("open", ["signature-missing"])
    assert entries(counter) == before
    done = signed(checker, checker.get(f"/v1/drafts/{draft['id']}").json(), "checker").json()
    assert (done["state"], done["seq"], done["waiting"]) == ("posted", before, [])
    assert entries(counter) == before + 2
    with counter.ledger.reading() as reader:
        entry = parse_entry(reader.entry(before + 1) or b"", place="entry")
    assert isinstance(entry, EventEntry)
    assert entry.event == event


def test_what_is_prepared_twice_is_one_draft(
    counter: Site, maker: Visitor, stranger: Visitor, world: World
) -> None:
    """The second answer is the draft as it stands by then; another id, and another bureau's same id, are others."""
    body = {"id": "2026-1", "events": events_in(world.issued("L1", 100))}
    first = maker.write("POST", "/v1/drafts", body)
    kept_rows = rows(counter)
    again = maker.write("POST", "/v1/drafts", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert rows(counter) == kept_rows
    path = first.headers["location"]
    assert maker.write("PUT", path, {**body, "id": None, "version": 1}).status_code == 200
    assert maker.write("POST", "/v1/drafts", body).json()["version"] == 2
    for visitor, name in ((maker, "2026-2"), (stranger, "2026-1")):
        other = visitor.write("POST", "/v1/drafts", {**body, "id": name})
        assert (other.status_code, other.json()["submission"]) == (201, name)
        assert other.json()["id"] != first.json()["id"]


def test_an_id_with_other_events_is_refused(counter: Site, maker: Visitor, world: World) -> None:
    """While the draft is kept; when it is withdrawn, nothing of it is left, not even the id."""
    one, two = events_in(world.issued("L1", 100)), events_in(world.issued("L1", 200))
    first = maker.write("POST", "/v1/drafts", {"id": "2026-1", "events": one}).json()
    kept_rows = rows(counter)
    body = refused(maker.write("POST", "/v1/drafts", {"id": "2026-1", "events": two}), 409, "draft-other")
    assert (body["place"], first["id"] in body["detail"]) == ("id", True)
    assert rows(counter) == kept_rows
    assert maker.get(f"/v1/drafts/{first['id']}").json()["events"] == one
    assert maker.write("DELETE", f"/v1/drafts/{first['id']}").status_code == 204
    assert maker.write("POST", "/v1/drafts", {"id": "2026-1", "events": two}).json()["events"] == two


def test_a_bureau_has_no_more_drafts_than_people_sign(
    counter: Site,
    maker: Visitor,
    checker: Visitor,
    stranger: Visitor,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One more is refused and leaves nothing; what stands is answered, others have room, and a posted one makes room."""
    monkeypatch.setattr(draft_rules, "UNPOSTED_MAX", 2)
    bodies = [{"id": f"2026-{at}", "events": events_in(world.issued(f"L{at}", 100))} for at in range(3)]
    made = [maker.write("POST", "/v1/drafts", body).json() for body in bodies[:2]]
    kept_rows = rows(counter)
    assert refused(maker.write("POST", "/v1/drafts", bodies[2]), 409, "draft-many")["place"] == "drafts"
    assert rows(counter) == kept_rows
    assert maker.write("POST", "/v1/drafts", bodies[0]).status_code == 200
    assert stranger.write("POST", "/v1/drafts", bodies[2]).status_code == 201
    for visitor, role in ((maker, "maker"), (checker, "checker")):
        assert signed(visitor, made[0], role).status_code == 200
    assert maker.write("POST", "/v1/drafts", bodies[2]).status_code == 201


def test_what_can_no_longer_be_signed_is_not_prepared_again_by_its_id(
    maker: Visitor, checker: Visitor, world: World, clock: MovedClock
) -> None:
    """Returned or expired it needs a new version, and whoever prepares it again is told so; posted it is shown."""
    for number, end in enumerate(("open", "returned", "posted", "expired")):
        body = {"id": f"2026-{number}", "events": events_in(world.issued(f"L{number}", 100))}
        draft = maker.write("POST", "/v1/drafts", body).json()
        if end == "returned":
            path = f"/v1/drafts/{draft['id']}/return"
            assert checker.write("POST", path, {"version": 1, "reason": "文号"}).status_code == 200
        if end == "posted":
            for visitor, role in ((maker, "maker"), (checker, "checker")):
                assert signed(visitor, draft, role).status_code == 200
        if end == "expired":
            clock.move(days=14)
            maker.sign_in()
        again = maker.write("POST", "/v1/drafts", body)
        if end in {"open", "posted"}:
            assert (again.status_code, again.json()["state"]) == (200, end)
        else:
            assert refused(again, 409, "draft-stale")["place"] == "id"


def test_what_will_be_signed_is_shown_in_words_and_both_spellings(
    maker: Visitor, checker: Visitor, world: World
) -> None:
    """Figures, capital numerals, the sum, and what changed since the last version."""
    draft = prepared(maker, world.issued("L1", 18_000_000), world.issued("L2", 200))
    body = {"events": events_in(world.issued("L1", 18_624_000), world.issued("L2", 200)), "version": 1}
    assert maker.write("PUT", f"/v1/drafts/{draft['id']}", body).status_code == 200
    shown = checker.get(f"/v1/drafts/{draft['id']}?lang=zh").json()
    first, second = shown["seen"]
    assert (first["figure"], first["capitals"]) == ("186,240.00 元", "壹拾捌万陆仟贰佰肆拾元整")
    assert (first["change"], second["change"]) == ("changed", "same")
    assert "180,000.00" in first["before"]
    assert "吉林省财政厅" in first["says"]
    assert (shown["total"], shown["total_figure"]) == (18_624_200, "186,242.00 元")
    assert shown["last"] == events_in(world.issued("L1", 18_000_000), world.issued("L2", 200))
    assert first["before"].endswith("(金额 180,000.00 元)")
    english = checker.get(f"/v1/drafts/{draft['id']}?lang=en").json()
    assert english["seen"][0]["figure"] == "CNY 186,240.00"


def test_a_new_version_voids_the_signatures(
    counter: Site, maker: Visitor, checker: Visitor, world: World
) -> None:
    """The checker who looked at the first one is told; a signature over its header fits no other."""
    before = entries(counter)
    draft = prepared(maker, world.issued("L1", 100))
    signed(maker, draft, "maker")
    body = {"events": events_in(world.issued("L1", 99_999_999)), "version": 1}
    changed = maker.write("PUT", f"/v1/drafts/{draft['id']}", body).json()
    assert (changed["version"], changed["signatures"]) == (2, [])
    refused(signed(checker, draft, "checker"), 409, "draft-changed")
    refused(signed(checker, draft, "checker", version=2), 403, "signature-wrong")
    assert signed(checker, changed, "checker").status_code == 200
    assert entries(counter) == before
    assert checker.get(f"/v1/drafts/{draft['id']}").json()["state"] == "open"


def test_a_dropped_draft_leaves_nothing(counter: Site, maker: Visitor, world: World) -> None:
    """Neither in the ledger nor in the database."""
    before = entries(counter)
    draft = prepared(maker, world.issued("L1", 100))
    signed(maker, draft, "maker")
    assert rows(counter) == 3
    assert maker.write("DELETE", f"/v1/drafts/{draft['id']}").status_code == 204
    assert (entries(counter), rows(counter)) == (before, 0)
    refused(maker.get(f"/v1/drafts/{draft['id']}"), 404, "draft-unknown")


def test_drafts_are_private_to_the_bureau(
    maker: Visitor, checker: Visitor, stranger: Visitor, world: World
) -> None:
    """To others they do not exist, whatever is asked; the bureau's own checker sees them."""
    draft = prepared(maker, world.issued("L1", 100))
    path = f"/v1/drafts/{draft['id']}"
    for answer in (
        stranger.get(path),
        stranger.get(f"{path}/file"),
        stranger.write("PUT", path, {"events": draft["events"], "version": 1}),
        stranger.write("DELETE", path),
        signed(stranger, draft, "checker"),
        stranger.write("POST", f"{path}/return", {"version": 1, "reason": "x"}),
        stranger.write("POST", f"{path}/posting", {"version": 1}),
        stranger.get(f"/v1/drafts/{'ab' * 16}"),
    ):
        refused(answer, 404, "draft-unknown")
    assert stranger.get("/v1/drafts").json()["drafts"] == []
    (row,) = checker.get("/v1/drafts").json()["drafts"]
    assert (row["id"], row["submission"], row["state"]) == (draft["id"], draft["header"]["id"], "open")


@pytest.mark.parametrize("changed", [{}, {"person": "somebody-else"}, {"device": "something-else"}])
def test_the_maker_is_not_the_checker_under_another_key(
    counter: Site, maker: Visitor, checker: Visitor, world: World, changed: dict[str, str]
) -> None:
    """Neither the same person nor the same device may check or return, even if somebody else signed as maker."""
    draft = prepared(maker, world.issued("L1", 100))
    same = another_key(counter, world, like="maker", role="checker", **changed)
    refused(signed(same, draft, "checker"), 403, "draft-separation")
    back = {"version": 1, "reason": "x"}
    refused(same.write("POST", f"/v1/drafts/{draft['id']}/return", back), 403, "draft-separation")
    assert signed(checker, draft, "checker").status_code == 200


def test_two_persons_are_two_persons(counter: Site, maker: Visitor, world: World) -> None:
    """A further checker with a device of her own is as good as the first."""
    draft = prepared(maker, world.issued("L1", 100))
    other = another_key(counter, world, like="checker", role="checker", person="p-2", device="d-2")
    signed(maker, draft, "maker")
    assert signed(other, draft, "checker").json()["state"] == "posted"


def test_a_person_who_checked_does_not_sign_as_maker(
    counter: Site, maker: Visitor, world: World, checker: Visitor
) -> None:
    """Separation holds between the signatures too, whoever wrote the draft."""
    draft = prepared(maker, world.issued("L1", 100))
    signed(checker, draft, "checker")
    same = another_key(counter, world, like="checker", role="maker")
    refused(signed(same, draft, "maker"), 403, "separation")
    assert signed(maker, draft, "maker").json()["state"] == "posted"


def test_keys_sign_in_their_own_roles(
    maker: Visitor, checker: Visitor, stranger: Visitor, world: World
) -> None:
    """A checker's key is no maker's, and another bureau's key has no business here; nothing of it is kept."""
    draft = prepared(maker, world.issued("L1", 100))
    refused(signed(checker, draft, "maker"), 403, "key-role")
    body = signature(stranger, draft, "maker")
    refused(maker.write("POST", f"/v1/drafts/{draft['id']}/signatures", body), 403, "key-holder")
    unknown = Visitor(maker.site, signer_named("nobody"))
    body = signature(unknown, draft, "maker")
    refused(maker.write("POST", f"/v1/drafts/{draft['id']}/signatures", body), 403, "key-unknown")
    assert maker.get(f"/v1/drafts/{draft['id']}").json()["signatures"] == []


def test_a_checker_prepares_nothing(checker: Visitor, maker: Visitor, world: World) -> None:
    """Nor changes or withdraws what a maker prepared."""
    refused(
        checker.write("POST", "/v1/drafts", {"events": events_in(world.issued("L1", 1))}), 403, "draft-maker"
    )
    draft = prepared(maker, world.issued("L1", 1))
    body = {"events": draft["events"], "version": 1}
    refused(checker.write("PUT", f"/v1/drafts/{draft['id']}", body), 403, "draft-maker")
    refused(checker.write("DELETE", f"/v1/drafts/{draft['id']}"), 403, "draft-maker")


def test_a_draft_is_returned_with_a_reason(maker: Visitor, checker: Visitor, world: World) -> None:
    """It cannot be signed until its maker makes a new version; makers do not return, and a reason must be given."""
    draft = prepared(maker, world.issued("L1", 100))
    path = f"/v1/drafts/{draft['id']}"
    refused(maker.write("POST", f"{path}/return", {"version": 1, "reason": "x"}), 403, "draft-reviewer")
    refused(checker.write("POST", f"{path}/return", {"version": 1, "reason": ""}), 422, "parameter")
    refused(checker.write("POST", f"{path}/return", {"version": 2, "reason": "x"}), 409, "draft-changed")
    back = checker.write("POST", f"{path}/return", {"version": 1, "reason": "文号有误"}).json()
    assert (back["state"], back["reason"], back["returned_by"]) == ("returned", "文号有误", checker.key)
    refused(signed(checker, draft, "checker"), 409, "draft-returned")
    again = maker.write("PUT", path, {"events": draft["events"], "version": 1}).json()
    assert (again["state"], again["reason"], again["version"]) == ("open", "", 2)
    assert again["seen"][0]["change"] == "same"
    assert signed(checker, again, "checker").status_code == 200


def test_a_draft_expires(maker: Visitor, checker: Visitor, world: World, clock: MovedClock) -> None:
    """After fourteen days it is signed no more until there is a new version; a month later it is gone."""
    draft, other = prepared(maker, world.issued("L1", 100)), prepared(maker, world.issued("L2", 100))
    clock.move(days=14)
    for one in (maker, checker):
        one.sign_in()
    refused(signed(checker, draft, "checker"), 409, "draft-expired")
    assert {one["state"] for one in checker.get("/v1/drafts").json()["drafts"]} == {"expired"}
    renewed = maker.write(
        "PUT", f"/v1/drafts/{draft['id']}", {"events": draft["events"], "version": 1}
    ).json()
    assert signed(checker, renewed, "checker").status_code == 200
    clock.move(days=31)
    maker.sign_in()
    prepared(maker, world.issued("L3", 100))
    left = {one["id"] for one in maker.get("/v1/drafts").json()["drafts"]}
    assert other["id"] not in left
    assert draft["id"] in left


def test_what_the_ledger_refuses_stays_a_draft(
    counter: Site, maker: Visitor, checker: Visitor, world: World
) -> None:
    """The answer names the event; once the ledger has what was missing, the same draft is posted without new signatures."""
    issue = world.issued("L1", 100, to=PROVINCE)
    split = type(issue)(
        occurred_on=issue.occurred_on, action="split", line="L1.1", parent="L1", from_=PROVINCE, to=COUNTY,
        amount=1, document="x",
    )  # fmt: skip
    draft = prepared(maker, split)
    signed(maker, draft, "maker")
    problem = signed(checker, draft, "checker")
    assert refused(problem, 422, "line-unknown")["problems"][0]["index"] == 0
    shown = maker.get(f"/v1/drafts/{draft['id']}").json()
    assert (shown["state"], len(shown["signatures"]), shown["waiting"]) == ("open", 2, [])
    issued = world.submission(PROVINCE, issue)
    assert counter.post(wire_bytes(issued)).status_code == 201
    again = maker.write("POST", f"/v1/drafts/{draft['id']}/posting", {"version": 1})
    assert again.json().get("state") == "posted", again.text


def test_a_crash_after_posting_is_mended(
    counter: Site, maker: Visitor, checker: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The submission stands, the draft says that it is under way; posting it again finds it stored, once."""
    draft = prepared(maker, world.issued("L1", 100))
    signed(maker, draft, "maker")
    before = entries(counter)

    def dies(*_: object, **__: object) -> None:
        raise EnvironmentFault(
            code="gone",
            place="here",
            message_en="gone",
            message_zh="断电",
            remedy_en="again",
            remedy_zh="再试",
        )

    with monkeypatch.context() as broken:
        broken.setattr(kept, "keep_posted", dies)
        refused(signed(checker, draft, "checker"), 503, "gone")
    path = f"/v1/drafts/{draft['id']}"
    assert maker.get(path).json()["state"] == "posting"
    refused(maker.write("DELETE", path), 409, "draft-changed")
    done = maker.write("POST", f"{path}/posting", {"version": 1}).json()
    assert (done["state"], done["seq"], entries(counter)) == ("posted", before, before + 2)


def test_who_comes_second_with_the_last_signature_is_told_that_it_is_posted(
    counter: Site, maker: Visitor, checker: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process posts between the look and the act: the answer is the posted draft, and no conflict."""
    draft = prepared(maker, world.issued("L1", 100))
    signed(maker, draft, "maker")
    before, looks = entries(counter), DraftDesk.progress

    def overtaken(desk: DraftDesk, present: Present, name: str) -> Progress:
        found = looks(desk, present, name)
        monkeypatch.setattr(DraftDesk, "progress", looks)
        if not found.waiting:
            desk.post(present, name, seen=1)
        return found

    monkeypatch.setattr(DraftDesk, "progress", overtaken)
    done = signed(checker, draft, "checker")
    assert (done.status_code, done.json()["state"], done.json()["seq"]) == (200, "posted", before)
    assert entries(counter) == before + 2


def test_a_server_without_the_log_key_says_that_it_cannot_post(
    counter: Site, maker: Visitor, checker: Visitor, world: World, clock: MovedClock
) -> None:
    """The signature that waits for another is answered; the last one stands, and is told where the draft is posted."""
    draft = prepared(maker, world.issued("L1", 100))
    with served(counter.app.state.settings.db, None, now=clock, addresses=ADDRESS) as reader:
        half = signed(Visitor(reader, maker.signer).sign_in(), draft, "maker")
        assert (half.status_code, half.json()["state"]) == (200, "open")
        last = signed(Visitor(reader, checker.signer).sign_in(), draft, "checker")
        assert refused(last, 503, "reads-only")["place"] == "FUNDTRACE_LOG_KEY"
    done = maker.write("POST", f"/v1/drafts/{draft['id']}/posting", {"version": 1})
    assert done.json()["state"] == "posted", done.text


def test_a_posted_draft_is_closed(maker: Visitor, checker: Visitor, world: World) -> None:
    """It is neither signed, changed, returned nor withdrawn; posting it again changes nothing."""
    draft = prepared(maker, world.issued("L1", 100))
    signed(maker, draft, "maker")
    seq = signed(checker, draft, "checker").json()["seq"]
    path = f"/v1/drafts/{draft['id']}"
    refused(signed(checker, draft, "checker"), 409, "draft-posted")
    refused(maker.write("PUT", path, {"events": draft["events"], "version": 1}), 409, "draft-changed")
    refused(checker.write("POST", f"{path}/return", {"version": 1, "reason": "x"}), 409, "draft-posted")
    refused(maker.write("DELETE", path), 409, "draft-changed")
    assert maker.write("POST", f"{path}/posting", {"version": 1}).json()["seq"] == seq


def test_a_signature_made_offline_is_taken(
    maker: Visitor, checker: Visitor, world: World, tmp_path: Path, command_line: CommandLine
) -> None:
    """The file that the desk hands out is shown and signed on another machine; what comes back is a signature like any."""
    draft = prepared(maker, world.issued("L1", 18_624_000))
    signed(maker, draft, "maker")
    answer = checker.get(f"/v1/drafts/{draft['id']}/file")
    file, key = tmp_path / "d.draft.json", tmp_path / "checker.pem"
    file.write_bytes(answer.content)
    save_private_key(key, world.seats[PROVINCE].keys["checker"], passphrase=b"open")
    assert parse_draft(answer.content, place="d").submission.header.id == draft["header"]["id"]
    assert draft["id"] in answer.headers["content-disposition"]
    shown = command_line.done("sign", str(file), "--key", str(key), "--yes")
    assert "CNY 186,240.00" in shown
    (made,) = tmp_path.glob("*.sig.json")
    body = {**json.loads(made.read_bytes()), "version": 1}
    assert maker.write("POST", f"/v1/drafts/{draft['id']}/signatures", body).json()["state"] == "posted"


def test_writes_need_origin_and_token(maker: Visitor, world: World) -> None:
    """A draft, too, is written from our own pages only."""
    body = {"events": events_in(world.issued("L1", 1))}
    refused(maker.send("POST", "/v1/drafts", body), 403, "session-origin")
    refused(maker.send("POST", "/v1/drafts", body, origin=ADDRESS), 403, "session-token")
    assert maker.get("/v1/drafts").json()["drafts"] == []
    prepared(maker, world.issued("L1", 1))


def test_nobody_signed_in_sees_nothing(counter: Site) -> None:
    """401 for every address."""
    visitor = Visitor(counter, signer_named("nobody"))
    for path in ("/v1/drafts", f"/v1/drafts/{'ab' * 16}", f"/v1/drafts/{'ab' * 16}/file"):
        refused(visitor.get(path), 401, "session-none")


@pytest.mark.parametrize("path", ["/v1/drafts", "/v1/imports?kind=fund&dry_run=true"])
def test_no_body_of_a_stranger_is_held(counter: Site, maker: Visitor, path: str) -> None:
    """Refused before it is read, whatever its size; the body of who is signed in is refused for its size."""
    huge = "x" * 20_000_000
    refused(Visitor(counter, signer_named("nobody")).write("POST", path, huge), 401, "session-none")
    refused(maker.write("POST", path, huge), 413, "body-too-large")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "draft-form"),
        ([], "draft-form"),
        ({}, "draft-form"),
        ({"events": []}, "draft-form"),
        ({"events": [{}], "more": 1}, "draft-form"),
        ({"events": [{}], "id": "-"}, "draft-form"),
        ({"events": [{"kind": "gift", "v": 1}]}, "event-form"),
    ],
)
def test_what_is_no_draft_is_refused(maker: Visitor, body: object, code: str) -> None:
    """With its place."""
    refused(maker.write("POST", "/v1/drafts", body), 400, code)


def test_a_repeated_key_is_refused(maker: Visitor, world: World) -> None:
    """JSON that says one thing twice says nothing."""
    data = json.dumps({"events": events_in(world.issued("L1", 1))}).replace(
        '"amount": 1,', '"amount": 1, "amount": 2,'
    )
    answer = maker.site.send(
        "POST", "/v1/drafts", content=data.encode(),
        headers={"cookie": maker.cookie, "origin": ADDRESS, "x_fundtrace_token": maker.token},
    )  # fmt: skip
    refused(answer, 400, "submission-form")


@pytest.mark.parametrize("text", ["号\u202e1", "号\u200b1"])
def test_a_text_that_hides_something_is_no_draft(maker: Visitor, world: World, text: str) -> None:
    """What the checker reads is what is signed."""
    event = msgspec.structs.replace(world.issued("L1", 1), document=text)
    answer = maker.write("POST", "/v1/drafts", {"events": events_in(event)})
    assert refused(answer, 422, "text-unseen")["place"] == "events[0].document"


def test_a_too_large_draft_is_not_read(maker: Visitor) -> None:
    """413 before it is parsed."""
    refused(maker.write("POST", "/v1/drafts", {"events": "a" * 16 * 1024 * 1024}), 413, "body-too-large")


def test_a_revoked_author_and_signer_stop_a_draft(
    counter: Site, maker: Visitor, checker: Visitor, world: World
) -> None:
    """A signature by a key revoked since is no longer good; the draft needs a new version."""
    draft = prepared(maker, world.issued("L1", 100))
    signed(maker, draft, "maker")
    event = Key(occurred_on=world.issued("L1", 1).occurred_on, action="revoke", key=maker.key)
    assert counter.post(wire_bytes(world.submission("admin-a", event))).status_code == 201
    before = entries(counter)
    refused(signed(checker, draft, "checker"), 403, "key-revoked")
    refused(maker.get("/v1/drafts"), 401, "session-none")
    assert entries(counter) == before


@pytest.mark.postgres
def test_of_two_who_change_a_draft_at_once_one_is_refused(
    postgres_url: str, world: World, clock: MovedClock
) -> None:
    """Two processes on one PostgreSQL: no update is lost, versions follow each other, and the loser is told."""
    with two_servers(postgres_url, world, clock) as sites:
        keys = world.seats[PROVINCE].keys
        makers = [Visitor(site, keys["maker"]).sign_in() for site in sites]
        checker = Visitor(sites[1], keys["checker"]).sign_in()
        draft = prepared(makers[0], world.issued("L1", 1))
        path = f"/v1/drafts/{draft['id']}"
        bodies = [{"events": events_in(world.issued("L1", 10 + at)), "version": 1} for at in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda at: makers[at % 2].write("PUT", path, bodies[at]), range(8)))
        assert sorted(one.status_code for one in answers) == [200] + [409] * 7
        (won,) = (at for at, one in enumerate(answers) if one.status_code == 200)
        newest = checker.get(path).json()
        assert (newest["version"], newest["events"]) == (2, bodies[won]["events"])
        signed(makers[0], newest, "maker")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda _: signed(checker, newest, "checker").status_code, range(4)))
        assert 200 in done
        assert set(done) <= {200, 409}
        assert makers[0].get(path).json()["state"] == "posted"


@pytest.mark.postgres
def test_what_is_prepared_at_once_is_one_draft(postgres_url: str, world: World, clock: MovedClock) -> None:
    """Two processes on one PostgreSQL take the same id at once: one makes the draft, all are answered by it."""
    with two_servers(postgres_url, world, clock) as sites:
        makers = [Visitor(site, world.seats[PROVINCE].keys["maker"]).sign_in() for site in sites]
        for number in range(4):
            body = {"id": f"2026-{number}", "events": events_in(world.issued(f"L{number}", 100))}
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                answers = list(
                    pool.map(lambda at, body=body: makers[at % 2].write("POST", "/v1/drafts", body), range(6))
                )
            assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
            assert len({one.json()["id"] for one in answers}) == 1
        assert len(makers[0].get("/v1/drafts").json()["drafts"]) == 4


@pytest.mark.postgres
def test_signatures_that_come_at_once_post_once(postgres_url: str, world: World, clock: MovedClock) -> None:
    """Maker and checker sign in the same moment at two processes: one of them posts, and the submission stands once."""
    with two_servers(postgres_url, world, clock) as sites:
        keys = world.seats[PROVINCE].keys
        people = {role: Visitor(site, keys[role]).sign_in() for role, site in zip(ROLES, sites, strict=True)}
        for number in range(5):
            draft = prepared(people["maker"], world.issued(f"L{number}", 100))
            before = entries(sites[0])
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda role, draft=draft: signed(people[role], draft, role), ROLES))
            assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]
            assert people["maker"].get(f"/v1/drafts/{draft['id']}").json()["state"] == "posted"
            assert entries(sites[0]) == before + 2


@pytest.mark.postgres
def test_a_draft_is_withdrawn_or_posted_and_never_both(
    postgres_url: str, world: World, clock: MovedClock
) -> None:
    """The last signature and the withdrawal race at two processes: who comes too late is told so."""
    with two_servers(postgres_url, world, clock) as sites:
        keys = world.seats[PROVINCE].keys
        maker, checker = (
            Visitor(site, keys[role]).sign_in() for role, site in zip(ROLES, sites, strict=True)
        )
        for number in range(6):
            draft = prepared(maker, world.issued(f"L{number}", 100))
            signed(maker, draft, "maker")
            before, path = entries(sites[0]), f"/v1/drafts/{draft['id']}"
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                done = pool.submit(signed, checker, draft, "checker")
                gone = pool.submit(maker.write, "DELETE", path)
            posted = done.result().status_code == 200 and done.result().json()["state"] == "posted"
            assert entries(sites[0]) == before + 2 * posted
            assert gone.result().status_code == (409 if posted else 204)
            assert maker.get(path).status_code == (200 if posted else 404)


def test_drafts_are_listed_page_by_page(
    monkeypatch: pytest.MonkeyPatch, maker: Visitor, world: World, clock: MovedClock
) -> None:
    """Each once, those that expire last first, also where several expire at one instant."""
    monkeypatch.setattr(draft_answers, "LISTED_MAX", 2)
    made = [prepared(maker, world.issued(f"L{number}", 1))["id"] for number in range(3)]
    clock.move(minutes=1)
    made.append(prepared(maker, world.issued("L3", 1))["id"])
    pages: list[list[str]] = []
    after: str | None = ""
    while after is not None:
        body = maker.get(f"/v1/drafts?after={after}").json()
        pages.append([one["id"] for one in body["drafts"]])
        after = body["next"]
    assert pages == [[made[3], min(made[:3])], sorted(made[:3])[1:]]
    assert "/desk/drafts?after=" in maker.get("/desk/drafts").text
    assert maker.get("/v1/drafts?after=x").status_code == 422
