# SPDX-License-Identifier: Apache-2.0
"""A submission: what a bureau signs. One header binds the root of its events; signatures cover the header.

Signed bytes (DESIGN §3): ``fundtrace/submission/v1`` LF role LF key id LF JCS(header). `root` is the RFC 9162 root over
the canonical bytes of the events, so one signature check covers a batch of any size up to 100,000.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from ledger import keys, merkle
from ledger.commitments import DisclosureText
from ledger.errors import FormatError
from ledger.hashing import leaf_hash
from ledger.instant import Instant, parse_instant
from ledger.kinds.form import Digest, Origin, Record
from ledger.kinds.vocabulary import AnyEvent, decode_canonical_events, decode_event, event_bytes
from ledger.party import Id

EVENTS_MAX: Final = 100_000
WIRE_BYTES_MAX: Final = 128 * 1024 * 1024
SIGNATURES_MAX: Final = 16

SIGNED_PREFIX: Final = b"fundtrace/submission/v1\n"

SignatureRole = Annotated[str, Meta(pattern="^[a-z]{1,32}(?!\\n)$", description="role in which a key signs")]


class Header(Record, frozen=True, kw_only=True):
    """What is signed: `count` events with RFC 9162 `root` (hex), for the ledger with `genesis` leaf hash and `origin`.

    `party` is the actor of every event; (`party`, `id`) is the idempotency key; `signed_at` an instant in UTC.
    """

    count: Annotated[int, Meta(ge=1, le=100_000)]
    genesis: Digest
    id: Id
    origin: Origin
    party: Id
    root: Digest
    signed_at: Instant


class Signature(Record, frozen=True, kw_only=True):
    """One signature: suite, key id, the role in which the key signs, padded standard base64 of the signature."""

    alg: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}(?!\\n)$")]
    key: Digest
    role: SignatureRole
    sig: Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{4,8192}={0,2}(?!\\n)$")]


class _Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    header: Header
    signatures: tuple[Signature, ...]
    events: tuple[msgspec.Raw, ...]
    disclosures: tuple[DisclosureText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A well-formed submission: header, sorted signatures, events, and the canonical bytes of each event.

    `disclosures` travel beside what is signed and never enter the log (`ledger.disclosures`); sorted and unique.
    `parsed` says that `parse_wire` read it; a changed copy of such a one has it no more.
    """

    header: Header
    signatures: tuple[Signature, ...]
    events: tuple[AnyEvent, ...]
    event_bytes: tuple[bytes, ...]
    disclosures: tuple[str, ...] = ()
    parsed: bool = field(default=False, init=False, compare=False, repr=False)


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_WIRE: Final = msgspec.json.Decoder(_Wire)


def header_bytes(header: Header) -> bytes:
    """JCS of `header`."""
    return _ENCODER.encode(header)


def signed_bytes(header: Header, *, role: str, key: str) -> bytes:
    """The exact bytes that key `key` signs in `role`."""
    return SIGNED_PREFIX + role.encode("ascii") + b"\n" + key.encode("ascii") + b"\n" + header_bytes(header)


def events_root(encoded: Sequence[bytes]) -> str:
    """Hex RFC 9162 root over the canonical bytes of the events, in order."""
    return merkle.root_of(leaf_hash(event) for event in encoded).hex()


def is_bound(submission: Submission) -> bool:
    """Whether count and root of the header are those of the events."""
    header = submission.header
    return header.count == len(submission.events) and header.root == events_root(submission.event_bytes)


def sign(header: Header, *, role: str, signer: keys.Signer) -> Signature:
    """The signature of `signer` over `header` in `role`."""
    key = keys.key_id(signer.alg, signer.public)
    made = signer.sign(signed_bytes(header, role=role, key=key))
    return Signature(alg=signer.alg, key=key, role=role, sig=base64.b64encode(made).decode("ascii"))


def assemble(
    *,
    events: Sequence[AnyEvent],
    header: Callable[[int, str], Header],
    signers: Sequence[tuple[str, keys.Signer]],
    disclosures: Iterable[str] = (),
) -> Submission:
    """A signed submission of `events`; `header` gets count and root, `signers` are pairs of role and signer."""
    encoded = tuple(event_bytes(event) for event in events)
    made = header(len(encoded), events_root(encoded))
    signatures = sorted((sign(made, role=role, signer=one) for role, one in signers), key=_signature_order)
    return Submission(
        header=made,
        signatures=tuple(signatures),
        events=tuple(events),
        event_bytes=encoded,
        disclosures=tuple(sorted(set(disclosures))),
    )


def check_signature(signature: Signature, header: Header, *, public: bytes) -> bool:
    """Whether `signature` is one over `header` by the raw public key `public`."""
    made = decode_signature(signature)
    message = signed_bytes(header, role=signature.role, key=signature.key)
    return made is not None and keys.verify(signature.alg, public, message, made)


