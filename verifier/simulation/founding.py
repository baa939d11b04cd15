# SPDX-License-Identifier: Apache-2.0
"""Genesis of simulated ledgers: always a demonstration, always on the replay clock, so that bytes repeat."""

from typing import Final

import msgspec

from ledger.errors import InputError
from ledger.genesis import Genesis
from ledger.kinds.form import Origin
from ledger.log_signer import LogSigner
from verifier.simulation.cast import ADMINISTRATORS, Cast
from verifier.simulation.diary import TIME_ZONE
from verifier.simulation.names import PROVINCE

CREATED_AT: Final = "2025-12-22T00:30:00.000Z"


def found_genesis(
    cast: Cast, origin: str, *, pack: str = "cn-special-funds", created_at: str = CREATED_AT
) -> Genesis:
    """The genesis of the simulated province under `origin`, judged by rule pack `pack`; nobody has signed it yet."""
    return Genesis(
        administrators=cast.administrators(),
        ceilings="refuse",
        clock="replay",
        created_at=created_at,
        currency="CNY",
        demo=True,
        entries="public",
        historical=False,
        log_keys=LogSigner(signers=cast.log_keys()).vkeys(origin),
        name=f"{PROVINCE}专项资金账本（模拟）",
        name_en="Earmarked funds of Jiangling, a simulated province",
        origin=origin,
        packs=(pack,),
        threshold=len(ADMINISTRATORS),
        time_zone=TIME_ZONE,
    )


def check_origin(origin: str) -> None:
    """Nothing, if `origin` can name a log.

    Raises:
        InputError: it cannot.
    """
    try:
        msgspec.convert(origin, Origin)
    except msgspec.ValidationError as error:
        raise InputError(
            code="simulation.origin",
            place="--origin",
            message_en=f"{origin!r} cannot name a log",
            message_zh=f"{origin!r} 不能作为账本名称",
            remedy_en="Write a lower-case address without scheme, such as ledger.example/jl/2026.",
            remedy_zh="请写不带协议的小写地址，例如 ledger.example/jl/2026。",
        ) from error
