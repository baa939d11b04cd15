# SPDX-License-Identifier: Apache-2.0
"""What somebody is to an event: whose own it is, audit, supervision, the bureau over it, or nobody in particular."""

from typing import Literal

from api.refusals import RequestRefused
from api.sessions.front_desk import Present
from ledger.party import OVERSIGHT, covers
from ledger.register import Register

Standing = Literal["own", "audit", "supervision", "over"]


def standing_to(register: Register, present: Present, poster: str) -> Standing | None:
    """What `present` is to an event that `poster` posted; audit and supervision reach as far as their key does."""
    if present.party == poster:
        return "own"
    party, about = register.parties.get(present.party), register.parties.get(poster)
    if party is None or about is None or not _reaches(present, about.division):
        return None
    if "audit" in party.roles:
        return "audit"
    if "supervision" in party.roles:
        return "supervision"
    over = "finance" in party.roles and covers(party.division, about.division)
    return "over" if over else None


def oversees(register: Register, present: Present) -> bool:
    """Whether `present` is of audit or supervision, and so reads who was shown what."""
    party = register.parties.get(present.party)
    return party is not None and not OVERSIGHT.isdisjoint(party.roles)


def not_for(place: str) -> RequestRefused:
    """The refusal of somebody who is signed in and has no standing to what `place` names."""
    return RequestRefused.made(
        403,
        "confidential",
        place,
        en=(
            "it is shown to the party that posted it, to audit and to supervision over that party, and to nobody else",
            "Ask one of them.",
        ),
        zh=("仅向登记单位及对其有管辖权的审计、监督单位出示", "请向上述单位查询。"),
    )


def _reaches(present: Present, division: str) -> bool:
    return any(covers(one, division) for one in present.key.jurisdiction)
