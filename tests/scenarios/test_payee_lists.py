# SPDX-License-Identifier: Apache-2.0
"""F16 and F20: lists of persons against the standard, and against what was paid by them."""

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-06 fund G CENTRE
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-01-10 issue M0 1000.00 CENTRE -> NA fund=G
"""
LISTED = "2026-02-02 list F 2026-02 10 100.00 root=people by=NA as=listed\n"
PAID = "{} pay {} {} TR - payee_list={} as={}\n"
ADMITTED = "2026-01-05 policy PP admits=payee_list/1\n"
YEAR_END = "2026-12-31"


def found(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in the world followed by `text`."""
    return judge(WORLD + text, YEAR_END, rule=rule)


def paid(
    amount: str, *, line: str = "L0", root: str = "people", name: str = "one", on: str = "2026-02-09"
) -> str:
    """A payment by a list."""
    return PAID.format(on, amount, line, root, name)


# --- F20 --------------------------------------------------------------------------------------------------


def test_more_paid_by_a_list_than_it_comes_to_is_proved() -> None:
    """Used for another period; the twin pays that by a list of its own, or has the payment back."""
    again = paid("0.01", name="again", on="2026-03-09")
    (one,) = found(LISTED + paid("100.00") + again, "F20")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("proved", "orange", 1, 1)
    assert (one.decisive_event, one.fund, one.outstanding) == ("NA/again/0", "F", 1)
    assert found(LISTED + paid("100.00"), "F20") == []
    own = LISTED.replace("people", "others").replace("=listed", "=second").replace("02-02", "03-02")
    assert found(LISTED + paid("100.00") + own + again.replace("people", "others"), "F20") == []
    assert found(f"{LISTED}{paid('100.00')}{again}2026-03-10 return 0.01 - TR event=again\n", "F20") == []


def test_a_list_that_nobody_registered_is_indicated() -> None:
    """For all that was paid by it; a registration that came later is enough, one that was corrected is none."""
    (one,) = found(ADMITTED + paid("60.00"), "F20")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("indicated", "yellow", 0, 6_000)
    assert one.subject[0] == "unknown"
    assert found(paid("60.00") + LISTED.replace("02-02", "02-10"), "F20") == []
    (one,) = found(f"{ADMITTED}{LISTED}{paid('60.00')}2026-03-01 void listed by=NA\n", "F20")
    assert (one.subject[0], one.state) == ("unknown", None)


def test_where_the_ledger_admits_no_lists_none_can_be_missed() -> None:
    """Counted as not judged, the twin of the list that nobody registered."""
    assert found(paid("60.00"), "F20") == []
    assert unjudged(WORLD + paid("60.00"), YEAR_END, rule="F20") == 2


def test_a_list_paid_with_money_of_another_fund_is_indicated() -> None:
    """For that money alone."""
    (one,) = found(LISTED + paid("60.00") + paid("40.00", line="M0", name="two"), "F20")
    assert (one.subject[0], one.finding_class, one.amount, one.fund) == ("fund", "indicated", 4_000, None)
    assert found(LISTED + paid("60.00") + paid("40.00", name="two"), "F20") == []


def test_t2_whether_the_persons_exist_is_never_clean() -> None:
    """Counted for each list by which something was paid."""
    assert unjudged(WORLD + LISTED + paid("100.00"), YEAR_END, "F20") == 1
    assert unjudged(WORLD + LISTED, YEAR_END, "F20") == 0


# --- F16 --------------------------------------------------------------------------------------------------

STANDARD = "2026-01-06 policy Q effective_on={}\n  row a F16 basis=办法 fund={} per_person={}\n"


def test_a_list_above_the_standard_of_a_policy_is_proved() -> None:
    """Ten persons at 9.99 are 99.90; at the standard it is clean."""
    (one,) = found(STANDARD.format("2026-01-06", "F", 999) + LISTED, "F16")
    assert (one.finding_class, one.amount_min, one.amount) == ("proved", 10, 10)
    assert one.figures == {"listed": 10_000, "persons": 10, "allowed": 9_990}
    assert found(STANDARD.format("2026-01-06", "F", 1000) + LISTED, "F16") == []


def test_without_a_standard_in_force_for_the_fund_a_list_cannot_be_judged() -> None:
    """Of another fund, or from a later day on."""
    for effective, fund in (("2026-02-03", "F"), ("2026-01-06", "G")):
        text = STANDARD.format(effective, fund, 1) + LISTED
        assert found(text, "F16") == []
        assert unjudged(WORLD + text, YEAR_END, "F16") == 1
    assert unjudged(WORLD + STANDARD.format("2026-01-06", "F", 1000) + LISTED, YEAR_END, "F16") == 0
