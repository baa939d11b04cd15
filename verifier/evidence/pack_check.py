# SPDX-License-Identifier: Apache-2.0
"""An entry's whole evidence, checked with nothing else (spec §6.12). The steps, of which each refuses the pack:

1. the checkpoint is believed as that of a receipt is; keys that nobody brought are those of the genesis in the pack, as the
   administrators changed them by `log_key` events in the pack, and each other by `administrator` events;
2. every entry stands in the log at its position, under that one checkpoint;
3. entry 0 is a genesis that every first administrator signed, of the checkpoint's log, and the one trusted if one is;
4. the event is in its header's `root` at its place, and its header names this ledger;
5. each key that signed the header was registered earlier, by the administrators' threshold and with its own signature;
6. the party, if it is no administrator, was registered earlier; whoever signed in a role that his key has not was lent it
   earlier, by those who may, and steps 5 to 7 hold for the deputation too;
7. the signatures of the header hold and had the right: role, holder, validity, jurisdiction, two persons and two devices;
8. nothing else is in the pack.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledger.cosignature import LogKey
from ledger.deputies import principals
from ledger.entry import Entry, EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, event_of, parse_entry
from ledger.errors import MissingError, ProofError
from ledger.first_entry import found
from ledger.hashing import leaf_hash
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Override
from ledger.kinds.vocabulary import AnyEvent
from ledger.proofs import check_inclusion
from ledger.receipt import parse_receipt
from ledger.register import Register
from ledger.submission import Header, Signature, event_name
from ledger.timestamp import check_token
from verifier.evidence.belief import Belief, believe
from verifier.evidence.findings import Shown, told_entry
from verifier.evidence.pack import Pack
from verifier.evidence.pack_rights import check_rights, fold, needed_for, part_of
from verifier.evidence.receipt_check import check_place
from verifier.integrity.trust import Trust
from verifier.language import Told

_NO_REVOCATION = Told(
    en="that no key was revoked, no deputation ended, no administrator dismissed, and no registration replaced, between "
    "its own position and the event: only the whole ledger shows that (fundtrace verify SOURCE)",
    zh="登记之后、事件之前，密钥是否吊销、授权是否终止、管理员是否免去，登记信息是否已有新版本：须核验整个账本"
    "（fundtrace verify 来源）",
)
_NO_RULING = Told(
    en="that no policy asked for more (approvers by amount, keys that no browser holds, a panel), and that one asked for "
    "panel members of other parties, where some signed",
    zh="规则是否另有要求（按金额审批、离线签署、验收组）；如有外单位验收组成员签名，规则是否允许",
)
_NO_RETIREMENT = Told(
    en="that the key which signed the checkpoint was not retired before: bring the policy (--policy)",
    zh="签署检查点的密钥此前是否已停用：请提供策略文件（--policy）",
)
_NO_TRUTH = Told(
    en="that what the event says is true, or was not corrected later",
    zh="事件内容是否属实，之后是否已被冲正",
)


def check_pack(pack: Pack, trust: Trust) -> Shown:
    """What the pack shows.

    Raises:
        FormatError: a part is malformed, or (`MissingError`) not there, or too many.
        ProofError, SignatureError: a part does not prove what it is there for; the place names the entry.
    """
    return PackCheck(pack, trust).run()


@dataclass(slots=True)
class PackCheck:
    """One pack under check; `_used` are the positions that some step needed."""

    _pack: Pack
    _trust: Trust
    _used: set[int] = field(default_factory=set)
    _register: Register = field(default_factory=Register)
    _entries: dict[int, Entry | ForeignEntry] = field(default_factory=dict)

    def run(self) -> Shown:
        """What the pack of an entry shows; raises as `check_pack`."""
        if self._pack.finding is not None:
            raise _not("pack", "it is of a finding and not of an entry", "属于疑点，而非条目")
        belief = self.frame()
        shown = self.show(self._pack.subject, belief)
        self.nothing_else()
        return shown

    def frame(self) -> Belief:
        """Who vouches for the checkpoint under which every entry of the pack stands (steps 1 to 3)."""
        self._read_entries()
        self._check_genesis()
        belief = self._belief(
            self._take_log_keys()
        )  # whatever named its keys is proved to stand under it right after
        self._check_origin(belief)
        self._check_places(belief)
        return belief

    def show(self, seq: int, belief: Belief) -> Shown:
        """What is shown of one entry in question, by a register that knows nothing of the others (steps 4 to 7)."""
        self._register = Register()
        found(self._register, self._pack.entries[0])
        subject = self._entry(seq)
        return Shown(
            seq=seq,
            says=told_entry(subject),
            belief=belief,
            genesis=self._register.genesis_hash,
            signed=tuple(self._check_subject(subject)),
            checked=tuple(_checked(len(self._entries), subject)),
            open_=(_NO_REVOCATION, _NO_RULING, _NO_TRUTH, *self._unknown_keys()),
        )

    def name_of(self, seq: int) -> str:
        """The stable name of the event at `seq`, which the pack shows to stand there.

        Raises:
            ProofError: it is no event.
        """
        entry = self._entry(seq)
        if not isinstance(entry, EventEntry):
            raise _not(f"entry {seq}", "it is no event", "不是事件")
        return event_name(self._header_of(entry).header, entry.index)

    def _unknown_keys(self) -> Iterator[Told]:
        """Where the reader brings no keys, a retirement left out of the pack goes unseen."""
        if self._trust.policy is None and not self._trust.log_keys:
            yield _NO_RETIREMENT

    # --- steps 1 to 3 -------------------------------------------------------------------------------------

    def _read_entries(self) -> None:
        for seq, data in sorted(self._pack.entries.items()):
            self._entries[seq] = parse_entry(data, place=f"entry {seq}")

    def _check_genesis(self) -> None:
        if not isinstance(self._entry(0), GenesisEntry):
            raise _not("entry 0", "it is no genesis", "不是创世条目")
        found(self._register, self._pack.entries[0])
        if self._trust.genesis not in {None, self._register.genesis_hash}:
            raise _not("entry 0", "it is not the genesis trusted", "不是所信任的创世")

    def _take_log_keys(self) -> tuple[LogKey, ...]:
        """The keys of the log as the pack's events changed them, in the order of the log, by whoever was in office then."""
        offices = Register()
        found(offices, self._pack.entries[0])
        changes = [
            entry for entry in self._events() if isinstance(entry.event, LogKeyChange | AdministratorChange)
        ]
        self._used.update(entry.seq for entry in changes)
        fold(offices, changes, self._header_of)
        return offices.current_log_keys

    def _events(self) -> list[EventEntry]:
        return [entry for entry in self._entries.values() if isinstance(entry, EventEntry)]

    def _belief(self, named: tuple[LogKey, ...]) -> Belief:
        note, stamp = self._pack.checkpoint, self._pack.stamp
        stamps = []
        if stamp is not None and self._trust.authorities:
            stamps.append(check_token(stamp, note, self._trust.authorities))
        return believe(note, self._trust, named=named, stamps=stamps)

    def _check_origin(self, belief: Belief) -> None:
        origin = self._register.genesis.origin
        if origin != belief.checkpoint.origin:
            raise _not("entry 0", f"it is of {origin}", f"属于 {origin}")

    def _check_places(self, belief: Belief) -> None:
        missing = self._pack.entries.keys() ^ self._pack.receipts.keys()
        if missing:
            raise _lacking(min(missing))
        for seq, data in self._pack.entries.items():
            receipt = parse_receipt(self._pack.receipts[seq])
            if receipt.checkpoint != self._pack.checkpoint or receipt.index != seq:
                raise _not(
                    f"{seq}.tlog-proof", "it is for another entry or checkpoint", "属于其他条目或检查点"
                )
            check_place(
                receipt,
                data,
                self._entries[seq],
                root=belief.checkpoint.root,
                size=belief.checkpoint.size,
            )

    # --- steps 4 to 8 -------------------------------------------------------------------------------------

    def _check_subject(self, subject: Entry | ForeignEntry) -> Iterator[Told]:
        """Yields who signed."""
        if isinstance(subject, GenesisEntry):
            names = ", ".join(one.id for one in subject.genesis.administrators)
            yield Told(en=f"signed by administrators {names}", zh=f"由管理员 {names} 签署")
            return
        head = subject if isinstance(subject, HeaderEntry) else self._header_of(subject)
        events = self._events_beside(head, subject)
        self._take_registrations(head)
        check_rights(self._register, head, events)
        yield from self._signers(head, events)

    def _events_beside(self, head: HeaderEntry, subject: Entry | ForeignEntry) -> tuple[AnyEvent, ...]:
        """The event shown; where two leaders signed for the pair, also their override and the first event it covers.

        Changes of administrators in the same submission stand beside it too: they decide who must sign.
        """
        own = {one.seq: one.event for one in self._changes_in(head)}
        own |= {subject.seq: subject.event} if isinstance(subject, EventEntry) else {}
        first = self._entries.get(head.seq + 1)
        if isinstance(first, EventEntry) and isinstance(first.event, Override):
            for seq in range(head.seq + 1, head.seq + min(head.header.count, 2) + 1):
                beside = self._entry(seq)
                if isinstance(beside, EventEntry) and self._header_of(beside) == head:
                    own[seq] = beside.event
        return tuple(own[seq] for seq in sorted(own))

    def _changes_in(self, head: HeaderEntry) -> Iterator[EventEntry]:
        for one in self._events():
            if one.submission == head.seq and isinstance(one.event, AdministratorChange):
                self._header_of(one)
                yield one

    def _header_of(self, event: EventEntry | ForeignEntry) -> HeaderEntry:
        """The header entry of `event`, once the event is proved to be in its root at its place (step 4)."""
        head = self._entry(event.submission)
        if not isinstance(head, HeaderEntry) or head.seq != event.submission:
            raise _not(f"entry {event.submission}", "it is no header", "不是提交头")
        if (event.seq, event.recorded) != (head.seq + 1 + event.index, head.recorded):
            raise _not(f"entry {event.seq}", "it does not belong to that header", "不属于该提交头")
        path = self._pack.paths.get(event.seq)
        if path is None:
            raise _lacking(event.seq)
        data = event.event if isinstance(event, ForeignEntry) else event_of(event)
        check_inclusion(
            index=event.index,
            size=head.header.count,
            leaf=leaf_hash(data),
            path=path,
            root=bytes.fromhex(head.header.root),
        )
        self._check_ledger(head)
        return head

    def _check_ledger(self, head: HeaderEntry) -> None:
        named = (head.header.genesis, head.header.origin)
        if named != (self._register.genesis_hash, self._register.genesis.origin):
            raise _not(f"entry {head.seq}", "its header is for another ledger", "该提交头属于另一账本")

    def _take_registrations(self, head: HeaderEntry) -> None:
        """The register knows offices, party, keys and deputations as the pack has them before `head` (steps 5 and 6)."""
        self._check_ledger(head)
        appointed = {one.event.id for one in self._events() if isinstance(one.event, AdministratorChange)}
        needed = needed_for(
            head, self._entries, administrators=appointed | self._register.administrators.keys()
        )
        self._used.update(needed)
        before = [
            entry
            for entry in self._events()
            if entry.seq in needed or (isinstance(entry.event, AdministratorChange) and entry.seq < head.seq)
        ]
        fold(self._register, before, self._header_of)

    def _signers(self, head: HeaderEntry, events: Sequence[AnyEvent]) -> Iterator[Told]:
        header: Header = head.header
        party = self._register.parties.get(header.party)
        own = header.party if party is None else f"{party.name} ({party.id})"
        administrators = {one.key: one for one in self._register.administrators.values()}
        for one in part_of(head, events, by_administrators=party is None).signatures:
            state, first = self._register.keys.get(one.key), administrators.get(one.key)
            guest = state.registered.holder if state and state.registered.holder != header.party else None
            person, holder = (
                state.registered.person if state else first.person if first else own,
                guest or own,
            )
            key, lent = f"{one.key[:16]}…", self._lent(one, head.recorded)
            yield Told(
                en=f"signed as {one.role} by {person} of {holder}{lent.en}, key {key}, at {header.signed_at}",
                zh=f"{holder} 的 {person}{lent.zh}以 {one.role} 角色签署，密钥 {key}，{header.signed_at}",
            )

    def _lent(self, signature: Signature, recorded: str) -> Told:
        """For whom somebody signed who has not the role himself; nothing for anybody else."""
        state = self._register.keys.get(signature.key)
        if state is None or signature.role in state.registered.roles:
            return Told(en="", zh=" ")
        lenders = principals(self._register, signature.key, signature.role, recorded=recorded)
        persons = sorted({str(one.person) for one in lenders})
        return Told(en=f" on behalf of {', '.join(persons)}", zh=f" 代 {'、'.join(persons)} ")

    def nothing_else(self) -> None:
        """Return only if everything in the pack was needed (step 8)."""
        events = {seq for seq, entry in self._entries.items() if isinstance(entry, EventEntry | ForeignEntry)}
        spare = self._pack.entries.keys() - self._used
        paths = self._pack.paths.keys() - events
        if spare or paths:
            seq = min(spare | paths)
            raise _not(f"entry {seq}", "it is no part of this evidence", "不属于这份证据")

    def _entry(self, seq: int) -> Entry | ForeignEntry:
        entry = self._entries.get(seq)
        if entry is None:
            raise _lacking(seq)
        self._used.add(seq)
        return entry


