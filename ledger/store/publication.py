# SPDX-License-Identifier: Apache-2.0
"""Which checkpoint of a log is shown: the newest, or the newest that enough witnesses have cosigned."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from ledger.errors import EnvironmentFault
from ledger.note import NoteSignature
from ledger.policy import NO_QUORUM, Policy
from ledger.published_policy import NO_WITNESSES, policy_text
from ledger.store.cosignatures import cosignatures_of, cosigned_sizes, shown_note
from ledger.store.log_key_changes import LogKeys
from ledger.store.log_reader import LogReader, StoredCheckpoint

_LOOK_BACK: Final = 1_000
"""Cosigned checkpoints among which one is sought that reached the quorum: hours of them while witnesses are away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The witnesses of a log, if it has any, and whether a checkpoint is shown only once their quorum has cosigned it."""

    witnesses: Policy | None = None
    after_quorum: bool = False

    def policy(self, keys: LogKeys) -> str:
        """Return the policy file that the log publishes: its keys, its witnesses, their quorum and its own lines."""
        witnesses = self.witnesses or NO_WITNESSES
        return policy_text(keys.current, retired=keys.retired, witnesses=witnesses, changes=keys.changes)

    @property
    def has_quorum(self) -> bool:
        """Whether there is a quorum that could be waited for."""
        return self.witnesses is not None and self.witnesses.quorum != NO_QUORUM

    def shown(self, connection: Connection) -> StoredCheckpoint | None:
        """Return the checkpoint to show, with the newest line of each cosigner in its note; None where there is no log.

        Raises:
            EnvironmentFault: a quorum is waited for, and no checkpoint has reached it yet.
        """
        found = LogReader(connection).head()
        if found is not None and self.after_quorum:
            found = self.newest_reached(connection)
            if found is None:
                raise _unwitnessed()
        return None if found is None else replace(found, note=shown_note(connection, found))

    def newest_reached(self, connection: Connection) -> StoredCheckpoint | None:
        """Return the newest stored checkpoint that the quorum has cosigned, its note as stored; None if there is none."""
        if not self.has_quorum:
            return None
        for size in cosigned_sizes(connection, limit=_LOOK_BACK):
            if self.reached(cosignatures_of(connection, size)):
                return LogReader(connection).checkpoint_of(size)
        return None

    def reached(self, lines: tuple[NoteSignature, ...]) -> bool:
        """Return whether lines that were verified before make the quorum."""
        if self.witnesses is None:
            return False
        ids = {(one.name, one.key_id) for one in lines}
        keys = (one.key for one in self.witnesses.witnesses.values())
        return self.witnesses.satisfied(key for key in keys if (key.name, key.note_key_id) in ids)


def _unwitnessed() -> EnvironmentFault:
    return EnvironmentFault(
        code="publication.unwitnessed",
        place="checkpoint",
        message_en="no checkpoint has reached the quorum of witnesses yet",
        message_zh="尚无检查点达到见证方法定数",
        remedy_en="Try again in a moment; if this lasts, look at the witnesses, or publish without waiting for them.",
        remedy_zh="请稍后再试；若持续如此，请检查各见证方，或改为不等待即公布。",
    )


NEWEST: Final = Publication()
"""Of a log without witnesses."""
