# SPDX-License-Identifier: Apache-2.0
"""Packs (spec §2.13, §6.12) cut from two logs: an account that the province registered, and what rests on mandates.

`frozen/mandates.json` is honest up to position 27: 17 was checked by a deputy under the grant at 15, 25 with a key that the
administrators appointed at 19 to 21 registered. At 29 one who was dismissed at 27 registers a key, and 31 was checked by
the deputy after his time.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.merkle import MemoryHashes, Tree, root_of
from tests.vectors.case import Case, Reason, replaced
from tests.vectors.cases_bundle_file import LOCAL, archive, patched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Files = dict[str, bytes]
LOG: Final = tuple(
    one.encode()
    for one in json.loads((Path(__file__).parent / "frozen" / "evidence.json").read_text(encoding="utf-8"))
)
MANDATES: Final = tuple(
    one.encode()
    for one in json.loads((Path(__file__).parent / "frozen" / "mandates.json").read_text(encoding="utf-8"))
)
ORIGIN: Final = "ledger.example/jl/2026"
KEY: Final = Ed25519PrivateKey.from_private_bytes(
    sha256(f"fundtrace test key {ORIGIN} log".encode()).digest()
)
STRANGER: Final = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)
SUBJECT: Final = 12
"""The second of the three events that stand behind the header at 10."""


def _leaf(data: bytes) -> bytes:
    return sha256(b"\0" + data).digest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _key_id(key: Ed25519PrivateKey) -> bytes:
    return sha256(ORIGIN.encode() + b"\n\x01" + key.public_key().public_bytes_raw()).digest()[:4]


def vkey(key: Ed25519PrivateKey = KEY) -> str:
    """The verifier key of the log (C2SP signed-note)."""
    return f"{ORIGIN}+{_key_id(key).hex()}+{_b64(bytes([1]) + key.public_key().public_bytes_raw())}"


def checkpoint(log: tuple[bytes, ...] = LOG, key: Ed25519PrivateKey = KEY) -> bytes:
    """Over the whole log, signed."""
    text = f"{ORIGIN}\n{len(log)}\n{_b64(root_of([_leaf(one) for one in log]))}\n"
    return f"{text}\n— {ORIGIN} {_b64(_key_id(key) + key.sign(text.encode()))}\n".encode()


def _tree(leaves: list[bytes]) -> Tree:
    return Tree(MemoryHashes(leaves))


def receipt(seq: int, log: tuple[bytes, ...] = LOG, note: bytes = b"") -> bytes:
    """The `.tlog-proof` of entry `seq`."""
    path = _tree([_leaf(one) for one in log]).inclusion_path(seq, len(log))
    lines = "".join(f"{_b64(one)}\n" for one in path)
    return f"c2sp.org/tlog-proof@v1\nindex {seq}\n{lines}\n".encode() + (note or checkpoint(log))


def event_path(seq: int, log: tuple[bytes, ...] = LOG) -> bytes:
    """From the event at `seq` to `root` in its header."""
    entry = json.loads(log[seq])
    header = entry["submission"]
    count = json.loads(log[header])["header"]["count"]
    events = [json.loads(one)["event"] for one in log[header + 1 : header + 1 + count]]
    leaves = [
        _leaf(json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        for one in events
    ]
    return "".join(f"{_b64(one)}\n" for one in _tree(leaves).inclusion_path(entry["index"], count)).encode()


def members(
    subject: int,
    *needed: int,
    log: tuple[bytes, ...] = LOG,
    note: bytes = b"",
    signed: tuple[bytes, ...] = LOG,
) -> Files:
    """The members of the pack of `subject` with the entries at `needed`, all of `log`; paths are those of `signed`."""
    files: Files = {"pack": f"fundtrace/pack/v1\n{subject}\n".encode(), "checkpoint": note or checkpoint(log)}
    for seq in {0, subject, *needed}:
        files[f"{seq}.entry"] = log[seq]
        files[f"{seq}.tlog-proof"] = receipt(seq, log, note)
        if json.loads(log[seq])["kind"] == "event":
            files[f"{seq}.path"] = event_path(seq, signed)
    return files


def _position(kind: str, name: str) -> int:
    """Where the log registers a party or the province's key of that role."""
    return next(
        seq
        for seq, entry in enumerate(LOG)
        if (event := json.loads(entry).get("event", {})).get("kind") == kind
        and name in {event.get("id"), event.get("person")}
    )


PARTY: Final = _position("party", "jl-finance")
MAKER: Final = _position("key", "jl-finance-maker")
CHECKER: Final = _position("key", "jl-finance-checker")


def _header_of(seq: int) -> int:
    return int(json.loads(LOG[seq])["submission"])


WHOLE: Final = (
    _header_of(SUBJECT), PARTY, _header_of(PARTY), MAKER, CHECKER, _header_of(MAKER),
)  # fmt: skip
GENESIS: Final = sha256(b"\0" + LOG[0]).hexdigest()


