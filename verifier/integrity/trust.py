# SPDX-License-Identifier: Apache-2.0
"""I4: who signed the checkpoint, and whether anybody outside SOURCE vouches for them.

Trust starts outside the source (DESIGN §5): a policy file, a log key, the hash of the genesis, a saved state. What the
source offers itself, genesis and policy, must agree with it, and is believed only as far as that. The steps:

1. the checkpoint is a signed note that says origin, size and root;
2. keys from outside, if any; otherwise those of the log itself: of genesis, as far as later entries have not changed them;
3. a key of the log has signed, with a line of each type of key that it has, and no known key signed something else;
4. where keys came from outside, one of them is among the signers;
5. the genesis says the same origin, and the signing key is of the log itself;
6. the policy that the source offers names no key that the log itself does not;
7. the genesis has the hash that was given from outside;
8. the quorum of witnesses that the policy asks for is reached.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.anchor import PrintedAnchor
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import LogKey
from ledger.errors import InputError
from ledger.genesis import Genesis
from ledger.log_keys import keys_in, missing_lines, newest_time, short_name
from ledger.note import open_note, parse_note
from ledger.policy import Policy, RetiredLog, parse_policy
from ledger.register import Register
from ledger.timestamp import Roots
from verifier.integrity.state import SavedState
from verifier.integrity.verdict import Checklist, told_of
from verifier.language import Told

_GENESIS_ENTRY: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the reader brings along; without any of it the source can only be found self-consistent.

    `genesis` is the leaf hash of entry 0 in hex; `anchor` was printed; `authorities` are believed to tell the time, and
    vouch for nobody.
    """

    policy: Policy | None = None
    log_keys: tuple[LogKey, ...] = ()
    genesis: str | None = None
    state: SavedState | None = None
    anchor: PrintedAnchor | None = None
    authorities: Roots = ()

    @property
    def keys(self) -> tuple[LogKey, ...]:
        """The log keys believed from outside."""
        return (*self.log_keys, *(log.key for log in (self.policy.logs if self.policy else ())))

    def told(self) -> Iterator[Told]:
        """What a verdict rests on, for people."""
        if self.policy is not None:
            yield Told(en="the policy file given", zh="所给策略文件")
        for key in self.log_keys:
            short = f"{key.name}+{key.note_key_id.hex()}"
            yield Told(en=f"log key {short}", zh=f"账本密钥 {short}")
        if self.genesis is not None:
            yield Told(en="the genesis hash given", zh="所给创世哈希")
        if self.state is not None:
            yield Told(
                en=f"the state saved at {self.state.size:,} entries",
                zh=f"在第 {self.state.size:,} 条时保存的状态",
            )
        if self.anchor is not None:
            yield Told(
                en=f"the anchor printed at {self.anchor.size:,} entries",
                zh=f"在第 {self.anchor.size:,} 条时公布的锚定",
            )


