# SPDX-License-Identifier: Apache-2.0
"""The desk of a witness: checkpoints come in, cosignatures go out, and everything between is one durable step.

Requests that come in together are settled in one transaction, so that a witness of many logs waits for its disk once
and not once for each. What a restart finds:
- before the commit, whatever failed: the memory as it was, and no cosignature has left;
- after it: the checkpoint. The client whose answer was lost asks again, is told the size, and gets a new cosignature.

The time of a cosignature is read inside the transaction: it says that nothing larger was known *then*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

from api.witness.judgement import Recognised, Refused, Stale, judge, recognise
from api.witness.key_file import KeyFile
from api.witness.memory import Change, Memory
from api.witness.request import parse_request
from ledger.clock import Clock
from ledger.cosignature import CosignerKey, cosign_text, parse_log_key
from ledger.errors import EnvironmentFault, FormatError
from ledger.group_commit import Answer, GroupCommit
from ledger.keys import Signer
from ledger.note import NoteVerifier, format_note
from ledger.outcome import failing

BATCH: Final = 64
"""Requests settled in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """200: the lines of the witness, one for each of its keys, each with its line end."""

    lines: bytes


Outcome = Cosigned | Stale | Refused


class Desk:
    """One witness at work; safe for many threads. No second process may work from the same folder."""

    def __init__(self, key_file: KeyFile, memory: Memory, signers: Sequence[Signer], *, now: Clock) -> None:
        """Cosign with `signers`, in the order of their lines; `memory` is the one that the key file vouches for."""
        self._key_file = key_file
        self._memory = memory
        self._signers = tuple(signers)
        self._now = now
        self._keys: dict[tuple[str, ...], tuple[NoteVerifier, ...]] = {}
        self._group: GroupCommit[Recognised, Outcome] = GroupCommit(
            self._settle, weight=lambda _: 1, limit=BATCH
        )

    @property
    def name(self) -> str:
        """The name in the cosignatures."""
        return self._key_file.preamble.name

    @property
    def keys(self) -> tuple[CosignerKey, ...]:
        """The keys by which its cosignatures are checked, in the order of their lines."""
        return tuple(CosignerKey(name=self.name, alg=one.alg, public=one.public) for one in self._signers)

    def add_checkpoint(self, body: bytes) -> Outcome:
        """Return the cosignature of the checkpoint in `body`, once it is remembered on disk, or why there is none.

        Raises:
            EnvironmentFault: the disk failed. Asking again is always right.
        """
        try:
            request = parse_request(body)
        except FormatError as error:
            return Refused(status=HTTPStatus.BAD_REQUEST, error=error)
        asked = recognise(request, self._keys_of)
        return asked if isinstance(asked, Refused) else self._group.run(asked)

    def shown(self, hash_: str) -> bytes | None:
        """Return the newest cosigned checkpoint of the log whose origin has this SHA-256 (hex), or None.

        Raises:
            EnvironmentFault: the disk failed.
        """
        return self._memory.shown(hash_)

    def _keys_of(self, origin: str) -> Sequence[NoteVerifier] | None:
        texts = self._memory.keys_of(origin)
        if texts is None:
            return None
        if texts not in self._keys:
            self._keys[texts] = tuple(parse_log_key(text) for text in texts)
        return self._keys[texts]

    def _settle(self, batch: Sequence[Recognised]) -> Sequence[Answer[Outcome]]:
        """Decide and remember all of `batch` in one transaction; the answers are for after it."""
        try:
            self._begin({asked.checkpoint.origin for asked in batch})
            with self._memory.changing() as change:
                outcomes = [self._decide(change, asked) for asked in batch]
                cosigned = change.cosigned()
            self._key_file.set_tally(cosigned)
        except EnvironmentFault as fault:
            return [failing(fault)] * len(batch)
        return [partial(_give, outcome) for outcome in outcomes]

    def _begin(self, origins: set[str]) -> None:
        """Each of these logs is begun, and counted in the key file (steps 1 and 2 of `api.witness.key_file`)."""
        with self._memory.changing() as change:
            begun = change.begin(origins)
        self._key_file.raise_logs(begun)

    def _decide(self, change: Change, asked: Recognised) -> Outcome:
        head, last = change.newest(asked.checkpoint.origin)
        objection = judge(head, asked)
        if objection is not None:
            return objection
        # A clock that was set back must not make a later cosignature look earlier.
        seconds = max(last, int(self._now().timestamp()))
        lines = [
            cosign_text(asked.text, name=self.name, signer=one, seconds=seconds) for one in self._signers
        ]
        change.remember(
            asked.checkpoint, note=format_note(asked.text, [*asked.signatures, *lines]), seconds=seconds
        )
        return Cosigned(lines="".join(f"{one.line}\n" for one in lines).encode())


def _give(outcome: Outcome) -> Outcome:
    return outcome
