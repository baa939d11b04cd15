# SPDX-License-Identifier: Apache-2.0
"""The file that holds all evidence of an entry or of a finding (`.fundtrace-pack`, spec §2.13): an archive in one spelling.

Its parts are read into memory, written again and compared: whatever a ZIP archive can hide, an extra field, a comment, a
second copy of a name, bytes before or behind, makes another file and is refused.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.bundle import write_members
from ledger.entry import ENTRY_BYTES_MAX
from ledger.errors import FormatError, LimitError
from ledger.hashing import HASH_SIZE
from ledger.note import MAX_NOTE_BYTES
from ledger.receipt import MAX_PATH, MAX_RECEIPT_BYTES
from ledger.spelling import from_base64, from_decimal, to_base64
from ledger.timestamp import MAX_TOKEN_BYTES

SUFFIX: Final = ".fundtrace-pack"
MAX_PACK_BYTES: Final = 16 << 20
MAX_MEMBERS: Final = 4_096
"""An event, its header, the genesis, 16 keys with their headers, their parties: fewer than 150; beside them what was lent,
and every change of administrators and of the log's keys. A finding rests on some twenty events."""
MAX_SUBJECTS: Final = 256
MAX_FINDING_BYTES: Final = 1 << 20

_HEAD: Final = "fundtrace/pack/v1"
_FINDING_HEAD: Final = "fundtrace/pack/v2"
_NAME: Final = re.compile(r"(0|[1-9][0-9]{0,18})\.(entry|tlog-proof|path)", re.ASCII)
_LIMITS: Final[Mapping[str, int]] = {
    "pack": 64 + 20 * MAX_SUBJECTS,
    "checkpoint": MAX_NOTE_BYTES,
    "finding": MAX_FINDING_BYTES,
    "policy": MAX_NOTE_BYTES,
    "checkpoint.tsr": MAX_TOKEN_BYTES,
    ".entry": ENTRY_BYTES_MAX,
    ".tlog-proof": MAX_RECEIPT_BYTES,
    ".path": MAX_PATH * 45,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Evidence for the entry at `subject`, nothing of it checked yet; with `finding`, for it and those at `others`.

    `finding` is a line of `fundtrace audit --json`, and the positions, in order, are those of its evidence. `entries` and
    `receipts` are by position; `paths` lead from an event to `root` in its header, leaf side first. `policy` is what the
    log offers about itself; `stamp` a time-stamp token over `checkpoint`.
    """

    subject: int
    checkpoint: bytes
    entries: Mapping[int, bytes] = field(default_factory=dict)
    receipts: Mapping[int, bytes] = field(default_factory=dict)
    paths: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    policy: bytes | None = None
    stamp: bytes | None = None
    others: tuple[int, ...] = ()
    finding: bytes | None = None

    @property
    def subjects(self) -> tuple[int, ...]:
        """Positions of all entries in question."""
        return (self.subject, *self.others)


def format_pack(pack: Pack) -> bytes:
    """Return the file; the same evidence gives the same bytes."""
    members = {
        "pack": _format_head(pack),
        "checkpoint": pack.checkpoint,
        **{f"{seq}.entry": data for seq, data in pack.entries.items()},
        **{f"{seq}.tlog-proof": data for seq, data in pack.receipts.items()},
        **{f"{seq}.path": _format_path(path) for seq, path in pack.paths.items()},
    }
    if pack.policy is not None:
        members["policy"] = pack.policy
    if pack.stamp is not None:
        members["checkpoint.tsr"] = pack.stamp
    if pack.finding is not None:
        members["finding"] = pack.finding
    file = io.BytesIO()
    write_members(file, sorted(members), members.__getitem__)
    return file.getvalue()


def parse_pack(data: bytes) -> Pack:
    """Return what the file holds.

    Raises:
        LimitError: more than 16 MiB or 1,024 members, or a member longer than its kind may be.
        FormatError: not the one archive that `format_pack` writes of these parts.
    """
    if len(data) > MAX_PACK_BYTES:
        raise _too_large("pack", f"{len(data):,}")
    try:
        members = _members(data)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        if isinstance(error, FormatError):
            raise
        raise _misshapen("pack", f"not a sound archive: {error}", "归档文件已损坏") from error
    pack = _pack_of(members)
    if format_pack(pack) != data:
        raise _misshapen("pack", "its archive is not spelt as packs are", "归档的写法与证据包不符")
    return pack


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise _too_large("pack", f"{len(infos)} files")
        for info in infos:
            if info.file_size > _room(info.filename) or info.compress_type != zipfile.ZIP_STORED:
                raise _too_large(info.filename[:80], f"{info.file_size:,}")
        return {info.filename: archive.read(info) for info in infos}


def _room(name: str) -> int:
    """How many bytes a member of this name may have."""
    found = _NAME.fullmatch(name)
    room = _LIMITS.get(name if found is None else f".{found[2]}")
    if room is None:
        raise _misshapen(repr(name[:80]), "no part of a pack", "不是证据包的组成部分")
    return room


def _pack_of(members: Mapping[str, bytes]) -> Pack:
    missing = {"pack", "checkpoint"} - members.keys()
    if missing:
        raise _misshapen(min(missing), "it is missing", "缺少该文件")
    by_kind: dict[str, dict[int, bytes]] = {"entry": {}, "tlog-proof": {}, "path": {}}
    for name, data in members.items():
        found = _NAME.fullmatch(name)
        if found is not None:
            by_kind[found[2]][int(found[1])] = data
    subject, *others = _subjects(members["pack"], of_finding="finding" in members)
    return Pack(
        subject=subject,
        others=tuple(others),
        finding=members.get("finding"),
        checkpoint=members["checkpoint"],
        entries=by_kind["entry"],
        receipts=by_kind["tlog-proof"],
        paths={seq: _parse_path(data, place=f"{seq}.path") for seq, data in by_kind["path"].items()},
        policy=members.get("policy"),
        stamp=members.get("checkpoint.tsr"),
    )


def _format_head(pack: Pack) -> bytes:
    head = _HEAD if pack.finding is None else _FINDING_HEAD
    return "".join(f"{line}\n" for line in (head, *pack.subjects)).encode()


def _subjects(data: bytes, *, of_finding: bool) -> list[int]:
    """The positions in question, in order: one for an entry, one or more for a finding."""
    head, *lines = data.decode("ascii", "replace").split("\n")
    wanted = _FINDING_HEAD if of_finding else _HEAD
    if head != wanted or not lines or lines.pop() or not lines or (len(lines) > 1 and not of_finding):
        raise _misshapen("pack", f"not {wanted}", f"不是 {wanted}")
    if len(lines) > MAX_SUBJECTS:
        raise _too_large("pack", f"{len(lines)} entries")
    found = [from_decimal(line, place=f"pack line {number}") for number, line in enumerate(lines, 2)]
    if found != sorted(set(found)):
        raise _misshapen("pack", "its positions are not in order", "序号未按升序排列")
    return found


def _format_path(path: tuple[bytes, ...]) -> bytes:
    return "".join(f"{to_base64(hash_)}\n" for hash_ in path).encode()


def _parse_path(data: bytes, *, place: str) -> tuple[bytes, ...]:
    lines = data.decode("ascii", "replace").split("\n")[:-1]
    path = tuple(from_base64(line, place=place) for line in lines)
    if any(len(hash_) != HASH_SIZE for hash_ in path):
        raise _misshapen(place, f"not hashes of {HASH_SIZE} bytes", f"不是 {HASH_SIZE} 字节的哈希")
    return path


def _misshapen(place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(code="pack.form", place=place, message_en=message_en, message_zh=message_zh)


def _too_large(place: str, found: str) -> LimitError:
    return LimitError(
        code="pack.too-large",
        place=place,
        message_en=f"{found}: more than a pack has, or packed in another way",
        message_zh=f"{found}：超出证据包的上限，或以其他方式压缩",
    )
