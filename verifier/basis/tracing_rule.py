# SPDX-License-Identifier: Apache-2.0
"""Which rule says whose money a payment took from an account that mixes funds; the auditor's choice, told in the report.

No professional body prescribes one rule, so the choice is a parameter of every finding that rests on it. The default is the
purpose-tagged lowest intermediate balance (semantics T6 to T8); the others attribute by fund, never by entry.
"""

from typing import Final, Literal

from verifier.language import Told

TracingRule = Literal["libr", "fifo", "lifo", "prorata"]
"""Lowest intermediate balance by purpose; first in, first out; last in, first out; in proportion to what funds hold."""

DEFAULT_TRACING: Final[TracingRule] = "libr"

TRACING_RULES: Final[dict[TracingRule, Told]] = {
    "libr": Told(zh="按用途的最低中间余额法", en="purpose-tagged lowest intermediate balance"),
    "fifo": Told(zh="先进先出法（按资金）", en="first in, first out, by fund"),
    "lifo": Told(zh="后进先出法（按资金）", en="last in, first out, by fund"),
    "prorata": Told(zh="按比例法（按资金）", en="pro rata by fund"),
}
