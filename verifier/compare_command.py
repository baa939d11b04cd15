# SPDX-License-Identifier: Apache-2.0
"""`fundtrace compare`: whether two readers saw one history, written down so that a third person can check it."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import LogKey, parse_log_key
from ledger.errors import EnvironmentFault
from ledger.note import parse_note
from verifier.integrity.comparison import (
    COMPARISON_BYTES_MAX,
    COMPARISON_HEAD,
    Comparison,
    Showing,
    Shown,
    compared,
    comparison_bytes,
    parse_comparison,
    shown_by,
)
from verifier.integrity.state import load_state, replace_file
from verifier.integrity.verdict import EXIT_BROKEN, EXIT_CLEAN, EXIT_INCOMPLETE
from verifier.language import Language, Told, say
from verifier.reading.sources import Source, open_source
from verifier.source_options import (
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    chosen_language,
    chosen_trust,
)

SideArgument = Annotated[
    str, typer.Argument(metavar="STATE|SOURCE", help="A state file, or a source.", show_default=False)
]
BetweenOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="SOURCE",
        help="Where what lies between the two is read from, if neither of them says.",
        show_default=False,
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the evidence to this file.", show_default=False),
]

_HEADLINES: Final[dict[Showing, Told]] = {
    "one history": Told(en="ONE HISTORY", zh="同一历史"),
    "fork": Told(en="FORK PROVEN", zh="已证明分叉"),
    "nothing": Told(en="NOTHING SHOWN", zh="什么也没有证明"),
}
_CODES: Final[dict[Showing, int]] = {
    "one history": EXIT_CLEAN,
    "fork": EXIT_BROKEN,
    "nothing": EXIT_INCOMPLETE,
}
_KEYS_WANTED: Final = Told(
    en="Give the key of the log, as you know it from elsewhere, with --log-key or --policy.",
    zh="请以 --log-key 或 --policy 提供您从他处得知的账本密钥。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one reader saw: a signed note; the keys that he had found to be the log's; the log itself, if he has it."""

    note: bytes
    checkpoint: Checkpoint
    keys: tuple[LogKey, ...] = ()
    source: Source | None = None


def register(app: typer.Typer) -> None:
    """`app` has the command `compare`."""
    app.command("compare", rich_help_panel="Auditors")(compare)


def compare(  # noqa: PLR0913 - one parameter for each option of the command
    a: SideArgument,
    b: SideArgument,
    *,
    source: BetweenOption = None,
    out: OutOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Hold two states of one log against each other: one history, or the evidence of a fork.

    Keys come from --log-key or --policy, otherwise from the state files. Exit code 0 one history, 2 fork proven, 3
    nothing shown.
    """
    language = chosen_language(lang)
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(_side(text)) for text in (a, b, *([source] if source else []))]
        keys = chosen_trust(policy, log_key, None, None).keys or tuple(
            dict.fromkeys(key for side in sides for key in side.keys)
        )
        comparison = _compared(sides[0], sides[1], sides[2] if source else None)
    shown = shown_by(comparison, keys)
    if out is not None and shown.what != "nothing":
        replace_file(out, comparison_bytes(comparison))
    _tell(shown, language, as_json=as_json)


def verify_comparison(path: Path, keys: tuple[LogKey, ...], language: Language, *, as_json: bool) -> None:
    """Say what the comparison in the file shows to somebody who believes `keys`, and exit with the code of that.

    Raises:
        FormatError: the file is none.
        EnvironmentFault: it cannot be read.
    """
    _tell(
        shown_by(parse_comparison(_read(path, COMPARISON_BYTES_MAX + 1), place=str(path)), keys),
        language,
        as_json=as_json,
    )


def is_comparison(text: str | None) -> bool:
    """Whether `text` names a file that begins as a comparison does."""
    return (
        text is not None
        and Path(text).is_file()
        and _read(Path(text), len(COMPARISON_HEAD)) == COMPARISON_HEAD
    )


def _compared(one: Side, other: Side, between: Side | None) -> Comparison:
    """The comparison of two sides; or of the longer one with what lies between, if those already contradict each other."""
    first, second = sorted((one, other), key=lambda side: side.checkpoint.size)
    if first.checkpoint.size == second.checkpoint.size:
        return compared(first.note, second.note)
    if second.source is not None:
        return compared(first.note, second.note, fetch=second.source.fetch)
    if between is None or between.source is None:
        return compared(first.note, second.note)
    for side in (second, first):
        told = compared(side.note, between.note, fetch=between.source.fetch)
        if bytes.fromhex(told.root) != side.checkpoint.root:
            return told
    return compared(first.note, second.note, fetch=between.source.fetch)


@contextlib.contextmanager
def _side(text: str) -> Iterator[Side]:
    path = Path(text)
    if path.is_file() and _read(path, 1) == b"{":
        state = load_state(path)
        if state is not None:
            note = state.checkpoint.encode()
            keys = tuple(parse_log_key(key) for key in state.log_keys)
            yield Side(note=note, checkpoint=_checkpoint(note), keys=keys)
            return
    with contextlib.closing(open_source(text)) as source:
        note = source.checkpoint()
        yield Side(note=note, checkpoint=_checkpoint(note), source=source)


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise EnvironmentFault(
            code="compare.unreadable",
            place=str(path),
            message_en=f"the file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取文件：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请检查路径。",
        ) from error


def _tell(shown: Shown, language: Language, *, as_json: bool) -> None:
    headline = _HEADLINES[shown.what]
    if as_json:
        typer.echo(json.dumps(_record(shown, headline), ensure_ascii=False, indent=2))
    else:
        for one in (shown.first, shown.second):
            if one is not None:
                entries = {"en": f"{one.size:,} entries", "zh": f"共 {one.size:,} 条"}[language]
                typer.echo(f"{one.origin}  {entries}  {one.root.hex()}")
        typer.echo(
            f"{say(headline, language)}{'：' if language == 'zh' else ': '}{say(shown.told, language)}"
        )
        if shown.what == "nothing":
            typer.echo(say(_KEYS_WANTED, language))
    raise typer.Exit(_CODES[shown.what])


def _record(shown: Shown, headline: Told) -> dict[str, Any]:
    return {
        "outcome": shown.what.replace(" ", "-"),
        "sentence": {"en": f"{headline.en}: {shown.told.en}", "zh": f"{headline.zh}：{shown.told.zh}"},
        "checkpoints": [
            {"origin": one.origin, "size": one.size, "root": one.root.hex()}
            for one in (shown.first, shown.second)
            if one is not None
        ],
    }
