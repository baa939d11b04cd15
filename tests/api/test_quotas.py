# SPDX-License-Identifier: Apache-2.0
"""Token buckets: ten seconds' worth at once, then the rate; nobody pays for another, and memory is bounded."""

from __future__ import annotations

import pytest

from api import quotas
from api.quotas import Buckets, site_of

SECOND = 1_000_000_000


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.ns = 5 * SECOND

    def __call__(self) -> int:
        """The time now."""
        return self.ns


def drained(buckets: Buckets, name: str) -> int:
    """How many tokens the bucket of `name` gives at once."""
    taken = 0
    while not buckets.take(name):
        taken += 1
    return taken


@pytest.mark.parametrize("rate", [1, 3, 200])
def test_a_bucket_holds_ten_seconds_worth_and_refills_at_its_rate(rate: int) -> None:
    """What is refused takes nothing, so that waiting as told is enough."""
    clock = Clock()
    buckets = Buckets(rate, now_ns=clock)
    assert drained(buckets, "a") == 10 * rate
    assert buckets.take("a") == buckets.wait("a") == 1
    clock.ns += SECOND
    assert drained(buckets, "a") == rate
    clock.ns += 3_600 * SECOND
    assert drained(buckets, "a") == 10 * rate


def test_names_do_not_pay_for_each_other() -> None:
    """An empty bucket leaves the next one full."""
    buckets = Buckets(2, now_ns=Clock())
    assert drained(buckets, "a") == drained(buckets, "b") == 20


def test_a_rate_of_zero_refuses_nothing() -> None:
    """The limit is off."""
    buckets = Buckets(0, now_ns=Clock())
    assert not any(buckets.take("a") for _ in range(10_000))


def test_the_bucket_untouched_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded; whoever is asking now is not forgotten."""
    monkeypatch.setattr(quotas, "NAMES_MAX", 2)
    buckets = Buckets(1, now_ns=Clock())
    drained(buckets, "old")
    drained(buckets, "busy")
    buckets.take("new")
    assert buckets.wait("busy") == 1
    assert buckets.wait("old") == 0


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_house_counts_as_one_sender(host: str, site: str) -> None:
    """One IPv4 address; one /64 of IPv6, inside which a sender may change its address at will."""
    assert site_of(host) == site
