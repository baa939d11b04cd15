# SPDX-License-Identifier: Apache-2.0
"""Entry 0, on which a ledger stands: its form, its time, and the signature of every first administrator."""

from ledger import entry, hashing
from ledger.errors import FormatError
from ledger.genesis import unsigned_administrators
from ledger.instant import is_instant, is_time_zone
from ledger.open_records import LogKeyState
from ledger.register import Register


def found(register: Register, data: bytes) -> None:
    """The register stands on the genesis entry with bytes `data`.

    Raises:
        FormatError: no genesis entry, a time zone that no table has, or an administrator's signature missing or wrong.
    """
    first = entry.parse_entry(data, place="entry 0")
    if not isinstance(first, entry.GenesisEntry) or first.seq != 0 or first.prev != entry.NO_PREVIOUS:
        raise _not_genesis("entry 0 is not a genesis entry", "第 0 条不是创世条目")
    if first.recorded != first.genesis.created_at:
        raise _not_genesis(
            "entry 0 is not recorded at its own created_at", "第 0 条的入账时刻与 created_at 不符"
        )
    if not is_instant(first.recorded):
        raise _not_genesis("created_at lies in another age", "created_at 不是当代时刻")
    if not is_time_zone(first.genesis.time_zone):
        raise _not_genesis(
            f"{first.genesis.time_zone} is no time zone of the IANA table",
            f"{first.genesis.time_zone} 不是 IANA 时区",
        )
    missing = unsigned_administrators(first.genesis, first.signatures)
    if missing:
        raise _not_genesis(
            f"no good signature of administrator {', '.join(missing)}",
            f"缺少管理员 {', '.join(missing)} 的有效签名",
        )
    register.genesis_or_none = first.genesis
    register.genesis_hash = hashing.leaf_hash(data).hex()
    register.log_keys = {vkey: LogKeyState(vkey=vkey) for vkey in first.genesis.log_keys}
    register.administrators = {one.id: one for one in first.genesis.administrators}


def _not_genesis(en: str, zh: str) -> FormatError:
    return FormatError(
        code="genesis",
        place="entry 0",
        message_en=en,
        message_zh=zh,
        remedy_en="found the ledger with a genesis that every first administrator signed",
        remedy_zh="请使用全体首任管理员签名的创世文件建账",
    )
