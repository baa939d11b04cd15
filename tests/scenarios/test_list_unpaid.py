# SPDX-License-Identifier: Apache-2.0
"""F42: lists of persons that were not paid, or not in full, by their day."""

from typing import Unpack

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F
2026-03-02 list F 2026-02 30 600.00 root=r1 line=L0 by=NA as=listed
"""
"""30 days after 2 March end on 1 April."""


def found(text: str, as_of: str = "2026-04-02", **more: Unpack[Varied]) -> list[Finding]:
    """The findings of F42 in the world followed by `text`."""
    return judge(WORLD + text, as_of, rule="F42", **more)


def test_a_list_not_paid_in_its_days_is_owed() -> None:
    """By the holder of its line; indicated, since it may have been paid without naming the list."""
    assert found("", "2026-04-01") == []
    (one,) = found("")
    assert (one.finding_class, one.amount, one.outstanding) == ("indicated", 60_000, 60_000)
    assert (one.parties, one.line, str(one.due), one.figures["persons"]) == (("NA",), "L0", "2026-04-01", 30)


def test_what_was_paid_on_the_list_counts() -> None:
    """Another list's payment does not; a part leaves the rest."""
    paid = "2026-04-01 pay {} L0 TR payee_list={}\n"
    paid = paid.replace("TR payee_list", "TR -> - payee_list")
    assert found(paid.format("600.00", "r1")) == []
    assert [one.amount for one in found(paid.format("580.00", "r1"))] == [2_000]
    assert [one.amount for one in found(paid.format("600.00", "r2"))] == [60_000]


def test_o8_payments_that_came_back_are_owed_anew() -> None:
    """O8: rejected by the bank, with the same days from then; the list itself was met."""
    paid = "2026-03-20 pay 600.00 L0 TR -> - payee_list=r1 as=batch\n"
    back = paid + "2026-04-10 return 20.00 - -> TR event=batch\n"
    assert found(back, "2026-05-11") == []
    assert [(one.amount, str(one.due)) for one in found(back, "2026-05-12")] == [(2_000, "2026-05-11")]
    assert found(back + "2026-05-11 pay 20.00 L0 TR -> - payee_list=r1\n", "2026-12-31") == []


def test_a_corrected_list_is_owed_by_nobody() -> None:
    """In time."""
    assert found("2026-03-20 void listed by=NA\n") == []


def test_a_batch_the_bank_may_still_show_leaves_it_undecidable() -> None:
    """Clean once the bank shows it in time."""
    paid = "2026-04-01 pay 600.00 L0 TR -> - payee_list=r1 as=batch\n"
    assert [one.finding_class for one in found(paid, bank={"batch": "pending"})] == ["undecidable"]
    assert found(paid, bank={"batch": "2026-04-01"}) == []
