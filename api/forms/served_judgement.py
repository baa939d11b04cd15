# SPDX-License-Identifier: Apache-2.0
"""A filled file judged by the server of a ledger, or left there as a draft, for whoever is signed in (POST /v1/imports)."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

import msgspec

from api.drafts.looked_at import read_answer
from api.forms.form_draft import stands_already
from api.forms.form_reading import FormReading
from api.forms.form_run import Result
from ledger.answer import Refused
from ledger.errors import InputError
from ledger.intake.rows import RowError
from ledger.problems import error_of
from ledger.served_session import Session

_FILE: Final = "application/octet-stream"


class _Words(msgspec.Struct, frozen=True):
    zh: str
    en: str


class _Error(msgspec.Struct, frozen=True):
    table: str
    file: str
    row: int
    column: str
    value: str
    rule: str
    message: _Words
    remedy: _Words
    sheet: str | None = None


class _Rows(msgspec.Struct, frozen=True):
    read: int
    good: int
    posted_before: int
    bad: tuple[int, ...]


class _Told(msgspec.Struct, frozen=True):
    rows: _Rows
    errors: tuple[_Error, ...]
    error_count: int
    draft: str | None = None


def judged_there(session: Session, found: FormReading) -> Result:
    """What the server says of the file of `found`, as acts of the party signed in; nothing is stored.

    Raises:
        InputError: the server does not take the file.
        EnvironmentFault: no usable answer came.
    """
    told = _sent(session, found, {"dry_run": "true"})
    judged = replace(
        found,
        errors=[_row_error(one) for one in told.errors],
        error_count=told.error_count,
        bad_rows=set(told.rows.bad),
        rows=told.rows.read,
    )
    return Result(reading=judged, good=told.rows.good, before=told.rows.posted_before)


def left_there(session: Session, result: Result, *, valid_only: bool) -> Result:
    """`result`, and its good rows wait on the server as a draft, at the address told.

    Raises:
        InputError: the server refuses it, or some rows stand in the ledger.
        EnvironmentFault: no usable answer came.
    """
    if result.before:
        raise stands_already(result.reading.file.name, result.before)
    told = _sent(session, result.reading, {"valid_only": "true"} if valid_only else {})
    return replace(result, draft=f"{session.client.address}/desk/drafts/{told.draft}")


def check_party(session: Session, party: str) -> None:
    """Nothing, if the key that is signed in is one of `party`.

    Raises:
        InputError: otherwise; the rows would be judged as acts of somebody else.
    """
    if session.party != party:
        raise InputError(
            code="post.other-party",
            place="--party",
            message_en=f"the key is one of {session.party}, the rows are acts of {party}",
            message_zh=f"密钥属于 {session.party}，而各行为 {party} 的事项",
            remedy_en="Give a key of that party.",
            remedy_zh="请使用该单位的密钥。",
        )


def _sent(session: Session, found: FormReading, choice: dict[str, str]) -> _Told:
    asked = found.asked
    query = [("kind", asked.kind), ("name", found.file.name), *choice.items()]
    query += [("sheet", asked.sheet)] if asked.sheet is not None else []
    query += [("ignore", title) for title in asked.ignore]
    path, data = f"/v1/imports?{urlencode(query)}", found.file.path.read_bytes()
    answer = session.write("POST", path, data, media_type=_FILE, named=True)  # by its own hash
    if isinstance(answer, Refused):
        raise error_of(answer.problems[0], InputError)
    told: _Told = read_answer(answer, _Told, session.client.address)
    return told


def _row_error(told: _Error) -> RowError:
    return RowError(
        table=told.table,
        file=told.file,
        sheet=told.sheet,
        row=told.row,
        column=told.column,
        value=told.value,
        rule=told.rule,
        message_en=told.message.en,
        message_zh=told.message.zh,
        remedy_en=told.remedy.en,
        remedy_zh=told.remedy.zh,
    )
