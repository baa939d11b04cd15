# SPDX-License-Identifier: Apache-2.0
"""The console command `fundtrace`: put together from entry points, so that the server extra adds its commands.

Exit codes (DESIGN §5): 0 clean, 1 findings, 2 integrity broken, 3 could not complete. A mistake in the command line is
of the last kind: typer's own 2 would read as a broken ledger.
"""

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points, version
from itertools import pairwise
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from typer.core import TyperGroup

from ledger.errors import ToldError
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_INCOMPLETE
from verifier.language import Language, language_of, say_error

COMMAND_GROUP: Final = "fundtrace.commands"
"""Entry-point group; each is a function that adds commands to the app: all, or those beside the one wanted."""
COMMANDS: Final = {
    "verifier.verify_command": ("verify",),
    "verifier.audit_command": ("audit",),
    "verifier.trace_command": ("trace",),
    "verifier.reconcile_command": ("reconcile",),
    "verifier.mirror_command": ("mirror",),
    "verifier.compare_command": ("compare",),
    "verifier.duplicates_command": ("duplicates",),
    "verifier.simulation.command": ("simulate",),
    "verifier.simulation.scoring.command": ("score",),
}
"""Module → the commands that it registers, in the order in which help lists them."""
OWN_PACKAGES: Final = frozenset({"api", "ledger", "verifier"})


class Root(TyperGroup):
    """The root command with the exit codes of this program."""

    def main(  # type: ignore[explicit-override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401 - handed through as they come
    ) -> Any:  # noqa: ANN401 - as the method it stands for
        """Run the command line `args`, and exit with the code; return it unless `standalone_mode`."""
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
            sys.stdout.flush()
        except Exception as error:  # noqa: BLE001 - Python's own exit code 1 would read as findings
            code = _failed(error, language=_language_asked(sys.argv[1:] if args is None else args))
        code = code if isinstance(code, int) else EXIT_CLEAN
        if standalone_mode:
            sys.exit(code)
        return code

    def invoke(self, ctx: Any) -> Any:  # type: ignore[explicit-override]  # noqa: ANN401 - as above
        """Run the command; whoever stops it or stops reading gets code 3, not those that typer gives."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise typer.Exit(_failed(error)) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(_failed(typer.Abort())) from error


def _language_asked(words: Sequence[str]) -> Language:
    """That of the option `--lang` among the `words` of a command line, else that of the locale."""
    asked = [after for word, after in pairwise(words) if word == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    match asked:
        case ["zh" | "en" as language]:
            return language
        case _:
            return language_of(os.environ)


def _failed(error: Exception, *, language: Language = "en") -> int:
    """Say what went wrong in as many words as it deserves; the exit code."""
    match error:
        case BrokenPipeError():
            # Nobody reads our output any more: let the rest of it go nowhere, without a complaint at exit.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as the process
        case ToldError():
            typer.echo(say_error(error, language), err=True)
        case typer.Abort():
            typer.echo("stopped · 已中断", err=True)
        case _ if hasattr(error, "format_message"):  # what every mistake in a command line has
            getattr(error, "show")()  # noqa: B009 - typer publishes no type that has both
        case _:
            traceback.print_exception(error)
            typer.echo("a fault of this program, please report it · 程序内部错误，请反馈", err=True)
    return EXIT_INCOMPLETE


def main() -> None:
    """Run `fundtrace` with the arguments of the process, and exit."""
    build(next(iter(sys.argv[1:]), None))(prog_name="fundtrace")


def build(wanted: str | None = None) -> typer.Typer:
    """The app with the commands of every installed part of the program; of one module, if that has a command `wanted`."""
    app = typer.Typer(
        cls=Root, invoke_without_command=True, add_completion=False, pretty_exceptions_enable=False
    )
    points = entry_points(group=COMMAND_GROUP)
    absent = [point.name for point in points if not _add_commands(app, point, wanted)]
    if wanted is not None and not (app.registered_commands or app.registered_groups):
        return build()
    app.callback(epilog=_absent_note(absent))(root)
    return app


def register(app: typer.Typer, wanted: str | None = None) -> None:
    """`app` has the auditor's commands, as `add_modules` says; none of them needs anything of a server."""
    add_modules(app, COMMANDS, wanted)


def add_modules(app: typer.Typer, commands: Mapping[str, Sequence[str]], wanted: str | None) -> None:
    """`app` has the commands of the modules in `commands`: of all, or of the one that has the command `wanted`.

    A command loads what it needs with its module: whoever asks for one does not wait for the others.
    """
    for module, names in commands.items():
        if wanted is None or wanted in names:
            import_module(module).register(app)


def root(
    context: typer.Context,
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """FundTrace: a signed, append-only ledger of earmarked public money · 专项资金账本.

    Auditors begin with: fundtrace verify SOURCE
    """
    if show_version:
        typer.echo(f"fundtrace {version('fundtrace')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(EXIT_INCOMPLETE)


def _add_commands(app: typer.Typer, point: EntryPoint, wanted: str | None) -> bool:
    """Whether the commands of `point` are in `app`; False when packages it needs are not installed."""
    try:
        point.load()(app, wanted)
    except ModuleNotFoundError as error:
        if error.name != point.module and str(error.name).partition(".")[0] in OWN_PACKAGES:
            raise
        return False
    return True


def _absent_note(absent: Sequence[str]) -> str | None:
    if not absent:
        return None
    extras = ",".join(absent)
    return escape(
        f"Not installed here: {extras}. Their commands come with: pip install 'fundtrace[{extras}]'"
    )
