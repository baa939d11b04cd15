# SPDX-License-Identifier: Apache-2.0
"""What the answers of a served ledger say: a stored submission, problems, a pause that is wanted, or nothing of use."""

import base64
from collections.abc import Mapping
from typing import Final

import msgspec

from ledger.answer import Accepted
from ledger.connection import Answer
from ledger.errors import EnvironmentFault
from ledger.problems import Check, Problem, error_of

LONGEST_PAUSE_SECONDS: Final = 60


class _Stored(msgspec.Struct, frozen=True):
    seq: int
    events: int
    recorded: str
    replayed: bool
    receipt: str
    checkpoint: str


class _Words(msgspec.Struct, frozen=True):
    remedy: str
    message: str = ""
    detail: str = ""


class _Listed(msgspec.Struct, frozen=True):
    code: str
    check: Check
    place: str
    languages: dict[str, _Words]
    index: int | None = None


class _Told(msgspec.Struct, frozen=True):
    code: str
    place: str
    languages: dict[str, _Words]
    problems: tuple[_Listed, ...] = ()


def accepted_in(body: bytes, address: str) -> Accepted:
    """What the answer to a submission that was stored says, believed as it is.

    Raises:
        EnvironmentFault: it is no such answer.
    """
    try:
        told = msgspec.json.decode(body, type=_Stored)
        receipt = base64.b64decode(told.receipt, validate=True)
    except ValueError as error:
        raise no_answer(address, str(error)) from error
    return Accepted(
        seq=told.seq,
        events=told.events,
        recorded=told.recorded,
        receipt=receipt,
        checkpoint=told.checkpoint.encode(),
        replayed=told.replayed,
    )


def problems_in(body: bytes, address: str) -> tuple[Problem, ...]:
    """What a problem answer says (RFC 9457 with the members of this interface).

    Raises:
        EnvironmentFault: it is no such answer.
    """
    try:
        told = msgspec.json.decode(body, type=_Told)
        listed = told.problems or (
            _Listed(code=told.code, check="form", place=told.place, languages=told.languages),
        )
        return tuple(_problem(one) for one in listed)
    except (ValueError, KeyError) as error:
        raise no_answer(address, f"{body[:80]!r}") from error


def _message(words: _Words, place: str, *, colon: str, stop: str) -> str:
    """The message; where a problem stands alone, `detail` holds it between place and remedy, which stand apart too."""
    if words.message:
        return words.message
    return words.detail.removeprefix(f"{place}{colon}").removesuffix(f"{stop}{words.remedy}")


def _problem(listed: _Listed) -> Problem:
    en, zh = listed.languages["en"], listed.languages["zh"]
    return Problem(
        code=listed.code,
        check=listed.check,
        place=listed.place if listed.index is None else listed.place.removeprefix(f"events[{listed.index}]."),
        message_en=_message(en, listed.place, colon=": ", stop=". "),
        message_zh=_message(zh, listed.place, colon="：", stop="。"),
        remedy_en=en.remedy,
        remedy_zh=zh.remedy,
        index=listed.index,
    )


def pause_wanted(headers: Mapping[str, str]) -> int:
    """The seconds that a server asks to be left alone for (RFC 9110 §10.2.3); 0 where it names none."""
    text = headers.get("retry-after", "")
    return min(int(text), LONGEST_PAUSE_SECONDS) if text.isascii() and text.isdecimal() else 0


def unserved(answer: Answer, address: str) -> EnvironmentFault:
    """What a server says that could not do it, however often it was asked, or that sends its readers elsewhere."""
    try:
        first = problems_in(answer.body, address)[0]
    except EnvironmentFault:
        return no_answer(address, f"status {answer.status}")
    return error_of(first, EnvironmentFault, place=address)


def no_answer(address: str, reason: str) -> EnvironmentFault:
    """The fault of a question that may be asked again."""
    return EnvironmentFault(
        code="client.no-answer",
        place=address,
        message_en=f"no usable answer came: {reason}",
        message_zh=f"未收到有效应答：{reason}",
        remedy_en="Check the address and the network, then send the same again: what was stored is not stored twice.",
        remedy_zh="请检查地址和网络后原样重发；已入账的不会重复入账。",
    )


def unknown_fate(address: str, reason: str) -> EnvironmentFault:
    """The fault of a question that was asked once, and must be looked after before it is asked again."""
    return EnvironmentFault(
        code="client.unknown-fate",
        place=address,
        message_en=f"no usable answer came: {reason}",
        message_zh=f"未收到有效应答：{reason}",
        remedy_en="It may have been done all the same: look (fundtrace drafts list) before you do it again.",
        remedy_zh="操作可能已完成：请先查看（fundtrace drafts list），再决定是否重做。",
    )
