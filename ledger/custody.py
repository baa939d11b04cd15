# SPDX-License-Identifier: Apache-2.0
"""What holds the keys that sign large amounts (spec §3.17): a page in a browser can show one thing and have another signed.

Bytes do not say how a signature was made; the registration of a key says what holds it, and its administrators vouch for
that. A key of which it is not said is none of those that may (ADR 0022).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.amount import group_amount
from ledger.kinds.registry import Custody, Key
from ledger.problems import Problem
from ledger.rulings import Large

OFFLINE: Final[frozenset[Custody | None]] = frozenset({"file", "device"})
"""What holds keys that sign without a page (``fundtrace sign``)."""

_LINES_SHOWN: Final = 5
_KEPT: Final[Mapping[Custody | None, tuple[str, str]]] = {
    "browser": ("lies in a browser", "存放于浏览器"),
    None: ("does not say what holds it", "登记时未注明存放方式"),
}


def custody_problems(key: Key, *, role: str, large: Large) -> Iterator[Problem]:
    """Nothing, if `key` may sign `large` as `role`: a file or a device holds it."""
    if key.custody in OFFLINE:
        return
    kept_en, kept_zh = _KEPT[key.custody]
    lines = ", ".join([*large.lines[:_LINES_SHOWN], *(["…"] if len(large.lines) > _LINES_SHOWN else [])])
    amount, limit = group_amount(large.amount), group_amount(large.limit)
    yield Problem(
        code="key-custody",
        check="I6",
        place=f"signatures, {role}",
        message_en=f"key {key.key[:16]}… {kept_en}; {amount} on {lines} exceeds {limit}, so it is signed offline",
        message_zh=f"密钥 {key.key[:16]}… {kept_zh}；{lines} 合计 {amount}，超过须离线签署的限额 {limit}",
        remedy_en="sign the draft by fundtrace sign, with a key that is registered as held in a file or a device",
        remedy_zh="请用登记为存放于文件或设备的密钥，以 fundtrace sign 离线签署草稿",
    )
