# SPDX-License-Identifier: Apache-2.0
"""What a rule is to the judgement that runs it: it takes events in log order, then says what it found and could not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.posted import PostedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that `rule` could not judge, `count` times; a rule with gaps is not clean, however few its findings."""

    rule: str
    reason: Told
    count: int


def summed(counts: Mapping[Gap, int]) -> Iterator[Gap]:
    """Gaps with their counts in a fixed order."""
    for gap, count in sorted(counts.items(), key=lambda one: (one[0].rule, one[0].reason.en)):
        yield replace(gap, count=count)


class Watch(Protocol):
    """One rule, or several over the same facts, at work on one case."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What the rules declare of themselves."""

    def take(self, posted: PostedEvent) -> None:
        """Note the next event, not later than the as-of date; the case's registers hold it already."""

    def findings(self) -> Iterator[Finding]:
        """What the rule finds over everything taken; called once, after the last event."""

    def gaps(self) -> Iterator[Gap]:
        """What it could not judge; called after `findings` is exhausted."""
