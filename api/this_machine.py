# SPDX-License-Identifier: Apache-2.0
"""Whether a host is this very machine, so that what is said to it crosses no network."""

import ipaddress


def on_this_machine(host: str) -> bool:
    """Whether `host` is the loopback interface, by name or address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
