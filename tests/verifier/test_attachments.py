# SPDX-License-Identifier: Apache-2.0
"""Evidence files: what a ledger names against what a folder holds. Each trouble has a twin that differs in one fact."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
import typer
from typer.testing import CliRunner, Result

from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Invoice
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim
from ledger.kinds.registry import Policy
from tests.malicious.forger import Forger
from tests.worlds import AUDIT, COUNTY, DAY, PROJECT, UNIT, make_world
from verifier import cli

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.kinds.vocabulary import AnyEvent

CONTENT: Final = b"%PDF-1.7 measured work, first quarter"
HASH: Final = hashlib.sha256(CONTENT).hexdigest()
OTHER: Final = b"%PDF-1.7 measured work, second quarter"


def claimed(claim: str, *contents: bytes) -> Claim:
    """The unit asks for payment, showing files."""
    return Claim(
        occurred_on=DAY, action="submit", claim=claim, project=PROJECT, amount=10,
        evidence=tuple(hashlib.sha256(one).hexdigest() for one in contents),
    )  # fmt: skip


def registered(**changes: object) -> Attachment:
    """The file of `CONTENT`."""
    plain = Attachment(occurred_on=DAY, hash=HASH, size=len(CONTENT), media_type="application/pdf")
    return msgspec.structs.replace(plain, **changes)


def exported(tmp_path: Path, *events: AnyEvent) -> Path:
    """The export of a ledger in which the unit posted `events`, one submission each."""
    made = Forger(make_world())
    admits = Policy(occurred_on=DAY, id="adm", effective_on=DAY, title="准入", admits=("attachment/1",))
    made.post(*made.world.opening(), made.world.submission(AUDIT, admits))
    for number, event in enumerate(events):
        made.post(made.world.submission(UNIT, event, submission_id=f"s-{number}"))
    return made.export(tmp_path / "export")


def run(*arguments: str) -> Result:
    """`fundtrace verify` in this process."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    return CliRunner(env={"LC_ALL": "C.UTF-8", "TERM": "dumb"}).invoke(app, ["verify", *arguments])


