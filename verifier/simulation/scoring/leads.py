# SPDX-License-Identifier: Apache-2.0
"""The two files that are scored, read strictly: findings as `fundtrace audit --json` prints them, labels as simulated.

Of a finding only what the score needs is kept, so that long files fit in memory.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import EnvironmentFault, FormatError, LimitError
from verifier.basis.findings import Finding, FindingClass, Severity, parse_line
from verifier.simulation.labels import Label

LINE_BYTES_MAX: Final = 16 * 1024 * 1024
LINES_MAX: Final = 10_000_000

_LABEL: Final = msgspec.json.Decoder(Label)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What of a finding is scored: `evidence` gives the minor units that its paths put on each entry, else 1 for each.

    Where the possible maximum or the provable minimum is not told apart from `amount`, they are `amount`. `closed` where
    what it rested on was corrected: it stays listed (semantics T18).
    """

    id: str
    rule: str
    finding_class: FindingClass
    severity: Severity
    fund: str | None
    evidence: dict[str, int]
    decisive_event: str | None
    decisive_on: datetime.date | None
    accounts: tuple[str, ...]
    parties: tuple[str, ...]
    amount_min: int | None
    amount: int | None
    amount_max: int | None
    known_by: int
    closed: bool = False

    @property
    def accuses(self) -> bool:
        """Whether it says of somebody that something is wrong; "cannot be decided" and "was corrected" do not."""
        return not self.closed and self.finding_class != "undecidable"


def read_leads(path: Path) -> tuple[Lead, ...]:
    """The findings in the file, by (rule, id).

    Raises:
        FormatError: a line is no finding, or two have one id; the error names line and field.
        EnvironmentFault: the file cannot be read.
    """
    leads = [lead_of(parse_line(line, place=place)) for place, line in _lines(path)]
    _refuse_twice((lead.id for lead in leads), path, "id")
    return tuple(sorted(leads, key=lambda lead: (lead.rule, lead.id)))


def lead_of(finding: Finding) -> Lead:
    """What of `finding` is scored."""
    amount = finding.amount
    return Lead(
        id=finding.id,
        rule=finding.rule,
        finding_class=finding.finding_class,
        severity=finding.severity,
        fund=finding.fund,
        evidence=_weights(finding),
        decisive_event=finding.decisive_event,
        decisive_on=finding.decisive_on,
        accounts=finding.accounts,
        parties=finding.parties,
        amount_min=amount if finding.amount_min is None else finding.amount_min,
        amount=amount,
        amount_max=amount if finding.amount_max is None else finding.amount_max,
        known_by=finding.known_by,
        closed="corrected" in finding.marks,
    )


def _weights(finding: Finding) -> dict[str, int]:
    moved: dict[str, int] = {}
    for path in finding.paths:
        for step in path:
            moved[step.event] = max(step.amount, moved.get(step.event, 0))
    names = [one.name for one in finding.evidence]
    if any(moved.get(name) for name in names):
        return {name: moved.get(name, 0) for name in names}
    return dict.fromkeys(names, 1)


def read_labels(path: Path) -> tuple[Label, ...]:
    """The labels in the file, by case id.

    Raises:
        FormatError: a line is no label, two have one id, or a twin is missing; the error names line and field.
        EnvironmentFault: the file cannot be read.
    """
    labels = [parse_label(line, place=place) for place, line in _lines(path)]
    _refuse_twice((label.case_id for label in labels), path, "case_id")
    known = {label.case_id for label in labels}
    for number, label in enumerate(labels, start=1):
        if label.twin_of is not None and label.twin_of not in known:
            raise _refused(
                f"{path.name} line {number}, field twin_of",
                f"no case is called {label.twin_of!r}",
                f"没有名为 {label.twin_of!r} 的案例",
            )
    return tuple(sorted(labels, key=lambda label: label.case_id))


def parse_label(data: bytes, *, place: str) -> Label:
    """The label whose line is exactly `data`.

    Raises:
        FormatError: another form, an unknown field, or another spelling.
    """
    try:
        label = _LABEL.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(place, f"not a label: {error}", f"不是有效标签：{error}") from error
    if _ENCODER.encode(label) != data:
        raise _refused(
            place,
            "the line is not spelled as it was written (sorted fields, none unknown)",
            "该行写法与原文不符（字段须排序，不得有未知字段）",
        )
    return label


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Place and bytes of each line, without line feeds."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LINE_BYTES_MAX + 1), b""), start=1):
                place = f"{path.name} line {number}"
                if len(line) > LINE_BYTES_MAX or number > LINES_MAX:
                    raise _too_much(place)
                yield place, line.removesuffix(b"\n")
    except OSError as error:
        raise EnvironmentFault(
            code="score.unreadable",
            place=str(path),
            message_en=f"the file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取文件：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请检查路径。",
        ) from error


def _refuse_twice(names: Iterable[str], path: Path, field: str) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if name in seen:
            raise _refused(
                f"{path.name} line {number}, field {field}",
                f"{name} stands in line {seen[name]} already",
                f"{name} 已见于第 {seen[name]} 行",
            )
        seen[name] = number


def _too_much(place: str) -> LimitError:
    return LimitError(
        code="score.too-much",
        place=place,
        message_en=f"more than {LINE_BYTES_MAX:,} bytes in a line or {LINES_MAX:,} lines",
        message_zh=f"单行超过 {LINE_BYTES_MAX:,} 字节或超过 {LINES_MAX:,} 行",
        remedy_en="Score smaller worlds one by one.",
        remedy_zh="请分批评分较小的模拟账本。",
    )


def _refused(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="score.labels",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Take the file as `fundtrace simulate` or `fundtrace audit --json` wrote it.",
        remedy_zh="请使用 fundtrace simulate 或 fundtrace audit --json 的原始输出。",
    )
