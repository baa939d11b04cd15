# SPDX-License-Identifier: Apache-2.0
"""Submissions on the wire (spec §3.1, §3.2): form, then count and root of the events, then every signature by its key."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from ledger.keys import Ed25519Signer, key_id
from ledger.merkle import root_of
from tests.vectors.case import Case, Reason, carried, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAKER: Final = Ed25519Signer.from_seed(b"\x11" * 32)
CHECKER: Final = Ed25519Signer.from_seed(b"\x22" * 32)
OTHER: Final = Ed25519Signer.from_seed(b"\x33" * 32)
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of the base point of edwards25519 (RFC 8032 §5.1)."""

EVENTS: Final = (
    {
        "account": "QH-ZERO",
        "amount": 318,
        "kind": "interest",
        "occurred_on": "2026-06-12",
        "period": "2026Q2",
        "v": 1,
    },
    {
        "event": "qh-finance/s-9/0",
        "kind": "correction",
        "occurred_on": "2026-06-12",
        "reason": "金额记错",
        "v": 1,
    },
    {
        "event": "qh-finance/s-9/1",
        "kind": "correction",
        "occurred_on": "2026-06-12",
        "reason": "重复入账",
        "v": 1,
    },
)
Wire = dict[str, Any]


def canonical(value: object) -> bytes:
    """Canonical JSON of a value without fractions and with ASCII keys."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf(event: object) -> bytes:
    """The leaf hash of an event."""
    return sha256(b"\0" + canonical(event)).digest()


def signed(header: Wire, role: str, signer: Ed25519Signer) -> Wire:
    """A signature over `header`."""
    key = key_id("ed25519", signer.public)
    message = b"fundtrace/submission/v1\n" + f"{role}\n{key}\n".encode() + canonical(header)
    return {
        "alg": "ed25519",
        "key": key,
        "role": role,
        "sig": base64.b64encode(signer.sign(message)).decode(),
    }


def wire(events: tuple[Wire, ...] = EVENTS, **changed: object) -> Wire:
    """A submission whose header has `changed` fields and is signed as it then is."""
    root = root_of(leaf(event) for event in EVENTS).hex()
    header = {
        "count": len(EVENTS), "genesis": "38" * 32, "id": "s-000007", "origin": "ledger.example/jl/2026",
        "party": "qh-finance", "root": root, "signed_at": "2026-06-12T08:31:07.000Z", **changed,
    }  # fmt: skip
    header = {name: value for name, value in header.items() if value is not None}
    signatures = [signed(header, "checker", CHECKER), signed(header, "maker", MAKER)]
    return {"events": list(events), "header": header, "signatures": signatures}


def resigned(change: Callable[[bytes], bytes], **fields: str) -> Wire:
    """The submission with the maker's raw signature changed, or fields of that signature replaced."""
    made = wire()
    maker = made["signatures"][1]
    maker["sig"] = base64.b64encode(change(base64.b64decode(maker["sig"]))).decode()
    maker.update(fields)
    return made


def with_signatures(*signatures: Wire) -> Wire:
    """The submission under other signatures."""
    return {**wire(), "signatures": list(signatures)}


def flipped(raw: bytes) -> bytes:
    """One bit of the scalar changed."""
    return raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]


def beyond_the_order(raw: bytes) -> bytes:
    """The same point with the scalar S + L: a second spelling of a good signature."""
    return raw[:32] + (int.from_bytes(raw[32:], "little") + ORDER).to_bytes(32, "little")


