# SPDX-License-Identifier: Apache-2.0
"""A list for public posting: what a profile shows of each person, with the entry that anybody can check (spec §10.9)."""

import csv
import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.books.sheet import Cell, Money, Sheet
from api.books.workbook import FORMULA_SIGNS
from api.public_lists.payments import Payment, row_of
from ledger.amount import format_amount
from ledger.genesis import Genesis
from ledger.masking import Circumstance, Profile, shown_of, told_count
from verifier.language import Language, Told, say


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """What is shown of one person, and the payment that it is about."""

    shown: Mapping[str, str | int]
    payment: Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicList:
    """`rows` to be posted; how many persons are only counted (None: fewer than is told); how many nothing names."""

    rows: tuple[PublicRow, ...]
    withheld: int | None
    unnamed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What stands above the rows: what the list is of, where to object, since when it is posted, which ledger it is of."""

    title: str
    objections: str
    on: datetime.date
    ledger: Genesis
    genesis_hash: str
    submissions: tuple[str, ...]


def public_list(
    payments: Sequence[Payment],
    texts: Mapping[int, Sequence[str]],
    profile: Profile,
    *,
    on: datetime.date,
    circumstance: Circumstance,
) -> PublicList:
    """The list of `payments` as `profile` has it on day `on`; `texts` are disclosures by position.

    Raises:
        FormatError: a disclosure opens no commitment of its payment.
    """
    rows: list[PublicRow] = []
    withheld = unnamed = 0
    for payment in payments:
        person = row_of(payment, texts.get(payment.seq, ()))
        shown = None if person is None else shown_of(person, profile, on=on, circumstance=circumstance)
        if person is None:
            unnamed += 1
        elif shown is None:
            withheld += 1
        else:
            rows.append(PublicRow(shown=shown, payment=payment))
    return PublicList(rows=tuple(rows), withheld=told_count(withheld, profile), unnamed=unnamed)


def sheet_of(made: PublicList, notice: Notice, profile: Profile, language: Language) -> Sheet:
    """The list as a table in `language`."""
    named = [name for name in _NAMES if any(name in row.shown for row in made.rows)]
    columns = ["number", *named, "amount", "entry", "leaf"]
    rows = tuple(
        (
            number,
            *(row.shown.get(name) for name in named),
            Money(row.payment.event.amount),
            row.payment.seq,
            row.payment.leaf,
        )
        for number, row in enumerate(made.rows, start=1)
    )
    return Sheet(
        name=say(_SHEET, language),
        title=notice.title,
        columns=tuple(say(_COLUMNS[name], language) for name in columns),
        widths=tuple(_WIDTHS.get(name, 14) for name in columns),
        rows=rows,
        notes=tuple(say(one, language) for one in _notes(made, notice, profile)),
    )


def csv_of(sheet: Sheet) -> bytes:
    """`sheet` as CSV, UTF-8 with the mark by which spreadsheets know it; no text begins like a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for above in (sheet.title, *sheet.notes):
        writer.writerow([_plain(above)])
    writer.writerow([_plain(one) for one in sheet.columns])
    writer.writerows([_plain(one) for one in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Money():
            return format_amount(cell.amount)
        case str() if cell.startswith(FORMULA_SIGNS):
            return f"'{cell}"
        case _:
            return str(cell)


def _notes(made: PublicList, notice: Notice, profile: Profile) -> list[Told]:
    until = notice.on + datetime.timedelta(days=profile.days)
    of, genesis, names = notice.ledger, notice.genesis_hash, ", ".join(notice.submissions)
    notes = [
        Told(
            en=f"Posted from {notice.on} to {until} ({profile.days} days)",
            zh=f"公示期：{notice.on} 至 {until}（{profile.days} 天）",
        ),
        Told(en=f"Objections: {notice.objections}", zh=f"异议渠道：{notice.objections}"),
        Told(
            en=f"Ledger {of.origin}, genesis {genesis}; submissions {names}; amounts in {of.currency}",
            zh=f"账本 {of.origin}，创世哈希 {genesis}；提交 {names}；金额币种 {of.currency}",
        ),
        Told(
            en="Each row names its entry. The ledger shows it at /entries/NUMBER, and its receipt, by which anybody can "
            "check it, at /v1/receipts/NUMBER; the entry holds commitments and no personal data.",
            zh="每行注明账本条目号：可在账本网站 /entries/条目号 查看，在 /v1/receipts/条目号 取回执自行核验；"
            "条目中只有承诺值，没有个人信息。",
        ),
    ]
    if made.withheld is None:
        few = profile.smallest
        notes.append(
            Told(en=f"Fewer than {few} persons are not listed.", zh=f"另有不足 {few} 人依规定不逐一列出。")
        )
    elif made.withheld:
        notes.append(
            Told(
                en=f"{made.withheld} persons are not listed.", zh=f"另有 {made.withheld} 人依规定不逐一列出。"
            )
        )
    return notes


_SHEET: Final = Told(en="List", zh="公示名单")
_COLUMNS: Final = {
    "number": Told(en="No.", zh="序号"),
    "name": Told(en="Name", zh="姓名"),
    "id": Told(en="Identity number", zh="身份证号"),
    "account": Told(en="Account", zh="账号"),
    "item": Told(en="Item", zh="项目"),
    "period": Told(en="Period", zh="所属期"),
    "amount": Told(en="Amount", zh="金额"),
    "entry": Told(en="Entry", zh="账本条目"),
    "leaf": Told(en="Leaf hash of the entry", zh="条目叶哈希"),
}
_NAMES: Final = ("name", "id", "account", "item", "period")
"""What a list may show of a person, in this order."""
_WIDTHS: Final = {"number": 6, "id": 22, "item": 24, "leaf": 66}
