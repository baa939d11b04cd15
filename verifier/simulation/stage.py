# SPDX-License-Identifier: Apache-2.0
"""A stage: one unit with a project, an account, a supplier and a line of a fund, and the verbs by which scripts act there.

A case is played twice, on a guilty and on an innocent stage. Both draw from generators seeded alike, so that everything is
the same but the names of the place and what the script makes hang on `guilty`.
"""

import dataclasses
import datetime
import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from ledger.errors import ProgrammerError
from ledger.kinds.authority import Disbursement, Invoice, Waiver
from ledger.kinds.contract import Contract
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import AccountClass, Project
from ledger.kinds.vocabulary import AnyEvent
from verifier.simulation.country import CENTRE, Branch, Region
from verifier.simulation.diary import AS_TOLD, NOON, Banked, CashEvent, Diary, Feed, reference_of
from verifier.simulation.draws import TEN_THOUSAND, delay_days, grant_amount, run_before, run_on
from verifier.simulation.enrolment import Enrolment
from verifier.simulation.holidays import due, working
from verifier.simulation.programme import PAY_DAYS, FundPlan, Grant
from verifier.simulation.shape import Shape
from verifier.simulation.statements import closed_on, months_from

_LATER_SLOT: Final = 7
_MENDING_SLOT: Final = 8
YEAR_END: Final = (12, 15)
"""Month and day from which money moved into a unit's account looks like parked (semantics P5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a unit pays: its supplier for what the fund is for, unless `payee` or `economic` say otherwise.

    An untagged bill is paid with the unit's general money and names no project; `source` is whose money a tagged one says
    it takes. One of the supplier names the contract with it unless it is not `contracted`, or names another `contract`.
    """

    tagged: bool = True
    source: Literal["grant", "match"] = "grant"
    payee: str | None = None
    economic: str | None = None
    project: str | None = None
    contracted: bool = True
    contract: str | None = None
    milestone: str | None = None
    invoice: Invoice | None = None


