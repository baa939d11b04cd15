# SPDX-License-Identifier: Apache-2.0
"""What a witness answers, decided from values alone: C2SP tlog-witness, *add-checkpoint*, in the order of its text.

`recognise` needs the keys of the log only and may run anywhere, at any time. `judge` needs what the witness cosigned
last, so that its answer holds only as long as that does: the caller decides and remembers in one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from api.witness.request import AddCheckpoint
from ledger.checkpoint import NOT_EMPTY, Checkpoint, parse_checkpoint
from ledger.errors import FormatError, InputError, ProofError, SignatureError
from ledger.hashing import EMPTY_ROOT
from ledger.note import NoteSignature, NoteVerifier, open_note, parse_note
from ledger.proofs import check_consistency

KeysOf = Callable[[str], Sequence[NoteVerifier] | None]
"""From the origin of a log to the keys believed for it; None for a log that the operator has not entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest checkpoint cosigned for a log; before the first it is the empty tree."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A checkpoint that its log has signed, with what is offered to prove it; `text` and `signatures` are of its note."""

    checkpoint: Checkpoint
    text: str
    signatures: tuple[NoteSignature, ...]
    old: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """409: the witness knows another size than the client thought."""

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It is not cosigned; `status` and `error` say why."""

    status: HTTPStatus
    error: InputError


def recognise(request: AddCheckpoint, keys_of: KeysOf) -> Recognised | Refused:
    """Return the checkpoint that a known log has signed, or 400, 403 or 404.

    Signatures of unknown keys are ignored and not kept. Where the operator gave keys of several kinds for the log, one
    of each kind must have signed: whoever can forge the weaker kind alone moves no witness.
    """
    try:
        text = parse_note(request.note).text
    except FormatError as error:
        return Refused(status=HTTPStatus.BAD_REQUEST, error=error)
    origin = text.partition("\n")[0]
    keys = keys_of(origin)
    if keys is None:
        return Refused(status=HTTPStatus.NOT_FOUND, error=_unknown(origin))
    try:
        signatures = open_note(request.note, keys).verified
        _check_kinds(keys, signatures)
        checkpoint = parse_checkpoint(text)
    except SignatureError as error:
        return Refused(status=HTTPStatus.FORBIDDEN, error=error)
    except FormatError as error:
        unproved = error.code == NOT_EMPTY
        status = HTTPStatus.UNPROCESSABLE_ENTITY if unproved else HTTPStatus.BAD_REQUEST
        return Refused(status=status, error=error)
    if request.old > checkpoint.size:
        return Refused(status=HTTPStatus.BAD_REQUEST, error=_backwards(request.old, checkpoint.size))
    return Recognised(
        checkpoint=checkpoint, text=text, signatures=signatures, old=request.old, proof=request.proof
    )


def judge(head: Head, asked: Recognised) -> Stale | Refused | None:
    """Return None if `asked` continues `head` and so may be cosigned, else 409 or 422."""
    if asked.old != head.size:
        return Stale(size=head.size)
    try:
        _check_continues(head, asked)
    except ProofError as error:
        return Refused(status=HTTPStatus.UNPROCESSABLE_ENTITY, error=error)
    return None


def _check_continues(head: Head, asked: Recognised) -> None:
    """Return only if the proof leads from the one root to the other; from the empty tree there is none to give."""
    if head.size:
        check_consistency(
            old_size=head.size,
            new_size=asked.checkpoint.size,
            old_root=head.root,
            new_root=asked.checkpoint.root,
            path=asked.proof,
        )
    elif asked.proof:
        raise ProofError(
            code="witness.needless-proof",
            place="consistency proof",
            message_en="there is nothing to prove from size 0",
            message_zh="从规模 0 开始无须证明",
            remedy_en="Send no hashes after old 0.",
            remedy_zh="old 0 之后不应有哈希。",
        )


def _check_kinds(keys: Sequence[NoteVerifier], signatures: Sequence[NoteSignature]) -> None:
    signed = {(one.name, one.key_id) for one in signatures}
    signing = {type(key) for key in keys if (key.name, key.note_key_id) in signed}
    if signing != {type(key) for key in keys}:
        raise SignatureError(
            code="witness.kind-missing",
            place="checkpoint",
            message_en="a kind of key that is known for this log has not signed",
            message_zh="本日志已登记的某一类密钥没有签名",
            remedy_en="Send the checkpoint with the signature lines of all its keys.",
            remedy_zh="请连同该日志全部密钥的签名行一并发送。",
        )


def _unknown(origin: str) -> InputError:
    return InputError(
        code="witness.unknown-log",
        place=origin[:80],
        message_en="this witness does not watch this log",
        message_zh="本见证方不见证该日志",
        remedy_en="Ask the operator of the witness to enter the log: fundtrace witness add",
        remedy_zh="请联系见证方的运营者登记该日志：fundtrace witness add",
    )


def _backwards(old: int, size: int) -> FormatError:
    return FormatError(
        code="witness.backwards",
        place="add-checkpoint line 1",
        message_en=f"the old size {old} is beyond the size {size} of the checkpoint",
        message_zh=f"旧规模 {old} 大于检查点规模 {size}",
        remedy_en="Send the newest checkpoint.",
        remedy_zh="请发送最新的检查点。",
    )
