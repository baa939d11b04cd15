# SPDX-License-Identifier: Apache-2.0
"""A score told: as one JSON object for programs, as tables for people."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verifier.language import Language, Told, say
from verifier.simulation.scoring.figures import FIGURES
from verifier.simulation.scoring.score import Counts, Part, Score

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")

TITLES: Final[dict[str, Told]] = {
    "precision_proved": Told(zh="已证明疑点的准确率", en="precision of proved findings"),
    "precision_proved_strict": Told(
        zh="同上，不规范事项也计为误报", en="the same, irregularities counted as false"
    ),
    "precision_indicated": Told(zh="有迹象疑点的准确率", en="precision of indicated findings"),
    "precision": Told(zh="全部疑点的准确率", en="precision of all findings"),
    "recall": Told(zh="查出率（可查案例）", en="recall of what the ledger shows"),
    "recall_proved": Told(zh="证明率（可查案例）", en="the same, proved"),
    "recall_amount": Told(zh="金额查出率", en="recall by amount"),
    "recall_amount_proved": Told(zh="可证明金额的证明率", en="recall by amount of what is provable, proved"),
    "amount_error": Told(zh="金额误差（中位数）", en="error of the amount, median"),
    "amount_error_p95": Told(zh="金额误差（第95百分位）", en="error of the amount, 95th percentile"),
    "amount_inside": Told(zh="真实金额落在上下限内", en="true amount between minimum and maximum"),
    "latency_days": Told(zh="发现延迟天数（中位数）", en="days after it could be known, median"),
    "latency_days_p95": Told(
        zh="发现延迟天数（第95百分位）", en="days after it could be known, 95th percentile"
    ),
    "false_proved_per_10k": Told(zh="每一万事件误报（已证明）", en="false proved findings in 10,000 events"),
    "false_indicated_per_10k": Told(
        zh="每一万事件误报（有迹象）", en="false indicated findings in 10,000 events"
    ),
    "false_per_10k": Told(zh="每一万事件误报（全部）", en="false findings in 10,000 events"),
    "twins_told_apart": Told(
        zh="有错与无错的成对案例能够区分", en="pairs told apart from their innocent twins"
    ),
    "alert_inflation": Told(zh="每个查出案例的疑点数", en="findings for each case hit"),
}
"""What each figure is called."""

_COLUMNS: Final = (
    "precision_proved",
    "recall",
    "recall_amount",
    "amount_inside",
    "latency_days_p95",
)
_SHORT: Final[dict[str, Told]] = {
    "precision_proved": Told(zh="准确率", en="prec."),
    "recall": Told(zh="查出率", en="recall"),
    "recall_amount": Told(zh="金额", en="amount"),
    "amount_inside": Told(zh="限内", en="inside"),
    "latency_days_p95": Told(zh="延迟", en="days"),
}
_PARTS: Final[dict[str, Told]] = {
    "scheme": Told(zh="按手法", en="By scheme"),
    "difficulty": Told(zh="按难度", en="By difficulty"),
}


def to_json(score: Score) -> str:
    """One object: the figures of the whole at its top, parts below; ratios have four decimals."""
    told: dict[str, Any] = {
        "events": score.events,
        "per": score.per,
        "programmes": score.programmes,
        "labels": score.labels,
        "findings": score.findings,
        **_plain(score.whole),
        "by_scheme": {name: _plain(part) for name, part in score.by_scheme.items()},
        "by_difficulty": {name: _plain(part) for name, part in score.by_difficulty.items()},
        "by_rule": score.by_rule,
        "yield_at_budget": score.yields,
    }
    return _ENCODER.encode(told).decode()


def _plain(part: Part) -> dict[str, Any]:
    return {**part.figures, "intervals": part.intervals, "counts": part.counts}


def print_score(score: Score, language: Language) -> None:
    """The tables stand on standard output."""
    console = Console()
    console.print(Text(say(_heading(score), language)))
    console.print(_figures(score, language))
    for sort, parts in (("scheme", score.by_scheme), ("difficulty", score.by_difficulty)):
        console.print(_parts(say(_PARTS[sort], language), parts, language))
    console.print(_rules(score, language))
    told = Told(
        zh="按等级和金额依次复核：" + "；".join(f"前 {k} 条含 {hits} 个案例" for k, hits in score.yields),
        en="Reviewed by class and amount: "
        + "; ".join(f"{hits} cases in the first {k}" for k, hits in score.yields),
    )
    console.print(Text(say(told, language)))


def _heading(score: Score) -> Told:
    per = (
        Told(zh="个事件", en="events")
        if score.per == "events"
        else Told(zh="个条目（含提交头）", en="entries, headers included")
    )
    counts = score.whole.counts
    return Told(
        zh=f"{score.findings:,} 条疑点对照 {score.labels:,} 个带标签案例，{score.programmes} 个项目群，"
        f"{score.events:,} {per.zh}；"
        f"可查案例 {counts.cases:,} 个，账本不足以查明的 {counts.hidden:,} 个。",
        en=f"{score.findings:,} findings against {score.labels:,} labelled cases of {score.programmes} programmes, "
        f"{score.events:,} {per.en}; {counts.cases:,} wrongs that the ledger shows, {counts.hidden:,} that it does not.",
    )


def _figures(score: Score, language: Language) -> Table:
    headings = (Told(zh="指标", en="figure"), Told(zh="数值", en="value"))
    table = Table(*(say(one, language) for one in headings), box=SIMPLE_HEAD)
    table.add_column(say(Told(zh="95% 区间", en="95 % interval"), language))
    for name in FIGURES:
        between = score.whole.intervals.get(name)
        table.add_row(
            say(TITLES[name], language),
            _cell(score.whole.figures[name]),
            "–" if between is None else f"{between[0]} – {between[1]}",
        )
    return table


def _parts(title: str, parts: Mapping[str, Part], language: Language) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    table.add_column(say(Told(zh="案例", en="cases"), language), justify="right")
    table.add_column(say(Told(zh="误报", en="false"), language), justify="right")
    for name in _COLUMNS:
        table.add_column(say(_SHORT[name], language), justify="right")
    for name, part in parts.items():
        false = sum(part.counts.false.values())
        figures = (_cell(part.figures[one]) for one in _COLUMNS)
        table.add_row(name, str(part.counts.cases), str(false), *figures)
    return table


def _rules(score: Score, language: Language) -> Table:
    table = Table(title=say(Told(zh="按规则", en="By rule"), language), box=SIMPLE_HEAD)
    for told in _RULE_COLUMNS:
        table.add_column(say(told, language), justify="right")
    for name, counts in score.by_rule.items():
        table.add_row(name, *_rule_cells(counts))
    return table


_RULE_COLUMNS: Final = (
    Told(zh="规则", en="rule"),
    Told(zh="查中", en="hits"),
    Told(zh="不规范", en="irregular"),
    Told(zh="重复", en="repeated"),
    Told(zh="误报（已证明）", en="false proved"),
    Told(zh="误报（其他）", en="false other"),
)


def _rule_cells(counts: Counts) -> Iterator[str]:
    false = sum(counts.false.values())
    yield str(sum(counts.hits.values()))
    yield str(counts.told)
    yield str(counts.duplicates)
    yield str(counts.false["proved"])
    yield str(false - counts.false["proved"])


def _cell(value: Decimal | None) -> str:
    return "–" if value is None else str(value)
