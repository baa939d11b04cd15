# SPDX-License-Identifier: Apache-2.0
"""A draft on a server as one who is signed in looks at it, with nothing taken on trust: what is shown is what is signed."""

from dataclasses import dataclass
from typing import Any

import msgspec

from api.named_ledger import LedgerNamed
from ledger.answer import Refused
from ledger.draft_file import DraftFile, parse_draft
from ledger.errors import EnvironmentFault, FormatError, InputError, ProofError
from ledger.served_session import Session
from ledger.submission import Header, Signature
from ledger.texts import text_problems


class Waiting(msgspec.Struct, frozen=True):
    """What a draft lacks before it is posted, in the language asked for."""

    code: str
    message: str
    remedy: str


class DraftAt(msgspec.Struct, frozen=True):
    """How a draft stands: the members of the server's answer that say it."""

    id: str
    state: str
    version: int
    expires: str
    header: Header
    waiting: tuple[Waiting, ...]
    reason: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A draft and how it stands; its header binds its events and its ledger, and is the one that the server names."""

    at: DraftAt
    draft: DraftFile


def look_at(session: Session, ledger: LedgerNamed, name: str, *, language: str) -> LookedAt:
    """The draft `name` as it would be signed.

    Raises:
        InputError: there is no such draft, or it was changed while it was read.
        FormatError: the server gives something that is no draft, or has texts that cannot be seen.
        ProofError: the draft is of another ledger or party than those signed in at.
        EnvironmentFault: no usable answer came.
    """
    at = draft_at(session.read(f"/v1/drafts/{name}?lang={language}"), session.client.address)
    draft = parse_draft(session.read(f"/v1/drafts/{name}/file"), place=name)
    check_seen(draft, name)
    if draft.entry0 != ledger.entry0 or draft.header.party != session.party:
        raise _not_ours(name)
    if draft.header != at.header:
        raise _changed(name)
    return LookedAt(at=at, draft=draft)


def hand_in(session: Session, seen: LookedAt, signature: Signature, *, language: str) -> DraftAt | Refused:
    """How the draft stands with `signature`, which counts for the version that was seen and for no other.

    Raises:
        EnvironmentFault: no usable answer came.
    """
    body = {"version": seen.at.version, **msgspec.to_builtins(signature)}
    answer = session.write(
        "POST", f"/v1/drafts/{seen.at.id}/signatures?lang={language}", msgspec.json.encode(body)
    )
    return answer if isinstance(answer, Refused) else draft_at(answer, session.client.address)


def draft_at(body: bytes, address: str) -> DraftAt:
    """How a draft stands, as `body` says.

    Raises:
        EnvironmentFault: it says something else.
    """
    found: DraftAt = read_answer(body, DraftAt, address)
    return found


def read_answer(body: bytes, told: Any, address: str) -> Any:  # noqa: ANN401 - what it is asked to be
    """`body` as what the type `told` says.

    Raises:
        EnvironmentFault: it is something else.
    """
    try:
        return msgspec.json.decode(body, type=told)
    except ValueError as error:
        raise EnvironmentFault(
            code="drafts.answer",
            place=address,
            message_en=f"the answer is not one of a fundtrace server: {error}",
            message_zh=f"应答不是 fundtrace 服务器的应答：{error}",
            remedy_en="Check the address; it may be a newer server than this program knows.",
            remedy_zh="请核对地址；服务器版本可能较新。",
        ) from error


def check_seen(draft: DraftFile, place: str) -> None:
    """Nothing, if all texts of `draft` can be seen.

    Raises:
        FormatError: one holds characters that cannot be seen, or that turn others round.
    """
    for at, event in enumerate([*draft.event_bytes, *draft.last]):
        for problem in text_problems(event):
            raise FormatError(
                code=problem.code,
                place=f"{place}, event {at % len(draft.event_bytes)}, {problem.place}",
                message_en=problem.message_en,
                message_zh=problem.message_zh,
                remedy_en="Do not sign it; ask whoever prepared it for a draft without such characters.",
                remedy_zh="请勿签名；请经办人重新提供不含此类字符的草稿。",
            )


def _not_ours(name: str) -> ProofError:
    return ProofError(
        code="drafts.other-ledger",
        place=name,
        message_en="the server hands out a draft of another ledger or another party",
        message_zh="服务器给出的草稿属于另一账本或另一单位",
        remedy_en="Nothing was signed. Tell the operator.",
        remedy_zh="尚未签名。请告知运营方。",
    )


def _changed(name: str) -> InputError:
    return InputError(
        code="draft-changed",
        place=name,
        message_en="the draft was changed while it was read",
        message_zh="读取期间草稿已有改动",
        remedy_en="Look at it again.",
        remedy_zh="请重新查看。",
    )
