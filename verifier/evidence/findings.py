# SPDX-License-Identifier: Apache-2.0
"""What a piece of evidence shows about one entry, as a value: for people line by line, for programs as a record."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from ledger.entry import Entry, EventEntry, ForeignEntry, GenesisEntry, HeaderEntry
from ledger.kinds.form import fields_of, kind_of
from verifier.evidence.belief import Belief
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_INCOMPLETE
from verifier.language import Language, Told, say

Outcome = Literal["verified", "self-consistent", "undecided"]

_LONGEST = 300
_HIDDEN = frozenset({"kind", "v", "occurred_on", "_sd"})
_OUTCOMES: dict[Outcome, Told] = {
    "verified": Told(en="VERIFIED on the word of", zh="验证通过，依据："),
    "self-consistent": Told(
        en="self-consistent, operator not authenticated: compare the genesis hash by another channel",
        zh="自洽，但未确认运营方身份：请通过其他渠道核对创世哈希",
    ),
    "undecided": Told(en="DOES NOT COUNT:", zh="不能采信："),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a receipt or a pack shows: `says` of the entry at `seq`, under the checkpoint of `belief`.

    `genesis` is the leaf hash of entry 0 in hex, where the evidence holds it. `signed` tells who signed the entry's
    submission, `checked` what was checked, `open_` what the evidence does not show.
    """

    seq: int
    says: Told
    belief: Belief
    checked: tuple[Told, ...]
    genesis: str | None = None
    signed: tuple[Told, ...] = ()
    open_: tuple[Told, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """``undecided`` where the checkpoint does not count, ``verified`` only with trust from outside."""
        if self.belief.doubt is not None:
            return "undecided"
        return "verified" if self.belief.by else "self-consistent"

    @property
    def exit_code(self) -> int:
        """0, or 3 where it could not be decided; what does not hold is raised and ends with 2."""
        return EXIT_INCOMPLETE if self.outcome == "undecided" else EXIT_CLEAN


def told_entry(entry: Entry | ForeignEntry) -> Told:
    """What an entry says, in one line."""
    match entry:
        case GenesisEntry(genesis=genesis):
            return Told(en=f"genesis of {genesis.origin}", zh=f"{genesis.origin} 的创世")
        case HeaderEntry(header=header):
            name = f"{header.party}/{header.id}"
            return Told(
                en=f"submission {name} of {header.count:,} events, signed at {header.signed_at}",
                zh=f"提交 {name}，{header.count:,} 个事件，签于 {header.signed_at}",
            )
        case EventEntry(event=event):
            fields = fields_of(event).items()
            parts = (f"{name} {_plain(value)}" for name, value in fields if name not in _HIDDEN)
            text = f"{kind_of(event)} {event.occurred_on}: {', '.join(parts)}"
            short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            return Told(en=short, zh=short)
        case ForeignEntry():
            return Told(
                en=f"{entry.kind} version {entry.version}, which needs a newer program to be read",
                zh=f"{entry.kind} 第 {entry.version} 版，需要更新版本的程序才能解读",
            )
        case _:
            assert_never(entry)


def text_of(shown: Shown, language: Language) -> Iterator[str]:
    """The report on one entry."""
    checkpoint = shown.belief.checkpoint
    yield say(shown.says, language)
    yield say(
        Told(
            en=f"entry {shown.seq:,} of the first {checkpoint.size:,} of {checkpoint.origin}",
            zh=f"{checkpoint.origin} 前 {checkpoint.size:,} 条中的第 {shown.seq:,} 条",
        ),
        language,
    )
    if shown.genesis is not None:
        yield say(Told(en=f"genesis  {shown.genesis}", zh=f"创世  {shown.genesis}"), language)
    yield say(Told(en="checkpoint signed by: ", zh="检查点签名者："), language) + ", ".join(
        shown.belief.signers
    )
    for one in shown.signed:
        yield f"  {say(one, language)}"
    for one in shown.checked:
        yield f"✓ {say(one, language)}"
    for one in shown.open_:
        yield f"– {say(one, language)}"
    yield ""
    yield say(sentence(shown), language)


def sentence(shown: Shown) -> Told:
    """The answer in one sentence."""
    told = _OUTCOMES[shown.outcome]
    by = shown.belief.by if shown.belief.doubt is None else (shown.belief.doubt,)
    if shown.outcome == "self-consistent":
        return told
    return Told(
        en=f"{told.en} {', '.join(one.en for one in by)}", zh=f"{told.zh}{'、'.join(one.zh for one in by)}"
    )


def record_of(shown: Shown) -> dict[str, Any]:
    """The same for programs: stable names, both languages."""
    checkpoint = shown.belief.checkpoint
    return {
        "outcome": shown.outcome,
        "sentence": _both(sentence(shown)),
        "seq": shown.seq,
        "says": _both(shown.says),
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "genesis": shown.genesis,
        "signers": list(shown.belief.signers),
        "signed": [_both(one) for one in shown.signed],
        "checked": [_both(one) for one in shown.checked],
        "not_shown": [_both(one) for one in shown.open_],
    }


def _plain(value: object) -> str:
    """A field's value on one line; amounts stay whole numbers of minor units."""
    if isinstance(value, str | int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _both(told: Told) -> dict[str, str]:
    return {"en": told.en, "zh": told.zh}
