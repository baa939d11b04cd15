# SPDX-License-Identifier: Apache-2.0
"""A household subsidy as it should be paid: line and cash come down to a township, which pays by registered lists.

Cards that are closed send money back, which is paid again: more goes out by a list than it comes to, and less stays out.
"""

import datetime
import hashlib
from collections.abc import Iterator

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import PayeeList, Return, Transfer
from ledger.kinds.form import Tag
from verifier.simulation.draws import TEN_THOUSAND, parts_of, sometimes
from verifier.simulation.holidays import working
from verifier.simulation.labels import Case
from verifier.simulation.stage import YEAR_END, Done, Stage
from verifier.simulation.statements import closed_on

_AGAIN_WITHIN = 30
_BOUNCED_PERCENT = 60
"""Percent of lists on which some cards are closed."""


def household_life(stage: Stage) -> Iterator[Case]:
    """A subsidy from its line to the last list, within five months. No case: nothing is irregular."""
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    township, account = _township(stage)
    line, sent_on = _hand_down(stage, township, account)
    day = stage.after(sent_on, 6)
    for number, amount in enumerate(parts_of(stage.rng, stage.amount, 1 + stage.rng.randrange(3)), start=1):
        root = hashlib.sha256(f"{stage.key}/list/{number}".encode()).hexdigest()
        listed = PayeeList(
            occurred_on=day,
            fund=stage.fund.id,
            period=f"{day:%Y-%m}",
            persons=20 + stage.rng.randrange(400),
            amount=amount,
            root=root,
            line=line,
            project=stage.project,
        )
        stage.act(day, township, "list", listed, slot=2)
        paid_on = stage.run_after(day, 3)
        paid = _pay(stage, paid_on, amount, (township, account, line, root))
        if sometimes(stage.rng, _BOUNCED_PERCENT):
            _bounce(stage, paid, amount // 100, (township, account, line, root))
        day = stage.after(paid_on, 25)
    yield from ()


def _township(stage: Stage) -> tuple[str, str]:
    """The finance office of a township of the county, and its account."""
    office, county = f"{stage.key}-township", stage.county
    number = int(stage.key.rpartition("-")[2])
    names = (f"{county.name}第{number}镇财政所", f"{county.name_en} Township {number} Finance Office")
    place = f"{county.division}{number % 999 + 1:03d}"
    stage.enrolment.party(office, names, ("township", place), "finance", parent=county.finance)
    account, bank = f"{office}-account", stage.branch.rural_bank
    stage.enrolment.account(county.finance, account, office, "township", bank=bank)
    stage.diary.cover(account, bank=bank, opening=TEN_THOUSAND)
    return office, account


def _hand_down(stage: Stage, township: str, account: str) -> tuple[str, datetime.date]:
    """The township's line, which has all of the county's, and when its cash was sent."""
    line, finance = f"{stage.line}-township", stage.county.finance
    split_on = stage.after(stage.grant.on, 5 + stage.rng.randrange(15))
    split = Allocation(
        occurred_on=split_on,
        action="split",
        line=line,
        parent=stage.line,
        from_=finance,
        to=township,
        amount=stage.amount,
        project=stage.project,
    )
    stage.act(split_on, finance, "pass-on", split, slot=2)
    sent_on = max(split_on, stage.grant.cash_on)
    if (sent_on.month, sent_on.day) >= YEAR_END:  # money sent down now would have to be used up at once
        sent_on = working(datetime.date(sent_on.year + 1, 1, 5))
    sent = Transfer(
        occurred_on=sent_on,
        from_account=stage.county.treasury,
        to_account=account,
        amount=stage.amount,
        reason="pass_on",
        tag=Tag(fund=stage.fund.id, source="grant", line=line),
    )
    stage.act(sent_on, finance, "cash", sent)
    return line, sent_on


def _pay(stage: Stage, day: datetime.date, amount: int, by: tuple[str, str, str, str]) -> Done:
    """`by` names township, account, line and list."""
    township, account, line, root = by
    event = Disbursement(
        occurred_on=day,
        line=line,
        from_account=account,
        payee_list=root,
        amount=amount,
        mode="direct",
        project=stage.project,
        functional=stage.fund.purpose.functional,
        economic=stage.fund.purpose.bought,
    )
    (name,) = stage.act(day, township, "pay", event)
    return Done(name=name, on=day, amount=amount)


def _bounce(stage: Stage, paid: Done, amount: int, by: tuple[str, str, str, str]) -> None:
    """`amount` of what was `paid` comes back, and is paid again once the bank has borne it out, which lifts the line.

    Nothing bounces after the year of the line, when nothing would lift it any more, nor where the bank would bear it out
    too late to pay those persons again within a month (semantics O8).
    """
    township, account, _, _ = by
    back_on = stage.after(paid.on, 2)
    again_on = stage.run_after(closed_on(back_on), 1)
    if back_on.year != stage.grant.on.year or again_on > back_on + datetime.timedelta(days=_AGAIN_WITHIN):
        return
    back = Return(
        occurred_on=back_on,
        event=paid.name,
        to_account=account,
        amount=amount,
        reason="银行卡已注销，退回",
    )
    stage.act(back_on, township, "return", back)
    _pay(stage, again_on, amount, by)
