# SPDX-License-Identifier: Apache-2.0
"""An auditor's register laid over the ledger's: what those who are judged do not register of themselves."""

from tests.scenarios.judging import judge
from tests.scenarios.test_matching_shortfall import BANK, MATCH, found
from verifier.obligations.overlay import AccountView, Overlay, both_ways

BACK = MATCH + "2026-07-20 transfer 240.00 MA -> WA\n"
MONEY = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 1000.00 PROV -> NA parent=L0
2026-02-01 account PLAT WATER supplier bank=BK
2026-02-02 pay 1000.00 L1 TR -> PLAT
2026-02-03 transfer 1000.00 PLAT -> SUP
"""


def related(*pairs: tuple[str, str]) -> Overlay:
    """An overlay of relations alone."""
    return Overlay(related=both_ways(iter(pairs)))


def test_money_that_goes_back_to_a_relation_is_no_matching_money() -> None:
    """The unit is no registered relation of the county; the auditor knows better, from either side."""
    assert found(BACK, bank=BANK) == []
    assert found(BACK, bank=BANK, overlay=related(("NA", "BUILDER"))) == []
    for pair in (("NA", "WATER"), ("WATER", "NA")):
        (one,) = found(BACK, bank=BANK, overlay=related(pair))
        assert (one.rule, one.figures["returned"]) == ("F06", 24_000)


def test_an_account_under_another_name_keeps_what_it_owes() -> None:
    """Registered as a supplier's it may do with the money as it likes; as a platform's it owes it to the fund."""

    def short(overlay: Overlay) -> list[str]:
        return [one.rule for one in judge(MONEY, "2026-07-31", overlay=overlay) if "PLAT" in one.accounts]

    plain, platform = Overlay(), Overlay(accounts={"PLAT": AccountView(account_class="platform")})
    assert short(plain) == []
    assert short(platform) == ["F02"]  # F11 is not judged: the account reports nothing