def _checked(number: int, subject: Entry | ForeignEntry) -> Iterator[Told]:
    yield Told(
        en=f"all {number} entries of the pack stand in the log, under one checkpoint",
        zh=f"包内 {number} 个条目均在账本中，且同属一个检查点",
    )
    match subject:
        case GenesisEntry():
            yield Told(en="every first administrator signed it", zh="全体首任管理员均已签名")
            return
        case HeaderEntry():
            yield Told(en="the submission is for this ledger", zh="该提交属于本账本")
        case EventEntry() | ForeignEntry():
            yield Told(
                en="the event is in the root that its header signs, and the header is for this ledger",
                zh="事件包含于提交头所签的根哈希，且提交头属于本账本",
            )
    yield Told(
        en="signatures hold; administrators by their threshold; other keys were registered earlier by administrators and "
        "with their own signatures, and role, holder, validity, jurisdiction and separation of duties hold",
        zh="签名有效；管理员达到法定人数；其他密钥此前已由管理员登记并自签，角色、持有人、有效期、管辖范围、职责分离均符合",
    )


def _lacking(seq: int) -> MissingError:
    return MissingError(
        code="pack.incomplete",
        place=f"entry {seq}",
        message_en="the pack lacks this entry, its receipt or its path",
        message_zh="证据包缺少该条目、其收据或路径",
    )


def _not(place: str, en: str, zh: str) -> ProofError:
    return ProofError(code="pack.proof", place=place, message_en=en, message_zh=zh)
