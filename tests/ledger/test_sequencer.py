# SPDX-License-Identifier: Apache-2.0
"""What the sequencer accepts, refuses and answers, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import EnvironmentFault, FormatError
from ledger.founding import found_ledger
from ledger.instant import format_instant, parse_instant
from ledger.note import parse_note
from ledger.outcome import Accepted, Refused
from ledger.sequencer import Sequencer
from ledger.store.engine import holding_lock
from ledger.store.schema import prepare
from ledger.submission import Signature
from tests.ledgers import accept, check_receipt_of, check_whole, found, founded, opened, post_all
from tests.worlds import BANK, BEGINNING, COUNTY, log_signer_named, make_world, signer_named

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.submission import Submission
    from tests.worlds import World


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet: for what does not depend on the database."""
    return str(tmp_path / "ledger.db")


def refuse(sequencer: Sequencer, submission: Submission) -> list[str]:
    """The codes of the problems for which `submission` is refused."""
    outcome = sequencer.submit(submission)
    assert isinstance(outcome, Refused)
    return [problem.code for problem in outcome.problems]


# --- acceptance -------------------------------------------------------------------------------------------


def test_accepted_submissions_are_chained_covered_and_proved(url: str, world: World) -> None:
    """Positions follow each other, and each receipt proves its header entry under a signed checkpoint."""
    with founded(url, world) as sequencer:
        submissions = [*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000)]
        answers = post_all(sequencer, submissions)
        expected = 1
        for submission, answer in zip(submissions, answers, strict=True):
            assert (answer.seq, answer.events) == (expected, submission.header.count)
            assert answer.recorded == submission.header.signed_at
            assert not answer.replayed
            check_receipt_of(answer, submission, world, url)
            expected += 1 + submission.header.count
    assert check_whole(url, world).size == expected


def test_receipts_are_good_across_tile_edges(url: str, world: World) -> None:
    """Large flushes that finish several tiles prove their first and their only header."""
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        first = 1
        for count in (1, 200, 255, 256, 700, 3):
            submission = world.bank_lines(first, count)
            check_receipt_of(accept(sequencer, submission), submission, world, url)
            first += count
    check_whole(url, world)


def test_the_same_submissions_give_the_same_root(tmp_path: Path) -> None:
    """On a replay clock nothing but genesis and submissions enters the bytes: only times and signatures differ."""
    checkpoints = []
    for name in ("a", "b"):
        world = make_world()
        with founded(str(tmp_path / name), world) as sequencer:
            checkpoints.append(post_all(sequencer, [*world.opening(), world.issue("L1", 5)])[-1].checkpoint)
    assert parse_note(checkpoints[0]).text == parse_note(checkpoints[1]).text


def test_a_restarted_sequencer_goes_on(url: str, world: World) -> None:
    """A new process reads the log and appends to it."""
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    with founded(url, world) as sequencer:
        post_all(sequencer, [world.issue("L1", 100), world.bank_lines(1, 600)])
    with founded(url, world) as sequencer:
        post_all(sequencer, [world.pay("L1", 60)])
        assert refuse(sequencer, world.pay("L1", 60)) == ["line-exceeded"]
    check_whole(url, world)


def test_two_sequencers_share_one_ledger(url: str, world: World) -> None:
    """Each catches up with what the other appended, and judges against it."""
    with founded(url, world) as one, founded(url, world) as other:
        post_all(one, world.opening())
        accept(other, world.issue("L1", 100))
        accept(one, world.pay("L1", 70))
        assert refuse(other, world.pay("L1", 70)) == ["line-exceeded"]
        accept(other, world.pay("L1", 30))
    check_whole(url, world)


def test_many_threads_on_two_sequencers(url: str, world: World) -> None:
    """Submissions from many threads into two sequencers all stand once, each with a good receipt."""
    with founded(url, world) as one, founded(url, world) as other:
        post_all(one, world.opening())
        submissions = [
            world.bank_lines(number, 1 + number % 3, statement=f"s{number}") for number in range(1, 61)
        ]
        with ThreadPoolExecutor(16) as pool:
            posted = zip(submissions, [one, other] * 30, strict=True)
            answers = list(pool.map(lambda pair: accept(pair[1], pair[0]), posted))
        for submission, answer in zip(submissions, answers, strict=True):
            check_receipt_of(answer, submission, world, url)
    whole = check_whole(url, world)
    assert {whole.submissions[one.header.party, one.header.id] for one in submissions} == {
        answer.seq for answer in answers
    }


# --- refusal ----------------------------------------------------------------------------------------------


