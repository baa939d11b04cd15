# SPDX-License-Identifier: Apache-2.0
"""The public proof vectors of transparency-dev/merkle (RFC 9162), positive and negative, all of them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from ledger.errors import ProofError
from ledger.proofs import check_consistency, check_inclusion

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED_FILES = 196


def load(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every vector under a folder with its name."""
    return [(str(path.relative_to(folder)), json.loads(path.read_bytes())) for path in folder.rglob("*.json")]


def hashes(texts: list[str] | None) -> list[bytes]:
    """The path of a vector as bytes."""
    return [base64.b64decode(text) for text in texts or []]


def test_every_inclusion_vector(shared_dir: Path) -> None:
    """Each inclusion proof is accepted or refused as its file says."""
    vectors = load(shared_dir / "vectors" / "rfc9162" / "inclusion")
    wrong = [name for name, vector in vectors if refused_inclusion(vector) != vector["wantErr"]]
    assert wrong == []
    assert {vector["wantErr"] for _, vector in vectors} == {True, False}


def test_every_consistency_vector(shared_dir: Path) -> None:
    """Each consistency proof is accepted or refused as its file says; those from size 0 are refused."""
    vectors = load(shared_dir / "vectors" / "rfc9162" / "consistency")
    wrong = [name for name, vector in vectors if refused_consistency(vector) != vector["wantErr"]]
    assert wrong == []
    assert {vector["wantErr"] for _, vector in vectors} == {True, False}


def test_no_vector_is_missing(shared_dir: Path) -> None:
    """The set is whole, so that an empty folder cannot pass."""
    assert len(load(shared_dir / "vectors" / "rfc9162")) == EXPECTED_FILES


def refused_inclusion(vector: dict[str, Any]) -> bool:
    """Whether the inclusion check refuses the vector."""
    try:
        check_inclusion(
            index=vector["leafIdx"],
            size=vector["treeSize"],
            leaf=base64.b64decode(vector["leafHash"]),
            path=hashes(vector["proof"]),
            root=base64.b64decode(vector["root"]),
        )
    except ProofError:
        return True
    return False


def refused_consistency(vector: dict[str, Any]) -> bool:
    """Whether the consistency check refuses the vector."""
    try:
        check_consistency(
            old_size=vector["size1"],
            new_size=vector["size2"],
            old_root=base64.b64decode(vector["root1"]),
            new_root=base64.b64decode(vector["root2"]),
            path=hashes(vector["proof"]),
        )
    except ProofError:
        return True
    return False
