# SPDX-License-Identifier: Apache-2.0
"""A log and its witnesses: proofs, retries, pauses, what is kept, what is refused, and what stops the log."""

from __future__ import annotations

import base64
import datetime
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from api.witness.request import AddCheckpoint, format_request
from api.witnessing.conversation import MAX_ANSWER, Answer
from api.witnessing.rounds import LONGEST_PAUSE_SECONDS, RENEW_SECONDS
from api.witnessing.station import stations_of
from ledger.checkpoint import parse_checkpoint
from ledger.cosignature import CosignerKey, seconds_in
from ledger.errors import FormatError
from ledger.note import open_note, parse_note
from ledger.policy import parse_policy
from ledger.store.cosignatures import cosignatures_of, cosigned_sizes, shown_note
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from tests.api.witnessing.conftest import keys_of, unreachable
from tests.growing_log import GrowingLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.witnessing.rounds import Rounds
    from tests.api.witnessing.conftest import Town


def lines(town: Town) -> dict[int, set[tuple[str, int]]]:
    """Names and key types of the lines kept for each size, each of which is seen to hold."""
    found: dict[int, set[tuple[str, int]]] = {}
    with town.engine() as engine, reading(engine) as connection:
        for size in cosigned_sizes(connection, limit=100):
            checkpoint = LogReader(connection).checkpoint_of(size)
            assert checkpoint is not None
            note = open_note(shown_note(connection, checkpoint), keys_of(town))
            assert parse_checkpoint(note.text).size == size
            assert {(one.name, one.key_id) for one in note.verified} == {
                (one.name, one.key_id) for one in cosignatures_of(connection, size)
            }
            found[size] = {(one.name, len(one.signature)) for one in note.verified}
    return found


def both(*numbers: int) -> set[tuple[str, int]]:
    """The lines of these witnesses, of both kinds, by the length of their signatures."""
    return {(f"w{number}.example/witness", length) for number in numbers for length in (72, 2428)}


def size_of(town: Town) -> int:
    """Entries in the log."""
    with town.engine() as engine, reading(engine) as connection:
        head = LogReader(connection).head()
    assert head is not None
    return head.size


def test_each_new_checkpoint_is_cosigned(town: Town) -> None:
    """Two witnesses, both kinds of line each; growth is proved, and nothing is asked where nothing is new."""
    town.witness(1), town.witness(2)
    with town.engine() as engine:
        rounds = town.rounds(engine)
        rounds.run()
        first = size_of(town)
        assert lines(town) == {first: both(1, 2)}
        rounds.run()
        assert len(town.sent) == 2
        town.grow(3)
        rounds.run()
        assert lines(town) == {first: both(1, 2), size_of(town): both(1, 2)}
        assert len(town.sent) == 4


def test_the_time_is_renewed(town: Town) -> None:
    """After five minutes the same checkpoint is cosigned again, and the newer line takes the place of the older."""
    town.witness(1)

    def seconds() -> set[int]:
        with town.engine() as engine, reading(engine) as connection:
            return {seconds_in(one.signature) for one in cosignatures_of(connection, size_of(town))}

    with town.engine() as engine:
        rounds = town.rounds(engine)
        rounds.run()
        began = int(town.moment.timestamp())
        town.moment += datetime.timedelta(seconds=RENEW_SECONDS - 1)
        rounds.run()
        assert seconds() == {began}
        town.moment += datetime.timedelta(seconds=1)
        rounds.run()
        assert seconds() == {began + RENEW_SECONDS}


def test_another_process_was_faster(town: Town) -> None:
    """The witness knows a larger size than we think: 409, the right proof from there, and it cosigns."""
    desk = town.witness(1)
    with town.engine() as engine, reading(engine) as connection:
        head = LogReader(connection).head()
        assert head is not None
        town.send("https://w1.example/witness/add-checkpoint", b"old 0\n\n" + head.note)
    town.grow()
    with town.engine() as engine:
        rounds = town.rounds(engine)
        rounds.run()
    assert lines(town) == {size_of(town): both(1)}
    assert len(town.sent) == 3
    assert desk.name == "w1.example/witness"


def test_a_witness_that_is_down_delays_no_other(town: Town) -> None:
    """It is asked again after 2, 4, 8 … seconds, at the latest after five minutes; then all is well again."""
    town.witness(1), town.witness(2)
    down = "https://w1.example/witness/add-checkpoint"
    town.answers[down] = unreachable
    with town.engine() as engine:
        rounds = town.rounds(engine)
        asked = []
        for _ in range(1_200):
            before = town.sent.count(down)
            rounds.run()
            asked.append(town.sent.count(down) - before)
            town.moment += datetime.timedelta(seconds=1)
        moments = [second for second, count in enumerate(asked) if count]
        assert [later - earlier for earlier, later in pairwise(moments)] == [
            2, 4, 8, 16, 32, 64, 128, 256, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS,
        ]  # fmt: skip
        assert lines(town) == {size_of(town): both(2)}
        del town.answers[down]
        town.moment += datetime.timedelta(seconds=LONGEST_PAUSE_SECONDS)
        rounds.run()
        assert lines(town) == {size_of(town): both(1, 2)}
        assert rounds.standings["https://w1.example/witness"].problem is None