def test_a_refused_submission_leaves_nothing_not_even_its_id(file: str, world: World) -> None:
    """After the mistake is mended the same id is taken."""
    with founded(file, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 100)])
        bad = world.submission(COUNTY, world.paid("L1", 101), submission_id="pay-1")
        assert refuse(sequencer, bad) == ["line-exceeded"]
        good = world.submission(COUNTY, world.paid("L1", 100), submission_id="pay-1")
        assert not accept(sequencer, good).replayed
    check_whole(file, world)


def test_all_or_nothing_of_a_submission(file: str, world: World) -> None:
    """One bad event among good ones refuses them all, names its index, and takes nothing from the line."""
    with founded(file, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 100)])
        mixed = world.submission(COUNTY, world.paid("L1", 60), world.paid("L1", 60), world.paid("L2", 1))
        outcome = sequencer.submit(mixed)
        assert isinstance(outcome, Refused)
        assert [(one.code, one.index) for one in outcome.problems] == [
            ("line-exceeded", 1),
            ("line-unknown", 2),
        ]
        accept(sequencer, world.pay("L1", 100))


def test_bad_signatures_and_roots_are_refused(file: str, world: World) -> None:
    """A signature over something else, of a stranger, of an unknown suite, and events that the header does not bind."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        good = world.bank_lines(1, 3)
        swapped = dataclasses.replace(good, signatures=world.bank_lines(1, 3).signatures)
        assert refuse(sequencer, swapped) == ["signature-wrong", "signature-wrong"]
        stranger = signer_named("stranger")
        strange = world.submission(
            BANK, world.moved(1, 5), signers=[("maker", stranger), ("checker", stranger)]
        )
        assert set(refuse(sequencer, strange)) == {"key-unknown"}
        other = world.bank_lines(7, 3)
        torn = dataclasses.replace(good, events=other.events, event_bytes=other.event_bytes)
        assert refuse(sequencer, torn) == ["root"]
        accept(sequencer, good)


@pytest.mark.parametrize("public", ["AAAAA", "AAAA", "A" * 44, "AAAAAAB="])
def test_a_new_key_that_is_no_key_is_refused(file: str, world: World, public: str) -> None:
    """Base64 that is none, a key of another length, and base64 in another spelling are problems, not failures."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        stranger = signer_named("stranger")
        event = msgspec.structs.replace(
            world.key_event(world.seats[BANK].party, "maker", stranger), public=public
        )
        signers = [*world.signers("admin-a"), ("possession", stranger)]
        assert "key-unknown" in refuse(sequencer, world.submission("admin-a", event, signers=signers))


def test_what_the_strict_parser_refuses_is_never_stored(file: str, world: World) -> None:
    """A submission made in this process is read from its bytes again: else nobody could read the log beyond it."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        size = sequencer.size
        assert refuse(sequencer, world.submission(BANK, world.moved(0, 5))) == ["event-form"]
        assert refuse(sequencer, world.submission(BANK, world.moved(1, 5), submission_id="no id")) == [
            "submission-form"
        ]
        assert sequencer.size == size
        rehearsed = [world.submission(BANK, world.moved(0, 5)), world.bank_lines(1, 1)]
        told = [[problem.code for problem in problems] for problems in sequencer.rehearse(rehearsed)]
        assert told == [["event-form"], []]


def test_an_entry_that_would_be_too_large_is_refused(file: str, world: World) -> None:
    """A header entry whose signatures fill more than 65,535 bytes is a problem, not a failure of the flush."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        good = world.bank_lines(1, 1)
        huge = tuple(
            Signature(alg="ed25519", key=f"{number:064x}", role="panel", sig="A" * 8192)
            for number in range(9)
        )
        bloated = dataclasses.replace(good, signatures=(*good.signatures, *huge))
        assert refuse(sequencer, bloated) != []
        accept(sequencer, good)


# --- idempotency ------------------------------------------------------------------------------------------


def test_the_same_submission_again_gets_the_first_receipt(url: str, world: World) -> None:
    """Also much later and from another process; the log does not grow."""
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        submission = world.bank_lines(1, 300)
        first = accept(sequencer, submission)
        post_all(sequencer, [world.bank_lines(301, 400), world.bank_lines(701, 1)])
        again = accept(sequencer, submission)
    assert again == dataclasses.replace(first, replayed=True)
    with founded(url, world) as sequencer:
        size = sequencer.size
        assert accept(sequencer, submission) == again
        assert sequencer.size == size
    check_whole(url, world)


