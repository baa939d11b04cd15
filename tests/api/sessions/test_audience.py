# SPDX-License-Identifier: Apache-2.0
"""Addresses at which people sign in: spelt as browsers do, https anywhere, http on this machine only."""

from __future__ import annotations

import pytest

from api.sessions.audience import cookie_name, own_addresses, parse_addresses
from ledger.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "https://ledger.example", "https://ledger.example:8443", "http://127.0.0.1:8000", "http://localhost",
        "http://[::1]:8000", "https://10.0.0.7",
    ],
)  # fmt: skip
def test_addresses_of_a_server(text: str) -> None:
    """Each stands for itself."""
    assert parse_addresses(f"  {text}\n") == {text}


@pytest.mark.parametrize(
    "text",
    [
        "http://ledger.example", "https://ledger.example/", "https://ledger.example:443", "http://127.0.0.1:80",
        "https://Ledger.example", "ledger.example", "https://", "ftp://ledger.example", "https://user@ledger.example",
        "https://ledger.example:99999", "https://ledger.example#x", "http://127.0.0.1.evil.test:8000",
    ],
)  # fmt: skip
def test_what_is_no_address_to_sign_in_at(text: str) -> None:
    """Another spelling, or http beyond this machine: the message names it, a good one beside it does not help."""
    with pytest.raises(InputError, match="FUNDTRACE_PUBLIC_ADDRESSES") as caught:
        parse_addresses(f"https://ledger.example {text}")
    assert text in caught.value.message_zh


@pytest.mark.parametrize(
    ("bound", "found"),
    [
        ("http://127.0.0.1:8000/", {"http://127.0.0.1:8000", "http://localhost:8000"}),
        ("http://127.0.0.1:80/", {"http://127.0.0.1", "http://localhost"}),
        ("http://[::1]:9/", {"http://[::1]:9", "http://localhost:9"}),
        ("http://0.0.0.0:8000/", set()),
        ("http://192.0.2.7:8000/", set()),
    ],
)
def test_a_server_on_this_machine_knows_its_addresses(bound: str, found: set[str]) -> None:
    """Bound elsewhere it has to be told."""
    assert own_addresses(bound) == found


def test_the_cookie_goes_by_the_scheme() -> None:
    """The prefix makes browsers hold it to https, this host and every path."""
    assert cookie_name("https://ledger.example") == "__Host-fundtrace"
    assert cookie_name("http://127.0.0.1:8000") == "fundtrace"
