# SPDX-License-Identifier: Apache-2.0
"""A ledger behind an http(s) address, to post to and to read: few words, one connection, safe to repeat.

A submission is named by its party and id (spec §3.3), so that sending it again is always right: after a connection that
broke while its answer was awaited, after 429, after 5xx. Whoever gives the log's keys gets no `Accepted` that they do not
prove.
"""

import base64
import http.client
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import msgspec

from ledger.answer import Accepted, Outcome, Refused
from ledger.checkpoint import parse_checkpoint
from ledger.cosignature import LogKey
from ledger.entry import HeaderEntry, parse_entry
from ledger.errors import EnvironmentFault, InputError, MissingError, ProofError
from ledger.hashing import leaf_hash
from ledger.note import parse_note
from ledger.problems import Check, Problem
from ledger.receipt import check_receipt, parse_receipt
from ledger.submission import Submission, header_bytes, wire_bytes

TIMEOUT_SECONDS: Final = 90
"""For a connection, and for each read: longer than a server may wait for the lock of its ledger."""
PAUSES_SECONDS: Final = (1, 2, 4, 8, 16)
"""Waits before sending again, where the server names no time of its own."""
LONGEST_PAUSE_SECONDS: Final = 60
ANSWER_BYTES_MAX: Final = 4 * 1024 * 1024

_OK: Final = frozenset({http.client.OK, http.client.CREATED, http.client.NO_CONTENT})
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer: status, header fields by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether what was asked for was done."""
        return self.status in _OK


Exchange = Callable[[str, str, bytes | None, Mapping[str, str]], Answer]
"""Sends (method, path, body, headers), gives the answer; OSError or HTTPException when there is none, or half of one."""


class LedgerClient:
    """The ledger at one address; for one thread at a time."""

    def __init__(
        self,
        address: str,
        *,
        log_keys: Sequence[LogKey] = (),
        exchange: Exchange | None = None,
        pause: Callable[[int], None] = time.sleep,
    ) -> None:
        """The ledger at `address`, such as ``https://ledger.example``; with `log_keys` every receipt is verified.

        Raises:
            InputError: `address` is not scheme, host and at most a path.
        """
        self.address: Final = address.rstrip("/")
        self._log_keys = tuple(log_keys)
        self._exchange = exchange or Connection(self.address)
        self._pause = pause

    def __enter__(self) -> Self:
        """The client, whose connection is closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._exchange, Connection):
            self._exchange.close()

    def submit(self, submission: Submission) -> Outcome:
        """What the ledger answers to `submission`, once it is durable or refused.

        Raises:
            EnvironmentFault: no usable answer came, however often it was asked for; sending it again is right.
            ProofError, SignatureError, FormatError: the answer does not prove that the submission is in the log.
        """
        answer = self.ask("POST", "/v1/submissions", wire_bytes(submission))
        if not answer.good:
            return Refused(problems=problems_in(answer.body, self.address))
        accepted = _accepted(answer.body, self.address)
        if self._log_keys:
            self._check(accepted, submission)
        return accepted

    def submit_in_order(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """The answer to each, one after the other; as `submit`."""
        return [self.submit(submission) for submission in submissions]

    def entry(self, seq: int) -> bytes:
        """The bytes of entry `seq`, believed as they are.

        Raises:
            MissingError: the log does not reach that far.
            EnvironmentFault: as `submit`.
        """
        return self._get(f"/v1/entries/{seq}?format=raw")

    @property
    def size(self) -> int:
        """Entries in the log as its checkpoint says, believed as it is; raises as `entry`."""
        return parse_checkpoint(parse_note(self._get("/log/checkpoint")).text).size

    def items(self, table: str) -> Iterator[dict[str, Any]]:
        """Every item of a list such as ``lines`` or ``obligations``, page by page; raises as `entry`."""
        after: object = None
        while True:
            more = "" if after is None else f"?after={after}"
            page = msgspec.json.decode(self._get(f"/v1/{table}{more}"))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def _get(self, path: str) -> bytes:
        answer = self.ask("GET", path, None)
        if not answer.good:
            first = problems_in(answer.body, self.address)[0]
            raise MissingError(
                code=first.code,
                place=f"{self.address}{path}",
                message_en=first.message_en,
                message_zh=first.message_zh,
                remedy_en=first.remedy_en,
                remedy_zh=first.remedy_zh,
            )
        return answer.body

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] = _NO_HEADERS,
        *,
        once: bool = False,
    ) -> Answer:
        """The answer, asked for again as long as it may be another next time, unless it is to be asked for `once`.

        Raises:
            EnvironmentFault: no usable answer came.
        """
        for usual in () if once else PAUSES_SECONDS:
            try:
                answer = self._exchange(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self._pause(usual)
                continue
            if answer.status not in _AGAIN:
                return self._served(answer)
            self._pause(_wanted(answer.headers) or usual)
        try:
            return self._served(self._exchange(method, path, body, headers))
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise (_unknown_fate if once else _no_answer)(self.address, reason) from error

    def _served(self, answer: Answer) -> Answer:
        """`answer`, unless it says that nothing was done, or sends us elsewhere."""
        if answer.status in _AGAIN or answer.status in range(300, 400):
            raise _unserved(answer, self.address)
        return answer

    def _check(self, accepted: Accepted, submission: Submission) -> None:
        """The header of `submission` stands in the log at the position told, by the log's own keys.

        Raises:
            ProofError, SignatureError, FormatError: it does not, or that is not proved.
        """
        data = self.entry(accepted.seq)
        entry = parse_entry(data, place=f"entry {accepted.seq}")
        receipt = parse_receipt(accepted.receipt)
        mine = isinstance(entry, HeaderEntry) and header_bytes(entry.header) == header_bytes(
            submission.header
        )
        if not mine or receipt.index != accepted.seq:
            raise ProofError(
                code="client.other-entry",
                place=f"entry {accepted.seq}",
                message_en="the receipt is for something else than the submission that was sent",
                message_zh="回执所指并非所提交的内容",
            )
        check_receipt(
            receipt, leaf=leaf_hash(data), verifiers=self._log_keys, origin=submission.header.origin
        )


class Connection:
    """One connection, kept open between questions and made anew after a failure. The only sockets of this module."""

    def __init__(self, address: str) -> None:
        """To `address`; nothing is opened yet. Raises InputError as `LedgerClient`."""
        parts = urlsplit(address)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        extra = parts.query or parts.fragment or parts.username
        if parts.scheme not in kinds or not parts.hostname or extra:
            raise InputError(
                code="client.address",
                place=address,
                message_en="not an http(s) address of scheme, host and path",
                message_zh="不是由协议、主机和路径组成的 http(s) 地址",
                remedy_en="Write it like https://ledger.example",
                remedy_zh="请写成 https://ledger.example 的形式。",
            )
        self._path = parts.path
        self._connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        self._connection.close()

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """The answer to one question; see `Exchange`. A body is JSON unless `headers` say otherwise."""
        usual = {"Content-Type": "application/json"} if body is not None else {}
        try:
            self._connection.request(method, self._path + path, body=body, headers={**usual, **headers})
            answer = self._connection.getresponse()
            data = _bounded(answer)
        except BaseException:
            self.close()
            raise
        return Answer(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.getheaders()},
            body=data,
        )


