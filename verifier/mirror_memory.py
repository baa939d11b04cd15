# SPDX-License-Identifier: Apache-2.0
"""What a mirror remembers of the log in its folder, so that each look reads new entries only: where keys change.

The file `log-keys`: the line `fundtrace/log-keys/v1`, the number of entries looked at, and the position of each `log_key`
event among them, a line each. It belongs to the mirror, as its checkpoint does, and proves nothing to anybody else. Without
it, or where it is damaged, the entries in the folder are read again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.errors import InputError
from ledger.spelling import from_decimal
from ledger.tiles import TILE_WIDTH
from verifier.integrity.key_changes import changes_in

KEYS_FILE: Final = "log-keys"
_HEAD: Final = "fundtrace/log-keys/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlaces:
    """Positions of the `log_key` events among the first `size` entries, in order."""

    size: int
    changes: tuple[int, ...] = ()

    def grown(self, size: int, bundle: Callable[[int], list[bytes]]) -> "KeyPlaces":
        """The same over `size` entries, of which those not looked at are read by `bundle` number."""
        changes = list(self.changes)
        for number in range(self.size // TILE_WIDTH, -(-size // TILE_WIDTH)):
            first = number * TILE_WIDTH
            found = changes_in(first, bundle(number))
            changes += [seq for seq in found if self.size <= seq < size]
        return KeyPlaces(size=max(size, self.size), changes=tuple(changes))


NOTHING: Final = KeyPlaces(size=0)
"""Before the first look."""


def format_places(places: KeyPlaces) -> bytes:
    """The file of these places."""
    return "".join(f"{line}\n" for line in (_HEAD, places.size, *places.changes)).encode()


def parse_places(data: bytes) -> KeyPlaces:
    """The places in the file, or `NOTHING` where it is no such file: they can be found again."""
    try:
        head, size, *changes = data.decode("ascii").removesuffix("\n").split("\n")
        numbers = [from_decimal(text, place=KEYS_FILE) for text in (size, *changes)]
    except (ValueError, InputError):
        return NOTHING
    places = KeyPlaces(size=numbers[0], changes=tuple(numbers[1:]))
    in_order = sorted(set(places.changes)) == list(places.changes)
    sound = head == _HEAD and in_order and all(seq < places.size for seq in places.changes)
    return places if sound and format_places(places) == data else NOTHING
