# SPDX-License-Identifier: Apache-2.0
"""Where money is now and how it came there: lines, accounts, payees, payments, and sums that conserve."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger.effects import take_in
from ledger.past_events import KnownEvent
from ledger.register import Register
from tests.scenarios.books import Books, closed
from tests.simulation.posted_world import NoPast
from verifier.language import Language
from verifier.tracing.money_paths import Caps, trace_fund, trace_line
from verifier.tracing.trace_records import MoneyTrace
from verifier.tracing.trace_text import _payee, text_of

TEXT = """
    2026-01-12 split LS 900.00 NA -> UNIT parent=LF
    2026-01-13 split LT 200.00 UNIT -> UNIT parent=LS
    2026-02-02 pay 600.00 LS TR -> UA mode=transfer bank_ref=R1 by=UNIT
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-05 use 100.00 UA SUP tag=F/grant/LS
    2026-02-05 debit 100.00 UA
    2026-02-06 use 50.00 UA OTHER tag=F/grant/LS economic=30211
    2026-02-06 debit 50.00 UA
    2026-02-09 transfer 40.00 UA -> PL tag=F/grant/LS
    2026-02-09 debit 40.00 UA
    2026-02-10 debit 30.00 UA
    2026-02-11 use 9.00 UA SUP tag=F/grant
    2026-02-12 pay 100.00 LT TR -> SU by=UNIT
    2026-02-28 closed UA 2026-02-01..2026-02-28 20.00
