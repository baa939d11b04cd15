# SPDX-License-Identifier: Apache-2.0
"""Two signed checkpoints of one log held against each other, as a file that a third person can check.

The file (``.fundtrace-compare``, spec §6.8) is one line of canonical JSON: both signed notes, the root that the second
checkpoint commits to for the size of the first, and the proof of that (RFC 9162 §2.1.4). It does not say what it shows: if
that root is the one that the first checkpoint signs, both are of one history; if not, the log signed two.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ledger.canonical import jcs
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.cosignature import LogKey
from ledger.errors import FormatError, InputError
from ledger.kinds.form import Digest
from ledger.merkle import Tree
from ledger.note import MAX_NOTE_BYTES, parse_note
from ledger.proofs import check_consistency
from ledger.tile_reader import TileReader
from verifier.integrity.verdict import told_of
from verifier.language import Told

COMPARISON_HEAD: Final = b'{"compare":1,'
"""The first bytes of every such file."""
COMPARISON_BYTES_MAX: Final = 4 * MAX_NOTE_BYTES

_PATH_MAX: Final = 128

Showing = Literal["one history", "fork", "nothing"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two signed notes, the first of no more entries than the second.

    `root` (hex) is what the second commits to for the first `size of first` entries, `path` the proof (hex) of that.
    """

    compare: Literal[1] = 1
    first: str
    second: str
    root: Digest
    path: Annotated[tuple[Digest, ...], Meta(max_length=_PATH_MAX)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a comparison shows, and in words why; `first` and `second` as far as they could be read."""

    what: Showing
    told: Told
    first: Checkpoint | None = None
    second: Checkpoint | None = None


_DECODER: Final = msgspec.json.Decoder(Comparison)


def compared(first: bytes, second: bytes, *, fetch: Callable[[str], bytes] | None = None) -> Comparison:
    """The comparison of two signed notes of one log, the first of no more entries than the second.

    Where the sizes differ, `fetch` gets hash tiles of the log that the second heads.

    Raises:
        InputError: a note or a tile that cannot be read, or tiles that do not lead to the second root.
        FormatError: checkpoints of two logs, of no entries, or of different sizes without `fetch`.
    """
    old, new = _checkpoint(first), _checkpoint(second)
    if old.origin != new.origin:
        raise _nothing(
            f"two logs, {old.origin} and {new.origin}", f"属于两个账本：{old.origin} 与 {new.origin}"
        )
    root = new.root
    path: list[bytes] = []
    if old.size != new.size:
        if fetch is None or not 0 < old.size < new.size:
            raise _nothing(
                f"{old.size:,} and {new.size:,} entries: what lies between them is needed",
                f"规模分别为 {old.size:,} 与 {new.size:,} 条：需要两者之间的内容",
            )
        tree = Tree(TileReader(fetch, size=new.size, root=new.root))
        root, path = tree.root(old.size), tree.consistency_path(old.size, new.size)
    return Comparison(
        first=first.decode(), second=second.decode(), root=root.hex(), path=tuple(one.hex() for one in path)
    )


def shown_by(comparison: Comparison, keys: Iterable[LogKey]) -> Shown:
    """What `comparison` shows to somebody who believes these keys of the log; anything that does not hold shows nothing."""
    believed = tuple(keys)
    try:
        old = open_checkpoint(comparison.first.encode(), believed)
        new = open_checkpoint(comparison.second.encode(), believed, origin=old.origin)
        root = bytes.fromhex(comparison.root)
        check_consistency(
            old_size=old.size,
            new_size=new.size,
            old_root=root,
            new_root=new.root,
            path=[bytes.fromhex(one) for one in comparison.path],
        )
    except InputError as error:
        return Shown(what="nothing", told=told_of(error))
    if root == old.root:
        told = Told(
            en=f"the first {old.size:,} of {new.size:,} entries are the {old.size:,} that were signed before",
            zh=f"{new.size:,} 条中的前 {old.size:,} 条就是此前签署的 {old.size:,} 条",
        )
        return Shown(what="one history", told=told, first=old, second=new)
    told = Told(
        en=f"the log signed two histories: {old.size:,} entries under the root {old.root.hex()}, "
        f"and {new.size:,} entries whose first {old.size:,} have the root {root.hex()}",
        zh=f"账本签署了两套历史：{old.size:,} 条，树根 {old.root.hex()}；"
        f"另有 {new.size:,} 条，其前 {old.size:,} 条的树根为 {root.hex()}",
    )
    return Shown(what="fork", told=told, first=old, second=new)


def comparison_bytes(comparison: Comparison) -> bytes:
    """The file: one canonical JSON line."""
    return jcs({"compare": comparison.compare, **msgspec.to_builtins(comparison)}) + b"\n"


def parse_comparison(data: bytes, *, place: str) -> Comparison:
    """The comparison whose file is exactly `data`.

    Raises:
        FormatError: too long, not of the form, or not canonical.
    """
    try:
        comparison = _DECODER.decode(data[:COMPARISON_BYTES_MAX])
        if comparison_bytes(comparison) == data:
            return comparison
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _form(place) from error
    raise _form(place)


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)


def _form(place: str) -> FormatError:
    return FormatError(
        code="compare.form",
        place=place,
        message_en="not a comparison as fundtrace compare writes it",
        message_zh="不是 fundtrace compare 写出的比对文件",
    )


def _nothing(message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code="compare.nothing",
        place="compare",
        message_en=message_en,
        message_zh=message_zh,
        remedy_en="Give two states of one log, and with --source an export at least as long as the longer one.",
        remedy_zh="请提供同一账本的两个状态，并以 --source 提供不短于较长者的导出。",
    )
