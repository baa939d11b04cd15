# SPDX-License-Identifier: Apache-2.0
"""Signing in: what opens a session, what ends it, and each way in that is shut; every refusal beside its innocent twin."""

from __future__ import annotations

import concurrent.futures
import contextlib
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from api.sessions import front_desk
from ledger.instant import format_instant, parse_instant
from ledger.keys import key_id
from ledger.kinds.registry import Key
from ledger.store.tables import SESSION, SESSION_CHALLENGE
from ledger.submission import wire_bytes
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import COUNTY, DAY, signer_named

if TYPE_CHECKING:
    import httpx

    from ledger.keys import Ed25519Signer
    from tests.served import Site
    from tests.worlds import World


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of `answer`, which says what to do about it."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["place"]
    assert body["remedy"]
    return body


def revocation(world: World, signer: Ed25519Signer) -> bytes:
    """The submission that revokes the key of `signer`."""
    key = key_id(signer.alg, signer.public)
    return wire_bytes(world.submission("admin-a", Key(occurred_on=DAY, action="revoke", key=key)))


def test_a_registered_key_opens_a_session(maker: Visitor) -> None:
    """201; the id is in the cookie only, which scripts cannot read and other sites cannot send."""
    answer = maker.answer(maker.claim(maker.challenge()), origin=ADDRESS)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["party"], body["roles"], body["key"]) == (COUNTY, ["maker"], maker.key)
    cookie = answer.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "__Host-fundtrace"
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(rest.split("; "))
    assert "domain" not in rest.lower()
    assert rest.partition(";")[0] not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_who_is_signed_in_is_told_with_the_token_of_writes(maker: Visitor) -> None:
    """The same token as at signing in; without the cookie nobody is there."""
    refused(maker.get("/v1/session"), 401, "session-none")
    maker.sign_in()
    assert maker.get("/v1/session").json()["token"] == maker.token


def test_the_database_holds_nothing_that_opens_a_session(counter: Site, maker: Visitor) -> None:
    """Nonce and session id are kept by their hashes."""
    asked = maker.challenge()
    maker.sign_in()
    identifier = maker.cookie.partition("=")[2]
    with counter.ledger.reading_database() as connection:
        kept = [*connection.execute(select(SESSION)), *connection.execute(select(SESSION_CHALLENGE))]
    assert len(kept) == 2
    assert all(secret not in str(row) for row in kept for secret in (identifier, asked["nonce"], maker.token))


def test_a_challenge_is_answered_once(maker: Visitor) -> None:
    """The same answer again is a replay."""
    claim = maker.claim(maker.challenge())
    assert maker.answer(claim).status_code == 201
    refused(maker.answer(claim), 403, "session-challenge")


def test_a_wrong_signature_uses_the_challenge_up(maker: Visitor, world: World) -> None:
    """Another key's signature opens nothing, and the right one comes too late."""
    claim = maker.claim(maker.challenge())
    other = Visitor(maker.site, world.seats[COUNTY].keys["checker"])
    refused(other.answer(claim), 403, "session-signature")
    refused(maker.answer(claim), 403, "session-challenge")


@pytest.mark.parametrize(
    ("seconds", "status"), [(59, 201), (60, 403)], ids=["in the last second", "a second later"]
)
def test_a_challenge_is_good_for_sixty_seconds(
    maker: Visitor, clock: MovedClock, seconds: int, status: int
) -> None:
    """Then it counts no more, however it is signed."""
    claim = maker.claim(maker.challenge())
    clock.move(seconds=seconds)
    assert maker.answer(claim).status_code == status


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"audience": "https://ledger.example.evil.test"}, "session-audience"),
        ({"audience": "http://ledger.example"}, "session-audience"),
        ({"genesis": "ab" * 32}, "other-ledger"),
        ({"nonce": "cd" * 32}, "session-challenge"),
        ({"expires": "2999-12-31T00:00:00.000Z"}, "session-challenge"),
    ],
)
def test_a_claim_made_for_something_else_opens_nothing(
    maker: Visitor, changed: dict[str, str], code: str
) -> None:
    """Signed by the right key all the same: for another server, by another scheme, another ledger, another challenge."""
    refused(maker.answer(maker.claim(maker.challenge(), **changed)), 403, code)
    assert maker.answer(maker.claim(maker.challenge())).status_code == 201


def test_a_challenge_is_for_one_key(maker: Visitor, world: World) -> None:
    """What was given to the maker is not answered by the checker, who has a challenge of his own."""
    checker = Visitor(maker.site, world.seats[COUNTY].keys["checker"])
    asked = maker.challenge()
    refused(checker.answer(checker.claim(asked)), 403, "session-challenge")
    assert checker.answer(checker.claim(checker.challenge())).status_code == 201


