# SPDX-License-Identifier: Apache-2.0
"""What other rules change, for people: which findings appear, vanish and change, and by which numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ledger.amount import group_amount
from verifier.basis.findings import Finding
from verifier.basis.pack_form import Pack, PackRow
from verifier.basis.rulepack import RuleBook
from verifier.judgement.audit import Audit
from verifier.judgement.differences import Change, Difference, differences, tally
from verifier.judgement.report import (
    CLASSES,
    FULL_MAX,
    NOTHING,
    SEVERITIES,
    folded,
    judged_by,
    noticed,
    print_verdict,
)
from verifier.judgement.run import Judgement
from verifier.language import Language, Told, counted, say

CHANGES: Final[dict[Change, Told]] = {
    "appears": Told(zh="新增", en="appears"),
    "vanishes": Told(zh="消失", en="vanishes"),
    "changes": Told(zh="变化", en="changes"),
}
_FIELDS: Final[dict[str, Told]] = {
    "class": Told(zh="等级", en="class"),
    "severity": Told(zh="颜色", en="severity"),
    "state": Told(zh="状态", en="state"),
    "due": Told(zh="期限", en="due"),
    "amount_min": Told(zh="最低可证金额", en="least amount"),
    "amount": Told(zh="金额", en="amount"),
    "amount_max": Told(zh="最高可能金额", en="largest amount"),
    "restored": Told(zh="已追回", en="restored"),
    "outstanding": Told(zh="未了", en="outstanding"),
}
_NARROWED: Final = ("unit", "level", "direct", "effective_on", "final", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two closed judgements of the same entries: what `after` finds otherwise than `before` is told."""

    before: Judgement
    after: Judgement
    what_if: bool = False
    """Whether `after` is by rules that somebody may adopt, not by the auditor's."""

    def differences(self) -> Iterator[Difference]:
        """In the order of findings; read anew at each call, so that none of them waits in memory."""
        return differences(self.before.lines(), self.after.lines())


def print_differences(compared: Compared, language: Language) -> None:
    """After the report by the auditor's rules: what they are, and what they change against the ledger's own."""
    _print(Console(), compared, language)


def print_what_if(audit: Audit, compared: Compared | None, language: Language) -> None:
    """What was verified, by what it is judged today, and what would change; nothing is adopted by asking."""
    console = Console()
    print_verdict(console, audit, language)
    if compared is None:
        console.print(Text(say(NOTHING, language)))
        return
    for part in judged_by(compared.before, language):
        console.print(part)
    _print(console, compared, language)


def _print(console: Console, compared: Compared, language: Language) -> None:
    parts = (
        brought(compared.after, language),
        _previewed(compared, language),
        told_differences(compared, language),
    )
    for part in chain.from_iterable(parts):
        console.print(part)
    console.print(Text(say(closing_difference(compared), language)))


def _previewed(compared: Compared, language: Language) -> Iterator[RenderableType]:
    """What would be said of the drafts, were they posted."""
    for notice in compared.before.case.book.preview(compared.after.case.book.drafts):
        yield noticed(notice, language)


def brought(judgement: Judgement, language: Language) -> Iterator[RenderableType]:
    """The rules and registers that do not come from the ledger, each with the SHA-256 of what it says."""
    for told in brought_told(judgement):
        yield Text(say(told, language))


def brought_told(judgement: Judgement) -> Iterator[Told]:
    """The same in both languages."""
    yield from _rules_told(judgement.case.book)
    yield from _overlay_told(judgement)


def _rules_told(book: RuleBook) -> Iterator[Told]:
    pack = book.pack
    yield Told(
        zh=f"规则包 {pack.name} {pack.title.zh}（SHA-256 {pack.digest}，未签名）",
        en=f"Rule pack {pack.name} {pack.title.en} (SHA-256 {pack.digest}, not signed)",
    )
    for draft in book.drafts:
        name, since = f"{draft.id}/{draft.version}", draft.effective_on
        yield Told(zh=f"拟发布规则 {name}，自 {since} 起", en=f"drafted policy {name}, from {since} on")


def _overlay_told(judgement: Judgement) -> Iterator[Told]:
    overlay = judgement.case.overlay
    if not overlay:
        return
    accounts, parties = len(overlay.accounts), len(overlay.related)
    english = f"{counted(accounts, 'account')}, {counted(parties, 'related party', 'related parties')}"
    yield Told(
        zh=f"审计口径登记信息：账户 {accounts} 个，有关联方的单位 {parties} 个（SHA-256 {overlay.digest}）",
        en=f"The auditor's register: {english} (SHA-256 {overlay.digest})",
    )
    strange = ", ".join(overlay.unregistered(judgement.case.standing))
    if strange:
        yield Told(zh=f"! 账本中没有登记：{strange}", en=f"! not registered in the ledger: {strange}")


