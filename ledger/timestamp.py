# SPDX-License-Identifier: Apache-2.0
"""Time-stamp tokens (RFC 3161): an authority that knows nothing of us says that these bytes existed at a moment.

A token is the whole answer of the authority (`TimeStampResp`, a `.tsr` file), so that `openssl ts -verify -in` reads it
as it is. It is checked with no clock: the certificates must have been valid at the time that the token states.

Left out on purpose: revocation lists, which an offline reader does not have; and whether the certificate shown is the
very one hashed in the token's signed attributes (RFC 5816), since another one with the same name, number and key could
only come from the authority's own superior, which is trusted here.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from ledger.errors import FormatError, LimitError, SignatureError
from ledger.instant import format_instant

MAX_TOKEN_BYTES: Final = 1 << 16
"""Tokens with their certificates take 1 to 8 KiB."""
MAX_ROOTS_BYTES: Final = 1 << 20
QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"

_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_NAME_CHARACTERS: Final = 512

Roots = tuple[x509.Certificate, ...]
"""Certificates of authorities, which whoever checks brings along: nothing that comes with a token is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is sent to an authority (`TimeStampReq`), and the number that its answer must repeat."""

    data: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """What a token that holds says: the instant, and the subject of the certificate that signed it (RFC 4514)."""

    at: str
    authority: str


def query_for(data: bytes) -> Query:
    """Return a question for a token over SHA-256 of `data`, with a fresh nonce and asking for certificates."""
    made = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    return Query(data=made.as_bytes(), nonce=made.nonce)


def check_token(token: bytes, data: bytes, roots: Roots, *, nonce: int | None = None) -> Timestamp:
    """Return what `token` says of `data`, proved up to one of `roots`.

    Raises:
        LimitError: more than 64 KiB.
        FormatError: not the one DER spelling of a time-stamp answer.
        SignatureError: it is over other bytes, not signed, or by nobody below `roots` at the time that it states; or it
            does not repeat `nonce`, where one is given.
    """
    answer = _decoded(token)
    _check_proof(answer, sha256(data).digest(), roots, nonce)
    return Timestamp(at=format_instant(answer.tst_info.gen_time), authority=_signer(answer))


def parse_roots(pem: bytes, *, place: str) -> Roots:
    """Return the certificates in a PEM file, at least one.

    Raises:
        LimitError: more than 1 MiB.
        FormatError: no certificate, or a block that is none.
    """
    if len(pem) > MAX_ROOTS_BYTES:
        raise LimitError(
            code="timestamp.roots",
            place=place,
            message_en="too long for a file of certificates",
            message_zh="证书文件过长",
        )
    try:
        return tuple(dict.fromkeys(x509.load_pem_x509_certificates(pem)))
    except ValueError as error:
        raise FormatError(
            code="timestamp.roots",
            place=place,
            message_en="not a PEM file of certificates",
            message_zh="不是 PEM 证书文件",
            remedy_en="Give the root certificates of the time-stamp authority, from the authority itself.",
            remedy_zh="请提供从时间戳机构本身取得的根证书。",
        ) from error


def _decoded(token: bytes) -> TimeStampResponse:
    if len(token) > MAX_TOKEN_BYTES:
        raise LimitError(
            code="timestamp.too-long",
            place="time-stamp token",
            message_en=f"{len(token):,} bytes, and at most {MAX_TOKEN_BYTES:,} are allowed",
            message_zh=f"{len(token):,} 字节，超过上限 {MAX_TOKEN_BYTES:,}",
        )
    try:
        answer = decode_timestamp_response(token)
        same = answer.as_bytes() == token
    except ValueError as error:
        raise _misshapen(_short(error)) from error
    if not same:
        raise _misshapen("it is not the one spelling of what it says")
    return answer


def _check_proof(answer: TimeStampResponse, digest: bytes, roots: Roots, nonce: int | None) -> None:
    if not roots:
        raise _refused("no authority is trusted", "没有受信的时间戳机构")
    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        over = answer.tst_info.message_imprint.hash_algorithm.dotted_string
        if over == _SHA256:
            builder.build().verify(answer, digest)
    except (VerificationError, ValueError) as error:
        raise _refused(_short(error), _short(error)) from error
    if over != _SHA256:
        raise _refused("it is not over SHA-256", "所用摘要算法不是 SHA-256")


def _signer(answer: TimeStampResponse) -> str:
    """The subject of the certificate that signed; the library has proved that there is exactly one and that it is there."""
    (info,) = answer.signed_data.signer_infos
    certificates = map(x509.load_der_x509_certificate, answer.signed_data.certificates)
    named = (info.issuer, info.serial_number)
    signer = next(one for one in certificates if (one.issuer, one.serial_number) == named)
    name = signer.subject.rfc4514_string()[:_NAME_CHARACTERS]
    return "".join(one if one.isprintable() else "?" for one in name)


def _short(error: Exception) -> str:
    """The heart of what the library says, on one line."""
    text = " ".join(str(error).split())
    _, found, heart = text.rpartition("Verify error:")
    return (heart.partition('"')[0].strip() if found else text)[:200]


def _misshapen(why: str) -> FormatError:
    return FormatError(
        code="timestamp.form",
        place="time-stamp token",
        message_en=f"not a time-stamp answer of RFC 3161: {why}",
        message_zh=f"不是 RFC 3161 时间戳应答：{why}",
    )


def _refused(message_en: str, message_zh: str) -> SignatureError:
    return SignatureError(
        code="timestamp.refused",
        place="time-stamp token",
        message_en=f"it proves nothing: {message_en}",
        message_zh=f"不能证明：{message_zh}",
    )