def test_an_unknown_key_gets_no_challenge(counter: Site) -> None:
    """Nor a row in the database."""
    stranger = Visitor(counter, signer_named("nobody"))
    refused(stranger.send("POST", "/v1/sessions/challenges", {"key": stranger.key}), 403, "key-unknown")
    with counter.ledger.reading_database() as connection:
        assert connection.execute(select(SESSION_CHALLENGE)).all() == []


@pytest.mark.parametrize("when", ["before the challenge", "between challenge and answer", "after signing in"])
def test_revocation_ends_sessions_at_once(counter: Site, maker: Visitor, world: World, when: str) -> None:
    """The worker has folded nothing since: the next request reads on by itself. Another key of the bureau goes on."""
    checker = Visitor(counter, world.seats[COUNTY].keys["checker"]).sign_in()
    claim = None if when.startswith("before") else maker.claim(maker.challenge())
    if when.startswith("after"):
        maker.sign_in()
    assert counter.post(revocation(world, maker.signer)).status_code == 201
    if claim is None:
        refused(maker.send("POST", "/v1/sessions/challenges", {"key": maker.key}), 403, "key-revoked")
    elif not maker.cookie:
        refused(maker.answer(claim), 403, "key-revoked")
    else:
        refused(maker.get("/v1/session"), 401, "session-none")
    assert checker.get("/v1/session").status_code == 200


def test_a_key_that_expires_ends_its_session(counter: Site, world: World, clock: MovedClock) -> None:
    """And one that is not valid yet opens none."""
    signer = signer_named("for an hour")
    start = format_instant(clock.moment.replace(minute=10))
    end = format_instant(clock.moment.replace(minute=20))
    made = world.key_event(world.seats[COUNTY].party, "maker", signer)
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    event = Key(**{**fields, "valid_from": start, "valid_to": end, "device": "other", "person": "other"})
    signers = [*world.signers("admin-a"), ("possession", signer)]
    answer = counter.post(wire_bytes(world.submission("admin-a", event, signers=signers)))
    assert answer.status_code == 201, answer.text
    visitor = Visitor(counter, signer)
    clock.moment = parse_instant(start).replace(minute=9)
    refused(visitor.send("POST", "/v1/sessions/challenges", {"key": visitor.key}), 403, "key-validity")
    clock.move(minutes=1)
    visitor.sign_in()
    clock.move(minutes=9)
    assert visitor.get("/v1/session").status_code == 200
    clock.move(minutes=1)
    refused(visitor.get("/v1/session"), 401, "session-none")


