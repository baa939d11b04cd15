# SPDX-License-Identifier: Apache-2.0
"""`fundtrace init` and `export`: a ledger is created and published from the console."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import Engine

from api.commands.ledger_text import (
    created_text,
    published_text,
    record_of_created,
    record_of_published,
)
from api.confidential.disclosure_export import beside, write_disclosures
from api.import_keys import default_folder
from api.lookout import Lookout, lookout_of
from api.new_ledger import (
    Created,
    check_origin,
    create_from_file,
    create_with_new_keys,
    existing,
    make_keys,
    new_genesis,
)
from api.own_places import remember_newest
from api.settings import chosen_settings
from api.witnessing.configured import publication_of
from ledger.clock import system_clock
from ledger.errors import ToldError
from ledger.instant import format_instant
from ledger.publisher import publish
from ledger.store.engine import DEFAULT_FILE, open_engine
from ledger.store.schema import check
from verifier.language import Language, say
from verifier.source_options import (
    DATABASE_VARIABLE,
    JsonOption,
    LanguageOption,
    chosen_language,
    progress_bar,
)

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help=f"A SQLite file or postgresql:// address; else ${DATABASE_VARIABLE}, else {DEFAULT_FILE}.",
        show_default=False,
    ),
]
LogKeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--log-key-file",
        metavar="FILE",
        help="The log's private key; else $FUNDTRACE_LOG_KEY, else where it lay at init.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """`app` has the commands `init` and `export`."""
    app.command("init", rich_help_panel="Bureaus")(init)
    app.command("export", rich_help_panel="Operators")(export)


def init(
    *,
    db: DatabaseOption = None,
    genesis: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A signed genesis; the log key is read from keys/log.pem beside it.",
            show_default=False,
        ),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Make keys and a genesis for a log of this name, such as ledger.example/jl/2026.",
            show_default=False,
        ),
    ] = None,
    keys_out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where new keys go; else <file>-keys beside the database.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Create a ledger, or bring the tables of an existing one to this version of the program.

    A ledger that exists is never changed. Exit code 0, or 3 when it could not be done.
    """
    language = chosen_language(lang)
    if genesis is not None and origin is not None:
        raise typer.BadParameter("give --genesis or --origin, not both", param_hint="--genesis")
    name = None if origin is None else check_origin(origin)
    url, lookout = chosen_url(db), lookout_of(chosen_settings(), telling(language))
    with opened(url, create=True) as engine:
        if genesis is not None:
            created = create_from_file(engine, genesis, lookout=lookout)
        else:
            created = existing(engine) or _create_new(engine, name, keys_out or default_folder(url), lookout)
    typer.echo(record_of_created(created, url) if as_json else say(created_text(created, url), language))


def export(
    target: Annotated[Path, typer.Argument(metavar="DIR|FILE.zip", help="A folder, or one bundle file.")],
    *,
    db: DatabaseOption = None,
    audience: Annotated[
        Literal["public", "audit"],
        typer.Option(
            "--for",
            help="audit: with the entries of a ledger that restricts them, and the disclosures of personal fields.",
        ),
    ] = "public",
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Publish the log as static files that anybody can verify; a folder published before is brought up to date.

    Exit code 0, or 3 when it could not be completed: what was shown before is then still whole.
    """
    language = chosen_language(lang)
    settings = chosen_settings()
    publication = publication_of(settings.witness_policy, after_quorum=settings.publish_after_quorum)
    with opened(chosen_url(db)) as engine, progress_bar("export") as progress:
        check(engine)
        shown = publish(engine, target, audience=audience, publication=publication, progress=progress)
        if audience == "audit":
            write_disclosures(engine, beside(target), size=shown.size)
        remember_newest(engine)
    typer.echo(
        record_of_published(shown, target) if as_json else say(published_text(shown, target), language)
    )


def telling(language: Language) -> Callable[[ToldError], None]:
    """Whatever trouble it is given stands on the error output, in `language`; the command goes on."""
    return lambda trouble: typer.echo(trouble.told_zh() if language == "zh" else str(trouble), err=True)


def chosen_url(db: str | None) -> str:
    """The database that the option names, else the environment, else a SQLite file in the current folder."""
    return db or os.environ.get(DATABASE_VARIABLE) or DEFAULT_FILE


def _create_new(engine: Engine, origin: str | None, folder: Path, lookout: Lookout) -> Created:
    if origin is None:
        raise typer.BadParameter(
            "say which ledger to create: --genesis FILE or --origin NAME", param_hint="--origin"
        )
    keys = make_keys(folder)
    genesis = new_genesis(origin=origin, name=origin, created_at=format_instant(system_clock()), keys=keys)
    return create_with_new_keys(engine, genesis, keys, folder, lookout=lookout)


@contextlib.contextmanager
def opened(url: str, *, create: bool = False) -> Iterator[Engine]:
    """The database at `url`, let go of at the end; as `ledger.store.engine.open_engine`."""
    engine = open_engine(url, create=create)
    try:
        yield engine
    finally:
        engine.dispose()
