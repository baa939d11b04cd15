# SPDX-License-Identifier: Apache-2.0
"""F18 虚假验收: an acceptance that cannot well be what it says. Six tells, each a finding of its own:

- ``before``: dated before its contract, or works accepted sooner after it than the days of the pack;
- ``panel``: fewer on the panel than the fund of the project asks for, or the pack where no fund does;
- ``evidence``: a file that bears out acceptances of other projects too, unless a policy lists it as a standard form, by a
  row ``standard_form`` whose id is the hash;
- ``maker``: on the panel sat who has a key to prepare the unit's own records, unless a deputation that was registered for
  that day lets this key sit on panels (semantics P6);
- ``beyond``: more accepted on a contract, with verdict pass, than it comes to with its changes;
- ``progress``: more accepted than had been measured by then.

A panel that is not told, and works accepted without any measurement, cannot be judged. Photographs and delivery (tier T3)
are not looked at. Basis: 政府采购法实施条例 art. 45, 处罚处分条例 (Decree 427) art. 9(4).

``beyond`` is arithmetic on what the unit signed itself; proved. All others are judgements, indicated: a contract may have
been signed late, a measurement be behind, a panel be listed in part (semantics P7).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.works.acceptance_tells import Tell, ahead_of_measure, before_contract, beyond_contract
from verifier.works.project_file import ContractFile, ProjectFile, Stated
from verifier.works.work_facts import Accepted, Deputed, Evidenced, Fact, Keyed, Revoked, Sat

RULE: Final = Rule(
    id="F18",
    version=1,
    title=Told(zh="虚假验收", en="Doubtful acceptance"),
    basis=Told(
        zh="《中华人民共和国政府采购法实施条例》第四十五条；《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第九条第四项",
        en="Implementing Regulations of the Government Procurement Law, art. 45; "
        "State Council Decree 427 (rev. 2011), art. 9(4)",
    ),
    subject=("tell", "acceptance, contract or evidence file"),
    severity="orange",
    tier="T0",
)
STANDARD_FORMS: Final = "standard_form"
"""Policies list hashes of standard forms under this name."""

_NO_PANEL: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="验收未列出验收人员，人数和身份无从判断",
        en="an acceptance lists no panel: neither its size nor who sat can be judged",
    ),
    count=1,
)
_UNMEASURED: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="工程已验收而没有任何进度计量（T3 数据缺失），验收量无从核对",
        en="works were accepted and never measured (tier T3 is missing): what was accepted cannot be compared",
    ),
    count=1,
)


def judge(file: ProjectFile, case: Case) -> Iterator[Finding | Gap]:
    """One finding for each tell; gaps where a panel or a measurement is missing."""
    for one in file.accepted():
        if one.said.verdict != "fail":
            yield from _panel(file, case, one)
    for contract in file.contracts:
        yield from _contract(case, contract)
    yield from _reused(file, case)
    yield from _sat(file, case)


def _terms(case: Case, one: Noted[Fact], fund: str | None) -> Terms:
    return case.book.terms(RULE.id, Addressee(fund=fund or ""), one.on)


def _panel(file: ProjectFile, case: Case, one: Stated[Accepted]) -> Iterator[Finding | Gap]:
    terms = _terms(case, one.entry, one.said.fund)
    asked, sat = one.said.asked or terms.number("panel_min"), one.said.panel
    if not sat:
        yield _NO_PANEL
    elif sat < asked:
        source = ("资金文件", "the fund") if one.said.asked else ("规则包", "the rule pack")
        yield _finding(
            case,
            Tell(
                name="panel",
                matter=one.entry.name,
                entries=(one.entry,),
                decisive=one.entry,
                judged=one.entry,
                severity="yellow",
                text=Told(
                    zh=f"项目 {file.project} {one.on} 的验收列有 {sat} 名验收人员，少于{source[0]}要求的 {asked} 名。",
                    en=f"The acceptance of {one.on} for project {file.project} lists {sat} on its panel, fewer than the "
                    f"{asked} that {source[1]} asks for.",
                ),
                clears_if=Told(
                    zh="列明全部验收人员的验收单", en="the acceptance letter with everybody who signed it"
                ),
                amount=one.said.value,
                parties=(one.entry.party,),
                fund=one.said.fund,
            ),
        )


def _contract(case: Case, contract: ContractFile) -> Iterator[Finding | Gap]:
    named = [one for one in contract.accepted if one.said.contract is not None and one.said.verdict != "fail"]
    passed = [one for one in named if one.said.verdict == "pass"]
    works = contract.agreed.said.category == "works"
    tells: list[Tell | None] = [beyond_contract(case, contract, passed)]
    for one in named:
        least = _terms(case, one.entry, one.said.fund).number("min_days") if works else 0
        tells.append(before_contract(contract, one, least))
    if contract.measured:
        tells.append(ahead_of_measure(case, contract, passed))
    elif passed and works:
        yield _UNMEASURED
    yield from (_finding(case, one) for one in tells if one is not None)


def _reused(file: ProjectFile, case: Case) -> Iterator[Finding]:
    shown = [(one, one.said) for one in file.facts if isinstance(one.said, Evidenced)]
    projects = sorted({said.project for _, said in shown})
    digest = file.project.rpartition("/")[2]
    if len(projects) < 2 or digest in case.book.rows_of(STANDARD_FORMS):  # noqa: PLR2004 - two are more than one
        return
    first, funds = shown[0][1].project, {said.fund for _, said in shown}
    later = [(one, said) for one, said in shown if said.project != first]
    yield _finding(
        case,
        Tell(
            name="evidence",
            matter=digest,
            entries=tuple(one for one, _ in shown),
            decisive=later[0][0],
            judged=later[0][0],
            text=Told(
                zh=f"同一验收凭据文件 {digest[:16]}… 用于 {len(projects)} 个项目（{'、'.join(projects)}）的验收。",
                en=f"One evidence file, {digest[:16]}…, bears out acceptances of {len(projects)} projects: "
                f"{', '.join(projects)}.",
            ),
            clears_if=Told(
                zh="各项目各自的现场凭据；或将该文件列为通用表样的规则登记",
                en="evidence of each project's own; or a policy that lists the file as a standard form",
            ),
            amount=_known(said.value for _, said in later),
            fund=next(iter(funds)) if len(funds) == 1 else None,
            parties=tuple(dict.fromkeys(one.party for one, _ in shown)),
        ),
    )


def _sat(file: ProjectFile, case: Case) -> Iterator[Finding]:
    makers: dict[str, Keyed] = {}
    deputed: list[Deputed] = []
    for one in file.facts:
        match one.said:
            case Keyed() as said:
                makers[said.key] = said
            case Revoked(key=key):
                makers.pop(key, None)
            case Deputed() as said:
                deputed.append(said)
            case Sat() as said:
                own = sorted(
                    key.person
                    for key in makers.values()
                    if key.person in said.persons and not _may_sit(key.key, one, deputed)
                )
                if own:
                    yield _finding(case, _own_maker(one, said, own))
            case _:
                pass


def _may_sit(key: str, acceptance: Noted[Fact], deputed: list[Deputed]) -> bool:
    return any(one.key == key and one.first <= acceptance.recorded_on <= one.last for one in deputed)


def _own_maker(one: Noted[Fact], said: Sat, own: list[str]) -> Tell:
    return Tell(
        name="maker",
        matter=one.name,
        entries=(one,),
        decisive=one,
        judged=one,
        severity="yellow",
        text=Told(
            zh=f"项目 {said.project} {one.on} 的验收人员 {'、'.join(own)} 同时持有本单位的经办密钥。",
            en=f"On the panel that accepted for project {said.project} on {one.on} sat {', '.join(own)}, with a key to "
            f"prepare the unit's own records.",
        ),
        clears_if=Told(
            zh="当日有效、已登记的代理授权；或由他人验收的验收单",
            en="a deputation registered for that day; or the acceptance letter of a panel without them",
        ),
        amount=said.value,
        fund=said.fund,
        parties=(one.party,),
    )


def _known(values: Iterable[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if known else None


def _finding(case: Case, tell: Tell) -> Finding:
    proved = tell.finding_class == "proved"
    lead = Lead(
        subject=(tell.name, tell.matter),
        finding_class=tell.finding_class,
        severity=tell.severity,
        explanation=tell.text,
        clears_if=tell.clears_if,
        terms=_terms(case, tell.judged, tell.fund),
        first=min(tell.entries, key=lambda one: one.entry.seq),
        decisive=tell.decisive,
        evidence=[one.entry for one in tell.entries],
        fund=tell.fund,
        parties=tell.parties,
        amount_min=None if tell.amount is None else (tell.amount if proved else 0),
        amount=tell.amount,
        amount_max=tell.amount,
    )
    return finding_of(case, RULE, lead)