PLAIN: Final = Bill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A report and its money: stable name of the event, its business date, and what it moved."""

    name: str
    on: datetime.date
    amount: int

    def line(self, account: str) -> tuple[str, str]:
        """The bank line of it on `account`, as labels name it."""
        return account, reference_of(self.name, self.on)


@dataclass(slots=True, kw_only=True)
class Stage:
    """One stage. `key` names it and everybody on it; `slug` names the case, the same for both twins.

    A stage in the `rush` may be paid in the last weeks of a year; on a `tidy` one nothing is bounced, mistold or told late.
    """

    shape: Shape
    diary: Diary
    enrolment: Enrolment
    branch: Branch
    county: Region
    fund: FundPlan
    key: str
    slug: str
    rng: random.Random
    guilty: bool = False
    difficulty: int = 1
    rush: bool = False
    tidy: bool = False
    beside: FundPlan | None = None
    grant: Grant = field(init=False)
    own: int = field(init=False, default=0)
    _numbers: Counter[str] = field(default_factory=Counter)

    # --- who and what is here ---------------------------------------------------------------------------------

    @property
    def unit(self) -> str:
        """The unit that runs the project and owns the account."""
        return f"{self.key}-unit"

    @property
    def account(self) -> str:
        """The unit's account, whose statements a bank signs unless it was settled without."""
        return f"{self.key}-account"

    @property
    def supplier(self) -> str:
        """Who is ordinarily paid; its account is called ``<supplier>-account``."""
        return f"{self.key}-supplier"

    @property
    def contract(self) -> str:
        """The contract of the project with the supplier, for twice the grant."""
        return f"{self.key}-contract"

    @property
    def project(self) -> str:
        """The project that the fund serves here."""
        return f"{self.key}-project"

    @property
    def line(self) -> str:
        """The county's line for the project."""
        return self.grant.line

    @property
    def amount(self) -> int:
        """The grant, minor units."""
        return self.grant.amount

    def tag_of(self, source: Literal["grant", "match"] = "grant") -> Tag:
        """That money is the fund's: the grant by this stage's line, or its matching money."""
        return Tag(fund=self.fund.id, source=source, line=self.line if source == "grant" else None)

    def lines(self, *done: Done) -> tuple[tuple[str, str], ...]:
        """The bank lines of `done` on the unit's account; none if no bank signs its statements."""
        covered = self.account in self.diary.feeds
        return tuple(one.line(self.account) for one in done) if covered else ()

    # --- days -------------------------------------------------------------------------------------------------

    def month(self, number: int) -> datetime.date:
        """The first day of month `number` of the country's life, from 0."""
        return list(months_from(self.shape.begins, self.shape.months))[number]

    @property
    def last(self) -> datetime.date:
        """The day on which the last statements are closed."""
        return closed_on(self.month(self.shape.months - 1))

    def early(self, months_left: int = 8) -> datetime.date:
        """A day on which the line may come so that at least `months_left` months follow, drawn alike for both twins."""
        first = self.month(2 + self.rng.randrange(max(1, self.shape.months - months_left - 2)))
        return first + datetime.timedelta(days=self.rng.randrange(25))

    def late(self, months_left: int = 5) -> datetime.date:
        """A day on which the line may come so late that what is left of it is not idle yet when the country ends."""
        return self.month(self.shape.months - months_left) + datetime.timedelta(days=self.rng.randrange(10))

    def after(self, day: datetime.date, days: int) -> datetime.date:
        """The first working day `days` calendar days after `day` or later."""
        return working(day + datetime.timedelta(days=days))

    def run_after(self, day: datetime.date, days: int) -> datetime.date:
        """The first payment run `days` calendar days after `day` or later."""
        return run_on(day + datetime.timedelta(days=days))

    # --- set-up -----------------------------------------------------------------------------------------------

    def settle(
        self,
        *,
        on: datetime.date,
        own: int = 0,
        amount: int | None = None,
        covered: bool = True,
        account_class: AccountClass = "unit_real",
        dedicated: bool = False,
    ) -> None:
        """The unit, its account with `own` general money, its supplier, project and grant exist; cash comes after `on`.

        The grant is drawn unless `amount` is given, and the county gets its line on the working day `on` or the next.
        """
        self.own = own
        amount = amount or grant_amount(self.rng, self.shape)
        self.grant = Grant(
            line=f"{self.key}-line",
            county=self.county,
            amount=amount,
            on=working(on),
            project=self.project,
        )
        self.fund.grants.append(self.grant)
        self.body(self.unit, ("项目单位", "Project Unit"))
        bank = self.branch.rural_bank if covered else None
        fund = self.fund.id if dedicated else None
        self.enrolment.account(
            self.county.finance, self.account, self.unit, account_class, bank=bank, fund=fund
        )
        if covered:
            self.diary.cover(self.account, bank=self.branch.rural_bank, opening=own)
        self.payee(self.supplier, ("工程商贸有限公司", "Works and Trading Co., Ltd."))
        project = self._project(self.project, ("项目", "project"))
        self.enrolment.project(self.county.finance, project)
        contract = Contract(
            occurred_on=self.grant.on,
            id=self.contract,
            project=self.project,
            supplier=self.supplier,
            amount=2 * self.amount,
            category=self.fund.purpose.category,
        )
        self.act(self.grant.on, self.unit, "contract", contract)

    def rehand(self, handed: tuple[tuple[datetime.date, int], ...], funded: int) -> None:
        """The city hands the line on in these parts (day, amount), and `funded` of it comes in cash."""
        grant = dataclasses.replace(self.grant, handed=handed, funded=funded)
        self.fund.grants[self.fund.grants.index(self.grant)] = grant
        self.grant = grant

    def sibling(self) -> "Stage":
        """Another unit of the county, with an account, a project and a line of the fund `beside`, still to be settled.

        Raises:
            ProgrammerError: the play names no fund beside its own.
        """
        if self.beside is None:
            raise ProgrammerError(f"{self.slug}: no fund beside that of the play")
        return dataclasses.replace(
            self, fund=self.beside, key=f"{self.key}b", beside=None, _numbers=Counter()
        )

    def second_project(self) -> str:
        """Another project of the unit under the same fund, which no line is for."""
        identifier = f"{self.key}-other-project"
        self.enrolment.project(
            self.county.finance, self._project(identifier, ("另一项目", "another project"))
        )
        return identifier

    def stop(self, number: int) -> str:
        """Account of another unit of the county, number `number`, through which money may pass; a bank signs it."""
        unit = f"{self.key}-unit{number}"
        self.body(unit, (f"第{number}下属单位", f"Subordinate Unit {number}"))
        account = f"{unit}-account"
        bank = self.branch.rural_bank
        self.enrolment.account(self.county.finance, account, unit, "unit_real", bank=bank)
        self.diary.cover(account, bank=bank, opening=TEN_THOUSAND)
        return account

    def second_account(self) -> str:
        """Another account of the stage's own unit, which a bank signs."""
        account, bank = f"{self.key}-account2", self.branch.rural_bank
        self.enrolment.account(self.county.finance, account, self.unit, "unit_real", bank=bank)
        self.diary.cover(account, bank=bank, opening=TEN_THOUSAND)
        return account

    def keep(self, own: int) -> None:
        """The account begins with `own` general money instead; for scripts that need the grant to say how much."""
        self.own = own
        self.diary.feeds[self.account] = Feed(bank=self.branch.rural_bank, opening=own)

    def body(self, identifier: str, names: tuple[str, str]) -> None:
        """A public unit of the county that acts, called after the stage and `names`."""
        county = self.county
        self.enrolment.party(
            identifier, self._named(names), ("county", county.division), "unit", parent=county.finance
        )

    def payee(
        self,
        identifier: str,
        names: tuple[str, str],
        *,
        related: tuple[str, ...] = (),
        account_class: AccountClass = "supplier",
        covered: bool = False,
    ) -> str:
        """A firm or person that is paid, and its account, whose name is returned."""
        account, division = f"{identifier}-account", self.county.division
        self.enrolment.party(
            identifier,
            self._named(names),
            ("payee", division),
            "beneficiary" if account_class == "personal" else "supplier",
            related=related,
        )
        bank = self.branch.rural_bank if covered else None
        self.enrolment.account(self.county.finance, account, identifier, account_class, bank=bank)
        if covered:
            self.diary.cover(account, bank=self.branch.rural_bank, opening=0)
        return account

    # --- verbs ------------------------------------------------------------------------------------------------

    def act(
        self,
        day: datetime.date,
        party: str,
        verb: str,
        *events: AnyEvent,
        slot: int = NOON,
        bank: Banked = AS_TOLD,
    ) -> tuple[str, ...]:
        """Names of `events`, posted by `party` on `day` under the next number of `verb`; see `Diary.act`."""
        self._numbers[verb] += 1
        identifier = f"{self.key}-{verb}-{self._numbers[verb]}"
        return self.diary.act(day, party, identifier, *events, slot=slot, bank=bank)

    def ask(self, day: datetime.date, amount: int, payee: str | None = None) -> str:
        """The unit asks on `day` for `amount` for itself or `payee`; the id of the claim."""
        claim = f"{self.key}-claim-{self._numbers['ask'] + 1}"
        event = Claim(
            occurred_on=day,
            action="submit",
            claim=claim,
            project=self.project,
            amount=amount,
            payee=payee or self.unit,
        )
        self.act(day, self.unit, "ask", event)
        return claim

    def approve(self, day: datetime.date, claim: str, amount: int, payee: str | None = None) -> str:
        """The county approves `claim` for the unit or `payee`; the name of the approval, which starts the payment clock."""
        event = Claim(
            occurred_on=day,
            action="approve",
            claim=claim,
            project=self.project,
            line=self.line,
            amount=amount,
            payee=payee or self.unit,
        )
        return self.act(day, self.county.finance, "approve", event)[0]

    def pay(self, day: datetime.date, amount: int, *, claim: str | None = None, direct: bool = False) -> Done:
        """The county pays `amount` of the line to the unit's account, or `direct` to the supplier."""
        event = Disbursement(
            occurred_on=day,
            line=self.line,
            from_account=self.county.treasury,
            to_account=f"{self.supplier}-account" if direct else self.account,
            payee=self.supplier if direct else self.unit,
            amount=amount,
            mode="direct" if direct else "transfer",
            project=self.project,
            functional=self.fund.purpose.functional,
            economic=self.fund.purpose.bought if direct else None,
            contract=self.contract if direct else None,
            claim=claim,
        )
        return self._done(day, self.county.finance, "pay", event)

    def fund_it(self, day: datetime.date, amount: int) -> Done:
        """A claim for `amount` is made and approved, and paid on a payment run in time; `day` is that of the claim."""
        claim = self.ask(working(day), amount)
        approved = self.after(working(day), 2 + self.rng.randrange(5))
        self.approve(approved, claim, amount)
        return self.pay(self.pay_day(approved), amount, claim=claim)

    def pay_day(self, approved: datetime.date) -> datetime.date:
        """A payment run after `approved` that is in time, by the delay that was drawn.

        Unless the stage joins the `rush` it is not in the last weeks of a year, when money must be used at once.
        """
        drawn = run_on(approved + datetime.timedelta(days=1 + delay_days(self.rng, self.shape, PAY_DAYS)))
        latest = due(approved, PAY_DAYS)
        day = drawn if drawn <= latest else run_before(latest, approved)
        if self.rush or (day.month, day.day) < YEAR_END:
            return day
        before = run_before(day.replace(day=YEAR_END[1] - 1), approved)
        return before if before > approved else run_on(datetime.date(day.year + 1, 1, 2))

    def buy(
        self,
        day: datetime.date,
        amount: int,
        bill: Bill = PLAIN,
        *,
        told_on: datetime.date | None = None,
        bank: Banked = AS_TOLD,
        slot: int = _LATER_SLOT,
    ) -> Done:
        """The unit pays `bill` out of its account, told on `told_on` or the same day."""
        payee, project = bill.payee or self.supplier, bill.project or self.project
        contracted = bill.contracted and bill.tagged and payee == self.supplier and project == self.project
        event = Use(
            occurred_on=day,
            from_account=self.account,
            to_account=f"{payee}-account",
            payee=payee,
            amount=amount,
            tag=self.tag_of(bill.source) if bill.tagged else None,
            functional=self.fund.purpose.functional if bill.tagged else None,
            economic=bill.economic or self.fund.purpose.bought,
            project=project if bill.tagged else None,
            contract=bill.contract or (self.contract if contracted else None),
            milestone=bill.milestone,
            invoice=bill.invoice,
        )
        (name,) = self.act(told_on or day, self.unit, "buy", event, slot=slot, bank=bank)
        return Done(name=name, on=day, amount=amount)

    def move(
        self,
        day: datetime.date,
        amount: int,
        accounts: tuple[str, str],
        *,
        party: str | None = None,
        tag: Tag | None = None,
        slot: int = _LATER_SLOT,
    ) -> Done:
        """Money moves from the first of `accounts` to the second, reported by `party`, the unit unless said."""
        event = Transfer(
            occurred_on=day,
            from_account=accounts[0],
            to_account=accounts[1],
            amount=amount,
            reason="other" if tag is None else "pass_on",
            tag=tag,
        )
        (name,) = self.act(day, party or self.unit, "move", event, slot=slot)
        return Done(name=name, on=day, amount=amount)

    def match(
        self,
        day: datetime.date,
        amount: int,
        *,
        source: Literal["budget", "self_raised", "in_kind"] = "budget",
    ) -> Done:
        """The county pays matching money from its treasury into the unit's account; in kind, nothing moves."""
        event = MatchingReceipt(
            occurred_on=day,
            fund=self.fund.id,
            party=self.county.finance,
            amount=amount,
            source=source,
            account=self.account,
            from_account=None if source == "in_kind" else self.county.treasury,
        )
        bank = Banked(amount=0) if source == "in_kind" else AS_TOLD
        return self._done(day, self.unit, "match", event, bank=bank)

    def send_back(
        self, day: datetime.date, amount: int, undone: Done, accounts: tuple[str | None, str]
    ) -> Done:
        """Money of `undone` comes back to the second of `accounts`, reported by the unit."""
        event = Return(
            occurred_on=day,
            event=undone.name,
            from_account=accounts[0],
            to_account=accounts[1],
            amount=amount,
            reason="收款账户有误，退回",
        )
        return self._done(day, self.unit, "return", event)

    def top_up(self, day: datetime.date, amount: int, *, slot: int = NOON) -> Done:
        """General money comes from the county treasury into the unit's account."""
        event = Transfer(
            occurred_on=day,
            from_account=self.county.treasury,
            to_account=self.account,
            amount=amount,
            reason="dispatch",
        )
        (name,) = self.act(day, self.county.finance, "general", event, slot=slot)
        return Done(name=name, on=day, amount=amount)

    def unseen(self, day: datetime.date, amount: int, accounts: tuple[str, str]) -> tuple[str, str]:
        """Money moves between `accounts` and nobody reports it; the bank line on the second, as labels name it."""
        self._numbers["unseen"] += 1
        reference = reference_of(f"{self.key}/unseen/{self._numbers['unseen']}", day)
        self.diary.book(day, amount, accounts, reference)
        return accounts[1], reference

    def waive(self, day: datetime.date, event: str, until: datetime.date | None) -> str:
        """A paper of the fund's issuer puts the duty that `event` started off `until` a day, or lifts it; its name."""
        paper = Waiver(
            occurred_on=day,
            fund=self.fund.id,
            document=f"模延〔{day.year}〕{self.key}号",
            hash=hashlib.sha256(f"{self.key}/{event}".encode()).hexdigest(),
            event=event,
            row=self.fund.id,
            due_on=until,
            reason="汛期停工",
        )
        return self.act(day, CENTRE, "waiver", paper)[0]

    def correct(self, day: datetime.date, name: str, party: str, reason: str = "录入有误，冲正") -> str:
        """Event `name` is reversed on `day` by `party`, who posted it; the name of the correction."""
        event = Correction(occurred_on=day, event=name, reason=reason)
        return self.act(day, party, "correct", event, slot=_MENDING_SLOT)[0]

    def invoice(self, amount: int) -> Invoice:
        """The next invoice of the stage's supplier, over `amount`."""
        self._numbers["invoice"] += 1
        digest = hashlib.sha256(f"{self.key}/{self._numbers['invoice']}".encode())
        return Invoice(hash=digest.hexdigest(), amount=amount)

    def _done(
        self, day: datetime.date, party: str, verb: str, event: CashEvent, *, bank: Banked = AS_TOLD
    ) -> Done:
        (name,) = self.act(day, party, verb, event, bank=bank)
        return Done(name=name, on=day, amount=event.amount)

    def _named(self, names: tuple[str, str]) -> tuple[str, str]:
        number = self.key.rpartition("-")[2]
        return f"{self.county.name}{number}号{names[0]}", f"{self.county.name_en} {names[1]} {number}"

    def _project(self, identifier: str, names: tuple[str, str]) -> Project:
        zh, en = self._named(self.fund.purpose.names)
        return Project(
            occurred_on=self.enrolment.day("projects"),
            id=identifier,
            name=f"{zh}{names[0]}",
            name_en=f"{en}: {names[1]}",
            unit=self.unit,
            division=self.county.division,
            funds=(self.fund.id,),
            budget=self.amount * 4,
        )