def honest(town: Town) -> tuple[bytes, bytes]:
    """What an honest witness answers now, and what it answers for another checkpoint."""
    with town.engine() as engine, reading(engine) as connection:
        reader = LogReader(connection)
        head, earlier = reader.head(), reader.checkpoint_of(1)
    assert head is not None
    assert earlier is not None
    twin = town.witness(9)
    for key, mine in zip(twin.keys, town.desks["https://w1.example/witness"].keys, strict=True):
        assert key.name != mine.name
    url = "https://w1.example/witness/add-checkpoint"
    other = town.send(url, b"old 0\n\n" + earlier.note).body
    with town.engine() as engine:
        proof = town.rounds(engine)._proof(1, head.size)
    body = format_request(AddCheckpoint(old=1, proof=tuple(proof), note=head.note))
    return town.send(url, body).body, other


BAD: dict[str, Callable[[bytes, bytes], Answer]] = {
    "nothing": lambda _good, _other: Answer(status=200, body=b""),
    "an empty line": lambda _good, _other: Answer(status=200, body=b"\n"),
    "no UTF-8": lambda _good, _other: Answer(status=200, body=b"\xff\n"),
    "no last line end": lambda good, _other: Answer(status=200, body=good[:-1]),
    "lines of another checkpoint": lambda _good, other: Answer(status=200, body=other),
    "a good line and one of another checkpoint": lambda good, other: Answer(
        status=200, body=good.splitlines(keepends=True)[0] + other.splitlines(keepends=True)[1]
    ),
    "a line twice": lambda good, _other: Answer(status=200, body=good + good),
    "a line with another time": lambda good, _other: Answer(status=200, body=shifted(good)),
    "lines of strangers only": lambda good, _other: Answer(
        status=200, body=good.replace(b"w1.example", b"w3.example")
    ),
    "65 lines": lambda good, _other: Answer(status=200, body="— a AAAAAAA=\n".encode() * 63 + good),
    "a page": lambda _good, _other: Answer(status=200, body=b"<html>\n"),
    "a redirect": lambda _good, _other: Answer(status=302, body=b""),
    "unknown origin": lambda _good, _other: Answer(status=404, body=b"unknown"),
    "forbidden": lambda _good, _other: Answer(status=403, body=b""),
    "an error": lambda _good, _other: Answer(status=500, body=b"\xff" * MAX_ANSWER),
    "a size that is none": lambda _good, _other: Answer(status=409, body=b"many\n"),
    "a size without end": lambda _good, _other: Answer(status=409, body=b"9" * 5_000),
    "a size of two lines": lambda _good, _other: Answer(status=409, body=b"1\n2\n"),
    "a negative size": lambda _good, _other: Answer(status=409, body=b"-1\n"),
}


def shifted(good: bytes) -> bytes:
    """The first line with its time one second later."""
    first, *rest = good.decode().splitlines()
    dash, name, blob = first.split(" ")
    data = bytearray(base64.b64decode(blob))
    data[11] ^= 1
    return "\n".join([f"{dash} {name} {base64.b64encode(data).decode()}", *rest, ""]).encode()


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_answers_are_not_kept(town: Town, bad: Callable[[bytes, bytes], Answer]) -> None:
    """Nothing of them is stored, the witness waits its turn, and an honest answer is taken afterwards."""
    town.witness(1)
    with town.engine() as engine:
        rounds = town.rounds(engine)
        good, other = honest(town)
        answer = bad(good, other)
        url = "https://w1.example/witness/add-checkpoint"
        town.answers[url] = lambda _body: answer
        rounds.run()
        assert lines(town) == {}
        assert rounds.standings["https://w1.example/witness"].failures == 1
        assert rounds.rival is None
        town.answers[url] = lambda _body: Answer(
            status=200, body=good + "— w3.example/witness AAAAAAA=\n".encode()
        )
        town.moment += datetime.timedelta(seconds=2)
        rounds.run()
        assert lines(town) == {size_of(town): both(1)}


def test_a_time_in_the_future_is_not_kept(town: Town) -> None:
    """Five minutes are forgiven, more are not."""
    desk = town.witness(1)
    with town.engine() as engine:
        rounds = town.rounds(engine)
        rounds.now = lambda: town.moment - datetime.timedelta(seconds=301)
        rounds.run()
        assert lines(town) == {}
        rounds.standings.clear()
        rounds.now = lambda: town.moment - datetime.timedelta(seconds=300)
        rounds.run()
        assert lines(town) == {size_of(town): both(1)}
    assert len(desk.keys) == 2


