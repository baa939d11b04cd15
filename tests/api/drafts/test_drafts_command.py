# SPDX-License-Identifier: Apache-2.0
"""`fundtrace drafts`: key files sign in, see, sign, return and withdraw; every refusal beside its innocent twin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.routers import draft_answers
from ledger.client import LedgerClient
from ledger.errors import InputError, ProofError
from ledger.key_files import save_private_key
from ledger.keys import key_id
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import event_bytes
from ledger.log_keys import keys_in
from ledger.served_session import sign_in
from ledger.submission import wire_bytes
from tests.command_line import CommandLine
from tests.counter import ADDRESS, Visitor
from tests.dialled import Switchboard, dial
from tests.worlds import COUNTY, DAY, PROVINCE, World, log_signer_named, signer_named

if TYPE_CHECKING:
    from typer.testing import Result

    from ledger.keys import Ed25519Signer
    from ledger.kinds.registry import KeyRole
    from tests.served import Site


@dataclass
class Desks:
    """Two people of the province, each at a machine with one key file, before one server."""

    board: Switchboard
    world: World
    folder: Path
    line: CommandLine
    maker: Visitor

    def key(self, role: KeyRole, party: str = PROVINCE) -> str:
        """The key file of somebody."""
        path = self.folder / f"{party}-{role}.pem"
        if not path.exists():
            save_private_key(path, self.world.seats[party].keys[role], passphrase=b"open")
        return str(path)

    def run(self, command: str, *arguments: str, role: KeyRole = "checker", typed: str = "") -> Result:
        """The answer to `fundtrace drafts COMMAND`."""
        at = ("--url", ADDRESS, "--key", self.key(role))
        return self.line.run("drafts", command, *arguments, *at, typed=typed)

    def prepare(self, *lines: str) -> str:
        """The id of a draft that issues these lines."""
        events = [json.loads(event_bytes(self.world.issued(line, 18_624_000))) for line in lines]
        answer = self.maker.write("POST", "/v1/drafts", {"events": events})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def change(self, name: str) -> None:
        """The maker puts another version in the place of the first."""
        events = [json.loads(event_bytes(self.world.issued("L1", 99)))]
        assert (
            self.maker.write("PUT", f"/v1/drafts/{name}", {"events": events, "version": 1}).status_code == 200
        )

    def at(self, name: str) -> dict[str, Any]:
        """How the draft stands."""
        found: dict[str, Any] = self.maker.get(f"/v1/drafts/{name}").json()
        return found


@pytest.fixture
def desks(
    monkeypatch: pytest.MonkeyPatch, counter: Site, world: World, tmp_path: Path, command_line: CommandLine,
    maker: Visitor,
) -> Desks:  # fmt: skip
    """The two, with nothing prepared."""
    return Desks(dial(monkeypatch, counter), world, tmp_path, command_line, maker)


def session_of(desks: Desks, signer: Ed25519Signer, *, genesis: str = "") -> str:
    """The party that `signer` is signed in for."""
    client = LedgerClient(ADDRESS)
    with sign_in(client, signer, genesis=genesis or desks.world.genesis_hash) as session:
        assert json.loads(session.read("/v1/session"))["key"] == session.key
        return session.party


def test_maker_and_checker_sign_from_two_machines(desks: Desks) -> None:
    """The first signature waits for the second, which posts; both were shown what they signed."""
    name, before = desks.prepare("L1"), desks.board.site.ledger.head().size
    first = desks.run("sign", name, "--yes", role="maker")
    assert first.exit_code == 0, first.output
    assert "186,240.00" in first.output
    assert "open" in first.output.splitlines()[-2]
    assert desks.board.site.ledger.head().size == before
    second = desks.run("sign", name, "--json", typed="y\n")
    assert second.exit_code == 0, second.output
    told = json.loads(second.stdout.splitlines()[-1])
    assert (told["state"], told["seq"]) == ("posted", before)
    assert "186,240.00" in second.stderr
    assert desks.board.site.ledger.head().size == before + 2


def test_what_is_listed_and_shown(desks: Desks) -> None:
    """Id and state; every event in words; the same for programs; and a file to be signed elsewhere."""
    name, out = desks.prepare("L1", "L2"), desks.folder / "x.draft"
    assert f"{name}  open  1" in desks.run("list").output
    assert json.loads(desks.run("list", "--json").stdout)["drafts"][0]["id"] == name
    shown = desks.run("show", name, "--lang", "zh", "--out", str(out))
    assert "壹拾捌万陆仟贰佰肆拾元整" in shown.output
    assert "待签" in shown.output
    assert out.read_bytes() == desks.maker.get(f"/v1/drafts/{name}/file").content
    assert json.loads(desks.run("show", name, "--json").stdout)["draft"]["header"]["count"] == 2
    assert desks.at(name)["signatures"] == []


def test_all_pages_are_listed(monkeypatch: pytest.MonkeyPatch, desks: Desks) -> None:
    """The server hands out page by page, the command all of them."""
    monkeypatch.setattr(draft_answers, "LISTED_MAX", 1)
    names = [desks.prepare(line) for line in ("L1", "L2", "L3")]
    assert len(desks.maker.get("/v1/drafts").json()["drafts"]) == 1
    assert {one["id"] for one in json.loads(desks.run("list", "--json").stdout)["drafts"]} == set(names)
    assert all(name in desks.run("list").output for name in names)


def test_the_session_ends_with_the_command(desks: Desks) -> None:
    """The cookie is sent back to the address dialled only, writes carry origin and token, and nothing outlives it."""
    desks.run("list")
    method, path, headers = desks.board.asked[-1]
    assert (method, path, headers["Origin"]) == ("DELETE", "/v1/session", ADDRESS)
    again = desks.board.site.send("GET", "/v1/session", headers={"cookie": headers["Cookie"]})
    assert again.status_code == 401


def test_a_draft_that_changes_before_it_is_signed_is_not_signed(desks: Desks) -> None:
    """The signature is over what was shown and counts for nothing else; over the new version it does."""
    name = desks.prepare("L1")

    def meanwhile(_method: str, path: str) -> None:
        if path.startswith(f"/v1/drafts/{name}/signatures"):
            desks.board.before = lambda _method, _path: None
            desks.change(name)

    desks.board.before = meanwhile
    refused = desks.run("sign", name, "--yes")
    assert refused.exit_code == 1
    assert "changed since you looked" in refused.output
    assert desks.at(name)["signatures"] == []
    assert desks.run("sign", name, "--yes").exit_code == 0
    assert [one["role"] for one in desks.at(name)["signatures"]] == ["checker"]


def test_a_draft_that_changes_while_it_is_read_is_not_shown(desks: Desks) -> None:
    """Version and file are of two versions; read again they are of one."""
    name = desks.prepare("L1")

    def meanwhile(_method: str, path: str) -> None:
        if path.endswith("/file"):
            desks.board.before = lambda _method, _path: None
            desks.change(name)

    desks.board.before = meanwhile
    refused = desks.run("sign", name, "--yes")
    assert refused.exit_code == 3
    assert "while it was read" in refused.output
    assert desks.run("show", name).exit_code == 0


def test_a_file_with_other_events_than_its_header_is_not_signed(desks: Desks) -> None:
    """A server that shows one amount and has another signed is found out here; the honest one is not."""
    name = desks.prepare("L1")

    def altered(_method: str, path: str, body: bytes) -> bytes:
        return body.replace(b":18624000,", b":18624001,") if path.endswith("/file") else body

    honest, desks.board.altered = desks.board.altered, altered
    refused = desks.run("sign", name, "--yes")
    desks.board.altered = honest
    assert refused.exit_code == 3
    assert "header of other events" in refused.output
    assert desks.at(name)["signatures"] == []
    assert desks.run("sign", name, "--yes").exit_code == 0


def test_nothing_is_signed_without_consent(desks: Desks) -> None:
    """No is no, yes is yes."""
    name = desks.prepare("L1")
    assert desks.run("sign", name, typed="n\n").exit_code == 3
    assert desks.at(name)["signatures"] == []
    assert desks.run("sign", name, typed="y\n").exit_code == 0


def test_a_role_that_the_key_has_not_is_refused(desks: Desks) -> None:
    """The maker's key is none of a checker; nobody says so but the ledger's rules."""
    name = desks.prepare("L1")
    assert desks.run("sign", name, "--yes", "--role", "checker", role="maker").exit_code == 1
    assert desks.at(name)["signatures"] == []
    assert desks.run("sign", name, "--yes", "--role", "boss").exit_code == 3
    assert desks.run("sign", name, "--yes", "--role", "maker", role="maker").exit_code == 0


def test_a_draft_goes_back_with_a_reason_and_is_withdrawn(desks: Desks) -> None:
    """Its maker reads why and drops it; a maker returns nothing, a checker withdraws nothing."""
    name = desks.prepare("L1")
    refused = desks.run("return", name, "--reason", "文号有误", "--yes", role="maker")
    assert refused.exit_code == 3
    assert len(refused.stderr.splitlines()) == 1
    place, _, rest = refused.stderr.strip().partition(": ")
    assert place not in rest  # told once, as is the remedy
    message, _, remedy = rest.partition(". ")
    assert message
    assert remedy
    assert remedy not in message
    assert not remedy.endswith("..")
    assert desks.run("return", name, "--reason", "文号有误", typed="n\n").exit_code == 3
    assert desks.at(name)["state"] == "open"
    assert desks.run("return", name, "--reason", "文号有误", typed="y\n").exit_code == 0
    assert "returned: 文号有误" in desks.run("show", name, role="maker").output
    assert desks.run("withdraw", name, "--yes").exit_code == 3
    assert desks.run("withdraw", name, "--yes", role="maker").exit_code == 0
    assert desks.run("list", role="maker").output.strip() == ""
    assert desks.run("show", name, role="maker").exit_code == 3


def test_drafts_of_another_bureau_are_not_there(desks: Desks) -> None:
    """As if they did not exist."""
    name = desks.prepare("L1")
    refused = desks.line.run("drafts", "show", name, "--url", ADDRESS, "--key", desks.key("checker", COUNTY))
    assert refused.exit_code == 3
    assert "no such draft" in refused.output
    assert desks.run("show", name).exit_code == 0


@pytest.mark.parametrize("name", ["x", "../entries/0", "A" * 32, "0" * 31])
def test_only_ids_of_drafts_are_asked_for(desks: Desks, name: str) -> None:
    """Nothing else gets into the address; an id of nothing is asked for and not found."""
    assert desks.run("show", name).exit_code == 3
    assert desks.board.asked == []
    assert "no such draft" in desks.run("show", "0" * 32).output


def test_a_signature_whose_answer_is_lost_is_not_sent_again(desks: Desks) -> None:
    """Nobody knows what became of it, and the command says where to look; done again it is answered."""
    name = desks.prepare("L1")

    def lost(_method: str, path: str) -> None:
        if "/signatures" in path:
            desks.board.before = lambda _method, _path: None
            raise ConnectionResetError(path)

    desks.board.before = lost
    refused = desks.run("sign", name, "--yes")
    assert refused.exit_code == 3
    assert "drafts list" in refused.output
    assert desks.at(name)["signatures"] == []
    assert desks.run("sign", name, "--yes").exit_code == 0


def test_a_reason_commands_no_screen(desks: Desks) -> None:
    """What others write cannot clear or turn what is shown to whoever signs; plain text is shown as it is."""
    name = desks.prepare("L1")
    assert desks.run("return", name, "--reason", "\x1b[2J文号\u202e有误", "--yes").exit_code == 0
    for shown in (desks.run("list").output, desks.run("show", name).output):
        assert "文号" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown


# --- signing in ---------------------------------------------------------------------------------------------


def test_a_key_of_nobody_does_not_sign_in(desks: Desks) -> None:
    """A registered one does."""
    with pytest.raises(InputError) as raised:
        session_of(desks, signer_named("stranger"))
    assert raised.value.code == "key-unknown"
    assert session_of(desks, desks.world.seats[PROVINCE].keys["checker"]) == PROVINCE


def test_a_revoked_key_does_not_sign_in(desks: Desks) -> None:
    """From the entry of its revocation on; its neighbour does."""
    keys = desks.world.seats[PROVINCE].keys
    gone = keys["checker"]
    assert session_of(desks, gone) == PROVINCE
    event = Key(occurred_on=DAY, action="revoke", key=key_id(gone.alg, gone.public))
    assert desks.board.site.post(wire_bytes(desks.world.submission("admin-a", event))).status_code == 201
    with pytest.raises(InputError) as raised:
        session_of(desks, gone)
    assert raised.value.code == "key-revoked"
    assert session_of(desks, keys["maker"]) == PROVINCE


def test_nothing_is_signed_for_another_ledger(desks: Desks) -> None:
    """Neither for one whose log is not the one believed, nor on a challenge of another one than is shown."""
    signer = desks.world.seats[PROVINCE].keys["checker"]
    with pytest.raises(ProofError) as raised:
        session_of(desks, signer, genesis="11" * 32)
    assert raised.value.code == "session.other-ledger"
    assert [path for _, path, _ in desks.board.asked] == ["/v1/sessions/challenges"]
    (other, *_) = log_signer_named("other").vkeys("ledger.example/other")
    assert desks.run("list", "--log-key", other).exit_code == 3
    assert [path for _, path, _ in desks.board.asked[1:]] == ["/v1/entries/0?format=raw"]
    assert keys_in(desks.world.genesis.log_keys)
    assert desks.run("list", "--log-key", desks.world.genesis.log_keys[0]).exit_code == 0


def test_the_address_dialled_is_what_is_signed(desks: Desks) -> None:
    """A server in between has another name, for which the right server takes no signature."""
    between = desks.line.run(
        "drafts", "list", "--url", "https://ledger.example.evil", "--key", desks.key("maker")
    )
    assert between.exit_code == 3
    assert "not an address of this server" in between.output
    assert desks.run("list", role="maker").exit_code == 0
