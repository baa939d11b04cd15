# SPDX-License-Identifier: Apache-2.0
"""Passphrases of files: read from the file that a variable of the environment names; long enough where a file is new."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.errors import EnvironmentFault, InputError

KEY_VARIABLE: Final = "FUNDTRACE_KEY_PASSPHRASE_FILE"
KEY_PASSPHRASE_MIN: Final = 8
"""Characters of a passphrase that encrypts a new key file, at least."""


def named_passphrase(environment: Mapping[str, str], *, variable: str = KEY_VARIABLE) -> bytes | None:
    """The first line of the file that the environment names in `variable`, or None.

    Raises:
        EnvironmentFault: the file cannot be read.
    """
    name = environment.get(variable)
    if not name:
        return None
    try:
        return Path(name).read_bytes().partition(b"\n")[0]
    except OSError as error:
        raise EnvironmentFault(
            code="import.passphrase",
            place=name,
            message_en=f"the passphrase file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取口令文件：{error.strerror or error}",
            remedy_en=f"Correct {variable}.",
            remedy_zh=f"请更正 {variable}。",
        ) from error


def new_key_passphrase(environment: Mapping[str, str]) -> bytes | None:
    """The passphrase for new key files that the environment names, or None.

    Raises:
        EnvironmentFault: its file cannot be read.
        InputError: it is too short.
    """
    found = named_passphrase(environment)
    if found is not None:
        check_key_passphrase(found, KEY_VARIABLE)
    return found


def check_key_passphrase(passphrase: bytes, place: str) -> None:
    """Nothing, if a new key file may be encrypted with `passphrase`.

    Raises:
        InputError: it is too short.
    """
    if not has_characters(passphrase, KEY_PASSPHRASE_MIN):
        raise InputError(
            code="keys.passphrase",
            place=place,
            message_en=f"a passphrase has {KEY_PASSPHRASE_MIN} characters or more",
            message_zh=f"口令至少 {KEY_PASSPHRASE_MIN} 个字符",
            remedy_en="Take a longer one; a sentence is easy to remember.",
            remedy_zh="请使用更长的口令；一句话更好记。",
        )


def has_characters(passphrase: bytes, least: int) -> bool:
    """Whether `passphrase` has `least` characters or more."""
    return len(passphrase.decode("utf-8", "replace")) >= least
