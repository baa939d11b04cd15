# SPDX-License-Identifier: Apache-2.0
"""`fundtrace attach FILE…`: the events that register evidence files, ready to be put into a draft. Nothing is sent."""

import datetime
import mimetypes
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.kinds.attachment import Attachment
from ledger.kinds.vocabulary import decode_event, event_bytes
from verifier.attachments.folder import file_at
from verifier.source_options import LanguageOption, chosen_language

_OTHER: Final = "application/octet-stream"
_DAY: Final = "%Y-%m-%d"


def register(app: typer.Typer) -> None:
    """`app` has the command `attach`."""
    app.command("attach", rich_help_panel="Bureaus")(attach)


def attach(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Evidence files.")],
    *,
    on: Annotated[
        datetime.datetime,
        typer.Option("--on", formats=[_DAY], metavar="DATE", help="The business date of the events."),
    ],
    event: Annotated[
        str | None,
        typer.Option("--event", metavar="NAME", help="The event that they bear out.", show_default=False),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Print the event that registers each file, one a line: hash, size and media type, and never its name.

    The content is sent apart, with PUT /v1/attachments/HASH, once the events stand. Exit code 0, or 3 when a file cannot be
    read.
    """
    chosen_language(lang)
    for file in files:
        typer.echo(event_bytes(registration(file, on=on.date(), event=event)))


def registration(file: Path, *, on: datetime.date, event: str | None = None) -> Attachment:
    """The event that registers `file` on business day `on`.

    Raises:
        EnvironmentFault: the file cannot be read.
        FormatError: it is empty, or `event` is no name of an event.
    """
    found = file_at(file)
    media_type = mimetypes.guess_type(file.name)[0] or _OTHER
    made = Attachment(occurred_on=on, hash=found.hash, size=found.size, media_type=media_type, event=event)
    decoded = decode_event(event_bytes(made), place=str(file))  # made here, so nothing has checked it yet
    return decoded if isinstance(decoded, Attachment) else made
