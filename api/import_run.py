# SPDX-License-Identifier: Apache-2.0
"""One import from beginning to end: rehearse the whole of it, then write all of it, or write nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from api.import_keys import LOG_KEY_FILE, default_folder, has_keys, make_signers, save_signers
from api.import_ledgers import Live, found_new, holds_ledger, live_ledger, scratch_ledger
from api.import_session import (
    Order,
    Posted,
    Step,
    envelope_for,
    post,
    read_only,
    rehearse,
    rehearse_in_scratch,
)
from api.log_key import load_key, load_log_signer
from api.lookout import BESIDE_THE_KEY, Lookout
from ledger.clock import Clock, system_clock
from ledger.instant import format_instant
from ledger.intake.batches import Envelope
from ledger.intake.history import ROLES, KeyRing, key_names, ring_of
from ledger.intake.reading import Reading
from ledger.key_files import new_log_keys
from ledger.keys import Ed25519Signer, Signer
from ledger.kinds.registry import KeyRole
from ledger.log_signer import LogSigner
from ledger.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How an import is done: into which database, with which keys, for real or not, and where is looked before signing."""

    url: str
    dry_run: bool = False
    keys: Path | None = None
    keys_out: Path | None = None
    sink: Callable[[Submission], None] = lambda _: None
    step: Step = lambda _done, _whole: None
    lookout: Lookout = BESIDE_THE_KEY
    now: Clock = system_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an import came to; `posted` is None if nothing was written, `keys` the folder of keys that were made."""

    reading: Reading
    genesis: str | None = None
    posted: Posted | None = None
    keys: Path | None = None

    @property
    def good(self) -> bool:
        """Whether every row was good and every sum equal."""
        return self.reading.error_count == 0 and bool(self.reading.summary()["equal"])


def run(order: Order, choices: Choices) -> Result:
    """What the import of `order` came to; a ledger is created if none is there and the mapping describes one.

    Unless every row is good and every sum equal, nothing is written; nor in a dry run.

    Raises:
        InputError, EnvironmentFault: it could not complete; the message says why.
    """
    if not any(stage.events for stage in order.mapping.stages):
        return Result(reading=read_only(order, choices.step))
    if holds_ledger(choices.url):
        return _into_existing(order, choices)
    return _into_new(order, choices)


def _into_existing(order: Order, choices: Choices) -> Result:
    party = order.party
    folder = choices.keys or default_folder(choices.url)
    log = load_log_signer(folder / LOG_KEY_FILE)
    signers = _load(folder, [f"{party}-{role}" for role in ROLES])
    with live_ledger(choices.url, log, lookout=choices.lookout, log_key=folder / LOG_KEY_FILE) as live:
        return _import(order, choices, live, {role: signers[f"{party}-{role}"] for role in ROLES})


def _into_new(order: Order, choices: Choices) -> Result:
    """Rehearse in a scratch ledger under the keys of the real one; only then are keys and ledger on disk."""
    section, party = order.section, order.section.transcriber.id
    folder = choices.keys or choices.keys_out or default_folder(choices.url)
    kept = choices.keys is not None or has_keys(folder, party)
    made = new_log_keys()
    log = load_log_signer(folder / LOG_KEY_FILE) if kept else LogSigner(signers=made)
    signers = _load(folder, key_names(party)) if kept else make_signers(party)
    ring = ring_of(log, signers, party)
    envelope, result = _rehearsed(order, choices, ring)
    if choices.dry_run or not result.good:
        return result
    if not kept:
        save_signers(folder, made, signers)
    found_new(choices.url, section, ring, keys=folder, lookout=choices.lookout)
    with live_ledger(choices.url, ring.log, lookout=choices.lookout, log_key=folder / LOG_KEY_FILE) as live:
        return replace(
            result,
            posted=_post(order, choices, live, envelope, result.reading),
            keys=None if kept else folder,
        )


def _rehearsed(order: Order, choices: Choices, ring: KeyRing) -> tuple[Envelope, Result]:
    with scratch_ledger(order.section, ring) as scratch:
        envelope = envelope_for(order, scratch, ring.transcriber, now=order.section.at)
        reading = rehearse_in_scratch(order, scratch.sequencer, envelope, choices.step)
        return envelope, Result(reading=reading, genesis=scratch.genesis_hash)


def _load(folder: Path, names: Iterable[str]) -> dict[str, Ed25519Signer]:
    return {name: load_key(folder / f"{name}.pem") for name in names}


def _import(order: Order, choices: Choices, live: Live, signers: Mapping[KeyRole, Signer]) -> Result:
    envelope = envelope_for(order, live, signers, now=format_instant(choices.now()))
    reading = rehearse(order, live.sequencer, envelope, choices.step)
    result = Result(reading=reading, genesis=live.genesis_hash)
    if choices.dry_run or not result.good:
        return result
    return replace(result, posted=_post(order, choices, live, envelope, reading))


def _post(order: Order, choices: Choices, live: Live, envelope: Envelope, reading: Reading) -> Posted:
    events = sum(one.events.total() for one in reading.reckonings)
    return post(order, live.sequencer, envelope, choices.step, events=events, sink=choices.sink)
