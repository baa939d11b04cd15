# SPDX-License-Identifier: Apache-2.0
"""Who takes part: identifiers, administrative levels, division codes and the unified social credit code.

Sources: GB/T 2260 and GB/T 10114 (division codes), GB 32100-2015 (unified social credit code, 统一社会信用代码).
"""

from typing import Annotated, Final, Literal, get_args

from msgspec import Meta

ID_PATTERN: Final = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}(?!\\n)$"

Id = Annotated[str, Meta(pattern=ID_PATTERN, description="identifier, 1 to 64 characters")]
"""Identifier of a party, account, fund, line, project, submission …: ASCII, 1 to 64 characters."""

EventName = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}/[A-Za-z0-9][A-Za-z0-9._:-]{0,63}/(0|[1-9][0-9]{0,4})(?!\\n)$",
        description="stable name of an event: party/submission id/index",
    ),
]
"""Stable name of an event, ``<party>/<submission id>/<index>``; holds across ledgers and exports."""

Division = Annotated[
    str,
    Meta(
        pattern="^[0-9]{6}([0-9]{3}([0-9]{3})?)?(?!\\n)$",
        description="GB/T 2260 division code, 6, 9 or 12 digits",
    ),
]
"""Administrative division code; ``000000`` is the centre."""

Level = Literal["centre", "province", "city", "county", "township", "project", "payee"]
"""Level of a party, from the centre (中央) down to the payee (收款人)."""

LEVELS: Final[tuple[Level, ...]] = get_args(Level)

PartyRole = Literal[
    "finance", "department", "unit", "bank", "supplier", "beneficiary", "audit", "supervision", "transcriber"
]
"""What a party is: finance bureau 财政, line department 主管部门, project or budget unit 单位, bank 银行, supplier,
beneficiary, audit office 审计, supervision 监督; ``transcriber`` posts historical ledgers and nothing else."""

FINANCE: Final[frozenset[PartyRole]] = frozenset({"finance"})
BANK: Final[frozenset[PartyRole]] = frozenset({"bank"})
OVERSIGHT: Final[frozenset[PartyRole]] = frozenset({"audit", "supervision"})
PUBLIC: Final[frozenset[PartyRole]] = frozenset({"finance", "department", "unit"})
"""Public bodies, which handle money of the budget."""
JUDGED: Final[frozenset[PartyRole]] = PUBLIC | BANK | {"supplier", "beneficiary"}
"""Whoever handles or gets the money; rules are not set by them (DESIGN §6)."""

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_COUNTY_DIGITS: Final = 6
_USCC_LENGTH: Final = 18
_USCC_BASE: Final = 31

Uscc = Annotated[
    str, Meta(pattern="^[0-9A-HJ-NPQRTUWXY]{18}(?!\\n)$", description="unified social credit code")
]


def uscc_check_character(body: str) -> str:
    """The check character that belongs to the first 17 characters of a credit code (GB 32100-2015, 3^i mod 31)."""
    total = sum(
        USCC_ALPHABET.index(character) * pow(3, position, _USCC_BASE)
        for position, character in enumerate(body)
    )
    return USCC_ALPHABET[-total % _USCC_BASE]


def is_uscc(code: str) -> bool:
    """Whether `code` is 18 characters of the GB 32100 alphabet with the right check character."""
    if len(code) != _USCC_LENGTH or any(character not in USCC_ALPHABET for character in code):
        return False
    return uscc_check_character(code[:-1]) == code[-1]


def jurisdiction_prefix(division: str) -> str:
    """The division code without the groups that say "all of it": 610000 → 61, 610100 → 6101, 000000 → empty (everything).

    The first three groups have two digits, township and village three each (GB/T 10114): 610102001000 → 610102001.
    """
    prefix = division
    while len(prefix) > _COUNTY_DIGITS and prefix.endswith("000"):
        prefix = prefix[:-3]
    while 0 < len(prefix) <= _COUNTY_DIGITS and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def covers(jurisdiction: str, division: str) -> bool:
    """Whether authority over `jurisdiction` extends to `division` (DESIGN §3, *Keys*): a pure prefix test."""
    return division.startswith(jurisdiction_prefix(jurisdiction))


def level_rank(level: Level) -> int:
    """Position of `level` counted from the centre (0) to the payee (6)."""
    return LEVELS.index(level)
