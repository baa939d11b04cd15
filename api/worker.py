# SPDX-License-Identifier: Apache-2.0
"""What happens behind the requests: new entries are folded soon after they are committed, and judged now and then.

One worker a process. Folding has a thread of its own, woken by a nudge or by the clock; judging is a job of APScheduler
that runs only when the log has grown. Each takes its own try-lock, so that calling them from elsewhere is safe.
"""

import datetime
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from api.projection.finding_board import Judged
from api.served_ledger import ServedLedger
from ledger.errors import EnvironmentFault, InputError, ToldError

Judge = Callable[[ServedLedger], Judged]
"""Judges everything committed so far."""

GATHER_SECONDS: Final = 0.2
"""Folding waits until nothing has been posted for so long: what is committed meanwhile is folded in one go."""
LAG_SECONDS: Final = 3
"""It waits so long at most; whoever asks for the page of an entry waits for folding, and not for this."""
REST: Final = 4
"""Judging rests so many times as long as it took: it looks at the whole log, and takes a fifth of the time at most."""
QUIET_SECONDS: Final = 2
"""Judging waits until nothing has been posted for so long, so that it does not compete with posting."""
PUT_OFF_SECONDS: Final = 120
"""It waits so long at most."""
_SECOND_NS: Final = 1_000_000_000

_LOG: Final = logging.getLogger("fundtrace.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something done every so many seconds, which tells its own failures; one that is still running is not begun again."""

    run: Callable[[], object]
    seconds: int


class Worker:
    """Keeps the read model and the findings of one process up to date."""

    def __init__(
        self,
        ledger: ServedLedger,
        judge: Judge,
        *,
        fold_seconds: int,
        judge_seconds: int,
        jobs: Sequence[Job] = (),
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Ready to start; `judge` computes the findings, `jobs` run beside it; `now_ns` never runs backwards."""
        self._jobs = (Job(run=self.judge_in_turn, seconds=judge_seconds), *jobs)
        self._now_ns = now_ns
        self._rested_ns = 0
        self._posted_ns: int | None = None
        self._put_off_ns: int | None = None
        """Since when a turn of judging has been put off; None while it is not."""
        self._ledger = ledger
        self._judge = judge
        self._fold_seconds = fold_seconds
        self._folding = threading.Lock()
        self._judging = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._scheduler: BackgroundScheduler | None = None
        self.damage: ToldError | None = None
        """Why folding stopped for good: the stored log contradicts itself. Verification says where."""

    def start(self) -> None:
        """Fold and judge in the background until `stop`."""
        self._thread = threading.Thread(target=self._run, name="fundtrace-fold", daemon=True)
        self._thread.start()
        self._scheduler = BackgroundScheduler(daemon=True, timezone=datetime.UTC)
        for job in self._jobs:
            self._scheduler.add_job(job.run, "interval", seconds=job.seconds, max_instances=1, coalesce=True)
        self._scheduler.start()

    def stop(self) -> None:
        """Return once nothing runs any more."""
        self._stopped.set()
        self._wake.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        if self._thread is not None:
            self._thread.join()

    def nudge(self) -> None:
        """Something was committed: fold it soon."""
        self._posted_ns = self._now_ns()
        self._wake.set()

    def may_fold(self, asked_ns: int) -> bool:
        """Whether folding that was asked for at `asked_ns` begins now: posting pauses, or has not for too long."""
        now = self._now_ns()
        posted = self._posted_ns
        quiet = posted is None or now - posted >= GATHER_SECONDS * _SECOND_NS
        return quiet or now - asked_ns >= LAG_SECONDS * _SECOND_NS

    def fold_all(self) -> None:
        """Fold everything committed so far, unless another thread is at it; stops early when told to stop.

        Raises:
            EnvironmentFault: the database does not answer.
            InputError: the stored log contradicts itself.
        """
        if not self._folding.acquire(blocking=False):
            return
        try:
            while self._ledger.fold() and not self._stopped.is_set():
                pass
        finally:
            self._folding.release()

    def catch_up(self, *, seconds: float) -> bool:
        """Whether everything committed before this call is folded now; waits for that at most `seconds`.

        Raises:
            EnvironmentFault, InputError: as `fold_all`.
        """
        head = self._ledger.head().size
        if self._ledger.model.size < head and self._folding.acquire(timeout=seconds):
            try:
                while self._ledger.model.size < head and self._ledger.fold():
                    pass
            finally:
                self._folding.release()
        return self._ledger.model.size >= head

    def judge_if_grown(self) -> None:
        """Judge the log if it has grown since the last time, unless another thread is at it."""
        if self.damage is not None or not self._judging.acquire(blocking=False):
            return
        try:
            judged = self._ledger.board.judged
            if judged is None or judged.size < self._ledger.head().size:
                self._ledger.board.judged = self._judge(self._ledger)
        except (EnvironmentFault, InputError) as error:
            _LOG.warning("the judgement could not be done: %s", error)
        finally:
            self._judging.release()

    def judge_in_turn(self) -> None:
        """As `judge_if_grown`, unless the last turn took so long that judging rests still (`REST`), or is put off."""
        begun = self._now_ns()
        if begun < self._rested_ns or self._is_put_off(begun):
            return
        self.judge_if_grown()
        ended = self._now_ns()
        self._rested_ns = ended + REST * (ended - begun)

    def _is_put_off(self, now_ns: int) -> bool:
        """Whether judging waits for a pause in posting, which it does not for ever."""
        posted = self._posted_ns
        if posted is None or now_ns - posted >= QUIET_SECONDS * _SECOND_NS:
            self._put_off_ns = None
            return False
        since = self._put_off_ns = now_ns if self._put_off_ns is None else self._put_off_ns
        if now_ns - since < PUT_OFF_SECONDS * _SECOND_NS:
            return True
        self._put_off_ns = None
        return False

    def _run(self) -> None:
        first = True
        while not self._stopped.is_set():
            self._wake.clear()
            try:
                self.fold_all()
                if first:
                    self.judge_if_grown()
                    first = False
            except EnvironmentFault as fault:
                _LOG.warning("folding waits: %s", fault)
            except InputError as error:
                self.damage = error
                _LOG.error("the stored log cannot be read on: %s", error)
                return
            self._wake.wait(self._fold_seconds)
            asked = self._now_ns()
            while not self._stopped.wait(GATHER_SECONDS) and not self.may_fold(asked):
                pass
