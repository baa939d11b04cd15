# SPDX-License-Identifier: Apache-2.0
"""What a rule is to the judgement that runs it: it takes events in log order, then says what it found and could not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.docket import Docket
from verifier.posted import PostedEvent

_LEVELS_ZH: Final[dict[str, str]] = {
    "centre": "中央",
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡镇",
    "project": "项目",
    "payee": "收款",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that `rule` could not judge, `count` times; a rule with gaps is not clean, however few its findings."""

    rule: str
    reason: Told
    count: int


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


class DutyWatch:
    """A rule over one kind of obligation: `note` turns events into acts, `judge` obligations into findings."""

    def __init__(
        self,
        case: Case,
        rule: Rule,
        note: Callable[[PostedEvent, Case, Docket], None],
        judge: Callable[[Case, Docket], Iterator[Finding]],
    ) -> None:
        """Nothing taken yet; the acts go to the case's workspace."""
        self.rules: Final = (rule,)
        self._case = case
        self._note = note
        self._judge = judge
        self._docket = Docket(case.workspace, rule.id)

    def take(self, posted: PostedEvent) -> None:
        """Note the acts of the event."""
        self._note(posted, self._case, self._docket)

    def findings(self) -> Iterator[Finding]:
        """One finding for each obligation breached."""
        return self._judge(self._case, self._docket)

    def gaps(self) -> Iterator[Gap]:
        """Triggers for whose party no rule says how many days there are."""
        for level, count in sorted(self._docket.untimed.items()):
            reason = Told(
                zh=f"规则包、规则事件和资金文件均未规定{_LEVELS_ZH.get(level, '未登记级次的')}单位的期限",
                en=f"neither pack, policy nor fund sets a time limit for a party of level {level or 'unknown'}",
            )
            yield Gap(rule=self.rules[0].id, reason=reason, count=count)
