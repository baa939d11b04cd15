# SPDX-License-Identifier: Apache-2.0
"""Token buckets by name: so many at once, then so many a second. In memory of one process, bounded, the clock an argument.

Kept as the generic cell rate algorithm (ITU-T I.371): one number a name, the moment at which its bucket is full again.
"""

import functools
import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

NAMES_MAX: Final = 10_000
"""Buckets remembered; beyond that the one untouched longest is forgotten, which makes it full."""
BURST_SECONDS: Final = 10
"""A full bucket holds what comes back in this time."""
_SECOND: Final = 1_000_000_000
_IPV6_SITE: Final = 64


class Buckets:
    """Buckets that get `rate` tokens a second each and hold ten seconds' worth; a rate of 0 refuses nothing."""

    def __init__(self, rate: int, *, now_ns: Callable[[], int]) -> None:
        """All full; `now_ns` is a clock that never runs backwards, in nanoseconds."""
        self._every = _SECOND // rate if rate else 0
        self._now_ns = now_ns
        self._full_at: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> int:
        """Whole seconds until the bucket of `name` has a token; 0 when it has one now. Nothing is taken."""
        with self._lock:
            return self._wait(name)

    def take(self, name: str) -> int:
        """0, and a token is taken; or the whole seconds until there is one, and nothing is taken."""
        with self._lock:
            wait = self._wait(name)
            if not wait and self._every:
                self._full_at[name] = max(self._now_ns(), self._full_at.get(name, 0)) + self._every
                self._full_at.move_to_end(name)
                if len(self._full_at) > NAMES_MAX:
                    self._full_at.popitem(last=False)
            return wait

    def _wait(self, name: str) -> int:
        missing = self._full_at.get(name, 0) - self._now_ns() - (BURST_SECONDS * _SECOND - self._every)
        return -(-missing // _SECOND) if missing > 0 and self._every else 0


@functools.lru_cache(maxsize=NAMES_MAX)
def site_of(host: str) -> str:
    """What counts as one sender: an IPv4 address, or the 64-bit network of an IPv6 one, which one house has to itself."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:  # noqa: PLR2004 - the protocol's own number
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_SITE), strict=False))
