# SPDX-License-Identifier: Apache-2.0
"""A form sent to a served ledger: signed here, judged there, told by cell; whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.commands import form_posting
from ledger.client import LedgerClient
from ledger.connection import Answer
from ledger.draft_file import parse_draft
from ledger.errors import InputError, ProofError
from ledger.key_files import save_private_key
from ledger.log_keys import keys_in
from tests.worlds import PROVINCE, log_signer_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from api.forms.form_run import Result
    from tests.served import Site
    from tests.worlds import World

HEAD = "日期,动作,指标,付出方,收到方,金额,资金,年度\n"


def row(line: str, amount: str = "10") -> str:
    """The province issues `line`."""
    return f"2026-03-01,下达,{line},jl-finance,na-finance,{amount},F-WATER,2026\n"


class Sender:
    """A bureau with its file and its keys, and a way to the server that counts what is posted."""

    def __init__(self, office: Site, world: World, folder: Path) -> None:
        self.office, self.world, self.folder = office, world, folder
        self.posted = 0
        for role, signer in world.seats[PROVINCE].keys.items():
            save_private_key(folder / f"{PROVINCE}-{role}.pem", signer)

    def exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """One question to the server."""
        self.posted += method == "POST"
        answer = self.office.send(method, path, content=body, headers=dict(headers))
        return Answer(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    def send(self, text: str, *, other_log: bool = False, draft: Path | None = None) -> Result:
        """What becomes of a CSV file with `text` below the titles."""
        path = self.folder / "form.csv"
        path.write_text(HEAD + text, "utf-8")
        origin = self.world.genesis.origin
        texts = log_signer_named("other").vkeys("ledger.example/other") if other_log else ()
        keys = keys_in(texts or self.world.genesis.log_keys)
        client = LedgerClient(f"http://{origin.partition('/')[0]}", log_keys=keys, exchange=self.exchange)
        order = form_posting.order_of(
            path, kind="allocation", party=PROVINCE, sheet=None, ignore=None, url="", keys=self.folder,
            dry_run=False, valid_only=False, mapping=None, codes=None, annotate=self.folder / "bad.csv", rest=None,
            draft=draft,
        )  # fmt: skip
        return form_posting.run_remotely(client, keys, order)


@pytest.fixture
def sender(office: Site, world: World, tmp_path: Path) -> Sender:
    """The province's bureau."""
    return Sender(office, world, tmp_path)


def test_a_good_form_is_sent_whole(sender: Sender) -> None:
    """One submission, with a receipt that the log's key proves; the same file again is told apart from a refusal."""
    before = sender.office.ledger.head().size
    result = sender.send(row("S-1") + row("S-2"))
    assert result.posted is not None
    assert (result.posted.submissions, result.posted.events, result.posted.entries) == (1, 2, before + 3)
    assert sender.office.ledger.head().size == before + 3
    with pytest.raises(InputError) as raised:
        sender.send(row("S-1") + row("S-2"))
    assert raised.value.code == "post.sent-before"
    assert sender.office.ledger.head().size == before + 3


def test_a_row_that_cannot_be_read_keeps_the_file_here(sender: Sender) -> None:
    """Nothing is sent, and every error is told."""
    result = sender.send(row("S-1") + row("S-2", "viel") + row("S 3"))
    assert (result.posted, sender.posted) == (None, 0)
    assert sorted((one.row, one.column) for one in result.reading.errors) == [(3, "金额"), (4, "指标")]


def test_a_row_that_the_ledger_refuses_is_told_by_its_cell(sender: Sender) -> None:
    """The marked copy names it; nothing of the file stands."""
    before = sender.office.ledger.head().size
    assert sender.send(row("S-1")).posted is not None
    result = sender.send(row("S-2") + row("S-1", "11"))
    assert (result.posted, result.good) == (None, 1)
    assert [(one.row, one.column, one.rule) for one in result.reading.errors] == [(3, "指标", "id-duplicate")]
    assert "S-1" in (sender.folder / "bad.csv").read_text("utf-8-sig")
    assert sender.office.ledger.head().size == before + 2


def test_nothing_is_signed_for_another_ledger_than_the_one_believed(sender: Sender) -> None:
    """The address leads to a ledger of another name."""
    with pytest.raises(ProofError) as raised:
        sender.send(row("S-1"), other_log=True)
    assert raised.value.code == "post.other-ledger"
    assert sender.posted == 0


def test_a_draft_is_written_for_the_ledger_at_the_address(sender: Sender) -> None:
    """No key is asked for and nothing is posted; one bad cell and there is no draft."""
    for path in sender.folder.glob("*.pem"):
        path.unlink()
    out = sender.folder / "form.draft"
    assert sender.send(row("S-1") + row("S 2"), draft=out).draft is None
    assert not out.exists()
    assert sender.send(row("S-1") + row("S-2"), draft=out).draft == str(out)
    draft = parse_draft(out.read_bytes(), place="draft")
    assert (draft.entry0, draft.header.count, draft.signatures) == (sender.world.genesis_entry, 2, ())
    assert sender.posted == 0
