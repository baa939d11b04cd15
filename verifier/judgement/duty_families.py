# SPDX-License-Identifier: Apache-2.0
"""The duties that are judged, each with the rules over its obligations; a new one is a file of rules and a line here."""

from typing import Final

from verifier.duties.duty import Fact, duty_family
from verifier.matters.family import Family
from verifier.rules import (
    disbursement_delay,
    idle_money,
    late_acceptance,
    late_disclosure,
    list_unpaid,
    passing_on_delay,
    retention_held,
    spending_behind,
    supplier_arrears,
    surplus_kept,
    unspent_two_years,
    withholding,
)

DUTY_FAMILIES: Final[tuple[Family[Fact], ...]] = (
    duty_family(
        passing_on_delay.DUTY,
        (passing_on_delay.RULE, passing_on_delay.judge),
        (withholding.RULE, withholding.judge),
    ),
    duty_family(disbursement_delay.DUTY, (disbursement_delay.RULE, disbursement_delay.judge)),
    duty_family(idle_money.DUTY, (idle_money.RULE, idle_money.judge)),
    duty_family(
        unspent_two_years.DUTY,
        (unspent_two_years.RULE, unspent_two_years.judge),
        (spending_behind.RULE, spending_behind.judge),
        turns=spending_behind.turns,
    ),
    duty_family(supplier_arrears.DUTY, (supplier_arrears.RULE, supplier_arrears.judge)),
    duty_family(surplus_kept.DUTY, (surplus_kept.RULE, surplus_kept.judge)),
    duty_family(late_acceptance.DUTY, (late_acceptance.RULE, late_acceptance.judge)),
    duty_family(late_disclosure.DUTY, (late_disclosure.RULE, late_disclosure.judge)),
    duty_family(list_unpaid.DUTY, (list_unpaid.RULE, list_unpaid.judge)),
    duty_family(retention_held.DUTY, (retention_held.RULE, retention_held.judge)),
)
