# SPDX-License-Identifier: Apache-2.0
"""What of an address is signed when a key signs in: its origin, as a browser spells it (RFC 6454 §6.2)."""

import pytest

from ledger.errors import InputError
from ledger.session_claim import audience_of


@pytest.mark.parametrize(
    ("address", "audience"),
    [
        ("https://ledger.example", "https://ledger.example"),
        ("https://Ledger.Example:443/jl", "https://ledger.example"),
        ("https://ledger.example:8443", "https://ledger.example:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_the_origin_of_an_address_is_signed(address: str, audience: str) -> None:
    """Without path and usual port, in lower case."""
    assert audience_of(address) == audience


@pytest.mark.parametrize(
    "address", ["https://账本.example", "ftp://ledger.example", "https://", "ledger.example"]
)
def test_what_has_no_such_spelling_is_refused(address: str) -> None:
    """A name in other letters is written as its server is, in ASCII."""
    with pytest.raises(InputError) as raised:
        audience_of(address)
    assert raised.value.code == "session.audience"
    assert audience_of("https://xn--dkrz00d.example") == "https://xn--dkrz00d.example"
