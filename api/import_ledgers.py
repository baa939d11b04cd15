# SPDX-License-Identifier: Apache-2.0
"""The ledgers an import works on: one that is there, one to be founded, and a scratch one to rehearse in."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect

from api.import_keys import LOG_KEY_FILE
from api.log_key import remember_log_key
from api.lookout import BESIDE_THE_KEY, Lookout
from ledger.errors import EnvironmentFault, InputError
from ledger.founding import found_ledger
from ledger.genesis import sign_genesis
from ledger.hashing import leaf_hash
from ledger.intake.history import KeyRing, historical_genesis, opening
from ledger.intake.mapping import LedgerSection
from ledger.log_signer import LogSigner
from ledger.outcome import Accepted, Outcome, Refused
from ledger.problems import Problem
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine, reading
from ledger.store.log_reader import LogReader
from ledger.store.tables import LOG


def holds_ledger(url: str) -> bool:
    """Whether a ledger lives at `url`; a database that is empty or a file that is absent does not hold one.

    Raises:
        InputError: `url` names no database.
        EnvironmentFault: the database failed.
    """
    try:
        engine = open_engine(url)
    except EnvironmentFault as fault:
        if fault.code != "store.no-file":
            raise
        return False
    try:
        with reading(engine) as connection:
            return inspect(connection).has_table(LOG.name) and LogReader(connection).head() is not None
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A ledger that can be posted to, and the leaf hash of its genesis in hex."""

    sequencer: Sequencer
    genesis_hash: str


@contextlib.contextmanager
def live_ledger(
    url: str, signer: LogSigner, *, lookout: Lookout = BESIDE_THE_KEY, log_key: Path | None = None
) -> Iterator[Live]:
    """The ledger at `url`, ready to post unless it is seen not to be the newest; a scratch one has no file `log_key`.

    Raises:
        EnvironmentFault: no ledger there, or `signer` lacks a key of the log.
    """
    engine = open_engine(url)
    try:
        places = [] if log_key is None else lookout.places_of(engine, log_key)
        sequencer = Sequencer(engine, signer, places=places)
        with reading(engine) as connection:
            first = LogReader(connection).entry(0) or b""
        yield Live(sequencer=sequencer, genesis_hash=leaf_hash(first).hex())
    finally:
        engine.dispose()


@contextlib.contextmanager
def scratch_ledger(section: LedgerSection, ring: KeyRing) -> Iterator[Live]:
    """A ledger like the one to be founded, in a temporary file that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fundtrace-import-") as folder:
        url = str(Path(folder) / "scratch.db")
        found_new(url, section, ring)
        with live_ledger(url, ring.log) as live:
            yield live


def found_new(
    url: str,
    section: LedgerSection,
    ring: KeyRing,
    *,
    keys: Path | None = None,
    lookout: Lookout = BESIDE_THE_KEY,
) -> None:
    """A ledger lives at `url`, with the transcriber and its keys registered; it remembers that its keys lie in `keys`.

    Safe to repeat with the same keys: what an interrupted run left is completed.

    Raises:
        EnvironmentFault: another ledger is there, or the database failed.
    """
    genesis = historical_genesis(section, ring)
    signatures = sign_genesis(genesis, list(ring.administrators.values()))
    engine = open_engine(url, create=True)
    try:
        places = [] if keys is None else lookout.places(keys / LOG_KEY_FILE, origin=genesis.origin)
        leaf = found_ledger(engine, genesis, signatures, ring.log, places=places)
        sequencer = Sequencer(engine, ring.log, places=places)
        for submission in opening(section, ring, leaf.hex()):
            accepted(sequencer.submit(submission))
        if keys is not None:
            remember_log_key(engine, keys / LOG_KEY_FILE)
    finally:
        engine.dispose()


def accepted(outcome: Outcome) -> Accepted:
    """The answer to a submission that the ledger took.

    Raises:
        InputError: it refused it, with its first reason.
    """
    match outcome:
        case Accepted():
            return outcome
        case Refused(problems=problems):
            raise _refused(problems[0])


def _refused(problem: Problem) -> InputError:
    return InputError(
        code="import.refused",
        place=problem.place,
        message_en=f"the ledger refused it: {problem.message_en}",
        message_zh=f"账本拒绝了该提交：{problem.message_zh}",
        remedy_en=problem.remedy_en,
        remedy_zh=problem.remedy_zh,
    )
