# SPDX-License-Identifier: Apache-2.0
"""The whole command line in this process, in English unless told otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from api import cli as server_cli
from verifier import cli

if TYPE_CHECKING:
    from typer.testing import Result


def options_of(app: typer.Typer) -> dict[str, set[str]]:
    """The commands of `app` by name, with the options that each has."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in group.commands.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """`fundtrace` with these variables in its environment."""

    environment: dict[str, str | None] = field(default_factory=dict)

    def run(self, *arguments: str, typed: str = "") -> Result:
        """Run it with `arguments`; `typed` is what somebody types."""
        app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
        app.callback()(cli.root)
        cli.register(app)
        server_cli.register(app)
        usual = {"LC_ALL": "C.UTF-8", "FUNDTRACE_DB": None, "TERM": "dumb"}
        return CliRunner(env={**usual, **self.environment}).invoke(app, arguments, input=typed)

    def done(self, *arguments: str) -> str:
        """What it prints when all is well."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.output
