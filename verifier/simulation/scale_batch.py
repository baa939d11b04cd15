# SPDX-License-Identifier: Apache-2.0
"""One turn of a large ledger: what is sent, paid and bought for one county on one day."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Transfer, Use
from ledger.kinds.form import Tag
from verifier.simulation.scale_bodies import ALLOWED, DENIED, PROVINCE, PROVINCE_TREASURY, County

GENERAL_AMOUNT: Final = 30_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Turn number `turn` on `day`: payment number i, from 0, is of ``amounts[i]`` minor units from line i mod lines."""

    turn: int
    day: datetime.date
    county: County
    amounts: Sequence[int]

    def sent(self) -> Iterator[Allocation | Transfer]:
        """The province raises each line by what it will pay and sends the cash; general money comes beside it."""
        county = self.county
        for number, line, amount in self._lines():
            yield Allocation(
                occurred_on=self.day,
                action="adjust",
                direction="increase",
                line=line,
                from_=PROVINCE,
                to=county.finance,
                amount=amount,
            )
            yield Transfer(
                occurred_on=self.day,
                from_account=PROVINCE_TREASURY,
                to_account=county.treasury,
                amount=amount,
                reason="dispatch",
                tag=Tag(fund=county.fund(number), source="grant", line=line),
                bank_ref=self._reference("s", number),
            )
        yield Transfer(
            occurred_on=self.day,
            from_account=PROVINCE_TREASURY,
            to_account=county.treasury,
            amount=GENERAL_AMOUNT,
            reason="dispatch",
            bank_ref=self._reference("g", 0),
        )

    def paid(self) -> Iterator[Disbursement | Use]:
        """The county pays its unit from each line in turn, and general wages."""
        county = self.county
        lines = county.lines
        for number, amount in enumerate(self.amounts):
            yield Disbursement(
                occurred_on=self.day,
                line=lines[number % len(lines)],
                from_account=county.treasury,
                to_account=county.unit_account,
                payee=county.unit,
                amount=amount,
                mode="transfer",
                bank_ref=self._reference("p", number),
            )
        yield Use(
            occurred_on=self.day,
            from_account=county.treasury,
            amount=GENERAL_AMOUNT,
            bank_ref=self._reference("w", 0),
        )

    def bought(self) -> Iterator[Use]:
        """The unit pays the trader what it got, under the fund it came from; the first purchase of all is out of scope."""
        county = self.county
        lines = county.lines
        for number, amount in enumerate(self.amounts):
            line = number % len(lines)
            wrong = self.turn == number == 0
            yield Use(
                occurred_on=self.day,
                from_account=county.unit_account,
                to_account=county.trader_account,
                payee=county.trader,
                amount=amount,
                tag=Tag(fund=county.fund(line), source="grant", line=lines[line]),
                economic=DENIED if wrong else ALLOWED,
                bank_ref=self._reference("b", number),
            )

    def _lines(self) -> Iterator[tuple[int, str, int]]:
        """Number, id and sum of the payments of each line that pays in this turn."""
        lines = self.county.lines
        for number, line in enumerate(lines[: len(self.amounts)]):
            yield number, line, sum(self.amounts[number :: len(lines)])

    def _reference(self, sort: str, number: int) -> str:
        return f"{self.turn}-{sort}{number}"