def decode_signature(signature: Signature) -> bytes | None:
    """The raw signature, or None when its base64 is not in the one spelling allowed."""
    try:
        raw = base64.b64decode(signature.sig, validate=True)
    except binascii.Error:
        return None
    return raw if base64.b64encode(raw).decode("ascii") == signature.sig else None


def wire_bytes(submission: Submission) -> bytes:
    """The submission as one NDJSON line without its line feed: canonical, so equal submissions have equal bytes."""
    opened = (
        b'"disclosures":' + _ENCODER.encode(submission.disclosures) + b"," if submission.disclosures else b""
    )
    parts = (
        b"{" + opened + b'"events":[' + b",".join(submission.event_bytes) + b'],"header":',
        header_bytes(submission.header) + b',"signatures":' + _ENCODER.encode(submission.signatures) + b"}",
    )
    return b"".join(parts)


def parse_wire(data: bytes, *, place: str = "submission") -> Submission:
    """The submission in `data`: white space and key order are free, duplicate keys and unknown fields are not.

    Raises:
        FormatError: too large, not of the form, an event that is no event, or signatures out of order; names the place.
    """
    if len(data) > WIRE_BYTES_MAX:
        raise _wrong(
            place,
            f"{len(data):,} bytes exceed {WIRE_BYTES_MAX:,}",
            f"{len(data):,} 字节，超过上限 {WIRE_BYTES_MAX:,}",
            remedy=("send fewer events in one submission", "请拆成几次提交"),
        )
    try:
        wire = _WIRE.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(place, f"not a submission: {error}", f"不是有效的提交：{error}") from error
    if not 1 <= len(wire.events) <= EVENTS_MAX:
        raise _wrong(
            place, f"{len(wire.events):,} events; 1 to {EVENTS_MAX:,} are allowed", "事件数应为 1 至 100,000"
        )
    events, encoded = _parse_events(wire.events, place=place)
    submission = Submission(
        header=wire.header,
        signatures=wire.signatures,
        events=events,
        event_bytes=encoded,
        disclosures=wire.disclosures,
    )
    if wire_bytes(submission) != data:
        refuse_duplicate_keys(data, place=place)
    check_form(submission, place=place)
    object.__setattr__(submission, "parsed", True)  # nobody else has seen it yet
    return submission


def _parse_events(
    raw: Sequence[msgspec.Raw], *, place: str
) -> tuple[tuple[AnyEvent, ...], tuple[bytes, ...]]:
    """The events in `raw`, and their canonical bytes.

    Raises:
        FormatError: one of them is no event; names its place.
    """
    texts = tuple(map(bytes, raw))
    events = decode_canonical_events(texts)
    if events is not None:
        return events, texts
    one_by_one = tuple(decode_event(text, place=f"{place}, event {at}") for at, text in enumerate(texts))
    return one_by_one, tuple(map(event_bytes, one_by_one))


def check_form(submission: Submission, *, place: str) -> None:
    """Nothing, if instants are real, signatures sorted by (role, key), unique and at most 16, disclosures sorted, too.

    Raises:
        FormatError: otherwise.
    """
    parse_instant(submission.header.signed_at)
    order = [_signature_order(signature) for signature in submission.signatures]
    if order != sorted(set(order)) or not 1 <= len(order) <= SIGNATURES_MAX:
        raise _wrong(
            place,
            "signatures are not 1 to 16, unique and sorted by (role, key)",
            "签名应为 1 至 16 个，不重复，按（角色，密钥）排序",
        )
    if list(submission.disclosures) != sorted(set(submission.disclosures)):
        raise _wrong(place, "disclosures are not sorted and unique", "披露内容未排序或有重复")


def refuse_duplicate_keys(data: bytes, *, place: str) -> None:
    """Nothing, if no JSON object in `data` repeats a key.

    Raises:
        FormatError: naming the key.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise _wrong(
                    place, f"the key {key!r} stands twice in one object", f"键 {key!r} 在同一对象中重复"
                )
            found[key] = value
        return found

    json.loads(data, object_pairs_hook=once)


def event_name(header: Header, index: int) -> str:
    """The stable name of event `index` of the submission: ``<party>/<submission id>/<index>``."""
    return f"{header.party}/{header.id}/{index}"


def _signature_order(signature: Signature) -> tuple[str, str]:
    return (signature.role, signature.key)


def _wrong(place: str, en: str, zh: str, *, remedy: tuple[str, str] | None = None) -> FormatError:
    remedy_en, remedy_zh = remedy or (
        'send {"header":…,"signatures":[…],"events":[…]} as described in docs/spec',
        "请按 docs/spec 的格式提交 header、signatures、events",
    )
    return FormatError(
        code="submission-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en=remedy_en,
        remedy_zh=remedy_zh,
    )
