# SPDX-License-Identifier: Apache-2.0
"""What the READMEs tell people to type exists: commands, options, targets, linked files; in both languages the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.command_line import options_of
from verifier.cli import build

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def typed(name: str) -> list[list[str]]:
    """The command lines in the shell blocks of `name`."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("name", READMES)
def test_commands_and_options_exist(name: str) -> None:
    """Every `fundtrace` line names a command, and options that the command has; every `make` line a target."""
    commands = options_of(build())
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for words in typed(name):
        if words[0] == "make":
            assert words[1] in targets
            continue
        assert words[0] == "fundtrace"
        known = commands[words[1]]
        assert {word for word in words if word.startswith("--")} <= known, words


def test_both_languages_type_the_same() -> None:
    """The command lines of the two READMEs differ in the language asked for and in nothing else."""
    english, chinese = (
        [[word for word in words if word not in {"zh", "en"}] for words in typed(name)] for name in READMES
    )
    assert english == chinese
    assert len(english) > 10


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name: str) -> None:
    """Every relative link names a file or folder of the project."""
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
