# SPDX-License-Identifier: Apache-2.0
"""Our own golden and negative vectors: one file for each form and each corruption, named after it.

A file holds the input, the keys that are trusted, and either what must be read or the `code` of the refusal.
They never change: a reader of a later version must still agree with every one of them.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.checkpoint import format_checkpoint, open_checkpoint
from ledger.errors import InputError
from ledger.note import format_note, open_note, parse_note
from ledger.receipt import check_receipt, format_receipt, parse_receipt
from ledger.tiles import parse_tile_path
from ledger.vkey import VerifierKey, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent
Vector = dict[str, Any]


def keys(vector: Vector) -> list[VerifierKey]:
    """The keys that the vector trusts."""
    return [parse_vkey(text) for text in vector["vkeys"]]


def read_note(vector: Vector) -> Vector:
    """Open the note; writing it again gives the same bytes."""
    data = base64.b64decode(vector["note_base64"]) if "note_base64" in vector else vector["note"].encode()
    opened = open_note(data, keys(vector))
    parsed = parse_note(data)
    assert format_note(parsed.text, parsed.signatures) == data
    return {"text": opened.text, "verified": [signature.name for signature in opened.verified]}


def read_vkey(vector: Vector) -> Vector:
    """Parse the key; writing it again gives the same text."""
    key = parse_vkey(vector["vkey"])
    assert key.text == vector["vkey"]
    return {"name": key.name, "key_id": key.note_key_id.hex()}


def read_checkpoint(vector: Vector) -> Vector:
    """Open the checkpoint; writing it again gives the same text."""
    checkpoint = open_checkpoint(vector["note"].encode(), keys(vector))
    assert format_checkpoint(checkpoint) == parse_note(vector["note"].encode()).text
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "extensions": list(checkpoint.extensions),
    }


def read_receipt(vector: Vector) -> Vector:
    """Check the receipt; writing it again gives the same bytes."""
    data = vector["receipt"].encode()
    receipt = parse_receipt(data)
    assert format_receipt(receipt) == data
    leaf = bytes.fromhex(vector["leaf"])
    checkpoint = check_receipt(receipt, leaf=leaf, verifiers=keys(vector), origin=vector["origin"])
    extra = {} if receipt.extra is None else {"extra": receipt.extra.decode()}
    return {"index": receipt.index, "size": checkpoint.size, **extra}


def read_tile_path(vector: Vector) -> Vector:
    """Parse the path; writing it again gives the same text."""
    tile = parse_tile_path(vector["path"])
    assert tile.path == vector["path"]
    return {"level": tile.level, "number": tile.number, "width": tile.width}


READERS: dict[str, Callable[[Vector], Vector]] = {
    "checkpoint": read_checkpoint,
    "note": read_note,
    "receipt": read_receipt,
    "tile_path": read_tile_path,
    "vkey": read_vkey,
}
INPUTS = {"desc", "code", "vkeys", "note", "note_base64", "receipt", "leaf", "path", "vkey"}


PATHS = sorted(path for kind in READERS for path in (FOLDER / kind).glob("*.json"))


@pytest.mark.parametrize("path", PATHS, ids=[f"{path.parent.name}-{path.stem}" for path in PATHS])
def test_vector(path: Path) -> None:
    """Each file is read, or refused with its code, exactly as it says."""
    vector = json.loads(path.read_bytes())
    kind = path.parent.name
    if vector["code"] is None:
        known = INPUTS | {"origin"} if kind == "receipt" else INPUTS
        wanted = {name: value for name, value in vector.items() if name not in known}
        assert READERS[kind](vector) == wanted
        return
    with pytest.raises(InputError) as caught:
        READERS[kind](vector)
    assert caught.value.code == vector["code"]
    assert caught.value.place


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_has_both_sorts(kind: str) -> None:
    """Neither the accepted nor the refused can be lost unseen."""
    codes = [json.loads(path.read_bytes())["code"] for path in (FOLDER / kind).glob("*.json")]
    assert None in codes
    assert len([code for code in codes if code is not None]) > 10