def packed(files: Mapping[str, bytes]) -> bytes:
    """The members as an archive with the one spelling of packs."""
    return archive(dict(sorted(files.items())))


def _case(
    name: str, about: str, data: bytes, *, says: dict[str, Any] | None = None, refused: Reason | None = None,
    **context: object,
) -> Case:  # fmt: skip
    return Case(
        format="pack", name=name, about=about, input={"base64": _b64(data)}, context=context or {"vkeys": [vkey()]},
        accepted=says, refused=refused,
    )  # fmt: skip


def _says(seq: int, outcome: str = "verified", size: int = len(LOG)) -> dict[str, str]:
    return {"seq": str(seq), "origin": ORIGIN, "size": str(size), "genesis": GENESIS, "outcome": outcome}


def _accepted() -> Iterator[Case]:
    event = packed(members(SUBJECT, *WHOLE))
    yield _case("happy-path", "an event, who signed it, and their registrations", event, says=_says(SUBJECT))
    yield _case("genesis-alone", "the evidence of entry 0", packed(members(0)), says=_says(0))
    header = packed(members(10, *WHOLE[1:]))
    yield _case("header-entry", "the evidence of a header", header, says=_says(10))
    admin = packed(members(PARTY, _header_of(PARTY)))
    yield _case("posted-by-an-administrator", "genesis registers who signed", admin, says=_says(PARTY))
    offered = packed({**members(0), "policy": f"log {vkey()}\nquorum none\n".encode()})
    yield _case("with-a-policy", "what the log offers is carried, and not trusted", offered, says=_says(0))
    yield _case(
        "nothing-from-outside", "genesis in the pack names the key", event, says=_says(SUBJECT, "self-consistent"),
        vkeys=[],
    )  # fmt: skip
    yield _case(
        "genesis-from-outside", "its hash is trusted", event, says=_says(SUBJECT), vkeys=[], genesis=GENESIS
    )


def _misspelt() -> Iterator[Case]:
    """Archives that no writer of packs makes; what they hold is the good evidence of genesis."""
    good = members(0)
    whole = packed(good)
    wrong = {
        "members-out-of-order": (archive(dict(sorted(good.items(), reverse=True))), "sorted by name"),
        "other-dates": (_dated(good), "the date is fixed"),
        "bytes-before": (b"#!/bin/sh\n" + whole, "nothing stands before the archive"),
        "bytes-behind": (whole + b"\0", "nothing stands behind it"),
        "truncated": (whole[:-1], "the last byte is missing"),
        "archive-comment": (whole[:-2] + b"\x01\0x", "a comment of the archive"),
        "compressed-member": (patched(whole, LOCAL, 8, b"\x08"), "a member said to be deflated"),
        "flipped-bit": (replaced(whole, b"fundtrace/pack/v1", b"fundtrace/pack/v0"), "a checksum of other bytes"),
        "member-of-no-pack": (packed({**good, "readme": b"x"}), "a pack has a closed set of names"),
        "position-with-leading-zero": (packed({**good, "00.entry": LOG[0]}), "positions are canonical"),
        "no-pack-member": (packed({k: v for k, v in good.items() if k != "pack"}), "nothing says which entry"),
        "no-checkpoint": (packed({k: v for k, v in good.items() if k != "checkpoint"}), "no checkpoint"),
        "another-version": (packed({**good, "pack": b"fundtrace/pack/v2\n0\n"}), "the form of another version"),
        "position-of-three-lines": (packed({**good, "pack": b"fundtrace/pack/v1\n0\n1\n"}), "one position"),
        "path-hash-of-31-bytes": (
            packed({**good, "0.path": (_b64(bytes(31)) + "\n").encode()}), "a hash has 32 bytes",
        ),
        "path-without-line-end": (packed({**good, "0.path": _b64(bytes(32)).encode()}), "lines end with LF"),
        "empty": (b"", "no bytes"),
    }  # fmt: skip
    for name, (data, about) in wrong.items():
        yield _case(name, about, data, refused="form")


