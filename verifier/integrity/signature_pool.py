# SPDX-License-Identifier: Apache-2.0
"""Signatures checked beside the replay, on every core.

They are the wall of verification, and the library lets go of the interpreter lock while it checks one. What is found
does not depend on the number of threads or on their speed: everything is checked, in any order, and the lowest position
is what counts.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from ledger import authority
from ledger.errors import SignatureError
from ledger.register import Register
from ledger.submission import Header, Signature, Submission, check_signature

CHUNK: Final = 64
"""Signatures handed to a thread at a time."""
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
    """Threads that check signatures; a context manager that ends them."""

    __slots__ = ("_chunk", "_threads", "_waiting")

    def __init__(self, workers: int) -> None:
        """Begin with `workers` threads."""
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="signatures")
        self._chunk: list[Claimed] = []
        self._waiting: deque[Future[list[Claimed]]] = deque()

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the threads; what was not begun is dropped."""
        self._threads.shutdown(cancel_futures=True)

    def add(self, claims: Sequence[Claimed]) -> Iterator[Claimed]:
        """Have `claims` checked; yields wrong ones among those checked so far, and waits when too many are on their way."""
        self._chunk += claims
        if len(self._chunk) >= CHUNK:
            self._send()
        while len(self._waiting) > WAITING_MAX or (self._waiting and self._waiting[0].done()):
            yield from self._waiting.popleft().result()

    def finish(self) -> Iterator[Claimed]:
        """Every wrong one not yet told; afterwards none is on its way."""
        self._send()
        while self._waiting:
            yield from self._waiting.popleft().result()

    def _send(self) -> None:
        if self._chunk:
            chunk, self._chunk = self._chunk, []
            self._waiting.append(self._threads.submit(_wrong_ones, chunk))


def _wrong_ones(chunk: Sequence[Claimed]) -> list[Claimed]:
    return [claimed for claimed in chunk if not _holds(claimed)]


def _holds(claimed: Claimed) -> bool:
    try:
        return check_signature(claimed.signature, claimed.header, public=claimed.public)
    except SignatureError:
        return False  # an algorithm for which no key can have been registered
