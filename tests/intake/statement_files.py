# SPDX-License-Identifier: Apache-2.0
"""Bank statements as files, written from the message definition of camt.053.001.08 and from what banks print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

HEADERS: Final = "账号,对账单号,记账日期,起息日,借方金额,贷方金额,余额,对方账号,流水号"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One `Ntry`: figures as the bank writes them; `more` is put in before its details."""

    amount: str
    side: str = "DBIT"
    day: str = "2026-01-05"
    value_day: str | None = None
    own: str = ""
    servicer: str = ""
    end_to_end: str = ""
    other: str = ""
    currency: str = "CNY"
    status: str = "<Sts><Cd>BOOK</Cd></Sts>"

    @property
    def xml(self) -> str:
        """The element."""
        side = "Cdtr" if self.side == "DBIT" else "Dbtr"
        other = f"<RltdPties><{side}Acct><Id><Othr><Id>{self.other}</Id></Othr></Id></{side}Acct></RltdPties>"
        details = f"<TxDtls><Refs>{_tag('EndToEndId', self.end_to_end)}</Refs>{other if self.other else ''}</TxDtls>"
        return (
            f"<Ntry>{_tag('NtryRef', self.own)}<Amt Ccy='{self.currency}'>{self.amount}</Amt>"
            f"<CdtDbtInd>{self.side}</CdtDbtInd>{self.status}<BookgDt><Dt>{self.day}</Dt></BookgDt>"
            f"<ValDt><Dt>{self.value_day or self.day}</Dt></ValDt>{_tag('AcctSvcrRef', self.servicer)}"
            f"<BkTxCd/><NtryDtls>{details}</NtryDtls></Ntry>\n"
        )


def _tag(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else ""


def _balance(code: str, amount: str, day: str, currency: str) -> str:
    side, figure = ("DBIT", amount[1:]) if amount.startswith("-") else ("CRDT", amount)
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{figure}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def statement(
    *entries: Entry,
    opening: str = "10000.00",
    closing: str = "10000.00",
    account: str = "A-NA-TREASURY",
    number: str = "2026-01",
    currency: str = "CNY",
    period: tuple[str, str] = ("2026-01-01", "2026-01-31"),
) -> str:
    """One `Stmt`."""
    first, last = period
    return (
        f"<Stmt><Id>{number}</Id><CreDtTm>{last}T20:15:00+08:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{first}T00:00:00+08:00</FrDtTm><ToDtTm>{last}T23:59:59+08:00</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>\n"
        + _balance("OPBD", opening, first, currency)
        + _balance("CLBD", closing, last, currency)
        + "".join(entry.xml for entry in entries)
        + "</Stmt>"
    )


def message(*statements: str, namespace: str = NAMESPACE, head: str = "") -> str:
    """A whole camt.053 file."""
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{head}<Document xmlns='{namespace}'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-31T20:15:00+08:00</CreDtTm></GrpHdr>\n"
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    )


GOOD: Final = message(
    statement(
        Entry(amount="2500.00", servicer="R-78", other="A-BUILDER", own="1"),
        Entry(amount="100.5", side="CRDT", end_to_end="E-2", value_day="2026-01-04", own="2"),
        Entry(amount="0.50", own="3"),
        closing="7600.00",
    )
)
"""A payment of 2,500.00, a credit of 100.50, a fee of 0.50."""

TABLE: Final = f"""{HEADERS}
A-NA-TREASURY,2026-01,2026-01-05,,"2,500.00",,"7,500.00",A-BUILDER,R-78
A-NA-TREASURY,2026-01,2026/1/5,2026-01-04,,¥100.5,"7,600.50",,E-2
A-NA-TREASURY,2026-01,20260105,,0.50,,7600.00,-,
"""
"""The same statement over the counter."""
