# SPDX-License-Identifier: Apache-2.0
"""Signatures checked beside the replay, on every core.

They are the wall of verification where submissions are small. What is found does not depend on the number of workers or on
their speed: everything is checked, in any order, and the lowest position is what counts.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from ledger import authority
from ledger.register import Register
from ledger.submission import Header, Signature, Submission, decode_signature, signed_bytes
from verifier.integrity.workers import Claim, Workers, answer_of, are_good

CHUNK: Final = 64
"""Signatures handed to a worker at a time."""
WAITING_MAX: Final = 64
"""Chunks on their way; beyond that the replay waits, so that memory stays bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A signature in the submission whose header is at `seq`, and the public key it claims to be made with."""

    seq: int
    signature: Signature
    header: Header
    public: bytes


def claims_of(register: Register, submission: Submission, *, seq: int) -> tuple[Claimed, ...] | None:
    """The signatures of the submission at `seq`, each with the key that `register` holds for it; None if one has none."""
    claims = []
    for signature in submission.signatures:
        public = authority.public_key(register, submission, signature)
        if public is None:
            return None
        claims.append(Claimed(seq=seq, signature=signature, header=submission.header, public=public))
    return tuple(claims)


class SignaturePool:
    """Signatures on their way to `workers` and back."""

    __slots__ = ("_chunk", "_waiting", "_workers")

    def __init__(self, workers: Workers) -> None:
        """None is on its way."""
        self._workers = workers
        self._chunk: list[Claimed] = []
        self._waiting: deque[tuple[Sequence[Claimed], Future[list[bool]]]] = deque()

    def add(self, claims: Sequence[Claimed]) -> Iterator[Claimed]:
        """Have `claims` checked; yields wrong ones among those checked so far, and waits when too many are on their way."""
        self._chunk += claims
        if len(self._chunk) >= CHUNK:
            self._send()
        while len(self._waiting) > WAITING_MAX or (self._waiting and self._waiting[0][1].done()):
            yield from _wrong_ones(*self._waiting.popleft())

    def finish(self) -> Iterator[Claimed]:
        """Every wrong one not yet told; afterwards none is on its way."""
        self._send()
        while self._waiting:
            yield from _wrong_ones(*self._waiting.popleft())

    def _send(self) -> None:
        if self._chunk:
            chunk, self._chunk = self._chunk, []
            asked = self._workers.ask(are_good, [_claim(claimed) for claimed in chunk])
            self._waiting.append((chunk, asked))


def _wrong_ones(chunk: Sequence[Claimed], asked: Future[list[bool]]) -> Iterator[Claimed]:
    good = answer_of(asked)
    return (claimed for claimed, is_good in zip(chunk, good, strict=True) if not is_good)


def _claim(claimed: Claimed) -> Claim:
    """A signature without its one spelling in base64 is none at all."""
    signature = claimed.signature
    message = signed_bytes(claimed.header, role=signature.role, key=signature.key)
    return Claim(signature.alg, claimed.public, message, decode_signature(signature) or b"")