def test_a_server_that_lags_behind_the_log_lets_nobody_pass(
    counter: Site, maker: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it cannot read what was committed, it does not know who is revoked: 503; then it goes on."""
    maker.sign_in()
    assert counter.post(wire_bytes(world.issue("L1", 1))).status_code == 201
    monkeypatch.setattr(front_desk, "FOLD_SECONDS", 0.01)
    with counter.app.state.worker._folding:
        refused(maker.get("/v1/session"), 503, "session-register")
    assert maker.get("/v1/session").status_code == 200


def test_a_session_ends_after_fifteen_idle_minutes(maker: Visitor, clock: MovedClock) -> None:
    """Each use begins the count anew."""
    maker.sign_in()
    for _ in range(3):
        clock.move(minutes=14)
        assert maker.get("/v1/session").status_code == 200
    clock.move(minutes=15)
    refused(maker.get("/v1/session"), 401, "session-none")


def test_a_session_ends_after_eight_hours_in_all(maker: Visitor, clock: MovedClock) -> None:
    """However busy it was."""
    maker.sign_in()
    for _ in range(47):
        clock.move(minutes=10)
        assert maker.get("/v1/session").status_code == 200
    clock.move(minutes=10)
    refused(maker.get("/v1/session"), 401, "session-none")


def test_signing_out_ends_the_session_for_its_cookie_too(maker: Visitor) -> None:
    """204, and the cookie is taken back; who kept it finds it worthless."""
    maker.sign_in()
    answer = maker.write("DELETE", "/v1/session")
    assert answer.status_code == 204
    assert 'fundtrace="";' in answer.headers["set-cookie"]
    refused(maker.get("/v1/session"), 401, "session-none")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x_fundtrace_token": "TOKEN"}, "session-origin"),
        ({"x_fundtrace_token": "TOKEN", "origin": "https://evil.test"}, "session-origin"),
        ({"x_fundtrace_token": "TOKEN", "origin": "null"}, "session-origin"),
        ({"origin": ADDRESS}, "session-token"),
        ({"origin": ADDRESS, "x_fundtrace_token": "ab" * 32}, "session-token"),
        ({"origin": ADDRESS, "x_fundtrace_token": ""}, "session-token"),
    ],
)
def test_a_write_from_elsewhere_is_refused(maker: Visitor, headers: dict[str, str], code: str) -> None:
    """With the cookie, but from another site, or without the token; the session goes on, and its own write passes."""
    maker.sign_in()
    named = {name: value.replace("TOKEN", maker.token) for name, value in headers.items()}
    refused(maker.send("DELETE", "/v1/session", **named), 403, code)
    assert maker.write("DELETE", "/v1/session").status_code == 204


def test_another_session_s_token_is_worthless(maker: Visitor) -> None:
    """Tokens belong to one session."""
    maker.sign_in()
    other = Visitor(maker.site, maker.signer).sign_in()
    maker.token = other.token
    refused(maker.write("DELETE", "/v1/session"), 403, "session-token")


def test_nobody_is_signed_in_from_another_site(maker: Visitor) -> None:
    """A page elsewhere cannot have a browser take on a session."""
    claim = maker.claim(maker.challenge())
    refused(maker.answer(claim, origin="https://evil.test"), 403, "session-origin")
    assert maker.answer(claim, origin=ADDRESS).status_code == 201


def test_one_address_may_leave_few_challenges_unanswered(maker: Visitor, clock: MovedClock) -> None:
    """Five for a key; a minute later they are forgotten. Answered ones do not count."""
    for _ in range(7):
        maker.sign_in()
    for _ in range(5):
        maker.challenge()
    answer = maker.send("POST", "/v1/sessions/challenges", {"key": maker.key})
    refused(answer, 429, "session-pace")
    assert answer.headers["retry-after"] == "60"
    clock.move(seconds=60)
    maker.challenge()


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"key": "AB" * 32}, {"key": "ab"}, {"key": "ab" * 32, "more": 1}, {"key": 1}],
)
def test_a_malformed_question_names_its_field(counter: Site, body: object) -> None:
    """422 with the place."""
    visitor = Visitor(counter, signer_named("anybody"))
    refused(visitor.send("POST", "/v1/sessions/challenges", body), 422, "parameter")


def test_a_long_body_is_not_read(counter: Site) -> None:
    """413 for what is longer than any question."""
    visitor = Visitor(counter, signer_named("anybody"))
    refused(visitor.send("POST", "/v1/sessions/challenges", {"key": "a" * 20_000}), 413, "body-too-large")


def test_without_an_address_of_its_own_nobody_signs_in(
    counter: Site, maker: Visitor, world: World, clock: MovedClock
) -> None:
    """A server that does not know where it is dialled cannot tell whether somebody stands in between."""
    with served(counter.app.state.settings.db, world.log_signer, now=clock) as other:
        visitor = Visitor(other, maker.signer)
        refused(visitor.send("POST", "/v1/sessions/challenges", {"key": maker.key}), 503, "session-address")


def test_on_this_machine_the_cookie_is_plain(
    counter: Site, maker: Visitor, world: World, clock: MovedClock
) -> None:
    """Over http on loopback it has no prefix and no Secure, and a cookie of the other name is not taken for it."""
    here = "http://127.0.0.1:8000"
    with served(counter.app.state.settings.db, world.log_signer, now=clock, addresses=here) as other:
        visitor = Visitor(other, maker.signer, address=here).sign_in()
        assert visitor.cookie.startswith("fundtrace=")
        assert visitor.get("/v1/session").status_code == 200
        visitor.cookie = f"__Host-{visitor.cookie}"
        refused(visitor.get("/v1/session"), 401, "session-none")


@pytest.mark.postgres
def test_processes_share_sessions_and_a_nonce_is_used_once(
    postgres_url: str, world: World, clock: MovedClock
) -> None:
    """Two servers on one PostgreSQL: of many answers to one challenge one opens a session, which both know."""
    with founded(postgres_url, world) as sequencer:
        post_all(sequencer, world.opening())
    with contextlib.ExitStack() as stack:
        sites = [
            stack.enter_context(served(postgres_url, world.log_signer, now=clock, addresses=ADDRESS))
            for _ in range(2)
        ]
        visitors = [Visitor(site, world.seats[COUNTY].keys["maker"]) for site in sites]
        for _ in range(5):
            claim = visitors[0].claim(visitors[0].challenge())
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda at, claim=claim: visitors[at % 2].answer(claim), range(8)))
            assert sorted(one.status_code for one in answers) == [201] + [403] * 7
        visitors[0].sign_in()
        visitors[1].cookie, visitors[1].token = visitors[0].cookie, visitors[0].token
        assert visitors[1].get("/v1/session").status_code == 200
        assert sites[1].post(revocation(world, visitors[0].signer)).status_code == 201
        refused(visitors[0].get("/v1/session"), 401, "session-none")


def test_guessing_ids_finds_nobody(maker: Visitor) -> None:
    """An id that was never given out, and what the database holds in its place."""
    maker.sign_in()
    identifier = maker.cookie.partition("=")[2]
    for guess in (secrets.token_hex(32), identifier[:-1], "", "x;y"):
        maker.cookie = f"__Host-fundtrace={guess}"
        refused(maker.get("/v1/session"), 401, "session-none")
