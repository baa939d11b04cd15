# SPDX-License-Identifier: Apache-2.0
"""`fundtrace template`: a spreadsheet to fill in, for any kind of event that people post."""

from pathlib import Path
from typing import Annotated, Final

import typer

from api.forms.form import form_kinds, form_of
from api.forms.template import csv_template
from api.forms.titles import kind_name
from ledger.errors import EnvironmentFault
from verifier.language import Language, Told, say
from verifier.source_options import LanguageOption, chosen_language

_SUFFIXES: Final = frozenset({".xlsx", ".csv"})


def register(app: typer.Typer) -> None:
    """`app` has the command `template`."""
    app.command("template", rich_help_panel="Bureaus")(template)


def template(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="What will be posted; without it, all kinds are listed."),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xlsx|csv", help="Where the template goes.", show_default=False),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a template for one kind of event: titles, an example row, lists for coded cells, notes.

    Exit code 0, or 3 when the file cannot be written; an existing file is never overwritten.
    """
    language = chosen_language(lang)
    if kind is None:
        for one in form_kinds():
            typer.echo(f"{one:18} {kind_name(one, language)}")
        return
    form_of(kind)
    target = out or Path(f"{kind}.xlsx")
    if target.suffix.lower() not in _SUFFIXES:
        raise typer.BadParameter("name a file that ends in .xlsx or .csv", param_hint="--out")
    _write(target, _made(kind, target.suffix.lower(), language))
    typer.echo(say(_written(target, kind), language))


def _made(kind: str, suffix: str, language: Language) -> bytes:
    if suffix == ".csv":
        return csv_template(kind, language)
    # Imported late: other commands do without the writer of spreadsheets.
    from api.forms.template_book import xlsx_template  # noqa: PLC0415

    return xlsx_template(kind, language)


def _written(target: Path, kind: str) -> Told:
    return Told(
        en=f"{target}\nFill it in, then try it: fundtrace post {target} --kind {kind} --party ID --dry-run",
        zh=f"{target}\n填好后先试运行：fundtrace post {target} --kind {kind} --party 单位编号 --dry-run",
    )


def _write(target: Path, data: bytes) -> None:
    try:
        with target.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise EnvironmentFault(
            code="template.out",
            place=str(target),
            message_en=f"the template cannot be written: {error.strerror or error}",
            message_zh=f"无法写入模板：{error.strerror or error}",
            remedy_en="Name a new file in a folder that is yours with --out.",
            remedy_zh="请用 --out 指定可写文件夹中的新文件。",
        ) from error
