# SPDX-License-Identifier: Apache-2.0
"""Rows that no log can rebuild, as lines of text: what a backup carries beside the entries (spec §11.3).

A line is a canonical JSON list: the name of the table, then its columns in order; bytes stand in base64.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, LargeBinary, Table, select

from ledger.errors import FormatError
from ledger.store.tables import ACCESS, ANCHOR, CHECKPOINT, COSIGNATURE, DISCLOSURE

KEPT: Final = (CHECKPOINT, COSIGNATURE, ANCHOR, DISCLOSURE, ACCESS)
"""In the order in which a backup holds them."""

ROW_BYTES_MAX: Final = 16 << 20

_AT_ONCE: Final = 256
_BY_NAME: Final[Mapping[str, Table]] = MappingProxyType({table.name: table for table in KEPT})


def kept_lines(connection: Connection) -> Iterator[bytes]:
    """Every row of every kept table as a line without its line end, by primary key."""
    for table in KEPT:
        wanted = select(table).order_by(*table.primary_key)
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(wanted):
            yield msgspec.json.encode([str(table.name), *map(_told, row)])


def parse_row(line: bytes, *, place: str) -> tuple[Table, tuple[Any, ...]]:
    """The table and the row that `line` tells.

    Raises:
        FormatError: it tells none, or in another spelling; the error names `place`.
    """
    try:
        name, *values = msgspec.json.decode(line, type=list[str | int | None])
        table = _BY_NAME[str(name)]
        row = tuple(_value(column.type, value) for column, value in zip(table.columns, values, strict=True))
    except (KeyError, ValueError, binascii.Error) as error:
        raise _no_row(place) from error
    if msgspec.json.encode([str(table.name), *map(_told, row)]) != line:
        raise _no_row(place)
    return table, row


def _told(value: object) -> object:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _value(kind: object, value: str | int | None) -> object:
    if not isinstance(kind, LargeBinary):
        return value
    if not isinstance(value, str):
        raise ValueError("bytes stand in base64")  # noqa: TRY004 - told to its caller as a row that is none
    return base64.b64decode(value, validate=True)


def _no_row(place: str) -> FormatError:
    return FormatError(
        code="backup.row",
        place=place,
        message_en="it is no row of a table that this program keeps",
        message_zh="不是本程序所保存数据表的一行",
        remedy_en="Restore with the version of the program that wrote the backup, or a later one.",
        remedy_zh="请使用写出该备份的程序版本或更新版本进行恢复。",
    )
