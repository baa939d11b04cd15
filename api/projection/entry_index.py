# SPDX-License-Identifier: Apache-2.0
"""Where each entry is found: by hash, by name, by what it is about, by the papers it names.

A temporary SQLite file of this process. It holds positions and never bytes; nothing in it is worth keeping, since the
log gives it again. Whoever uses it holds the lock of the read model.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from ledger.entry import EventEntry, parse_entry
from ledger.store.log_reader import LogReader

Topic = Literal["fund", "line", "project", "party", "account"]

_TABLES: Final = (
    """CREATE TABLE entry (
        seq INTEGER PRIMARY KEY, leaf BLOB, kind TEXT, head INTEGER, day TEXT, amount INTEGER, funded INTEGER
    )""",
    "CREATE INDEX entry_leaf ON entry (leaf)",
    "CREATE INDEX entry_kind ON entry (kind, seq)",
    """CREATE TABLE topic (
        topic TEXT, id TEXT, first INTEGER, last INTEGER, PRIMARY KEY (topic, id, first)
    ) WITHOUT ROWID""",
    "CREATE TABLE paper (word TEXT, seq INTEGER, PRIMARY KEY (word, seq)) WITHOUT ROWID",
    "CREATE TABLE cites (name TEXT, seq INTEGER, PRIMARY KEY (name, seq)) WITHOUT ROWID",
    """CREATE TABLE title (
        topic TEXT, id TEXT, seq INTEGER, name TEXT, name_en TEXT, PRIMARY KEY (topic, id, seq)
    ) WITHOUT ROWID""",
    "CREATE TABLE submission (party TEXT, id TEXT, seq INTEGER, count INTEGER, PRIMARY KEY (party, id)) WITHOUT ROWID",
)
_INSERT: Final = {
    "entry": "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
    "topic": "INSERT INTO topic VALUES (?, ?, ?, ?)",
    "paper": "INSERT OR IGNORE INTO paper VALUES (?, ?)",
    "cites": "INSERT OR IGNORE INTO cites VALUES (?, ?)",
    "title": "INSERT OR IGNORE INTO title VALUES (?, ?, ?, ?, ?)",
    "submission": "INSERT INTO submission VALUES (?, ?, ?, ?)",
}
_PRAGMAS: Final = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "cache_size = -32768",
)


class IndexedEntry(NamedTuple):
    """One entry in short: position, leaf hash, kind, position of its header entry, business date, amount."""

    seq: int
    leaf: bytes
    kind: str
    head: int
    day: str
    amount: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The name of something registered, as of position `seq`; `name_en` is empty when it has none.

    Topic ``owner`` gives the owner of an account, which is not searched by name.
    """

    topic: str
    id: str
    seq: int
    name: str
    name_en: str


