# SPDX-License-Identifier: Apache-2.0
"""The evidence pack of an entry, built from the live database (spec §2.13)."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from api.projection.read_model import ReadModel
from api.served_ledger import ServedLedger
from ledger.anchor import AnchorName
from ledger.checkpoint import parse_checkpoint
from ledger.errors import MissingError
from ledger.merkle import Tree
from ledger.note import parse_note
from ledger.published_policy import policy_text
from ledger.store.anchors import anchor_names, stored_anchor
from ledger.store.cosignatures import shown_note
from ledger.store.log_key_changes import log_key_changes
from ledger.store.log_reader import LogReader
from ledger.tile_reader import TileReader
from ledger.tiles import parse_tile_path
from verifier.evidence.pack_build import Log, build_pack

EVENTS_MAX: Final = 10_000
"""Events of one submission that a request may read: hashing them takes some fifty milliseconds, while folding waits."""

_NAMED_MAX: Final = 10_000
"""Entries that may carry the id of a deputation or an administrator, as a number of whatever sort."""


class IndexedRegistry:
    """A `verifier.evidence.registrations.Registry` over what this process folded; the caller holds the lock of `model`."""

    def __init__(self, model: ReadModel, connection: Connection) -> None:
        """Look up in `model`, and changes of the log's keys through `connection`."""
        self._index = model.index
        self._register = model.register
        self._connection = connection

    def key(self, key: str, *, before: int) -> int | None:
        """Position of the last registration of `key` below `before`, or None."""
        found = self._index.naming(key, most=100, whole=True)
        return max((one.seq for one in found if one.kind == "key" and one.seq < before), default=None)

    def party(self, party: str, *, before: int) -> int | None:
        """Position of the last version of `party` below `before`, or None."""
        title = self._index.title_at("party", party, seq=before - 1)
        return None if title is None else title.seq

    def log_keys(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of the log's own keys below `before`, in order."""
        return log_key_changes(self._connection, before=before)

    def administrators(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of administrators below `before`, in order."""
        return self._named("administrator", self._register.offices, before)

    def deputations(self, party: str, *, before: int) -> tuple[int, ...]:
        """Positions of all deputations below `before` that `party` granted or ended, in order."""
        own = (name for name, state in self._register.deputations.items() if state.party == party)
        return self._named("deputation", own, before)

    def _named(self, kind: str, names: Iterable[str], before: int) -> tuple[int, ...]:
        """Positions of the events of `kind` below `before` that are about one of these ids, in order."""
        found = (one for name in names for one in self._index.naming(name, most=_NAMED_MAX, whole=True))
        return tuple(sorted({one.seq for one in found if one.kind == kind and one.seq < before}))


def pack_of(ledger: ServedLedger, seq: int) -> bytes:
    """The pack of entry `seq`.

    Raises:
        MissingError: the log does not reach that far, or this process has not folded that far yet.
        LimitError: the submission has more than `EVENTS_MAX` events.
        EnvironmentFault: the database failed.
    """
    head = ledger.head()
    with ledger.reading_database() as connection, ledger.model.lock:
        reader = LogReader(connection)
        names: tuple[AnchorName, ...] = anchor_names(connection, up_to=head.size)
        covering = next((name for name in reversed(names) if name.size > seq), None)
        anchor = None if covering is None else stored_anchor(connection, covering)
        note = shown_note(connection, head) if anchor is None else anchor.note
        tiles = TileReader(lambda path: reader.tile(parse_tile_path(path)), size=head.size, root=head.root)

        def read(at: int) -> bytes:
            data = reader.entry(at)
            if data is None:
                raise MissingError(
                    code="entry-unknown",
                    place=f"entry {at}",
                    message_en="the log has no entry at this position yet",
                    message_zh="账本还没有这一条",
                )
            return data

        log = Log(
            read=read,
            entries=reader.entries,
            events_max=EVENTS_MAX,
            tree=Tree(tiles),
            size=parse_checkpoint(parse_note(note).text).size,
            checkpoint=note,
            policy=_policy(ledger),
            stamp=None if anchor is None else anchor.token,
        )
        return build_pack(log, IndexedRegistry(ledger.model, connection), seq)


def _policy(ledger: ServedLedger) -> bytes:
    keys = ledger.log_keys()
    return policy_text(keys.current, retired=keys.retired).encode()