def test_a_replay_is_answered_only_to_good_signatures(file: str, world: World) -> None:
    """Whoever cannot sign it learns nothing of it."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        submission = world.bank_lines(1, 1)
        accept(sequencer, submission)
        unsigned = dataclasses.replace(submission, signatures=world.bank_lines(2, 1).signatures)
        assert refuse(sequencer, unsigned) == ["signature-wrong", "signature-wrong"]


def test_another_header_under_the_same_id_discloses_nothing(file: str, world: World) -> None:
    """The refusal names only what the sender has sent."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        accept(sequencer, world.submission(BANK, world.moved(1, 4711), submission_id="day-1"))
        outcome = sequencer.submit(world.submission(BANK, world.moved(2, 5), submission_id="day-1"))
        assert isinstance(outcome, Refused)
        (problem,) = outcome.problems
        assert (problem.code, problem.check) == ("submission-conflict", "I7")
        assert "4711" not in problem.told_en() + problem.told_zh()


def test_the_same_submission_in_one_flush_is_stored_once(file: str, world: World) -> None:
    """Thirty threads send one submission at once: one is first, all get the same position."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        submission = world.bank_lines(1, 2)
        with ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(sequencer.submit, [submission] * 30))
    accepted = [answer for answer in answers if isinstance(answer, Accepted)]
    assert len(accepted) == 30
    assert len({(answer.seq, answer.receipt) for answer in accepted}) == 1
    assert sum(not answer.replayed for answer in accepted) == 1
    check_whole(file, world)


# --- rehearsal --------------------------------------------------------------------------------------------


def test_a_rehearsal_tells_what_would_happen_and_stores_nothing(file: str, world: World) -> None:
    """Each submission is judged after the ones before it; afterwards everything is as it was."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        size = sequencer.size
        rest = [world.issue("L1", 100), world.pay("L1", 100), world.pay("L1", 1), world.bank_lines(1, 300)]
        told = [[problem.code for problem in problems] for problems in sequencer.rehearse(rest)]
        assert told == [[], [], ["line-exceeded"], []]
        assert sequencer.size == size
        assert refuse(sequencer, world.pay("L1", 1)) == ["line-unknown"]
        post_all(sequencer, [rest[0], rest[1]])
    check_whole(file, world)


def test_a_rehearsal_that_is_given_up_leaves_no_trace(file: str, world: World) -> None:
    """Closing the iterator early undoes what was judged."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        rehearsal = sequencer.rehearse([world.issue("L1", 100), world.pay("L1", 100)])
        assert next(rehearsal) == ()
        rehearsal.close()
        assert refuse(sequencer, world.pay("L1", 1)) == ["line-unknown"]


# --- clocks -----------------------------------------------------------------------------------------------


class Watch:
    """A clock that the test sets."""

    def __init__(self, instant: str) -> None:
        """Begin at `instant`."""
        self.now = parse_instant(instant)

    def __call__(self) -> datetime.datetime:
        """The moment that was set."""
        return self.now

    def move(self, **by: int) -> str:
        """Let time pass, or run backwards."""
        self.now += datetime.timedelta(**by)
        return format_instant(self.now)


def test_a_wall_clock_records_the_machines_time_and_never_runs_back(file: str) -> None:
    """Recorded is now; a clock set back by less than five minutes repeats the last instant."""
    world, watch = make_world(clock="wall"), Watch("2026-01-05T02:00:00.000Z")
    with founded(file, world, now=watch) as sequencer:
        answers = post_all(sequencer, world.opening())
        assert {answer.recorded for answer in answers} == {"2026-01-05T02:00:00.000Z"}
        later = watch.move(minutes=3)
        assert accept(sequencer, world.bank_lines(1, 1)).recorded == later
        watch.move(minutes=-4)
        assert accept(sequencer, world.bank_lines(2, 1)).recorded == later
    check_whole(file, world)


def test_a_clock_that_is_too_slow_stops_posting_and_says_why(file: str) -> None:
    """More than five minutes behind the last recorded instant; it goes on once the clock is right."""
    world, watch = make_world(clock="wall"), Watch("2026-01-05T02:00:00.000Z")
    with founded(file, world, now=watch) as sequencer:
        post_all(sequencer, world.opening())
        assert sequencer.trouble() is None
        watch.move(minutes=-5, seconds=-1)
        submission = world.bank_lines(1, 1)
        with pytest.raises(EnvironmentFault, match="5 minutes behind") as raised:
            sequencer.submit(submission)
        trouble = sequencer.trouble()
        assert trouble is not None
        assert trouble.code == raised.value.code == "ledger.slow-clock"
        watch.move(seconds=1)
        assert sequencer.trouble() is None
        accept(sequencer, submission)


@pytest.mark.parametrize(
    ("signed_at", "codes"),
    [
        ("2026-01-05T02:05:00.000Z", []),
        ("2026-01-05T02:05:00.001Z", ["signed-ahead"]),
        ("2025-12-06T02:00:00.000Z", []),
        ("2025-12-06T01:59:59.999Z", ["signed-long-ago"]),
    ],
)
def test_signing_times_far_from_the_machines_time_are_refused(
    file: str, signed_at: str, codes: list[str]
) -> None:
    """Five minutes ahead and thirty days behind are the last that pass."""
    world, watch = make_world(clock="wall"), Watch("2026-01-05T02:00:00.000Z")
    with founded(file, world, now=watch) as sequencer:
        post_all(sequencer, world.opening())
        outcome = sequencer.submit(world.submission(BANK, world.moved(1, 1), signed_at=signed_at))
        assert [one.code for one in (outcome.problems if isinstance(outcome, Refused) else ())] == codes


def test_a_replay_clock_never_asks_the_machine(file: str, world: World) -> None:
    """Whatever the machine's clock says, recorded is the time of signing, or the last recorded instant."""
    with founded(file, world, now=Watch("1999-01-01T00:00:00.000Z")) as sequencer:
        post_all(sequencer, world.opening())
        first = accept(sequencer, world.bank_lines(1, 1))
        early = world.submission(BANK, world.moved(2, 1), signed_at=BEGINNING)
        assert accept(sequencer, early).recorded == first.recorded


