# SPDX-License-Identifier: Apache-2.0
"""Making the folder of a witness, and opening it: by one process at a time, and only with its own whole memory."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from api.witness.desk import Desk
from api.witness.key_file import (
    LOST,
    MEMORY_FILE,
    KeyFile,
    Preamble,
    create_key_file,
    memory_problem,
    new_state,
)
from api.witness.memory import Memory
from ledger.clock import Clock
from ledger.cosignature import MAX_NAME_BYTES, CosignerKey, LogKey
from ledger.errors import EnvironmentFault, InputError
from ledger.instant import format_instant
from ledger.key_files import file_faults
from ledger.keys import Signer

LOCK_FILE: Final = "witness.lock"

SignersIn = Callable[[Path], Sequence[Signer]]
"""Reads the private keys out of a key file."""


def create_witness(folder: Path, name: str, signers: Sequence[Signer], pem: bytes) -> None:
    """The folder, which must be empty or absent, is that of a new witness: memory, tally, and last of all the key file.

    Raises:
        InputError: the name cannot stand in a cosignature, or the folder holds something.
        EnvironmentFault: the disk failed; remove what is in the folder and begin again.
    """
    for signer in signers:
        CosignerKey(name=name, alg=signer.alg, public=signer.public)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError(
            code="witness.folder-taken",
            place=str(folder),
            message_en="the folder of a new witness must be empty",
            message_zh="新见证方的文件夹必须为空",
            remedy_en="Give another folder. A witness is never made anew over its old self.",
            remedy_zh="请换一个文件夹。见证方不得在原处重建。",
        )
    preamble = Preamble(name=name, state=new_state())
    Memory.create(folder / MEMORY_FILE, state=preamble.state).close()
    create_key_file(folder, preamble, pem)


@contextlib.contextmanager
def opened_desk(folder: Path, signers_in: SignersIn, *, now: Clock) -> Iterator[Desk]:
    """Give the desk of the witness in `folder`; no other process can have it meanwhile.

    Raises:
        EnvironmentFault: another process has it; or it has lost its memory, which its key file says from now on.
        FormatError: the key file holds no keys, or the passphrase is wrong.
    """
    with _alone(folder):
        key_file = KeyFile(folder)
        try:
            with sound_memory(folder) as memory:
                yield Desk(key_file, memory, signers_in(key_file.path), now=now)
        except EnvironmentFault as fault:
            if fault.code == LOST and key_file.preamble.lost is None:
                key_file.mark_lost(format_instant(now()))
            raise


@contextlib.contextmanager
def sound_memory(folder: Path) -> Iterator[Memory]:
    """Give the memory of the witness in `folder`, once it was seen to be the one, and whole.

    Raises:
        EnvironmentFault: there is no witness, or it has lost its memory (code `LOST`).
        FormatError: key file or tally are not what a witness wrote.
    """
    key_file = KeyFile(folder)
    tally = key_file.tally()  # before the memory, which a desk at work writes first
    path = folder / MEMORY_FILE
    with contextlib.closing(Memory(path)) if path.exists() else contextlib.nullcontext() as memory:
        account = None if memory is None else memory.account()
        problem = memory_problem(key_file.preamble, tally=tally, account=account, place=str(folder))
        if problem is not None:
            raise problem
        if memory is not None:
            yield memory


def enter_log(memory: Memory, keys: Sequence[LogKey], *, witness: str) -> str:
    """The witness watches the log whose name all `keys` bear, and believes these and no others; return that name.

    Raises:
        InputError: no keys, keys of several logs, a name that cannot be cosigned, or the name of the witness itself.
        EnvironmentFault: the disk failed.
    """
    names = {key.name for key in keys}
    origin = min(names, default="")
    if len(names) != 1 or origin == witness or len(origin.encode()) > MAX_NAME_BYTES:
        raise InputError(
            code="witness.bad-log",
            place=origin[:80] or "LOG",
            message_en="keys of exactly one other log are needed, whose name has at most 255 bytes",
            message_zh="应给出恰好一个其他日志的密钥，名称不超过 255 字节",
            remedy_en="Give the policy file of one log, or its keys.",
            remedy_zh="请给出一个日志的策略文件或其密钥。",
        )
    with memory.changing() as change:
        change.enter(origin, sorted(key.text for key in keys))
    return origin


def remove_log(memory: Memory, origin: str) -> None:
    """The witness cosigns nothing more of the log `origin`, and remembers what it has cosigned.

    Entered again, the log goes on from there: a memory that began anew could cosign a second history.

    Raises:
        InputError: it does not watch that log.
        EnvironmentFault: the disk failed.
    """
    with memory.changing() as change:
        if not change.remove(origin):
            raise InputError(
                code="witness.unknown-log",
                place=origin[:80],
                message_en="this witness does not watch a log of that name",
                message_zh="该见证方未登记此名称的日志",
                remedy_en="Give a name that `fundtrace witness show` prints.",
                remedy_zh="请给出 fundtrace witness show 所列的名称。",
            )


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else cosigns from `folder` while the block runs; the operating system lets go of the lock when we die."""
    with file_faults(folder):
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(folder) from error
        yield
    finally:
        os.close(descriptor)


def _taken(folder: Path) -> EnvironmentFault:
    return EnvironmentFault(
        code="witness.at-work",
        place=str(folder),
        message_en="another process is serving this witness",
        message_zh="该见证方已由另一进程提供服务",
        remedy_en="Stop it first.",
        remedy_zh="请先停止该进程。",
    )
