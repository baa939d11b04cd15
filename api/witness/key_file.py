# SPDX-License-Identifier: Apache-2.0
"""The key file of a witness, and how a witness notices that it has lost its memory.

A witness that cosigns after losing its memory would vouch for a second history of a log. So its key file says which
memory belongs to it (a random state id that both carry) and how many logs that memory must know as *begun*. Before a
log is cosigned for the first time, in this order:

1. the memory commits that the log is begun;
2. the key file is rewritten with the number of begun logs (written beside, synced, renamed, folder synced);
3. the memory commits the first checkpoint, and only then its cosignature leaves.

Wherever an honest crash falls, the memory has at least as many begun logs as the key file counts: one more after 1, as
many after 2. The log is cosigned when it asks again. A memory that was lost, made anew, or put back from a copy that is
older than step 1 has fewer.

A copy from a later moment has all its logs, with older checkpoints. Against that stands the tally, a small file beside:
how many checkpoints were ever remembered, written after each commit and not synced. A crash leaves it exact or one
behind, loss of power further behind, nothing ahead. A memory that has remembered fewer has forgotten some.

In each such case the key file is marked as lost for good: a witness whose word was in doubt once does not come back
under the same key. What cannot be noticed is an older copy of the whole folder, which must never be put back.
"""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from api.witness.memory import Account
from ledger.errors import EnvironmentFault, FormatError
from ledger.instant import is_instant
from ledger.key_files import file_faults, replace_secret
from ledger.spelling import from_decimal
from ledger.static_files import StaticFolder
from ledger.vkey import check_key_name

KEY_FILE: Final = "witness.pem"
MEMORY_FILE: Final = "witness.db"
TALLY_FILE: Final = "witness.tally"
LOST: Final = "witness.lost-memory"
"""The code of the fault that ends a witness."""

_FIRST: Final = "fundtrace/witness/v1"
_STATE_BYTES: Final = 16
_TALLY_DIGITS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Preamble:
    """What stands in the key file before its keys.

    Attributes:
        name: of the witness, in its cosignatures.
        state: the id that the memory carries too, 32 hex digits.
        logs: how many logs the memory must know as begun.
        lost: the instant at which the witness was found to have lost its memory, if it was.
    """

    name: str
    state: str
    logs: int = 0
    lost: str | None = None


def new_state() -> str:
    """Return a state id that no other witness has."""
    return secrets.token_hex(_STATE_BYTES)


def format_preamble(preamble: Preamble) -> str:
    """Return the lines that stand before the keys, an empty one last; `parse_preamble` gives the same back."""
    lines = [_FIRST, f"name {preamble.name}", f"state {preamble.state}", f"logs {preamble.logs}"]
    if preamble.lost is not None:
        lines.append(f"lost {preamble.lost}")
    return "".join(f"{line}\n" for line in [*lines, ""])


def parse_preamble(text: str, *, place: str) -> Preamble:
    """Return what the lines before the keys say.

    Raises:
        FormatError: they are not those of a witness's key file, or spelt otherwise.
    """
    fields = dict(line.partition(" ")[::2] for line in text.split("\n"))
    name, lost = fields.get("name", ""), fields.get("lost")
    check_key_name(name, place)
    preamble = Preamble(
        name=name,
        state=fields.get("state", ""),
        logs=from_decimal(fields.get("logs", ""), place=place),
        lost=lost,
    )
    well = len(preamble.state) == 2 * _STATE_BYTES and (lost is None or is_instant(lost))
    if not well or format_preamble(preamble) != text:
        raise _not_a_witness(place)
    return preamble


