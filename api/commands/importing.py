# SPDX-License-Identifier: Apache-2.0
"""`fundtrace import`: files that bureaus already have, through a mapping, the ordinary way into a ledger.

The whole import is read and rehearsed before anything is written; one bad row, or one sum that differs, and nothing is.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from importlib.resources import files as package_files
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer
from rich.console import Console

from api import statement_import
from api.commands import statements
from api.commands.ledger import telling
from api.commands.statements import AccountOption, BankStatementOption, PeriodOption
from api.import_run import Choices, Result, run
from api.import_session import Order
from api.import_text import error_plain, print_errors, print_summary
from api.lookout import lookout_of
from api.settings import chosen_settings
from api.statement_import import StatementResult
from ledger.errors import EnvironmentFault
from ledger.intake.grammar import parse_mapping
from ledger.intake.mapping import Mapping
from ledger.intake.tables import source_file
from ledger.store.engine import DEFAULT_FILE
from ledger.submission import Submission, wire_bytes
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.language import Language, counted
from verifier.source_options import (
    DATABASE_VARIABLE,
    JsonOption,
    LanguageOption,
    chosen_language,
    progress_bar,
)

MAPPING_SUFFIX: Final = ".toml"

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="The file of the mapping's first table, or a folder with all its files."
    ),
]
MapOption = Annotated[
    str | None,
    typer.Option(
        "--map", metavar="MAP", help="A mapping file, or the name of one that comes with the program.", show_default=False
    ),
]  # fmt: skip
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db", metavar="URL", help=f"The ledger; ${DATABASE_VARIABLE}, else {DEFAULT_FILE} here. Created if absent.",
        show_default=False,
    ),
]  # fmt: skip
TableOption = Annotated[
    list[str] | None,
    typer.Option(
        "--table", metavar="NAME=FILE", help="The file of another table of the mapping.", show_default=False
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Read, check and rehearse; write nothing.")]
KeysOption = Annotated[
    Path | None,
    typer.Option(
        "--keys", metavar="DIR", help="Keys that sign; beside the database if absent.", show_default=False
    ),
]
KeysOutOption = Annotated[
    Path | None,
    typer.Option("--keys-out", metavar="DIR", help="Where the keys of a new ledger go.", show_default=False),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Also write the signed submissions, one a line.", show_default=False
    ),
]


def register(app: typer.Typer) -> None:
    """`app` has the command `import`."""
    app.command("import", rich_help_panel="Bureaus")(import_files)


def import_files(  # noqa: PLR0913 - one parameter an option
    file: FileArgument,
    *,
    mapping: MapOption = None,
    bank_statement: BankStatementOption = False,
    period: PeriodOption = None,
    account: AccountOption = None,
    db: DatabaseOption = None,
    table: TableOption = None,
    dry_run: DryRunOption = False,
    keys: KeysOption = None,
    keys_out: KeysOutOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = None,
) -> None:
    """Import tables into a ledger by a mapping, or bank statements; whole files or nothing.

    Exit 0 imported, 1 bad rows or sums that differ (nothing was written), 3 could not complete.
    """
    if dry_run and out is not None:
        raise typer.BadParameter("a dry run writes nothing, not --out either", param_hint="--out")
    if bank_statement == (mapping is not None):
        raise typer.BadParameter("give either --map or --bank-statement", param_hint="--map")
    if not bank_statement and (period or account):
        raise typer.BadParameter("it belongs to --bank-statement", param_hint="--period, --account")
    spoken = chosen_language(language)
    url = db or os.environ.get(DATABASE_VARIABLE) or DEFAULT_FILE
    lookout = lookout_of(chosen_settings(), telling(spoken))
    with _sink(out) as sink, progress_bar("import · 导入") as step:
        choices = Choices(
            url=url, dry_run=dry_run, keys=keys, keys_out=keys_out, sink=sink, step=step, lookout=lookout
        )
        result = (
            statement_import.run(statements.order_of(file, period, account or []), choices)
            if mapping is None
            else run(order_of(mapping, file, table or []), choices)
        )
    if isinstance(result, StatementResult):
        statements.report(result, url, as_json=as_json, language=spoken)
    elif as_json:
        typer.echo(json.dumps(plain(result), ensure_ascii=False))
    else:
        tell(Console(), result, spoken)
    raise typer.Exit(EXIT_CLEAN if result.good else EXIT_FINDINGS)


def order_of(mapping: str, file: Path, tables: list[str]) -> Order:
    """What the command line asks for: the mapping, and a file for each of its tables.

    Raises:
        typer.BadParameter: ``--table`` names no table of the mapping.
        InputError: the mapping is not good.
        EnvironmentFault: a file cannot be read.
    """
    data = mapping_bytes(mapping)
    parsed = parse_mapping(data, place=mapping)
    paths = _paths(parsed, file)
    for one in tables:
        name, mark, path = one.partition("=")
        if name not in parsed.tables or not mark:
            raise typer.BadParameter(f"{one!r} is not NAME=FILE with one of {', '.join(parsed.tables)}")
        paths[name] = Path(path)
    found = {name: source_file(name, path) for name, path in paths.items()}
    return Order(mapping=parsed, data=data, files=found)


def mapping_bytes(name: str) -> bytes:
    """The bytes of the mapping file at the path `name`, or of the one with that name that comes with the program.

    Raises:
        EnvironmentFault: there is neither.
    """
    packaged = (
        package_files("ledger.intake") / "mappings" / f"{Path(name).name.removesuffix(MAPPING_SUFFIX)}.toml"
    )
    try:
        if not Path(name).is_file() and Path(name).name == name and packaged.is_file():
            return packaged.read_bytes()
        return Path(name).read_bytes()
    except OSError as error:
        raise EnvironmentFault(
            code="import.mapping",
            place=name,
            message_en=f"the mapping cannot be read: {error.strerror or error}",
            message_zh=f"无法读取映射文件：{error.strerror or error}",
            remedy_en="Give the path of a mapping, or the name of one described in docs/bureau.",
            remedy_zh="请给出映射文件路径，或 docs/bureau 中所列映射的名称。",
        ) from error


def plain(result: Result) -> dict[str, Any]:
    """`result` for machines."""
    posted = result.posted
    return {
        **result.reading.summary(),
        "errors": [error_plain(error) for error in result.reading.errors],
        "error_count": result.reading.error_count,
        "genesis": result.genesis,
        "keys": str(result.keys) if result.keys is not None else None,
        "posted": None
        if posted is None
        else {
            "submissions": posted.submissions,
            "replayed": posted.replayed,
            "events": posted.events,
            "entries": posted.entries,
        },
    }


def tell(console: Console, result: Result, language: Language) -> None:
    """The console shows errors, or what went in, and the sums in either case."""
    if result.reading.error_count:
        print_errors(console, result.reading.errors, result.reading.error_count, language)
    print_summary(console, result.reading.summary(), language)
    for line in _verdict(result, zh=language == "zh"):
        console.print(line, soft_wrap=True, highlight=False)


def _verdict(result: Result, *, zh: bool) -> Iterator[str]:
    if not result.good:
        yield "未写入任何内容。" if zh else "Nothing was written."
    elif result.posted is None:
        yield "检查通过；未写入任何内容。" if zh else "All good; nothing was written."
    else:
        one = result.posted
        yield (
            f"已入账 {one.events} 个事件，{one.submissions} 次提交（{one.replayed} 次此前已有）；"
            f"账本现有 {one.entries} 条。"
            if zh
            else f"Posted {counted(one.events, 'event')} in "
            f"{counted(one.submissions, 'submission')}, {one.replayed} of them there before; "
            f"the ledger has {one.entries} entries."
        )
        yield f"genesis {result.genesis}"
    if result.keys is not None:
        yield (
            f"新账本的密钥在 {result.keys}，请妥善保管。"
            if zh
            else f"The keys of the new ledger are in {result.keys}: keep them safe."
        )


def _paths(mapping: Mapping, file: Path) -> dict[str, Path]:
    """A path for each table: in the folder `file`, or `file` for the first table and the others beside it."""
    folder = file if file.is_dir() else file.parent
    found = {name: folder / table.file for name, table in mapping.tables.items()}
    if not file.is_dir():
        found[next(iter(found))] = file
    return found


@contextlib.contextmanager
def _sink(out: Path | None) -> Iterator[Callable[[Submission], None]]:
    """A function that writes a submission as one line of `out`, or does nothing.

    The file is made with the first submission, and an existing one is never touched.
    """
    if out is None:
        yield lambda _: None
        return
    with contextlib.ExitStack() as held, _file_faults(out):
        if out.exists():
            raise FileExistsError(17, "File exists")
        opened: list[BinaryIO] = []

        def write(submission: Submission) -> None:
            if not opened:
                opened.append(held.enter_context(out.open("xb")))
            opened[0].write(wire_bytes(submission) + b"\n")

        yield write


@contextlib.contextmanager
def _file_faults(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="import.out",
            place=str(out),
            message_en=f"the submissions cannot be written there: {error.strerror or error}",
            message_zh=f"无法写入提交文件：{error.strerror or error}",
            remedy_en="Name a new file with --out.",
            remedy_zh="请用 --out 指定一个新文件。",
        ) from error
