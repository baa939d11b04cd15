# SPDX-License-Identifier: Apache-2.0
"""F37: transfers between levels that somebody other than a finance bureau issues or pays."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 party BUREAU province department parent=PROV
2026-01-05 party OFFICE province unit parent=BUREAU
2026-01-05 party BOTH province department,finance
2026-01-05 account BA BUREAU zero_balance
2026-01-10 issue L0 1000.00 CENTRE -> BUREAU fund=F
"""
SPLIT = "2026-01-20 split L1 600.00 {} -> {} parent=L0 as=given\n"


def found(text: str) -> list[Finding]:
    """The findings of F37 in the world followed by `text`."""
    return judge(WORLD + text, "2026-12-31", rule="F37")


@pytest.mark.parametrize(
    ("giver", "taker", "count"),
    [
        ("BUREAU", "NA", 1),
        ("BUREAU", "WATER", 1),
        ("BUREAU", "PROV", 0),
        ("PROV", "NA", 0),
        ("BOTH", "NA", 0),
        ("BUREAU", "OFFICE", 0),
        ("BUREAU", "BUILDER", 0),
    ],
)
def test_who_may_issue_downwards(giver: str, taker: str, count: int) -> None:
    """A department gives to its own level alone; a bureau gives to anybody; proved for the allocation."""
    leads = found(SPLIT.format(giver, taker))
    assert len(leads) == count
    for one in leads:
        assert (one.finding_class, one.severity, one.amount_min, one.amount) == (
            "proved",
            "orange",
            60_000,
            60_000,
        )
        assert (one.subject, one.fund, one.line) == (("BUREAU/given/0",), "F", "L1")


def test_a_joint_document_is_the_bureaus_as_well() -> None:
    """Only where a finance bureau issues under the same number; an allocation that was corrected stays as corrected."""
    given = SPLIT.format("BUREAU", "NA").replace(" as=", " document=吉财〔2026〕7号 as=")
    assert len(found(given)) == 1
    joint = "2026-01-20 issue L9 1.00 PROV -> CITY fund=F document=吉财〔2026〕{}号\n"
    assert found(given + joint.format(7)) == []
    assert len(found(given + joint.format(8))) == 1
    assert [one.state for one in found(given + "2026-02-01 void given by=BUREAU\n")] == ["corrected"]


def test_cash_that_a_department_pays_on() -> None:
    """A transfer that passes on to a lower level; not one to a supplier, nor general money; what came back is restored."""
    paid = "2026-02-02 transfer 60.00 BA -> {} reason=pass_on as=paid{}\n"
    (one,) = found(paid.format("TR", " tag=F/grant") + "2026-02-09 return 20.00 TR -> BA event=paid\n")
    assert (one.finding_class, one.accounts, one.restored, one.outstanding) == (
        "proved",
        ("BA",),
        2_000,
        4_000,
    )
    assert found(paid.format("SUP", " tag=F/grant")) == []
    assert found(paid.format("TR", "")) == []
    assert len(found("2026-02-02 pay 60.00 L0 BA -> TR mode=transfer\n")) == 1
    assert found("2026-02-02 pay 60.00 L0 BA -> SUP\n") == []


def test_who_is_not_registered_cannot_be_judged() -> None:
    """Never clean: counted as not judged."""
    text = SPLIT.format("NOBODY", "NA")
    assert found(text) == []
    assert unjudged(WORLD + text, "2026-12-31", "F37") == 1
    assert unjudged(WORLD + SPLIT.format("BUREAU", "NA"), "2026-12-31", "F37") == 0
