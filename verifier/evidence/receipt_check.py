# SPDX-License-Identifier: Apache-2.0
"""A receipt and its entry, checked with nothing else: the entry stands in the log at that position (spec §6.11)."""

from collections.abc import Sequence

from ledger.entry import Entry, ForeignEntry, parse_entry
from ledger.errors import FormatError, InputError, ProofError
from ledger.hashing import leaf_hash
from ledger.kinds.vocabulary import decode_event
from ledger.proofs import check_inclusion
from ledger.receipt import Receipt, parse_receipt
from ledger.timestamp import Timestamp
from verifier.evidence.belief import believe
from verifier.evidence.findings import Shown, told_entry
from verifier.integrity.trust import Trust
from verifier.language import Told

_STANDS = Told(
    en="these very bytes stand in the log at this position (inclusion path to the signed root)",
    zh="这些字节就在账本的这一位置（包含证明直达已签名的树根）",
)
_NO_SIGNERS = Told(
    en="who signed the event: ask for its pack (?pack=1), which holds its whole evidence",
    zh="何人签署该事件：请索取其证据包（?pack=1），内含全部证据",
)


def check_receipt(data: bytes, entry_data: bytes, trust: Trust, *, stamps: Sequence[Timestamp] = ()) -> Shown:
    """What the receipt `data` shows of the entry with these bytes; `stamps` hold over the receipt's checkpoint.

    Raises:
        FormatError: no receipt, or bytes of no entry.
        ProofError, SignatureError: it does not prove that this entry stands there, or nobody believed has signed.
    """
    receipt = parse_receipt(data)
    entry = _entry(entry_data)
    belief = believe(receipt.checkpoint, trust, stamps=stamps)
    check_place(receipt, entry_data, entry, root=belief.checkpoint.root, size=belief.checkpoint.size)
    return Shown(
        seq=receipt.index, says=told_entry(entry), belief=belief, checked=(_STANDS,), open_=(_NO_SIGNERS,)
    )


def check_place(
    receipt: Receipt, data: bytes, entry: Entry | ForeignEntry, *, root: bytes, size: int
) -> None:
    """Return only if the entry says its own position and the path proves it to be there under `root`.

    Raises:
        ProofError: otherwise.
    """
    check_inclusion(index=receipt.index, size=size, leaf=leaf_hash(data), path=receipt.path, root=root)
    if entry.seq != receipt.index:
        raise ProofError(
            code="evidence.position",
            place=f"entry {receipt.index}",
            message_en=f"it says that it is entry {entry.seq}",
            message_zh=f"它自称第 {entry.seq} 条",
        )


def _entry(data: bytes) -> Entry | ForeignEntry:
    try:
        return parse_entry(data, place="EVENT")
    except InputError as error:
        if not _is_event(data):
            raise
        raise FormatError(
            code="evidence.event-alone",
            place="EVENT",
            message_en="these are the bytes of an event, and a receipt is over the entry around it",
            message_zh="这是事件的字节，而收据针对的是包含它的条目",
            remedy_en="Download the entry (/v1/entries/N?format=raw), or verify the event's pack.",
            remedy_zh="请下载条目（/v1/entries/N?format=raw），或验证该事件的证据包。",
        ) from error


def _is_event(data: bytes) -> bool:
    try:
        decode_event(data, place="EVENT")
    except InputError:
        return False
    return True
