# SPDX-License-Identifier: Apache-2.0
"""What our own Python says of a vector: one function a format, from the vector to what was accepted."""

from __future__ import annotations

import base64
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.anchor import format_anchor, format_index, parse_anchor, parse_index
from ledger.bundle import BundleReader
from ledger.canonical import parse_canonical
from ledger.checkpoint import format_checkpoint, open_checkpoint, parse_checkpoint
from ledger.cosignature import parse_cosigner_key, seconds_in
from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.errors import MissingError, ProofError, SignatureError
from ledger.hashing import leaf_hash
from ledger.keys import ED25519, ML_DSA_44, suite_of, verify
from ledger.kinds.form import kind_of
from ledger.merkle import Node
from ledger.note import format_note, open_note, parse_note
from ledger.policy import Policy, parse_policy
from ledger.proofs import check_consistency, check_inclusion
from ledger.receipt import check_receipt, format_receipt, parse_receipt
from ledger.submission import check_signature, events_root, parse_wire
from ledger.tile_reader import TileReader
from ledger.tiles import decode_bundle, parse_tile_path
from ledger.vkey import VerifierKey, parse_vkey
from tests.vectors.case import carried_bytes
from verifier.evidence.pack import format_pack, parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.submission import Signature, Submission

Vector = dict[str, Any]
MOST: Final = 1 << 20


def reason_of(error: Exception) -> str:
    """The reason class of a refusal (README.md)."""
    classes = {MissingError: "missing", SignatureError: "signature", ProofError: "proof"}
    return next((name for kind, name in classes.items() if isinstance(error, kind)), "form")


def _keys(vector: Vector) -> list[VerifierKey]:
    return [parse_vkey(text) for text in vector["context"]["vkeys"]]


def _refuse(kind: type[ProofError | SignatureError]) -> ProofError | SignatureError:
    return kind(code="vector", place="vector", message_en="refused", message_zh="拒绝")


def read_canonical(vector: Vector) -> Vector:
    """Canonical bytes say nothing more."""
    parse_canonical(carried_bytes(vector["input"]), max_bytes=MOST)
    return {}


def read_entry(vector: Vector) -> Vector:
    """Its envelope and leaf hash; the event of an unknown kind must be canonical as well (I1)."""
    data = carried_bytes(vector["input"])
    entry = parse_entry(data, place="entry")
    found: Vector = {
        "leaf": leaf_hash(data).hex(),
        "prev": entry.prev,
        "recorded": entry.recorded,
        "seq": str(entry.seq),
    }
    match entry:
        case GenesisEntry():
            return {**found, "kind": "genesis"}
        case HeaderEntry():
            header = {"count": str(entry.header.count), "id": entry.header.id, "party": entry.header.party}
            return {**found, **header, "kind": "submission"}
        case ForeignEntry():
            return {**found, **_place(entry), "event_kind": entry.kind, "event_v": str(entry.version)}
        case EventEntry():
            return {
                **found, **_place(entry), "event_kind": kind_of(entry.event), "event_v": str(entry.event.v),
            }  # fmt: skip


def _place(entry: EventEntry | ForeignEntry) -> Vector:
    return {"kind": "event", "submission": str(entry.submission), "index": str(entry.index)}


def read_submission(vector: Vector) -> Vector:
    """Form, count and root, then each signature by the registered key that it names."""
    submission = parse_wire(carried_bytes(vector["input"]))
    header = submission.header
    if header.count != len(submission.events) or header.root != events_root(submission.event_bytes):
        raise _refuse(ProofError)
    for signature in submission.signatures:
        _check_signature(signature, submission, vector["context"]["keys"])
    return {
        "count": str(header.count), "id": header.id, "party": header.party, "root": header.root,
        "leaves": [leaf_hash(event).hex() for event in submission.event_bytes],
        "signed": [[one.role, one.key] for one in submission.signatures],
    }  # fmt: skip


def _check_signature(signature: Signature, submission: Submission, keys: Vector) -> None:
    key = keys.get(signature.key)
    if key is None or key["alg"] != signature.alg:
        raise _refuse(SignatureError)
    suite_of(key["alg"])
    if not check_signature(signature, submission.header, public=base64.b64decode(key["public"])):
        raise _refuse(SignatureError)


