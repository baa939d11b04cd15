# SPDX-License-Identifier: Apache-2.0
"""The change of a log's own keys, which sign its checkpoints. Not among the kinds that genesis admits (ADR 0015)."""

from typing import Annotated, Literal

from msgspec import Meta

from ledger.kinds.form import Event, Text, forbid, require

Proof = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{4,4000}={0,2}(?!\\n)$", description="standard base64")]


class LogKeyChange(Event, frozen=True, kw_only=True, tag="log_key"):
    """A key of the log (日志密钥) comes or goes, by the administrators' threshold; the origin of the log stays.

    `vkey` is its verifier key text. Added, it may sign checkpoints that cover this entry; `proof` is its signature that
    shows it to be held. Retired, it signs no checkpoint that covers this entry, and never comes back.
    """

    action: Literal["add", "retire"]
    vkey: Text
    proof: Proof | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """A key is added with its proof, and retired without one."""
        check, when = (require, "to add a key") if self.action == "add" else (forbid, "to retire a key")
        check(given=self.proof is not None, field="proof", when=when)
