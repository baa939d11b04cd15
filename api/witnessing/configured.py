# SPDX-License-Identifier: Apache-2.0
"""The witnesses that the settings name: whom to ask, what to publish, and the look at them before anything is signed."""

from pathlib import Path

from api.served_ledger import ServedLedger
from api.witnessing.rounds import Rounds
from api.witnessing.station import stations_of
from api.witnessing.web import send
from ledger.clock import system_clock
from ledger.errors import InputError
from ledger.published_policy import policy_text
from ledger.store.publication import NEWEST, Publication
from verifier.source_options import policy_at


def publication_of(policy: Path | None, *, after_quorum: bool) -> Publication:
    """What is shown of a log whose witnesses stand in the file `policy`.

    Raises:
        InputError: no policy can be read from it, or a quorum is to be waited for and none is named.
        EnvironmentFault: the file cannot be read.
    """
    if policy is None and not after_quorum:
        return NEWEST
    witnesses = None if policy is None else policy_at(policy)
    if witnesses is not None:
        policy_text((), witnesses=witnesses)  # what will be published can be written
    publication = Publication(witnesses=witnesses, after_quorum=after_quorum)
    if after_quorum and not publication.has_quorum:
        raise InputError(
            code="witnessing.no-quorum",
            place="FUNDTRACE_PUBLISH_AFTER_QUORUM",
            message_en="no quorum of witnesses is named that could be waited for",
            message_zh="未指定可等待的见证方法定数",
            remedy_en="Set FUNDTRACE_WITNESS_POLICY to a policy file with witnesses and a quorum.",
            remedy_zh="请将 FUNDTRACE_WITNESS_POLICY 设为含见证方与法定数的策略文件。",
        )
    return publication


def rounds_of(ledger: ServedLedger) -> Rounds | None:
    """The job that asks the witnesses of `ledger` over the network; None where none has an address.

    Evidence of another history halts the commit path.

    Raises:
        FormatError: an address that is none.
    """
    witnesses = ledger.publication.witnesses
    stations = () if witnesses is None else stations_of(witnesses)
    if not stations:
        return None
    rounds = Rounds(
        engine=ledger.engine,
        origin=ledger.genesis.origin,
        log_keys=ledger.log_keys().ever,
        stations=stations,
        send=send,
        now=system_clock,
    )
    if ledger.sequencer is not None:
        rounds.on_rival = ledger.sequencer.halt
    return rounds
