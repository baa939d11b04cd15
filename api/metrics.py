# SPDX-License-Identifier: Apache-2.0
"""Figures for monitoring, in a registry of their own for each application (Prometheus text format)."""

from typing import Literal

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from api.notices.notice_round import NoticeHealth
from api.witnessing.health import Health

Fate = Literal["stored", "replayed", "refused"]


class Metrics:
    """Counts of one server process."""

    def __init__(self) -> None:
        """All at zero; nothing of a quorum before one is known of."""
        self._has_quorum = False
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

        self._cosigned = Gauge(
            "fundtrace_witness_cosigned_entries",
            "Entries under the last checkpoint that the witness cosigned",
            ["witness"],
            registry=self.registry,
        )
        self._success = Gauge(
            "fundtrace_witness_last_success_timestamp_seconds",
            "Time of the last cosignature of the witness, 0 before the first",
            ["witness"],
            registry=self.registry,
        )
        self._failures = Gauge(
            "fundtrace_witness_failures",
            "Failed attempts in a row of this process",
            ["witness"],
            registry=self.registry,
        )
        self._notices = Gauge(
            "fundtrace_notices",
            "Notices of today by what became of them; failing ones are waiting too",
            ["fate"],
            registry=self.registry,
        )
        self._quorum = Gauge(
            "fundtrace_quorum_entries",
            "Entries under the newest checkpoint that the quorum of witnesses cosigned",
            registry=None,
        )
        self._reached = Gauge(
            "fundtrace_quorum_reached",
            "Whether the newest checkpoint has reached the quorum of witnesses",
            registry=None,
        )

    def submitted(self, fate: Fate) -> None:
        """One more submission ended like this."""
        self._submissions.labels(fate).inc()

    def witnessed(self, health: Health) -> None:
        """The figures of the witnesses are these; those of a quorum stand only where one is asked for."""
        for one in health.witnesses:
            self._cosigned.labels(one.url).set(one.size)
            self._success.labels(one.url).set(one.seconds)
            self._failures.labels(one.url).set(one.failures)
        if health.quorum_size is not None:
            if not self._has_quorum:
                self.registry.register(self._quorum)
                self.registry.register(self._reached)
                self._has_quorum = True
            self._quorum.set(health.quorum_size)
            self._reached.set(health.quorum_reached)

    def noticed(self, health: NoticeHealth) -> None:
        """The figures of today's notices are these."""
        for fate, count in (
            ("sent", health.sent),
            ("waiting", health.waiting),
            ("failing", len(health.troubled)),
        ):
            self._notices.labels(fate).set(count)

    def text(self, *, size: int, folded: int, judged: int) -> tuple[bytes, str]:
        """The exposition and its content type, with the present sizes."""
        self._entries.set(size)
        self._folded.set(folded)
        self._judged.set(judged)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST
