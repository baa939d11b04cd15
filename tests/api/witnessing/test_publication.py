# SPDX-License-Identifier: Apache-2.0
"""What is shown of a log with witnesses: their lines, only what reached the quorum if so wished, and answers that wait."""

from __future__ import annotations

import base64
import contextlib
import re
import threading
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from api.app import create_app
from api.judging import judge_ledger
from api.live_source import LiveSource
from api.served_ledger import ServedLedger
from api.settings import Settings
from api.witnessing.configured import publication_of, rounds_of
from ledger.checkpoint import parse_checkpoint
from ledger.errors import EnvironmentFault, InputError
from ledger.note import parse_note
from ledger.outcome import Accepted
from ledger.policy import parse_policy
from ledger.publisher import publish
from ledger.receipt import parse_receipt
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from ledger.store.publication import Publication
from ledger.submission import wire_bytes
from tests.api.witnessing.conftest import unreachable
from tests.served import Site
from verifier.cli import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.witnessing.rounds import Rounds
    from tests.api.witnessing.conftest import Town


@contextlib.contextmanager
def site(town: Town, publication: Publication) -> Iterator[tuple[Site, Rounds]]:
    """The ledger behind HTTP, and the job of its witnesses, which the test runs."""
    engine = open_engine(town.url)
    ledger = ServedLedger(engine, Sequencer(engine, town.world.log_signer), publication)
    try:
        app = create_app(Settings(quorum_wait_seconds=1), ledger, judge=judge_ledger)
        rounds = town.rounds(engine)
        if ledger.sequencer is not None:
            rounds.on_rival = ledger.sequencer.halt
        yield Site(app=app, ledger=ledger), rounds
    finally:
        ledger.close()


def size_in(note: bytes) -> int:
    """Entries that the checkpoint covers."""
    return parse_checkpoint(parse_note(note).text).size


def run(*arguments: str) -> Result:
    """`fundtrace verify` with these arguments."""
    return CliRunner().invoke(build(), ["verify", *arguments, "--lang", "en"])


def test_lines_of_witnesses_are_shown(town: Town, tmp_path: Path) -> None:
    """Live, exported and read from the database: one note, with both lines of both witnesses."""
    town.witness(1), town.witness(2)
    with site(town, Publication(witnesses=town.policy())) as (web, rounds):
        before = web.get("/log/checkpoint").content
        publish(web.ledger.engine, tmp_path / "bare", publication=web.ledger.publication)
        rounds.run()
        shown = web.get("/log/checkpoint").content
        names = [one.name for one in parse_note(shown).signatures]
        assert names[:-4] == [one.name for one in parse_note(before).signatures]
        assert sorted(names[-4:]) == [f"w{number}.example/witness" for number in (1, 1, 2, 2)]
        policy = web.get("/log/policy").text
        assert parse_policy(policy, place="policy").witnesses.items() >= town.policy().witnesses.items()
        assert policy.splitlines()[-2:] == [
            "group log-and-witnesses 2 log-ml-dsa-44 g",
            "quorum log-and-witnesses",
        ]
        publish(web.ledger.engine, tmp_path / "out", publication=web.ledger.publication)
        assert (tmp_path / "out" / "policy").read_text("utf-8") == policy
        assert run(str(tmp_path / "out"), "--policy", str(tmp_path / "out" / "policy")).exit_code == 0
        assert (tmp_path / "out" / "checkpoint").read_bytes() == shown
        assert run(str(tmp_path / "bare"), "--policy", str(tmp_path / "out" / "policy")).exit_code == 2
        source = LiveSource(open_engine(town.url))
        assert source.checkpoint() == shown
        source.close()


def test_publication_waits_for_the_quorum(town: Town, tmp_path: Path) -> None:
    """Two of two must have cosigned: before, nothing is shown; then the newest that they have, however the log grows."""
    town.witness(1), town.witness(2)
    publication = Publication(witnesses=town.policy(), after_quorum=True)
    with site(town, publication) as (web, rounds):
        engine = web.ledger.engine
        town.answers["https://w2.example/witness/add-checkpoint"] = unreachable
        rounds.run()
        assert web.get("/log/checkpoint").status_code == 503
        with pytest.raises(EnvironmentFault) as caught:
            publish(engine, tmp_path / "out", publication=publication)
        assert caught.value.code == "publication.unwitnessed"
        assert not (tmp_path / "out").exists()
        town.answers.clear()
        rounds.standings.clear()
        rounds.run()
        first = size_in(web.get("/log/checkpoint").content)
        assert first == web.ledger.head().size
        town.grow()
        assert web.ledger.head().size > first
        assert size_in(web.get("/log/checkpoint").content) == first
        assert publish(engine, tmp_path / "out", publication=publication).size == first
        rounds.run()
        grown = web.ledger.head().size
        assert size_in(web.get("/log/checkpoint").content) == grown
        assert publish(engine, tmp_path / "out", publication=publication).size == grown
        assert publish(engine, tmp_path / "all").size == grown


@pytest.mark.parametrize("quorum", ["any", "1", "all", "2"])
def test_the_policy_says_what_is_enough(town: Town, quorum: str) -> None:
    """One of two witnesses is enough for `any` and 1, and not for `all` and 2."""
    town.witness(1), town.witness(2)
    town.answers["https://w2.example/witness/add-checkpoint"] = unreachable
    with site(town, Publication(witnesses=town.policy(quorum), after_quorum=True)) as (web, rounds):
        rounds.run()
        assert web.get("/log/checkpoint").status_code == (200 if quorum in {"any", "1"} else 503)


def test_a_submission_waits_for_the_quorum(town: Town) -> None:
    """The answer has a receipt under a checkpoint with the lines of the witness."""
    town.witness(1)
    wire = wire_bytes(town.world.pay("L1", 1))
    with site(town, Publication(witnesses=town.policy())) as (web, rounds):
        done = threading.Event()

        def keep_asking() -> None:
            while not done.wait(0.05):
                rounds.run()

        asking = threading.Thread(target=keep_asking)
        asking.start()
        web.app.state.settings = Settings(quorum_wait_seconds=60)
        try:
            answer = web.send("POST", "/v1/submissions?wait=quorum", content=wire).json()
        finally:
            done.set()
            asking.join()
        assert answer["quorum"] == "reached"
        names = [one.name for one in parse_note(answer["checkpoint"].encode()).signatures]
        assert names[-2:] == ["w1.example/witness"] * 2
        receipt = parse_receipt(base64.b64decode(answer["receipt"]))
        assert (receipt.index, receipt.checkpoint.decode()) == (answer["seq"], answer["checkpoint"])
        again = web.send("POST", "/v1/submissions?wait=quorum", content=wire)
        assert (again.status_code, again.json()["quorum"], again.json()["replayed"]) == (200, "reached", True)


def test_a_quorum_that_does_not_come(town: Town) -> None:
    """After the bound the answer says so; the submission stands all the same."""
    town.witness(1)
    submission = town.world.pay("L1", 1)
    with site(town, Publication(witnesses=town.policy())) as (web, _):
        answer = web.send("POST", "/v1/submissions?wait=quorum", content=wire_bytes(submission))
        assert (answer.status_code, answer.json()["quorum"]) == (201, "waiting")
        assert web.ledger.sequencer is not None
        stored = web.ledger.sequencer.submit(submission)
        assert isinstance(stored, Accepted)
        assert stored.replayed


def test_waiting_where_there_is_nothing_to_wait_for(town: Town) -> None:
    """No witnesses: refused before anything is stored. Another word than quorum: refused as a parameter."""
    wire = wire_bytes(town.world.pay("L1", 1))
    with site(town, Publication()) as (web, _):
        size = web.ledger.head().size
        refused = web.send("POST", "/v1/submissions?wait=quorum", content=wire)
        assert (refused.status_code, refused.json()["code"]) == (400, "no-quorum")
        assert web.send("POST", "/v1/submissions?wait=long", content=wire).status_code == 422
        assert web.ledger.head().size == size
        answer = web.post(wire)
        assert answer.status_code == 201
        assert "quorum" not in answer.json()


def test_evidence_stops_signing(town: Town) -> None:
    """Once a witness has shown a checkpoint of another history of ours, nothing is posted; readiness says why."""
    town.witness(1)
    with site(town, Publication(witnesses=town.policy())) as (web, rounds):
        assert web.get("/readyz").status_code == 200
        fault = EnvironmentFault(
            code="ledger.own-elsewhere",
            place="w",
            message_en="m",
            message_zh="m",
            remedy_en="r",
            remedy_zh="r",
        )
        rounds.on_rival(fault)
        size = web.ledger.head().size
        refused = web.post(wire_bytes(town.world.pay("L1", 1)))
        assert (refused.status_code, refused.json()["code"]) == (503, "ledger.own-elsewhere")
        assert (web.get("/readyz").status_code, web.ledger.head().size) == (503, size)


def test_settings_that_name_no_quorum(tmp_path: Path) -> None:
    """Waiting needs a quorum; without waiting, no policy and one without witnesses are both fine."""
    policy = tmp_path / "policy"
    policy.write_text("quorum none\n", "utf-8")
    for given in (None, policy):
        with pytest.raises(InputError, match="no quorum"):
            publication_of(given, after_quorum=True)
        assert not publication_of(given, after_quorum=False).has_quorum


