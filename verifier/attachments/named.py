# SPDX-License-Identifier: Apache-2.0
"""Which evidence files an event names, by hash, and for what (spec §6.14).

A file may be named more than once for one matter: a claim and the payment that meets it show the same invoice. The
`subject` says what the matter is; one file for two subjects has been used twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Acceptance, Claim, Use
from verifier.posted import PostedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file with SHA-256 `hash` (hex) that an event names; `size` in bytes and `locator` only where it is registered.

    `subject` is what it is evidence for; None for a registration, which uses the file for nothing yet.
    """

    hash: str
    subject: str | None
    size: int | None = None
    locator: str | None = None


def files_named(posted: PostedEvent) -> Iterator[NamedFile]:
    """The files that `posted` names, in its own order."""
    event = posted.event
    match event:
        case Attachment():
            yield NamedFile(hash=event.hash, subject=None, size=event.size, locator=event.locator)
        case Claim():
            yield from _each(event.evidence, f"claim {event.claim}")
        case Acceptance():
            yield from _each(event.evidence, f"acceptance {posted.name}")
        case Disbursement() | Use() if event.invoice is not None:
            yield NamedFile(hash=event.invoice.hash, subject=_paid_for(event, posted.name))
        case _:
            return


def _each(hashes: tuple[str, ...], subject: str) -> Iterator[NamedFile]:
    for one in dict.fromkeys(hashes):
        yield NamedFile(hash=one, subject=subject)


def _paid_for(event: Disbursement | Use, name: str) -> str:
    """The claim or contract that a payment meets in part or whole; a payment that names neither is a matter of its own."""
    if event.claim is not None:
        return f"claim {event.claim}"
    return f"payment {name}" if event.contract is None else f"contract {event.contract}"
