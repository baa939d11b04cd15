# SPDX-License-Identifier: Apache-2.0
"""What an event names, so that its entry can be found again: registered ids, papers, and the event it answers."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from ledger.document_number import one_spelling
from ledger.kinds.authority import Allocation, Disbursement, Plan, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.contract import Contract
from ledger.kinds.control import Correction, Disposition, Erasure, Objection
from ledger.kinds.fact import Claim, PayeeList, Publication, Restitution, Return
from ledger.kinds.mandate import AdministratorChange, Deputation
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.register import Register

_PARTIES = ("party", "payee", "owner", "unit", "issuer", "holder", "supplier", "approved_by")
_ACCOUNTS = ("account", "from_account", "to_account")
PAPERS = ("document", "contract", "voucher", "bank_ref", "claim", "pledge", "milestone", "case", "objection")
"""Fields that carry the number of a paper or of a chain of events; people search by them."""

CITING = Correction | Return | Restitution | Publication | Waiver | Objection | Erasure
"""Kinds that name an earlier event in their field `event`."""

_NUMBERED: Final[Mapping[type[AnyEvent], tuple[str, ...]]] = {
    **dict.fromkeys((Movement, BankBalance), ("statement",)),
    **dict.fromkeys((Party, Account, Fund, Project, Policy, Calendar, Contract), ("id",)),
    **dict.fromkeys(get_args(CITING), ("event",)),
    Objection: ("id", "event"),
    Key: ("key",),
    PayeeList: ("root",),
    **dict.fromkeys((Deputation, AdministratorChange), ("id",)),
}
"""Kind → fields beside `PAPERS` by which people search for its events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one event is about; absent parts are None. `accounts` are those it moves money on."""

    amount: int | None = None
    fund: str | None = None
    line: str | None = None
    project: str | None = None
    parties: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    cites: str | None = None


def subject_of(register: Register, event: AnyEvent, *, actor: str) -> Subject:
    """The subject of `event` as the register stands after it; `actor` is the party that posted it."""
    tag = getattr(event, "tag", None)
    line = _line(event) or (tag.line if tag else None)
    fund = getattr(event, "fund", None) or (tag.fund if tag else None)
    if fund is None and line is not None and line in register.lines:
        fund = register.lines[line].fund
    amount = getattr(event, "amount", None)
    return Subject(
        amount=amount if isinstance(amount, int) else None,
        fund=event.id if isinstance(event, Fund) else fund,
        line=line,
        project=event.id if isinstance(event, Project) else getattr(event, "project", None),
        parties=tuple(dict.fromkeys(party for party in (actor, *_parties(event)) if party)),
        accounts=tuple(dict.fromkeys(account for account in _accounts(event) if account)),
        cites=event.event if isinstance(event, CITING) else None,
    )


def papers_of(event: AnyEvent) -> list[str]:
    """Numbers of papers that `event` carries, and ids of registry entries that it makes or changes."""
    kind = type(event)
    papers: list[str] = []
    for field in _had(kind, PAPERS):
        value = getattr(event, field)
        if isinstance(value, str):
            papers += dict.fromkeys((value, one_spelling(value)))
    given = (getattr(event, field) for field in _NUMBERED.get(kind, ()))
    papers += (number for number in given if number is not None)
    return papers


def _line(event: AnyEvent) -> str | None:
    match event:
        case Allocation() | Disbursement() | Claim() | Plan() | PayeeList() | Restitution():
            return event.line
        case _:
            return None


def _parties(event: AnyEvent) -> Iterator[str | None]:
    match event:
        case Allocation():
            yield from (event.from_, event.to)
        case Party():
            yield event.id
        case Disposition():
            yield from event.parties
        case _:
            for field in _had(type(event), _PARTIES):
                yield getattr(event, field)


def _accounts(event: AnyEvent) -> Iterator[str | None]:
    if isinstance(event, Account):
        yield event.id
    for field in _had(type(event), _ACCOUNTS):
        yield getattr(event, field)


@functools.cache
def _had(kind: type[AnyEvent], names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `names` that events of `kind` have as fields."""
    return tuple(name for name in names if name in kind.__struct_fields__)
