# SPDX-License-Identifier: Apache-2.0
"""Workers for what needs no order: hashing and reading ranges of entries, and checking signatures.

Replay stays with whoever asks, in order. What workers answer depends on the bytes alone, and answers are taken in the
order of the questions, so that a verification by many is one by a single worker, word for word. Workers are processes
where the log is long enough to pay for starting them, and threads elsewhere (checking a signature lets go of the
interpreter lock). A process that dies is a fault of the machine. They share nothing and are gone when the run is.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeVar

from ledger import keys
from ledger.entry import EventEntry, parse_entry
from ledger.errors import EnvironmentFault, InputError
from ledger.hashing import leaf_hash
from verifier.language import Told

WORTH_WHILE: Final = 20_000
"""Entries from which on starting processes takes less time than it saves."""
AHEAD: Final = 4
"""Bundles for each process that are read before they are asked for, so that memory stays bounded."""


class Read(NamedTuple):
    """The entries `datas` from position `first` on, as far as the source gave them, and what it lacks then.

    All of them were `judged` by an earlier run, so that their hashes are all that is asked for.
    """

    first: int
    datas: list[bytes]
    lack: Told | None
    judged: bool = False


Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Digest(NamedTuple):
    """The leaf hashes of some entries; `plain` if all of them are canonical event entries that this program knows."""

    leaves: list[bytes]
    plain: bool


class Claim(NamedTuple):
    """A signature `made` by the suite `alg` over `message`, said to be by the raw key `public`."""

    alg: str
    public: bytes
    message: bytes
    made: bytes


def hashed(read: Read) -> Digest:
    """Hash the entries and leave reading them to the asker."""
    return Digest([leaf_hash(data) for data in read.datas], plain=False)


def hashed_and_read(read: Read) -> Digest:
    """Hash the entries and read each of them strictly, unless they were judged before."""
    plain = not read.judged and all(map(_is_plain, read.datas))
    return Digest([leaf_hash(data) for data in read.datas], plain)


def are_good(claims: list[Claim]) -> list[bool]:
    """Of each signature whether it holds."""
    return [_is_good(claim) for claim in claims]


class Workers:
    """`count` threads or processes, started when first needed; a context manager that ends them."""

    __slots__ = ("_count", "_pool", "_processes")

    def __init__(self, count: int | None = None, *, processes: bool = False) -> None:
        """None is started yet; there will be one for each core unless `count` says otherwise."""
        self._count = count or os.cpu_count() or 1
        self._processes = processes and self._count > 1
        self._pool: Executor | None = None

    def __enter__(self) -> Self:
        """The workers themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them; what was not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def digests(self, reads: Iterable[Read]) -> Iterator[tuple[Read, Digest]]:
        """Every reading with its digest, in order; processes are given some of them ahead.

        Raises:
            EnvironmentFault: a process died.
        """
        if not self._processes:
            yield from ((read, hashed(read)) for read in reads)
            return
        waiting: deque[tuple[Read, Future[Digest]]] = deque()
        for read in reads:
            waiting.append((read, self.ask(hashed_and_read, read)))
            if len(waiting) > AHEAD * self._count:
                first, digest = waiting.popleft()
                yield first, answer_of(digest)
        for later, digest in waiting:
            yield later, answer_of(digest)

    def ask(self, work: Callable[[Asked], Answer], question: Asked) -> Future[Answer]:
        """The answer to come of a function at the top of a module."""
        if self._pool is None:
            self._pool = self._begin()
        try:
            return self._pool.submit(work, question)
        except BrokenProcessPool as error:
            raise _died() from error

    def _begin(self) -> Executor:
        if not self._processes:
            return ThreadPoolExecutor(max_workers=self._count, thread_name_prefix="signatures")
        context = multiprocessing.get_context(
            "spawn"
        )  # a fork would copy half of the threads of the progress bar
        return ProcessPoolExecutor(max_workers=self._count, mp_context=context)


def answer_of(answer: Future[Answer]) -> Answer:
    """The answer, waited for.

    Raises:
        EnvironmentFault: the process that worked on it died.
    """
    try:
        return answer.result()
    except BrokenProcessPool as error:
        raise _died() from error


def _is_plain(data: bytes) -> bool:
    try:
        return isinstance(parse_entry(data, place=""), EventEntry)
    except InputError:
        return False


def _is_good(claim: Claim) -> bool:
    try:
        return keys.verify(claim.alg, claim.public, claim.message, claim.made)
    except InputError:
        return False  # an algorithm for which no key can have been registered


def _died() -> EnvironmentFault:
    return EnvironmentFault(
        code="workers.died",
        place="verification",
        message_en="a worker process ended before its work was done",
        message_zh="工作进程在完成前意外终止",
        remedy_en="Free memory, or verify with --workers 1; a run with --state goes on where it stopped.",
        remedy_zh="请释放内存，或使用 --workers 1；带 --state 的验证会从中断处继续。",
    )
