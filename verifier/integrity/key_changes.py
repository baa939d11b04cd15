# SPDX-License-Identifier: Apache-2.0
"""The keys of a log as its own entries changed them, without replaying the rest (spec §2.16).

For readers that hold the entries and judge no business: what counts is what the administrators of the genesis signed.
That a policy had admitted the kind (I7) is left to `fundtrace verify`: it takes no right from anybody else's signature.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from ledger import authority
from ledger.entry import EventEntry, ForeignEntry, HeaderEntry, event_of, parse_entry
from ledger.errors import InputError, ProofError, SignatureError
from ledger.first_entry import found
from ledger.hashing import leaf_hash
from ledger.key_life import take_log_key
from ledger.kinds.log_key import LogKeyChange
from ledger.merkle import root_of
from ledger.register import Register
from ledger.submission import Submission

Read = Callable[[int], bytes]
"""The bytes of the entry at a position, proved to stand in the log."""

_MARK: Final = b'"kind":"log_key"'


def changes_in(first: int, entries: Iterable[bytes]) -> Iterator[int]:
    """Positions of the `log_key` events among `entries`, of which the first stands at `first`."""
    for seq, data in enumerate(entries, first):
        if _MARK in data and _change_in(data, seq) is not None:
            yield seq


def followed(read: Read, changes: Sequence[int]) -> Register:
    """A register that knows genesis, and the keys of the log as the events at `changes` changed them, in this order.

    Raises:
        FormatError: an entry that is needed is none.
        ProofError: an event is not in the root that its header signs for this ledger.
        SignatureError: the administrators' threshold did not sign a change, or the new key is not held.
    """
    register = Register()
    found(register, read(0))
    for seq in changes:
        entry = _change_in(read(seq), seq)
        if entry is None:
            raise _unbound(seq)
        _check_signed(register, read, entry)
        problem = next(take_log_key(register, entry[1], recorded=entry[0].recorded), None)
        if problem is not None:
            raise _unsigned(seq, problem.message_en, problem.message_zh)
    return register


def _change_in(data: bytes, seq: int) -> tuple[EventEntry, LogKeyChange] | None:
    """The entry and its event, if it is a change of the log's keys of a version that this program knows."""
    try:
        entry = parse_entry(data, place=f"entry {seq}")
    except InputError:
        return None  # `fundtrace verify` names what is wrong with it
    if not isinstance(entry, EventEntry) or not isinstance(entry.event, LogKeyChange) or entry.seq != seq:
        return None
    return entry, entry.event


def _check_signed(register: Register, read: Read, change: tuple[EventEntry, LogKeyChange]) -> None:
    """Return only if the event stands in a submission for this ledger by the administrators' threshold."""
    entry, _event = change
    head = parse_entry(read(entry.submission), place=f"entry {entry.submission}")
    if not isinstance(head, HeaderEntry) or not 0 <= entry.index < head.header.count:
        raise _unbound(entry.seq)
    header, first = head.header, head.seq + 1
    inside = [parse_entry(read(seq), place=f"entry {seq}") for seq in range(first, first + header.count)]
    events = [one for one in inside if isinstance(one, EventEntry | ForeignEntry)]
    ledger = (register.genesis_hash, register.genesis.origin)
    root = root_of(leaf_hash(one.event if isinstance(one, ForeignEntry) else event_of(one)) for one in events)
    placed = (head.seq, entry.seq, entry.recorded) == (entry.submission, first + entry.index, head.recorded)
    if not placed or (header.genesis, header.origin) != ledger or header.root != root.hex():
        raise _unbound(entry.seq)
    if header.party not in register.administrators:
        raise _unsigned(entry.seq, "no administrator changed this key", "该变更不是由管理员作出")
    submission = Submission(
        header=header,
        signatures=head.signatures,
        events=tuple(one.event for one in events if isinstance(one, EventEntry)),
        event_bytes=(),
    )
    for check in (
        authority.check_signatures(register, submission),
        authority.check_signers(register, submission, recorded=head.recorded),
    ):
        for problem in check:
            raise _unsigned(head.seq, problem.message_en, problem.message_zh)


def _unbound(seq: int) -> ProofError:
    return ProofError(
        code="log-keys.unbound",
        place=f"entry {seq}",
        message_en="it is no change of the log's keys that a header of this ledger binds",
        message_zh="它不是由本账本提交头所约束的日志密钥变更",
    )


def _unsigned(seq: int, en: str, zh: str) -> SignatureError:
    return SignatureError(code="log-keys.unsigned", place=f"entry {seq}", message_en=en, message_zh=zh)
