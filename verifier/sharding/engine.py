# SPDX-License-Identifier: Apache-2.0
"""Who runs a stage over its shards: this process, or several processes of this machine.

A stage is a pure function of the briefing and the pieces of one shard; answers are taken in the order of the shards, so
that every engine gives the same bytes. Spark is one more engine (`verifier.sharding.spark_engine`).
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, Protocol

from ledger.errors import EnvironmentFault
from verifier.sharding import account_judging, matter_judging
from verifier.sharding.briefing import Briefing, opened, sealed
from verifier.sharding.pieces import Piece

Stage = Literal["match", "find", "judge"]

STAGES: Final[dict[Stage, Callable[[Briefing, Iterable[Piece]], Iterator[Piece]]]] = {
    "match": account_judging.match,
    "find": account_judging.find,
    "judge": matter_judging.judge,
}


class Engine(Protocol):
    """Runs stages."""

    def run(self, stage: Stage, briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
        """What `stage` makes of the pieces of each shard; `given` has the pieces of one shard together.

        Raises:
            EnvironmentFault: a process or the cluster failed.
        """


class Alone:
    """One shard after the other, in this process."""

    def run(self, stage: Stage, briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
        """See `Engine.run`."""
        for _, group in groupby(given, key=attrgetter("shard")):
            yield from STAGES[stage](briefing, list(group))


class Processes:
    """At most `workers` shards at once, each in a process of this machine."""

    def __init__(self, workers: int) -> None:
        """Processes are started when a stage is run, and gone when it is done."""
        self._workers = workers

    def run(self, stage: Stage, briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
        """See `Engine.run`."""
        data = sealed(briefing)
        context = multiprocessing.get_context("spawn")
        shards = (list(group) for _, group in groupby(given, key=attrgetter("shard")))
        try:
            with ProcessPoolExecutor(self._workers, context, initializer=_learn, initargs=(data,)) as pool:
                waiting: deque[Future[list[Piece]]] = deque()
                for shard in shards:
                    waiting.append(pool.submit(_one, stage, shard))
                    if len(waiting) > self._workers:  # no more rows in memory than the workers are busy with
                        yield from waiting.popleft().result()
                for future in waiting:
                    yield from future.result()
        except BrokenProcessPool as error:
            raise _broken() from error


_LEARNT: list[bytes] = []
"""What this worker was told when it was started; empty in any other process."""


def _learn(data: bytes) -> None:
    _LEARNT[:] = [data]


@lru_cache(maxsize=1)
def _briefing(data: bytes) -> Briefing:
    return opened(data)


def _one(stage: Stage, given: list[Piece]) -> list[Piece]:
    return list(STAGES[stage](_briefing(_LEARNT[0]), given))


def _broken() -> EnvironmentFault:
    return EnvironmentFault(
        code="judging.worker",
        place="audit",
        message_en="a process that judges ended by itself, perhaps for want of memory",
        message_zh="判定进程意外结束，可能是内存不足",
        remedy_en="Run again with fewer processes (--workers 1), or on a machine with more memory.",
        remedy_zh="请减少进程数（--workers 1）后重试，或换用内存更大的机器。",
    )
