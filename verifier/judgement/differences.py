# SPDX-License-Identifier: Apache-2.0
"""What one judgement finds that another does not, over the same entries: findings that appear, vanish or change.

Two findings of one id are the same matter. It changes where its class, severity, state, due day or an amount does; that it
was judged by other numbers to the same end is no difference.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from ledger.canonical import jcs
from verifier.basis.findings import Finding, parse_line

Change = Literal["appears", "vanishes", "changes"]

COMPARED: Final = (
    "class", "severity", "state", "due", "amount_min", "amount", "amount_max", "restored", "outstanding",
)  # fmt: skip
"""Fields of a finding, by their names on the wire, in which a change is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One matter that the two judgements see otherwise; one of `before` and `after` may be missing, not both."""

    before: Finding | None
    after: Finding | None
    fields: tuple[str, ...] = ()

    @property
    def finding(self) -> Finding:
        """The finding after, or before where there is none any more."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a difference has one finding at least")
        return found

    @property
    def change(self) -> Change:
        """What becomes of it."""
        if self.before is None:
            return "appears"
        return "vanishes" if self.after is None else "changes"

    def line(self) -> bytes:
        """For programs: a JCS line without line feed."""
        said: dict[str, Any] = {"change": self.change, "rule": self.finding.rule, "id": self.finding.id}
        if self.fields:
            said["fields"] = list(self.fields)
        for name in ("before", "after"):
            finding = getattr(self, name)
            if finding is not None:
                said[name] = msgspec.to_builtins(finding)
        return jcs(said)


class _Key(msgspec.Struct, frozen=True, kw_only=True, order=True):
    rule: str
    id: str


_KEYS: Final = msgspec.json.Decoder(_Key)


def differences(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[Difference]:
    """What differs between two judgements, whose lines are sorted by (rule, id), in that order; read once, side by side."""
    left, right = iter(before), iter(after)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        first = None if one is None else _KEYS.decode(one)
        second = None if other is None else _KEYS.decode(other)
        if second is None or (first is not None and first < second):
            yield Difference(before=_read(one), after=None)
            one = next(left, None)
        elif first is None or second < first:
            yield Difference(before=None, after=_read(other))
            other = next(right, None)
        else:
            if one != other:
                yield from _changed(_read(one), _read(other))
            one, other = next(left, None), next(right, None)


def tally(found: Iterable[Difference]) -> Counter[tuple[str, Change]]:
    """How many matters of each rule appear, vanish and change."""
    return Counter((one.finding.rule, one.change) for one in found)


def _read(line: bytes | None) -> Finding | None:
    return None if line is None else parse_line(line)


def _changed(before: Finding | None, after: Finding | None) -> Iterator[Difference]:
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    fields = tuple(name for name in COMPARED if old.get(name) != new.get(name))
    if fields:
        yield Difference(before=before, after=after, fields=fields)
