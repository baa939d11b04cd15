# SPDX-License-Identifier: Apache-2.0
"""Findings about money: F01, F02, R1, R2, T2, T17; each with its innocent twin, and what cannot be decided."""

import datetime

from tests.scenarios.books import STAGE
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding, parse_line, to_line
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.money_watch import MoneyWatch
from verifier.obligations.case import Case
from verifier.workspace import Workspace

FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""
CLOSED = "\n    2026-02-28 closed UA 2026-02-01..2026-02-28 50.00\n"


def found(text: str, rule: str, *, as_of: str = "2026-06-30", ledger: str = "") -> list[Finding]:
    """The findings of `rule` in `text` on the stage."""
    return judge(scenario(text, stage=f"ledger {ledger}\n{STAGE}"), as_of, rule=rule)


def only(text: str, rule: str, *, as_of: str = "2026-06-30", ledger: str = "") -> Finding:
    """The one finding of `rule` in `text`; it survives being written and read."""
    (one,) = found(text, rule, as_of=as_of, ledger=ledger)
    assert parse_line(to_line(one)) == one
    return one


# --- F02 -------------------------------------------------------------------------------------------------


def test_a_shortage_on_signed_statements_is_proved() -> None:
    """T3, T8, T11: three amounts, the subject, both entries, evidence in log order."""
    one = only(f"{FED}    2026-02-10 debit 150.00 UA counterparty=PL{CLOSED}", "F02")
    assert (one.finding_class, one.severity) == ("proved", "red")
    assert (one.amount_min, one.amount, one.amount_max) == (10_000, 10_000, 15_000)
    assert (one.restored, one.outstanding) == (0, 10_000)
    assert one.subject == ("F", "UA", "BK/debit-1/0")
    assert (one.first_event, one.decisive_event) == ("BK/debit-1/0", "BK/debit-1/0")
    assert one.decisive_on == datetime.date(2026, 2, 28)  # the day on which the statement was closed (O10)
    assert (one.parties, one.accounts, one.fund) == (("UNIT",), ("UA",), "F")
    assert one.figures == {
        "balance": 50_000,
        "owed_to_funds": 60_000,
        "joint_min": 10_000,
        "peak_outstanding": 10_000,
    }
    assert [entry.name for entry in one.evidence] == ["BK/credit-1/0", "BK/debit-1/0"]
    assert [(step.event, step.from_, step.to, step.amount) for (step,) in one.paths] == [
        ("BK/debit-1/0", "UA", "PL", 10_000)
    ]
    assert "至少 100.00元，至多 150.00元" in one.explanation.zh


def test_it_is_found_on_the_day_it_became_decidable() -> None:
    """O10: judged as of `decisive_on` the finding is there, the day before it is not."""
    text = f"{FED}    2026-02-10 debit 150.00 UA counterparty=PL{CLOSED}"
    day = only(text, "F02").decisive_on
    assert day is not None
    assert len(found(text, "F02", as_of=str(day))) == 1
    assert found(text, "F02", as_of=str(day - datetime.timedelta(days=1))) == []


def test_its_innocent_twin_is_silent() -> None:
    """The same payment within other money, or told as the fund's own use."""
    assert found(f"{FED}    2026-02-10 debit 50.00 UA{CLOSED}", "F02") == []
    used = "    2026-02-09 use 150.00 UA SUP tag=F/grant/LF\n    2026-02-10 debit 150.00 UA"
    assert found(f"{FED}{used}{CLOSED}", "F02") == []


def test_a_shortage_on_reports_is_undecidable_or_indicated() -> None:
    """T3, T4: without statements nothing is decided; with a balance it is indicated and says so."""
    text = "2026-01-12 pay 600.00 LF TR -> UA mode=transfer\n    2026-01-20 transfer 150.00 UA -> SU"
    unknown = only(text, "F02")
    assert (unknown.finding_class, unknown.marks) == ("undecidable", ("reported_only", "unresolved"))
    assert (unknown.amount_min, unknown.amount) == (0, 15_000)
    known = only(f"{text}\n    2026-02-28 closed UA 2026-02-01..2026-02-28 500.00", "F02")
    assert (known.finding_class, known.marks) == ("indicated", ("reported_only",))
    assert known.severity == "orange"


def test_grace_is_pending() -> None:
    """R2: while the line may still be reported the finding is indicated and marked."""
    text = f"{FED}    2026-02-27 debit 150.00 UA{CLOSED}"
    young, old = only(text, "F02", as_of="2026-03-02"), only(text, "F02", as_of="2026-03-31")
    assert (young.finding_class, young.marks) == ("indicated", ("pending",))
    assert (old.finding_class, old.marks) == ("proved", ())
    assert young.id == old.id


def test_lines_posted_by_somebody_else_prove_nothing() -> None:
    """DESIGN §6: proof rests on what the account's own bank signed; a transcriber's word is an indication."""
    text = f"{FED}    2026-02-10 debit 150.00 UA by=CLERK{CLOSED}"
    one = only(text, "F02", ledger="historical=true")
    assert (one.finding_class, one.marks) == ("indicated", ("historical",))


def test_restoration_closes_in_yellow() -> None:
    """T11: gross amount and what came back stand side by side."""
    one = only(
        f"""{FED}
    2026-02-10 transfer 150.00 UA -> SU as=lent
    2026-02-10 debit 150.00 UA
    2026-02-16 return 150.00 SU -> UA event=lent
    2026-02-16 credit 150.00 UA{CLOSED}""",
        "F02",
    )
    assert (one.amount, one.restored, one.outstanding, one.severity) == (10_000, 10_000, 0, "yellow")