def read_checkpoint(checklist: Checklist, data: bytes) -> Checkpoint | None:
    """Step 1: what the checkpoint says, believed by nobody yet; None, with I4 broken, if it cannot be read."""
    try:
        return parse_checkpoint(parse_note(data).text)
    except InputError as error:
        checklist.broke("I4", None, told_of(error))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the source says of itself: the signed note, the genesis with its leaf hash, its policy file.

    `changed` is the register behind the last entry, where the keys of the log may be others than genesis names.
    """

    note: bytes
    genesis: Genesis | None = None
    genesis_hash: str | None = None
    policy: str | None = None
    changed: Register | None = None

    @property
    def log_keys(self) -> tuple[str, ...]:
        """The keys of the log at the size of the checkpoint, as texts."""
        if self.changed is not None:
            return tuple(one.vkey for one in self.changed.log_keys.values() if one.retired is None)
        return self.genesis.log_keys if self.genesis else ()

    @property
    def retired(self) -> tuple[RetiredLog, ...]:
        """The keys with which the log signs no more."""
        return self.changed.retired_log_keys if self.changed else ()


def judge_checkpoint(checklist: Checklist, offered: Offered, trust: Trust) -> None:
    """Steps 2 to 8: I4 is broken by each that fails, and says nothing where no key is known at all."""
    named = _named_keys(checklist, offered)
    keys = trust.keys or named
    if keys:
        _judge_signatures(checklist, offered, trust, named)
    else:
        reason = Told(en="no key of the log is known", zh="不知道账本的任何密钥")
        checklist.halt("I4", None, reason)
    if offered.policy is not None and named:
        _judge_policy(checklist, offered, named)
    if trust.genesis is not None and offered.genesis_hash not in {None, trust.genesis}:
        _broke_genesis(
            checklist,
            f"the genesis is {offered.genesis_hash}, not the one trusted, {trust.genesis}",
            f"创世为 {offered.genesis_hash}，不是所信任的 {trust.genesis}",
        )


def stated_time(checklist: Checklist, offered: Offered, trust: Trust) -> int | None:
    """The newest time in a line of the log itself, after `judge_checkpoint` found nothing wrong; None if there is none."""
    if checklist.is_broken("I4"):
        return None
    keys = (*trust.log_keys, *_named_keys(checklist, offered))
    return newest_time(keys, parse_note(offered.note).signatures) or None


def _judge_signatures(
    checklist: Checklist, offered: Offered, trust: Trust, named: tuple[LogKey, ...]
) -> None:
    witnesses = tuple(one.key for one in trust.policy.witnesses.values()) if trust.policy else ()
    try:
        note = open_note(offered.note, (*trust.keys, *named, *witnesses))
        origin = parse_checkpoint(note.text).origin
    except InputError as error:
        checklist.broke("I4", None, _with_signers(told_of(error), offered.note))
        return
    signed = {(one.name, one.key_id) for one in note.verified}

    def have(keys: Iterable[LogKey]) -> bool:
        return any((key.name, key.note_key_id) in signed for key in keys if key.name == origin)

    if not have(trust.keys or named):
        checklist.broke("I4", None, _with_signers(_nobody_believed(offered, trust), offered.note))
    elif offered.genesis is not None and (offered.genesis.origin != origin or not have(named)):
        _broke_genesis(
            checklist,
            f"the genesis is of {offered.genesis.origin} and no key of its log signed the checkpoint of {origin}",
            f"创世属于 {offered.genesis.origin}，其日志密钥未签署 {origin} 的检查点",
        )
    missing = missing_lines(named, note.verified)
    if missing and have(named):
        reason = Told(
            en=f"the log has an {missing[0]} key, and its signature line is missing",
            zh=f"账本有 {missing[0]} 密钥，检查点缺少相应签名行",
        )
        checklist.broke("I4", None, _with_signers(reason, offered.note))
    if trust.policy is not None:
        cosigned = [one for one in witnesses if (one.name, one.note_key_id) in signed]
        if not trust.policy.satisfied(cosigned):
            reason = Told(
                en=f"{len(cosigned)} witnesses have cosigned, and quorum {trust.policy.quorum} is not reached",
                zh=f"有 {len(cosigned)} 个见证方共签，未达到法定数 {trust.policy.quorum}",
            )
            checklist.broke("I4", None, reason)


def _nobody_believed(offered: Offered, trust: Trust) -> Told:
    """That no key believed has signed, and what to do where the log's own entries retired one that is believed."""
    gone = [one for one in offered.retired if one.key in trust.keys]
    if not gone:
        return Told(en="no key believed has signed it for this log", zh="没有受信密钥为该账本签名")
    name, at = short_name(gone[0].key.text), gone[0].recorded
    return Told(
        en=f"the administrators of the log retired {name}, which you believe, at {at}: get the new policy (--policy) by "
        "the channel from which you had it, or verify with --genesis",
        zh=f"账本管理员已于 {at} 停用你所信任的密钥 {name}：请经原渠道取得新的策略文件（--policy），或以 --genesis 核验",
    )


KeysAt = Callable[[str], tuple[LogKey, ...]]
"""From an instant to the keys with which the log may have signed then."""


def keys_at(trust: Trust, offered: Offered) -> KeysAt:
    """The keys that `trust` and the log itself name, a retired one only before its retirement.

    Whoever finds a retired key can sign anything with it, and not in the past.
    """
    retired = (*(trust.policy.retired if trust.policy else ()), *offered.retired)
    gone = {one.key for one in retired}
    named = tuple(key for key in _named_keys(Checklist(), offered) if key not in gone)

    def at(instant: str) -> tuple[LogKey, ...]:
        earlier = (one.key for one in retired if instant < one.recorded)
        return tuple(dict.fromkeys((*trust.keys, *named, *earlier)))

    return at


def _named_keys(checklist: Checklist, offered: Offered) -> tuple[LogKey, ...]:
    """The keys that the log itself names at the size of the checkpoint, as far as their type is known here."""
    try:
        return keys_in(offered.log_keys)
    except InputError as error:
        checklist.broke("I4", _GENESIS_ENTRY, told_of(error))
        return ()


def _judge_policy(checklist: Checklist, offered: Offered, named: tuple[LogKey, ...]) -> None:
    try:
        policy = parse_policy(offered.policy or "", place="policy of the source")
    except InputError as error:
        checklist.broke("I4", None, told_of(error))
        return
    own = (one.key for one in policy.witnesses.values() if one.key.name in {key.name for key in named})
    strange = [key.text for key in (*(log.key for log in policy.logs), *own) if key not in named]
    strange += [one.key.text for one in policy.retired if one not in offered.retired]
    if strange:
        reason = Told(
            en=f"the policy that the source offers names {strange[0]}, which the log itself does not",
            zh=f"来源自带的策略文件载有 {strange[0]}，账本自身没有",
        )
        checklist.broke("I4", None, reason)


def _broke_genesis(checklist: Checklist, en: str, zh: str) -> None:
    checklist.broke("I4", _GENESIS_ENTRY, Told(en=en, zh=zh))


def _with_signers(reason: Told, data: bytes) -> Told:
    """`reason`, with whoever signed the note, known or not."""
    try:
        signers = ", ".join(f"{one.name}+{one.key_id.hex()}" for one in parse_note(data).signatures)
    except InputError:
        return reason
    return Told(en=f"{reason.en}; signed by {signers}", zh=f"{reason.zh}；签名者为 {signers}")
