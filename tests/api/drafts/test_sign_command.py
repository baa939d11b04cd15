# SPDX-License-Identifier: Apache-2.0
"""`fundtrace sign` as a checker meets it: what is shown, what is written, and when nothing is signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ledger.draft_file import DraftFile, format_draft, parse_draft
from ledger.key_files import save_private_key
from ledger.kinds.form import kind_of
from ledger.kinds.vocabulary import event_bytes
from ledger.submission import Signature, check_signature, parse_wire
from tests.examples import specimens
from tests.ledgers import founded, post_all
from tests.worlds import PROVINCE

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.kinds.vocabulary import AnyEvent
    from tests.command_line import CommandLine
    from tests.worlds import World


def draft_of(world: World, *events: AnyEvent, last: tuple[AnyEvent, ...] = ()) -> DraftFile:
    """A draft by the province, signed by its maker."""
    signers = [("maker", world.seats[PROVINCE].keys["maker"])]
    made = world.submission(PROVINCE, *events, signers=signers)
    return DraftFile(
        entry0=world.genesis_entry,
        genesis=world.genesis,
        header=made.header,
        events=made.events,
        event_bytes=made.event_bytes,
        last=tuple(event_bytes(one) for one in last),
        signatures=made.signatures,
    )


@pytest.fixture
def checker_key(world: World, tmp_path: Path) -> str:
    """The key file of the province's checker, encrypted."""
    path = tmp_path / "checker.pem"
    save_private_key(path, world.seats[PROVINCE].keys["checker"], passphrase=b"open")
    return str(path)


@pytest.fixture
def draft(world: World, tmp_path: Path) -> Path:
    """A draft of two issues, of which the last version had other ones."""
    path = tmp_path / "s.draft.json"
    issues = [world.issued("L1", 18_624_000), world.issued("L2", 200), world.issued("L3", 300)]
    last = (
        world.issued("L1", 18_000_000),
        world.issued("L3", 300),
        world.issued("L2", 200),
        world.issued("L4", 4),
    )
    path.write_bytes(format_draft(draft_of(world, *issues, last=last)))
    return path


def test_what_will_be_signed_is_shown(draft: Path, command_line: CommandLine) -> None:
    """Ledger, header, each event in words with both spellings of its amount, the sum, and what changed."""
    shown = command_line.done("sign", str(draft), "--lang", "zh")
    header = json.loads(draft.read_bytes())["header"]
    for text in (header["root"], header["genesis"], header["origin"], f"{PROVINCE}/{header['id']}"):
        assert text in shown
    for fact in ("文号 吉财农2026-1号", "L1", "F-WATER"):
        assert fact in shown
    assert "DEMO" in shown
    assert "186,240.00 元  壹拾捌万陆仟贰佰肆拾元整" in shown
    assert "〔改动〕" in shown
    assert "上一版" in shown
    assert "180,000.00" in shown
    assert "〔删去〕" in shown
    assert shown.count("〔未变〕") == 2
    assert "金额合计：186,245.00 元  壹拾捌万陆仟贰佰肆拾伍元整" in shown
    assert "改动：2 处" in shown
    assert "未签名" in shown


def test_nothing_is_written_without_a_key(draft: Path, command_line: CommandLine) -> None:
    """Showing changes nothing."""
    before = sorted(draft.parent.iterdir())
    command_line.done("sign", str(draft))
    assert sorted(draft.parent.iterdir()) == before


def test_a_signature_is_written_beside_the_draft(
    draft: Path, checker_key: str, world: World, command_line: CommandLine
) -> None:
    """Over the very header that was shown, by the key in the file; the draft stays as it was."""
    before = draft.read_bytes()
    command_line.done("sign", str(draft), "--key", checker_key, "--role", "checker", "--yes")
    (path,) = draft.parent.glob("s.draft.json.checker-*.sig.json")
    signature = Signature(**json.loads(path.read_bytes()))
    public = world.seats[PROVINCE].keys["checker"].public
    assert check_signature(signature, parse_draft(before, place="d").header, public=public)
    assert draft.read_bytes() == before


