# SPDX-License-Identifier: Apache-2.0
"""Figures for monitoring, in a registry of their own for each application (Prometheus text format)."""

from typing import Literal

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

Fate = Literal["stored", "replayed", "refused"]


class Metrics:
    """Counts of one server process."""

    def __init__(self) -> None:
        """All at zero."""
        self.registry = CollectorRegistry()
        self._submissions = Counter(
            "fundtrace_submissions",
            "Submissions answered, by what became of them",
            ["fate"],
            registry=self.registry,
        )
        self._entries = Gauge("fundtrace_log_entries", "Entries in the log", registry=self.registry)
        self._folded = Gauge("fundtrace_folded_entries", "Entries counted into pages", registry=self.registry)
        self._judged = Gauge("fundtrace_judged_entries", "Entries judged", registry=self.registry)

    def submitted(self, fate: Fate) -> None:
        """One more submission ended like this."""
        self._submissions.labels(fate).inc()

    def text(self, *, size: int, folded: int, judged: int) -> tuple[bytes, str]:
        """The exposition and its content type, with the present sizes."""
        self._entries.set(size)
        self._folded.set(folded)
        self._judged.set(judged)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