def read_ed25519(vector: Vector) -> Vector:
    """A signature that holds says nothing more."""
    return _read_signature(ED25519, vector["input"])


def read_mldsa44(vector: Vector) -> Vector:
    """A signature that holds says nothing more."""
    return _read_signature(ML_DSA_44, vector["input"])


def _read_signature(alg: str, parts: Vector) -> Vector:
    if not verify(alg, *(bytes.fromhex(parts[name]) for name in ("public", "message", "signature"))):
        raise _refuse(SignatureError)
    return {}


def read_cosignature(vector: Vector) -> Vector:
    """Who cosigned, and when."""
    opened = open_note(carried_bytes(vector["input"]), [parse_cosigner_key(vector["context"]["vkey"])])
    (one,) = opened.verified
    return {"name": one.name, "seconds": str(seconds_in(one.signature))}


def read_policy(vector: Vector) -> Vector:
    """What the policy says, and of a checkpoint in the context its size and who cosigned it."""
    policy = parse_policy(carried_bytes(vector["input"]).decode(), place="policy")
    groups = {name: [str(one.threshold), *one.members] for name, one in policy.groups.items()}
    says: Vector = {
        "logs": [log.key.text for log in policy.logs], "quorum": policy.quorum, "groups": groups,
        "retired": [[log.key.text, log.recorded] for log in policy.retired],
        "witnesses": {name: one.key.text for name, one in policy.witnesses.items()},
    }  # fmt: skip
    return says | _judge(policy, vector["context"]["checkpoint"]) if "context" in vector else says


def _judge(policy: Policy, note: str) -> Vector:
    """A key of the log has signed, no known key fails, and the quorum is reached (spec §2.8)."""
    logs = [log.key for log in policy.logs]
    opened = open_note(note.encode(), [*logs, *(one.key for one in policy.witnesses.values())])
    signed = {(one.name, one.key_id) for one in opened.verified}
    checkpoint = parse_checkpoint(opened.text)
    cosigned = {
        name: one.key
        for name, one in policy.witnesses.items()
        if (one.key.name, one.key.note_key_id) in signed
    }
    by_log = any(key.name == checkpoint.origin and (key.name, key.note_key_id) in signed for key in logs)
    if not by_log or not policy.satisfied(cosigned.values()):
        raise _refuse(SignatureError)
    return {"size": str(checkpoint.size), "cosigned": sorted(cosigned)}


def read_vkey(vector: Vector) -> Vector:
    """Name and id; writing the key again gives the same text."""
    text = vector["input"]["text"]
    key = parse_vkey(text)
    assert key.text == text
    return {"name": key.name, "key_id": key.note_key_id.hex()}


def read_note(vector: Vector) -> Vector:
    """The text, and whose signatures hold; writing the note again gives the same bytes."""
    data = carried_bytes(vector["input"])
    opened = open_note(data, _keys(vector))
    parsed = parse_note(data)
    assert format_note(parsed.text, parsed.signatures) == data
    return {"text": opened.text, "verified": [signature.name for signature in opened.verified]}


def read_checkpoint(vector: Vector) -> Vector:
    """What the log says of itself; writing it again gives the same text."""
    data = carried_bytes(vector["input"])
    checkpoint = open_checkpoint(data, _keys(vector))
    assert format_checkpoint(checkpoint) == parse_note(data).text
    numbers = {"size": str(checkpoint.size), "root": checkpoint.root.hex()}
    return {"origin": checkpoint.origin, **numbers, "extensions": list(checkpoint.extensions)}


def read_receipt(vector: Vector) -> Vector:
    """Place and size; writing the receipt again gives the same bytes."""
    data, context = carried_bytes(vector["input"]), vector["context"]
    receipt = parse_receipt(data)
    assert format_receipt(receipt) == data
    leaf = bytes.fromhex(context["leaf"])
    checkpoint = check_receipt(receipt, leaf=leaf, verifiers=_keys(vector), origin=context["origin"])
    extra = {} if receipt.extra is None else {"extra": receipt.extra.decode()}
    return {"index": str(receipt.index), "size": str(checkpoint.size), **extra}


def read_tile_path(vector: Vector) -> Vector:
    """The tile that is named; writing the path again gives the same text."""
    path = vector["input"]["text"]
    tile = parse_tile_path(path)
    assert tile.path == path
    level = None if tile.level is None else str(tile.level)
    return {"level": level, "number": str(tile.number), "width": str(tile.width)}


