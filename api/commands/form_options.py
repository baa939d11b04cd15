# SPDX-License-Identifier: Apache-2.0
"""The options of `fundtrace post` that concern forms alone; the command says here which files are forms."""

from pathlib import Path
from typing import Annotated, Final

import typer

FORM_SUFFIXES: Final = frozenset({".csv", ".xlsx", ".xlsm", ".xls"})

KindOption = Annotated[
    str | None,
    typer.Option(metavar="KIND", help="Form: what its rows are; see fundtrace template.", show_default=False),
]
PartyOption = Annotated[
    str | None, typer.Option(metavar="ID", help="Form: whose acts its rows are.", show_default=False)
]
KeysOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Form: where PARTY-maker.pem and PARTY-checker.pem lie; else beside the database.",
        show_default=False,
    ),
]
SheetOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Form: another sheet than the first.", show_default=False)
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(metavar="TITLE", help="Form: leave this column out; may be repeated.", show_default=False),
]
ValidOnlyOption = Annotated[
    bool, typer.Option("--valid-only", help="Form: post the good rows though others are bad; see --rest.")
]
AnnotateOption = Annotated[
    Path | None,
    typer.Option(
        metavar="OUT.xlsx|csv",
        help="Form: a copy with the bad cells marked and commented.",
        show_default=False,
    ),
]
RestOption = Annotated[
    Path | None,
    typer.Option(
        metavar="OUT.csv|xlsx",
        help="Form: with --valid-only, the rows that were not posted.",
        show_default=False,
    ),
]
DraftOption = Annotated[
    Path | None,
    typer.Option(
        metavar="OUT.draft",
        help="Form: write an unsigned draft of the rows, for maker and checker to sign apart, and post nothing.",
        show_default=False,
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Form: with --url, sign in with this key file, and the server judges the rows: --dry-run, --draft, --desk.",
        show_default=False,
    ),
]
DeskOption = Annotated[
    bool, typer.Option("--desk", help="Form: with --url and --key, leave the rows as a draft on the server.")
]
MappingOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Form: its titles are field names of another system, such as cn-integrated-budget.",
        show_default=False,
    ),
]
CodesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv", help="Form: with --mapping, what the ledger calls the codes.", show_default=False
    ),
]
