# SPDX-License-Identifier: Apache-2.0
"""What is not kept of drafts, put away by the clock: nobody has to come for it (spec §3.12)."""

import logging
from typing import Final

from sqlalchemy import Engine

from api.drafts import kept
from ledger.clock import Clock
from ledger.errors import EnvironmentFault
from ledger.instant import format_instant
from ledger.store.engine import writing_beside

FORGET_SECONDS: Final = 3_600

_LOG: Final = logging.getLogger("fundtrace.drafts")


def forget_expired(engine: Engine, now: Clock) -> None:
    """Expired drafts hold no personal field, and old ones are gone; a database that does not answer is asked later."""
    try:
        with writing_beside(engine) as connection:
            kept.forget_expired(connection, format_instant(now()))
    except EnvironmentFault as fault:
        _LOG.warning("expired drafts are still kept: %s", fault)
