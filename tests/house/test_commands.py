# SPDX-License-Identifier: Apache-2.0
"""Which module has which command is written down, so that asking for one loads no other."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer

from api import cli as server
from tests.command_line import options_of
from verifier import cli

TABLES = {**cli.COMMANDS, **server.COMMANDS}


@pytest.mark.parametrize("module", sorted(TABLES))
def test_a_module_registers_what_the_table_says(module: str) -> None:
    """No more and no less, in this order."""
    app = typer.Typer()
    app.callback()(cli.root)
    import_module(module).register(app)
    assert tuple(options_of(app)) == TABLES[module]


def test_every_module_of_commands_stands_in_a_table() -> None:
    """A command that stands in none could never be called."""
    whole = options_of(cli.build())
    assert set(whole) == {name for names in TABLES.values() for name in names}
    for name in whole:
        assert name in options_of(cli.build(name))
    assert set(options_of(cli.build("nonsense"))) == set(whole)


def test_asking_for_one_command_loads_no_other() -> None:
    """Verifying needs no server, whether it is installed or not."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from verifier.cli import build; build('verify'); print(*sorted(sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "verifier.verify_command" in told
    assert not {"fastapi", "sqlalchemy", "openpyxl", "reportlab", "verifier.audit_command"} & set(told)