"""


@contextmanager
def lines_and_books(text: str) -> Iterator[tuple[Register, Books]]:
    """The register and the closed books of a scenario."""
    with closed(text) as books:
        register = Register()
        for one in books.scenario.events:
            known = KnownEvent(seq=one.seq, recorded=one.recorded, party=one.party, event=one.event)
            assert list(take_in(register, known, name=one.name, past=NoPast())) == []
            register.put(register.pending_events, one.name, known)
        yield register, books


def of_fund(text: str, fund: str = "F", caps: Caps | None = None) -> MoneyTrace:
    """The trace of a fund."""
    with lines_and_books(text) as (register, books):
        return trace_fund(books.money, register.lines, fund, caps or Caps())


def of_line(text: str, line: str, caps: Caps | None = None) -> MoneyTrace:
    """The trace of a line."""
    with lines_and_books(text) as (register, books):
        return trace_line(books.money, register.lines, line, caps or Caps())


def test_authority_is_a_tree_that_adds_up() -> None:
    """DESIGN §4: issued = free + disbursed − restored, over the fund and over the part below a line."""
    whole = of_fund(TEXT)
    assert [(line.id, line.depth, line.free) for line in whole.lines] == [
        ("LF", 0, 10_000),
        ("LS", 1, 10_000),
        ("LT", 2, 10_000),
    ]
    assert whole.authority == {"issued": 100_000, "free": 30_000, "disbursed": 70_000, "restored": 0}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_money_from_outside_the_record_is_not_netted_against_what_is_on_hand(language: Language) -> None:
    """The treasury paid before anything of the fund came in; the headline shows that beside what the others hold."""
    headline = list(text_of(of_fund(TEXT), "CNY", language))[2]
    expected = {
        "zh": ("按登记应存 450.00", "支出超过流入（来源在账外或先行垫付） 700.00", "现存 440.00"),
        "en": ("should be left 450.00", "out beyond what came in (from outside the record, or ahead) 700.00"),
    }
    assert all(told in headline for told in expected[language])
    assert "−" not in headline
    assert "-" not in headline


def test_a_line_shows_how_it_came_and_what_is_below() -> None:
    """Lines above are told and not counted; siblings are not shown."""
    trace = of_line(TEXT, "LT")
    assert [(line.id, line.depth, line.asked) for line in trace.lines] == [
        ("LF", 0, False),
        ("LS", 1, False),
        ("LT", 2, True),
    ]
    assert trace.authority == {"issued": 20_000, "free": 10_000, "disbursed": 10_000, "restored": 0}
    assert [(payment.event, payment.standing) for payment in trace.payments] == [("UNIT/pay-2/0", "unfed")]
    assert [(payee.payee, payee.amount) for payee in trace.payees] == [("SU", 10_000)]


def test_cash_of_a_fund_conserves_account_by_account() -> None:
    """T21: what should be left is held, advanced, lost or undecided; the treasury paid from elsewhere."""
    trace = of_fund(TEXT)
    by_account = {one.account: one for one in trace.accounts}
    unit, treasury, platform = by_account["UA"], by_account["TR"], by_account["PL"]
    assert (unit.came_in, unit.used, unit.passed_on, unit.left) == (60_000, 15_000, 4_000, 41_000)
    assert (unit.held, unit.lost, unit.out_of_scope, unit.balance) == (40_000, 1_000, 5_000, 40_000)
    assert (treasury.left, treasury.beyond, treasury.elsewhere, treasury.held) == (0, 70_000, 70_000, 0)
    assert (platform.came_in, platform.held, platform.balance) == (4_000, 4_000, None)
    assert trace.cash["came_in"] == 64_000
    cash = trace.cash
    assert (cash["left"], cash["beyond"], cash["elsewhere"]) == (45_000, 70_000, 70_000)
    assert cash["held"] + cash["lost"] == cash["left"] - cash["beyond"] + cash["elsewhere"]
    assert [(one.payee, one.amount, one.payments) for one in trace.payees] == [
        ("SU", 10_000, 1),
        ("SUP", 10_000, 1),
        ("OTHER", 5_000, 1),
    ]


def test_a_line_says_what_its_account_lost_of_the_fund() -> None:
    """T14: losses belong to the fund; the line view says so and splits nothing."""
    trace = of_line(TEXT, "LS")
    unit = next(one for one in trace.accounts if one.account == "UA")
    assert (unit.left, unit.held, unit.fund_lost) == (41_000, None, 1_000)


def test_payments_say_what_the_bank_says() -> None:
    """R2: a report that the bank does not bear out is listed and moves nothing."""
    standings = {payment.event: payment.standing for payment in of_fund(TEXT).payments}
    assert standings["UNIT/use-3/0"] == "refuted"
    assert standings["UNIT/use-1/0"] == "booked"
    assert standings["UNIT/pay-2/0"] == "unfed"


def test_what_is_cut_is_said_and_still_counted() -> None:
    """DESIGN §7: caps on depth and rows; sums stay whole."""
    whole, cut = of_fund(TEXT), of_fund(TEXT, caps=Caps(depth=1, rows=1))
    assert cut.cut == {"lines": 2, "accounts": 2, "payees": 2, "payments": 5}
    assert (cut.cash, cut.authority) == (whole.cash, whole.authority)
    assert "… 5 more (--rows, --depth)" in "\n".join(text_of(cut, "CNY", "en"))


def test_a_correction_leaves_the_payment_as_void() -> None:
    """T18: it is still told, and counts nowhere."""
    trace = of_fund("2026-02-05 use 100.00 UA SUP tag=F/grant as=wrong\n2026-02-06 void wrong")
    assert [(one.event, one.standing) for one in trace.payments] == [("UNIT/wrong/0", "void")]
    assert trace.accounts == ()


@pytest.mark.parametrize(("language", "word"), [("zh", "被占用 10.00"), ("en", "diverted 10.00")])
def test_both_languages_name_what_was_lost(language: str, word: str) -> None:
    """The same numbers, in the words of the reader."""
    told = "\n".join(text_of(of_fund(TEXT), "CNY", "zh" if language == "zh" else "en"))
    assert word in told
    assert "TR" in told
    assert ("  资金划转  " in told) == (language == "zh")


def test_persons_on_a_list_are_told_as_such() -> None:
    """The hash of the list names it to a program; people read what it is, and enough of the hash to find it."""
    told = _payee("list:" + "0123456789abcdef" * 4, "en")
    assert told == "payment list 0123456789abcdef…"
    assert _payee("UA", "en") == "UA"