def told_differences(compared: Compared, language: Language) -> Iterator[RenderableType]:
    """Tables of what the rules change; first the numbers, then the findings."""
    before, after = compared.before, compared.after
    yield from _numbers(before.case.book.pack, after.case.book.pack, language)
    counts = tally(compared.differences())
    if not counts:
        return
    table = Table(title=say(Told(zh="疑点差异汇总", en="Differences by rule"), language))
    table.add_column(say(Told(zh="规则", en="rule"), language))
    table.add_column(say(Told(zh="名称", en="title"), language))
    for told in CHANGES.values():
        table.add_column(say(told, language), justify="right")
    for rule in after.rules:
        cells = [counts[rule.id, change] for change in CHANGES]
        if any(cells):
            table.add_row(
                rule.id, say(rule.title, language), *(f"{cell:,}" if cell else "–" for cell in cells)
            )
    yield table
    yield from _listing(compared.differences(), counts.total(), language)


def closing_difference(compared: Compared) -> Told:
    """The sentence on what the rules change."""
    counts = tally(compared.differences())
    sums = {change: sum(number for (_, one), number in counts.items() if one == change) for change in CHANGES}
    new, gone, other = sums["appears"], sums["vanishes"], sums["changes"]
    zh, en = (
        ("若采用", "If adopted")
        if compared.what_if
        else ("与账本自身规则相比", "Against the ledger's own rules")
    )
    return Told(
        zh=f"{zh}：新增 {new} 条，消失 {gone} 条，变化 {other} 条。",
        en=f"{en}: {new} appear, {gone} vanish, {other} change.",
    )


def _listing(found: Iterable[Difference], count: int, language: Language) -> Iterator[RenderableType]:
    table = Table(title=say(Told(zh="疑点差异", en="Differences"), language), show_lines=True, expand=True)
    for told in (Told(zh="规则", en="rule"), Told(zh="差异", en="change")):
        table.add_column(say(told, language), no_wrap=True)
    table.add_column(say(Told(zh="说明", en="what"), language), ratio=1)
    for one in islice(found, FULL_MAX):
        what = Group(
            *(folded(line, style="bold") for line in _changed(one, language)),
            folded(say(one.finding.explanation, language)),
            folded(_rules_of(one.finding, language), style="dim"),
        )
        table.add_row(one.finding.rule, say(CHANGES[one.change], language), what)
    yield table
    if count > FULL_MAX:
        more = Told(zh=f"另有 {count - FULL_MAX:,} 条。", en=f"{count - FULL_MAX:,} more.")
        yield Text(say(more, language))


def _rules_of(finding: Finding, language: Language) -> str:
    sources = finding.parameters.get("sources", "–")
    return say(
        Told(zh=f"参数来源 {sources}；编号 {finding.id}", en=f"by {sources}; id {finding.id}"), language
    )


def _changed(one: Difference, language: Language) -> Iterator[str]:
    """What it is now, or each field as it was and as it is."""
    if one.before is None or one.after is None:
        plain = msgspec.to_builtins(one.finding)
        yield ", ".join(_spelt(name, plain.get(name), language) for name in ("class", "severity", "amount"))
        return
    old, new = msgspec.to_builtins(one.before), msgspec.to_builtins(one.after)
    for name in one.fields:
        was, now = (_spelt(name, plain.get(name), language) for plain in (old, new))
        yield f"{say(_FIELDS[name], language)}: {was} → {now}"


def _spelt(name: str, value: Any, language: Language) -> str:  # noqa: ANN401 - what a field of a finding holds
    """The value of field `name`, as people read it."""
    if value is None:
        return "–"
    match name:
        case "class":
            return say(CLASSES[value], language)
        case "severity":
            return say(SEVERITIES[value][0], language)
        case "state" | "due":
            return str(value)
        case _:
            return group_amount(value)


def _numbers(before: Pack, after: Pack, language: Language) -> Iterator[RenderableType]:
    """The rows by which two packs differ; texts of basis apart."""
    old, new = ({row.id: _plain(row) for row in pack.rows} for pack in (before, after))
    changed = [row for row in sorted(old.keys() | new.keys()) if old.get(row) != new.get(row)]
    if not changed:
        return
    table = Table(title=say(Told(zh="规则包差异", en="Rows by which the packs differ"), language))
    table.add_column(say(Told(zh="条款", en="row"), language))
    table.add_column(before.name)
    table.add_column(after.name)
    for row in changed:
        table.add_row(row, old.get(row, "–"), new.get(row, "–"))
    yield table


def _plain(row: PackRow) -> str:
    """What `row` says, on one line."""
    said = msgspec.to_builtins(row)
    parts = [row.rule, *(f"{name}={number}" for name, number in sorted(row.parameters.items()))]
    told = (name if said[name] is True else f"{name}={said[name]}" for name in _NARROWED if name in said)
    return " ".join((*parts, *told))
