# SPDX-License-Identifier: Apache-2.0
"""The page of one entry: what it says, who signed it, where it stands, and all that is needed to check it elsewhere.

It is made of the entry, its submission and the first checkpoint over both, names as they then stood, and of nothing that
comes later: so it never changes and may be kept for ever. Objections and their answers have a page of their own.
"""

import json
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from api.portal.entry_fields import FieldRow, entry_fields
from api.portal.proof_path import draw_proof, siblings_left
from api.portal.reader_words import reader_words, refusal_words
from api.portal.visit import Visit
from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.hashing import leaf_hash
from ledger.kinds.form import kind_of
from ledger.receipt import parse_receipt
from ledger.store.log_reader import StoredCheckpoint
from ledger.store.stored_receipt import stored_receipt
from ledger.submission import Header, Signature, event_name

AnyEntry = GenesisEntry | HeaderEntry | EventEntry | ForeignEntry

_KEY_MENTIONS: Final = 8
"""A key is registered and at most once revoked; other events may carry its id as the number of a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """One signature: role, for whom, key, algorithm."""

    role: str
    signer: Markup
    key: str
    alg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Everything on the page of an entry; hashes in hex."""

    seq: int
    leaf: str
    previous: str
    recorded: str
    day: str | None
    kind: str
    sentence: Markup
    data: str
    size: int
    fields: tuple[FieldRow, ...]
    name: str | None
    head: int
    header: Header | None
    party: Markup | None
    signatures: tuple[SignatureRow, ...]
    checkpoint: StoredCheckpoint
    path: tuple[str, ...]
    drawings: tuple[Markup, Markup, Markup]
    key_entries: str
    reader_words: dict[str, str]
    refusal_words: dict[str, dict[str, str]]


def entry_page(visit: Visit, seq: int, data: bytes, checkpoint: StoredCheckpoint) -> EntryPage:
    """The page of the entry with bytes `data` at `seq`, proved under `checkpoint`, the first one that covers it."""
    entry = parse_entry(data, place=f"entry {seq}")
    head, header, signatures = _signed(visit, entry)
    receipt = parse_receipt(stored_receipt(visit.reader, seq, checkpoint))
    event = entry.event if isinstance(entry, EventEntry) else None
    index = entry.index if isinstance(entry, EventEntry | ForeignEntry) else None
    kind = _kind(entry)
    return EntryPage(
        seq=seq,
        leaf=leaf_hash(data).hex(),
        previous=entry.prev,
        recorded=visit.frame.moment(entry.recorded),
        day=event.occurred_on.isoformat() if event is not None else None,
        kind=visit.frame.words.known(f"kind.{kind}", kind),
        sentence=visit.sentences(at=seq).entry(entry),
        data=data.decode(),
        size=len(data),
        fields=tuple(entry_fields(visit, seq, entry)),
        name=event_name(header, index) if header is not None and index is not None else None,
        head=head,
        header=header,
        party=None if header is None else _holder(visit, seq, header.party),
        signatures=tuple(_signature(visit, seq, one, header) for one in signatures),
        checkpoint=checkpoint,
        path=tuple(one.hex() for one in receipt.path),
        drawings=_drawings(visit, seq, checkpoint.size),
        key_entries=json.dumps(_key_entries(visit, signatures)),
        reader_words=reader_words(visit.frame.words),
        refusal_words=refusal_words(visit.frame.words),
    )


def _key_entries(visit: Visit, signatures: tuple[Signature, ...]) -> dict[str, int]:
    """Where each signing key was registered, by key id: a hint for the reader's own check, which does not believe it."""
    found = {who.key: 0 for who in visit.frame.genesis.administrators}
    for one in signatures:
        named = visit.model.index.naming(one.key, most=_KEY_MENTIONS, whole=True)
        found.update((one.key, entry.seq) for entry in reversed(named) if entry.kind == "key")
    return {one.key: found[one.key] for one in signatures if one.key in found}


def _kind(entry: AnyEntry) -> str:
    match entry:
        case GenesisEntry():
            return "genesis"
        case HeaderEntry():
            return "submission"
        case EventEntry():
            return kind_of(entry.event)
        case ForeignEntry():
            return entry.kind


def _signed(visit: Visit, entry: AnyEntry) -> tuple[int, Header | None, tuple[Signature, ...]]:
    """Position of the entry that carries the signatures, its header, and the signatures."""
    match entry:
        case GenesisEntry():
            return entry.seq, None, entry.signatures
        case HeaderEntry():
            return entry.seq, entry.header, entry.signatures
        case EventEntry() | ForeignEntry():
            data = visit.reader.entry(entry.submission) or b""
            head = parse_entry(data, place=f"entry {entry.submission}")
            if not isinstance(head, HeaderEntry):
                raise ProgrammerError(f"entry {entry.seq} names entry {entry.submission}, which is no header")
            return head.seq, head.header, head.signatures


def _signature(visit: Visit, seq: int, one: Signature, header: Header | None) -> SignatureRow:
    """Whose key it is: the holder as registered, else the party that posts (administrators, keys being registered)."""
    words = visit.frame.words
    state = visit.model.register.keys.get(one.key)
    administrator = next((who.id for who in visit.frame.genesis.administrators if who.key == one.key), None)
    if state is not None and state.registered.holder is not None:
        signer = _holder(visit, seq, state.registered.holder)
        person = state.registered.person
        shown = Markup("{} · {}").format(signer, person) if person else signer
    else:
        shown = escape(administrator or (header.party if header else ""))
    return SignatureRow(
        role=words.known(f"role.{one.role}", one.role), signer=shown, key=one.key, alg=one.alg
    )


def _holder(visit: Visit, seq: int, party: str) -> Markup:
    return (
        visit.names_at(seq).link("party", party) if party in visit.model.register.parties else escape(party)
    )


def _drawings(visit: Visit, seq: int, size: int) -> tuple[Markup, Markup, Markup]:
    words = visit.frame.words
    sides = siblings_left(seq, size)
    count = len(sides)
    sentence = words.text("entry.place_sentence", n=count) if sides else words.text("entry.place_alone")
    steps = words.text("entry.steps", n=count)
    leaf, root = words.text("entry.leaf"), words.text("entry.root")
    wide, middle, narrow = (
        draw_proof(sides, width=width, leaf=leaf, root=root, steps=steps, sentence=sentence)
        for width in (1152, 684, 324)
    )
    return wide, middle, narrow
