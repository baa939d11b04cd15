# SPDX-License-Identifier: Apache-2.0
"""Lists of persons as they may be posted in public (公示): what is shown of each, and what is only counted (spec §10.9).

The defaults follow PIPL art. 28, the regulation on public information art. 15 and 37, and the practice of de-identified
lists since 2018: a village may show names to neighbours, the web may not; some circumstances are counted and never listed.
"""

import datetime
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ledger.errors import FormatError
from ledger.kinds.form import Record
from ledger.payee_rows import PayeeRow
from ledger.personal_numbers import is_identity_number, number_in

Circumstance = Literal["ordinary", "minor", "disability", "medical", "victim", "infection"]
"""Why persons are on a list; all but ``ordinary`` are never listed one by one."""

MASK: Final = "*"
ADULT_DATA_YEARS: Final = 14
"""Personal data of younger persons are sensitive as a whole (PIPL art. 28)."""
PROFILE_BYTES_MAX: Final = 16_384

_FULL_ID: Final = 18
_LAST: Final = 4


class Profile(Record, frozen=True, kw_only=True):
    """What a list shows of a person, for how many `days`, and the `smallest` count of persons that is told.

    Names in full or by surname; identity numbers in part (`mask_identity`); the end of an account; more `fields` by name.
    """

    names: Literal["full", "surname", "none"]
    identity: Literal["partial", "none"] = "none"
    account: Literal["last_four", "none"] = "none"
    fields: tuple[Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}(?!\\n)$")], ...] = ("item", "period")
    days: Annotated[int, Meta(ge=7, le=3_650)] = 7
    smallest: Annotated[int, Meta(ge=2, le=1_000)] = 5


VILLAGE: Final = Profile(names="full", identity="partial", account="last_four")
"""A list on the board of a village."""
WEB: Final = Profile(names="surname")
"""A list that anybody in the world can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Rows that may be shown, and how many persons are not: None where that is fewer than the profile tells."""

    rows: tuple[Mapping[str, str | int], ...]
    withheld: int | None


def parse_profile(data: bytes, *, place: str) -> Profile:
    """The profile in the TOML file `data`, whose names are those of `Profile`.

    Raises:
        FormatError: it is no such file; names `place`.
    """
    try:
        if len(data) > PROFILE_BYTES_MAX:
            raise ValueError(f"more than {PROFILE_BYTES_MAX:,} bytes")  # noqa: TRY301 - told like the others
        found = msgspec.convert(tomllib.loads(data.decode()), Profile)
    except (ValueError, UnicodeDecodeError) as error:
        raise FormatError(
            code="masking-profile",
            place=place,
            message_en=f"not a profile for posting: {error}",
            message_zh=f"不是有效的公示方案：{error}",
            remedy_en='Write names = "full", "surname" or "none", and what else docs/spec §10.9 lists.',
            remedy_zh='请写明 names = "full"、"surname" 或 "none" 等，见 docs/spec §10.9。',
        ) from error
    return found


def posted(
    rows: Iterable[PayeeRow], profile: Profile, *, on: datetime.date, circumstance: Circumstance = "ordinary"
) -> Posted:
    """What may be shown of `rows` on day `on`; persons under 14 by their identity number are counted, not listed."""
    masked = [shown_of(row, profile, on=on, circumstance=circumstance) for row in rows]
    shown = tuple(row for row in masked if row is not None)
    return Posted(rows=shown, withheld=told_count(len(masked) - len(shown), profile))


def shown_of(
    row: PayeeRow, profile: Profile, *, on: datetime.date, circumstance: Circumstance = "ordinary"
) -> Mapping[str, str | int] | None:
    """What may be shown of the person of `row` on day `on`; None if the person is only counted."""
    return None if circumstance != "ordinary" or _is_child(row, on) else _masked(row, profile)


def told_count(persons: int, profile: Profile) -> int | None:
    """How many `persons` are told; None for fewer than the smallest count, unless there are none."""
    return persons if persons == 0 or persons >= profile.smallest else None


def counted(groups: Iterable[str], profile: Profile) -> dict[str, int | None]:
    """Persons by group, None for a count below the smallest; where one alone would be hidden, the next smallest is too.

    Otherwise whoever knows the total subtracts the others from it.
    """
    counts = Counter(groups)
    hidden = {name for name, count in counts.items() if count < profile.smallest}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min(counts.keys() - hidden, key=lambda name: (counts[name], name)))
    return {name: None if name in hidden else counts[name] for name in sorted(counts)}


def mask_name(name: str, shown: Literal["full", "surname", "none"]) -> str:
    """`name` as it is shown: a surname is its first character, or two for the common compound surnames."""
    match shown:
        case "full":
            return name
        case "surname":
            kept = 2 if name[:2] in _COMPOUND and len(name) > 2 else 1  # noqa: PLR2004 - a given name is left
            return name[:kept] + MASK * max(1, len(name) - kept)
        case "none":
            return MASK


def mask_identity(number: str) -> str:
    """Six digits of the place, the birthday masked, the first two of the serial number, the rest masked.

    The last two, check character included, would narrow a name down to a few hundred candidates.
    """
    if len(number) != _FULL_ID:
        return MASK * len(number)
    return number[:6] + MASK * 8 + number[14:16] + MASK * 2


def mask_account(number: str) -> str:
    """The last four digits of an account; a shorter number is masked as a whole."""
    digits = "".join(one for one in number if one.isalnum())
    return MASK * 4 + digits[-_LAST:] if len(digits) >= 2 * _LAST else MASK * 4


def _masked(row: PayeeRow, profile: Profile) -> Mapping[str, str | int]:
    made: dict[str, str | int] = {"amount": row.amount}
    plain = {one: row.fields[one] for one in profile.fields if one in row.fields and one not in _PERSONAL}
    made |= {name: value for name, value in plain.items() if number_in(value) is None}
    if profile.names != "none" and "name" in row.fields:
        made["name"] = mask_name(row.fields["name"], profile.names)
    if profile.identity == "partial" and "id" in row.fields:
        made["id"] = mask_identity(row.fields["id"])
    if profile.account == "last_four" and "account" in row.fields:
        made["account"] = mask_account(row.fields["account"])
    return made


def _is_child(row: PayeeRow, on: datetime.date) -> bool:
    number = row.fields.get("id", "")
    if not is_identity_number(number):
        return False
    year, day = int(number[6:10]), number[10:14]
    return (on.year - year - (f"{on:%m%d}" < day)) < ADULT_DATA_YEARS


_PERSONAL: Final = frozenset({"name", "id", "account", "phone", "address", "mark"})
"""Never shown as they are, whatever a profile lists."""
_COMPOUND: Final[Sequence[str]] = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "夏侯", "司徒", "端木", "长孙", "宇文",
    "南宫",
)  # fmt: skip
