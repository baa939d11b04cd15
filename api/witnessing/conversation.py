# SPDX-License-Identifier: Apache-2.0
"""One conversation with one witness (C2SP tlog-witness), over whatever carries the bytes; nothing in an answer is believed.

A witness may be down, wrong or hostile. It can withhold its cosignature; it cannot make this log keep a line that does
not verify, nor stop the log by a mere number: only a checkpoint that bears the log's own signatures does that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from api.witness.request import AddCheckpoint, format_request
from api.witnessing.station import Station
from ledger.cosignature import seconds_in
from ledger.errors import EnvironmentFault, InputError, SignatureError
from ledger.note import MAX_SIGNATURES, NoteSignature, parse_signature
from ledger.spelling import from_decimal

AHEAD_SECONDS: Final = 300
"""How far the time in a cosignature may lie before our own."""
MAX_ANSWER: Final = 256 * 1024
"""Bytes of an answer that are read."""
ATTEMPTS: Final = 3
"""A witness that several processes push to may move between two of our requests, but not for ever."""

_TOLD_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: status and at most `MAX_ANSWER` bytes."""

    status: int
    body: bytes


Send = Callable[[str, bytes | None], Answer]
"""POST the body to the address, or GET it where there is none; `EnvironmentFault` where nothing usable comes back."""
Proof = Callable[[int], Sequence[bytes]]
"""From an earlier size, above 0 and not above ours, to the consistency proof up to our size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is shown to a witness: the signed `note` over `size` entries, and how to prove growth up to there.

    `known` is the size that the witness has cosigned last, 0 for none; `now` the time, seconds since 1970-01-01 UTC.
    """

    note: bytes
    size: int
    known: int
    proof: Proof
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """Lines of known keys of the witness, each of which holds."""

    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The witness says that it knows another log under our name: a larger one, or one of another root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetful:
    """The witness knows a smaller size than it has cosigned: it lost its memory, and its word is worth nothing more."""

    size: int


Result = Cosigned | Elsewhere | Forgetful


def cosigned_by(station: Station, send: Send, offer: Offer) -> Result:
    """Return what the witness makes of the checkpoint that it is offered.

    Raises:
        EnvironmentFault: no answer, or one of a status that an honest log does not get.
        InputError: lines or a size that are malformed, or a line of a known key that does not hold.
    """
    old = offer.known
    for _ in range(ATTEMPTS):
        proof = tuple(offer.proof(old)) if 0 < old < offer.size else ()
        request = AddCheckpoint(old=old, proof=proof, note=offer.note)
        answer = send(station.add_checkpoint, format_request(request))
        match answer.status:
            case HTTPStatus.OK:
                return Cosigned(signatures=checked_lines(station, offer.note, answer.body, now=offer.now))
            case HTTPStatus.UNPROCESSABLE_ENTITY:
                return Elsewhere()
            case HTTPStatus.CONFLICT:
                old = _size_in(answer.body, station)
            case _:
                raise _refused(station, answer)
        if old > offer.size:
            return Elsewhere()
        if old < offer.known:
            return Forgetful(size=old)
    raise _refused(station, Answer(status=HTTPStatus.CONFLICT, body=b""))


def checked_lines(station: Station, note: bytes, body: bytes, *, now: int) -> tuple[NoteSignature, ...]:
    """Return the lines in `body` by keys of `station`, at least one; each holds over the text of `note`.

    Raises:
        InputError: malformed lines, a known key with a line that does not hold, twice, with no time or one in the future;
            or no line of a known key at all.
    """
    text = note.decode().rpartition("\n\n")[0] + "\n"
    known = {(key.name, key.note_key_id): key for key in station.keys}
    found: dict[tuple[str, bytes], NoteSignature] = {}
    for number, line in enumerate(_lines(body, station), 1):
        signature = parse_signature(line, f"{station.name} answer line {number}")
        name = (signature.name, signature.key_id)
        key = known.get(name)
        if key is None:
            continue
        timely = 0 < seconds_in(signature.signature) <= now + AHEAD_SECONDS
        if name in found or not timely or not key.check(text, signature.signature):
            raise _no_cosignature(station)
        found[name] = signature
    if not found:
        raise _no_cosignature(station)
    return tuple(found.values())


def _lines(body: bytes, station: Station) -> list[str]:
    try:
        lines = body.decode().split("\n")
    except UnicodeDecodeError as error:
        raise _no_cosignature(station) from error
    if lines.pop() or len(lines) > MAX_SIGNATURES:
        raise _no_cosignature(station)
    return lines


def _size_in(body: bytes, station: Station) -> int:
    text = body[:_TOLD_CHARACTERS].decode(errors="replace")
    return from_decimal(text.removesuffix("\n"), place=f"size told by {station.name}")


def _no_cosignature(station: Station) -> InputError:
    return SignatureError(
        code="witnessing.no-cosignature",
        place=station.url,
        message_en=f"what {station.name} sent is no cosignature of this checkpoint",
        message_zh=f"{station.name} 发回的不是对该检查点的共签",
    )


def _refused(station: Station, answer: Answer) -> EnvironmentFault:
    said = answer.body[:_TOLD_CHARACTERS].decode(errors="replace").partition("\n")[0]
    return EnvironmentFault(
        code="witnessing.refused",
        place=station.url,
        message_en=f"{station.name} does not cosign: {answer.status} {said}",
        message_zh=f"{station.name} 未共签：{answer.status} {said}",
        remedy_en="It is asked again by itself. If this lasts, ask its operator whether it watches this log and its keys.",
        remedy_zh="系统会自动重试。若持续如此，请询问其运营者是否已登记本日志及其密钥。",
    )
