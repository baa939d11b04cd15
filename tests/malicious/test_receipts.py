# SPDX-License-Identifier: Apache-2.0
"""Receipts that cheat, for every entry: proofs from another tree, of another entry, for another ledger."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from ledger.errors import InputError
from ledger.log_keys import keys_in
from ledger.receipt import Receipt, check_receipt, format_receipt, parse_receipt
from tests.malicious.attacks import Forgery, forked
from tests.malicious.every_kind import every_kind
from tests.malicious.forger import Forger, root_over
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.conftest import Sample

FORGED: Final = 10
"""Forged receipts for each entry, one of each kind below."""


@pytest.fixture(scope="module")
def honest() -> Forger:
    """A log in which every kind stands."""
    return every_kind()


@pytest.fixture(scope="module")
def fork(honest: Forger) -> Forger:
    """The same operator's other history, from the middle on."""
    half: Forgery = list(forked(honest))[len(list(forked(honest))) // 2]
    (bundle,) = (data for path, data in half.files.items() if path.startswith("tile/entries/"))
    entries = _entries_in(bundle)
    return Forger(honest.world, entries)


def _entries_in(bundle: bytes) -> list[bytes]:
    entries = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return entries


def path_to(index: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """RFC 9162 §2.1.3.1, by the recursive definition."""
    if len(hashes) == 1:
        return ()
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if index < split:
        return (*path_to(index, hashes[:split]), root_over(hashes[split:]))
    return (*path_to(index - split, hashes[split:]), root_over(hashes[:split]))


def receipt_of(forger: Forger, index: int) -> Receipt:
    """An honest receipt."""
    return Receipt(index=index, path=path_to(index, forger.leaves), checkpoint=forger.checkpoint())


def forged(honest: Forger, fork: Forger, index: int) -> list[Receipt]:
    """Receipts that do not prove entry `index` of the honest log."""
    good = receipt_of(honest, index)
    other = (index + 1) % len(honest.entries)
    stranger = Forger(make_world(origin="ledger.example/other"), list(honest.entries))
    flipped = bytes([good.path[0][0] ^ 1]) + good.path[0][1:]
    return [
        replace(good, index=other),
        replace(good, index=len(honest.entries) + index),
        replace(good, path=path_to(other, honest.leaves)),
        replace(good, path=path_to(index, fork.leaves)),
        replace(good, path=(flipped, *good.path[1:])),
        replace(good, path=good.path[:-1]),
        replace(good, path=(*good.path, hashlib.sha256(b"").digest())),
        replace(good, path=tuple(reversed(good.path))),
        replace(good, checkpoint=honest.checkpoint(len(honest.entries) - 1)),
        replace(good, checkpoint=stranger.checkpoint()),
    ]


def _proves(honest: Forger) -> Callable[[Receipt, int], bool]:
    keys = keys_in(honest.world.genesis.log_keys)

    def proves(receipt: Receipt, index: int) -> bool:
        try:
            made = parse_receipt(format_receipt(receipt))
            check_receipt(made, leaf=honest.leaves[index], verifiers=keys, origin=honest.origin)
        except InputError:
            return False
        return receipt.index == index

    return proves


def test_every_forged_receipt_is_refused(honest: Forger, fork: Forger, sample: Sample) -> None:
    """And the honest one of the same entry proves it."""
    proves = _proves(honest)
    for index in sample(range(len(honest.entries)), 40):
        assert proves(receipt_of(honest, index), index)
        receipts = forged(honest, fork, index)
        assert len(receipts) == FORGED
        assert [at for at, one in enumerate(receipts) if proves(one, index)] == [], index


def test_a_receipt_of_a_fork_is_genuine_and_shows_the_fork(honest: Forger, fork: Forger) -> None:
    """The operator signed it: alone it proves what it says, beside the honest one it proves two histories."""
    last = len(fork.entries) - 1
    keys = keys_in(honest.world.genesis.log_keys)
    head = check_receipt(receipt_of(fork, last), leaf=fork.leaves[last], verifiers=keys, origin=honest.origin)
    assert head.root != root_over(honest.leaves)
