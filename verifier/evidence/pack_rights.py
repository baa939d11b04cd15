# SPDX-License-Identifier: Apache-2.0
"""Who had which right at a position, by what a pack registers: folded in the order of the log, judged as in posting.

Nothing here says that the pack holds everything: a revocation that it leaves out is not seen (spec §6.12).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from ledger import authority
from ledger.entry import Entry, EventEntry, ForeignEntry, HeaderEntry
from ledger.errors import ProofError, SignatureError
from ledger.genesis import ADMINISTRATOR
from ledger.key_life import take_log_key
from ledger.kinds.form import kind_of
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation
from ledger.kinds.registry import Key, Party
from ledger.kinds.vocabulary import AnyEvent
from ledger.mandates import take_administrator, take_deputation
from ledger.open_records import KeyState
from ledger.problems import Problem
from ledger.register import Register
from ledger.submission import Submission

Entries = Mapping[int, Entry | ForeignEntry]
HeaderOf = Callable[[EventEntry], HeaderEntry]
"""The header entry of an event that the pack proves to be in its root; raises where it does not."""

_BY_ADMINISTRATORS: Final = (Key, LogKeyChange, AdministratorChange)


def fold(register: Register, entries: Iterable[EventEntry], header_of: HeaderOf) -> None:
    """`register` holds what `entries` register, each submission judged by what stood before it.

    Raises:
        ProofError, SignatureError: an entry is not what it is there for.
    """
    ordered = sorted(entries, key=lambda one: one.seq)
    for _, group in groupby(ordered, key=lambda one: one.submission):
        together = list(group)
        head = header_of(together[0])
        for entry in together:
            header_of(entry)
            by_office = head.header.party in register.administrators
            if isinstance(entry.event, _BY_ADMINISTRATORS) and not by_office:
                raise unsigned(
                    entry.seq,
                    f"no administrator posted this {kind_of(entry.event)}",
                    "该登记不是由管理员作出",
                )
        judged = tuple(one.event for one in together if not isinstance(one.event, Party))
        if judged:
            check_rights(register, head, judged)
        for entry in together:
            for problem in tuple(_take(register, head, entry)):
                raise unsigned(entry.seq, problem.message_en, problem.message_zh)


def _take(register: Register, head: HeaderEntry, entry: EventEntry) -> Iterator[Problem]:
    """The register holds what the event registers; yields what forbids it."""
    match entry.event:
        case Party() as party:
            register.parties[party.id] = party
        case Key() as key:
            _take_key(register, entry.seq, key)
        case LogKeyChange() as change:
            yield from take_log_key(register, change, recorded=head.recorded)
        case AdministratorChange() as change:
            yield from take_administrator(register, change)
        case Deputation() as granted:
            party_id = head.header.party
            yield from take_deputation(register, granted, party=party_id, recorded=head.recorded)
        case _:
            pass


def _take_key(register: Register, seq: int, key: Key) -> None:
    if key.key in register.keys:
        raise ProofError(
            code="pack.proof",
            place=f"entry {seq}",
            message_en="it registers again what the pack registers already",
            message_zh="重复登记",
        )
    public = authority.key_material(key)
    if public is None:
        raise unsigned(seq, "its key is none of its suite", "公钥与算法不符")
    register.keys[key.key] = KeyState(registered=key, public=public)


def check_rights(register: Register, head: HeaderEntry, events: Sequence[AnyEvent]) -> None:
    """Nothing, if the signatures of `head` hold and had the right to `events`, by `register`, which knows no policies.

    Raises:
        SignatureError: the first thing that is wrong with them.
    """
    by_administrators = head.header.party in register.administrators
    submission = part_of(head, events, by_administrators=by_administrators)
    problem = next(authority.check_signatures(register, submission), None) or next(
        authority.check_signers(register, submission, recorded=head.recorded, guests=True), None
    )
    if problem is not None:
        raise unsigned(head.seq, problem.message_en, problem.message_zh)


def part_of(head: HeaderEntry, events: Sequence[AnyEvent], *, by_administrators: bool) -> Submission:
    """The submission as far as the pack holds it; signatures of keys that other events register are left out."""
    new = {event.key for event in events if isinstance(event, Key | AdministratorChange)}
    signatures = tuple(
        one for one in head.signatures if not by_administrators or one.role == ADMINISTRATOR or one.key in new
    )
    return Submission(header=head.header, signatures=signatures, events=tuple(events), event_bytes=())


def needed_for(head: HeaderEntry, entries: Entries, *, administrators: Iterable[str]) -> frozenset[int]:
    """Positions of what registers the signers of `head` and their party, before it, and what lent them their roles.

    `administrators` are all there ever were: they need nothing but their own appointments.
    """
    below = [one for _, one in sorted(entries.items()) if isinstance(one, EventEntry)]
    posts, found, heads = frozenset(administrators), set[int](), [head]
    while heads:
        one = heads.pop()
        if one.header.party in posts:
            continue
        earlier = [entry for entry in below if entry.seq < one.seq]
        parties = [entry.seq for entry in earlier if _is_party(entry.event, one.header.party)]
        grants = [entry for entry in earlier if lends(entry.event, one) and entry.seq not in found]
        keys = {made.key for made in one.signatures} | {
            entry.event.principal for entry in grants if isinstance(entry.event, Deputation)
        }
        found.update(parties[-1:])
        found.update(entry.seq for entry in earlier if registers(entry.event, keys))
        found.update(entry.seq for entry in grants)
        heads += _headers(grants, entries)
    return frozenset(found)


def _headers(events: Iterable[EventEntry], entries: Entries) -> Iterator[HeaderEntry]:
    for event in events:
        head = entries.get(event.submission)
        if isinstance(head, HeaderEntry):
            yield head


def _is_party(event: AnyEvent, identifier: str) -> bool:
    return isinstance(event, Party) and event.id == identifier


def registers(event: AnyEvent, keys: Iterable[str | None]) -> bool:
    """Whether `event` registers one of `keys`."""
    return isinstance(event, Key) and event.action == "register" and event.key in keys


def lends(event: AnyEvent, head: HeaderEntry) -> bool:
    """Whether `event` grants to a key that signed `head` the role in which it did, at that time."""
    if not isinstance(event, Deputation) or event.action != "grant":
        return False
    signed = {(one.key, one.role) for one in head.signatures}
    within = (event.valid_from or "") <= head.recorded < (event.valid_to or "")
    return within and (event.deputy, event.role) in signed


def unsigned(seq: int, en: str, zh: str) -> SignatureError:
    """The refusal of entry `seq` for want of a signature that counts."""
    return SignatureError(code="pack.signature", place=f"entry {seq}", message_en=en, message_zh=zh)
