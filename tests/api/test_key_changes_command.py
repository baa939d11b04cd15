# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys` for persons: a key of one's own, drafts, signatures collected apart, and a ledger that verifies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.draft_file import parse_draft
from ledger.key_files import load_private_key, save_private_key
from ledger.keys import key_id
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import event_bytes
from tests.api.test_keys_command import fundtrace
from tests.ledger.test_mandates import admitting
from tests.ledgers import accept, founded
from tests.worlds import AUDIT, COUNTY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ledgers import Opening
    from tests.worlds import World

SECRET = b"correct horse battery"


@pytest.fixture
def db(world: World, opening: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its opening; every key file beside it, and the passphrase of new ones in a file."""
    (tmp_path / "passphrase").write_bytes(SECRET + b"\n")
    monkeypatch.setenv("FUNDTRACE_KEY_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    url = opening.laid(tmp_path, world)
    with founded(url, world) as sequencer:
        accept(sequencer, admitting(world))
    save_private_key(tmp_path / "log.pem", *world.log_keys, passphrase=SECRET)
    for name, signer in [*world.administrators.items(), *world.seats[COUNTY].keys.items()]:
        save_private_key(tmp_path / f"{name}.pem", signer, passphrase=SECRET)
    return url


def done(*arguments: object) -> str:
    """What it prints when all is well."""
    result = fundtrace(*(str(one) for one in arguments))
    assert result.exit_code == 0, result.output
    return result.output


def asked(tmp_path: Path, name: str = "li", *more: str, role: str = "checker") -> Path:
    """The request for a new key of the county, whose file is `name`.pem."""
    who = ("--holder", COUNTY, "--person", f"p-{name}", "--device", f"usb-{name}", "--role", role)
    done("keys", "request", tmp_path / f"{name}.pem", *who, "--division", "220122", *more)
    return tmp_path / f"{name}.request.json"


def signed(draft: Path, key: Path, role: str) -> Path:
    """The signature that one person makes on his own machine, in a file of its own."""
    done("sign", draft, "--key", key, "--role", role, "--yes")
    (made,) = draft.parent.glob(f"{draft.name}.{role}-{id_of(key)[:8]}.sig.json")
    return made


def id_of(key: Path) -> str:
    """The id of the key in the file."""
    signer = load_private_key(key, passphrase=SECRET)
    return key_id(signer.alg, signer.public)


def posted(db: str, tmp_path: Path, draft: Path, *roles: tuple[str, str]) -> int:
    """Signatures gathered and posted; the exit code of `post`."""
    files = [signed(draft, tmp_path / f"{name}.pem", role) for name, role in roles]
    out = draft.with_suffix(".ndjson")
    done("keys", "gather", draft, *files, "--out", out)
    return fundtrace("post", "--db", db, str(out), "--log-key-file", str(tmp_path / "log.pem")).exit_code


ADMINS = (("admin-a", "administrator"), ("admin-b", "administrator"))


def registered(db: str, tmp_path: Path, name: str, **given: str) -> None:
    """A new key of the county stands in the ledger."""
    request, draft = asked(tmp_path, name, **given), tmp_path / f"{name}.draft"
    done("keys", "register", request, "--by", "admin-a", "--db", db, "--out", draft)
    assert posted(db, tmp_path, draft, (name, "possession"), *ADMINS) == 0


def test_a_key_is_made_for_its_owner_only(db: str, tmp_path: Path) -> None:
    """Encrypted PKCS#8 that nobody else may read; the request holds nothing secret, and neither is written over."""
    request = asked(tmp_path)
    key = tmp_path / "li.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert json.loads(request.read_bytes())["key"] == id_of(key)
    shown = done("keys", "show", key, request)
    assert shown.count(id_of(key)) == 2
    assert "p-li" in shown
    again = fundtrace("keys", "request", str(key), *["--holder", "h", "--person", "p", "--device", "d"],
                      *["--role", "maker", "--division", "220122"])  # fmt: skip
    assert (again.exit_code, "of this name already" in again.output) == (3, True)
    assert db


def test_a_key_is_registered_by_people_who_never_meet(world: World, db: str, tmp_path: Path) -> None:
    """The new key and two administrators sign apart; without one of them the ledger refuses and nothing is lost."""
    request, draft = asked(tmp_path), tmp_path / "li.draft"
    told = done("keys", "register", request, "--by", "admin-a", "--db", db, "--out", draft)
    assert f"fundtrace sign {draft} --key KEY.pem --role possession" in told
    assert id_of(tmp_path / "li.pem") in told
    assert parse_draft(draft.read_bytes(), place="draft").header.party == "admin-a"
    assert posted(db, tmp_path, draft, ("li", "possession"), ADMINS[0]) == 1
    draft.with_suffix(".ndjson").unlink()
    for one in tmp_path.glob("*.sig.json"):
        one.unlink()
    assert posted(db, tmp_path, draft, ("li", "possession"), *ADMINS) == 0
    listed = done("keys", "show", "--db", db, "--party", COUNTY)
    assert id_of(tmp_path / "li.pem") in listed
    assert listed.count("valid\n") == 3
    done("verify", "--db", db, "--genesis", world.genesis_hash)


@pytest.mark.parametrize(
    ("more", "custody", "told"),
    [((), "file", "held in a file"), (("--custody", "device"), "device", "held in a device")],
)
def test_a_request_says_what_holds_the_key(
    world: World, db: str, tmp_path: Path, more: tuple[str, ...], custody: str, told: str
) -> None:
    """Left out of the draft while no policy admits it; a browser makes its own requests."""
    request = asked(tmp_path, "li", *more)
    assert json.loads(request.read_bytes())["custody"] == custody
    for admitted in (False, True):
        draft = tmp_path / f"{admitted}.draft"
        if admitted:
            pair = [tmp_path / "audit-maker.pem", tmp_path / "audit-checker.pem"]
            for path, signer in zip(pair, world.seats[AUDIT].keys.values(), strict=True):
                save_private_key(path, signer, passphrase=SECRET)
            signers = ("--maker", pair[0], "--checker", pair[1])
            log_key = ("--log-key-file", tmp_path / "log.pem")
            done("keys", "admit", "key/2", "--party", AUDIT, *signers, "--db", db, *log_key)
        shown = done("keys", "register", request, "--by", "admin-a", "--db", db, "--out", draft)
        (event,) = parse_draft(draft.read_bytes(), place="draft").events
        assert isinstance(event, Key)
        assert (event.v, event.custody) == ((2, custody) if admitted else (1, None))
        assert (told if admitted else "not said what holds it") in shown
    assert posted(db, tmp_path, tmp_path / "True.draft", ("li", "possession"), *ADMINS) == 0
    assert told in done("keys", "show", "--db", db, "--party", COUNTY)


def test_a_key_is_revoked(db: str, tmp_path: Path) -> None:
    """By its first digits; the reason is in the ledger."""
    registered(db, tmp_path, "li")
    draft = tmp_path / "revoke.draft"
    short = id_of(tmp_path / "li.pem")[:8]
    done("keys", "revoke", short, "--by", "admin-a", "--reason", "left", "--db", db, "--out", draft)
    assert posted(db, tmp_path, draft, *ADMINS) == 0
    assert "revoked at" in done("keys", "show", "--db", db)
    for wrong in (short[:7], "0" * 64):
        refused = fundtrace(
            "keys", "revoke", wrong, "--by", "a", "--reason", "x", "--db", db, "--out", str(tmp_path / "n")
        )
        assert (refused.exit_code, "begins like this" in refused.output) == (3, True)


def test_a_key_is_rotated_at_one_position(world: World, db: str, tmp_path: Path) -> None:
    """The next one comes and the last one goes in one submission; somebody else's request is no rotation."""
    registered(db, tmp_path, "li")
    old = id_of(tmp_path / "li.pem")
    other = asked(tmp_path, "wang")
    refused = fundtrace(
        "keys",
        "rotate",
        old,
        str(other),
        "--by",
        "admin-a",
        "--db",
        db,
        "--out",
        str(tmp_path / "none.draft"),
    )
    assert (refused.exit_code, "no rotation" in refused.output) == (3, True)
    (tmp_path / "li.pem").rename(tmp_path / "li-old.pem")
    (tmp_path / "li.request.json").unlink()
    request, draft = asked(tmp_path), tmp_path / "rotate.draft"
    done("keys", "rotate", old, request, "--by", "admin-a", "--db", db, "--out", draft)
    assert posted(db, tmp_path, draft, ("li", "possession"), *ADMINS) == 0
    listed = done("keys", "show", "--db", db, "--party", COUNTY)
    assert listed.count("revoked at") == 1
    assert id_of(tmp_path / "li.pem") in listed
    done("verify", "--db", db, "--genesis", world.genesis_hash)


def test_a_role_is_lent(world: World, db: str, tmp_path: Path) -> None:
    """By maker, checker and the principal, who is the checker here; longer than a quarter is refused."""
    registered(db, tmp_path, "li", role="approver")
    principal, deputy = id_of(tmp_path / "checker.pem"), id_of(tmp_path / "li.pem")
    for until, code in (("2026-05-01T00:00:00.000Z", 1), ("2026-02-20T00:00:00.000Z", 0)):
        draft = tmp_path / f"lend-{code}.draft"
        done(
            "keys", "deputise", principal, deputy, "--role", "checker", "--from", "2026-01-06T00:00:00.000Z",
            "--until", until, "--reason", "leave", "--db", db, "--out", draft,
        )  # fmt: skip
        assert posted(db, tmp_path, draft, ("maker", "maker"), ("checker", "checker")) == code
    done("verify", "--db", db, "--genesis", world.genesis_hash)


def test_two_leaders_act_from_a_file_of_events(world: World, db: str, tmp_path: Path) -> None:
    """Their own two signatures do; one does not, and a line that is no event is named."""
    for name in ("head", "second"):
        registered(db, tmp_path, name, role="approver")
    events = tmp_path / "events.ndjson"
    issued = event_bytes(msgspec.structs.replace(world.issued("L9", 5), from_=COUNTY))
    events.write_bytes(event_bytes(world.paid("L1", 7)) + b"\n\n")
    with founded(db, world) as sequencer:
        accept(sequencer, world.issue("L1", 100))
    common = ("--party", COUNTY, "--reason", "flood", "--db", db, "--out")
    for leaders, code in ((("head",), 1), (("head", "second"), 0)):
        draft = tmp_path / f"override-{code}.draft"
        told = done("keys", "override", events, *common, draft)
        assert "Two leaders act in place of maker and checker: flood." in told
        assert posted(db, tmp_path, draft, *((name, "approver") for name in leaders)) == code
    done("verify", "--db", db, "--genesis", world.genesis_hash)
    found = fundtrace("audit", "--db", db, "--json")
    assert '"rule":"K1"' in found.output
    events.write_bytes(issued + b"\nnonsense\n")
    wrong = fundtrace("keys", "override", str(events), *common, str(tmp_path / "no.draft"))
    assert (wrong.exit_code, "events.ndjson, line 2" in wrong.output) == (3, True)


def test_administrators_are_appointed_split_and_dismissed(world: World, db: str, tmp_path: Path) -> None:
    """Two more come, the first two get a duty each, one goes; a business request appoints nobody."""
    for name, duty in (("sys-1", "system"), ("sec-1", "security")):
        who = ("--holder", name, "--person", f"p-{name}", "--device", f"d-{name}", "--role", "administrator")
        done("keys", "request", tmp_path / f"{name}.pem", *who, "--division", "220000")
        draft = tmp_path / f"{name}.draft"
        request = tmp_path / f"{name}.request.json"
        done("keys", "appoint", request, "--duty", duty, "--by", "admin-a", "--db", db, "--out", draft)
        assert posted(db, tmp_path, draft, (name, "possession"), *ADMINS) == 0
    draft = tmp_path / "assign.draft"
    done("keys", "assign", "admin-a", "--duty", "security", "--by", "admin-a", "--db", db, "--out", draft)
    assert posted(db, tmp_path, draft, *ADMINS) == 0
    for number, name, code in ((1, "admin-b", 1), (2, "sec-1", 0)):
        draft = tmp_path / f"dismiss-{number}.draft"
        done("keys", "dismiss", name, "--by", "admin-a", "--db", db, "--out", draft)
        assert posted(db, tmp_path, draft, *ADMINS) == code
    done("verify", "--db", db, "--genesis", world.genesis_hash)
    business = fundtrace(
        "keys", "appoint", str(asked(tmp_path)), "--duty", "audit", "--by", "admin-a", "--db", db,
        "--out", str(tmp_path / "no.draft"),
    )  # fmt: skip
    assert (business.exit_code, "not for an administrator" in business.output) == (3, True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (("--until", "soon"), "no key that could be registered"),
        (("--division", "abc"), "no key that could be registered"),
        (("--role", "administrator"), "approver"),
        (("--role", "king"), "approver"),
        (("--custody", "browser"), "device"),
    ],
)
def test_a_request_that_could_never_be_granted(
    db: str, tmp_path: Path, changes: tuple[str, ...], told: str
) -> None:
    """Is refused before a key is made."""
    who = ("--holder", COUNTY, "--person", "p", "--device", "d", "--role", "maker", "--division", "220122")
    refused = fundtrace("keys", "request", str(tmp_path / "x.pem"), *who, *changes)
    assert refused.exit_code in {2, 3}
    assert told in refused.output
    assert not (tmp_path / "x.pem").exists()
    assert db


