# SPDX-License-Identifier: Apache-2.0
"""The server's part of the console command `fundtrace` (entry point `fundtrace.commands`)."""

import typer


def register(app: typer.Typer) -> None:
    """`app` has the commands that need the server extra; each loads what it needs here."""
    from api.commands import (
        attaching,
        benchmarking,
        books,
        importing,
        keeping,
        keys,
        ledger,
        masking,
        posting,
        server_drafts,
        serving,
        signing,
        templates,
        witnessing,
    )

    for commands in (
        ledger,
        templates,
        posting,
        importing,
        serving,
        signing,
        server_drafts,
        attaching,
        keys,
        books,
        masking,
        keeping,
        witnessing,
        benchmarking,
    ):
        commands.register(app)
