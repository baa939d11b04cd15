# SPDX-License-Identifier: Apache-2.0
"""Which earlier entries each kind names, and which ids it makes (I7: references resolve, no duplicate ids)."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge, Plan, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.code import Code
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.control import Correction, Disposition, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import (
    Acceptance,
    Claim,
    Interest,
    MatchingReceipt,
    PayeeList,
    Publication,
    Restitution,
    Return,
    Transfer,
    Use,
)
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent

Table = Literal[
    "parties", "accounts", "funds", "projects", "lines", "claims", "pledges", "contracts", "objections"
]

TABLE_NAMES: Final[dict[Table, tuple[str, str]]] = {
    "parties": ("party", "单位"),
    "accounts": ("account", "账户"),
    "funds": ("fund", "资金"),
    "projects": ("project", "项目"),
    "lines": ("line", "指标"),
    "claims": ("claim", "请款"),
    "pledges": ("pledge", "配套承诺"),
    "contracts": ("contract", "合同"),
    "objections": ("objection", "异议"),
}

Reference = tuple[Table, str, str]
"""(table, id, field on the wire)."""

_FLAT: Final[Mapping[type[AnyEvent], tuple[tuple[Table, str, str], ...]]] = {
    Key: (("parties", "holder", "holder"),),
    Party: (("parties", "parent", "parent"),),
    Account: (
        ("parties", "owner", "owner"),
        ("parties", "bank", "bank"),
        ("funds", "fund", "fund"),
        ("accounts", "pool", "pool"),
    ),
    Fund: (("parties", "issuer", "issuer"),),
    Project: (("parties", "unit", "unit"),),
    Policy: (),
    Calendar: (),
    Correction: (),
    LogKeyChange: (),
    Attachment: (),
    Deputation: (),
    Override: (),
    AdministratorChange: (),
    Allocation: (
        ("parties", "from_", "from"),
        ("parties", "to", "to"),
        ("funds", "fund", "fund"),
        ("projects", "project", "project"),
        ("lines", "parent", "parent"),
    ),
    MatchingPledge: (("funds", "fund", "fund"), ("parties", "party", "party")),
    MatchingReceipt: (
        ("funds", "fund", "fund"),
        ("parties", "party", "party"),
        ("accounts", "account", "account"),
        ("accounts", "from_account", "from_account"),
        ("pledges", "pledge", "pledge"),
    ),
    Claim: (("projects", "project", "project"), ("lines", "line", "line"), ("parties", "payee", "payee")),
    Disbursement: (
        ("lines", "line", "line"),
        ("accounts", "from_account", "from_account"),
        ("accounts", "to_account", "to_account"),
        ("parties", "payee", "payee"),
        ("projects", "project", "project"),
        ("claims", "claim", "claim"),
    ),
    Transfer: (("accounts", "from_account", "from_account"), ("accounts", "to_account", "to_account")),
    Use: (
        ("accounts", "from_account", "from_account"),
        ("accounts", "to_account", "to_account"),
        ("parties", "payee", "payee"),
        ("projects", "project", "project"),
        ("claims", "claim", "claim"),
    ),
    Interest: (("accounts", "account", "account"),),
    Return: (("accounts", "from_account", "from_account"), ("accounts", "to_account", "to_account")),
    Movement: (("accounts", "account", "account"), ("accounts", "counterparty", "counterparty")),
    BankBalance: (("accounts", "account", "account"),),
    Acceptance: (("projects", "project", "project"),),
    Code: (),
    Contract: (("projects", "project", "project"), ("parties", "supplier", "supplier")),
    ContractChange: (("contracts", "contract", "contract"), ("parties", "approved_by", "approved_by")),
    Settlement: (("projects", "project", "project"), ("contracts", "contract", "contract")),
    Progress: (("projects", "project", "project"), ("contracts", "contract", "contract")),
    Plan: (("lines", "line", "line"),),
    PayeeList: (("funds", "fund", "fund"), ("lines", "line", "line"), ("projects", "project", "project")),
    Publication: (
        ("funds", "fund", "fund"),
        ("projects", "project", "project"),
        ("contracts", "contract", "contract"),
    ),
    Waiver: (("funds", "fund", "fund"),),
    Restitution: (
        ("lines", "line", "line"),
        ("accounts", "from_account", "from_account"),
        ("accounts", "to_account", "to_account"),
    ),
    Disposition: (),
    Objection: (),
    Reply: (("objections", "objection", "objection"),),
    Erasure: (),
    PeriodClose: (("parties", "unit", "unit"), ("funds", "fund", "fund")),
}
"""Kind → (table, attribute, field on the wire) of every id in the event itself; `_nested` has those further in."""


_NESTING: Final = frozenset(
    {Fund, Project, Policy, Allocation, Claim, Transfer, Use, Interest, Return, Disposition}
)


def references(event: AnyEvent) -> Iterator[Reference]:
    """Every registry id that `event` names, with the table it must be in and the field that names it."""
    for table, attribute, field in _FLAT[type(event)]:
        identifier = getattr(event, attribute)
        if identifier is not None:
            yield (table, identifier, field)
    if type(event) in _NESTING:
        yield from ((table, one, field) for table, one, field in _nested(event) if one is not None)


def _nested(event: AnyEvent) -> Iterator[tuple[Table, str | None, str]]:  # noqa: C901 - one row a kind
    match event:
        case Transfer() | Use() | Interest() | Return():
            if event.tag is not None:
                yield from (("funds", event.tag.fund, "tag.fund"), ("lines", event.tag.line, "tag.line"))
        case Allocation(action="adjust" | "recall"):
            yield ("lines", event.line, "line")
        case Claim(action="approve" | "return"):
            yield ("claims", event.claim, "claim")
        case Fund():
            yield from (("parties", term.party, "matching.party") for term in event.matching)
            yield from (("parties", one.party, "matching_amounts.party") for one in event.matching_amounts)
        case Project():
            yield from (("funds", fund, "funds") for fund in event.funds)
            yield from (("parties", one.party, "milestones.party") for one in event.milestones)
        case Policy():
            yield from (("funds", row.fund, "rows.fund") for row in event.rows)
        case Disposition():
            yield from (("parties", party, "parties") for party in event.parties)
        case _:
            return
