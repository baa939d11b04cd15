# SPDX-License-Identifier: Apache-2.0
"""Salted commitments of personal fields: one spelling, the published algorithm, and nothing that cannot be opened."""

from __future__ import annotations

import base64
import secrets
from hashlib import sha256

import pytest

from ledger.commitments import Disclosure, commitment_of, disclose, parse_disclosure
from ledger.errors import FormatError

SALT = "AAAAAAAAAAAAAAAAAAAAAA"


def spelt(json: str) -> str:
    """`json` as the text of a disclosure."""
    return base64.urlsafe_b64encode(json.encode()).rstrip(b"=").decode()


def test_the_published_example_of_sd_jwt_hashes_alike() -> None:
    """RFC 9901 §4.2.3: the digest is over the ASCII text of the disclosure."""
    text = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert commitment_of(text) == "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"


@pytest.mark.parametrize("value", ["王某", 3, ("张三", "李四"), '引号"与反斜杠\\'])
def test_a_disclosure_reads_back(value: str | int | tuple[str, ...]) -> None:
    """Text and record are one, and the commitment is that of the text."""
    (made,) = disclose({"payee_name": value}, secrets.token_bytes)
    assert parse_disclosure(made.text) == made
    digest = sha256(made.text.encode()).digest()
    assert base64.urlsafe_b64decode(made.commitment + "=") == digest


def test_each_field_has_a_salt_of_its_own() -> None:
    """Equal values of two fields cannot be told to be equal; commitments come sorted."""
    made = disclose({"asker": "王某", "contact": "王某"}, secrets.token_bytes)
    assert len({one.salt for one in made}) == 2
    assert [one.commitment for one in made] == sorted(one.commitment for one in made)


@pytest.mark.parametrize(
    "text",
    [
        spelt(f'["{SALT}", "asker","x"]'),  # a space
        spelt(f'["{SALT}","asker","\\u0078"]'),  # a needless escape
        spelt(f'["{SALT}","asker",["x",["y"]]]'),
        spelt(f'["{SALT}","asker",{{"_sd":"x"}}]'),
        spelt(f'["{SALT}","asker",null]'),
        spelt(f'["{SALT}","asker",""]'),
        spelt(f'["{SALT}","asker",1.5]'),
        spelt(f'["{SALT}","_sd","x"]'),
        spelt(f'["{SALT}","asker"]'),
        spelt('["AAAA","asker","x"]'),  # 24 bits
        spelt('["AAAAAAAAAAAAAAAAAAAAAB","asker","x"]'),  # another spelling of the same bytes
        spelt(f'["{SALT}","asker","x"]') + "=",
        spelt(f'["{SALT}","asker","x"]')[:-1] + "*",
        "é",
        "A" * 20_000,
        spelt("[" * 5_000),
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    """Each with its place; the plain spelling is the innocent twin."""
    assert parse_disclosure(spelt(f'["{SALT}","asker","x"]')) == Disclosure(
        salt=SALT, name="asker", value="x"
    )
    with pytest.raises(FormatError, match="here") as caught:
        parse_disclosure(text, place="here")
    assert caught.value.code == "disclosure-form"
