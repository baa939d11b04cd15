# SPDX-License-Identifier: Apache-2.0
"""Registration in a simulated country: scripts say who and what there is, and it is registered before anything happens."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.kinds.registry import Account, AccountClass, Party, Project
from ledger.party import Level, PartyRole
from verifier.simulation.cast import ADMINISTRATORS, BODIES_PER_SUBMISSION, Cast
from verifier.simulation.country import CENTRE, CENTRE_AUDIT, CENTRE_TREASURY, Branch, Region
from verifier.simulation.diary import Diary
from verifier.simulation.draws import TEN_THOUSAND
from verifier.simulation.holidays import worked_before
from verifier.simulation.names import credit_code

COUNTY_OPENING: Final = 20_000 * TEN_THOUSAND
PROVINCE_OPENING: Final = 2_000_000 * TEN_THOUSAND
"""General money that treasuries begin with: never short, since what is wrong happens in the accounts of units."""

_PREFIX: Final = {"unit": "12", "bank": "91", "supplier": "91"}
_ORGAN: Final = "11"
_PARTIES_PER_SUBMISSION: Final = 500
_WORKED_BEFORE: Final = {"parties": 6, "keys": 5, "rules": 4, "funds": 3, "accounts": 2, "projects": 1}
"""How many working days before the first day of the country each is registered: what builds on what, a day later."""


@dataclass(slots=True, kw_only=True)
class Enrolment:
    """Everybody and everything in a country that begins to live on `begins`, being listed."""

    begins: datetime.date
    _parties: list[Party] = field(default_factory=list)
    _acting: list[Party] = field(default_factory=list)
    _accounts: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    _projects: dict[str, list[Project]] = field(default_factory=lambda: defaultdict(list))

    def day(self, what: str) -> datetime.date:
        """The working day on which `what` (parties, keys, rules, funds, accounts, projects) is registered."""
        day = self.begins
        for _ in range(_WORKED_BEFORE[what]):
            day = worked_before(day - datetime.timedelta(days=1))
        return day

    def party(
        self,
        identifier: str,
        names: tuple[str, str],
        place: tuple[Level, str],
        role: PartyRole,
        *,
        parent: str | None = None,
        related: tuple[str, ...] = (),
    ) -> None:
        """A body called `names` (Chinese, English) at `place` (level, division); it acts unless it is only paid.

        A beneficiary is a person and has no credit code.
        """
        level, division = place
        one = Party(
            occurred_on=self.day("parties"),
            id=identifier,
            name=names[0],
            name_en=names[1],
            level=level,
            division=division,
            roles=(role,),
            uscc=None
            if role == "beneficiary"
            else credit_code(_PREFIX.get(role, _ORGAN), division, identifier),
            parent=parent,
            related=related,
        )
        self._parties.append(one)
        if level != "payee":
            self._acting.append(one)

    def account(
        self,
        registrar: str,
        identifier: str,
        owner: str,
        account_class: AccountClass,
        *,
        bank: str | None = None,
        fund: str | None = None,
    ) -> None:
        """An account of `owner`, registered by the bureau `registrar`; dedicated to `fund` if given."""
        number = int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big") % 10_000
        one = Account(
            occurred_on=self.day("accounts"),
            id=identifier,
            owner=owner,
            account_class=account_class,
            bank=bank,
            fund=fund,
            masked=f"****{number:04d}",
        )
        self._accounts[registrar].append(one)

    def project(self, registrar: str, one: Project) -> None:
        """A project, registered by the bureau `registrar`."""
        self._projects[registrar].append(one)

    def post(self, diary: Diary, cast: Cast) -> None:
        """Parties and keys by the administrators, accounts and projects by the bureaus, all in `diary`."""
        admin = ADMINISTRATORS[0]
        for number, parties in enumerate(_chunks(self._parties, _PARTIES_PER_SUBMISSION)):
            diary.act(self.day("parties"), admin, f"parties-{number:03d}", *parties, slot=min(number, 10))
        for number, holders in enumerate(_chunks(self._acting, BODIES_PER_SUBMISSION)):
            keys = [key for one in holders for key in cast.registrations(one, self.day("keys"))]
            diary.act(self.day("keys"), admin, f"keys-{number:04d}", *keys)
        for finance, accounts in self._accounts.items():
            diary.act(self.day("accounts"), finance, "accounts", *accounts)
        for finance, projects in self._projects.items():
            diary.act(self.day("projects"), finance, "projects", *projects)


def enrol_centre(enrolment: Enrolment) -> None:
    """The central finance body, its treasury, and the audit office that makes the rules."""
    enrolment.party(
        CENTRE, ("中央财政（模拟）", "Central Finance (simulated)"), ("centre", "000000"), "finance"
    )
    names = ("中央审计（模拟）", "Central Audit (simulated)")
    enrolment.party(CENTRE_AUDIT, names, ("centre", "000000"), "audit")
    enrolment.account(CENTRE, CENTRE_TREASURY, CENTRE, "treasury_single")


def enrol_branch(enrolment: Enrolment, diary: Diary, branch: Branch, *, first: bool) -> None:
    """The bureaus and treasuries of a city and its counties; with the `first` of a province, the province's too."""
    province = branch.province
    if first:
        _bureau(enrolment, province, "财政厅", "Finance Department")
        for bank, zh, en in (
            (branch.treasury_bank, "银行国库业务部", "Bank, Treasury Desk"),
            (branch.rural_bank, "农村商业银行", "Rural Commercial Bank"),
        ):
            names = (province.name + zh, f"{province.name_en} {en}")
            enrolment.party(bank, names, ("province", province.division), "bank")
        _treasury(enrolment, diary, province, branch.treasury_bank)
    _bureau(enrolment, branch.city, "财政局", "Finance Bureau")
    for county in branch.counties:
        _bureau(enrolment, county, "财政局", "Finance Bureau")
        _treasury(enrolment, diary, county, branch.treasury_bank)


def _bureau(enrolment: Enrolment, region: Region, zh: str, en: str) -> None:
    enrolment.party(
        region.finance,
        (region.name + zh, f"{region.name_en} {en}"),
        (region.level, region.division),
        "finance",
        parent=region.over,
    )


def _treasury(enrolment: Enrolment, diary: Diary, region: Region, bank: str) -> None:
    enrolment.account(region.finance, region.treasury, region.finance, "treasury_single", bank=bank)
    opening = PROVINCE_OPENING if region.level == "province" else COUNTY_OPENING
    diary.cover(region.treasury, bank=bank, opening=opening)


def _chunks(items: Sequence[Party], size: int) -> list[Sequence[Party]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
