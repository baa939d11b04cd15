# SPDX-License-Identifier: Apache-2.0
"""Disclosures beside a submission: checked when it is taken in, kept beside the log, destroyed by an erasure."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import insert, select

from ledger.errors import FormatError
from ledger.kinds.control import Erasure
from ledger.outcome import Refused
from ledger.reindexing import reindex
from ledger.store.disclosures import (
    all_disclosures,
    disclosures_of,
    erasures_of,
    take_back,
)
from ledger.store.engine import reading, writing_beside
from ledger.store.tables import DISCLOSURE, LOG
from ledger.submission import event_name, parse_wire, wire_bytes
from tests.later_kinds import LATER, admitting, step
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.personal import KNOWN, committed, disclosed
from tests.worlds import AUDIT, BANK, DAY, UNIT

if TYPE_CHECKING:
    from ledger.kinds.fact import Use
    from ledger.sequencer import Sequencer
    from ledger.submission import Submission
    from tests.worlds import World

PERSON = committed(payee_name="王某", payee_account="6222020000000000000")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return str(tmp_path / "ledger.db")


def paid(world: World, sd: tuple[str, ...] = PERSON) -> Use:
    """A payment of the unit to a person of whom only commitments are shown."""
    return msgspec.structs.replace(world.use(5), sd=sd)


def refused(sequencer: Sequencer, submission: Submission) -> list[str]:
    """The codes for which `submission` is refused."""
    outcome = sequencer.submit(submission)
    assert isinstance(outcome, Refused)
    return [problem.code for problem in outcome.problems]


def kept(url: str, seq: int) -> dict[str, str]:
    """What is kept of the event at `seq`."""
    with opened(url) as engine, reading(engine) as connection:
        return disclosures_of(connection, seq)


def erased(url: str, seq: int) -> dict[str, int]:
    """What was erased of the event at `seq`, and by which entry."""
    with opened(url) as engine, reading(engine) as connection:
        return erasures_of(connection, seq)


# --- on the wire ------------------------------------------------------------------------------------------


def test_disclosures_travel_beside_what_is_signed(world: World) -> None:
    """They read back from the wire, and neither header nor events nor signatures know them."""
    submission = world.submission(UNIT, paid(world))
    assert len(submission.disclosures) == 2
    assert parse_wire(wire_bytes(submission)) == submission
    bare = dataclasses.replace(submission, disclosures=())
    assert b"disclosures" not in wire_bytes(bare)
    assert bare.header == submission.header


def test_disclosures_are_sorted_and_unique(world: World) -> None:
    """As signatures are: one submission has one spelling."""
    submission = world.submission(UNIT, paid(world))
    for wrong in (submission.disclosures[::-1], submission.disclosures * 2):
        with pytest.raises(FormatError, match="sorted and unique"):
            parse_wire(wire_bytes(dataclasses.replace(submission, disclosures=wrong)))


# --- taken in or refused ----------------------------------------------------------------------------------


def test_disclosures_are_kept_with_their_event(url: str, world: World) -> None:
    """Beside the log, whose bytes show nothing of them."""
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        answer = accept(sequencer, world.submission(UNIT, world.use(1), paid(world)))
    at = answer.seq + 2
    assert kept(url, at) == {one: KNOWN[one] for one in PERSON}
    assert kept(url, at - 1) == {}
    with opened(url) as engine, reading(engine) as connection:
        data = connection.execute(select(LOG.c.bytes).where(LOG.c.seq == at)).scalar_one()
        assert [row.text for row in all_disclosures(connection, below=at + 1)] == [
            KNOWN[one] for one in PERSON
        ]
        assert not list(all_disclosures(connection, below=at))
    assert "王某".encode() not in bytes(data)
    check_whole(url, world)


def test_what_does_not_open_every_commitment_is_refused(file: str, world: World) -> None:
    """Missing, stray, altered, of no personal field, twice, or with an unseen character; nothing is left of it."""
    other = disclosed(payee_name="李某")[0]
    foreign, twice = committed(asker="王某"), committed(payee_name="王某") + committed(payee_name="张某")
    unseen = committed(payee_name="王\u200b某")
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        whole = world.submission(UNIT, paid(world))
        first, second = whole.disclosures
        for wrong, codes in (
            ((), ["disclosure-missing"] * 2),
            ((first,), ["disclosure-missing"]),
            (tuple(sorted((first, second, other.text))), ["disclosure-stray"]),
            (tuple(sorted((first, other.text))), ["disclosure-missing", "disclosure-stray"]),
        ):
            assert refused(sequencer, dataclasses.replace(whole, disclosures=wrong)) == codes
        assert refused(sequencer, world.submission(UNIT, paid(world, foreign))) == ["disclosure-name"]
        doubled = paid(world, tuple(sorted(twice)))
        assert refused(sequencer, world.submission(UNIT, doubled)) == ["disclosure-twice"]
        assert refused(sequencer, world.submission(UNIT, paid(world, unseen))) == ["text-unseen"]
        answer = accept(sequencer, whole)
    assert set(kept(file, answer.seq + 1)) == set(PERSON)


def test_a_field_in_clear_is_not_committed_to(file: str, world: World) -> None:
    """A step that tells its text does not commit to it; one that does not, may."""
    text = committed(text="某乡镇")
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        accept(sequencer, world.submission(AUDIT, admitting(*LATER)))
        clear = step("affirmed", text="某乡镇", sd=text)
        assert refused(sequencer, world.submission(AUDIT, clear)) == ["disclosure-clear"]
        accept(sequencer, world.submission(AUDIT, step("affirmed", sd=text)))


def test_what_stands_needs_no_disclosures_again(file: str, world: World) -> None:
    """Sent once more without them, it is answered with the first receipt, and they are kept."""
    with founded(file, world) as sequencer:
        post_all(sequencer, world.opening())
        whole = world.submission(UNIT, paid(world))
        first = accept(sequencer, whole)
        again = accept(sequencer, dataclasses.replace(whole, disclosures=()))
    assert again.replayed
    assert again.receipt == first.receipt
    assert set(kept(file, first.seq + 1)) == set(PERSON)


# --- erased -----------------------------------------------------------------------------------------------


def erase(world: World, event: str, *commitments: str) -> Submission:
    """The unit erases `commitments` of `event`."""
    return world.submission(
        UNIT, Erasure(occurred_on=DAY, event=event, commitments=commitments, reason="本人申请删除")
    )


def test_an_erasure_destroys_what_it_names(url: str, world: World) -> None:
    """And nothing else; in its own submission or another; the log is whole before and after."""
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(AUDIT, admitting(*LATER))])
        posted = world.submission(UNIT, paid(world), paid(world))
        at = accept(sequencer, posted).seq + 1
        gone = accept(sequencer, erase(world, event_name(posted.header, 0), PERSON[0])).seq + 1
        assert set(kept(url, at)) == {PERSON[1]}
        assert erased(url, at) == {PERSON[0]: gone}
        assert set(kept(url, at + 1)) == set(PERSON)
        accept(sequencer, erase(world, event_name(posted.header, 0), *PERSON))
        assert kept(url, at) == {}
        assert erased(url, at)[PERSON[0]] == gone, "the first erasure is the one that counts"
        accept(sequencer, dataclasses.replace(posted))
        assert kept(url, at) == {}, "sending it again brings nothing back"
    check_whole(url, world)


def in_the_file(file: str) -> list[bool]:
    """Whether each disclosure of the person lies in the file, once its write-ahead log is put in."""
    with opened(file) as engine, engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
    data = Path(file).read_bytes()
    return [KNOWN[one].encode() in data for one in PERSON]


def test_sqlite_overwrites_what_was_erased(file: str, world: World) -> None:
    """It was there, and after the erasure not a byte of it is left."""
    with founded(file, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(AUDIT, admitting(*LATER))])
        posted = world.submission(UNIT, paid(world))
        accept(sequencer, posted)
        assert in_the_file(file) == [True] * len(PERSON)
        accept(sequencer, erase(world, event_name(posted.header, 0), *PERSON))
    assert in_the_file(file) == [False] * len(PERSON)


def test_erasures_are_replayed_after_a_restore(url: str, world: World) -> None:
    """A copy from before the erasure brings nothing back, neither as rows nor as a file; what stands is taken back."""
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(AUDIT, admitting(*LATER))])
        posted = world.submission(UNIT, paid(world))
        at = accept(sequencer, posted).seq + 1
        backup = [(at, KNOWN[one]) for one in PERSON]
        accept(sequencer, erase(world, event_name(posted.header, 0), PERSON[0]))
    with opened(url) as engine, writing_beside(engine) as connection:
        connection.execute(insert(DISCLOSURE).values(seq=at, commitment=PERSON[0], text=KNOWN[PERSON[0]]))
    with opened(url) as engine:
        assert set(kept(url, at)) == set(PERSON)
        reindex(engine)
    assert set(kept(url, at)) == {PERSON[1]}
    with opened(url) as engine, writing_beside(engine) as connection:
        connection.execute(DISCLOSURE.delete())
        stray = (at, disclosed(payee_name="李某")[0].text)
        assert take_back(connection, [*backup, stray, (at - 1, backup[1][1]), (99_999, backup[1][1])]) == (
            1,
            4,
        )
    assert set(kept(url, at)) == {PERSON[1]}


def test_a_refused_submission_destroys_nothing(file: str, world: World) -> None:
    """An erasure by one who may not: the disclosures stay."""
    with founded(file, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(AUDIT, admitting(*LATER))])
        posted = world.submission(UNIT, paid(world))
        at = accept(sequencer, posted).seq + 1
        event = Erasure(
            occurred_on=DAY, event=event_name(posted.header, 0), commitments=PERSON, reason="他人申请"
        )
        assert refused(sequencer, world.submission(BANK, event)) == ["actor"]
    assert set(kept(file, at)) == set(PERSON)
