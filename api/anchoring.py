# SPDX-License-Identifier: Apache-2.0
"""Having the newest checkpoint stamped by an outside authority, now and then, in the background (spec §2.12).

The authority is asked without any lock. Its token is checked against the certificates that the operator has set, and
kept under the ledger lock, in one transaction: a process that dies before has stored nothing, and asks again later.
"""

import logging
import threading
from pathlib import Path
from typing import Final

from api.served_ledger import ServedLedger
from api.settings import Settings
from api.timestamp_authority import Ask, authority_at
from ledger.anchor import AnchorName
from ledger.errors import EnvironmentFault, InputError
from ledger.store.anchors import StoredAnchor, is_anchored, keep_anchor
from ledger.store.cosignatures import shown_note
from ledger.store.engine import holding_lock
from ledger.store.log_reader import StoredCheckpoint
from ledger.timestamp import MAX_ROOTS_BYTES, Roots, check_token, parse_roots, query_for

_LOG: Final = logging.getLogger("fundtrace.anchoring")


class Anchoring:
    """The job; safe to run from several threads and several processes, and to run twice."""

    def __init__(self, ledger: ServedLedger, ask: Ask, roots: Roots) -> None:
        """Have checkpoints of `ledger` stamped through `ask`, by an authority below `roots`."""
        self._ledger = ledger
        self._ask = ask
        self._roots = roots
        self._running = threading.Lock()
        self._authority: str | None = None  # as its last token named itself

    def anchor_newest(self) -> AnchorName | None:
        """The newest checkpoint is stamped; returns its name if that was done now. Failures are told in the log."""
        if not self._running.acquire(blocking=False):
            return None
        try:
            return self._anchor(self._ledger.head())
        except (EnvironmentFault, InputError) as error:
            _LOG.warning("no anchor this time: %s", error)
            return None
        finally:
            self._running.release()

    def _anchor(self, head: StoredCheckpoint) -> AnchorName | None:
        with self._ledger.reading_database() as connection:
            if self._authority and is_anchored(connection, size=head.size, authority=self._authority):
                return None
            note = shown_note(connection, head)
        query = query_for(note)
        token = self._ask(query.data)
        seen = check_token(token, note, self._roots, nonce=query.nonce)
        self._authority = seen.authority
        made = StoredAnchor(note=note, token=token, authority=seen.authority, stamped=seen.at)
        with holding_lock(self._ledger.engine) as connection:
            name = keep_anchor(connection, size=head.size, anchor=made)
            connection.commit()
        return name


def anchoring_of(settings: Settings, ledger: ServedLedger) -> Anchoring | None:
    """The job that `settings` ask for; None where they name no authority.

    Raises:
        InputError: an address that is none, a file without certificates, or one setting without the other.
        EnvironmentFault: the file of certificates cannot be read.
    """
    address, roots = settings.anchor_authority, settings.anchor_roots
    if address is None and roots is None:
        return None
    if address is None or roots is None:
        raise InputError(
            code="anchor.settings",
            place="FUNDTRACE_ANCHOR_AUTHORITY, FUNDTRACE_ANCHOR_ROOTS",
            message_en="one is set without the other",
            message_zh="两项设置只填了一项",
            remedy_en="Set the address of the time-stamp authority and the file with its root certificates.",
            remedy_zh="请同时设置时间戳机构的地址及其根证书文件。",
        )
    return Anchoring(ledger, authority_at(address), parse_roots(_bytes_of(roots), place=str(roots)))


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_ROOTS_BYTES + 1)
    except OSError as error:
        raise EnvironmentFault(
            code="anchor.roots",
            place=str(path),
            message_en=f"the file of certificates cannot be read: {error.strerror or error}",
            message_zh=f"无法读取证书文件：{error.strerror or error}",
            remedy_en="Check FUNDTRACE_ANCHOR_ROOTS.",
            remedy_zh="请检查 FUNDTRACE_ANCHOR_ROOTS。",
        ) from error
