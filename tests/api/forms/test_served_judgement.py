# SPDX-License-Identifier: Apache-2.0
"""A form judged by a server for a key file that signs in, and left there as a draft; from the form to the entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger import client
from ledger.draft_file import parse_draft
from ledger.key_files import save_private_key
from tests.api.forms.conftest import TITLES, issue, rules
from tests.command_line import CommandLine
from tests.counter import ADDRESS, MovedClock
from tests.dialled import Switchboard, dial
from tests.worlds import COUNTY, PROVINCE

if TYPE_CHECKING:
    from typer.testing import Result

    from tests.served import Site
    from tests.worlds import World


@dataclass
class Bureau:
    """The province's bureau: forms, one key file for each person, and a server."""

    board: Switchboard
    folder: Path

    def form(self, *rows: list[object]) -> Path:
        """A table of these rows."""
        path = self.folder / "form.csv"
        lines = [TITLES, *rows]
        path.write_text("".join(",".join(map(str, one)) + "\n" for one in lines), "utf-8")
        return path

    def run(self, path: Path, *options: object, role: str = "maker", party: str = PROVINCE) -> Result:
        """The answer to `fundtrace post --url --key`."""
        key = self.folder / f"{PROVINCE}-{role}.pem"
        at = ("--kind", "allocation", "--party", party, "--url", ADDRESS, "--key", str(key))
        return CommandLine().run("post", str(path), *at, *(str(one) for one in options))

    def told(self, path: Path, *options: object, code: int = 0) -> dict[str, Any]:
        """The same for programs."""
        result = self.run(path, "--json", *options)
        assert result.exit_code == code, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def size(self) -> int:
        """Entries in the ledger."""
        return self.board.site.ledger.head().size


@pytest.fixture
def clock() -> MovedClock:
    """Later than the days in the forms."""
    made = MovedClock()
    made.move(days=60)
    return made


