# SPDX-License-Identifier: Apache-2.0
"""Every item is worked off once, in order and in groups, whoever fails or leaves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ledger.errors import ProgrammerError
from ledger.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Bench:
    """Work that can be held up, and that notes its batches."""

    def __init__(self) -> None:
        """Nothing is held up."""
        self.batches: list[list[int]] = []
        self.running = 0
        self.begun = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.failures: dict[int, BaseException] = {}

    def __call__(self, items: Sequence[int]) -> Sequence[Callable[[], int]]:
        """Double each item."""
        self.running += 1
        assert self.running == 1, "two batches at once"
        self.begun.set()
        assert self.go.wait(30)
        self.batches.append(list(items))
        self.running -= 1
        for item in items:
            if item in self.failures:
                raise self.failures[item]
        return [partial(int, item * 2) for item in items]


def gathered(
    bench: Bench, group: GroupCommit[int, int], pool: ThreadPoolExecutor, items: Sequence[int]
) -> list[int]:
    """The results of `items`, handed in one after the other while item 0 is being worked on."""
    bench.go.clear()
    first = pool.submit(group.run, 0)
    assert bench.begun.wait(30)
    rest = []
    for number, item in enumerate(items, start=1):
        rest.append(pool.submit(group.run, item))
        while len(group._queue) < number:
            threading.Event().wait(0.001)
    bench.go.set()
    return [first.result(30), *(one.result(30) for one in rest)]


def test_a_lone_caller_waits_for_nobody() -> None:
    """One item is one batch, by its own thread."""
    bench = Bench()
    assert GroupCommit(bench, weight=int, limit=10).run(7) == 14
    assert bench.batches == [[7]]


def test_what_gathers_is_one_batch_in_order_up_to_the_limit() -> None:
    """While one batch is worked on the next gathers; an item beyond the limit goes alone."""
    bench = Bench()
    group = GroupCommit(bench, weight=int, limit=10)
    with ThreadPoolExecutor(9) as pool:
        assert gathered(bench, group, pool, [1, 2, 7, 99, 3, 4]) == [0, 2, 4, 14, 198, 6, 8]
    assert bench.batches == [[0], [1, 2, 7], [99], [3, 4]]


def test_many_threads_are_all_answered() -> None:
    """Two thousand items from forty threads: each worked off once, never two batches at once."""
    bench = Bench()
    group = GroupCommit(bench, weight=lambda _item: 1, limit=25)
    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(group.run, range(2_000))) == [item * 2 for item in range(2_000)]
    assert sorted(item for batch in bench.batches for item in batch) == list(range(2_000))
    assert max(len(batch) for batch in bench.batches) <= 25


def test_a_failing_batch_fails_its_members_only() -> None:
    """The thread at work gets the exception, the others of its batch are told, the next batch goes on."""
    bench = Bench()
    group = GroupCommit(bench, weight=int, limit=10)
    bench.failures[5] = OSError("planted")
    bench.go.clear()
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(group.run, 0)
        assert bench.begun.wait(30)
        rest = []
        for number, item in enumerate([5, 4, 6], start=1):
            rest.append(pool.submit(group.run, item))
            while len(group._queue) < number:
                threading.Event().wait(0.001)
        bench.go.set()
        assert first.result(30) == 0
        with pytest.raises(OSError, match="planted"):
            rest[0].result(30)
        with pytest.raises(ProgrammerError, match="its own caller has the reason"):
            rest[1].result(30)
        assert rest[2].result(30) == 12
    assert group.run(1) == 2


def test_an_interrupted_waiter_gives_up_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that is interrupted while it waits is not worked for, and the office passes it by."""
    bench = Bench()
    group = GroupCommit(bench, weight=int, limit=1)
    bench.go.clear()
    real_wait = threading.Event.wait
    interrupted = threading.Event()

    def wait(self: threading.Event, timeout: float | None = None) -> bool:
        if threading.current_thread().name == "interrupted" and timeout is None:
            real_wait(interrupted, 30)
            real_wait(self, 30)
            raise KeyboardInterrupt
        return real_wait(self, timeout)

    outcome: list[BaseException] = []

    def wait_in_vain() -> None:
        try:
            group.run(1)
        except KeyboardInterrupt as error:
            outcome.append(error)

    monkeypatch.setattr(threading.Event, "wait", wait)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(group.run, 0)
        assert bench.begun.wait(30)
        victim = threading.Thread(target=wait_in_vain, name="interrupted")
        victim.start()
        while len(group._queue) < 1:
            real_wait(threading.Event(), 0.001)
        last = pool.submit(group.run, 2)
        while len(group._queue) < 2:
            real_wait(threading.Event(), 0.001)
        interrupted.set()
        bench.go.set()
        assert first.result(30) == 0
        assert last.result(30) == 4
        victim.join(30)
    assert len(outcome) == 1
    assert bench.batches == [[0], [2]]
