# SPDX-License-Identifier: Apache-2.0
"""An event as it stands in the log: what every judgement takes in, in log order."""

from dataclasses import dataclass

from ledger.kinds.vocabulary import AnyEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedEvent:
    """Event `name` (``<party>/<submission id>/<index>``) at position `seq`, leaf hash `leaf`, acted by `party`.

    `recorded` is the instant at which the ledger took it in; business dates are inside `event`.
    """

    seq: int
    leaf: bytes
    recorded: str
    party: str
    name: str
    event: AnyEvent