# --- F01 -------------------------------------------------------------------------------------------------


def test_an_admission_is_proved_in_all_three_amounts() -> None:
    """T13: with no statement at all, since the payer signed it."""
    one = only(
        """
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30211 as=meal
        """,
        "F01",
    )
    assert (one.finding_class, one.severity, one.marks) == ("proved", "red", ("reported_only",))
    assert (one.amount_min, one.amount, one.amount_max) == (20_000, 20_000, 20_000)
    assert one.subject == ("F", "UA", "UNIT/meal/0")
    assert "30211" in one.explanation.en


def test_the_class_of_a_use_counts_for_the_payment_it_tells_again() -> None:
    """T22: the evidence holds both; the finding is on the payment, by the holder of the line."""
    one = only(
        """
        2026-02-10 pay 200.00 LF TR -> SU bank_ref=R1 by=NA as=paid
        2026-02-12 use 200.00 TR SUP tag=F/grant/LF bank_ref=R1 economic=30211 as=told
        """,
        "F01",
    )
    assert (one.finding_class, one.amount, one.decisive_event, one.line) == (
        "proved",
        20_000,
        "NA/paid/0",
        "LF",
    )
    assert [entry.name for entry in one.evidence] == ["NA/paid/0", "NA/told/0"]


def test_the_scope_at_the_time_of_payment_counts() -> None:
    """DESIGN §4: a later version of the fund neither clears nor accuses an earlier payment."""
    text = """
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        {before}2026-02-08 fund F PROV version=2
        2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30211
        {after}2026-02-12 fund F PROV version=2
    """
    assert found(text.format(before="", after="# "), "F01") == []
    assert len(found(text.format(before="# ", after=""), "F01")) == 1


def test_somebody_elses_word_is_no_admission() -> None:
    """P7: a payment registered by a party whose act it is not is indicated."""
    text = """
        2026-02-02 pay 600.00 LF TR -> UA mode=transfer
        2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30211 by=CLERK
    """
    assert only(text, "F01", ledger="historical=true").finding_class == "indicated"


# --- R1, R2, T2, T17 -------------------------------------------------------------------------------------


def test_what_bank_and_reports_say_apart_is_told_in_blue() -> None:
    """R1, R2, T17: the amount that does not fit; proved only where two signed statements name one reference."""
    text = f"""{FED}
    2026-02-03 use 200.00 UA SUP tag=F/grant/LF bank_ref=R2
    2026-02-16 debit 210.00 UA bank_ref=R2
    2026-02-17 use 30.00 UA SUP tag=F/grant/LF as=invented
    2026-02-18 return 5.00 SU -> UA
    2026-02-18 credit 5.00 UA{CLOSED}"""
    kinds = {one.subject[0]: (one.amount, one.severity, one.finding_class) for one in found(text, "R1")}
    assert kinds == {"date": (20_000, "blue", "proved"), "line_rest": (1_000, "blue", "proved")}
    assert only(text, "R2").finding_class == "indicated"
    assert only(text, "R2").subject == ("UA", "debit", "UNIT/invented/0")
    assert only(text, "T17").amount == 500


def test_a_gap_is_undecidable_by_itself() -> None:
    """T2: it names the statement after it and the difference of the balances."""
    text = f"{FED}{CLOSED}    2026-04-30 closed UA 2026-04-01..2026-04-30 40.00 as=april"
    one = only(text, "T2")
    assert (one.finding_class, one.amount, one.subject) == ("undecidable", 61_000, ("UA", "BK/april/0"))
    assert found(f"{FED}{CLOSED}", "T2") == []


def test_the_same_ledger_gives_the_same_bytes() -> None:
    """Determinism: every finding, byte by byte."""
    text = f"{FED}    2026-02-10 debit 150.00 UA counterparty=PL{CLOSED}"
    runs = [[to_line(one) for one in judge(scenario(text, stage=STAGE), "2026-06-30")] for _ in range(2)]
    assert runs[0] == runs[1]


def test_accounts_without_statements_are_a_gap_and_not_clean() -> None:
    """T4: an account that holds the fund's money and shows no statement is listed as not judged."""
    paid = "2026-02-02 pay 600.00 LF TR -> {} mode=transfer\n"
    closed = "2026-02-28 closed UA 2026-02-01..2026-02-28 50.00"

    def blind(text: str) -> list[int]:
        made = scenario(text, stage=STAGE)
        with Workspace() as workspace:
            case = Case(
                genesis=made.genesis,
                genesis_hash=made.genesis_hash,
                as_of=datetime.date(2026, 6, 30),
                known_by=made.events[-1].seq,
                workspace=workspace,
                book=RuleBook(load_pack("generic")),
            )
            watch = MoneyWatch(case)
            for posted in made.events:
                case.standing.take(posted.event)
                watch.take(posted)
            assert [one.rule for one in watch.findings()] == []
            return [gap.count for gap in watch.gaps()]

    assert blind(paid.format("UA")) == [1]
    assert blind(paid.format("UA") + paid.format("UB")) == [2]
    assert blind(paid.format("UA") + "2026-02-02 credit 600.00 UA\n" + closed) == []