def test_nothing_is_signed_without_consent(draft: Path, checker_key: str, command_line: CommandLine) -> None:
    """Answering no: exit 3 and no file; answering yes signs."""
    before = sorted(draft.parent.iterdir())
    refused = command_line.run("sign", str(draft), "--key", checker_key, typed="n\n")
    assert refused.exit_code == 3
    assert sorted(draft.parent.iterdir()) == before
    assert command_line.run("sign", str(draft), "--key", checker_key, typed="y\n").exit_code == 0
    assert len(list(draft.parent.iterdir())) == len(before) + 1


def test_a_signed_draft_can_be_posted(
    draft: Path, checker_key: str, world: World, command_line: CommandLine, tmp_path: Path
) -> None:
    """With both signatures it is a submission that the ledger accepts."""
    signed, line = tmp_path / "signed.json", tmp_path / "line.ndjson"
    for path in (signed, line):
        command_line.done("sign", str(draft), "--key", checker_key, "--yes", "--out", str(path))
    found = parse_draft(signed.read_bytes(), place="d")
    assert [one.role for one in found.signatures] == ["checker", "maker"]
    with founded(str(tmp_path / "ledger.db"), world) as sequencer:
        post_all(sequencer, [*world.opening(), found.submission])
    assert parse_wire(line.read_bytes().removesuffix(b"\n")) == found.submission


def test_no_file_is_overwritten(draft: Path, checker_key: str, command_line: CommandLine) -> None:
    """Neither a signature nor a draft."""
    arguments = ("sign", str(draft), "--key", checker_key, "--yes")
    command_line.done(*arguments)
    for again in (arguments, (*arguments, "--out", str(draft))):
        result = command_line.run(*again)
        assert result.exit_code == 3
        assert "already" in result.output


@pytest.mark.parametrize("text", ["吉财农\x1b[2J1号", "吉财农\u202e1号", "吉财农\u200b1号"])
def test_a_text_that_hides_something_is_not_shown(
    world: World, tmp_path: Path, text: str, command_line: CommandLine
) -> None:
    """Neither terminal commands nor turned or unseen characters reach the screen of who signs."""
    event = world.issued("L1", 1)
    hiding = type(event)(**{f: getattr(event, f) for f in event.__struct_fields__} | {"document": text})
    path = tmp_path / "d.json"
    path.write_bytes(format_draft(draft_of(world, hiding)))
    result = command_line.run("sign", str(path))
    assert result.exit_code == 3
    assert "document" in result.output
    assert text not in result.output


def test_a_changed_draft_is_refused(draft: Path, command_line: CommandLine) -> None:
    """Another amount under the same header is not shown as if it were signed."""
    draft.write_bytes(draft.read_bytes().replace(b":18624000,", b":28624000,"))
    result = command_line.run("sign", str(draft))
    assert result.exit_code == 3
    assert "header" in result.output


@pytest.mark.parametrize("role", ["boss", "Checker", ""])
def test_an_unknown_role_is_refused(
    draft: Path, checker_key: str, role: str, command_line: CommandLine
) -> None:
    """Before anything is signed."""
    result = command_line.run("sign", str(draft), "--key", checker_key, "--yes", "--role", role)
    assert result.exit_code == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_can_be_shown(
    world: World, tmp_path: Path, language: str, command_line: CommandLine
) -> None:
    """In both languages, with ids where names are not known."""
    path = tmp_path / "d.json"
    events = tuple(specimens().values())
    path.write_bytes(format_draft(draft_of(world, *events)))
    shown = command_line.done("sign", str(path), "--lang", language)
    assert len([line for line in shown.splitlines() if ". [" in line]) == len(events)
    assert len({kind_of(one) for one in events}) == len(events)
