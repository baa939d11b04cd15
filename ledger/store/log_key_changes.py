# SPDX-License-Identifier: Apache-2.0
"""The keys of a log at any size, from genesis and the index of its `log_key` events."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.cosignature import LogKey
from ledger.entry import GenesisEntry, parse_entry
from ledger.log_keys import keys_in
from ledger.policy import RetiredLog
from ledger.store.log_reader import LogReader
from ledger.store.tables import LOG_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeys:
    """The keys with which a checkpoint is signed, those with which none is any more, and the entries that changed them."""

    current: tuple[LogKey, ...] = ()
    retired: tuple[RetiredLog, ...] = ()
    changes: tuple[int, ...] = ()

    @property
    def ever(self) -> tuple[LogKey, ...]:
        """All of them: whatever bears a signature of one may be ours."""
        return (*self.current, *(one.key for one in self.retired))


def log_keys_of(connection: Connection, *, size: int | None = None) -> LogKeys:
    """Return the keys of the stored log at its first `size` entries, or now; none before the ledger is founded.

    Raises:
        FormatError: entry 0 cannot be read.
    """
    first = LogReader(connection).entry(0)
    if first is None:
        return LogKeys()
    entry = parse_entry(first, place="entry 0")
    states: dict[str, str | None] = {}
    if isinstance(entry, GenesisEntry):
        states = dict.fromkeys(entry.genesis.log_keys)
    changes = []
    wanted = select(LOG_KEY).order_by(LOG_KEY.c.seq)
    for row in connection.execute(wanted if size is None else wanted.where(LOG_KEY.c.seq < size)):
        changes.append(row.seq)
        states[row.vkey] = row.recorded if row.action == "retire" else None
    return LogKeys(
        current=keys_in(vkey for vkey, gone in states.items() if gone is None),
        retired=tuple(
            RetiredLog(key=key, recorded=gone)
            for vkey, gone in states.items()
            if gone is not None
            for key in keys_in([vkey])
        ),
        changes=tuple(changes),
    )


def log_key_changes(connection: Connection, *, before: int) -> tuple[int, ...]:
    """Return the positions of all `log_key` events below `before`, in order."""
    wanted = select(LOG_KEY.c.seq).where(LOG_KEY.c.seq < before).order_by(LOG_KEY.c.seq)
    return tuple(connection.execute(wanted).scalars())
