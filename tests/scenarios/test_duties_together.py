# SPDX-License-Identifier: Apache-2.0
"""F36: keys of two bodies in one hand, keys of two persons on one device (semantics P6)."""

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

FIRST = "2026-01-05 key k1 WATER p1 maker device=d1\n"
SECOND = "2026-01-06 key k2 {} {} {} device={} as=second\n"


def found(text: str, as_of: str = "2026-12-31") -> list[Finding]:
    """The findings of F36 in the world followed by `text`."""
    return judge(text, as_of, rule="F36")


def test_one_person_with_keys_of_two_bodies() -> None:
    """Indicated; not within one body, not for keys of auditors, not once a key is revoked or its time is over."""
    (one,) = found(FIRST + SECOND.format("NA", "p1", "approver", "d2"))
    assert (one.subject, one.finding_class, one.severity) == (("person", "p1"), "indicated", "orange")
    assert (one.parties, one.decisive_event) == (("WATER", "NA"), "someone/second/0")
    assert found(FIRST + SECOND.format("NA", "p2", "approver", "d2")) == []
    assert found(FIRST + SECOND.format("WATER", "p1", "checker", "d2")) == []
    assert found(FIRST + SECOND.format("NA", "p1", "auditor", "d2")) == []
    assert found(FIRST + SECOND.format("NA", "p1", "approver", "d2") + "2026-02-01 unkey k1\n") == []
    over = SECOND.format("NA", "p1", "approver", "d2 valid_to=2026-06-30T00:00:00.000Z")
    assert [len(found(FIRST + over, day)) for day in ("2026-06-30", "2026-07-01")] == [1, 0]


def test_p6_keys_of_two_persons_on_one_device() -> None:
    """Red, within one body too, and no deputation clears it (P6); one person's two keys may lie on one device."""
    shared = FIRST + SECOND.format("WATER", "p2", "checker", "d1")
    (one,) = found(shared)
    assert (one.subject, one.finding_class, one.severity) == (("device", "d1"), "indicated", "red")
    lent = "2026-03-01 depute D1 k1 checker 2026-03-01T00:00:00.000Z 2026-12-31T00:00:00.000Z\n"
    assert len(found(shared + lent)) == 1
    assert found(FIRST + SECOND.format("WATER", "p1", "checker", "d1")) == []


def test_a_historical_ledger_is_not_judged() -> None:
    """Its keys are the transcriber's."""
    shared = FIRST + SECOND.format("WATER", "p2", "checker", "d1")
    assert judge(shared, "2026-12-31", rule="F36", ledger="historical=true") == []
    assert unjudged(shared, "2026-12-31", "F36", ledger="historical=true") == 1
    assert unjudged(shared, "2026-12-31", "F36") == 0
