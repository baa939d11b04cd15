# SPDX-License-Identifier: Apache-2.0
"""What the pack of a finding shows, for people line by line, for programs as a record."""

from collections.abc import Iterator
from typing import Any

import msgspec

from verifier.evidence.finding_pack import FindingShown
from verifier.evidence.findings import record_of as entry_record
from verifier.evidence.findings import sentence
from verifier.language import Language, Told, say


def text_of(shown: FindingShown, language: Language) -> Iterator[str]:
    """The report on one finding."""
    finding, checkpoint = shown.finding, shown.belief.checkpoint
    dates = Told(
        zh=f"疑点 {finding.id}（{finding.rule}，截至 {finding.as_of}，已知至第 {finding.known_by:,} 条）",
        en=f"finding {finding.id} ({finding.rule}, as of {finding.as_of}, known by entry {finding.known_by:,})",
    )
    yield say(dates, language)
    yield say(finding.explanation, language)
    yield say(Told(zh="依据：", en="Basis: "), language) + say(finding.basis, language)
    yield say(Told(zh="可消除：", en="Clears if: "), language) + say(finding.clears_if, language)
    yield ""
    for one in shown.entries:
        name = next(entry.name for entry in finding.evidence if entry.seq == one.seq)
        yield say(Told(zh=f"第 {one.seq:,} 条 {name}", en=f"entry {one.seq:,}, {name}"), language)
        yield f"  {say(one.says, language)}"
        yield from (f"  {say(signed, language)}" for signed in one.signed)
    yield ""
    frame = Told(
        zh=f"{checkpoint.origin} 前 {checkpoint.size:,} 条",
        en=f"the first {checkpoint.size:,} entries of {checkpoint.origin}",
    )
    yield say(frame, language)
    yield say(Told(zh="检查点签名者：", en="checkpoint signed by: "), language) + ", ".join(
        shown.belief.signers
    )
    yield from (f"✓ {say(told, language)}" for told in shown.checked)
    yield from (f"– {say(told, language)}" for told in shown.open_)
    yield ""
    yield say(sentence(shown.entries[0]), language)


def record_of(shown: FindingShown) -> dict[str, Any]:
    """The same for programs: stable names, both languages; each entry as the pack of an entry tells it."""
    whole = entry_record(shown.entries[0])
    frame = {
        name: whole[name] for name in ("outcome", "sentence", "origin", "size", "root", "genesis", "signers")
    }
    return {
        **frame,
        "finding": msgspec.to_builtins(shown.finding),
        "entries": [_entry(entry_record(one)) for one in shown.entries],
        "checked": [msgspec.to_builtins(told) for told in shown.checked],
        "not_shown": [msgspec.to_builtins(told) for told in shown.open_],
    }


def _entry(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("seq", "says", "signed")}
