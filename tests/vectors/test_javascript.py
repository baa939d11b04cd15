# SPDX-License-Identifier: Apache-2.0
"""The JavaScript verifier of the portal, run by Node: every vector, then random signatures, sound and corrupted."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from ledger.canonical import jcs, parse_canonical
from ledger.errors import InputError
from ledger.keys import ED25519, ML_DSA_44, Ed25519Signer, MlDsa44Signer, verify
from tests.vectors.test_vectors import FOLDER, PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.conftest import Sample
    from tests.vectors.readers import Vector

NODE: Final = shutil.which("node")
OLDEST: Final = 18
SECONDS: Final = 120
OUR_OWN: Final = frozenset({"anchor_index", "bundle_file", "pack"})
"""Formats that a browser is never given, so that the JavaScript has no reader of them."""
BOTH: Final = [path for path in PATHS if path.parent.name not in OUR_OWN]


def told(vectors: Sequence[Vector]) -> list[Vector]:
    """What it says of each vector."""
    assert NODE is not None, f"the JavaScript verifier needs Node {OLDEST} or later: make javascript"
    done = subprocess.run(
        [NODE, str(FOLDER / "judge.mjs")], input="\n".join(json.dumps(one) for one in vectors),
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[Vector] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def verdicts() -> dict[Path, Vector]:
    """What it says of each file."""
    return dict(zip(BOTH, told([json.loads(path.read_bytes()) for path in BOTH]), strict=True))


@pytest.mark.parametrize("path", BOTH, ids=[f"{path.parent.name}-{path.stem}" for path in BOTH])
def test_javascript_agrees(verdicts: dict[Path, Vector], path: Path) -> None:
    """It accepts and says, or refuses for the reason, what the file expects; content of events it does not judge."""
    expect = json.loads(path.read_bytes())["expect"]
    expect.pop("code", None)
    found = verdicts[path]
    if expect.get("refused") == "vocabulary":
        assert "accepted" in found
    else:
        assert {name: found.get(name) for name in expect} == expect


# --- public vectors ---------------------------------------------------------------------------------------


def _proof(folder: str, vector: Vector) -> Vector:
    """A vector of transparency-dev/merkle in our form."""
    proof: Vector = {"path": [_hex(one) for one in vector["proof"] or []]}
    if folder == "inclusion":
        names = {"index": "leafIdx", "size": "treeSize", "leaf": "leafHash", "root": "root"}
    else:
        names = {"old_size": "size1", "new_size": "size2", "old_root": "root1", "new_root": "root2"}
    for ours, theirs in names.items():
        value = vector[theirs]
        proof[ours] = str(value) if isinstance(value, int) else _hex(value)
    return {"format": folder, "input": proof}


def _hex(text: str | None) -> str:
    return base64.b64decode(text or "").hex()


@pytest.mark.parametrize("folder", ["inclusion", "consistency"])
def test_public_proofs(shared_dir: Path, folder: str) -> None:
    """It agrees with every proof vector of transparency-dev/merkle (RFC 9162)."""
    files = sorted((shared_dir / "vectors" / "rfc9162" / folder).rglob("*.json"))
    public = [json.loads(path.read_bytes()) for path in files]
    found = told([_proof(folder, one) for one in public])
    assert [one["wantErr"] for one in public] == ["refused" in one for one in found]
    assert {one["wantErr"] for one in public} == {True, False}


# --- random inputs ---------------------------------------------------------------------------------------


def _corrupted(draw: random.Random, data: bytes) -> bytes:
    """One bit flipped, anywhere."""
    at = draw.randrange(8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def _questions(draw: random.Random, count: int) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    for _ in range(count):
        for signer in (
            Ed25519Signer.from_seed(draw.randbytes(32)),
            MlDsa44Signer.from_seed(draw.randbytes(32)),
        ):
            message = draw.randbytes(draw.randrange(300)) + b"."
            parts = [signer.public, message, signer.sign(message)]
            yield signer.alg, parts[0], parts[1], parts[2]
            for at in range(3):
                wrong = [_corrupted(draw, part) if at == n else part for n, part in enumerate(parts)]
                yield signer.alg, wrong[0], wrong[1], wrong[2]


def test_random_signatures(sample: Sample) -> None:
    """Both implementations say the same of sound and of corrupted signatures."""
    draw = random.Random(20_260_612)
    asked = list(_questions(draw, len(sample(range(200), 20))))
    formats = {ED25519: "ed25519", ML_DSA_44: "mldsa44"}
    names = ("public", "message", "signature")
    vectors = [
        {"format": formats[alg], "input": {name: part.hex() for name, part in zip(names, parts, strict=True)}}
        for alg, *parts in asked
    ]
    answers = ["accepted" in one for one in told(vectors)]
    ours = [verify(alg, public, message, signature) for alg, public, message, signature in asked]
    assert answers == ours
    for alg in (ED25519, ML_DSA_44):
        assert {held for (name, *_), held in zip(asked, ours, strict=True) if name == alg} == {True, False}


def test_random_json(sample: Sample) -> None:
    """Both implementations accept the same bytes as canonical JSON, whole or with one byte changed."""
    draw = random.Random(20_260_613)
    texts = [jcs(_value(draw, 0)) for _ in sample(range(5_000), 500)]
    changed = [_one_byte_changed(draw, text) for text in texts]
    asked = [*texts, *changed]
    carried = [{"base64": base64.b64encode(one).decode()} for one in asked]
    answers = ["accepted" in one for one in told([{"format": "canonical", "input": one} for one in carried])]
    assert answers == [_is_canonical(one) for one in asked]
    assert set(answers) == {True, False}


def _value(draw: random.Random, depth: int) -> object:
    letters = 'aé元\u2028\x7f\x1f"\\/\n\U0001f600 '
    kinds = ["text", "number", "flag", *(["list", "object"] if depth < 4 else [])]
    match draw.choice(kinds):
        case "text":
            return "".join(draw.choices(letters, k=draw.randrange(6)))
        case "number":
            return draw.choice([0, 7, -7, 2**53 - 1, -(2**53) + 1, draw.randrange(10**9)])
        case "flag":
            return draw.choice([True, False, None])
        case "list":
            return [_value(draw, depth + 1) for _ in range(draw.randrange(4))]
        case _:
            names = draw.sample(
                ["a", "b", "A", "_", "a1", "10", "9", "__proto__", "toString"], k=draw.randrange(5)
            )
            return {name: _value(draw, depth + 1) for name in names}


def _one_byte_changed(draw: random.Random, data: bytes) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + draw.choice([b"", b" ", b",", b"0", b"\\", b"\xff", b'"', b"}"]) + data[at + 1 :]


def _is_canonical(data: bytes) -> bool:
    try:
        parse_canonical(data, max_bytes=1 << 20)
    except InputError:
        return False
    return True
