# SPDX-License-Identifier: Apache-2.0
"""What an audit says to people: by which rules, what was found, what cannot be decided, what was not judged.

Nothing here reads as clean that was not judged: undecidable findings and gaps are listed apart and counted.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ledger.amount import group_amount
from verifier import verdict_text
from verifier.basis.findings import Finding, FindingClass, Severity
from verifier.basis.rulepack import Notice
from verifier.basis.tracing_rule import TRACING_RULES
from verifier.judgement.audit import Audit
from verifier.judgement.run import Judgement
from verifier.language import Language, Told, counted, say

FULL_MAX: Final = 200
"""Most findings told in full; the rest is counted here, and told in full with --json."""

_DECIDED: Final[tuple[FindingClass, ...]] = ("proved", "indicated", "statistical")
CLASSES: Final[dict[FindingClass, Told]] = {
    "proved": Told(zh="已证明", en="proved"),
    "indicated": Told(zh="有迹象", en="indicated"),
    "statistical": Told(zh="统计线索", en="statistical"),
    "undecidable": Told(zh="无法判定", en="cannot be decided"),
}
SEVERITIES: Final[dict[Severity, tuple[Told, str]]] = {
    "blue": (Told(zh="蓝", en="blue"), "blue"),
    "yellow": (Told(zh="黄", en="yellow"), "yellow"),
    "orange": (Told(zh="橙", en="orange"), "dark_orange"),
    "red": (Told(zh="红", en="red"), "red"),
}


def print_report(audit: Audit, language: Language, *, checks: bool = False) -> None:
    """The report stands on standard output; with `checks`, and wherever one failed, it begins with all of them."""
    console = Console()
    print_verdict(console, audit, language, checks=checks)
    for part in _parts(audit, language):
        console.print(part)


def print_verdict(console: Console, audit: Audit, language: Language, *, checks: bool = False) -> None:
    """What was verified stands on `console`, as `print_report` says."""
    if checks or audit.verdict.exit_code:
        for line in verdict_text.text_of(audit.verdict, language):
            console.print(Text(line), soft_wrap=True)
    else:
        console.print(*_heading(audit, language), sep="\n")


def _parts(audit: Audit, language: Language) -> Iterator[RenderableType]:
    """What was judged, by which rules, and what was not, in order."""
    judgement = audit.judgement
    if judgement is None:
        yield Text(say(NOTHING, language))
        return
    yield from judged_by(judgement, language)
    yield _summary(judgement, language)
    decided = (one for one in judgement.findings() if one.finding_class != "undecidable")
    yield from _listing(decided, _count(judgement, _DECIDED), _FINDINGS, language)
    undecided = (one for one in judgement.findings() if one.finding_class == "undecidable")
    yield from _listing(undecided, _count(judgement, ("undecidable",)), _UNDECIDABLE, language)
    yield from _gaps(judgement, language)
    yield Text(say(closing(audit), language))


NOTHING: Final = Told(zh="没有可以审计的条目。", en="No entry of it can be judged.")
_FINDINGS: Final = Told(zh="疑点", en="Findings")
_UNDECIDABLE: Final = Told(
    zh="依现有数据无法判定（不等于没有问题）", en="Cannot be decided from this data (which is not clean)"
)
_NOT_JUDGED: Final = Told(zh="未判断（不等于没有问题）", en="Not judged (which is not clean)")


def closing(audit: Audit) -> Told:
    """The last sentence: how many findings, and that what was not judged is not clean."""
    judgement = audit.judgement
    if judgement is None:
        return NOTHING
    found, open_ = _count(judgement, _DECIDED), _count(judgement, ("undecidable",))
    gaps = sum(gap.count for gap in judgement.gaps)
    parts = [Told(zh=f"疑点 {found} 条", en=f"{counted(found, 'finding')}")]
    if open_:
        parts.append(Told(zh=f"无法判定 {open_} 条", en=f"{open_} cannot be decided"))
    if gaps:
        parts.append(Told(zh=f"未判断 {gaps} 处", en=f"{gaps} not judged"))
    if audit.broken:
        good = audit.verdict.good_prefix
        parts.append(
            Told(
                zh=f"账本不符，仅审计前 {good:,} 条",
                en=f"broken: only the first {good:,} entries were judged",
            )
        )
    return Told(zh="；".join(one.zh for one in parts) + "。", en="; ".join(one.en for one in parts) + ".")


def _heading(audit: Audit, language: Language) -> Iterator[RenderableType]:
    verdict = audit.verdict
    yield Text(verdict_text.heading(verdict, language), style="bold")
    told = verdict_text.sentence(verdict)
    yield Text(say(told, language))
    for mark in (*verdict.marks, *verdict.notes):
        yield Text(f"! {say(mark, language)}")


def judged_by(judgement: Judgement, language: Language) -> Iterator[RenderableType]:
    """As of when, known by what, by which pack, calendars and rule of tracing, and what is to be said of the rules."""
    case = judgement.case
    pack = case.book.pack
    adopted = case.calendar.adopted()
    names = ", ".join(f"{year} {name}" for year, name in adopted.items()) or "–"
    tracing = TRACING_RULES[case.tracing]
    yield Text(
        say(
            Told(
                zh=f"截至 {case.as_of}（已知至第 {case.known_by:,} 条）；规则包 {pack.name} {pack.title.zh}；"
                f"节假日安排 {names}，其他年度暂按周一至周五；资金追踪采用{tracing.zh}。",
                en=f"As of {case.as_of}, known by entry {case.known_by:,}; rule pack {pack.name} {pack.title.en}; "
                f"calendars {names}, other years Monday to Friday, provisionally; money traced by {tracing.en}.",
            ),
            language,
        )
    )
    for notice in case.book.notices:
        yield noticed(notice, language)


def noticed(notice: Notice, language: Language) -> Text:
    """What is to be said of the rules, on a line."""
    return Text(f"! {notice.policy}#{notice.row} {notice.rule}: {say(notice.what, language)}")


def _summary(judgement: Judgement, language: Language) -> Table:
    """Findings and amounts by rule and class; amounts of different rules overlap, so there is no total."""
    currency = judgement.case.genesis.currency
    rule, count = Told(zh="规则", en="rule"), Told(zh="名称", en="title")
    table = Table(
        title=say(Told(zh=f"按规则汇总（{currency}）", en=f"By rule ({currency})"), language),
        caption=say(
            Told(
                zh="各规则金额互有重叠，不得相加。",
                en="Amounts of different rules overlap; never add them up.",
            ),
            language,
        ),
    )
    table.add_column(say(rule, language), no_wrap=True)
    table.add_column(say(count, language))
    for told in CLASSES.values():
        table.add_column(say(told, language), justify="right")
    for one in judgement.rules:
        cells = [_counted(judgement, one.id, finding_class) for finding_class in CLASSES]
        table.add_row(one.id, say(one.title, language), *cells)
    return table


def _counted(judgement: Judgement, rule: str, finding_class: FindingClass) -> str:
    count = judgement.counts[rule, finding_class]
    return f"{count:,}\n{group_amount(judgement.amounts[rule, finding_class])}" if count else "–"


def _listing(
    findings: Iterable[Finding], count: int, title: Told, language: Language
) -> Iterator[RenderableType]:
    if not count:
        return
    table = Table(title=say(title, language), show_lines=True, expand=True)
    for told in (Told(zh="规则", en="rule"), Told(zh="等级", en="class")):
        table.add_column(say(told, language), no_wrap=True)
    table.add_column(say(Told(zh="金额 / 未了", en="amount / open"), language), justify="right", no_wrap=True)
    table.add_column(say(Told(zh="说明", en="what"), language), ratio=1)
    for finding in islice(findings, FULL_MAX):
        table.add_row(*_row(finding, language))
    yield table
    if count > FULL_MAX:
        rest = count - FULL_MAX
        more = Told(zh=f"另有 {rest:,} 条，见 --json。", en=f"{rest:,} more; see --json.")
        yield Text(say(more, language))


def _row(finding: Finding, language: Language) -> tuple[RenderableType, ...]:
    severity, style = SEVERITIES[finding.severity]
    amount = "–" if finding.amount is None else group_amount(finding.amount)
    left = "" if finding.outstanding is None else f"\n{group_amount(finding.outstanding)}"
    at = ", ".join(str(entry.seq) for entry in finding.evidence)
    clears = Told(zh="可消除：", en="Clears if: ")
    basis = Told(zh="依据：", en="Basis: ")
    proof = Told(zh=f"凭据条目 {at}；编号 {finding.id}", en=f"entries {at}; id {finding.id}")
    sources, version = finding.parameters.get("sources", "–"), finding.rule_version
    rules = Told(
        zh=f"规则 {finding.rule} 第 {version} 版；参数来源 {sources}",
        en=f"rule {finding.rule} version {version}; by {sources}",
    )
    what = Group(
        folded(say(finding.explanation, language)),
        folded(say(basis, language) + say(finding.basis, language), style="dim"),
        folded(say(clears, language) + say(finding.clears_if, language), style="dim"),
        folded(say(rules, language), style="dim"),
        folded(say(proof, language), style="dim"),
    )
    told = f"{say(CLASSES[finding.finding_class], language)}\n{say(severity, language)}"
    return Text(finding.rule), Text(told, style=style), Text(amount + left), what


def _gaps(judgement: Judgement, language: Language) -> Iterator[RenderableType]:
    if not judgement.gaps:
        return
    table = Table(title=say(_NOT_JUDGED, language))
    for told in (Told(zh="规则", en="rule"), Told(zh="原因", en="reason"), Told(zh="次数", en="times")):
        table.add_column(say(told, language))
    for gap in judgement.gaps:
        table.add_row(gap.rule, say(gap.reason, language), f"{gap.count:,}")
    yield table


def folded(text: str, style: str = "") -> Text:
    """Folded where there is no space to break at, as in Chinese."""
    return Text(text, style=style, overflow="fold")


def _count(judgement: Judgement, classes: Iterable[FindingClass]) -> int:
    wanted = set(classes)
    return sum(number for (_, one), number in judgement.counts.items() if one in wanted)
