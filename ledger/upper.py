# SPDX-License-Identifier: Apache-2.0
"""The ledger above: which ones policies pin, and what may be received from them (DESIGN §8, spec §5.7)."""

from collections.abc import Iterator

from ledger.kinds.upper import UpperEvent, UpperFund
from ledger.problems import Problem, problem_at
from ledger.register import Register


def is_pinned(register: Register, named: UpperEvent | UpperFund) -> bool:
    """Whether an earlier policy pins a ledger with this origin and genesis."""
    pinned = (one for policy in register.policies.values() for one in policy.ledgers)
    return any((one.origin, one.genesis) == (named.origin, named.genesis) for one in pinned)


def check_source(register: Register, source: UpperEvent, *, fund: str | None) -> Iterator[Problem]:
    """Problems, unless `source` is of a ledger that a policy pins, and `fund`, if one is named, began there."""
    if not is_pinned(register, source):
        yield problem_at(
            "ledger-unpinned", "source.genesis",
            f"no policy pins ledger {source.origin} with genesis {source.genesis}",
            f"没有规则认可账本 {source.origin}（创世哈希 {source.genesis}）",
            ("let an audit or supervision party post a policy that names origin, genesis and keys of that ledger",
             "请由审计或监督单位先发布规则，写明该账本的名称、创世哈希和公钥"),
        )  # fmt: skip
    began = None if fund is None else register.funds[fund].upper
    if fund is not None and (began is None or began.genesis != source.genesis):
        yield problem_at(
            "fund-source", "fund", f"fund {fund} did not begin in that ledger", f"资金 {fund} 并非来自该账本",
            ("register the fund with `upper` naming that ledger", "请登记该资金并在 upper 中写明上级账本"),
        )  # fmt: skip
