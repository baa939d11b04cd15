# SPDX-License-Identifier: Apache-2.0
r"""Whom a reader of checkpoints believes: C2SP tlog-policy.

A comment line ``# retired log <vkey> <instant>`` says that a log stopped signing with a key when the instant was
recorded; other programs read past it.

>>> policy = parse_policy("quorum none\n", place="policy")
>>> policy.logs, policy.quorum
((), 'none')
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.cosignature import CosignerKey, LogKey, parse_cosigner_key, parse_log_key
from ledger.errors import FormatError, LimitError
from ledger.instant import is_instant
from ledger.spelling import from_decimal

NO_QUORUM: Final = "none"
MAX_LINES: Final = 1_000

_RETIRED: Final = ["#", "retired", "log"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A key of a log that is believed; `url` is where the log can be read, if the policy says so."""

    key: LogKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A cosigner; `url` is its submission prefix (tlog-witness), if the policy says so."""

    key: CosignerKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredLog:
    """A key with which a log signed no more when the entry that was `recorded` at that instant retired it."""

    key: LogKey
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Witnesses or groups of which at least `threshold` must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The logs believed, and the witnesses and groups by name; `quorum` is one of those names, or ``none``.

    `retired` are keys that the logs no longer sign with; they count only for checkpoints from before.
    """

    logs: tuple[Log, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, Group]
    quorum: str
    retired: tuple[RetiredLog, ...] = ()

    def satisfied(self, cosigned: Iterable[CosignerKey]) -> bool:
        """Whether the quorum is reached when exactly these keys have cosigned."""
        return self.quorum == NO_QUORUM or self._reached(self.quorum, frozenset(cosigned))

    def _reached(self, name: str, cosigned: frozenset[CosignerKey]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return self.witnesses[name].key in cosigned
        return sum(self._reached(member, cosigned) for member in group.members) >= group.threshold


def format_policy(policy: Policy) -> str:
    """The policy as text; `parse_policy` gives the same policy back.

    Groups stand in the order of their mapping, in which a member precedes its group.

    Raises:
        FormatError: a value that the text cannot hold, such as a name with a space.
    """
    retired = (f"# retired log {one.key.text} {one.recorded}" for one in policy.retired)
    logs = (_line("log", log.key.text, log.url) for log in policy.logs)
    witnesses = (_line("witness", name, one.key.text, one.url) for name, one in policy.witnesses.items())
    groups = (
        _line("group", name, str(group.threshold), *group.members) for name, group in policy.groups.items()
    )
    text = "".join(
        f"{line}\n" for line in (*retired, *logs, *witnesses, *groups, _line("quorum", policy.quorum))
    )
    if parse_policy(text, place="policy") != policy:
        raise _wrong("policy", "a name or an address holds a space", "名称或网址含有空格")
    return text


def _is_retired_log(words: list[str]) -> bool:
    """Whether a comment line is one of ours; an ordinary sentence that begins like one is not."""
    return words[:3] == _RETIRED and "+" in "".join(words[3:4])


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None)


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
        if words and (not words[0].startswith("#") or _is_retired_log(words)):
            reader.read(words, f"{place} line {number}")
    return reader.policy(place)


class _Reader:
    """The lines read so far, each checked against those before it."""

    def __init__(self) -> None:
        self._logs: list[Log] = []
        self._retired: list[RetiredLog] = []
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._quorum: str | None = None

    def read(self, words: list[str], place: str) -> None:
        if not "".join(words).isprintable():  # bytes that are no UTF-8 are allowed in comments only
            raise _wrong(place, "a character that is not printable", "含不可打印字符")
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._add_log(Log(key=parse_log_key(vkey), url=url[0] if url else None), place)
            case ["#", "retired", "log", vkey, recorded] if is_instant(recorded):
                self._add_retired(RetiredLog(key=parse_log_key(vkey), recorded=recorded), place)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                witness = Witness(key=parse_cosigner_key(vkey), url=url[0] if url else None)
                self._add_witness(name, witness, place)
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
            retired=tuple(self._retired),
        )

    def _add_log(self, log: Log, place: str) -> None:
        _once(log.key, self._log_keys(), place)
        self._logs.append(log)

    def _add_retired(self, log: RetiredLog, place: str) -> None:
        _once(log.key, self._log_keys(), place)
        self._retired.append(log)

    def _add_witness(self, name: str, witness: Witness, place: str) -> None:
        self._free(name, place)
        _once(witness.key, (one.key for one in self._witnesses.values()), place)
        self._witnesses[name] = witness

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

    def _log_keys(self) -> Iterator[LogKey]:
        yield from (log.key for log in self._logs)
        yield from (log.key for log in self._retired)


def _once(key: LogKey, others: Iterable[LogKey], place: str) -> None:
    """Refuse a public key twice in one part; a log may well stand among the witnesses too."""
    if any(key.public == other.public for other in others):
        raise _wrong(place, "the same key stands above", "同一密钥在上文已出现")


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="policy.form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Write lines as C2SP tlog-policy says: log, witness, group, and one quorum.",
        remedy_zh="请按 C2SP tlog-policy 书写：log、witness、group，以及一行 quorum。",
    )
