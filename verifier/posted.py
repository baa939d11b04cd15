# SPDX-License-Identifier: Apache-2.0
"""An event as it stands in the log: what every judgement takes in, in log order."""

import msgspec

from ledger.kinds.vocabulary import AnyEvent


class PostedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Event `name` (``<party>/<submission id>/<index>``) at position `seq`, leaf hash `leaf`, acted by `party`.

    `recorded` is the instant at which the ledger took it in; business dates are inside `event`.
    """

    seq: int
    leaf: bytes
    recorded: str
    party: str
    name: str
    event: AnyEvent