def test_a_short_passphrase_guards_nothing(db: str, tmp_path: Path) -> None:
    """Refused, and no key is written."""
    (tmp_path / "passphrase").write_bytes(b"1234567\n")
    who = ("--holder", COUNTY, "--person", "p", "--device", "d", "--role", "maker", "--division", "220122")
    refused = fundtrace("keys", "request", str(tmp_path / "x.pem"), *who)
    assert (refused.exit_code, "8 characters or more" in refused.output) == (3, True)
    assert not (tmp_path / "x.pem").exists()
    assert db


@pytest.mark.parametrize("text", ["", "{}", '{"alg":"ed25519"}'])
def test_what_is_no_request_and_no_signature_is_named(db: str, tmp_path: Path, text: str) -> None:
    """The file at fault, and what to do."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text(text, "utf-8")
    shown = fundtrace("keys", "show", str(wrong))
    assert (shown.exit_code, "wrong.json" in shown.output) == (3, True)
    request, draft = asked(tmp_path), tmp_path / "li.draft"
    done("keys", "register", request, "--by", "admin-a", "--db", db, "--out", draft)
    gathered = fundtrace("keys", "gather", str(draft), str(wrong), "--out", str(tmp_path / "x.ndjson"))
    assert (gathered.exit_code, ".sig.json" in gathered.output) == (3, True)
    assert not (tmp_path / "x.ndjson").exists()
