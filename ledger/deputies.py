# SPDX-License-Identifier: Apache-2.0
"""Who may sign for whom at an instant (spec §3.13). A deputation ends by itself: nothing happens when its window closes."""

from collections.abc import Iterator

from ledger.kinds.registry import Key
from ledger.open_records import KeyState
from ledger.register import Register


def is_valid(state: KeyState | None, recorded: str) -> bool:
    """Whether the key signs at `recorded`: registered, not revoked, within its window."""
    if state is None or state.revoked_at is not None:
        return False
    key = state.registered
    return (key.valid_from or "") <= recorded and (key.valid_to is None or recorded < key.valid_to)


def principals(register: Register, key: str, role: str, *, recorded: str) -> Iterator[Key]:
    """The keys whose `role` the key with that id has been lent, and whose holders could sign themselves at `recorded`."""
    for one in register.deputations.values():
        grant = one.granted
        if one.ended or (grant.deputy, grant.role) != (key, role):
            continue
        state = register.keys.get(grant.principal or "")
        within = (grant.valid_from or "") <= recorded < (grant.valid_to or "")
        if within and state is not None and is_valid(state, recorded):
            yield state.registered
