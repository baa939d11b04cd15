# SPDX-License-Identifier: Apache-2.0
"""What a witness answers: every status of C2SP tlog-witness, and nothing but one growing history for each log."""

from __future__ import annotations

import datetime
import threading
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from api.witness.desk import Cosigned, Desk, Outcome
from api.witness.judgement import Refused, Stale
from api.witness.opening import remove_log, sound_memory
from api.witness.request import AddCheckpoint, format_request, parse_request
from ledger.checkpoint import open_checkpoint, parse_checkpoint
from ledger.cosignature import seconds_in
from ledger.errors import InputError
from ledger.note import format_note, open_note, parse_note, sign_text
from ledger.spelling import to_base64
from tests.growing_log import GrowingLog

if TYPE_CHECKING:
    from tests.api.witness.conftest import Office

LOG = GrowingLog()
OTHER = GrowingLog(origin="other.example/log")


def status(outcome: Outcome) -> int:
    """The status code that the outcome goes out with."""
    match outcome:
        case Cosigned():
            return 200
        case Stale():
            return 409
        case Refused():
            return outcome.status


def cosigned(desk: Desk, body: bytes) -> dict[str, int]:
    """The time in each verified line of the witness, by algorithm, after the lines were seen to hold."""
    outcome = desk.add_checkpoint(body)
    assert isinstance(outcome, Cosigned), outcome
    note = open_note(parse_request(body).note + outcome.lines, desk.keys)
    by_id = {key.note_key_id: key.alg for key in desk.keys}
    return {by_id[one.key_id]: seconds_in(one.signature) for one in note.verified}


def test_it_follows_a_log(office: Office) -> None:
    """First contact, growth, the same again: each time both kinds of cosignature, with the time of the moment."""
    office.watch(LOG)
    with office.open() as desk:
        for old, size in [(0, 1), (1, 2), (2, 2), (2, 257), (257, 300), (300, 300)]:
            seconds = int(office.moment.timestamp())
            assert cosigned(desk, LOG.request(old, size)) == {"ed25519": seconds, "ml-dsa-44": seconds}
            office.moment += datetime.timedelta(seconds=7)


def test_it_goes_on_after_a_restart(office: Office) -> None:
    """What was cosigned is known; new logs do not disturb it."""
    office.watch(LOG)
    with office.open() as desk:
        cosigned(desk, LOG.request(0, 5))
    office.watch(OTHER)
    with office.open() as desk:
        assert desk.add_checkpoint(LOG.request(0, 9)) == Stale(size=5)
        cosigned(desk, LOG.request(5, 9))
        cosigned(desk, OTHER.request(0, 3))


def test_an_empty_log_is_cosigned(office: Office) -> None:
    """Size 0 with the root of the empty tree; from there growth needs no proof."""
    office.watch(LOG)
    with office.open() as desk:
        cosigned(desk, LOG.request(0, 0))
        cosigned(desk, LOG.request(0, 4))


def resigned(text: str, log: GrowingLog = LOG) -> bytes:
    """`text` with a true signature of the log, whatever it says."""
    return format_note(text, [sign_text(text, name=log.origin, signer=log.signer)])


def ask(old: int, note: bytes, proof: tuple[bytes, ...] = ()) -> bytes:
    """A request body."""
    return format_request(AddCheckpoint(old=old, proof=proof, note=note))


CLASSIC = GrowingLog(quantum=False)
FORK = GrowingLog(quantum=False, fork=3)
ROOT = to_base64(CLASSIC.tree.root(5))
PATH = tuple(CLASSIC.tree.consistency_path(5, 7))

