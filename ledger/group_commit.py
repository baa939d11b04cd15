# SPDX-License-Identifier: Apache-2.0
"""Group commit: many threads hand in work, one of them at a time does all that has gathered.

Whoever finds nobody at work takes the head of the queue, works it off, and passes the office on to the thread whose
item is then the oldest. So there is no thread of our own to start, stop or lose, a lone caller waits for nobody, and
no caller works for others longer than for one batch.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, NoReturn, TypeVar

from ledger.errors import ProgrammerError

Item = TypeVar("Item")
Result = TypeVar("Result")

Answer = Callable[[], Result]
"""Called by the waiting thread itself: it gives the result or raises."""


class _Place(Generic[Item, Result]):
    """A place in the queue; `wake` is set when it is answered, or when its thread is to work next."""

    __slots__ = ("answer", "item", "wake")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.answer: Answer[Result] | None = None
        self.wake = threading.Event()


class GroupCommit(Generic[Item, Result]):
    """A queue in front of `work`, which never runs twice at once and gives an answer for each item, in order."""

    __slots__ = ("_limit", "_mutex", "_queue", "_weight", "_work", "_working")

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Answer[Result]]],
        *,
        weight: Callable[[Item], int],
        limit: int,
    ) -> None:
        """Gather items until their weights exceed `limit`; one item alone may."""
        self._work = work
        self._weight = weight
        self._limit = limit
        self._mutex = threading.Lock()
        self._queue: list[_Place[Item, Result]] = []
        self._working = False

    def run(self, item: Item) -> Result:
        """Return what `work` answered for `item`, as one of a batch; blocks until then.

        When `work` raises, its caller gets that exception and the others of the batch a `ProgrammerError` from it.
        """
        place: _Place[Item, Result] = _Place(item)
        with self._mutex:
            self._queue.append(place)
            leads, self._working = not self._working, True
        try:
            if not leads:
                place.wake.wait()
            if place.answer is None:
                self._lead()
        except BaseException:
            self._leave(place)
            raise
        if place.answer is None:
            raise ProgrammerError("a batch was worked off and left an item without an answer")
        return place.answer()

    def _lead(self) -> None:
        """Work off the oldest items, wake their threads, and pass the office on."""
        with self._mutex:
            batch = self._take()
        answers: Sequence[Answer[Result]] = [_unanswered] * len(batch)
        try:
            answers = self._work([place.item for place in batch])
        finally:
            for place, answer in zip(batch, answers, strict=True):
                place.answer = answer
                place.wake.set()
            with self._mutex:
                self._pass_on()

    def _take(self) -> list[_Place[Item, Result]]:
        """Remove and return the head of the queue: what fits into one batch, and at least one item."""
        total = 0
        for at, place in enumerate(self._queue):
            total += self._weight(place.item)
            if at and total > self._limit:
                taken, self._queue = self._queue[:at], self._queue[at:]
                return taken
        taken, self._queue = self._queue, []
        return taken

    def _pass_on(self) -> None:
        if self._queue:
            self._queue[0].wake.set()
        else:
            self._working = False

    def _leave(self, place: _Place[Item, Result]) -> None:
        """The thread is interrupted while it waits: give up its place, and its office if it was to work next."""
        with self._mutex:
            if place in self._queue:
                self._queue.remove(place)
                if place.wake.is_set():
                    self._pass_on()


def _unanswered() -> NoReturn:
    raise ProgrammerError("the thread that worked for this one failed; its own caller has the reason")
