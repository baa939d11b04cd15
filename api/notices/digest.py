# SPDX-License-Identifier: Apache-2.0
"""The daily notice to one recipient: what is pressing for a party, as JSON for programs and as mail for people."""

import datetime
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final

import msgspec

from api.languages import Language
from api.notices.calendar import told
from api.notices.due import NOT_COVERED, Due
from api.portal.amounts import MoneyStyle
from api.portal.digest_text import digest_texts
from api.portal.wording import wording
from api.projection.finding_board import Owed
from ledger.genesis import Genesis

ROWS_MAX: Final = 100
"""Obligations, and drafts, that a notice lists; it counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """A draft that is not signed by all yet: its id, the id of its submission, until when it may be signed."""

    id: str
    submission: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is pressing for a party called `name` on one day; `link` is the address of the desk page, if it is known."""

    due: Due
    drafts: tuple[WaitingDraft, ...]
    genesis: Genesis
    genesis_hash: str
    name: str
    link: str = ""

    @property
    def pressing(self) -> tuple[Owed, ...]:
        """What is overdue or due soon."""
        return tuple(one for one in self.due.owed if one.state in {"overdue", "due_soon"})

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell; then nothing is sent."""
        return not (self.pressing or self.drafts or self.due.stopped)


def digest_body(digest: Digest, *, notice: str) -> bytes:
    """The notice called `notice` as one JSON object; amounts in minor units."""
    due, pressing = digest.due, digest.pressing
    fields: dict[str, Any] = {
        "notice": "fundtrace/notice/v1",
        "id": notice,
        "party": due.party,
        "day": due.day,
        "up_to": due.up_to,
        "origin": digest.genesis.origin,
        "genesis": digest.genesis_hash,
        "currency": digest.genesis.currency,
        "owed": [_fields(one) for one in pressing[:ROWS_MAX]],
        "owed_in_all": len(pressing),
        "drafts": list(digest.drafts[:ROWS_MAX]),
        "drafts_in_all": len(digest.drafts),
        "stopped": list(due.stopped[:ROWS_MAX]),
        "stopped_in_all": len(due.stopped),
        "not_covered": NOT_COVERED,
    }
    return msgspec.json.encode(fields)


def digest_mail(
    digest: Digest, *, notice: str, language: Language, sender: str, to: str, now: datetime.datetime
) -> EmailMessage:
    """The notice called `notice` as a mail, in plain text and in HTML; sent again it has the same Message-ID."""
    words = wording(language)
    money = MoneyStyle(language=language, currency=digest.genesis.currency)
    pressing = digest.pressing
    text, markup = digest_texts(
        language,
        digest=digest,
        rows=[(one, told(one, words, money)) for one in pressing[:ROWS_MAX]],
        more=max(0, len(pressing) - ROWS_MAX),
        drafts=digest.drafts[:ROWS_MAX],
        stopped=digest.due.stopped[:ROWS_MAX],
    )
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = words.text(
        "digest.subject", party=digest.name, day=digest.due.day, n=len(pressing), drafts=len(digest.drafts)
    )
    mail["Date"] = now
    mail["Message-ID"] = f"<{notice}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    mail.set_content(text)
    mail.add_alternative(markup, subtype="html")
    return mail


def _fields(one: Owed) -> dict[str, Any]:
    return {
        "id": one.id,
        "duty": one.duty,
        "fund": one.fund,
        "line": one.line,
        "project": one.project,
        "matter": one.matter,
        "amount": one.amount,
        "outstanding": one.outstanding,
        "due": one.due,
        "provisional": one.provisional,
        "state": one.state,
        "started": one.started,
    }
