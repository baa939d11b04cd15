# SPDX-License-Identifier: Apache-2.0
"""Who vouches for the checkpoint that a piece of evidence leads to (spec §6.11).

1. a current key of the log, from outside or from the genesis in the evidence, has signed, and where a policy is given, its
   quorum is reached; or
2. a retired key has signed, and something shows that it did so before its retirement: outside witnesses of the policy that
   reach the quorum with times before it, or a time stamp of a trusted authority from before it. Whoever finds a retired key
   can sign anything with it, and not in the past.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import LogKey, seconds_in
from ledger.errors import SignatureError
from ledger.instant import parse_instant
from ledger.log_keys import missing_lines
from ledger.note import NoteSignature, OpenedNote, open_note
from ledger.policy import NO_QUORUM, Policy, RetiredLog
from ledger.timestamp import Timestamp
from verifier.integrity.trust import Trust
from verifier.language import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """A checkpoint, the known keys that signed it (name and key id), and on whose word it is believed.

    `doubt` says why it does not count although its signature holds; then nothing is known to be wrong.
    """

    checkpoint: Checkpoint
    signers: tuple[str, ...]
    by: tuple[Told, ...] = ()
    doubt: Told | None = None


def believe(
    note: bytes, trust: Trust, *, named: Sequence[LogKey] = (), stamps: Sequence[Timestamp] = ()
) -> Belief:
    """Who vouches for `note`; `stamps` hold over it.

    `named` are the log's keys as the evidence itself has them, which count only where the reader brings none.

    Raises:
        FormatError, LimitError: no signed checkpoint.
        SignatureError: a known key signed something else, no key of the log is known to have signed, or the quorum of the
            policy is not reached.
    """
    policy = trust.policy
    current = trust.keys if policy is not None or trust.log_keys else tuple(named)
    retired = policy.retired if policy else ()
    witnesses = [one.key for one in policy.witnesses.values()] if policy else []
    opened = open_note(note, dict.fromkeys((*current, *(one.key for one in retired), *witnesses)))
    checkpoint = parse_checkpoint(opened.text)
    signers = tuple(f"{one.name}+{one.key_id.hex()}" for one in opened.verified)
    if _signed_by_one(opened, checkpoint.origin, current):
        _check_lines(opened, checkpoint.origin, current)
        _check_quorum(opened, policy)
        return Belief(checkpoint=checkpoint, signers=signers, by=(*trust.told(), *map(_stamped, stamps)))
    for one in retired:
        if _signed_by_one(opened, checkpoint.origin, (one.key,)):
            return _of_retired(opened, checkpoint, one, policy, stamps)
    raise SignatureError(
        code="evidence.foreign",
        place="checkpoint",
        message_en="no key believed has signed it for its log",
        message_zh="没有受信密钥为其账本签名",
    )


def _of_retired(
    opened: OpenedNote,
    checkpoint: Checkpoint,
    retired: RetiredLog,
    policy: Policy | None,
    stamps: Sequence[Timestamp],
) -> Belief:
    signers = tuple(f"{one.name}+{one.key_id.hex()}" for one in opened.verified)
    name = f"{retired.key.name}+{retired.key.note_key_id.hex()}"
    earlier = [_stamped(one) for one in stamps if one.at < retired.recorded]
    if policy is not None and _witnessed_before(opened, checkpoint.origin, policy, retired.recorded):
        earlier.append(
            Told(
                en="the policy's quorum of witnesses, before that key was retired",
                zh="策略所要求的见证方法定数，且早于该密钥退役",
            )
        )
    if earlier:
        return Belief(checkpoint=checkpoint, signers=signers, by=tuple(earlier))
    doubt = Told(
        en=f"the log retired {name} at {retired.recorded}, and no quorum of outside witnesses and no time stamp from "
        "before shows that it signed while it was in use",
        zh=f"账本已于 {retired.recorded} 停用密钥 {name}，且没有此前的见证方法定数或时间戳证明其在使用期内签名",
    )
    return Belief(checkpoint=checkpoint, signers=signers, doubt=doubt)


def _witnessed_before(opened: OpenedNote, origin: str, policy: Policy, recorded: str) -> bool:
    """Whether outside witnesses turn the quorum with times before `recorded`; the log's own lines alone never do."""
    if policy.quorum == NO_QUORUM:
        return False
    deadline = parse_instant(recorded).timestamp()
    keys = {(one.key.name, one.key.note_key_id): one.key for one in policy.witnesses.values()}
    own = [key for key in keys.values() if key.name == origin]

    def early(one: NoteSignature) -> bool:
        return (
            one.name != origin and (one.name, one.key_id) in keys and 0 < seconds_in(one.signature) < deadline
        )

    outside = [keys[one.name, one.key_id] for one in opened.verified if early(one)]
    return policy.satisfied([*outside, *own]) and not policy.satisfied(own)


def _signed_by_one(opened: OpenedNote, origin: str, keys: Sequence[LogKey]) -> bool:
    ids = {(one.name, one.key_id) for one in opened.verified}
    return any(key.name == origin and (key.name, key.note_key_id) in ids for key in keys)


def _check_lines(opened: OpenedNote, origin: str, keys: Sequence[LogKey]) -> None:
    missing = missing_lines([key for key in keys if key.name == origin], opened.verified)
    if missing:
        raise SignatureError(
            code="evidence.downgraded",
            place="checkpoint",
            message_en=f"the {missing[0]} signature line of the log is missing",
            message_zh=f"缺少账本自身的 {missing[0]} 签名行",
        )


def _check_quorum(opened: OpenedNote, policy: Policy | None) -> None:
    if policy is None:
        return
    ids = {(one.name, one.key_id) for one in opened.verified}
    cosigned = [one.key for one in policy.witnesses.values() if (one.key.name, one.key.note_key_id) in ids]
    if not policy.satisfied(cosigned):
        raise SignatureError(
            code="evidence.quorum",
            place="checkpoint",
            message_en=f"{len(cosigned)} witnesses have cosigned, and quorum {policy.quorum} is not reached",
            message_zh=f"有 {len(cosigned)} 个见证方共签，未达到法定数 {policy.quorum}",
            remedy_en="Get the receipt again once the witnesses have cosigned, or use the policy that you meant.",
            remedy_zh="请待见证方共签后重新获取收据，或改用正确的策略文件。",
        )


def _stamped(one: Timestamp) -> Told:
    return Told(en=f"a time stamp of {one.authority} at {one.at}", zh=f"{one.authority} 于 {one.at} 的时间戳")