# --- founding ---------------------------------------------------------------------------------------------


def test_founding_twice_changes_nothing(url: str, world: World) -> None:
    """An interrupted or repeated founding ends well."""
    found(url, world)
    found(url, world)
    assert check_whole(url, world).size == 1


def test_one_database_holds_one_ledger(file: str, world: World) -> None:
    """Another genesis is refused and changes nothing."""
    found(file, world)
    with pytest.raises(EnvironmentFault, match="another ledger lives here"):
        found(file, make_world(ceilings="flag"))
    check_whole(file, world)


def test_only_the_logs_own_key_signs(file: str, world: World) -> None:
    """A foreign key neither founds a ledger nor opens one."""
    with opened(file, create=True) as engine:
        with pytest.raises(EnvironmentFault, match="no current Ed25519 key"):
            found_ledger(engine, world.genesis, world.genesis_signatures, log_signer_named("stranger"))
        found(file, world)
        with pytest.raises(EnvironmentFault, match="no current Ed25519 key"):
            Sequencer(engine, log_signer_named("stranger"))


def test_a_genesis_without_all_administrators_founds_nothing(file: str, world: World) -> None:
    """Every first administrator signs."""
    with opened(file, create=True) as engine, pytest.raises(FormatError, match="no good signature"):
        found_ledger(engine, world.genesis, world.genesis_signatures[:1], world.log_signer)


def test_a_database_without_a_ledger_is_told(file: str, world: World) -> None:
    """A sequencer needs a founded ledger."""
    with opened(file, create=True) as engine:
        prepare(engine)
        with pytest.raises(EnvironmentFault, match="no ledger yet"):
            Sequencer(engine, world.log_signer)


# --- a log that contradicts itself ------------------------------------------------------------------------


CHANGED = "replace(CAST(bytes AS TEXT), '\"amount\":100', '\"amount\":900')"
A_BANK_LINE = "WHERE seq = (SELECT max(seq) - 3 FROM log)"


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE log SET bytes = CAST({CHANGED} AS BLOB) {A_BANK_LINE}",  # noqa: S608 - our own text
        f"UPDATE log SET bytes = {CHANGED} {A_BANK_LINE}",  # noqa: S608 - our own text
        "UPDATE log SET bytes = (SELECT bytes FROM log WHERE seq = 3) WHERE seq = 32",
        "UPDATE log SET bytes = x'00' WHERE seq = 0",
        "DELETE FROM log WHERE seq = 32",
        "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)",
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 1)",
        "UPDATE checkpoint SET note = x'00'",
    ],
)
def test_nobody_appends_to_a_tampered_log(file: str, world: World, change: str) -> None:
    """Bytes changed behind the guards are noticed when the log is read, before anything is signed on top."""
    with founded(file, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.bank_lines(1, 10)])
    with opened(file) as engine, holding_lock(engine) as connection:
        for table in ("log", "checkpoint"):
            for action in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{action}")
        assert connection.exec_driver_sql(change).rowcount
        connection.commit()
    with opened(file) as engine, pytest.raises(EnvironmentFault, match="fundtrace verify"):
        Sequencer(engine, world.log_signer)
