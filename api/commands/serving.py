# SPDX-License-Identifier: Apache-2.0
"""`fundtrace serve` and `fundtrace demo`: a ledger behind HTTP, and a simulated province from nothing to its portal."""

from pathlib import Path
from typing import Annotated, Final

import typer

from api.commands.ledger import DatabaseOption, chosen_url, telling
from api.demonstration import (
    DATABASE,
    EXPORT,
    LOG_KEY,
    audited_world,
    make_world,
    pinned_keys,
    post_world,
    publish_world,
)
from api.lookout import lookout_of
from api.serving import opened_ledger, serve
from api.settings import Settings, chosen_settings
from verifier.integrity.verdict import EXIT_BROKEN, EXIT_CLEAN
from verifier.judgement.report import print_report
from verifier.language import Language, Told, say
from verifier.source_options import LanguageOption, chosen_language, progress_bar

DEMO_FOLDER: Final = Path("demo")

PortOption = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65_535, help="Port; 0 takes a free one. Else $FUNDTRACE_PORT, else 8000.",
                 show_default=False),
]  # fmt: skip


def register(app: typer.Typer) -> None:
    """`app` has the commands `serve` and `demo`."""
    app.command("serve", rich_help_panel="Operators")(serve_command)
    app.command("demo", rich_help_panel="Demonstration")(demo_command)


def serve_command(
    *,
    db: DatabaseOption = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen at; else $FUNDTRACE_HOST, else 127.0.0.1.", show_default=False),
    ] = None,
    port: PortOption = None,
    log_key: Annotated[
        Path | None,
        typer.Option(
            "--log-key",
            "--log-key-file",
            metavar="FILE",
            help="The log's private key; else $FUNDTRACE_LOG_KEY, else where it lay at init.",
            show_default=False,
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Take no submissions; no key is loaded.")
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Serve the ledger and its portal over HTTP until stopped. Demo ledgers are served on this machine only."""
    language = chosen_language(lang)
    settings = chosen_settings(db=chosen_url(db), host=host, port=port, log_key=log_key)
    _run(settings, language, read_only=read_only, opening=_OPEN)


def demo_command(
    *,
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where the simulated province lives.")
    ] = DEMO_FOLDER,
    port: PortOption = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the report.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Simulate a small province, post it, verify and audit its export, then serve its portal on this machine.

    Run again, it goes on where it stopped and never changes what is there. Exit code 0, or 2 when the export does not
    verify, or 3 when something could not be done.
    """
    language = chosen_language(lang)
    settings = chosen_settings(
        db=str(folder / DATABASE), port=port, log_key=folder / LOG_KEY, published=folder / EXPORT
    )
    _prepare(folder, settings, language)
    if _judge(folder, language) == EXIT_BROKEN:
        raise typer.Exit(EXIT_BROKEN)
    if no_serve:
        _tell(_next_steps(folder), language)
        raise typer.Exit(EXIT_CLEAN)
    _run(settings, language, read_only=False, opening=_OPEN_DEMO)


def _prepare(folder: Path, settings: Settings, language: Language) -> None:
    """World, ledger and export stand in `folder`."""
    made = make_world(folder)
    _tell(_MADE if made else _FOUND, language, folder=folder)
    with progress_bar("post") as progress:
        posted = post_world(folder, progress=progress, lookout=lookout_of(settings, telling(language)))
    _tell(_POSTED, language, entries=f"{posted.entries:,}", new=posted.new, replayed=posted.replayed)
    with progress_bar("export") as progress:
        publish_world(folder, progress=progress)
    _tell(_PUBLISHED, language, log=folder / EXPORT)


def _judge(folder: Path, language: Language) -> int:
    """Print the verdict and the findings; the exit code of the verdict."""
    with progress_bar("audit") as progress, audited_world(folder, progress=progress) as done:
        _tell(_JUDGED, language)
        print_report(done, language, checks=True)
        return done.verdict.exit_code


def _run(settings: Settings, language: Language, *, read_only: bool, opening: Told) -> None:
    with opened_ledger(settings, read_only=read_only) as ledger:
        mode = _READS if ledger.sequencer is None else _POSTS
        genesis = ledger.genesis
        name = Told(zh=genesis.name, en=genesis.name_en or genesis.name)

        def told(address: str) -> None:
            _tell(mode, language, name=say(name, language))
            _tell(opening, language, address=address)

        serve(settings, ledger, told=told)


def _tell(told: Told, language: Language, **gaps: object) -> None:
    typer.echo(say(told, language).format(**gaps))


_MADE: Final = Told(
    en="1. Simulated a province with known wrongs and their innocent twins: {folder} (DEMO, all of it invented)",
    zh="1. 已模拟一个省份，含已知问题及其无辜对照：{folder}（DEMO，全部虚构）",
)
_FOUND: Final = Told(
    en="1. Found the simulated province of an earlier run: {folder} (DEMO)",
    zh="1. 沿用此前生成的模拟省份：{folder}（DEMO）",
)
_POSTED: Final = Told(
    en="2. Posted through the commit path: {new} submissions now, {replayed} before; {entries} entries in the ledger",
    zh="2. 已经由正式入账流程提交：本次 {new} 次，此前 {replayed} 次；账本共 {entries} 条",
)
_PUBLISHED: Final = Told(en="3. Published as static files: {log}", zh="3. 已发布为静态文件：{log}")
_JUDGED: Final = Told(
    en="4. Verified and judged offline, from those files and the log key in keys/ alone:",
    zh="4. 只凭这些文件和 keys/ 中的日志公钥，离线核验并判定：",
)
_READS: Final = Told(
    en="Serving {name} for reading only: no log key is known.",
    zh="提供查询：{name}（没有日志密钥，不接受提交）。",
)
_POSTS: Final = Told(en="Serving {name}.", zh="提供服务：{name}。")
_OPEN: Final = Told(en="Open {address} (stop with Ctrl-C)", zh="请打开 {address}（按 Ctrl-C 停止）")
_OPEN_DEMO: Final = Told(
    en=(
        "5. Open {address} for the portal; {address}funds/road-2026 follows one fund, {address}findings lists what is "
        "proved, {address}v1/openapi.json describes the API. Stop with Ctrl-C; run again to go on."
    ),
    zh=(
        "5. 请打开 {address} 查看门户；{address}funds/road-2026 看一项资金的流向，{address}findings 看已证明的疑点，"
        "{address}v1/openapi.json 为接口说明。按 Ctrl-C 停止；再次运行会接着来。"
    ),
)


def _next_steps(folder: Path) -> Told:
    """What can be done with the folder now."""
    key, log, database = pinned_keys(folder)[0].text, folder / EXPORT, folder / DATABASE
    return Told(
        en=(
            f"Next: fundtrace serve --db {database}\n"
            f"      fundtrace audit {log} --log-key '{key}'\n"
            f"      fundtrace trace {log} --fund road-2026"
        ),
        zh=(
            f"接下来：fundtrace serve --db {database}\n"
            f"        fundtrace audit {log} --log-key '{key}'\n"
            f"        fundtrace trace {log} --fund road-2026"
        ),
    )
