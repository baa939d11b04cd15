# SPDX-License-Identifier: Apache-2.0
"""What stands above the findings of a report, as rows: of which ledger, judged how, and the headline figures by group."""

from collections.abc import Iterator
from typing import Literal

from api.reports.speech import Speech
from api.reports.words import AMOUNTS, COUNTED, WORKED
from verifier.audit_report.records import OwnRules, Report, Sums
from verifier.basis.tracing_rule import TRACING_RULES
from verifier.judgement.difference_text import CHANGES

GroupKey = Literal["by_rule", "by_fund", "by_place"]


def head_rows(speak: Speech, report: Report) -> tuple[tuple[str, str], ...]:
    """Which ledger, verified how, judged as of when, known by what, by which rules."""
    head = report.head
    calendars = ", ".join(f"{year} {name}" for year, name in head.calendars.items()) or "–"
    return (
        (speak.text("origin"), f"{head.name} · {head.origin}"),
        (speak.text("verdict"), "; ".join(_verdict(speak, report))),
        (speak.text("as_of"), str(head.as_of)),
        (speak.text("known_by"), f"{head.known_by:,}"),
        (speak.text("recorded"), head.recorded),
        (speak.text("pack_of_rules"), f"{head.pack} {speak.say(head.pack_title)}"),
        (speak.text("calendars"), f"{calendars}; {speak.text('provisional')}"),
        (speak.text("tracing"), speak.say(TRACING_RULES[head.tracing])),
        (speak.text("currency"), head.currency),
        (speak.text("size"), f"{head.size:,}"),
        (speak.text("genesis"), head.genesis),
        (speak.text("root"), head.root),
        *((speak.text("marks"), speak.say(mark)) for mark in head.marks),
        *((speak.text("notices"), speak.say(notice)) for notice in head.notices),
    )


def _verdict(speak: Speech, report: Report) -> Iterator[str]:
    yield speak.say(report.head.verdict)
    if report.head.good_prefix < report.head.size:
        yield speak.text("good_prefix", n=f"{report.head.good_prefix:,}")


def sums_rows(speak: Speech, key: GroupKey, report: Report) -> list[tuple[str, Sums]]:
    """The groups of one kind with what each is called; rules with their id."""
    groups: tuple[Sums, ...] = getattr(report, key)
    names = [
        f"{one.key} {speak.say(one.title)}" if key == "by_rule" else speak.say(one.title) for one in groups
    ]
    return list(zip(names, groups, strict=True))


def difference_rows(speak: Speech, own: OwnRules | None) -> list[tuple[str, ...]]:
    """What the auditor's own rules change: rule, change, both amounts, what was found."""
    return [
        (
            one.rule,
            speak.say(CHANGES[one.change]),
            *("–" if amount is None else speak.money(amount) for amount in (one.before, one.after)),
            speak.say(one.explanation),
        )
        for one in (() if own is None else own.differences)
    ]


def shown_columns(groups: list[tuple[str, Sums]], total: Sums) -> tuple[str, ...]:
    """The headline figures that are not zero everywhere, in their order; findings and amount at risk always stand."""
    always = {"findings", "at_risk"}
    return tuple(
        name
        for name in (*COUNTED, *AMOUNTS, *WORKED)
        if name in always or getattr(total, name) or any(getattr(one, name) for _, one in groups)
    )
