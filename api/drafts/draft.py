# SPDX-License-Identifier: Apache-2.0
"""A draft on the server and who may do what with it: pure rules over values."""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

import msgspec

from api.refusals import RequestRefused
from ledger.instant import parse_instant
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import event_bytes, parse_event
from ledger.problems import Problem
from ledger.submission import Header, Signature

State = Literal["open", "returned", "posting", "posted"]
"""`posting` from the last signature until the ledger has answered, also over a crash; then it is not changed or dropped."""

DRAFT_LIFE: Final = datetime.timedelta(days=14)
"""How long a version may be signed; well below the 30 days after which a ledger refuses its `signed_at`."""
KEPT_AFTER: Final = datetime.timedelta(days=30)
"""How long after that it can still be looked at."""
REASON_MAX: Final = 1_000
UNPOSTED_MAX: Final = 1_000
"""Drafts of one party that wait at the same time; more is no work that people sign, and would fill the disk of all."""
_NAME_DIGITS: Final = 32

_CLOSED: Final = {
    "returned": ("the draft was returned", "草稿已退回"),
    "posting": ("the draft is complete and being posted", "草稿签名齐备，正在入账"),
    "posted": ("the draft is posted", "草稿已入账"),
}
_WAITING: Final = frozenset(
    {
        "signature-missing",
        "panel-outside",
        "threshold",
        "possession",
        "deputation-principal",
        "duty-audit",
    }
)
"""Problems of a signature set that more signatures mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft of `party` at its newest `version`; `reason` and `returned_by` (a key) say why and by whom it was returned.

    `seq` is the position of its header entry once it is posted.
    """

    id: str
    party: str
    state: State
    version: int
    expires: str
    reason: str = ""
    returned_by: str = ""
    seq: int | None = None

    def expired(self, now: datetime.datetime) -> bool:
        """Whether its newest version may no longer be signed."""
        return self.state != "posted" and now >= parse_instant(self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version: the key of its author, when it was made, the header to sign, and the canonical events it binds.

    `disclosures` open the commitments of the events, sorted; none any more in a version that was replaced or posted.
    """

    number: int
    author: str
    made: str
    header: Header
    events: tuple[bytes, ...]
    disclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A draft with its newest version, the one before it if there was one, its signatures, and the keys of all authors."""

    draft: Draft
    newest: Version
    last: Version | None
    signatures: tuple[Signature, ...]
    authors: frozenset[str]


def name_of(party: str, submission: str) -> str:
    """The id of the draft of `party` that becomes `submission`: whoever prepares it twice names it once (spec §3.12)."""
    return hashlib.sha256(f"draft\n{party}\n{submission}".encode()).hexdigest()[:_NAME_DIGITS]


def check_maker(roles: Sequence[str]) -> None:
    """Nothing, if somebody with these roles may prepare drafts.

    Raises:
        RequestRefused: 403, otherwise.
    """
    if "maker" not in roles:
        _refuse(
            403, "draft-maker", "key",
            "only a maker prepares, changes or withdraws drafts", "只有经办可以编制、修改或撤回草稿",
            "Sign in with a maker's key.", "请用经办密钥登录。",
        )  # fmt: skip


def check_reviewer(key: Key, roles: Sequence[str], authors: Iterable[Key]) -> None:
    """Nothing, if `key` with `roles` may review what `authors` wrote: another role, another person, another device.

    Raises:
        RequestRefused: 403, otherwise.
    """
    if not set(roles) - {"maker"}:
        _refuse(
            403, "draft-reviewer", "key", "a maker does not return drafts", "经办不能退回草稿",
            "Withdraw it, or change it by a new version.", "请撤回，或编制新版本。",
        )  # fmt: skip
    check_apart(key, authors)


def check_apart(key: Key, authors: Iterable[Key]) -> None:
    """Nothing, if neither the person nor the device of `key` wrote any version, under whatever key.

    Raises:
        RequestRefused: 403, they did.
    """
    for author in authors:
        for what, en, zh in (("person", "person", "人"), ("device", "device", "设备")):
            if getattr(key, what) == getattr(author, what):
                _refuse(
                    403, "draft-separation", "key",
                    f"a version of this draft was written by the same {en}", f"本草稿有版本由同一{zh}编制",
                    f"Let another {en} check it.", f"请换一{'个人' if what == 'person' else '台设备'}复核。",
                )  # fmt: skip


def may_review(key: Key, roles: Sequence[str], authors: Iterable[Key]) -> bool:
    """Whether `check_reviewer` lets `key` with `roles` pass."""
    try:
        check_reviewer(key, roles, authors)
    except RequestRefused:
        return False
    return True


def check_signable(draft: Draft, version: int, *, now: datetime.datetime) -> None:
    """Nothing, if `version` is the one that may be signed or returned now.

    Raises:
        RequestRefused: 409, the draft has changed since it was looked at, was returned, posted, or has expired.
    """
    if draft.version != version:
        refuse_changed()
    if draft.state != "open":
        en, zh = _CLOSED[draft.state]
        _refuse(409, f"draft-{draft.state}", "state", en, zh, "Look at it again.", "请重新查看。")
    if draft.expired(now):
        _refuse(
            409, "draft-expired", "expires", f"the draft expired at {draft.expires}", f"草稿已于 {draft.expires} 过期",
            "Have its maker make a new version.", "请经办编制新版本。",
        )  # fmt: skip


def same_events(first: Sequence[bytes], again: Sequence[bytes]) -> bool:
    """Whether a draft of the events `first` is the one of `again`.

    Rows of one file are the same under other commitments: its hash stands in them, and salts are new in every reading.
    """
    return tuple(first) == tuple(again) or list(map(_unsalted, first)) == list(map(_unsalted, again))


def _unsalted(data: bytes) -> tuple[bytes, int]:
    event = parse_event(data, place="event")
    if event.provenance is None:
        return data, 0
    return event_bytes(msgspec.structs.replace(event, sd=())), len(event.sd)


def check_room(waiting: int) -> None:
    """Nothing, if a party of which so many drafts wait may prepare another.

    Raises:
        RequestRefused: 409, otherwise.
    """
    if waiting >= UNPOSTED_MAX:
        _refuse(
            409, "draft-many", "drafts",
            f"{waiting:,} drafts of your bureau are not posted", f"本单位有 {waiting:,} 份草稿尚未入账",
            "Post or withdraw some of them first.", "请先完成签名入账，或撤回其中一部分。",
        )  # fmt: skip


def check_again(draft: Draft, *, same: bool, now: datetime.datetime) -> None:
    """Nothing, if whoever prepares `draft` again, with the `same` events or others, may be answered by it as it stands.

    Raises:
        RequestRefused: 409, it is of other events, was returned, or has expired.
    """
    if not same:
        _refuse(
            409, "draft-other", "id",
            f"draft {draft.id} has this id and other events", f"草稿 {draft.id} 已用此编号，且其事项不同",
            "Change or withdraw that draft, or prepare this under another id; a form has one by its content.",
            "请修改或撤回该草稿，或换一个编号编制；表格的编号由其内容决定。",
        )  # fmt: skip
    if draft.state == "returned" or draft.expired(now):
        en, zh = ("was returned", "已退回") if draft.state == "returned" else ("expired", "已过期")
        _refuse(
            409, "draft-stale", "id", f"draft {draft.id} of these events {en}", f"同样事项的草稿 {draft.id} {zh}",
            "Make a new version of it, or withdraw it and prepare it again.", "请编制其新版本，或撤回后重新编制。",
        )  # fmt: skip


def refuse_changed() -> NoReturn:
    """The draft is no longer what the sender saw.

    Raises:
        RequestRefused: 409.
    """
    _refuse(
        409, "draft-changed", "version", "the draft has changed since you looked at it", "您查看之后草稿已有改动",
        "Look at the newest version, then decide again.", "请查看最新版本后再作决定。",
    )  # fmt: skip


def waiting_for(problems: Iterable[Problem]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What of the problems of a signature set more signatures mend, and what they do not."""
    found = tuple(problems)
    waiting = tuple(one for one in found if one.code in _WAITING)
    return waiting, tuple(one for one in found if one.code not in _WAITING)


def _refuse(  # noqa: PLR0913, PLR0917 - the texts of a problem
    status: int, code: str, place: str, en: str, zh: str, remedy_en: str, remedy_zh: str
) -> NoReturn:
    raise RequestRefused.made(status, code, place, en=(en, remedy_en), zh=(zh, remedy_zh))
