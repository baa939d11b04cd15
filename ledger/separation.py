# SPDX-License-Identifier: Apache-2.0
"""Separation of duties (不相容职务分离): how many persons, each with a device of their own, stand behind some keys."""

from collections.abc import Collection
from typing import Protocol


class Signatory(Protocol):
    """Whoever a key is of: a registered key, or an administrator."""

    @property
    def person(self) -> str | None:
        """A pseudonym."""
        ...

    @property
    def device(self) -> str | None:
        """The device on which the key lies."""
        ...


def persons_apart(signatories: Collection[Signatory]) -> int:
    """How many they are, counting nobody twice and no device twice."""
    return min(len({one.person for one in signatories}), len({one.device for one in signatories}))