def test_a_number_alone_stops_nobody(town: Town) -> None:
    """409 with a larger size, or 422, without a checkpoint of ours to show: told, asked again later, no halt."""
    town.witness(1)
    url = "https://w1.example/witness/add-checkpoint"
    for answer in (Answer(status=409, body=b"1000000\n"), Answer(status=422, body=b"")):
        with town.engine() as engine:
            rounds = town.rounds(engine)
            town.answers[url] = lambda _body, answer=answer: answer  # type: ignore[misc]
            rounds.run()
            problem = rounds.standings["https://w1.example/witness"].problem
            assert problem is not None
            assert problem.code == "witnessing.disagrees"
            assert rounds.rival is None


def test_a_restored_backup_is_found_out(town: Town) -> None:
    """The witness has cosigned more of our own log than the database holds: its signed checkpoint is the evidence."""
    town.witness(1)
    with town.engine() as engine:
        town.rounds(engine).run()
    shutil.copy(town.url, f"{town.url}.backup")
    town.grow()
    with town.engine() as engine:
        town.rounds(engine).run()
    shutil.copy(f"{town.url}.backup", town.url)
    for name in ("-wal", "-shm"):
        (town.folder / f"ledger.db{name}").unlink(missing_ok=True)
    with town.engine() as engine:
        town.grow()
        town.grow()
        again = town.rounds(engine)
        again.run()
        assert again.rival is not None
        assert again.rival.code == "ledger.own-elsewhere"


def test_a_witness_that_has_forgotten(town: Town) -> None:
    """It knows a smaller size than it has cosigned: nothing more is taken from it."""
    town.witness(1)
    with town.engine() as engine:
        rounds = town.rounds(engine)
        rounds.run()
        town.grow()
        town.answers["https://w1.example/witness/add-checkpoint"] = lambda _body: Answer(
            status=409, body=b"0\n"
        )
        rounds.run()
        problem = rounds.standings["https://w1.example/witness"].problem
        assert problem is not None
        assert problem.code == "witnessing.forgetful"
        assert len(lines(town)) == 1


def test_a_witness_that_never_settles(town: Town) -> None:
    """Three conflicts in a row end the conversation."""
    town.witness(1)
    url = "https://w1.example/witness/add-checkpoint"
    sizes = iter([1, 2, 3, 4, 5])
    town.answers[url] = lambda _body: Answer(status=409, body=b"%d\n" % next(sizes))
    with town.engine() as engine:
        town.rounds(engine).run()
    assert town.sent.count(url) == 3


def test_one_round_at_a_time(town: Town) -> None:
    """Whoever comes while a round runs leaves at once."""
    town.witness(1)
    with town.engine() as engine:
        rounds = town.rounds(engine)
        inner = rounds.send

        def again(url: str, body: bytes | None) -> Answer:
            rounds.run()
            return inner(url, body)

        rounds.send = again
        rounds.run()
    assert len(town.sent) == 1


def test_nothing_to_do(town: Town) -> None:
    """No witnesses with an address: nobody is asked."""

    def run(rounds: Rounds) -> None:
        rounds.stations = ()
        rounds.run()

    town.witness(1)
    with town.engine() as engine:
        run(town.rounds(engine))
    assert town.sent == []


@pytest.mark.parametrize(
    "url",
    ["ftp://a/b", "file:///etc/passwd", "https://", "a/b", "https://u@a/b", "https://a/b?c", "https://a/b#c"],
)
def test_addresses_that_are_none(url: str) -> None:
    """They are refused when the policy is read; plain ones are taken, and a policy without them asks nobody."""
    key = CosignerKey(name="w.example", alg="ed25519", public=GrowingLog().signer.public).text
    with pytest.raises(FormatError):
        stations_of(parse_policy(f"witness w {key} {url}\nquorum w\n", place="policy"))
    (station,) = stations_of(parse_policy(f"witness w {key} http://a:8001/b/\nquorum w\n", place="policy"))
    assert station.add_checkpoint == "http://a:8001/b/add-checkpoint"
    assert stations_of(parse_policy(f"witness w {key}\nquorum w\n", place="policy")) == ()


def test_what_is_shown_has_each_cosigner_once(town: Town) -> None:
    """The note as stored, with the newest line of each witness behind its own lines."""
    town.witness(1)
    with town.engine() as engine:
        town.rounds(engine).run()
        with reading(engine) as connection:
            head = LogReader(connection).head()
            assert head is not None
            shown = parse_note(shown_note(connection, head))
            stored = parse_note(head.note)
    assert shown.text == stored.text
    assert shown.signatures[: len(stored.signatures)] == stored.signatures
    assert len(shown.signatures) == len(stored.signatures) + 2