def _wrong() -> dict[str, tuple[Wire | bytes, str, Reason]]:
    plain = canonical(wire())
    maker, checker = signed(wire()["header"], "maker", MAKER), signed(wire()["header"], "checker", CHECKER)
    unpadded = maker["sig"].rstrip("=")
    return {
        "event-omitted": (wire(EVENTS[:2]), "two of three events", "proof"),
        "event-added": (wire((*EVENTS, EVENTS[0])), "four of three events", "proof"),
        "events-swapped": (wire(EVENTS[::-1]), "another order", "proof"),
        "event-changed": (wire(({**EVENTS[0], "amount": 319}, *EVENTS[1:])), "one amount is higher by one", "proof"),
        "count-of-other-events": (wire(count=4), "the signed count is not that of the events", "proof"),
        "root-of-other-events": (wire(root="00" * 32), "the signed root is not that of the events", "proof"),
        "flipped-bit-in-signature": (resigned(flipped), "one bit of S", "signature"),
        "scalar-beyond-the-order": (resigned(beyond_the_order), "S + L for S", "signature"),
        "signature-of-63-bytes": (resigned(lambda raw: raw[:-1]), "a byte is missing", "signature"),
        "signature-unpadded": (resigned(bytes, sig=unpadded), "base64 without padding", "signature"),
        "signed-by-another-key": (
            resigned(bytes, sig=signed(wire()["header"], "maker", OTHER)["sig"]), "not the key that is named", "signature",
        ),
        "signed-in-another-role": (resigned(bytes, role="transcriber"), "signed as maker", "signature"),
        "signature-of-another-header": (
            {**wire(), "header": wire(id="s-000008")["header"]}, "the id was changed after signing", "signature",
        ),
        "key-unknown": (
            with_signatures(checker, signed(wire()["header"], "maker", OTHER)), "nobody registered the key", "signature",
        ),
        "algorithm-unknown": (resigned(bytes, alg="sm2-sm3"), "the key is of another suite", "signature"),
        "signatures-out-of-order": (with_signatures(maker, checker), "sorted by role and key", "form"),
        "signature-twice": (with_signatures(checker, maker, maker), "each stands once", "form"),
        "no-signatures": (with_signatures(), "somebody signs", "form"),
        "seventeen-signatures": (
            with_signatures(*({**checker, "role": "a" * at} for at in range(1, 18))), "at most 16", "form",
        ),
        "no-events": ({**wire(), "events": []}, "at least one event", "form"),
        "events-are-no-list": ({**wire(), "events": {}}, "a list of events", "form"),
        "unknown-field": ({**wire(), "comment": 1}, "a submission has no other fields", "form"),
        "unknown-field-in-header": (wire(comment=1), "a header has no other fields", "form"),
        "header-without-root": (wire(root=None), "a field is missing", "form"),
        "count-0": (wire(count=0), "at least one event", "form"),
        "id-with-space": (wire(id="s 000007"), "identifiers hold no space", "form"),
        "instant-without-milliseconds": (wire(signed_at="2026-06-12T08:31:07Z"), "milliseconds are missing", "form"),
        "day-that-is-none": (wire(signed_at="2026-02-30T08:31:07.000Z"), "30 February", "form"),
        "repeated-key": (replaced(plain, b'"count":3', b'"count":3,"count":3'), "a key stands twice", "form"),
        "repeated-key-in-event": (replaced(plain, b'"amount":318', b'"amount":1,"amount":318'), "also below", "form"),
        "count-with-fraction": (replaced(plain, b'"count":3', b'"count":3.0'), "a whole number with a fraction", "form"),
        "truncated": (plain[:-1], "the last byte is missing", "form"),
        "two-submissions": (plain + b"\n" + plain, "one to a line", "form"),
        "not-utf-8": (replaced(plain, "重复".encode(), b"\xd6\xd8"), "not UTF-8", "form"),
        "empty": (b"", "no bytes", "form"),
    }  # fmt: skip


def cases() -> Iterator[Case]:
    """Every vector of `submission`; the context gives the keys that are registered."""
    keys = {key_id("ed25519", one.public): base64.b64encode(one.public).decode() for one in (MAKER, CHECKER)}
    context = {"keys": {key: {"alg": "ed25519", "public": public} for key, public in keys.items()}}
    header = wire()["header"]
    says = {
        "count": "3", "id": header["id"], "party": header["party"], "root": header["root"],
        "leaves": [leaf(event).hex() for event in EVENTS],
        "signed": [[one["role"], one["key"]] for one in wire()["signatures"]],
    }  # fmt: skip
    good = {
        "happy-path": (canonical(wire()), "canonical on the wire"),
        "free-spelling": (
            json.dumps(dict(reversed(wire().items())), indent=2).encode(), "white space, escapes and key order are free",
        ),
    }  # fmt: skip
    for name, (data, about) in good.items():
        yield Case(
            format="submission", name=name, about=about, input=carried(data), context=context, accepted=says
        )
    for name, (what, about, reason) in _wrong().items():
        data = what if isinstance(what, bytes) else canonical(what)
        yield Case(
            format="submission", name=name, about=about, input=carried(data), context=context, refused=reason
        )
