# SPDX-License-Identifier: Apache-2.0
"""Public findings as figures and rows: a finding is a lead, stated by fact, figure and date."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup, escape

from api.portal.tongues import in_its_language
from api.portal.visit import Visit
from verifier.basis.findings import Finding
from verifier.language import say

RiskKind = Literal["late", "short", "gone"]

RULES_OF: Final[dict[RiskKind, frozenset[str]]] = {
    "late": frozenset({"F03", "F04"}),
    "short": frozenset({"F06"}),
    "gone": frozenset({"F01", "F02"}),
}
"""Passing on and paying late, matching short, money that left its purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What is open of one kind, in minor units, over `count` findings."""

    kind: RiskKind
    amount: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding in a list; `life` says what auditors made of it, empty where nothing yet."""

    finding: Finding
    title: Markup
    who: tuple[Markup, ...]
    amount: int | None
    open: int | None
    state: str
    life: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Something that a rule could not judge: why, and how many times."""

    rule: str
    title: Markup
    reason: Markup
    times: str


def risks(findings: Iterable[Finding]) -> tuple[Risk, ...]:
    """What is still open by kind of risk; findings about the shortage of one account count once."""
    listed = list(findings)
    made: list[Risk] = []
    for kind, rules in RULES_OF.items():
        mine = [one for one in listed if one.rule in rules and open_amount(one) > 0]
        by_matter: dict[tuple[object, ...], int] = defaultdict(int)
        for one in mine:
            by_matter[_matter(kind, one)] = max(by_matter[_matter(kind, one)], open_amount(one))
        made.append(Risk(kind=kind, amount=sum(by_matter.values()), count=len(mine)))
    return tuple(made)


def shown_amount(finding: Finding) -> int | None:
    """The one amount that the public is shown, minor units: what is provable, of a short account its total shortage.

    Source: semantics T8, *The portal shows `joint_min` only*. None where the finding is about no amount.
    """
    joint = finding.figures.get("joint_min")
    if joint is not None:
        return joint
    return finding.amount_min if finding.amount_min is not None else finding.amount


def open_amount(finding: Finding) -> int:
    """What is still open of what `shown_amount` shows; minor units."""
    shown = shown_amount(finding) or 0
    return shown if finding.outstanding is None else min(shown, finding.outstanding)


def finding_rows(visit: Visit, findings: Iterable[Finding]) -> list[FindingRow]:
    """`findings` as rows of a list."""
    words = visit.frame.words
    return [
        FindingRow(
            finding=one,
            title=rule_title(visit, one.rule),
            who=tuple(visit.names.link("party", party) for party in one.parties),
            amount=shown_amount(one),
            open=None if shown_amount(one) is None else open_amount(one),
            state=words.known(f"state.{one.state}", one.state) if one.state else "",
            life=_life(visit, one),
        )
        for one in findings
    ]


def _life(visit: Visit, finding: Finding) -> str:
    life = None if visit.judged is None else visit.judged.lives.get(finding.id)
    if life is None or life.state in {"raised", finding.state}:
        return ""
    return visit.frame.words.text(f"finding.life_{life.state}")


def gap_rows(visit: Visit) -> list[GapRow]:
    """What the last judgement could not judge, as rows of a list."""
    gaps = () if visit.judged is None else visit.judged.gaps
    return [
        GapRow(
            rule=one.rule,
            title=rule_title(visit, one.rule),
            reason=in_its_language(say(one.reason, visit.frame.language), visit.frame.language),
            times=f"{one.count:,}",
        )
        for one in gaps
    ]


def rule_title(visit: Visit, identifier: str) -> Markup:
    """What the rule is called."""
    rule = visit.judged.rules.get(identifier) if visit.judged is not None else None
    if rule is None:
        return escape(identifier)
    return in_its_language(say(rule.title, visit.frame.language), visit.frame.language)


def flagged_by_party(findings: Iterable[Finding]) -> dict[str, int]:
    """Provable money that left its purpose and is not put back, by the first party named."""
    flagged: dict[str, int] = defaultdict(int)
    for one in findings:
        if one.rule in RULES_OF["gone"] and one.parties:
            flagged[one.parties[0]] = max(flagged[one.parties[0]], open_amount(one))
    return dict(flagged)


def _matter(kind: RiskKind, finding: Finding) -> tuple[object, ...]:
    if kind == "gone" and "joint_min" in finding.figures:
        return finding.accounts[:1]
    return (finding.id,)
