# SPDX-License-Identifier: Apache-2.0
"""Our own checkpoint, found at a witness: whether it belongs to the history in this database.

Whoever restores an old backup, or runs two copies, would sign a second history. The witness has the first one, under our
own signatures. That alone is evidence: without them anybody could stop this log.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy import Engine

from api.witnessing.conversation import Send
from api.witnessing.station import Station
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault, ToldError
from ledger.log_keys import open_own_checkpoint
from ledger.own_checkpoints import stored_rival
from ledger.store.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPlace:
    """The checkpoint that the witness named `witness` shows of this log at `url`; a `ledger.own_checkpoints.Place`.

    `tell` gets why it could not be asked.
    """

    url: str
    witness: str
    send: Send
    tell: Callable[[ToldError], None]

    @property
    def name(self) -> str:
        """Its address."""
        return self.url

    @property
    def ours(self) -> bool:
        """No: anybody may run a witness, and what it shows counts only under our own signatures."""
        return False

    def note(self) -> bytes | None:
        """Return what the witness shows; None where it has cosigned nothing of this log yet, or does not answer."""
        try:
            answer = self.send(self.url, None)
        except EnvironmentFault as fault:
            self.tell(_silent(self, fault.message_en, fault.message_zh))
            return None
        match answer.status:
            case HTTPStatus.OK:
                return answer.body
            case HTTPStatus.NOT_FOUND:
                return None
            case status:
                self.tell(_silent(self, f"status {status}", f"状态 {status}"))
                return None


def foreign_checkpoint(
    station: Station, send: Send, *, engine: Engine, origin: str, keys: Sequence[LogKey]
) -> EnvironmentFault | None:
    """Return the fault that must end signing, if the witness shows a checkpoint of ours that this database has not.

    Raises:
        EnvironmentFault: the witness or the database does not answer.
        InputError: what it shows does not bear our signature.
    """
    url = station.checkpoint_of(origin)
    answer = send(url, None)
    if answer.status != HTTPStatus.OK:
        return None
    theirs = open_own_checkpoint(answer.body, keys, origin=origin)
    with reading(engine) as connection:
        return stored_rival(connection, theirs, place=url)


def _silent(place: WitnessPlace, reason_en: str, reason_zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="witnessing.silent",
        place=place.url,
        message_en=f"{place.witness} does not say whether this log has signed more than this database holds: {reason_en}",
        message_zh=f"{place.witness} 未答复本日志是否签发过数据库中没有的内容：{reason_zh}",
        remedy_en="Signing goes on without its word. If this lasts, check its address in the policy, and the network.",
        remedy_zh="签发在没有其答复的情况下继续。若持续如此，请检查见证策略中的地址和网络。",
    )
