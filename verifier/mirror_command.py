# SPDX-License-Identifier: Apache-2.0
"""`fundtrace mirror`: keep a verified copy of a log, once or for as long as it runs."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.errors import EnvironmentFault, InputError, MissingError
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_BROKEN, EXIT_INCOMPLETE
from verifier.language import Language, say, say_error
from verifier.mirror import Mirrored, mirror
from verifier.reading.sources import open_source
from verifier.source_options import (
    GenesisOption,
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    chosen_language,
    chosen_trust,
    progress_bar,
)


def register(app: typer.Typer) -> None:
    """`app` has the command `mirror`."""
    app.command("mirror", rich_help_panel="Auditors")(mirror_log)


def mirror_log(  # noqa: PLR0913 - one parameter for each option of the command
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="An http(s) address, an export folder, or a bundle file.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the copy is kept.")],
    *,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    watch: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS", min=1, help="Look again after so long, until stopped.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Keep a verified copy of a log: signatures, consistency with what DIR holds, and every byte under the checkpoint.

    DIR is a SOURCE itself, and never goes back or changes to another history: a fork leaves both signed checkpoints there.
    Exit code 0, 2 when the source cannot be believed, 3 when it could not be completed; DIR is then as it was.
    """
    language = chosen_language(lang)
    trust = chosen_trust(policy, log_key, genesis, None)
    for told in _looks(source, folder, trust, watch):
        _say(told, folder, trust, language, as_json=as_json)
        if isinstance(told, InputError) and not (watch and isinstance(told, MissingError)):
            raise typer.Exit(EXIT_BROKEN)
        if isinstance(told, EnvironmentFault) and not watch:
            raise typer.Exit(EXIT_INCOMPLETE)


def _looks(
    source: str, folder: Path, trust: Trust, watch: int | None
) -> Iterator[Mirrored | InputError | EnvironmentFault]:
    """What came of each look at the source: one, or one after another."""
    while True:
        try:
            with contextlib.closing(open_source(source)) as opened, progress_bar("mirror") as progress:
                found = mirror(opened, folder, trust, progress=progress)
        except (InputError, EnvironmentFault) as error:
            yield error
        else:
            yield found
        if watch is None:
            return
        time.sleep(watch)


def _say(
    told: Mirrored | InputError | EnvironmentFault,
    folder: Path,
    trust: Trust,
    language: Language,
    *,
    as_json: bool,
) -> None:
    if as_json:
        typer.echo(json.dumps(_record(told, trust), ensure_ascii=False))
    elif isinstance(told, Mirrored):
        for line in _lines(told, folder, trust, language):
            typer.echo(line)
    else:
        typer.echo(say_error(told, language), err=True)


def _lines(told: Mirrored, folder: Path, trust: Trust, language: Language) -> Iterator[str]:
    size, root = told.checkpoint.size, told.checkpoint.root.hex()
    new = size - told.held
    believed = [say(one, language) for one in trust.told()]
    if language == "zh":
        yield f"{told.checkpoint.origin}：{size:,} 条，树根 {root}"
        yield f"{folder}：新增 {new:,} 条，写入 {told.written:,} 个文件" + (
            "" if told.entries else "（来源不含条目）"
        )
        yield (
            f"依据：{'、'.join(believed)}"
            if believed
            else f"未确认运营方身份；请通过其他渠道核对创世哈希 {told.genesis}"
        )
        yield f"下一步：fundtrace verify {folder}"
    else:
        yield f"{told.checkpoint.origin}: {size:,} entries, root {root}"
        yield f"{folder}: {new:,} new entries, {told.written:,} files written" + (
            "" if told.entries else " (the source holds no entries)"
        )
        yield (
            f"believed by {', '.join(believed)}"
            if believed
            else f"operator not authenticated: compare the genesis hash {told.genesis} by another channel"
        )
        yield f"Next: fundtrace verify {folder}"


def _record(told: Mirrored | InputError | EnvironmentFault, trust: Trust) -> dict[str, Any]:
    """One look for programs."""
    match told:
        case Mirrored():
            return {
                "outcome": "copied" if told.checkpoint.size > told.held else "unchanged",
                "origin": told.checkpoint.origin,
                "size": told.checkpoint.size,
                "root": told.checkpoint.root.hex(),
                "genesis": told.genesis,
                "held": told.held,
                "written": told.written,
                "entries": told.entries,
                "trusted": [{"en": one.en, "zh": one.zh} for one in trust.told()],
            }
        case InputError() | EnvironmentFault():
            return {
                "outcome": "refused" if isinstance(told, InputError) else "incomplete",
                "code": told.code,
                "place": told.place,
                "message": {"en": told.message_en, "zh": told.message_zh},
            }
