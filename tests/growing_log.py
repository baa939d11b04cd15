# SPDX-License-Identifier: Apache-2.0
"""A log for tests of witnesses: leaves out of numbers, signed heads of any size, proofs; and a second, other history."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from api.witness.request import AddCheckpoint, format_request
from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.cosignature import CosignerKey, cosign_text
from ledger.hashing import leaf_hash
from ledger.keys import Ed25519Signer, MlDsa44Signer
from ledger.merkle import MemoryHashes, Tree
from ledger.note import format_note, sign_text
from ledger.vkey import VerifierKey

if TYPE_CHECKING:
    from ledger.cosignature import LogKey

MAX_SIZE = 300
SIGNED_AT = 1_800_000_000


@dataclass(frozen=True, kw_only=True)
class GrowingLog:
    """A log of up to 300 entries; `fork` is the position from which its leaves are others."""

    origin: str = "ledger.example/log"
    fork: int = MAX_SIZE
    quantum: bool = True
    tree: Tree = field(init=False)

    def __post_init__(self) -> None:
        """Hash the leaves."""
        leaves = (leaf_hash(f"{self.origin}/{n}/{n >= self.fork}".encode()) for n in range(MAX_SIZE))
        object.__setattr__(self, "tree", Tree(MemoryHashes(leaves)))

    @property
    def signer(self) -> Ed25519Signer:
        """The log's Ed25519 key."""
        return Ed25519Signer.from_seed(sha256(self.origin.encode()).digest())

    @property
    def quantum_signer(self) -> MlDsa44Signer:
        """The log's ML-DSA-44 key."""
        return MlDsa44Signer.from_seed(sha256(self.origin.encode()).digest())

    @property
    def keys(self) -> tuple[LogKey, ...]:
        """What a witness is told of it."""
        first = VerifierKey(name=self.origin, public=self.signer.public)
        if not self.quantum:
            return (first,)
        return first, CosignerKey(name=self.origin, alg="ml-dsa-44", public=self.quantum_signer.public)

    def text(self, size: int) -> str:
        """The checkpoint text of `size` entries."""
        return format_checkpoint(Checkpoint(origin=self.origin, size=size, root=self.tree.root(size)))

    def note(self, size: int) -> bytes:
        """The signed checkpoint of `size` entries."""
        text = self.text(size)
        lines = [sign_text(text, name=self.origin, signer=self.signer)]
        if self.quantum:
            lines.append(cosign_text(text, name=self.origin, signer=self.quantum_signer, seconds=SIGNED_AT))
        return format_note(text, lines)

    def request(self, old: int, size: int) -> bytes:
        """A request that leads from `old` to `size`."""
        proof = tuple(self.tree.consistency_path(old, size)) if 0 < old < size else ()
        return format_request(AddCheckpoint(old=old, proof=proof, note=self.note(size)))
