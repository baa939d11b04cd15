# SPDX-License-Identifier: Apache-2.0
"""Labels and findings made by hand, with as few words as a test needs."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from verifier.basis.findings import Evidence, Finding, finding_id, seal, to_line
from verifier.language import Told
from verifier.simulation.labels import Label, to_lines
from verifier.simulation.scoring.leads import Lead, lead_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KNOWN = datetime.date(2026, 5, 4)
_TOLD = Told(zh="疑点", en="a lead")


def wrong(case_id: str, **changes: object) -> Label:
    """A wrong of 1,000 that the ledger proves: scheme DUP_EXACT of programme 1, decided by the event ``<case_id>/x/0``."""
    events = (f"{case_id}/x/0", f"{case_id}/x/1")
    usual = Label(
        case_id=case_id,
        scheme="DUP_EXACT",
        variant="made by hand",
        difficulty=2,
        is_violation=True,
        is_irregular_only=False,
        programme=1,
        accounts=(f"{case_id}-account",),
        events=events,
        decisive_event=events[0],
        rules=("F21",),
        expected="proved",
        amount_true=1_000,
        amount_min_provable=1_000,
        seed=1,
        fund="fund-1",
        first_detectable_date=KNOWN,
    )
    return msgspec.structs.replace(usual, **changes)


def twin(of: Label, **changes: object) -> Label:
    """The innocent twin of `of`, with events of its own."""
    name = f"{of.case_id}-twin"
    innocent = wrong(
        name,
        scheme=of.scheme,
        difficulty=of.difficulty,
        programme=of.programme,
        is_violation=False,
        expected="none",
        amount_true=0,
        amount_min_provable=0,
        first_detectable_date=None,
        twin_of=of.case_id,
    )
    return msgspec.structs.replace(innocent, **changes)


def finding(
    *events: str, rule: str = "F21", subject: str = "", amount: int | None = 1_000, **changes: object
) -> Finding:
    """A proved finding of `rule` with `events` as evidence, the first of them decisive."""
    named = (subject or "+".join(events),)
    made = Finding(
        id=finding_id("0" * 64, rule, named),
        content_hash="0" * 64,
        rule=rule,
        rule_version=1,
        params_hash="0" * 64,
        finding_class="proved",
        severity="orange",
        subject=named,
        as_of=datetime.date(2026, 8, 3),
        known_by=9_999,
        explanation=_TOLD,
        clears_if=_TOLD,
        basis=_TOLD,
        parameters={},
        evidence=tuple(Evidence(name=name, seq=1 + at, leaf="0" * 64) for at, name in enumerate(events)),
        fund="fund-1",
        amount_min=amount,
        amount=amount,
        decisive_event=events[0] if events else None,
        decisive_on=KNOWN,
    )
    return seal(msgspec.structs.replace(made, **changes))


def lead(*events: str, **changes: Any) -> Lead:  # noqa: ANN401 - fields of a finding, each of its type
    """What of such a finding is scored."""
    return lead_of(finding(*events, **changes))


def write(folder: Path, labels: Iterable[Label], findings: Iterable[Finding]) -> tuple[Path, Path]:
    """The two files in `folder`: findings, labels."""
    told, truth = folder / "findings.jsonl", folder / "labels.jsonl"
    told.write_bytes(b"".join(to_line(one) + b"\n" for one in findings))
    truth.write_bytes(to_lines(tuple(labels)))
    return told, truth
