# SPDX-License-Identifier: Apache-2.0
"""Which accounts and which matters new entries touch, read off the tables that the entries were noted in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ledger.kinds.registry import Calendar, Party, Policy
from verifier.posted import PostedEvent
from verifier.workspace import Workspace

_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS cut_from ON report (from_account, bank_ref, amount)",
    "CREATE INDEX IF NOT EXISTS cut_name ON report (name)",
    "CREATE INDEX IF NOT EXISTS touched_original ON report (original) WHERE original IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS touched_line ON bank_line (name)",
    "CREATE INDEX IF NOT EXISTS touched_statement ON statement (name)",
    "CREATE INDEX IF NOT EXISTS touched_correction ON reversed (correction_seq)",
)
_SIDES: Final = """
    SELECT r.from_account FROM ({of}) x JOIN report r ON {join} WHERE r.keeps & 1
    UNION SELECT r.to_account FROM ({of}) x JOIN report r ON {join} WHERE r.keeps & 2"""


def _sides(of: str, join: str) -> str:
    return _SIDES.format(of=of, join=join)


_REVERSED: Final = "SELECT name FROM reversed WHERE correction_seq > ?1"
_PAPERS: Final = "SELECT about FROM paper WHERE seq > ?1"
_PAPERS_REVERSED: Final = (
    "SELECT p.about FROM reversed v JOIN paper p ON p.name = v.name WHERE v.correction_seq > ?1"
)
_TOUCHED: Final = (
    _sides("SELECT seq FROM report WHERE seq > ?1", "r.seq = x.seq"),
    _sides("SELECT original FROM report WHERE seq > ?1 AND original IS NOT NULL", "r.name = x.original"),
    _sides(  # a payment told twice: the other telling
        "SELECT from_account, bank_ref, amount FROM report WHERE seq > ?1 AND bank_ref IS NOT NULL",
        "r.from_account = x.from_account AND r.bank_ref = x.bank_ref AND r.amount = x.amount",
    ),
    "SELECT account FROM bank_line WHERE seq > ?1",
    "SELECT account FROM statement WHERE seq > ?1",
    _sides(_REVERSED, "r.name = x.name"),
    _sides(_REVERSED, "r.original = x.name"),
    _sides(
        f"SELECT r.from_account, r.bank_ref, r.amount FROM ({_REVERSED}) v JOIN report r ON r.name = v.name",  # noqa: S608
        "r.from_account = x.from_account AND r.bank_ref = x.bank_ref AND r.amount = x.amount",
    ),
    f"SELECT b.account FROM ({_REVERSED}) x JOIN bank_line b ON b.name = x.name",  # noqa: S608 - text of our own
    f"SELECT s.account FROM ({_REVERSED}) x JOIN statement s ON s.name = x.name",  # noqa: S608 - text of our own
    _sides(_PAPERS, "r.name = x.about"),
    _sides(_PAPERS_REVERSED, "r.name = x.about"),
)
"""Accounts of: new reports, what they undo or tell again; new lines and statements; what was reversed, what undid or told
that; what new papers are about."""


@dataclass(slots=True, kw_only=True)
class Touched:
    """What has to be judged again. `everything` where rules, calendars or registers changed under what was judged."""

    everything: bool = False
    accounts: set[str] = field(default_factory=set)
    matters: set[tuple[str, str]] = field(default_factory=set)


def changes_everything(posted: PostedEvent) -> bool:
    """Whether `posted` may change what was found of entries that it does not name."""
    event = posted.event
    if isinstance(event, Calendar | Policy) or (isinstance(event, Party) and event.related):
        return True
    return getattr(event, "version", 1) > 1


def index(workspace: Workspace) -> None:
    """The tables of open books can be asked fast."""
    for sql in _INDEXES:
        workspace.run(sql)


def touched_accounts(workspace: Workspace, since: int) -> set[str]:
    """The custodian accounts that entries after position `since` touch."""
    return {account for sql in _TOUCHED for account in workspace.rows(str, sql, (since,))}


def reversed_since(workspace: Workspace, since: int) -> Iterator[str]:
    """Events that corrections after position `since` reversed."""
    return workspace.rows(str, _REVERSED, (since,))