def _bounded(answer: http.client.HTTPResponse) -> bytes:
    data = answer.read(ANSWER_BYTES_MAX + 1)
    if len(data) > ANSWER_BYTES_MAX:
        raise http.client.HTTPException(f"more than {ANSWER_BYTES_MAX:,} bytes")
    return data


# --- what answers say -------------------------------------------------------------------------------------


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


def _accepted(body: bytes, address: str) -> Accepted:
    try:
        told = msgspec.json.decode(body, type=_Stored)
        receipt = base64.b64decode(told.receipt, validate=True)
    except ValueError as error:
        raise _no_answer(address, str(error)) from error
    return Accepted(
        seq=told.seq,
        events=told.events,
        recorded=told.recorded,
        receipt=receipt,
        checkpoint=told.checkpoint.encode(),
        replayed=told.replayed,
    )


def problems_in(body: bytes, address: str) -> tuple[Problem, ...]:
    """What a problem answer says (RFC 9457 with the members of this interface)."""
    try:
        told = msgspec.json.decode(body, type=_Told)
        listed = told.problems or (
            _Listed(code=told.code, check="form", place=told.place, languages=told.languages),
        )
        return tuple(_problem(one) for one in listed)
    except (ValueError, KeyError) as error:
        raise _no_answer(address, f"{body[:80]!r}") from error


def _problem(listed: _Listed) -> Problem:
    en, zh = listed.languages["en"], listed.languages["zh"]
    return Problem(
        code=listed.code,
        check=listed.check,
        place=listed.place if listed.index is None else listed.place.removeprefix(f"events[{listed.index}]."),
        message_en=en.message or en.detail,
        message_zh=zh.message or zh.detail,
        remedy_en=en.remedy,
        remedy_zh=zh.remedy,
        index=listed.index,
    )


def _wanted(headers: Mapping[str, str]) -> int:
    """The seconds that a server asks to be left alone for (RFC 9110 §10.2.3); 0 where it names none."""
    text = headers.get("retry-after", "")
    return min(int(text), LONGEST_PAUSE_SECONDS) if text.isascii() and text.isdecimal() else 0


def _unserved(answer: Answer, address: str) -> EnvironmentFault:
    """What a server says that could not do it, however often it was asked, or that sends its readers elsewhere."""
    try:
        first = problems_in(answer.body, address)[0]
    except EnvironmentFault:
        return _no_answer(address, f"status {answer.status}")
    return EnvironmentFault(
        code=first.code,
        place=address,
        message_en=first.message_en,
        message_zh=first.message_zh,
        remedy_en=first.remedy_en,
        remedy_zh=first.remedy_zh,
    )


def _no_answer(address: str, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="client.no-answer",
        place=address,
        message_en=f"no usable answer came: {reason}",
        message_zh=f"未收到有效应答：{reason}",
        remedy_en="Check the address and the network, then send the same again: what was stored is not stored twice.",
        remedy_zh="请检查地址和网络后原样重发；已入账的不会重复入账。",
    )


def _unknown_fate(address: str, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="client.unknown-fate",
        place=address,
        message_en=f"no usable answer came: {reason}",
        message_zh=f"未收到有效应答：{reason}",
        remedy_en="It may have been done all the same: look (fundtrace drafts list) before you do it again.",
        remedy_zh="操作可能已完成：请先查看（fundtrace drafts list），再决定是否重做。",
    )