class EntryIndex:
    """The index; close it to remove its file."""

    def __init__(self) -> None:
        """An empty index in a file without a name, which SQLite removes even if the process is killed."""
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._waiting: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
        self._waiting_words: set[str] = set()
        self._spans: dict[tuple[Topic, str], tuple[int, int]] = {}
        """First and last of the neighbouring entries about a topic that were added last, not yet among the waiting rows."""
        for pragma in _PRAGMAS:
            self._database.execute(f"PRAGMA {pragma}")
        for table in _TABLES:
            self._database.execute(table)

    def close(self) -> None:
        """Close and remove the file."""
        self._database.close()

    # --- filling ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open a transaction, so that many rows cost one write."""
        self._database.execute("BEGIN")

    def commit(self) -> None:
        """End it; every row that was added is in it."""
        self._write()
        self._database.execute("COMMIT")

    def add(
        self,
        entry: IndexedEntry,
        *,
        topics: Iterable[tuple[Topic, str]] = (),
        papers: Sequence[str] = (),
        cites: str | None = None,
    ) -> None:
        """`entry` can be found by its hash, its `topics`, its `papers` and the event that it `cites`.

        Entries are added in log order.
        """
        about = tuple(topics)
        self.add_alike([(entry, papers)], funded=is_funded(about))
        self.span(about, entry.seq, entry.seq)
        if cites is not None:
            self._waiting["cites"].append((cites, entry.seq))

    def add_alike(
        self,
        entries: Sequence[tuple[IndexedEntry, Sequence[str]]],
        *,
        funded: bool,
    ) -> None:
        """As `add` for each of some entries with its papers; what they are about is said by `span`, a fund or none."""
        rows, words = self._waiting["entry"], self._waiting["paper"]
        for one, papers in entries:
            rows.append((*one, funded))
            words += [(word, one.seq) for word in papers]
            self._waiting_words.update(papers)

    def span(self, topics: Iterable[tuple[Topic, str]], first: int, last: int) -> None:
        """The entries from `first` to `last`, the newest of all, are about each of `topics`."""
        for topic in topics:
            span = self._spans.get(topic)
            if span is not None and span[1] < first - 1:
                self._waiting["topic"].append((*topic, *span))
                span = None
            self._spans[topic] = (first if span is None else span[0], last)

    def entitle(self, title: Title) -> None:
        """The registered thing can be found by its name."""
        row = (title.topic, title.id, title.seq, title.name, title.name_en)
        self._waiting["title"].append(row)

    def add_submission(self, party: str, identifier: str, *, seq: int, count: int) -> None:
        """Submission (`party`, `identifier`) has its header entry at `seq` and `count` events after it."""
        self._waiting["submission"].append((party, identifier, seq, count))

    # --- finding ------------------------------------------------------------------------------------------

    def by_seq(self, seq: int) -> IndexedEntry | None:
        """The entry at `seq`."""
        return self._first("WHERE seq = ?", (seq,))

    def by_leaf(self, leaf: bytes) -> IndexedEntry | None:
        """The entry with leaf hash `leaf`."""
        return self._first("WHERE leaf = ?", (leaf,))

    def by_leaf_prefix(self, prefix: bytes, *, most: int) -> list[IndexedEntry]:
        """Entries whose leaf hash begins with `prefix`, at most `most`."""
        return self._entries(
            "WHERE leaf >= ? AND leaf < ? ORDER BY leaf LIMIT ?", (prefix, _after(prefix), most)
        )

    def about(
        self, topic: Topic, identifier: str, *, most: int, kind: str | None = None
    ) -> list[IndexedEntry]:
        """The newest entries about `identifier`, of `kind` only if given, newest first, at most `most`."""
        where = (
            "JOIN topic ON entry.seq BETWEEN topic.first AND topic.last"
            " WHERE topic.topic = ? AND topic.id = ? AND (? IS NULL OR kind = ?)"
            " ORDER BY topic.first DESC, entry.seq DESC LIMIT ?"
        )
        return self._entries(where, (topic, identifier, kind, kind, most))

    def newest_of_funds(self, kinds: Sequence[str], *, most: int) -> list[IndexedEntry]:
        """The newest entries of `kinds` that name a fund, newest first, at most `most`."""
        where = "WHERE kind IN (SELECT value FROM json_each(?)) AND funded ORDER BY seq DESC LIMIT ?"
        return self._entries(where, (json.dumps(kinds), most))

    def citing(self, name: str) -> list[IndexedEntry]:
        """Corrections and returns that name event `name`, in log order."""
        return self._entries("JOIN cites USING (seq) WHERE cites.name = ? ORDER BY seq", (name,))

    def naming(self, word: str, *, most: int, whole: bool = False) -> list[IndexedEntry]:
        """Entries that carry a paper number beginning with `word` (with `whole`: equal to it), oldest first."""
        if whole:
            where = "WHERE seq IN (SELECT seq FROM paper WHERE word = ?) ORDER BY seq LIMIT ?"
            return self._entries(where, (word, most))
        where = "WHERE seq IN (SELECT seq FROM paper WHERE word >= ? AND word < ?) ORDER BY seq LIMIT ?"
        return self._entries(where, (word, word + "\U0010ffff", most))

    def titles(self, text: str, *, most: int) -> list[Title]:
        """The newest titles whose name or id contains `text`, whatever the case, at most `most`."""
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = self._asked(
            "SELECT topic, id, max(seq), name, name_en FROM title"
            " WHERE topic <> 'owner'"
            " AND (name LIKE ?1 ESCAPE '\\' OR name_en LIKE ?1 ESCAPE '\\' OR id LIKE ?1 ESCAPE '\\')"
            " GROUP BY topic, id ORDER BY topic, id LIMIT ?2",
            (f"%{escaped}%", most),
        )
        return [_title(*row) for row in found]

    def title_at(self, topic: str, identifier: str, *, seq: int) -> Title | None:
        """The title that held at position `seq`."""
        found = self._asked(
            "SELECT topic, id, seq, name, name_en FROM title WHERE topic = ? AND id = ? AND seq <= ?"
            " ORDER BY seq DESC LIMIT 1",
            (topic, identifier, seq),
        ).fetchone()
        return None if found is None else _title(*found)

    def seq_named(self, name: str) -> int | None:
        """Position of the event with stable name `name`, or None."""
        party, _, rest = name.partition("/")
        identifier, _, index = rest.partition("/")
        found = self._asked(
            "SELECT seq, count FROM submission WHERE party = ? AND id = ?", (party, identifier)
        ).fetchone()
        if found is None or not index.isdecimal() or int(index) >= found[1]:
            return None
        return int(found[0]) + 1 + int(index)

    def payments(self, *, account: str, bank_ref: str, amount: int) -> list[int]:
        """Positions of disbursements of `amount` that touch `account` and carry `bank_ref`."""
        wanted = self._on_paper("disbursement", bank_ref=bank_ref, account=account)
        return [seq for seq, paid in wanted if paid == amount]

    def bank_lines(self, *, account: str, bank_ref: str) -> list[int]:
        """Positions of bank lines of `account` that carry `bank_ref`."""
        return [seq for seq, _ in self._on_paper("movement", bank_ref=bank_ref, account=account)]

    def _on_paper(self, kind: str, *, bank_ref: str, account: str) -> list[tuple[int, int | None]]:
        """Positions and amounts of the few entries with that reference; CROSS JOIN keeps them first in the plan."""
        if bank_ref in self._waiting_words:  # else nothing that waits carries it, and it may wait on
            self._write()
        found = self._database.execute(
            "SELECT entry.seq, amount FROM paper CROSS JOIN entry ON entry.seq = paper.seq"
            " WHERE word = ? AND kind = ? AND entry.seq <= ("
            " SELECT last FROM topic WHERE topic.topic = 'account' AND topic.id = ? AND first <= entry.seq"
            " ORDER BY first DESC LIMIT 1)"
            " ORDER BY entry.seq",
            (bank_ref, kind, account),
        )
        return [(int(seq), amount) for seq, amount in found]

    def _asked(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        """The answer out of all that was added, also since the last commit."""
        self._write()
        return self._database.execute(sql, values)

    def _write(self) -> None:
        """Every row that waited is in its table; in the order of its keys, which is how SQLite takes rows fastest."""
        self._waiting["topic"] += [(*topic, *span) for topic, span in self._spans.items()]
        self._spans.clear()
        for table, rows in self._waiting.items():
            self._database.executemany(_INSERT[table], sorted(rows))
        self._waiting.clear()
        self._waiting_words.clear()

    def _first(self, where: str, values: Sequence[object]) -> IndexedEntry | None:
        return next(iter(self._entries(where, values)), None)

    def _entries(self, where: str, values: Sequence[object]) -> list[IndexedEntry]:
        sql = f"SELECT entry.seq, leaf, kind, head, day, amount FROM entry {where}"  # noqa: S608 - our own clauses
        return [_indexed(*row) for row in self._asked(sql, values)]


def is_funded(topics: Iterable[tuple[Topic, str]]) -> bool:
    """Whether a fund is among `topics`."""
    return any(topic == "fund" for topic, _ in topics)


def event_at(reader: LogReader, seq: int) -> EventEntry | None:
    """The event entry at `seq`; None for a header, the genesis, a foreign kind, or beyond the end."""
    data = reader.entry(seq)
    found = None if data is None else parse_entry(data, place=f"entry {seq}")
    return found if isinstance(found, EventEntry) else None


def _indexed(seq: int, leaf: bytes, kind: str, head: int, day: str, amount: int | None) -> IndexedEntry:
    return IndexedEntry(seq=seq, leaf=leaf, kind=kind, head=head, day=day, amount=amount)


def _title(topic: str, identifier: str, seq: int, name: str, name_en: str) -> Title:
    return Title(topic=topic, id=identifier, seq=seq, name=name, name_en=name_en)


def _after(prefix: bytes) -> bytes:
    """The least bytes that come after everything beginning with `prefix`."""
    return prefix + b"\xff" * (33 - len(prefix))
