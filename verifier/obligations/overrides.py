# SPDX-License-Identifier: Apache-2.0
"""Emergency overrides of a prefix: what each covered, who could have signed ordinarily, and whether it was ratified."""

from dataclasses import dataclass, field
from itertools import product
from typing import Final

from ledger.kinds.mandate import Override
from ledger.kinds.registry import Key
from verifier.posted import PostedEvent

_COVERED_MAX: Final = 20


@dataclass(slots=True, kw_only=True)
class Overriding:
    """One override, the first events that it covers, and the money in all of them, in minor units.

    `able` says that the party had a maker and a checker with valid keys, of two persons and devices, when it was recorded.
    """

    declared: PostedEvent
    able: bool
    amount: int = 0
    events: int = 0
    covered: list[PostedEvent] = field(default_factory=list)
    ratified: PostedEvent | None = None


class Overrides:
    """Folds a prefix; `found` are the overrides so far, by name."""

    def __init__(self) -> None:
        """No key and no override yet."""
        self.found: dict[str, Overriding] = {}
        self._keys: dict[str, Key] = {}
        self._open: Overriding | None = None

    def take(self, posted: PostedEvent) -> None:
        """The overrides after `posted`."""
        event = posted.event
        covering = self._open
        if covering is not None and _submission(posted) != _submission(covering.declared):
            covering = self._open = None
        match event:
            case Override(action="declare"):
                able = self._is_able(posted.party, posted.recorded)
                self._open = self.found[posted.name] = Overriding(declared=posted, able=able)
            case Override(event=str(name)) if name in self.found:
                self.found[name].ratified = posted
            case Key(action="register"):
                self._keys[event.key] = event
            case Key():
                self._keys.pop(event.key, None)
            case _ if covering is not None:
                covering.amount += getattr(event, "amount", None) or 0
                covering.events += 1
                if covering.events <= _COVERED_MAX:
                    covering.covered.append(posted)
            case _:
                pass

    def _is_able(self, party: str, recorded: str) -> bool:
        valid = [key for key in self._keys.values() if key.holder == party and _holds(key, recorded)]
        makers, checkers = ([key for key in valid if role in key.roles] for role in ("maker", "checker"))
        return any(
            one.person != other.person and one.device != other.device
            for one, other in product(makers, checkers)
        )


def _holds(key: Key, recorded: str) -> bool:
    return (key.valid_from or "") <= recorded and (key.valid_to is None or recorded < key.valid_to)


def _submission(posted: PostedEvent) -> str:
    return posted.name.rpartition("/")[0]
