# SPDX-License-Identifier: Apache-2.0
"""The options by which every reading command names its ledger and whom it trusts; one spelling for all of them."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.anchor import parse_anchor
from ledger.cosignature import parse_log_key
from ledger.errors import EnvironmentFault, InputError
from ledger.hashing import hash_from_hex
from ledger.policy import Policy, parse_policy
from ledger.timestamp import MAX_ROOTS_BYTES, Roots, parse_roots
from verifier.basis.tracing_rule import TracingRule
from verifier.integrity.state import SavedState
from verifier.integrity.trust import Trust
from verifier.integrity.walk import Progress as Step
from verifier.language import Language, language_of
from verifier.reading.sources import Source, open_database, open_source
from verifier.reading.static_log import POLICY_BYTES_MAX, within

DATABASE_VARIABLE: Final = "FUNDTRACE_DB"

SourceArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="SOURCE", help="An export folder, a bundle file, or an http(s) address.", show_default=False
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help=f"A live ledger instead of SOURCE; ${DATABASE_VARIABLE} where neither is given.",
        show_default=False,
    ),
]
PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="FILE", help="Trust the logs and witnesses of this policy.", show_default=False
    ),
]
LogKeyOption = Annotated[
    list[str] | None,
    typer.Option("--log-key", metavar="VKEY", help="Trust this verifier key of the log.", show_default=False),
]
GenesisOption = Annotated[
    str | None,
    typer.Option(
        "--genesis", metavar="HASH", help="Trust the genesis with this leaf hash.", show_default=False
    ),
]
AnchorOption = Annotated[
    str | None,
    typer.Option("--anchor", metavar="TEXT", help="Trust this printed anchor.", show_default=False),
]
AuthoritiesOption = Annotated[
    Path | None,
    typer.Option(
        "--tsa-roots",
        metavar="PEM",
        help="Believe time stamps of authorities with these root certificates.",
        show_default=False,
    ),
]
RuleOption = Annotated[
    TracingRule,
    typer.Option(
        "--rule",
        help="Whose money a payment took: libr (lowest intermediate balance by purpose), or fifo, lifo, prorata by fund.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print for programs.")]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="zh|en", help="Language; that of the locale if absent.", show_default=False
    ),
]


def chosen_source(source: str | None, db: str | None) -> Source:
    """The log that the options name, open; close it after use.

    Raises:
        typer.BadParameter: both or neither is given.
        InputError, EnvironmentFault: as `verifier.reading.sources.open_source`.
    """
    if source is not None and db is not None:
        raise typer.BadParameter("give SOURCE or --db, not both", param_hint="SOURCE")
    if source is not None:
        return open_source(source)
    url = db or os.environ.get(DATABASE_VARIABLE)
    if url is None:
        raise typer.BadParameter(
            "name the ledger: an export folder, a bundle file, an http(s) address, or --db URL",
            param_hint="SOURCE",
        )
    return open_database(url)


def chosen_trust(
    policy: Path | None, log_keys: list[str] | None, genesis: str | None, state: SavedState | None
) -> Trust:
    """What the options bring from outside the source.

    Raises:
        typer.BadParameter: a key, hash or policy file that cannot be read.
    """
    try:
        return Trust(
            policy=None if policy is None else policy_at(policy),
            log_keys=tuple(parse_log_key(text) for text in log_keys or ()),
            genesis=None if genesis is None else hash_from_hex(genesis, place="--genesis").hex(),
            state=state,
        )
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


def chosen_anchors(trust: Trust, anchor: str | None, authorities: Path | None) -> Trust:
    """`trust`, and beside it a printed anchor and the authorities in a PEM file, where they are given.

    Raises:
        typer.BadParameter: no anchor, or no file of certificates.
    """
    try:
        return replace(
            trust,
            anchor=None if anchor is None else parse_anchor(anchor.strip()),
            authorities=() if authorities is None else chosen_authorities(authorities),
        )
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


def chosen_authorities(path: Path) -> Roots:
    """The certificates in the PEM file.

    Raises:
        InputError, EnvironmentFault: it holds none, or cannot be read.
    """
    return parse_roots(bytes_of(path, MAX_ROOTS_BYTES), place=str(path))


def chosen_language(language: str | None) -> Language:
    """The language asked for, or that of the locale.

    Raises:
        typer.BadParameter: neither zh nor en.
    """
    match language:
        case "zh" | "en":
            return language
        case None:
            return language_of(os.environ)
        case _:
            raise typer.BadParameter("zh or en", param_hint="--lang")


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Step]:
    """A function that moves a bar on the terminal of standard error; it does nothing where there is none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=None)

        def step(done: int, whole: int) -> None:
            bar.update(task, completed=done, total=whole)

        yield step


def policy_at(path: Path) -> Policy:
    """The policy in the file at `path`.

    Raises:
        EnvironmentFault: it cannot be read.
        FormatError: it is no policy, or larger than 1 MiB.
    """
    data = bytes_of(path, POLICY_BYTES_MAX)
    return parse_policy(data.decode("utf-8", "surrogateescape"), place=str(path))


def bytes_of(path: Path, limit: int) -> bytes:
    """The bytes of the file, `limit` at most.

    Raises:
        LimitError: it is longer.
        EnvironmentFault: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return within(file.read(limit + 1), limit, str(path))
    except OSError as error:
        raise EnvironmentFault(
            code="option.unreadable",
            place=str(path),
            message_en=f"the file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取文件：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请检查路径。",
        ) from error
