# SPDX-License-Identifier: Apache-2.0
"""The good rows of a filled file as a draft that people sign apart (spec §3.10): one submission, or nothing."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from api.forms.form_run import Result
from api.key_papers import write_new
from api.named_ledger import LedgerNamed
from ledger.draft_file import DraftFile, format_draft
from ledger.errors import InputError, LimitError
from ledger.intake.batches import BATCH_EVENTS, Envelope
from ledger.intake.rows import EventAt
from ledger.kinds.vocabulary import event_bytes
from ledger.submission import events_root
from verifier.language import counted


def write_draft(
    result: Result, events: Iterable[EventAt], ledger: LedgerNamed, envelope: Envelope, out: Path
) -> Result:
    """`result`, and the new file `out` holds `events`, the good rows of `result`, with the header to be signed.

    With personal fields among them, the file is for its owner alone.

    Raises:
        LimitError: they are more than one submission takes.
        InputError: some of them stand in the ledger, or there is a file of that name already.
        EnvironmentFault: the file cannot be written.
    """
    name = result.reading.file.name
    if result.good > BATCH_EVENTS:
        raise _too_many(name, result.good)
    if result.before:
        raise stands_already(name, result.before)
    found = tuple(events)
    encoded = tuple(event_bytes(one.event) for one in found)
    draft = DraftFile(
        entry0=ledger.entry0,
        genesis=ledger.genesis,
        header=envelope.header(1, len(encoded), events_root(encoded)),
        events=tuple(one.event for one in found),
        event_bytes=encoded,
        disclosures=tuple(sorted(text for one in found for text in one.disclosures)),
    )
    write_new(out, format_draft(draft), private=bool(draft.disclosures))
    return replace(result, draft=str(out))


def stands_already(name: str, rows: int) -> InputError:
    """The refusal to draft a file of which `rows` rows are in the ledger."""
    return InputError(
        code="form.stands",
        place=name,
        message_en=f"{counted(rows, 'row')} of this file stood in the ledger before",
        message_zh=f"该文件有 {rows:,} 行此前已入账",
        remedy_en="Do not post them again; put further rows into a file of their own.",
        remedy_zh="请勿重复登记；新增的行请另存为新文件。",
    )


def _too_many(name: str, rows: int) -> LimitError:
    return LimitError(
        code="form.draft-too-long",
        place=name,
        message_en=f"{rows:,} rows; one draft holds {BATCH_EVENTS:,}, so that it is posted whole or not at all",
        message_zh=f"共 {rows:,} 行；一份草稿最多 {BATCH_EVENTS:,} 行，以保证整份入账或全不入账",
        remedy_en="Split the file; no draft was written.",
        remedy_zh="请拆分文件；未写出草稿。",
    )
