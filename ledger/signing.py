# SPDX-License-Identifier: Apache-2.0
"""What the keys of a log sign in one process, and why they sign nothing any more."""

from collections.abc import Sequence

from sqlalchemy import Connection

from ledger.cosignature import CosignerKey
from ledger.draft import Draft
from ledger.errors import EnvironmentFault
from ledger.flush import cover
from ledger.log_keys import newest_time
from ledger.log_signer import LogSigner
from ledger.note import parse_note
from ledger.own_checkpoints import Place, find_rival
from ledger.register import Register
from ledger.store.cosignatures import StoredCosignature, keep_cosignatures, shown_note
from ledger.store.log_reader import StoredCheckpoint
from ledger.store.log_writer import Addition
from ledger.store.stored_receipt import Receipts


class Signing:
    """The keys of one log, and the places where checkpoints of its own may be found.

    Attributes:
        rival: why nothing is signed any more: a checkpoint of our own, found elsewhere, is not of this database. It stays
            until the process ends, because a place that was seen once may be gone the next time.
    """

    def __init__(self, signer: LogSigner, places: Sequence[Place]) -> None:
        """Nothing is signed before the first look."""
        self._signer = signer
        self._places = tuple(places)
        self.rival: EnvironmentFault | None = None

    def check(self, register: Register) -> None:
        """Return only if the keys can sign for the log as it stands in `register`.

        Raises:
            EnvironmentFault: a current key of the log is not among them.
        """
        self._signer.check(register.current_log_keys, origin=register.genesis.origin)

    def may_sign(self) -> None:
        """Return only if something may be signed.

        Raises:
            EnvironmentFault: nothing may be, as `rival` says.
        """
        if self.rival is not None:
            raise self.rival

    def look(self, connection: Connection, register: Register) -> EnvironmentFault | None:
        """Compare every place with the stored log; the fault that ends signing, if there is one."""
        if self.rival is None:
            origin = register.genesis.origin
            retired = (one.key for one in register.retired_log_keys)
            # A restored database may not know the keys that its own log has changed to: this process holds them.
            keys = tuple(dict.fromkeys((*register.current_log_keys, *retired, *self._signer.keys(origin))))
            self.rival = find_rival(connection, self._places, origin=origin, keys=keys)
        return self.rival

    def cover(self, draft: Draft, register: Register, *, seconds: int) -> tuple[Addition, Receipts]:
        """Return what `ledger.flush.cover` makes of `draft`, signed with the keys that are current at its end."""
        return cover(
            draft,
            origin=register.genesis.origin,
            signer=self._signer,
            current=register.current_log_keys,
            seconds=seconds,
        )

    def renew(
        self,
        connection: Connection,
        head: StoredCheckpoint,
        register: Register,
        *,
        seconds: int,
        older_than: int,
    ) -> bool:
        """Keep a timed line of `seconds` over `head`, if its newest one is at least `older_than` seconds older; whether so.

        The caller holds the ledger lock and commits.
        """
        note = parse_note(shown_note(connection, head))
        timed = [key for key in register.current_log_keys if isinstance(key, CosignerKey)]
        if not timed or seconds - newest_time(timed, note.signatures) < older_than:
            return False
        lines = self._signer.renew(note.text, origin=register.genesis.origin, current=timed, seconds=seconds)
        keep_cosignatures(connection, (StoredCosignature(size=head.size, signature=one) for one in lines))
        return True
