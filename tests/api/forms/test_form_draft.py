# SPDX-License-Identifier: Apache-2.0
"""A form as a draft that maker and checker sign apart: from the file to the entry, and what makes no draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.forms import form_draft
from ledger.draft_file import parse_draft
from tests.api.forms.conftest import issue, rules
from tests.command_line import CommandLine
from tests.worlds import PROVINCE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.api.forms.conftest import Bureau


def drafted(bureau: Bureau, *rows: list[object], name: str = "form.xlsx") -> Path:
    """The draft of a form with these rows."""
    out = bureau.folder / f"{name}.draft"
    told = bureau.post(bureau.sheet(*rows, name=name), "--draft", out)
    assert (told["draft"], told["posted"], told["rows"]["good"]) == (str(out), None, len(rows))
    return out


def test_maker_and_checker_sign_apart(bureau: Bureau) -> None:
    """Each has the draft and one key file; what is gathered is posted, once, as the rows of the form."""
    before = bureau.size()
    out = drafted(bureau, issue("S-1"), issue("S-2"))
    assert bureau.size() == before
    draft = parse_draft(out.read_bytes(), place="draft")
    assert (draft.signatures, draft.header.party, draft.header.count) == ((), PROVINCE, 2)
    assert [one.provenance.row for one in draft.events if one.provenance] == [2, 3]
    line = CommandLine()
    for role in ("maker", "checker"):
        desk = bureau.folder / role
        desk.mkdir()
        key = (bureau.folder / "ledger-keys" / f"{PROVINCE}-{role}.pem").rename(desk / "own.pem")
        copy = desk / "form.draft"
        copy.write_bytes(out.read_bytes())
        line.done("sign", str(copy), "--key", str(key), "--role", role, "--yes")
    signatures = [str(one) for one in sorted(bureau.folder.glob("*/*.sig.json"))]
    assert len(signatures) == 2
    whole = bureau.folder / "form.ndjson"
    line.done("keys", "gather", str(out), *signatures, "--out", str(whole))
    database = ("--db", str(bureau.folder / "ledger.db"))
    log_key = ("--log-key-file", str(bureau.folder / "ledger-keys" / "log.pem"))
    for _ in range(2):
        line.done("post", str(whole), *database, *log_key)
        assert bureau.size() == before + 3


def test_one_signature_posts_nothing(bureau: Bureau) -> None:
    """The draft is no way round the second person."""
    out = drafted(bureau, issue("S-1"))
    line, whole = CommandLine(), bureau.folder / "form.ndjson"
    key = str(bureau.folder / "ledger-keys" / f"{PROVINCE}-maker.pem")
    line.done("sign", str(out), "--key", key, "--role", "maker", "--yes", "--out", str(whole))
    log_key = str(bureau.folder / "ledger-keys" / "log.pem")
    before = bureau.size()
    refused = line.run(
        "post", str(whole), "--db", str(bureau.folder / "ledger.db"), "--log-key-file", log_key, "--json"
    )
    assert refused.exit_code == 1
    assert "signature-missing" in refused.output
    assert bureau.size() == before


def test_a_bad_row_makes_no_draft_unless_it_may_stay_out(bureau: Bureau) -> None:
    """Whole or nothing, or the good rows on request."""
    path, out = bureau.sheet(issue("S-1"), issue("S-1", 2)), bureau.folder / "form.draft"
    told = bureau.post(path, "--draft", out, code=1)
    assert rules(told) == [(3, "指标", "id-duplicate")]
    assert told["draft"] is None
    assert not out.exists()
    assert bureau.post(path, "--draft", out, "--valid-only", code=1)["draft"] == str(out)
    assert len(parse_draft(out.read_bytes(), place="draft").events) == 1


def test_rows_that_stand_are_not_drafted_again(bureau: Bureau) -> None:
    """The same file was posted; another file of other rows is drafted."""
    path, out = bureau.sheet(issue("S-1")), bureau.folder / "form.draft"
    bureau.post(path)
    assert "stood in the ledger before" in bureau.refused(path, "--draft", out)
    assert not out.exists()
    drafted(bureau, issue("S-2"), name="other.xlsx")


def test_a_draft_is_one_submission(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than one submission takes are refused, as many as it takes are not."""
    monkeypatch.setattr(form_draft, "BATCH_EVENTS", 2)
    rows = [issue("S-1"), issue("S-2"), issue("S-3")]
    out = bureau.folder / "long.draft"
    assert "Split the file" in bureau.refused(bureau.sheet(*rows), "--draft", out)
    assert not out.exists()
    drafted(bureau, *rows[:2])


def test_no_file_is_overwritten(bureau: Bureau) -> None:
    """A draft that somebody may have signed already stays as it was."""
    out = drafted(bureau, issue("S-1"))
    before = out.read_bytes()
    assert "already" in bureau.refused(bureau.sheet(issue("S-2")), "--draft", out)
    assert out.read_bytes() == before


def test_only_forms_become_drafts(bureau: Bureau) -> None:
    """Signed lines are no drafts, and a dry run writes nothing."""
    lines, out = bureau.text("", name="day.ndjson"), bureau.folder / "form.draft"
    assert "--draft" in bureau.refused(lines, "--draft", out)
    assert "--draft" in bureau.refused(bureau.sheet(issue("S-1")), "--draft", out, "--dry-run")
    assert not out.exists()