REFUSED = {
    "400: nothing": (b"", 400),
    "400: no note": (b"old 4\n\n", 400),
    "400: note without signature": (ask(5, CLASSIC.text(7).encode()), 400),
    "400: note not UTF-8": (ask(5, b"\xff\xfe\n\n"), 400),
    "400: note with a control character": (ask(5, CLASSIC.note(7).replace(b"7\n", b"7\r\n")), 400),
    "400: note with 65 signatures": (ask(5, CLASSIC.note(7) + "— a AAAAAAA=\n".encode() * 64), 400),
    "400: signed, but no checkpoint": (ask(5, resigned(f"{CLASSIC.origin}\nhello\n")), 400),
    "400: size with a leading zero": (ask(5, resigned(f"{CLASSIC.origin}\n07\n{ROOT}\n")), 400),
    "400: root of 31 bytes": (ask(5, resigned(f"{CLASSIC.origin}\n7\n{to_base64(bytes(31))}\n")), 400),
    "400: empty extension line": (ask(5, resigned(f"{CLASSIC.origin}\n7\n{ROOT}\n\n")), 400),
    "400: old beyond size": (ask(8, CLASSIC.note(7)), 400),
    "400: old beyond size, size known": (ask(6, CLASSIC.note(5)), 400),
    "404: unknown origin": (OTHER.request(0, 7), 404),
    "404: origin in capitals": (ask(5, resigned(CLASSIC.text(7).replace("ledger", "Ledger"))), 404),
    "403: signed by another log": (
        ask(
            4,
            format_note(
                CLASSIC.text(7), [sign_text(CLASSIC.text(7), name=OTHER.origin, signer=OTHER.signer)]
            ),
        ),
        403,
    ),
    "403: signature of another text": (ask(5, CLASSIC.note(7).replace(b"\n7\n", b"\n8\n")), 403),
    "403: a known key signs twice": (
        ask(5, CLASSIC.note(7) + CLASSIC.note(7).rpartition(b"\n\n")[2]),
        403,
    ),
    "403: one true and one false line of a known key": (
        ask(5, CLASSIC.note(7) + CLASSIC.note(8).rpartition(b"\n\n")[2]),
        403,
    ),
    "409: from nothing": (ask(0, CLASSIC.note(7)), 409),
    "409: from an earlier size": (CLASSIC.request(2, 7), 409),
    "409: from a later size": (CLASSIC.request(6, 7), 409),
    "409: rollback": (CLASSIC.request(3, 3), 409),
    "409: fork from an earlier size": (FORK.request(2, 7), 409),
    "422: no proof": (ask(5, CLASSIC.note(7)), 422),
    "422: proof too short": (ask(5, CLASSIC.note(7), PATH[:-1]), 422),
    "422: proof too long": (ask(5, CLASSIC.note(7), (*PATH, bytes(32))), 422),
    "422: proof out of order": (ask(5, CLASSIC.note(7), PATH[::-1]), 422),
    "422: proof to another size": (ask(5, CLASSIC.note(8), PATH), 422),
    "422: fork with its own proof": (FORK.request(5, 7), 422),
    "422: same size, another root": (FORK.request(5, 5), 422),
    "422: same size with a needless proof": (ask(5, CLASSIC.note(5), PATH), 422),
    "422: no entries, but a root": (ask(0, resigned(f"{CLASSIC.origin}\n0\n{ROOT}\n")), 422),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_everything_else_is_refused(office: Office, body: bytes, code: int) -> None:
    """Each with its status and nothing changed; the honest next request is cosigned afterwards."""
    office.watch(CLASSIC)
    with office.open() as desk:
        cosigned(desk, CLASSIC.request(0, 5))
        shown = desk.shown(hash_of(CLASSIC))
        outcome = desk.add_checkpoint(body)
        assert status(outcome) == code
        if code == HTTPStatus.CONFLICT:
            assert outcome == Stale(size=5)
        assert desk.shown(hash_of(CLASSIC)) == shown
        cosigned(desk, CLASSIC.request(5, 7))


def hash_of(log: GrowingLog) -> str:
    """The name of the log on the read route."""
    return sha256(log.origin.encode()).hexdigest()


def test_proof_from_nothing_is_refused(office: Office) -> None:
    """At first contact there is nothing to prove: hashes after old 0 are 422."""
    office.watch(CLASSIC)
    with office.open() as desk:
        assert status(desk.add_checkpoint(ask(0, CLASSIC.note(7), PATH))) == 422
        cosigned(desk, ask(0, CLASSIC.note(7)))


def test_both_kinds_of_a_log_must_have_signed(office: Office) -> None:
    """A log whose ML-DSA-44 key is known is not moved by its Ed25519 key alone, nor the other way round."""
    office.watch(LOG)
    text, lines = LOG.text(4), parse_note(LOG.note(4)).signatures
    with office.open() as desk:
        for line in lines:
            assert status(desk.add_checkpoint(ask(0, format_note(text, [line])))) == 403
        cosigned(desk, ask(0, format_note(text, lines)))


def test_a_rotated_key(office: Office) -> None:
    """With two Ed25519 keys known, one of them is enough; keys entered anew replace the earlier ones."""
    new = GrowingLog(quantum=False)
    office.watch(CLASSIC)
    with office.open() as desk:
        cosigned(desk, CLASSIC.request(0, 4))
    office.watch(LOG)
    with office.open() as desk:
        assert status(desk.add_checkpoint(new.request(4, 7))) == 403
        cosigned(desk, LOG.request(4, 7))


def test_unknown_lines_are_neither_judged_nor_kept(office: Office) -> None:
    """Lines of others do not matter; what is shown afterwards has those of the log and of the witness only."""
    office.watch(CLASSIC)
    noise = "— ledger.example/log AAAAAAAA\n— witness.example/w9 AAAAAAAA\n".encode()
    with office.open() as desk:
        cosigned(desk, ask(0, CLASSIC.note(7) + noise))
        shown = desk.shown(hash_of(CLASSIC))
        assert shown is not None
        assert [one.name for one in parse_note(shown).signatures] == [CLASSIC.origin, desk.name, desk.name]
        assert open_checkpoint(shown, [*CLASSIC.keys, *desk.keys]) == parse_checkpoint(CLASSIC.text(7))


def test_extension_lines_are_covered_by_the_line_that_covers_them(office: Office) -> None:
    """A checkpoint with extension lines is cosigned as it is."""
    office.watch(CLASSIC)
    with office.open() as desk:
        cosigned(desk, ask(0, resigned(CLASSIC.text(7) + "extension\n")))


def test_a_clock_set_back_gives_no_earlier_time(office: Office) -> None:
    """The time in the cosignatures of a log never runs backwards."""
    office.watch(LOG)
    with office.open() as desk:
        first = cosigned(desk, LOG.request(0, 4))
        office.moment -= datetime.timedelta(days=1)
        assert cosigned(desk, LOG.request(4, 7)) == first


def test_nothing_is_shown_before_the_first_cosignature(office: Office) -> None:
    """Neither for a log that is watched, nor for one that is not, nor for what is no hash."""
    office.watch(LOG)
    with office.open() as desk:
        assert [desk.shown(one) for one in (hash_of(LOG), hash_of(OTHER), "", "x")] == [None] * 4


def test_threads_never_make_two_histories(office: Office) -> None:
    """Twelve threads push two histories at once: every answered checkpoint lies on one line of growth."""
    office.watch(CLASSIC)
    branches = [CLASSIC, FORK]
    answered: list[tuple[int, bytes]] = []

    def push(desk: Desk, log: GrowingLog, seed: int) -> None:
        known = 0
        for step in range(12):
            size = min(known + 1 + (seed + step) % 5, 300)
            outcome = desk.add_checkpoint(log.request(known, size))
            if isinstance(outcome, Cosigned):
                answered.append((size, log.tree.root(size)))
                known = size
            elif isinstance(outcome, Stale):
                known = outcome.size

    with office.open() as desk:
        threads = [threading.Thread(target=push, args=(desk, branches[n % 2], n)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    roots = dict(answered)
    assert len(roots) == len(set(answered))
    assert any(all(log.tree.root(size) == root for size, root in answered) for log in branches)


def test_a_log_that_was_removed_is_unknown_and_not_forgotten(office: Office) -> None:
    """404 from then on, while its checkpoint is shown; added again it goes on from there, and another log is untouched."""
    office.watch(LOG, OTHER)
    with office.open() as desk:
        cosigned(desk, LOG.request(0, 5))
        with sound_memory(office.folder) as memory:
            remove_log(memory, LOG.origin)
        assert status(desk.add_checkpoint(LOG.request(5, 9))) == HTTPStatus.NOT_FOUND
        assert desk.shown(sha256(LOG.origin.encode()).hexdigest()) is not None
        cosigned(desk, OTHER.request(0, 3))
    office.watch(LOG)
    with office.open() as desk:
        assert desk.add_checkpoint(LOG.request(0, 9)) == Stale(size=5)
        cosigned(desk, LOG.request(5, 9))


def test_only_a_log_that_is_watched_can_be_removed(office: Office) -> None:
    """Once; a name never entered, or removed before, is refused. The list tells which one is gone."""
    office.watch(LOG, OTHER)
    with sound_memory(office.folder) as memory:
        remove_log(memory, LOG.origin)
        for origin in (LOG.origin, "never.example/log"):
            with pytest.raises(InputError, match="does not watch"):
                remove_log(memory, origin)
        assert {log.origin: bool(log.keys) for log in memory.logs()} == {
            LOG.origin: False,
            OTHER.origin: True,
        }
