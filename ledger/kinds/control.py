# SPDX-License-Identifier: Apache-2.0
"""Control kinds: what is said about earlier entries; nothing is ever edited."""

from ledger.kinds.form import Event, Text
from ledger.party import EventName


class Correction(Event, frozen=True, kw_only=True, tag="correction"):
    """Reversal (冲正) of one whole earlier event, once; never of a correction or a key (DESIGN §4, *Corrections*)."""

    event: EventName
    reason: Text
