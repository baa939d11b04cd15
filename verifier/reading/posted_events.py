# SPDX-License-Identifier: Apache-2.0
"""The events of a log that was verified before, read once more without judging them."""

from collections.abc import Iterable, Iterator

from ledger.entry import EventEntry, HeaderEntry, parse_entry
from ledger.hashing import leaf_hash
from ledger.submission import Header, event_name
from verifier.posted import PostedEvent
from verifier.reading.sources import Source


def posted_events(source: Source) -> Iterator[PostedEvent]:
    """The events among the entries of `source` in log order; kinds that this program does not know are left out.

    Raises:
        InputError: an entry is missing or malformed.
        EnvironmentFault: the machine or the network failed.
    """
    return posted_among(source.entries(0, source.size))


def posted_among(entries: Iterable[bytes]) -> Iterator[PostedEvent]:
    """The events among `entries`, which are the first of a log, in their order; kinds not known here are left out.

    Raises:
        InputError: an entry is malformed.
    """
    header: Header | None = None
    for seq, data in enumerate(entries):
        entry = parse_entry(data, place=f"entry {seq}")
        if isinstance(entry, HeaderEntry):
            header = entry.header
        elif isinstance(entry, EventEntry) and header is not None:
            yield PostedEvent(
                seq=seq,
                leaf=leaf_hash(data),
                recorded=entry.recorded,
                party=header.party,
                name=event_name(header, entry.index),
                event=entry.event,
            )
