# SPDX-License-Identifier: Apache-2.0
"""A ledger opened at the console to post one submission of the operator's own making, signed with key files."""

import contextlib
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine

from api.commands.ledger import chosen_url, telling
from api.log_key import load_log_signer, log_key_path
from api.lookout import lookout_of
from api.settings import chosen_settings
from ledger.clock import system_clock
from ledger.errors import InputError
from ledger.hashing import leaf_hash
from ledger.instant import business_date, format_instant
from ledger.keys import Signer
from ledger.kinds.vocabulary import AnyEvent
from ledger.log_signer import LogSigner
from ledger.outcome import Refused
from ledger.problems import Problem
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine, reading
from ledger.store.log_reader import LogReader
from ledger.store.schema import check
from ledger.submission import Header, assemble
from verifier.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A ledger open for posting, the file of the log's keys, and the leaf hash of its genesis in hex."""

    engine: Engine
    path: Path
    sequencer: Sequencer
    genesis_hash: str

    def today(self) -> datetime.date:
        """The business day in the time zone of the ledger."""
        return business_date(format_instant(system_clock()), self.sequencer.genesis.time_zone)

    def post(
        self, party: str, signed: Sequence[tuple[str, Signer]], events: Sequence[AnyEvent], *, about: str
    ) -> None:
        """The events stand in the ledger, by `party`, signed by each signer in its role; `about` begins the id.

        Raises:
            InputError: the ledger refuses the submission.
            EnvironmentFault: nothing may be signed, or the database failed.
        """

        def header(count: int, root: str) -> Header:
            return Header(
                count=count,
                genesis=self.genesis_hash,
                id=f"{about}-{uuid4()}",
                origin=self.sequencer.genesis.origin,
                party=party,
                root=root,
                signed_at=format_instant(system_clock()),
            )

        outcome = self.sequencer.submit(assemble(events=events, header=header, signers=signed))
        if isinstance(outcome, Refused):
            raise _refused(outcome.problems[0])


@contextlib.contextmanager
def opened_desk(
    db: str | None, given: Path | None, language: Language, *, beside: LogSigner | None = None
) -> Iterator[Desk]:
    """The ledger; the checkpoint over what is posted is signed by its present keys and by those `beside`, once current.

    What a witness does not answer is told in `language`.
    """
    engine = open_engine(chosen_url(db))
    try:
        check(engine)
        path = log_key_path(engine, given=given)
        signers = (*load_log_signer(path).signers, *(beside.signers if beside else ()))
        places = lookout_of(chosen_settings(), telling(language)).places_of(engine, path)
        sequencer = Sequencer(engine, LogSigner(signers=signers), places=places)
        with reading(engine) as connection:
            first = LogReader(connection).entry(0) or b""
        yield Desk(engine=engine, path=path, sequencer=sequencer, genesis_hash=leaf_hash(first).hex())
    finally:
        engine.dispose()


def _refused(problem: Problem) -> InputError:
    return InputError(
        code=problem.code,
        place=problem.place,
        message_en=f"the ledger refuses it: {problem.message_en}",
        message_zh=f"账本拒绝：{problem.message_zh}",
        remedy_en=f"{problem.remedy_en}.",
        remedy_zh=f"{problem.remedy_zh}。",
    )
