# SPDX-License-Identifier: Apache-2.0
"""Invented persons for tests: personal fields under fixed salts, so that one field has one commitment in every run.

    sd, texts = committed(payee_name="王某", payee_id="110101199003070011")

A `tests.worlds.World` sends the disclosures of all fields made here with the events that commit to them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from ledger.commitments import Disclosure, disclose

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN: Final[dict[str, str]] = {}
"""Disclosures made so far, by commitment."""


def committed(**fields: str | int | tuple[str, ...]) -> tuple[str, ...]:
    """Commitments to `fields`, sorted, as they stand in ``_sd``; their disclosures are known from now on."""
    return tuple(one.commitment for one in disclosed(**fields))


def disclosed(**fields: str | int | tuple[str, ...]) -> tuple[Disclosure, ...]:
    """Disclosures of `fields`, sorted by their commitments and known from now on."""
    made = tuple(
        sorted(
            (one for name, value in fields.items() for one in disclose({name: value}, _salt_of(name, value))),
            key=lambda one: one.commitment,
        )
    )
    KNOWN.update((one.commitment, one.text) for one in made)
    return made


def _salt_of(name: str, value: object) -> Callable[[int], bytes]:
    return lambda size: hashlib.sha256(f"{name} {value}".encode()).digest()[:size]
