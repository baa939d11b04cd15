# SPDX-License-Identifier: Apache-2.0
"""Events of a reading as signed submissions, and what the ledger says of them as errors of rows."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ledger.intake.rows import EventAt, RowError
from ledger.intake.tables import SourceFile
from ledger.keys import Signer
from ledger.problems import Problem
from ledger.submission import Header, Submission, assemble

BATCH_EVENTS: Final = 20_000
"""Events in one submission; a file that gives no more goes in whole or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the header of every submission of one import says, and who signs it."""

    genesis: str
    origin: str
    party: str
    prefix: str
    signed_at: str
    signers: Sequence[tuple[str, Signer]]

    def header(self, number: int, count: int, root: str) -> Header:
        """The header of submission `number`, counted from 1."""
        return Header(
            count=count,
            genesis=self.genesis,
            id=submission_id(self.prefix, number),
            origin=self.origin,
            party=self.party,
            root=root,
            signed_at=self.signed_at,
        )


def submission_id(prefix: str, number: int) -> str:
    """The id of submission `number`, counted from 1, of an import."""
    return f"{prefix}-{number:05}"


def id_prefix(mapping_id: str, mapping: bytes, files: Iterable[SourceFile]) -> str:
    """Prefix of submission ids: the mapping's id and 12 hex digits over its bytes and those of all files.

    The same mapping over the same files gives the same ids, so that an import that is repeated is known again.
    """
    digest = hashlib.sha256(hashlib.sha256(mapping).digest())
    for one in sorted(files, key=lambda file: file.table):
        digest.update(f"\n{one.table} {one.digest}".encode())
    return f"{mapping_id}-{digest.hexdigest()[:12]}"


def submissions(
    events: Iterable[EventAt], envelope: Envelope, *, size: int = BATCH_EVENTS
) -> Iterator[Submission]:
    """Signed submissions of `size` events each, the last one shorter; disclosures go along; one batch is held at a time."""
    rest = iter(events)
    number = 0
    while batch := list(islice(rest, size)):
        number += 1

        def header(count: int, root: str, number: int = number) -> Header:
            return envelope.header(number, count, root)

        yield assemble(
            events=[one.event for one in batch],
            header=header,
            signers=envelope.signers,
            disclosures=(text for one in batch for text in one.disclosures),
        )


def row_error(problem: Problem, submission: Submission, files: Iterable[SourceFile]) -> RowError:
    """`problem` of `submission` as an error of the row that its event was read from."""
    event = submission.events[problem.index] if problem.index is not None else None
    provenance = event.provenance if event is not None else None
    source = next((one for one in files if provenance is not None and one.digest == provenance.file), None)
    return RowError(
        table=source.table if source else "",
        file=source.path.name if source else "",
        sheet=provenance.sheet if provenance else None,
        row=provenance.row if provenance else 0,
        column=problem.place,
        value="",
        rule=problem.code,
        message_en=problem.message_en,
        message_zh=problem.message_zh,
        remedy_en=problem.remedy_en,
        remedy_zh=problem.remedy_zh,
    )
