# SPDX-License-Identifier: Apache-2.0
"""The server's part of the console command `fundtrace` (entry point `fundtrace.commands`)."""

from typing import Final

import typer

from verifier.cli import add_modules

COMMANDS: Final = {
    "api.commands.ledger": ("init", "export"),
    "api.commands.templates": ("template",),
    "api.commands.posting": ("post",),
    "api.commands.importing": ("import",),
    "api.commands.serving": ("serve", "demo"),
    "api.commands.signing": ("sign",),
    "api.commands.server_drafts": ("drafts",),
    "api.commands.attaching": ("attach",),
    "api.commands.keys": ("keys",),
    "api.commands.books": ("statement",),
    "api.commands.masking": ("mask",),
    "api.commands.keeping": ("backup", "restore", "reindex"),
    "api.commands.witnessing": ("witness",),
    "api.commands.benchmarking": ("bench",),
}
"""Module → the commands that it registers, in the order in which help lists them."""


def register(app: typer.Typer, wanted: str | None = None) -> None:
    """`app` has the commands that need the server extra, as `add_modules` says."""
    add_modules(app, COMMANDS, wanted)
