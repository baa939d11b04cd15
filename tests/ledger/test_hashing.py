# SPDX-License-Identifier: Apache-2.0
"""Leaf and node hashes against values computed elsewhere."""

from __future__ import annotations

import doctest
import hashlib

import pytest

import ledger.hashing
from ledger.errors import FormatError
from ledger.hashing import EMPTY_ROOT, HASH_SIZE, NO_PREVIOUS, hash_from_hex, leaf_hash, node_hash


def test_prefixes_keep_leaves_and_nodes_apart() -> None:
    """An entry that looks like two hashes does not hash like a node."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()
    assert leaf_hash(left + right) == hashlib.sha256(b"\x00" + left + right).digest()
    assert node_hash(left, right) != leaf_hash(left + right)


def test_constants() -> None:
    """The empty tree and the entry before the first have the values the format fixes."""
    assert hashlib.sha256().digest() == EMPTY_ROOT
    assert NO_PREVIOUS.hex() == "0" * 2 * HASH_SIZE


def test_hexadecimal_has_one_spelling() -> None:
    """Lower case only, all 64 digits, nothing around them."""
    text = EMPTY_ROOT.hex()
    assert hash_from_hex(text, place="root") == EMPTY_ROOT
    for bad in (
        text.upper(),
        text[:-1],
        text + "0",
        text + "\n",
        " " + text[1:],
        "",
        "g" * 64,
        "\uff11" * 64,
    ):
        with pytest.raises(FormatError) as caught:
            hash_from_hex(bad, place="root")
        assert (caught.value.code, caught.value.place) == ("hash.bad-hex", "root")


def test_the_worked_example_holds() -> None:
    """What the module shows in its docstring is what it does."""
    assert doctest.testmod(ledger.hashing).failed == 0
    assert doctest.testmod(ledger.hashing).attempted > 0
