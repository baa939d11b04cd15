# SPDX-License-Identifier: Apache-2.0
"""What docs/auditor/attacks.md tells people to type exists, and its programs fit the modules they lean on."""

from __future__ import annotations

import importlib
import re
import shlex
import symtable
from pathlib import Path

from tests.command_line import options_of
from verifier.cli import build

PAGE = (Path(__file__).parents[2] / "docs" / "auditor" / "attacks.md").read_text(encoding="utf-8")
FORGE, WEB = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
TYPED = [
    shlex.split(line)
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]


def test_commands_and_options_exist() -> None:
    """Every `fundtrace` line names a command, and options that the command has."""
    commands = options_of(build())
    lines = [words for words in TYPED if words[0] == "fundtrace"]
    assert len(lines) > 20
    for words in lines:
        known = commands[words[1]]
        assert {word for word in words if word.startswith("--")} <= known, words


def test_every_attack_that_is_typed_is_one_of_the_forger() -> None:
    """And the forger has none that the page does not show."""
    typed = {words[2] for words in TYPED if words[:2] == ["python", "forge.py"]}
    assert typed == set(re.findall(r'case "([a-z-]+)":', FORGE))
    assert {words[2] for words in TYPED if words[:2] == ["python", "web.py"]} == {"short", "endless"}


def test_what_the_programs_import_is_there() -> None:
    """Both compile; every name that the forger takes from the project exists."""
    for name, source in (("forge.py", FORGE), ("web.py", WEB)):
        assert symtable.symtable(source, name, "exec").get_name() == "top"
    taken = re.findall(r"^from ((?:api|ledger|verifier)\S*) import (.+)$", FORGE, re.MULTILINE)
    assert len(taken) > 5
    for module, names in taken:
        for name in names.split(", "):
            assert hasattr(importlib.import_module(module), name), (module, name)
