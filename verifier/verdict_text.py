# SPDX-License-Identifier: Apache-2.0
"""A verdict for people, line by line, and for programs, as a record."""

from collections.abc import Iterator
from typing import Any, Final

from verifier.integrity.freshness import Freshness
from verifier.integrity.fund_cash import SUMS, FundSum
from verifier.integrity.ranges import Range, Standing
from verifier.integrity.verdict import TITLES, Check, CheckState, Outcome, Verdict
from verifier.language import Language, Told, counted, say

_SIGNS: Final[dict[CheckState, str]] = {"ok": "✓", "broken": "✗", "unevaluable": "–"}
_STATES: Final[dict[CheckState, Told]] = {
    "ok": Told(en="ok", zh="通过"),
    "broken": Told(en="BROKEN", zh="不符"),
    "unevaluable": Told(en="not evaluable", zh="无法判断"),
}
_OUTCOMES: Final[dict[Outcome, Told]] = {
    "verified": Told(en="VERIFIED against", zh="验证通过，依据："),
    "self-consistent": Told(
        en="self-consistent, operator not authenticated (first use)",
        zh="自洽，但未确认运营方身份（首次使用）",
    ),
    "incomplete": Told(en="INCOMPLETE:", zh="未完成："),
    "broken": Told(en="BROKEN", zh="账本不符"),
}
_STANDINGS: Final[dict[Standing, Told]] = {
    "anchored": Told(en="anchored by", zh="已锚定"),
    "consistent": Told(en="internally consistent only", zh="仅内部自洽，未锚定"),
    "broken": Told(en="broken because", zh="不符"),
    "unchecked": Told(en="not checked", zh="未检查"),
}
_COLON: Final[dict[Language, str]] = {"en": ": ", "zh": "："}
_COMPARE: Final = Told(
    en="Compare the genesis hash above with the operator by another channel, "
    "then verify with --genesis, --log-key or --policy, and keep --state.",
    zh="请通过其他渠道与运营方核对上述创世哈希，再以 --genesis、--log-key 或 --policy 验证，并用 --state 留存状态。",
)
_KEEP: Final = Told(
    en="Keep a copy of this source as it is, and ask the operator to explain.",
    zh="请原样保留此来源的副本，并要求运营方说明。",
)
_UNKNOWN: Final = Told(
    en="Nothing is known to be wrong. Verify again with a newer fundtrace, or with a source that holds the entries.",
    zh="目前未发现错误。请用更新版本的 fundtrace，或含有条目的来源，重新验证。",
)


def sentence(verdict: Verdict) -> Told:
    """The verdict in one sentence: what may be relied on, and on whose word."""
    told = _OUTCOMES[verdict.outcome]
    if verdict.outcome == "verified":
        against_en = ", ".join(one.en for one in verdict.trusted)
        against_zh = "、".join(one.zh for one in verdict.trusted)
        return Told(en=f"{told.en} {against_en}", zh=f"{told.zh}{against_zh}")
    if verdict.outcome == "incomplete" and verdict.incomplete is not None:
        return Told(en=f"{told.en} {verdict.incomplete.en}", zh=f"{told.zh}{verdict.incomplete.zh}")
    broken = verdict.first_broken
    return told if broken is None else _broken(broken, told)


def heading(verdict: Verdict, language: Language) -> str:
    """The ledger, and how many entries it shows."""
    size = verdict.size
    entries = Told(
        en="? entries" if size is None else counted(size, "entry", "entries"),
        zh="共 ? 条" if size is None else f"共 {size:,} 条",
    )
    return f"{verdict.origin or '?'}  {say(entries, language)}"


