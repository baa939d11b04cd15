# SPDX-License-Identifier: Apache-2.0
"""What a reader remembers of a ledger between two verifications, so that a ledger cannot take anything back (I5).

The signed checkpoint is kept word for word: beside a later one that contradicts it, it proves the operator's fork.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ledger.canonical import jcs
from ledger.errors import EnvironmentFault, FormatError
from ledger.kinds.form import Digest

STATE_BYTES_MAX: Final = 1 << 22
_PEAKS_MAX: Final = 63
_KEYS_MAX: Final = 64


class SavedState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ledger as it was last verified.

    `peaks` are the hashes (hex) of the complete subtrees that `size` entries split into, largest first: they fold to
    `root` and tell in which stretch of the log a later rewriting lies. `checkpoint` is the signed note, and `log_keys` are
    the verifier keys of the log at that size; files made before 0.2 lack them.
    """

    v: Literal[1] = 1
    origin: str
    genesis: Digest
    size: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    root: Digest
    peaks: Annotated[tuple[Digest, ...], Meta(max_length=_PEAKS_MAX)]
    checkpoint: str
    log_keys: Annotated[tuple[str, ...], Meta(max_length=_KEYS_MAX)] = ()

    def __post_init__(self) -> None:
        """A tree of `size` leaves has one peak for each binary digit 1."""
        if len(self.peaks) != self.size.bit_count():
            raise ValueError("`peaks` do not fit `size`")


_DECODER: Final = msgspec.json.Decoder(SavedState)


def load_state(path: Path) -> SavedState | None:
    """The state in the file, or None when there is no such file yet.

    Raises:
        FormatError: it is no saved state, or was changed by hand.
        EnvironmentFault: it cannot be read.
    """
    with file_faults(path):
        try:
            with path.open("rb") as file:
                data = file.read(STATE_BYTES_MAX)
        except FileNotFoundError:
            return None
    try:
        state = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_a_state(path) from error
    if state_bytes(state) != data:
        raise _not_a_state(path)
    return state


def save_state(path: Path, state: SavedState) -> None:
    """The file holds `state`, whole and on disk; after a failure it holds what it held before.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    replace_file(path, state_bytes(state))


def replace_file(path: Path, data: bytes) -> None:
    """The file holds `data`, whole and on disk; after a failure it holds what it held before.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with file_faults(path):
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def state_bytes(state: SavedState) -> bytes:
    """The file: one canonical JSON line."""
    fields = {"v": state.v, **msgspec.to_builtins(state)}
    return jcs({name: value for name, value in fields.items() if value != []}) + b"\n"


@contextlib.contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """What the operating system says of `path`, a file of a saved state, is an `EnvironmentFault` that names it."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="state.file-fault",
            place=str(path),
            message_en=f"the file cannot be used: {error.strerror or error}",
            message_zh=f"无法使用该文件：{error.strerror or error}",
            remedy_en="Give a file in a folder that you may write.",
            remedy_zh="请指定可写文件夹中的文件。",
        ) from error


def _not_a_state(path: Path) -> FormatError:
    return FormatError(
        code="state.form",
        place=str(path),
        message_en="the file is not the state that a verification saved",
        message_zh="该文件不是验证时保存的状态",
        remedy_en="Find out who changed it; without it a rewritten ledger cannot be recognised.",
        remedy_zh="请查明是谁改动了它；没有它就无法识别被改写的账本。",
    )
