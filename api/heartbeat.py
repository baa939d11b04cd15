# SPDX-License-Identifier: Apache-2.0
"""The heartbeat: the newest checkpoint states a newer time every so often, although nothing was posted (spec §2.14).

Whoever is shown a checkpoint of yesterday can tell, because the log itself says when it last called it its newest. No entry
is added. Several processes may beat at once: each finds under the ledger lock what the other has just done.
"""

import logging
import threading
from typing import Final

from api.own_places import NoteFile
from api.served_ledger import ServedLedger
from ledger.errors import EnvironmentFault
from ledger.sequencer import Sequencer

_LOG: Final = logging.getLogger("fundtrace.heartbeat")


class Heartbeat:
    """The job; safe to run from several threads and several processes, and to run twice."""

    def __init__(
        self, ledger: ServedLedger, sequencer: Sequencer, *, seconds: int, head: NoteFile | None
    ) -> None:
        """Renew every `seconds` the time of the newest checkpoint of `ledger`, and remember it in the file `head`."""
        self._ledger = ledger
        self._sequencer = sequencer
        self._seconds = seconds
        self._head = head
        self._running = threading.Lock()

    def beat(self) -> None:
        """The newest checkpoint has a line that is younger than the interval. Failures are told in the log."""
        if not self._running.acquire(blocking=False):
            return
        try:
            self._sequencer.look()
            # Half an interval: another process that beats in between spares this one the work, and never the other way.
            self._sequencer.renew(older_than=self._seconds // 2)
            if self._head is not None and self._sequencer.rival is None:
                self._head.keep(self._ledger.head().note)
        except EnvironmentFault as fault:
            _LOG.warning("no heartbeat this time: %s", fault)
        finally:
            self._running.release()
