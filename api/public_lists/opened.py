# SPDX-License-Identifier: Apache-2.0
"""What was disclosed of payments: from a file given to somebody, or from the store of a server, which notes it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from api.drafts.looked_at import read_answer
from api.public_lists.payments import Payment
from ledger.answer import Refused
from ledger.disclosure_file import parse_lines
from ledger.errors import FormatError, InputError
from ledger.problems import error_of
from ledger.served_session import Session
from verifier.disclosures.check import opened

Texts = dict[int, list[str]]
"""Disclosures by the position of their event."""


class _Field(msgspec.Struct, frozen=True):
    commitment: str
    disclosure: str | None = None


class _Shown(msgspec.Struct, frozen=True):
    event: str
    fields: tuple[_Field, ...]


def texts_in(file: Path, payments: Sequence[Payment], *, genesis: str) -> Texts:
    """What `file`, written by ``export --for audit``, discloses of `payments` in the ledger with the leaf hash `genesis`.

    Raises:
        FormatError: it is no such file, or one of another ledger.
        EnvironmentFault: it cannot be read.
    """
    found: Texts = {one.seq: [] for one in payments}
    with opened(file) as lines:
        head, disclosures = parse_lines(lines, place=file.name)
        if head.genesis != genesis:
            raise _other_ledger(file)
        for line in disclosures:
            if line.seq in found:
                found[line.seq].append(line.disclosure)
    return found


def texts_at(session: Session, payments: Sequence[Payment], *, reason: str, case: str | None) -> Texts:
    """What the server shows of `payments` to whoever is signed in; it notes each field with `reason` and `case`.

    Raises:
        InputError: it is not for them, or audit names no case.
        EnvironmentFault: no usable answer came.
    """
    found: Texts = {}
    for one in payments:
        asked = {"event": one.name, "reason": reason} | ({} if case is None else {"case": case})
        # Asked again after a broken connection, it is noted again: it may have been shown twice.
        answer = session.write("POST", "/v1/disclosures", msgspec.json.encode(asked), named=True)
        if isinstance(answer, Refused):
            raise error_of(answer.problems[0], InputError)
        shown: _Shown = read_answer(answer, _Shown, session.client.address)
        found[one.seq] = [field.disclosure for field in shown.fields if field.disclosure is not None]
    return found


def _other_ledger(file: Path) -> FormatError:
    return FormatError(
        code="mask.other-ledger",
        place=file.name,
        message_en="the disclosures are of another ledger",
        message_zh="披露文件属于另一账本",
        remedy_en="Give the file that belongs to this export.",
        remedy_zh="请使用与该导出对应的文件。",
    )
