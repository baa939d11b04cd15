# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys registry-key` and `keys person-marks`: keyed marks of persons, made by the owner of a registry."""

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from ledger.key_files import file_faults, owner_only
from ledger.person_mark import new_registry_key, parse_registry_key, person_mark
from verifier.source_options import LanguageOption, chosen_language

_KEY_BYTES_MAX = 1_024


def add_to(keys: typer.Typer) -> None:
    """`keys` has both commands."""
    keys.command("registry-key")(registry_key)
    keys.command("person-marks")(person_marks)


def registry_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, for you alone.")],
    *,
    lang: LanguageOption = None,
) -> None:
    """Make a key for marks of persons (256 bits) in a new file, 0600. It belongs to the registry, never to a ledger.

    Exit code 0, or 3 when the file exists or cannot be written.
    """
    chosen_language(lang)
    with file_faults(file), open(file, "xb", opener=owner_only) as sink:
        sink.write(new_registry_key(secrets.token_bytes))
        sink.flush()
        os.fsync(sink.fileno())


def person_marks(
    *,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The key file of the registry.")],
    lang: LanguageOption = None,
) -> None:
    """Read identity numbers, one a line, and print the mark of each, in the same order.

    Exit code 0, or 3 where a line is no identity number; what was printed before it counts.
    """
    chosen_language(lang)
    with file_faults(key), key.open("rb") as file:
        secret = parse_registry_key(file.read(_KEY_BYTES_MAX), place=str(key))
    for line in sys.stdin:
        typer.echo(person_mark(secret, line.strip()))
