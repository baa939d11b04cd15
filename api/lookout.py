# SPDX-License-Identifier: Apache-2.0
"""Where every command that signs looks for checkpoints of its own log before it does (spec §2.15)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from api.own_places import head_file, published_folder
from api.settings import Settings
from api.witnessing.conversation import Send
from api.witnessing.elsewhere import WitnessPlace
from api.witnessing.station import stations_of
from api.witnessing.web import send
from ledger.errors import ToldError
from ledger.own_checkpoints import Place
from ledger.policy import Policy
from ledger.store.engine import reading
from ledger.store.log_key_changes import log_keys_of
from verifier.source_options import policy_at


def _tell_nobody(_trouble: ToldError) -> None:
    """What a witness does not answer is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """What is known of places beside the log key: the `published` folder, and the policy that names `witnesses`.

    `tell` gets why a witness could not be asked; whoever is about to sign then goes on without its word.
    """

    published: Path | None = None
    witnesses: Policy | None = None
    tell: Callable[[ToldError], None] = _tell_nobody
    send: Send = send

    def places(self, log_key: Path | None, *, origin: str) -> list[Place]:
        """Every place in which a checkpoint of the log `origin` is looked for before `log_key` signs for it.

        Nothing lies beside a key that is not on this machine, None.

        Raises:
            FormatError: the policy gives a witness an address that is none.
        """
        stations = () if self.witnesses is None else stations_of(self.witnesses)
        return [
            *([] if log_key is None else [head_file(log_key)]),
            *([] if self.published is None else [published_folder(self.published)]),
            *(
                WitnessPlace(url=one.checkpoint_of(origin), witness=one.name, send=self.send, tell=self.tell)
                for one in stations
            ),
        ]

    def places_of(self, engine: Engine, log_key: Path | None) -> list[Place]:
        """As `places`, for the log in the database; none where no log is in it.

        Raises:
            EnvironmentFault: the database failed.
            FormatError: as `places`.
        """
        with reading(engine) as connection:
            keys = log_keys_of(connection).ever
        return self.places(log_key, origin=keys[0].name) if keys else []


BESIDE_THE_KEY: Final = Lookout()
"""Nothing but the key is known."""


def lookout_of(settings: Settings, tell: Callable[[ToldError], None]) -> Lookout:
    """The places that the settings name: the published folder and the witnesses of the policy.

    Raises:
        InputError: no policy can be read from the file.
        EnvironmentFault: the file cannot be read.
    """
    policy = settings.witness_policy
    witnesses = None if policy is None else policy_at(policy)
    return Lookout(published=settings.published, witnesses=witnesses, tell=tell, send=send)