def text_of(verdict: Verdict, language: Language) -> Iterator[str]:
    """The report: the ledger, each check, notes, the verdict, and what to do next."""
    yield heading(verdict, language)
    for label, value in (
        (Told(en="root", zh="树根"), verdict.root),
        (Told(en="genesis", zh="创世"), verdict.genesis),
    ):
        yield f"{say(label, language)}  {value or '?'}"
    for mark in (*verdict.marks, *verdict.notes):
        yield f"! {say(mark, language)}"
    yield ""
    for check in verdict.checks:
        yield from _check_lines(check, language)
    yield ""
    for stretch in verdict.ranges:
        yield _range_line(stretch, language)
    yield say(sentence(verdict), language)
    if verdict.outcome in {"broken", "incomplete"}:
        good = Told(
            en=f"The first {verdict.good_prefix:,} entries passed every check.",
            zh=f"前 {verdict.good_prefix:,} 条通过了全部检查。",
        )
        yield say(good, language)
    advice = {"self-consistent": _COMPARE, "broken": _KEEP, "incomplete": _UNKNOWN}.get(verdict.outcome)
    if advice is not None:
        yield say(advice, language)


def record_of(verdict: Verdict) -> dict[str, Any]:
    """The verdict for programs: stable names, both languages, nothing absent that a reader must decide on."""
    broken = verdict.first_broken
    return {
        "outcome": verdict.outcome,
        "sentence": _both(sentence(verdict)),
        "origin": verdict.origin,
        "genesis": verdict.genesis,
        "size": verdict.size,
        "root": verdict.root,
        "good_prefix": verdict.good_prefix,
        "needs_newer_verifier_from": verdict.newer_from,
        "trusted": [_both(one) for one in verdict.trusted],
        "first_broken": None if broken is None else _check_record(broken),
        "anchors": [{"size": one.size, "by": _both(one.by), "at": one.at} for one in verdict.anchors],
        "ranges": [_range_record(one) for one in verdict.ranges],
        "checks": [_check_record(check) for check in verdict.checks],
        "marks": [_both(one) for one in verdict.marks],
        "notes": [_both(one) for one in verdict.notes],
    }


def freshness_record(fresh: Freshness | None) -> dict[str, Any]:
    """What was asked with --now, for programs; nothing if nobody asked."""
    if fresh is None:
        return {}
    record = {"now": fresh.now, "age_seconds": fresh.age, "fresh": fresh.is_fresh, "told": _both(fresh.told)}
    return {"freshness": record}


def fund_record(one: FundSum) -> dict[str, Any]:
    """The sums of a fund for programs, in minor units."""
    return {"fund": one.fund} | {name: getattr(one, name) for name in SUMS}


def _broken(check: Check, told: Told) -> Told:
    where_en = "in the checkpoint" if check.position is None else f"at entry {check.position}"
    where_zh = "检查点" if check.position is None else f"第 {check.position} 条"
    reason = check.reason or told
    return Told(
        en=f"{told.en} {where_en} ({check.number}): {reason.en}",
        zh=f"{told.zh}：{where_zh}（{check.number}）：{reason.zh}",
    )


def _range_line(stretch: Range, language: Language) -> str:
    where = {
        "en": f"entries {stretch.start:,} to {stretch.stop - 1:,}",
        "zh": f"第 {stretch.start:,} 至 {stretch.stop - 1:,} 条",
    }[language]
    told = say(_STANDINGS[stretch.standing], language)
    why = "" if stretch.reason is None else f"{_COLON[language]}{say(stretch.reason, language)}"
    return f"  {where}  {told}{why}"


def _check_lines(check: Check, language: Language) -> Iterator[str]:
    state = say(_STATES[check.state], language)
    yield f"{_SIGNS[check.state]} {check.number}  {say(TITLES[check.number], language)}  [{state}]"
    if check.reason is not None:
        at = (
            ""
            if check.position is None
            else {"en": f"entry {check.position}: ", "zh": f"第 {check.position} 条："}[language]
        )
        yield f"      {at}{say(check.reason, language)}"


def _range_record(stretch: Range) -> dict[str, Any]:
    return {
        "start": stretch.start,
        "stop": stretch.stop,
        "standing": stretch.standing,
        "reason": None if stretch.reason is None else _both(stretch.reason),
    }


def _check_record(check: Check) -> dict[str, Any]:
    return {
        "check": check.number,
        "title": _both(TITLES[check.number]),
        "state": check.state,
        "position": check.position,
        "reason": None if check.reason is None else _both(check.reason),
    }


def _both(told: Told) -> dict[str, str]:
    return {"en": told.en, "zh": told.zh}
