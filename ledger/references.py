# SPDX-License-Identifier: Apache-2.0
"""Which earlier entries each kind names, and which ids it makes (I7: references resolve, no duplicate ids)."""

from collections.abc import Iterator
from typing import Final, Literal, assert_never

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent

Table = Literal["parties", "accounts", "funds", "projects", "lines", "claims", "pledges"]

TABLE_NAMES: Final[dict[Table, tuple[str, str]]] = {
    "parties": ("party", "单位"),
    "accounts": ("account", "账户"),
    "funds": ("fund", "资金"),
    "projects": ("project", "项目"),
    "lines": ("line", "指标"),
    "claims": ("claim", "请款"),
    "pledges": ("pledge", "配套承诺"),
}

Reference = tuple[Table, str | None, str]
"""(table, id or None when the field is absent, field)."""


def references(event: AnyEvent) -> Iterator[Reference]:  # noqa: C901, PLR0912, PLR0915 - one row a kind
    """Every registry id that `event` names, with the table it must be in and the field that names it."""
    match event:
        case Key():
            yield ("parties", event.holder, "holder")
        case Party():
            yield ("parties", event.parent, "parent")
        case Account():
            yield from (("parties", event.owner, "owner"), ("parties", event.bank, "bank"))
            yield from (("funds", event.fund, "fund"), ("accounts", event.pool, "pool"))
        case Fund():
            yield ("parties", event.issuer, "issuer")
            yield from (("parties", term.party, "matching.party") for term in event.matching)
        case Project():
            yield ("parties", event.unit, "unit")
            yield from (("funds", fund, "funds") for fund in event.funds)
            yield from (("parties", one.party, "milestones.party") for one in event.milestones)
        case Policy():
            yield from (("funds", row.fund, "rows.fund") for row in event.rows)
        case Calendar() | Correction():
            return
        case Allocation():
            yield from _allocation(event)
        case MatchingPledge():
            yield from (("funds", event.fund, "fund"), ("parties", event.party, "party"))
        case MatchingReceipt():
            yield from (("funds", event.fund, "fund"), ("parties", event.party, "party"))
            yield from (
                ("accounts", event.account, "account"),
                ("accounts", event.from_account, "from_account"),
            )
            yield ("pledges", event.pledge, "pledge")
        case Claim():
            yield from (("projects", event.project, "project"), ("lines", event.line, "line"))
            yield ("parties", event.payee, "payee")
            if event.action != "submit":
                yield ("claims", event.claim, "claim")
        case Disbursement():
            yield from (("lines", event.line, "line"), ("accounts", event.from_account, "from_account"))
            yield from (("accounts", event.to_account, "to_account"), ("parties", event.payee, "payee"))
            yield from (("projects", event.project, "project"), ("claims", event.claim, "claim"))
        case Transfer():
            yield from (
                ("accounts", event.from_account, "from_account"),
                ("accounts", event.to_account, "to_account"),
            )
            yield from _tag(event.tag)
        case Use():
            yield from (
                ("accounts", event.from_account, "from_account"),
                ("accounts", event.to_account, "to_account"),
            )
            yield from (("parties", event.payee, "payee"), ("projects", event.project, "project"))
            yield ("claims", event.claim, "claim")
            yield from _tag(event.tag)
        case Interest():
            yield ("accounts", event.account, "account")
            yield from _tag(event.tag)
        case Return():
            yield from (
                ("accounts", event.from_account, "from_account"),
                ("accounts", event.to_account, "to_account"),
            )
            yield from _tag(event.tag)
        case Movement():
            yield from (
                ("accounts", event.account, "account"),
                ("accounts", event.counterparty, "counterparty"),
            )
        case BankBalance():
            yield ("accounts", event.account, "account")
        case Acceptance():
            yield ("projects", event.project, "project")
        case _:
            assert_never(event)


def _allocation(event: Allocation) -> Iterator[Reference]:
    yield from (("parties", event.from_, "from"), ("parties", event.to, "to"))
    yield from (("funds", event.fund, "fund"), ("projects", event.project, "project"))
    if event.action in {"issue", "split"}:
        yield ("lines", event.parent, "parent")
    else:
        yield ("lines", event.line, "line")


def _tag(tag: Tag | None) -> Iterator[Reference]:
    if tag is not None:
        yield from (("funds", tag.fund, "tag.fund"), ("lines", tag.line, "tag.line"))
