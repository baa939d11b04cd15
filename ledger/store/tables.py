# SPDX-License-Identifier: Apache-2.0
"""The tables: `log` and `checkpoint` are the ledger, `anchor` and `cosignature` evidence about it, `INDEXES` its indexes.

`disclosure` and `access` are personal fields in clear and who was shown them; `session…`, `draft…` and `notice` are about
people at work. Column types are the ones that every SQL database has, and positions are given by the sequencer, so that the
same rows come out of SQLite and PostgreSQL. A flush only inserts, but for what an erasure deletes from `disclosure`.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

METADATA: Final = MetaData()

_POSITION: Final = BigInteger().with_variant(Integer, "sqlite")
"""A position in the log; SQLite makes a primary key the place of the row only if it is spelt INTEGER."""

LOG: Final = Table(
    "log",
    METADATA,
    Column("seq", _POSITION, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("submission", BigInteger, nullable=False),
)
"""Entry `seq` with its 32-byte leaf hash and its canonical bytes; `submission` is the position of its header entry,
itself for a header and for entry 0. Never migrated: a second writer of one position fails on the primary key."""

CHECKPOINT: Final = Table(
    "checkpoint",
    METADATA,
    Column("size", _POSITION, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("recorded", String(24), nullable=False),
)
"""Every checkpoint ever signed, by the number of entries it covers: the signed note as published, the 32-byte root,
and the instant recorded in the last entry it covers. Stored in the transaction that stores those entries."""

TILE: Final = Table(
    "tile",
    METADATA,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""Full hash tiles (C2SP tlog-tiles): 256 hashes of 32 bytes, and the hash over them, which stands in the tile above.
Partial tiles are not stored: their hashes are the roots of the tiles, or the leaves, below."""

SUBMISSION: Final = Table(
    "submission",
    METADATA,
    Column("party", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("events", Integer, nullable=False),
    Column("header_hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Submission (`party`, `id`), the idempotency key: position of its header entry, number of events, SHA-256 of the
canonical header."""

STATEMENT_LINE: Final = Table(
    "statement_line",
    METADATA,
    Column("account", String(64), primary_key=True),
    Column("statement", String(32), primary_key=True),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Position of each line of a bank statement; line 0 is its closing balance."""

BANK_REFERENCE: Final = Table(
    "bank_reference",
    METADATA,
    Column("account", String(64), primary_key=True),
    Column("direction", String(8), primary_key=True),
    Column("bank_ref", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Positions of the bank lines of an account that carry a reference, by direction (`credit`, `debit`)."""

ANCHOR: Final = Table(
    "anchor",
    METADATA,
    Column("size", _POSITION, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("authority", Text, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("stamped", String(24), nullable=False),
)
"""Time-stamp tokens over checkpoints: the `number`th over that `size`, from 1; the authority that the token names, the
signed note byte for byte, the token, the instant in it. Evidence from outside, which the log cannot rebuild."""

COSIGNATURE: Final = Table(
    "cosignature",
    METADATA,
    Column("size", _POSITION, primary_key=True, autoincrement=False),
    Column("name", String(255), primary_key=True),
    Column("key_id", String(8), primary_key=True),
    Column("line", Text, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The newest verified signature line of each cosigner over the checkpoint of `size` entries: name and key id (hex) as
in the line, the line without its line end, and the time it states, seconds since 1970-01-01 UTC. Rows are replaced."""

LOG_KEY: Final = Table(
    "log_key",
    METADATA,
    Column("seq", _POSITION, primary_key=True, autoincrement=False),
    Column("action", String(8), nullable=False),
    Column("vkey", Text, nullable=False),
    Column("recorded", String(24), nullable=False),
)
"""The events by which the keys of the log change (`add`, `retire`), with the instant recorded in their entry."""

META: Final = Table(
    "meta",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts about this database rather than about the ledger, by name."""

SESSION_CHALLENGE: Final = Table(
    "session_challenge",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("expires", String(24), nullable=False),
)
"""Nonces that were given out and not yet used, by their SHA-256: the key and the network address that asked, the instant
until which each is good. Rows go when they are used, or expired."""

SESSION: Final = Table(
    "session",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("audience", String(300), nullable=False),
    Column("began", String(24), nullable=False),
    Column("used", String(24), nullable=False),
)
"""Sessions by the SHA-256 of their id: the key that opened each, at which address, when, and its last use."""

DRAFT: Final = Table(
    "draft",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("party", String(64), nullable=False, index=True),
    Column("state", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires", String(24), nullable=False),
    Column("reason", Text, nullable=False),
    Column("returned_by", String(64), nullable=False),
    Column("seq", BigInteger, nullable=True),
)
"""Drafts of submissions, private to their party: state, newest version, until when it may be signed, why and by which key
it was returned, and the position of its header entry once it is posted. Dropped drafts leave no row."""

DRAFT_VERSION: Final = Table(
    "draft_version",
    METADATA,
    Column("draft", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("author", String(64), nullable=False),
    Column("made", String(24), nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("events", LargeBinary, nullable=False),
    Column("disclosures", Text, nullable=True),
)
"""Versions of drafts from 1: the key of the author, the canonical header to sign, the events as a canonical JSON list, the
disclosures that open their commitments, apart by spaces; those of the newest version only, until it is posted."""

DRAFT_SIGNATURE: Final = Table(
    "draft_signature",
    METADATA,
    Column("draft", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("role", String(32), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("alg", String(32), nullable=False),
    Column("sig", Text, nullable=False),
)
"""Verified signatures over the headers of versions; those of an earlier version count for nothing."""

NOTICE: Final = Table(
    "notice",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("recipient", String(64), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("next_at", String(24), nullable=False),
)
"""Daily notices by business day and digest of the recipient: attempts, whether it went out, when the next attempt may
be made, also by another process. Rows go after a month."""

DISCLOSURE: Final = Table(
    "disclosure",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("commitment", String(43), primary_key=True),
    Column("text", Text, nullable=False),
)
"""Personal fields in clear: position of the event, commitment in it, the disclosure that opens it. Nothing rebuilds them,
and erasures delete them."""

ERASED: Final = Table(
    "erased",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("commitment", String(43), primary_key=True),
    Column("erasure", BigInteger, nullable=False),
)
"""Commitments of the event at `seq` that no disclosure opens any more, and the position of the erasure that says so."""

ACCESS: Final = Table(
    "access",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("at", String(24), nullable=False, index=True),
    Column("key", String(64), nullable=False),
    Column("party", String(64), nullable=False),
    Column("event", String(160), nullable=False),
    Column("field", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("case_id", String(64), nullable=False),
)
"""Who was shown a personal field or an evidence file, and why: instant, key and party of the reader, name of the event,
name of the field or ``file``, the reason as stated, a case number or nothing. Append-only."""

ATTACHMENT: Final = Table(
    "attachment",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Positions of the events that register an evidence file, by its SHA-256 (hex), and the size in bytes that each says."""

APPEND_ONLY: Final = (LOG, CHECKPOINT, ACCESS)
INDEXES: Final = (TILE, SUBMISSION, STATEMENT_LINE, BANK_REFERENCE, LOG_KEY, ERASED, ATTACHMENT)