def read_tile(vector: Vector) -> Vector:
    """The leaf hash at the index, proved under size and root by nothing but the files."""
    files, context = vector["input"]["files"], vector["context"]

    def fetch(path: str) -> bytes:
        if path not in files:
            raise MissingError(code="vector.missing", place=path, message_en="not there", message_zh="没有")
        return base64.b64decode(files[path])

    reader = TileReader(fetch, size=int(context["size"]), root=bytes.fromhex(context["root"]))
    return {"leaf": reader.read_hashes([Node(level=0, position=int(context["index"]))])[0].hex()}


def read_entry_bundle(vector: Vector) -> Vector:
    """The leaf hashes of the entries."""
    tile = parse_tile_path(vector["context"]["path"])
    entries = decode_bundle(carried_bytes(vector["input"]), tile=tile)
    return {"leaves": [leaf_hash(entry).hex() for entry in entries]}


def read_inclusion(vector: Vector) -> Vector:
    """A proof that holds says nothing more."""
    proof = vector["input"]
    check_inclusion(
        index=int(proof["index"]), size=int(proof["size"]), leaf=bytes.fromhex(proof["leaf"]),
        path=[bytes.fromhex(one) for one in proof["path"]], root=bytes.fromhex(proof["root"]),
    )  # fmt: skip
    return {}


def read_consistency(vector: Vector) -> Vector:
    """A proof that holds says nothing more."""
    proof = vector["input"]
    check_consistency(
        old_size=int(proof["old_size"]), new_size=int(proof["new_size"]), old_root=bytes.fromhex(proof["old_root"]),
        new_root=bytes.fromhex(proof["new_root"]), path=[bytes.fromhex(one) for one in proof["path"]],
    )  # fmt: skip
    return {}


def read_anchor(vector: Vector) -> Vector:
    """What was printed; writing it again gives the same line."""
    text = vector["input"]["text"]
    anchor = parse_anchor(text)
    assert format_anchor(anchor) == text
    return {"origin": anchor.origin, "size": str(anchor.size), "root": anchor.root.hex()}


def read_anchor_index(vector: Vector) -> Vector:
    """The names of the anchors; writing the index again gives the same bytes."""
    data = carried_bytes(vector["input"])
    names = parse_index(data)
    assert format_index(names) == data
    return {"anchors": [name.text for name in names]}


def read_bundle_file(vector: Vector) -> Vector:
    """SHA-256 of each member."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vector.fundtrace"
        path.write_bytes(carried_bytes(vector["input"]))
        with BundleReader(path) as bundle:
            return {"files": {name: sha256(bundle.read(name)).hexdigest() for name in bundle.names()}}


def read_pack(vector: Vector) -> Vector:
    """What it is evidence of, and on whose word; writing the pack again gives the same bytes."""
    data, context = carried_bytes(vector["input"]), vector["context"]
    pack = parse_pack(data)
    assert format_pack(pack) == data
    shown = check_pack(pack, Trust(log_keys=tuple(_keys(vector)), genesis=context.get("genesis")))
    checkpoint = shown.belief.checkpoint
    return {
        "seq": str(shown.seq), "origin": checkpoint.origin, "size": str(checkpoint.size), "genesis": shown.genesis,
        "outcome": shown.outcome,
    }  # fmt: skip


READERS: Final[dict[str, Callable[[Vector], Vector]]] = {
    "anchor": read_anchor,
    "anchor_index": read_anchor_index,
    "bundle_file": read_bundle_file,
    "canonical": read_canonical,
    "checkpoint": read_checkpoint,
    "consistency": read_consistency,
    "cosignature_ed25519": read_cosignature,
    "cosignature_mldsa44": read_cosignature,
    "ed25519": read_ed25519,
    "entry": read_entry,
    "entry_bundle": read_entry_bundle,
    "inclusion": read_inclusion,
    "mldsa44": read_mldsa44,
    "note": read_note,
    "pack": read_pack,
    "policy": read_policy,
    "receipt": read_receipt,
    "submission": read_submission,
    "tile": read_tile,
    "tile_path": read_tile_path,
    "vkey": read_vkey,
}
