# SPDX-License-Identifier: Apache-2.0
"""Reads what an auditor says of accounts and parties, from JSON or CSV.

JSON: ``{"accounts": {"A1": {"class": "special", "owner": "P1", "pool": "A0"}}, "related": {"P1": ["P2"]}}``, either part
alone where there is no other. CSV: a table with the columns account (账户), class (类别), owner (归属单位), pool (资金池),
an empty cell where the registration stands; or one with party (单位) and related (关联方), a pair a row.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ledger.errors import FormatError, LimitError
from ledger.party import Id
from verifier.basis.findings import Record
from verifier.basis.strict_json import JSON_BYTES_MAX, read_json
from verifier.obligations.overlay import AccountView, Overlay, both_ways

ROWS_MAX: Final = 100_000

_COLUMNS: Final = {
    "account": "account",
    "账户": "account",
    "class": "class",
    "类别": "class",
    "owner": "owner",
    "归属单位": "owner",
    "pool": "pool",
    "资金池": "pool",
    "party": "party",
    "单位": "party",
    "related": "related",
    "关联方": "related",
}
_ACCOUNTS: Final = frozenset({"account", "class", "owner", "pool"})
_RELATED: Final = frozenset({"party", "related"})

Related = Annotated[tuple[Id, ...], Meta(min_length=1)]


class _File(Record, frozen=True, kw_only=True):
    accounts: dict[Id, AccountView] = msgspec.field(default_factory=dict)
    related: dict[Id, Related] = msgspec.field(default_factory=dict)


class _AccountRow(Record, frozen=True, kw_only=True):
    account: Id
    view: AccountView


class _PairRow(Record, frozen=True, kw_only=True):
    party: Id
    related: Id


def parse_overlay(files: Iterable[tuple[str, bytes]]) -> Overlay:
    """What `files` (name, bytes) say together.

    Raises:
        FormatError: naming file, line and column; an account, or a relation, said twice.
        LimitError: a file is too large.
    """
    accounts: dict[str, AccountView] = {}
    pairs: set[tuple[str, str]] = set()
    for name, data in files:
        rows = _json_rows(name, data) if data.lstrip()[:1] == b"{" else _csv_rows(name, data)
        for place, row in rows:
            if isinstance(row, _AccountRow):
                _check(place, row.account not in accounts, f"account {row.account} stands twice", "账户重复")
                _check(
                    place, bool(row.view.changes), f"nothing is said of {row.account}", "该账户未填任何内容"
                )
                accounts[row.account] = row.view
            else:
                pair = (row.party, row.related)
                _check(place, pair not in pairs, f"{row.party} and {row.related} stand twice", "关联关系重复")
                _check(place, row.party != row.related, f"{row.party} is related to itself", "单位与自身关联")
                pairs.add(pair)
    return Overlay(accounts=accounts, related=both_ways(iter(pairs)))


def _json_rows(name: str, data: bytes) -> Iterator[tuple[str, _AccountRow | _PairRow]]:
    said: _File = read_json(data, _File, place=name, wrong=_wrong)
    for account, view in said.accounts.items():
        yield f"{name}, {account}", _AccountRow(account=account, view=view)
    for party, others in said.related.items():
        yield from ((f"{name}, {party}", _PairRow(party=party, related=other)) for other in others)


def _csv_rows(name: str, data: bytes) -> Iterator[tuple[str, _AccountRow | _PairRow]]:
    reader = csv.reader(io.StringIO(_text(name, data), newline=""), strict=True)
    columns: list[str] | None = None
    try:
        for cells in reader:
            place = f"{name}:{reader.line_num}"
            if columns is None:
                columns = _columns(place, cells)
                continue
            _check(
                place,
                len(cells) == len(columns),
                f"{len(columns)} cells are wanted",
                f"应有 {len(columns)} 列",
            )
            _check(
                place, reader.line_num <= ROWS_MAX, f"more than {ROWS_MAX:,} rows", f"超过 {ROWS_MAX:,} 行"
            )
            yield place, _row(place, dict(zip(columns, cells, strict=True)))
    except csv.Error as error:
        raise _wrong(f"{name}:{reader.line_num}", f"not CSV: {error}", f"不是 CSV：{error}") from error
    _check(name, columns is not None, "the file is empty", "文件为空")


def _columns(place: str, cells: list[str]) -> list[str]:
    columns = [_COLUMNS.get(cell, cell) for cell in cells]
    said = set(columns)
    whole = said == _RELATED or ("account" in said and len(said) > 1 and said <= _ACCOUNTS)
    _check(
        place,
        whole and len(said) == len(columns),
        "the first row names the columns: account, class, owner, pool; or party, related",
        "首行应为列名：账户、类别、归属单位、资金池；或 单位、关联方",
    )
    return columns


def _row(place: str, cells: dict[str, str]) -> _AccountRow | _PairRow:
    try:
        if "party" in cells:
            return msgspec.convert(cells, _PairRow)
        account = cells.pop("account")
        view = {column: cell for column, cell in cells.items() if cell}
        return msgspec.convert({"account": account, "view": view}, _AccountRow)
    except msgspec.ValidationError as error:
        told = str(error).replace("$.view.", "$.")
        raise _wrong(place, f"not of the form: {told}", f"格式不符：{told}") from error


def _text(name: str, data: bytes) -> str:
    if len(data) > JSON_BYTES_MAX:
        raise LimitError(
            code="file-too-large",
            place=name,
            message_en=f"such a file has at most {JSON_BYTES_MAX:,} bytes",
            message_zh=f"此类文件不得超过 {JSON_BYTES_MAX:,} 字节",
            remedy_en="Check that this is the right file.",
            remedy_zh="请核对文件是否正确。",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(f"{name}:{line}", "not UTF-8", "不是 UTF-8") from error


def _check(place: str, holds: bool, en: str, zh: str) -> None:  # noqa: FBT001 - what must hold
    if not holds:
        raise _wrong(place, en, zh)


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="registry-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Write ids and classes as the ledger does; docs/auditor/audit.md shows both forms.",
        remedy_zh="编号和账户类别请按账本写法填写；两种格式见 docs/auditor/audit.md。",
    )
