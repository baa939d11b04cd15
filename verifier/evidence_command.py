# SPDX-License-Identifier: Apache-2.0
"""`fundtrace verify RECEIPT EVENT` and `verify PACK [EVENT]`: evidence about an entry or a finding, without its ledger."""

import json
from pathlib import Path
from typing import Final, NoReturn

import typer

from ledger.entry import ENTRY_BYTES_MAX, EventEntry, event_of, parse_entry
from ledger.errors import InputError, ProofError
from ledger.note import MAX_NOTE_BYTES, parse_note
from ledger.receipt import HEADER, MAX_RECEIPT_BYTES, parse_receipt
from ledger.timestamp import MAX_TOKEN_BYTES, Timestamp, check_token
from verifier.evidence import finding_told, findings
from verifier.evidence.finding_pack import FindingShown, check_finding_pack
from verifier.evidence.findings import Shown
from verifier.evidence.pack import MAX_PACK_BYTES, SUFFIX, Pack, parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.evidence.receipt_check import check_receipt
from verifier.evidence.source_log import SourcePacks
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_BROKEN
from verifier.language import Language, say_error
from verifier.reading.sources import Source
from verifier.source_options import bytes_of

_HEAD: Final = HEADER.encode()


def is_evidence(text: str | None) -> bool:
    """Whether `text` names a file that is a receipt or a pack."""
    if text is None or not Path(text).is_file():
        return False
    with Path(text).open("rb") as file:
        return text.endswith(SUFFIX) or file.read(len(_HEAD)) == _HEAD


def verify_evidence(
    path: Path, event: Path | None, trust: Trust, language: Language, *, token: Path | None, as_json: bool
) -> NoReturn:
    """Print what a receipt or a pack shows, and end with 0, 2 where it does not hold, 3 where it does not count.

    Raises:
        typer.BadParameter: a receipt without its entry, or without anybody believed.
        EnvironmentFault: a file cannot be read.
    """
    try:
        if path.name.endswith(SUFFIX):
            shown: Shown | FindingShown = _pack(path, event, trust)
        else:
            shown = _receipt(path, event, trust, token)
    except InputError as error:
        refusal = {"outcome": "broken", "code": error.code, "en": str(error), "zh": error.told_zh()}
        typer.echo(json.dumps(refusal, ensure_ascii=False) if as_json else say_error(error, language))
        raise typer.Exit(EXIT_BROKEN) from error
    _print(shown, language, as_json=as_json)
    raise typer.Exit(shown.exit_code)


def _print(shown: Shown | FindingShown, language: Language, *, as_json: bool) -> None:
    if isinstance(shown, FindingShown):
        record, lines = finding_told.record_of(shown), finding_told.text_of(shown, language)
    else:
        record, lines = findings.record_of(shown), findings.text_of(shown, language)
    if as_json:
        typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            typer.echo(line)


def write_pack(source: Source, seq: int, path: Path) -> None:
    """`path` holds the evidence for entry `seq` of `source`.

    Where the log offers an anchor that covers the entry, the pack is under the newest such checkpoint and holds its token.

    Raises:
        InputError: the log does not reach that far, or does not hold together.
        EnvironmentFault: a file cannot be read or written.
    """
    path.write_bytes(SourcePacks(source).of_entry(seq))


def _receipt(path: Path, event: Path | None, trust: Trust, token: Path | None) -> Shown:
    if event is None:
        raise typer.BadParameter("a receipt needs the file with its entry: RECEIPT EVENT", param_hint="EVENT")
    if trust.policy is None and not trust.log_keys:
        raise typer.BadParameter("a receipt needs --policy or --log-key", param_hint="--policy")
    data = bytes_of(path, MAX_RECEIPT_BYTES)
    stamps = () if token is None else (_stamp(data, token, trust),)
    return check_receipt(data, bytes_of(event, ENTRY_BYTES_MAX), trust, stamps=stamps)


def _stamp(receipt: bytes, token: Path, trust: Trust) -> Timestamp:
    """The time stamp over the receipt's checkpoint, or over the note beside the token that says the same."""
    if not trust.authorities:
        raise typer.BadParameter("--anchor-token needs --tsa-roots", param_hint="--anchor-token")
    note = parse_receipt(receipt).checkpoint
    beside = token.with_suffix(".note")
    if beside.is_file():
        published = bytes_of(beside, MAX_NOTE_BYTES)
        if parse_note(published).text != parse_note(note).text:
            raise ProofError(
                code="evidence.other-note",
                place=str(beside),
                message_en="the note beside the token is of another checkpoint than the receipt's",
                message_zh="令牌旁的检查点与收据的检查点不同",
            )
        note = published
    return check_token(bytes_of(token, MAX_TOKEN_BYTES), note, trust.authorities)


def _pack(path: Path, event: Path | None, trust: Trust) -> Shown | FindingShown:
    pack = parse_pack(bytes_of(path, MAX_PACK_BYTES))
    if pack.finding is not None:
        if event is not None:
            raise typer.BadParameter("the pack of a finding goes alone", param_hint="EVENT")
        return check_finding_pack(pack, trust)
    if event is not None:
        _compare(pack, bytes_of(event, ENTRY_BYTES_MAX))
    return check_pack(pack, trust)


def _compare(pack: Pack, given: bytes) -> None:
    """Return only if `given` are the bytes of the pack's entry, or of the event in it."""
    data = pack.entries.get(pack.subject, b"")
    entry = parse_entry(data, place=f"entry {pack.subject}")
    event = event_of(entry) if isinstance(entry, EventEntry) else b""
    if given not in {data, event}:
        raise ProofError(
            code="evidence.other-event",
            place="EVENT",
            message_en=f"it is not entry {pack.subject} of the pack, nor the event in it",
            message_zh=f"既不是包内第 {pack.subject} 条，也不是其中的事件",
        )
