# SPDX-License-Identifier: Apache-2.0
"""Rules over single records and over what is paid out of one account; a new one is a file of rules and a line here."""

from typing import Any, Final

from verifier.judgement import payment_family
from verifier.matters.family import Family
from verifier.rules import (
    broken_chain,
    december_rush,
    duties_together,
    late_record,
    parked_money,
    unentitled_giver,
)

FLOW_FAMILIES: Final[tuple[Family[Any], ...]] = (
    broken_chain.FAMILY,
    late_record.FAMILY,
    payment_family.FAMILY,
    parked_money.FAMILY,
    unentitled_giver.FAMILY,
    december_rush.FAMILY,
    duties_together.FAMILY,
)