def test_only_witnesses_with_an_address_are_asked(town: Town) -> None:
    """A policy without addresses makes no job."""
    town.witness(1)
    with site(town, Publication(witnesses=town.policy())) as (web, _):
        made = rounds_of(web.ledger)
        assert made is not None
        assert [station.url for station in made.stations] == ["https://w1.example/witness"]
        web.ledger.publication = Publication()
        assert rounds_of(web.ledger) is None


@pytest.mark.parametrize(
    ("language", "cosigned", "waiting", "quorum"),
    [
        ("zh", "2026-06-12 16:31:07", "尚未共签", "法定数已共签 0 条"),
        ("en", "2026-06-12 16:31:07", "not cosigned yet", "has cosigned 0 of"),
    ],
)
def test_the_portal_names_the_witnesses(
    town: Town, language: str, cosigned: str, waiting: str, quorum: str
) -> None:
    """With the time of each, and who has not cosigned; the page is sent again when that changes, and not otherwise."""
    town.witness(1), town.witness(2)
    town.answers["https://w2.example/witness/add-checkpoint"] = unreachable
    with site(town, Publication(witnesses=town.policy())) as (web, rounds):
        web.catch_up()
        address = f"/about?lang={language}"
        tag = web.get(address).headers["etag"]
        assert web.get(address, if_none_match=tag).status_code == 304
        rounds.run()
        answer = web.get(address, if_none_match=tag)
        assert answer.status_code == 200
        assert "w1.example/witness" in answer.text
        assert (answer.text.count(cosigned), answer.text.count(waiting)) == (1, 1)
        assert quorum in answer.text
        web.ledger.publication = Publication()
        assert "w1.example/witness" not in web.get(address).text


@pytest.mark.parametrize("waits", [False, True], ids=["at-once", "after-quorum"])
def test_trouble_of_witnesses_is_told(town: Town, *, waits: bool) -> None:
    """A note once it lasts; not ready only where publication waits for a quorum that is out of reach without them."""
    town.witness(1), town.witness(2)
    with site(town, Publication(witnesses=town.policy(), after_quorum=waits)) as (web, rounds):
        web.app.state.rounds = rounds
        rounds.run()
        size = web.ledger.head().size
        assert web.get("/readyz").json()["notes"] == []
        figures = web.get("/metrics").text
        assert (
            f'fundtrace_witness_cosigned_entries{{witness="https://w1.example/witness"}} {size}.0' in figures
        )
        assert "fundtrace_quorum_reached 1.0" in figures
        town.grow()
        town.answers["https://w2.example/witness/add-checkpoint"] = unreachable
        for failures in (1, 2, 3):
            assert web.get("/readyz", accept_language="en").json().get("notes") == [], failures
            for standing in rounds.standings.values():
                standing.next_at = None
            rounds.run()
        answer = web.get("/readyz", accept_language="en")
        if waits:
            assert (answer.status_code, answer.json()["code"]) == (503, "witnessing.quorum-away")
            assert f"{size} entries are published" in answer.json()["detail"]
        else:
            assert answer.status_code == 200
            (note,) = answer.json()["notes"]
            assert (note["code"], note["place"]) == ("witnessing.unanswered", "https://w2.example/witness")
            assert "Wait." in note["detail"]
        figures = web.get("/metrics").text
        assert 'fundtrace_witness_failures{witness="https://w2.example/witness"} 3.0' in figures
        assert 'fundtrace_witness_failures{witness="https://w1.example/witness"} 0.0' in figures
        (success,) = re.findall(r'last_success_timestamp_seconds{witness="https://w2.+"} (.+)', figures)
        assert float(success) == int(town.moment.timestamp())
        assert f"fundtrace_quorum_entries {float(size)}" in figures
        assert "fundtrace_quorum_reached 0.0" in figures


def test_a_quorum_that_the_others_make_is_waited_for(town: Town) -> None:
    """The innocent twin: any one of two is enough, so that one that is away is a note and nothing else."""
    town.witness(1), town.witness(2)
    with site(town, Publication(witnesses=town.policy("any"), after_quorum=True)) as (web, rounds):
        web.app.state.rounds = rounds
        town.answers["https://w2.example/witness/add-checkpoint"] = unreachable
        for _ in range(3):
            for standing in rounds.standings.values():
                standing.next_at = None
            rounds.run()
        answer = web.get("/readyz")
        assert (answer.status_code, len(answer.json()["notes"])) == (200, 1)


def test_without_witnesses_nothing_is_told_of_them(town: Town) -> None:
    """Neither figures nor notes."""
    with site(town, Publication()) as (web, _):
        assert web.get("/readyz").json()["notes"] == []
        assert "witness=" not in web.get("/metrics").text
        assert "quorum" not in web.get("/metrics").text