def _dated(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in sorted(files.items()):
            made.writestr(zipfile.ZipInfo(name, (2026, 6, 12, 8, 0, 0)), data)
    return target.getvalue()


def _untrue() -> Iterator[Case]:
    """Packs in good form whose evidence does not hold."""
    good = members(SUBJECT, *WHOLE)
    head = _header_of(SUBJECT)
    forged = (*LOG[:SUBJECT], replaced(LOG[SUBJECT], b"na-water", b"na-finance"), *LOG[SUBJECT + 1 :])
    other = members(SUBJECT, *WHOLE, log=forged)
    strange = members(SUBJECT, *WHOLE, note=checkpoint(key=STRANGER))
    older = receipt(head, LOG, checkpoint(LOG[:14]))
    cases: dict[str, tuple[Files, str, Reason]] = {
        "entry-altered": ({**good, f"{SUBJECT}.entry": forged[SUBJECT]}, "another owner of the account", "proof"),
        "entry-altered-under-its-own-root": (other, "the log signed it, the party did not", "proof"),
        "path-of-the-neighbour": ({**good, f"{SUBJECT}.path": event_path(SUBJECT + 1)}, "the event's path", "proof"),
        "receipt-of-the-neighbour": ({**good, f"{head}.tlog-proof": receipt(head + 1)}, "it proves another entry", "proof"),
        "receipt-under-another-checkpoint": ({**good, f"{head}.tlog-proof": older}, "one checkpoint for all", "proof"),
        "spare-entry": (members(SUBJECT, *WHOLE, SUBJECT + 1), "an entry that nothing needs", "proof"),
        "path-of-a-header": ({**good, f"{head}.path": b""}, "a header is in no root", "proof"),
        "checkpoint-of-a-stranger": (strange, "signed by no key of the log", "signature"),
        "maker-not-registered": (members(SUBJECT, *(one for one in WHOLE if one != MAKER)), "a key of nobody", "signature"),
        "party-not-registered": (
            members(SUBJECT, *(one for one in WHOLE if one not in {PARTY, _header_of(PARTY)})),
            "a party unknown",
            "signature",
        ),
        "header-missing": (_without(good, head), "an event without its header", "missing"),
        "genesis-missing": (_without(good, 0), "no entry 0", "missing"),
        "header-of-a-registration-missing": (_without(good, _header_of(MAKER)), "who registered the key", "missing"),
        "receipt-missing": (_without(good, head, ".tlog-proof"), "an entry without its receipt", "missing"),
        "path-missing": (_without(good, SUBJECT, ".path"), "an event without its path", "missing"),
        "subject-missing": ({**good, "pack": b"fundtrace/pack/v1\n14\n"}, "the entry in question is not there", "missing"),
    }  # fmt: skip
    for name, (files, about, reason) in cases.items():
        yield _case(name, about, packed(files), refused=reason)
    whole = packed(good)
    yield _case(
        "another-key-trusted",
        "the reader's key did not sign",
        whole,
        refused="signature",
        vkeys=[vkey(STRANGER)],
    )
    yield _case(
        "another-genesis-trusted", "not this ledger", whole, refused="proof", vkeys=[], genesis="00" * 32
    )


def _of_mandates(subject: int, *events: int) -> bytes:
    """The pack of `subject` of the other log with these events, each with its header."""
    files: Files = {}
    for seq in {subject, *events}:
        head = int(json.loads(MANDATES[seq])["submission"])
        files |= members(seq, head, log=MANDATES, signed=MANDATES)
    return packed({**files, "pack": f"fundtrace/pack/v1\n{subject}\n".encode()})


def _mandates() -> Iterator[Case]:
    """What a deputy signed, and what rests on appointed administrators."""
    province, clerk, checker, grant = (2, 5), 13, 6, 15
    lent, appointed, later = (*province, checker, clerk, grant), (19, 20, 21), 23
    good = {
        "signed-by-a-deputy": (17, lent, "with the deputation, and the keys of those who granted it"),
        "the-deputation-itself": (grant, (*province, checker), "nothing was lent for it"),
        "key-by-appointed-administrators": (25, (*province, later, *appointed), "how they came into office"),
        "appointment": (20, appointed, "one of three in a submission"),
    }
    for name, (subject, events, about) in good.items():
        yield _case(name, about, _of_mandates(subject, *events), says=_says(subject, size=len(MANDATES)))
    wrong: dict[str, tuple[int, tuple[int, ...], str, Reason]] = {
        "deputation-missing": (17, (*province, clerk), "the deputy has not the role himself", "signature"),
        "principal-not-registered": (17, (*province, clerk, grant), "nobody known lent it", "signature"),
        "deputation-over": (31, lent, "signed when the window had closed", "signature"),
        "deputation-not-needed": (
            25, (*lent, later, *appointed), "nothing was lent to whoever signed", "proof",
        ),
        "appointments-missing": (25, (*province, later), "nobody known registered the key", "signature"),
        "one-appointment-missing": (25, (*province, later, 19, 21), "one of two signers is nobody", "signature"),
        "registered-by-one-who-was-dismissed": (29, (*appointed, 27), "not enough are in office", "signature"),
    }  # fmt: skip
    for name, (subject, events, about, reason) in wrong.items():
        yield _case(name, about, _of_mandates(subject, *events), refused=reason)


def _without(files: Files, seq: int, ending: str = "") -> Files:
    """Without the members of entry `seq`, or the one with that ending."""
    endings = {ending} if ending else {".entry", ".tlog-proof", ".path"}
    return {name: data for name, data in files.items() if name not in {f"{seq}{one}" for one in endings}}


def cases() -> Iterator[Case]:
    """Every vector of `pack`."""
    yield from _accepted()
    yield from _misspelt()
    yield from _untrue()
    yield from _mandates()
