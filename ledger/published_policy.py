# SPDX-License-Identifier: Apache-2.0
"""The policy that a log publishes about itself: whom to believe, and which lines to ask for (spec §2.6).

A policy believes a checkpoint that any one of its logs has signed. So the log's ML-DSA-44 key stands among the
witnesses, and the quorum asks for its line beside the Ed25519 one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.cosignature import CosignerKey, LogKey
from ledger.errors import FormatError
from ledger.policy import NO_QUORUM, Group, Log, Policy, RetiredLog, Witness, format_policy
from ledger.vkey import VerifierKey

OWN: Final = "log-ml-dsa-44"
OWN_AND_WITNESSES: Final = "log-and-witnesses"
NO_WITNESSES: Final = Policy(logs=(), witnesses={}, groups={}, quorum=NO_QUORUM)

_RESERVED: Final = "log-"


def policy_text(
    current: Sequence[LogKey],
    *,
    retired: Sequence[RetiredLog] = (),
    witnesses: Policy = NO_WITNESSES,
    changes: Sequence[int] = (),
) -> str:
    """The policy file of a log with these keys that asks for its own lines and for the quorum of `witnesses`.

    `changes` are the positions of its `log_key` events, told in comments: a hint for readers of single entries.

    Raises:
        FormatError: `witnesses` uses a name that begins with ``log-``, or cannot be a part of a larger quorum.
    """
    _check_names(witnesses)
    own = [key for key in current if isinstance(key, CosignerKey)]
    asked = [name for name in (OWN if own else NO_QUORUM, witnesses.quorum) if name != NO_QUORUM]
    several = len(asked) > 1
    last = {OWN_AND_WITNESSES: Group(threshold=len(asked), members=tuple(asked))} if several else {}
    named, group = _named(own)
    hints = "".join(f"# log key entry {seq}\n" for seq in changes)
    return hints + format_policy(
        Policy(
            logs=tuple(Log(key=key) for key in current if isinstance(key, VerifierKey)),
            witnesses={**named, **witnesses.witnesses},
            groups={**group, **witnesses.groups, **last},
            quorum=OWN_AND_WITNESSES if several else (*asked, NO_QUORUM)[0],
            retired=tuple(retired),
        )
    )


def _named(own: Sequence[CosignerKey]) -> tuple[Mapping[str, Witness], Mapping[str, Group]]:
    """The log's own cosigner keys by name; while keys change hands there are several, of which one is enough."""
    several = len(own) > 1
    named = {f"{OWN}.{number}" if several else OWN: Witness(key=key) for number, key in enumerate(own, 1)}
    return named, {OWN: Group(threshold=1, members=tuple(named))} if several else {}


def _check_names(witnesses: Policy) -> None:
    for name in (*witnesses.witnesses, *witnesses.groups):
        if name.startswith(_RESERVED):
            raise FormatError(
                code="policy.reserved-name",
                place="policy of the witnesses",
                message_en=f"{name} begins like the names of the log's own keys",
                message_zh=f"{name} 与账本自身密钥的名称前缀相同",
                remedy_en="Choose a name that does not begin with log-.",
                remedy_zh="请改用不以 log- 开头的名称。",
            )
