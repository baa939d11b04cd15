# SPDX-License-Identifier: Apache-2.0
"""Founding a historical ledger: the genesis that says so, the transcriber, and the keys that sign for it.

Clock ``replay`` and ceilings ``flag``: what was paid beyond a line long ago is recorded and judged, never refused. Given
the keys, every byte follows from the mapping and the files; the machine's clock takes no part.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.genesis import Administrator, Genesis
from ledger.instant import business_date
from ledger.intake.mapping import LedgerSection
from ledger.keys import Signer, key_id
from ledger.kinds.registry import Key, KeyRole, Party
from ledger.log_signer import LogSigner
from ledger.submission import Header, Submission, assemble

ADMINISTRATORS: Final = ("admin-a", "admin-b")
"""Ids of the two administrators of an imported ledger; both sign key events."""

ROLES: Final[tuple[KeyRole, ...]] = ("maker", "checker")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Who signs for an imported ledger: the log, its administrators by id, the transcriber by role."""

    log: LogSigner
    administrators: Mapping[str, Signer]
    transcriber: Mapping[KeyRole, Signer]


def key_names(party: str) -> tuple[str, ...]:
    """File name (without ending) of every key of a ring but those of the log."""
    return (*ADMINISTRATORS, *(f"{party}-{role}" for role in ROLES))


def ring_of(log: LogSigner, signers: Mapping[str, Signer], party: str) -> KeyRing:
    """The ring out of the log's keys and signers by the names of `key_names`."""
    return KeyRing(
        log=log,
        administrators=MappingProxyType({name: signers[name] for name in ADMINISTRATORS}),
        transcriber=MappingProxyType({role: signers[f"{party}-{role}"] for role in ROLES}),
    )


def historical_genesis(section: LedgerSection, ring: KeyRing) -> Genesis:
    """The genesis that `section` describes, under the keys of `ring`; public, flagged, replayed, not a demo."""
    return Genesis(
        administrators=tuple(_administrator(name, signer) for name, signer in ring.administrators.items()),
        ceilings="flag",
        clock="replay",
        created_at=section.at,
        currency=section.currency,
        demo=False,
        entries="public",
        historical=True,
        log_keys=ring.log.vkeys(section.origin),
        name=section.name,
        name_en=section.name_en,
        origin=section.origin,
        threshold=len(ring.administrators),
        time_zone=section.time_zone,
    )


def opening(section: LedgerSection, ring: KeyRing, genesis_hash: str) -> tuple[Submission, Submission]:
    """The two submissions before any import: the administrators register the transcriber, then its keys."""
    administrators = [("administrator", signer) for signer in ring.administrators.values()]
    possession = [("possession", signer) for signer in ring.transcriber.values()]
    keys = tuple(_key(section, role, signer) for role, signer in ring.transcriber.items())

    def header(number: int, count: int, root: str) -> Header:
        return Header(
            count=count,
            genesis=genesis_hash,
            id=f"opening-{number}",
            origin=section.origin,
            party=ADMINISTRATORS[0],
            root=root,
            signed_at=section.at,
        )

    return (
        assemble(events=(_party(section),), header=lambda *of: header(1, *of), signers=administrators),
        assemble(events=keys, header=lambda *of: header(2, *of), signers=[*administrators, *possession]),
    )


def _administrator(name: str, signer: Signer) -> Administrator:
    return Administrator(
        id=name,
        person=f"{name}-person",
        device=f"{name}-device",
        alg="ed25519",
        key=key_id(signer.alg, signer.public),
        public=base64.b64encode(signer.public).decode("ascii"),
    )


def _party(section: LedgerSection) -> Party:
    one = section.transcriber
    return Party(
        occurred_on=business_date(section.at, section.time_zone),
        id=one.id,
        name=one.name,
        name_en=one.name_en,
        level="centre",
        division=one.division,
        roles=("transcriber",),
    )


def _key(section: LedgerSection, role: KeyRole, signer: Signer) -> Key:
    holder = section.transcriber.id
    return Key(
        occurred_on=business_date(section.at, section.time_zone),
        action="register",
        key=key_id(signer.alg, signer.public),
        alg="ed25519",
        public=base64.b64encode(signer.public).decode("ascii"),
        holder=holder,
        person=f"{holder}-{role}",
        device=f"{holder}-{role}-device",
        roles=(role,),
        jurisdiction=(section.transcriber.division,),
        valid_from=section.at,
    )