class KeyFile:
    """The key file and the tally in one folder; one process at a time writes them."""

    __slots__ = ("_folder", "_keys", "preamble")

    def __init__(self, folder: Path) -> None:
        """Read the key file in `folder`.

        Raises:
            EnvironmentFault: there is none, or it cannot be read.
            FormatError: it is not the key file of a witness.
        """
        self._folder = folder
        data = StaticFolder(folder).read(KEY_FILE)
        if data is None:
            raise _no_witness(folder)
        text, found, self._keys = data.partition(b"\n\n")
        self.preamble = parse_preamble((text + found).decode(errors="replace"), place=str(self.path))

    @property
    def path(self) -> Path:
        """Where the private keys lie."""
        return self._folder / KEY_FILE

    def raise_logs(self, logs: int) -> None:
        """The file on disk counts at least `logs` begun logs.

        Raises:
            EnvironmentFault: the disk failed.
        """
        if logs > self.preamble.logs:
            self._write(replace(self.preamble, logs=logs))

    def mark_lost(self, instant: str) -> None:
        """The file on disk says that this witness lost its memory and must not go on.

        Raises:
            EnvironmentFault: the disk failed.
        """
        self._write(replace(self.preamble, lost=instant))

    def tally(self) -> int:
        """Return how many checkpoints the memory has remembered at least.

        Raises:
            EnvironmentFault: the file cannot be read.
            FormatError: it holds no number of 20 digits.
        """
        data = StaticFolder(self._folder).read(TALLY_FILE) or b""
        text = data.decode(errors="replace")
        if len(text) != _TALLY_DIGITS or not (text.isascii() and text.isdecimal()):
            raise _not_a_witness(str(self._folder / TALLY_FILE))
        return int(text)

    def set_tally(self, cosigned: int) -> None:
        """The tally says `cosigned`, as far as the operating system knows; it is not synced.

        Raises:
            EnvironmentFault: the disk failed.
        """
        with file_faults(self._folder / TALLY_FILE), (self._folder / TALLY_FILE).open("r+b") as file:
            file.write(_tally_bytes(cosigned))

    def _write(self, preamble: Preamble) -> None:
        replace_secret(self.path, format_preamble(preamble).encode() + self._keys)
        self.preamble = preamble


def create_key_file(folder: Path, preamble: Preamble, pem: bytes) -> None:
    """The folder holds a new key file, for its owner only, and a tally of nothing; the key file comes last.

    Raises:
        EnvironmentFault: the disk failed.
    """
    replace_secret(folder / TALLY_FILE, _tally_bytes(0))
    replace_secret(folder / KEY_FILE, format_preamble(preamble).encode() + pem)


def memory_problem(
    preamble: Preamble, *, tally: int, account: Account | None, place: str
) -> EnvironmentFault | None:
    """Return why a witness with this key file must not cosign from this memory (None: there is none), or None."""
    if preamble.lost is not None:
        return _lost(
            place, f"it lost its memory, found on {preamble.lost}", f"已于 {preamble.lost} 发现数据丢失"
        )
    if account is None:
        return _lost(place, "its database is missing", "数据库缺失")
    if account.state != preamble.state:
        return _lost(place, "its database belongs to another witness", "数据库属于另一个见证方")
    if account.begun < preamble.logs:
        return _lost(
            place,
            f"its database knows {account.begun} logs, and {preamble.logs} were to be cosigned",
            f"数据库只有 {account.begun} 个日志，而应有 {preamble.logs} 个",
        )
    if account.cosigned < tally:
        return _lost(
            place,
            f"its database remembers {account.cosigned} checkpoints, and at least {tally} were cosigned",
            f"数据库只记得 {account.cosigned} 次共签，而至少共签过 {tally} 次",
        )
    return None


def _tally_bytes(cosigned: int) -> bytes:
    return f"{cosigned:0{_TALLY_DIGITS}}".encode()


def _lost(place: str, message_en: str, message_zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code=LOST,
        place=place,
        message_en=f"this witness must not cosign any more: {message_en}",
        message_zh=f"该见证方不得继续共签：{message_zh}",
        remedy_en="Make a new one with a new key in another folder (fundtrace witness init), enter its logs again, and "
        "tell whoever relies on the old key. Never put back a copy of the database.",
        remedy_zh="请在另一文件夹以新密钥重新建立见证方（fundtrace witness init），重新登记各日志，"
        "并告知依赖旧密钥的各方。切勿用副本恢复数据库。",
    )


def _no_witness(folder: Path) -> EnvironmentFault:
    return EnvironmentFault(
        code="witness.no-key",
        place=str(folder / KEY_FILE),
        message_en="there is no witness here",
        message_zh="此处没有见证方",
        remedy_en="Give the folder of one, or make one: fundtrace witness init --name NAME --dir DIR",
        remedy_zh="请给出见证方所在文件夹，或新建：fundtrace witness init --name 名称 --dir 文件夹",
    )


def _not_a_witness(place: str) -> FormatError:
    return FormatError(
        code="witness.bad-key-file",
        place=place,
        message_en="it is not what a witness wrote",
        message_zh="不是见证方写入的内容",
        remedy_en="Do not mend it by hand: make a new witness with a new key (fundtrace witness init).",
        remedy_zh="请勿手工修改：请以新密钥新建见证方（fundtrace witness init）。",
    )
