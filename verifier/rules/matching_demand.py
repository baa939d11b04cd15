# SPDX-License-Identifier: Apache-2.0
"""F07 违规要求配套: a fund that demands matching money and names no lawful basis.

Basis: 预算法 (2018) art. 16: no matching may be demanded except for duties shared by rule of the State Council. The
finding is on who demands, for the full demand; the lower level is not short of what it never owed (semantics M2).

The fund's registration is the issuer's own signed admission: proved when the issuer posted it. Whether a basis that is
named really is one, a person must judge. A later version that names a basis, or drops the demand, ends it and does
not undo it.
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.fund_terms import MatchingAmount
from ledger.kinds.registry import MatchingTerm
from verifier.basis.findings import UNSEALED, Finding, Mark, Rule, finding_id, params_hash, seal
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.matching_demands import numbers_of
from verifier.obligations.matching_facts import Lacking, MatchingFacts
from verifier.obligations.matching_need import owed_by

RULE: Final = Rule(
    id="F07",
    version=1,
    title=Told(zh="违规要求配套", en="Matching demanded without lawful basis"),
    basis=Told(zh="《预算法》（2018年修正）第十六条", en="Budget Law (as amended 2018), art. 16"),
    subject=("fund", "number of the matching term"),
    severity="orange",
    tier="T0",
)


def judge(case: Case, facts: MatchingFacts) -> Iterator[Finding]:
    """One finding for each matching term that named no lawful basis."""
    for (fund, name), lacking in sorted(facts.lacking.items()):
        yield _finding(case, fund, name, lacking, _demanded(case, facts, fund, name, lacking))


def _demanded(case: Case, facts: MatchingFacts, fund: str, name: str, lacking: Lacking) -> dict[str, int]:
    """What the term demands of each party on the base until it was mended, or until the as-of date."""
    until = min(case.as_of, lacking.mended_on or case.as_of).toordinal()
    demanded: dict[str, int] = {}
    for owed in owed_by(case, facts, fund, name, lacking.term):
        rows = facts.base(fund, owed.party, owed.base)
        demanded[owed.party] = owed.need(max(0, sum(row.amount for row in rows if row.day <= until)))
    return demanded


def _finding(case: Case, fund: str, name: str, lacking: Lacking, demanded: dict[str, int]) -> Finding:
    issuer, total = case.standing.funds[fund].issuer, sum(demanded.values())
    subject = (fund, name)
    terms = case.book.terms(RULE.id, Addressee(fund=fund), lacking.on)
    parameters = {**terms.hashed(), **numbers_of(lacking.term)}
    marks: tuple[Mark, ...] = ("historical",) if case.genesis.historical else ()
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, subject),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class="proved" if lacking.poster == issuer else "indicated",
            severity="orange" if lacking.mended_on is None else "yellow",
            subject=subject,
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=_explain(case, fund, lacking, demanded),
            clears_if=Told(
                zh="国务院规定该事项由上下级政府共同承担的文件，且在要求配套时已经施行；或对错误登记的冲正",
                en="a rule of the State Council, in force when the demand was made, that the duty is shared between "
                "levels; or the correction of a wrong record",
            ),
            basis=terms.basis,
            parameters=parameters,
            evidence=(lacking.entry,),
            fund=fund,
            parties=(issuer,),
            amount_min=total,
            amount=total,
            amount_max=total,
            outstanding=total if lacking.mended_on is None else 0,
            first_event=lacking.entry.name,
            decisive_event=lacking.entry.name,
            decisive_on=max(lacking.on, lacking.known),
            state="overdue" if lacking.mended_on is None else "lapsed",
            figures={
                "demanded": total,
                "parties": len(demanded),
                **_ratio(lacking),
            },
            marks=marks,
        )
    )


def _ratio(lacking: Lacking) -> dict[str, int]:
    """Numerator and denominator; a fixed amount has none."""
    term = lacking.term
    return {"num": term.num, "den": term.den} if isinstance(term, MatchingTerm) else {}


def _share(case: Case, lacking: Lacking) -> Told:
    """How much is demanded: a ratio, or a fixed amount of each."""
    match lacking.term:
        case MatchingTerm(num=num, den=den):
            return Told(zh=f"按 {num}/{den} ", en=f"{num}/{den}")
        case MatchingAmount(amount=amount):
            fixed = case.money(amount)
            return Told(zh=f"按固定数额 {fixed.zh}", en=f"a fixed {fixed.en}")


def _explain(case: Case, fund: str, lacking: Lacking, demanded: dict[str, int]) -> Told:
    issuer, share = case.party(case.standing.funds[fund].issuer), _share(case, lacking)
    total, ended = case.money(sum(demanded.values())), lacking.mended_on
    ended_zh = f"{ended} 起的版本已补依据或取消该要求。" if ended else ""
    ended_en = f" The version of {ended} names a basis or drops the demand." if ended else ""
    return Told(
        zh=f"{issuer.zh}在资金 {fund} 中要求{share.zh}配套而未写明依据，涉及 {len(demanded)} 个单位、"
        f"共 {total.zh}；不据此认定下级配套不到位。{ended_zh}",
        en=f"{issuer.en} demands matching money of {share.en} under fund {fund} and names no lawful basis: "
        f"{total.en} from {len(demanded)} parties; the lower level is not held short of it.{ended_en}",
    )