def compared(export: Path, folder: Path) -> tuple[int, dict[str, int], list[dict[str, Any]]]:
    """Exit code, counts and troubles of `verify --files`."""
    result = run(str(export), "--files", str(folder), "--json")
    report = json.loads(result.stdout)["evidence_files"]
    return result.exit_code, report["counts"], report["troubles"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the file, under a name that says nothing."""
    made = tmp_path / "files" / "deep"
    made.mkdir(parents=True)
    (made / "scan 1.pdf").write_bytes(CONTENT)
    return made.parent


def test_a_file_that_is_there_is_no_trouble(tmp_path: Path, folder: Path) -> None:
    """Whatever its name, it is found by what it holds; exit 0, and the words say so in both languages."""
    export = exported(tmp_path, registered(), claimed("c-1", CONTENT))
    assert compared(export, folder)[0] == 0
    assert (
        "1 named, 1 of them here; 0 here that no event names"
        in run(str(export), "--files", str(folder), "--lang", "en").output
    )
    assert "附件无缺失" in run(str(export), "--files", str(folder), "--lang", "zh").output


def test_a_file_that_is_not_there_is_missing(tmp_path: Path, folder: Path) -> None:
    """Exit 1; the file is told with the events that name it. The file that no event names is counted."""
    export = exported(tmp_path, claimed("c-1", OTHER))
    code, counts, troubles = compared(export, folder)
    assert (code, counts["missing"], counts["altered"]) == (1, 1, 0)
    assert troubles[0]["hash"] == hashlib.sha256(OTHER).hexdigest()
    assert troubles[0]["named_in"] == [{"event": f"{UNIT}/s-0/0", "subject": "claim c-1"}]
    assert "1 here that no event names" in run(str(export), "--files", str(folder), "--lang", "en").output


@pytest.mark.parametrize("name", ["2026/q1.pdf", HASH, f"{HASH[:2]}/{HASH}"])
def test_another_content_where_the_file_should_lie_is_altered(tmp_path: Path, name: str) -> None:
    """By the locator of its registration, or under the name of its hash."""
    export = exported(tmp_path, registered(locator="2026/q1.pdf"), claimed("c-1", CONTENT))
    path = tmp_path / "files" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(OTHER)
    code, counts, troubles = compared(export, tmp_path / "files")
    assert (code, counts["missing"], counts["altered"], troubles[0]["path"]) == (1, 0, 1, name)
    path.write_bytes(CONTENT)
    assert compared(export, tmp_path / "files")[0] == 0


def test_a_registration_with_another_size_is_told(tmp_path: Path, folder: Path) -> None:
    """The hash is right and the size is not; the innocent twin is `registered` as it is."""
    export = exported(tmp_path, registered(size=len(CONTENT) + 1))
    code, counts, _troubles = compared(export, folder)
    assert (code, counts["wrong_size"]) == (1, 1)


def test_one_file_for_two_claims_is_used_twice(tmp_path: Path, folder: Path) -> None:
    """Both claims are named."""
    export = exported(tmp_path, claimed("c-1", CONTENT), claimed("c-2", CONTENT))
    code, counts, troubles = compared(export, folder)
    assert (code, counts["used_twice"]) == (1, 1)
    assert [one["subject"] for one in troubles[0]["named_in"]] == ["claim c-1", "claim c-2"]


def test_a_claim_and_its_payment_show_one_file(tmp_path: Path, folder: Path) -> None:
    """The payment that meets the claim is no second use; a payment for nothing named is."""
    world = make_world()
    paid = msgspec.structs.replace(
        world.use(10), claim="c-1", invoice=Invoice(hash=HASH, amount=10), to_account=None
    )
    export = exported(tmp_path, claimed("c-1", CONTENT), paid)
    assert compared(export, folder)[0] == 0
    loose = msgspec.structs.replace(paid, claim=None)
    export = exported(tmp_path / "loose", claimed("c-1", CONTENT), loose)
    assert compared(export, folder)[1]["used_twice"] == 1


def test_two_payments_of_one_contract_show_one_invoice(tmp_path: Path, folder: Path) -> None:
    """Part payments are ordinary; under another contract it is used twice."""
    world = make_world()
    paid = msgspec.structs.replace(world.use(10), contract="HT-1", invoice=Invoice(hash=HASH, amount=20))
    export = exported(tmp_path, paid, msgspec.structs.replace(paid, voucher="2"))
    assert compared(export, folder)[0] == 0
    export = exported(tmp_path / "other", paid, msgspec.structs.replace(paid, contract="HT-2"))
    assert compared(export, folder)[1]["used_twice"] == 1


def test_what_was_reversed_names_no_file(tmp_path: Path, folder: Path) -> None:
    """After the second claim is reversed, the file is used once."""
    reversed_claim = Correction(occurred_on=DAY, event=f"{UNIT}/s-1/0", reason="重复提交")
    export = exported(tmp_path, claimed("c-1", CONTENT), claimed("c-2", CONTENT), reversed_claim)
    assert compared(export, folder)[0] == 0


def test_a_folder_that_is_none_is_exit_3(tmp_path: Path) -> None:
    """The remedy is told."""
    export = exported(tmp_path)
    result = run(str(export), "--files", str(tmp_path / "nowhere"))
    assert result.exit_code == 3
    assert "no such folder" in result.output


def test_links_are_not_followed(tmp_path: Path, folder: Path) -> None:
    """A link to the file elsewhere is no file of this folder."""
    export = exported(tmp_path, claimed("c-1", CONTENT))
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "a.pdf").symlink_to(folder / "deep" / "scan 1.pdf")
    assert compared(export, tmp_path / "links")[1]["missing"] == 1


def test_a_broken_ledger_is_not_compared(tmp_path: Path, folder: Path) -> None:
    """Exit 2, and nothing about files."""
    export = exported(tmp_path, claimed("c-1", CONTENT))
    bundle = next(path for path in (export / "tile" / "entries").rglob("*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b'"c-1"', b'"c-2"'))
    result = run(str(export), "--files", str(folder), "--json")
    assert result.exit_code == 2
    assert "evidence_files" not in json.loads(result.stdout)


def test_a_file_of_an_event_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A registration for a missing event breaks the replay, and so does one for the event of somebody else."""
    assert run(str(exported(tmp_path, registered(event=f"{UNIT}/s-9/0")))).exit_code == 2
    own = exported(tmp_path / "own", claimed("c-1", CONTENT), registered(event=f"{UNIT}/s-0/0"))
    assert run(str(own)).exit_code == 0
    made = Forger(make_world())
    admits = Policy(occurred_on=DAY, id="adm", effective_on=DAY, title="准入", admits=("attachment/1",))
    made.post(*made.world.opening(), made.world.submission(AUDIT, admits, submission_id="adm"))
    made.post(made.world.submission(COUNTY, registered(event=f"{AUDIT}/adm/0")))
    assert run(str(made.export(tmp_path / "foreign"))).exit_code == 2
