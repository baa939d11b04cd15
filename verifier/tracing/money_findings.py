# SPDX-License-Identifier: Apache-2.0
"""What findings about money have in common: identity, amounts that fit, evidence, parameters."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from ledger.amount import AMOUNT_MAX
from verifier.basis.findings import (
    UNSEALED,
    Evidence,
    Finding,
    FindingClass,
    Mark,
    Rule,
    Severity,
    Step,
    finding_id,
    params_hash,
    seal,
)
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import EntryTold

HISTORICAL: Final[tuple[Mark, ...]] = ("historical",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What is particular to one finding; amounts in minor units, of any size (`bounded` makes them fit).

    `settled` says that nothing is outstanding, whatever came back: the finding is exempt, or rested on what was corrected;
    `state` says which. `subs` are the sub-ledgers of the pool `account` that it concerns (T5).
    """

    subject: tuple[str, ...]
    finding_class: FindingClass
    severity: Severity
    explanation: Told
    clears_if: Told
    account: str
    amount: int
    first: EntryTold
    decisive: EntryTold
    decisive_on: datetime.date
    fund: str | None = None
    line: str | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    restored: int | None = None
    evidence: Iterable[Evidence] = ()
    paths: tuple[tuple[Step, ...], ...] = ()
    figures: Mapping[str, int] | None = None
    parameters: Mapping[str, int | str] | None = None
    marks: frozenset[Mark] = frozenset()
    state: str | None = None
    settled: bool = False
    subs: tuple[str, ...] = ()


def money_finding(case: Case, books: MoneyBooks, rule: Rule, lead: Lead) -> Finding:
    """The finding that `lead` of `rule` is; its parameters are its terms, the windows of reconciliation and its own."""
    terms = case.book.terms(rule.id, Addressee(fund=lead.fund or ""), lead.decisive_on)
    parameters: dict[str, int | str] = {**terms.hashed(), **asdict(books.windows), **(lead.parameters or {})}
    owner = case.standing.owner(lead.account)
    marks: set[Mark] = {*lead.marks, *(HISTORICAL if case.genesis.historical else ())}
    found = {lead.first.evidence, lead.decisive.evidence, *lead.evidence}
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, rule.id, lead.subject),
            content_hash=UNSEALED,
            rule=rule.id,
            rule_version=rule.version,
            params_hash=params_hash(rule.id, rule.version, parameters),
            finding_class=lead.finding_class,
            severity=lead.severity,
            subject=lead.subject,
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=lead.explanation,
            clears_if=lead.clears_if,
            basis=terms.basis,
            parameters=parameters,
            evidence=tuple(sorted(found, key=lambda one: one.seq)),
            fund=lead.fund,
            line=lead.line,
            parties=_owners(case, owner, lead.subs),
            accounts=(lead.account, *lead.subs),
            amount_min=_fitting(lead.amount_min),
            amount=bounded(lead.amount),
            amount_max=_fitting(lead.amount_max),
            restored=_fitting(lead.restored),
            outstanding=_outstanding(lead),
            state=lead.state,
            first_event=lead.first.name,
            decisive_event=lead.decisive.name,
            decisive_on=lead.decisive_on,
            paths=lead.paths,
            figures={name: bounded(value) for name, value in (lead.figures or {}).items()},
            marks=tuple(sorted(marks)),
        )
    )


def _owners(case: Case, owner: str | None, subs: Iterable[str]) -> tuple[str, ...]:
    every = (owner, *(case.standing.owner(one) for one in subs))
    return tuple(dict.fromkeys(one for one in every if one is not None))


def _outstanding(lead: Lead) -> int | None:
    if lead.settled:
        return 0
    return None if lead.restored is None else bounded(lead.amount - lead.restored)


def bounded(amount: int) -> int:
    """`amount`, or the largest that JSON keeps exact: sums over a forged ledger may lie beyond it."""
    return max(-AMOUNT_MAX, min(amount, AMOUNT_MAX))


def account_told(case: Case, account: str) -> Told:
    """The account with its owner, as explanations say it."""
    owner = case.party(case.standing.owner(account) or account)
    return Told(zh=f"{owner.zh}的账户 {account}", en=f"account {account} of {owner.en}")


def fund_told(case: Case, fund: str) -> Told:
    """The fund with its name."""
    found = case.standing.funds.get(fund)
    if found is None:
        return Told(zh=fund, en=fund)
    return Told(zh=f"“{found.name}”（{fund}）", en=f"“{found.name_en or found.name}” ({fund})")


def _fitting(amount: int | None) -> int | None:
    return None if amount is None else bounded(amount)
