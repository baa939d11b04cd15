# SPDX-License-Identifier: Apache-2.0
r"""Whom a reader of checkpoints believes: C2SP tlog-policy, with Ed25519 cosignatures of witnesses (tlog-cosignature).

>>> policy = parse_policy("quorum none\n", place="policy")
>>> policy.logs, policy.quorum
((), 'none')
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from types import MappingProxyType
from typing import Final

from ledger.errors import FormatError, LimitError
from ledger.keys import ED25519, verify
from ledger.spelling import from_base64, from_decimal, to_base64
from ledger.vkey import KEY_ID_BYTES, VerifierKey, parse_vkey

NO_QUORUM: Final = "none"
MAX_LINES: Final = 1_000

_COSIGNATURE_TYPE: Final = b"\x04"
_TIME_BYTES: Final = 8
_TIME_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey:
    """An Ed25519 key that cosigns checkpoints with the time at which it saw them; a `ledger.note.NoteVerifier`."""

    name: str
    public: bytes

    @property
    def note_key_id(self) -> bytes:
        r"""The first 4 bytes of SHA-256(name ‖ `\n` ‖ 0x04 ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + _COSIGNATURE_TYPE + self.public).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line: name, key id in hex, type and key in base64, joined by `+`."""
        return f"{self.name}+{self.note_key_id.hex()}+{to_base64(_COSIGNATURE_TYPE + self.public)}"

    def check(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is a time (8 bytes, big-endian seconds) and a signature over that time and the note text."""
        seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        return seconds <= _TIME_MAX and verify(ED25519, self.public, message, signature[_TIME_BYTES:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Witnesses or groups of which at least `threshold` must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The logs believed, and the witnesses and groups by name; `quorum` is one of those names, or ``none``."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, WitnessKey]
    groups: Mapping[str, Group]
    quorum: str

    def satisfied(self, cosigned: Iterable[WitnessKey]) -> bool:
        """Whether the quorum is reached when exactly these keys have cosigned."""
        return self.quorum == NO_QUORUM or self._reached(self.quorum, frozenset(cosigned))

    def _reached(self, name: str, cosigned: frozenset[WitnessKey]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return self.witnesses[name] in cosigned
        return sum(self._reached(member, cosigned) for member in group.members) >= group.threshold


def parse_witness_key(text: str) -> WitnessKey:
    """The key that `WitnessKey.text` wrote.

    Raises:
        FormatError: another form, or a type of cosignature that this program cannot check.
    """
    name, _, rest = text.partition("+")
    data = from_base64(rest.partition("+")[2], place="witness key")
    key = WitnessKey(name=name, public=data[1:])
    if data[:1] != _COSIGNATURE_TYPE or key.text != text or len(key.public) != 32:  # noqa: PLR2004 - Ed25519
        raise _wrong(
            "witness key", "not an Ed25519 cosignature key (type 0x04)", "不是 Ed25519 共签密钥（类型 0x04）"
        )
    return key


def parse_policy(text: str, *, place: str) -> Policy:
    """The policy in `text` (tlog-policy, syntax and structure); errors name `place` and the line.

    Raises:
        LimitError: more than 1,000 lines.
        FormatError: a line of no known form, a name used before it is defined or used twice, a key twice, no quorum.
    """
    reader = _Reader()
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise LimitError(
            code="policy.too-long",
            place=place,
            message_en=f"{len(lines):,} lines, and at most {MAX_LINES:,} are allowed",
            message_zh=f"共 {len(lines):,} 行，超过上限 {MAX_LINES:,} 行",
        )
    for number, line in enumerate(lines, 1):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if words and not words[0].startswith("#"):
            reader.read(words, f"{place} line {number}")
    return reader.policy(place)


class _Reader:
    """The lines read so far, each checked against those before it."""

    def __init__(self) -> None:
        self._logs: list[VerifierKey] = []
        self._witnesses: dict[str, WitnessKey] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._quorum: str | None = None

    def read(self, words: list[str], place: str) -> None:
        if not "".join(words).isprintable():  # bytes that are no UTF-8 are allowed in comments only
            raise _wrong(place, "a character that is not printable", "含不可打印字符")
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self._add_log(parse_vkey(vkey), place)
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._add_witness(name, parse_witness_key(vkey), place)
            case ["group", name, threshold, *members] if members:
                self._add_group(name, threshold, members, place)
            case ["quorum", name] if self._quorum is None:
                if name != NO_QUORUM:
                    self._known(name, place)
                self._quorum = name
            case _:
                raise _wrong(
                    place,
                    "not a line of a policy, or a second quorum",
                    "不是策略文件的合法行，或重复的 quorum",
                )

    def policy(self, place: str) -> Policy:
        if self._quorum is None:
            raise _wrong(place, "there is no quorum line", "缺少 quorum 行")
        return Policy(
            logs=tuple(self._logs),
            witnesses=MappingProxyType(self._witnesses),
            groups=MappingProxyType(self._groups),
            quorum=self._quorum,
        )

    def _add_log(self, key: VerifierKey, place: str) -> None:
        self._once(key.public, place)
        self._logs.append(key)

    def _add_witness(self, name: str, key: WitnessKey, place: str) -> None:
        self._free(name, place)
        self._once(key.public, place)
        self._witnesses[name] = key

    def _add_group(self, name: str, threshold: str, members: list[str], place: str) -> None:
        self._free(name, place)
        for member in members:
            self._known(member, place)
            if member in self._members:
                raise _wrong(place, f"{member} is a member already", f"{member} 已是其他组的成员")
            self._members.add(member)
        named = {"any": 1, "all": len(members)}.get(threshold)
        needed = from_decimal(threshold, place=place) if named is None else named
        if not 1 <= needed <= len(members):
            raise _wrong(
                place, f"{needed} of {len(members)} members", f"{len(members)} 名成员中需 {needed} 名，不成立"
            )
        self._groups[name] = Group(threshold=needed, members=tuple(members))

    def _known(self, name: str, place: str) -> None:
        if name not in self._witnesses and name not in self._groups:
            raise _wrong(place, f"{name} is not defined above", f"{name} 在此前没有定义")

    def _free(self, name: str, place: str) -> None:
        if name == NO_QUORUM or name in self._witnesses or name in self._groups:
            raise _wrong(place, f"the name {name} is taken", f"名称 {name} 已被占用")

    def _once(self, public: bytes, place: str) -> None:
        if public in self._publics():
            raise _wrong(place, "the same key stands above", "同一密钥在上文已出现")

    def _publics(self) -> Iterator[bytes]:
        return (key.public for key in chain[VerifierKey | WitnessKey](self._logs, self._witnesses.values()))


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="policy.form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Write lines as C2SP tlog-policy says: log, witness, group, and one quorum.",
        remedy_zh="请按 C2SP tlog-policy 书写：log、witness、group，以及一行 quorum。",
    )
