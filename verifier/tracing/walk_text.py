# SPDX-License-Identifier: Apache-2.0
"""A walk for people: how much, where it ended, and the way of the largest pieces."""

from collections.abc import Iterator
from typing import Final

from ledger.amount import group_amount
from verifier.language import Language, Told, counted, say
from verifier.tracing.walk_records import Direction, Ending, MoneyWalk, WalkedPiece

_DIRECTIONS: Final[dict[Direction, Told]] = {
    "forward": Told(zh="去向", en="went on to"),
    "backward": Told(zh="来源", en="came from"),
}
_ENDS: Final[dict[str, Told]] = {
    "held": Told(zh="仍在账上", en="still held"),
    "paid": Told(zh="已付给", en="paid to"),
    "unseen": Told(zh="在途，收款账户尚无记录", en="on its way, the account has not seen it"),
    "unknown": Told(zh="收款方不明", en="to nobody named"),
    "gap": Told(zh="对账单缺口中减少", en="gone in a gap of statements"),
    "outside": Told(zh="记录之外（期初余额、对账单缺口或未登记的付款方）", en="from outside the record"),
    "uncovered": Told(zh="先行垫付，尚无来款", en="paid ahead, nothing came yet"),
    "round_trip": Told(zh="回到途经的账户或单位", en="came back to where it had been"),
    "cut_depth": Told(zh="层数已达上限，未再追踪（--depth）", en="not followed further (--depth)"),
    "cut_days": Told(zh="时间已达上限，未再追踪（--days）", en="not followed further (--days)"),
    "cut_work": Told(zh="笔数已达上限，未再追踪", en="not followed further: too many pieces"),
}
_METHOD: Final = Told(
    zh="按先进先出法逐笔衔接，仅用于展示路径，不作为认定依据。",
    en="Drawn by first in, first out: a way to show paths, no proof of whose money it was.",
)


def text_of_walk(walk: MoneyWalk, currency: str, language: Language) -> Iterator[str]:
    """The walk line by line; amounts in `currency` with two decimals."""
    told = Told(
        zh=f"{walk.asked}  {_DIRECTIONS[walk.direction].zh}  合计 {group_amount(walk.total)}  "
        f"截至 {walk.as_of}，币种 {currency}",
        en=f"{walk.asked}  {_DIRECTIONS[walk.direction].en}  {group_amount(walk.total)} in all  "
        f"as of {walk.as_of}, in {currency}",
    )
    yield say(told, language)
    yield say(_METHOD, language)
    yield ""
    yield from (_ending(one, language) for one in walk.endings)
    for piece in walk.pieces:
        yield ""
        yield from _piece(piece, language)
    yield from _rest(walk, language)


def _ending(one: Ending, language: Language) -> str:
    pieces = say(Told(zh=f"{one.pieces} 笔", en=counted(one.pieces, "piece")), language)
    return f"  {group_amount(one.amount)}  {say(_ENDS[one.end], language)}  {one.place or '·'}  ({pieces})"


def _piece(piece: WalkedPiece, language: Language) -> Iterator[str]:
    yield f"{group_amount(piece.amount)}  {say(_ENDS[piece.end], language)}"
    for step in piece.steps:
        flags = f"  {' '.join(step.flags)}" if step.flags else ""
        yield f"  {step.on}  {step.from_ or '·'} → {step.to or '·'}  {step.event}{flags}"


def _rest(walk: MoneyWalk, language: Language) -> Iterator[str]:
    pieces, endings = walk.rest.get("pieces", 0), walk.rest.get("endings", 0)
    if pieces:
        amount = group_amount(walk.rest.get("amount", 0))
        told = Told(
            zh=f"… 另有 {pieces} 笔共 {amount} 未列出（--rows）",
            en=f"… {counted(pieces, 'more piece')}, {amount} in all (--rows)",
        )
        yield ""
        yield say(told, language)
    if endings:
        told = Told(
            zh=f"… 另有 {endings} 个去处未列出（--rows）", en=f"… {counted(endings, 'more end')} (--rows)"
        )
        yield say(told, language)
