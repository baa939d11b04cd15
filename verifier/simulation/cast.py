# SPDX-License-Identifier: Apache-2.0
"""Who signs in the simulated province: administrators, and a maker and a checker for every body that acts.

Private keys are derived from the seed, so that the same seed gives the same bytes. They are no secret: a ledger
signed with them is a demonstration, and its genesis says so.
"""

import base64
import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Final

from ledger.genesis import Administrator
from ledger.key_files import FileSigner
from ledger.keys import Ed25519Signer, MlDsa44Signer, key_id
from ledger.kinds.registry import Key, KeyRole, Party

LOG: Final = "log"
ADMINISTRATORS: Final = ("admin-1", "admin-2")
ROLES: Final[tuple[KeyRole, KeyRole]] = ("maker", "checker")
BODIES_PER_SUBMISSION: Final = 7
"""Seven bodies have 14 new keys; with both administrators that is 16 signatures, the most a submission may bear."""

VALID_FROM: Final = "2025-12-22T00:00:00.000Z"


@dataclass(slots=True, kw_only=True)
class Cast:
    """The signing keys of one simulated world, made from `seed` when first asked for."""

    seed: int
    valid_from: str = VALID_FROM
    _signers: dict[str, Ed25519Signer] = field(default_factory=dict)

    def signer(self, name: str) -> Ed25519Signer:
        """The key called `name` (an administrator's id, or ``<party>-<role>``): the same for the same seed."""
        if name not in self._signers:
            self._signers[name] = Ed25519Signer.from_seed(self._key_seed(name))
        return self._signers[name]

    def log_keys(self) -> tuple[FileSigner, ...]:
        """The keys of the log: the same for the same seed."""
        return self.signer(LOG), MlDsa44Signer.from_seed(self._key_seed(f"{LOG}-ml-dsa-44"))

    def signers(self, party: str, new_keys_of: tuple[str, ...] = ()) -> list[tuple[str, Ed25519Signer]]:
        """Who signs for `party`: both administrators and the possession of new keys, or its maker and its checker."""
        if party not in ADMINISTRATORS:
            return [(role, self.signer(f"{party}-{role}")) for role in ROLES]
        proofs = [("possession", self.signer(f"{holder}-{role}")) for holder in new_keys_of for role in ROLES]
        return [*(("administrator", self.signer(one)) for one in ADMINISTRATORS), *proofs]

    def administrators(self) -> tuple[Administrator, ...]:
        """The first administrators as genesis names them: two persons, two devices."""
        return tuple(self._administrator(name) for name in ADMINISTRATORS)

    def registrations(self, holder: Party, occurred_on: datetime.date) -> tuple[Key, ...]:
        """The events that register the maker's and the checker's key of `holder`, over its own division."""
        return tuple(self._registration(holder, role, occurred_on) for role in ROLES)

    def _key_seed(self, name: str) -> bytes:
        return hashlib.sha256(f"fundtrace/simulation/v1\n{self.seed}\n{name}".encode()).digest()

    def _administrator(self, name: str) -> Administrator:
        signer = self.signer(name)
        return Administrator(
            id=name,
            person=f"{name}-person",
            device=f"{name}-token",
            alg="ed25519",
            key=key_id(signer.alg, signer.public),
            public=base64.b64encode(signer.public).decode(),
        )

    def _registration(self, holder: Party, role: KeyRole, occurred_on: datetime.date) -> Key:
        signer = self.signer(f"{holder.id}-{role}")
        return Key(
            occurred_on=occurred_on,
            action="register",
            key=key_id(signer.alg, signer.public),
            alg="ed25519",
            public=base64.b64encode(signer.public).decode(),
            holder=holder.id,
            person=f"{holder.id}-{role}-person",
            device=f"{holder.id}-{role}-token",
            roles=(role,),
            jurisdiction=(holder.division,),
            valid_from=self.valid_from,
        )