@pytest.fixture
def bureau(counter: Site, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bureau:
    """It, with nothing posted but the opening."""
    for role, signer in world.seats[PROVINCE].keys.items():
        save_private_key(tmp_path / f"{PROVINCE}-{role}.pem", signer)
    return Bureau(dial(monkeypatch, counter), tmp_path)


def test_the_server_judges_what_a_cell_does_not_show(bureau: Bureau) -> None:
    """As with --db: bad cells and what the ledger would refuse, in one answer; nothing is stored."""
    before, marked = bureau.size(), bureau.folder / "marked.csv"
    path = bureau.form(issue("S-1"), issue("S-1", 2), issue("S 3"))
    told = bureau.told(path, "--dry-run", "--annotate", marked, code=1)
    assert min(rules(told)) == (3, "指标", "id-duplicate")
    assert (told["rows"]["read"], told["rows"]["good"], told["rows"]["bad"]) == (3, 1, [3, 4])
    assert (told["dry_run"], told["posted"], told["draft"]) == (True, None, None)
    assert "S-1" in marked.read_text("utf-8-sig")
    table = bureau.run(path, "--dry-run")
    assert "3 rows: 1 good, 2 bad; dry run" in table.output
    assert bureau.told(bureau.form(issue("S-1")), "--dry-run")["rows"]["good"] == 1
    assert bureau.size() == before


def test_from_the_form_to_the_entry_at_two_machines(bureau: Bureau) -> None:
    """The maker leaves it on the server, both sign it there with their own key files, and it is posted."""
    before = bureau.size()
    told = bureau.told(bureau.form(issue("S-1"), issue("S-2")), "--desk")
    assert told["draft"].startswith(f"{ADDRESS}/desk/drafts/")
    name = told["draft"].rpartition("/")[2]
    for role in ("maker", "checker"):
        assert bureau.size() == before
        key = str(bureau.folder / f"{PROVINCE}-{role}.pem")
        CommandLine().done("drafts", "sign", name, "--url", ADDRESS, "--key", key, "--yes")
    assert bureau.size() == before + 3
    again = bureau.run(bureau.form(issue("S-1"), issue("S-2")), "--desk")
    assert again.exit_code == 3
    assert "stood in the ledger before" in again.output


def test_a_form_whose_answer_is_lost_becomes_one_draft(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command sends it again by itself and is answered by the draft that stands; another form is another draft."""
    monkeypatch.setattr(client, "PAUSES_SECONDS", (0,))

    def lost(_method: str, path: str) -> None:
        if path.startswith("/v1/imports") and "dry_run" not in path:
            bureau.board.after = lambda _method, _path: None
            raise ConnectionResetError(path)

    def drafts() -> set[str]:
        key = str(bureau.folder / f"{PROVINCE}-maker.pem")
        told = CommandLine().done("drafts", "list", "--url", ADDRESS, "--key", key, "--json")
        return {one["id"] for one in json.loads(told)["drafts"]}

    bureau.board.after = lost
    name = bureau.told(bureau.form(issue("S-1")), "--desk")["draft"].rpartition("/")[2]
    sent = [path for method, path, _ in bureau.board.asked if (method, path[:11]) == ("POST", "/v1/imports")]
    assert sent.count(sent[-1]) == 2
    assert drafts() == {name}
    other = bureau.told(bureau.form(issue("S-2")), "--desk")["draft"].rpartition("/")[2]
    assert drafts() == {name, other}


def test_a_form_left_twice_is_one_draft(bureau: Bureau) -> None:
    """A form becomes one submission, named by its content; what waits already is told again."""
    path = bureau.form(issue("S-1"), issue("S-1", 2))
    first = bureau.told(path, "--desk", "--valid-only", code=1)["draft"]
    assert bureau.told(path, "--desk", "--valid-only", code=1)["draft"] == first


def test_a_bad_row_leaves_no_draft_unless_it_may_stay_out(bureau: Bureau) -> None:
    """Whole or nothing, or the good rows on request."""
    path = bureau.form(issue("S-1"), issue("S-1", 2))
    assert bureau.told(path, "--desk", code=1)["draft"] is None
    assert bureau.told(path, "--desk", "--valid-only", code=1)["draft"] is not None


def test_a_draft_file_of_rows_that_the_server_has_judged(bureau: Bureau) -> None:
    """With the key the ledger's refusal is known before anybody signs."""
    out = bureau.folder / "form.draft"
    assert bureau.told(bureau.form(issue("S-1"), issue("S-1", 2)), "--draft", out, code=1)["draft"] is None
    assert not out.exists()
    assert bureau.told(bureau.form(issue("S-1")), "--draft", out)["draft"] == str(out)
    assert parse_draft(out.read_bytes(), place="draft").header.count == 1


def test_rows_are_judged_for_the_party_of_the_key(bureau: Bureau) -> None:
    """A key of another party is told before the file leaves; so is a checker that prepares."""
    path = bureau.form(issue("S-1"))
    refused = bureau.run(path, "--dry-run", party=COUNTY)
    assert refused.exit_code == 3
    assert f"the key is one of {PROVINCE}" in refused.output
    assert not any("imports" in path for _, path, _ in bureau.board.asked)
    refused = bureau.run(path, "--desk", role="checker")
    assert refused.exit_code == 3
    assert "only a maker" in refused.output
    assert bureau.run(path, "--desk").exit_code == 0


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--desk", "--dry-run"),
        ("--desk", "--draft", "x"),
        ("--dry-run", "--valid-only"),
        ("--dry-run", "--mapping", "cn-integrated-budget"),
        ("--desk", "--rest", "x.csv"),
    ],
)
def test_options_that_contradict_are_refused(bureau: Bureau, options: tuple[str, ...]) -> None:
    """Before anything is asked of the server."""
    assert bureau.run(bureau.form(issue("S-1")), *options).exit_code == 3
    assert bureau.board.asked == []
