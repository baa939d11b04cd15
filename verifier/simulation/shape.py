# SPDX-License-Identifier: Apache-2.0
"""The shape of a simulated country: how its tree branches, how long it lives, how its money and its people behave.

A shape file is one JSON object of these fields; what is left out is as in the default. Whole numbers: shares in percent,
rare things in cases per 10,000, amounts in 万元. After published data: grants and delays of real payers are lognormal,
and audits find something in 2.6 to 18 % of what they look at.
"""

import datetime
from pathlib import Path
from typing import Annotated, Final, get_args

import msgspec
from msgspec import Meta

from ledger.errors import EnvironmentFault, FormatError
from verifier.simulation.holidays import YEARS
from verifier.simulation.labels import Scheme

SHAPE_BYTES_MAX: Final = 65_536
COUNTIES_MAX: Final = 1_000

_EARLIEST_END: Final = YEARS[-1] * 12 + 4
_LATEST_END: Final = YEARS[-1] * 12 + 11
"""Ends of the span, in months since the year 0."""

Percent = Annotated[int, Meta(ge=0, le=100)]
Rare = Annotated[int, Meta(ge=0, le=10_000)]


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that makes one simulated country unlike another.

    `begins` is the first day of the first of `months` months; statements are closed for all of them. Each province has
    `cities`, each city `counties`, each county `projects` ordinary ones on average beside those of the cases, and
    `townships` that pay households by list. `commingled` percent of units keep grants among general money; that is up to
    `own_money` percent of the grant, and ten. `built` percent of works are paid by a contract with an advance, by what was
    measured and accepted, with retention held back.

    Grants are lognormal with median `grant_median` (万元) and sigma `grant_sigma` (hundredths). Days from approval to
    payment are lognormal with median `delay_median` and sigma `delay_sigma` (both hundredths), paid on two days a week.
    `year_end` is how many times as much is claimed at the end of a year, in percent. Of 10,000 payments `returns` bounce,
    `equal` are paid in two equal instalments; of 10,000 reports `corrections` are reversed and told again, `backdated` told
    late, `typos` told with a wrong date. Of 100 projects `advances` are begun with the unit's own money, `waivers` are paid
    late by a paper that allows it.

    Every scheme of `schemes` is played at every difficulty of `difficulties`, `pairs` times guilty and innocent;
    `mixtures` accounts hold several cases at once.
    """

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,31}(?!\\n)$")] = "country"
    begins: datetime.date = datetime.date(2025, 1, 1)
    months: Annotated[int, Meta(ge=14, le=23)] = 16
    provinces: Annotated[int, Meta(ge=1, le=9)] = 1
    cities: Annotated[int, Meta(ge=1, le=9)] = 2
    counties: Annotated[int, Meta(ge=2, le=20)] = 4
    projects: Annotated[int, Meta(ge=0, le=50)] = 3
    townships: Annotated[int, Meta(ge=0, le=9)] = 1
    commingled: Percent = 40
    built: Percent = 40
    own_money: Annotated[int, Meta(ge=0, le=1_000)] = 60
    grant_median: Annotated[int, Meta(ge=10, le=100_000)] = 120
    grant_sigma: Annotated[int, Meta(ge=0, le=200)] = 90
    delay_median: Annotated[int, Meta(ge=0, le=2_000)] = 540
    delay_sigma: Annotated[int, Meta(ge=0, le=200)] = 75
    year_end: Annotated[int, Meta(ge=100, le=1_000)] = 300
    returns: Rare = 150
    corrections: Rare = 75
    backdated: Rare = 50
    typos: Rare = 5
    equal: Rare = 250
    advances: Percent = 5
    waivers: Percent = 3
    pairs: Annotated[int, Meta(ge=1, le=9)] = 1
    schemes: tuple[Scheme, ...] = get_args(Scheme)
    difficulties: tuple[Annotated[int, Meta(ge=1, le=5)], ...] = (1, 2, 3, 4, 5)
    mixtures: Annotated[int, Meta(ge=0, le=100)] = 4

    def __post_init__(self) -> None:
        """The span has calendars, the places have names, nothing is listed twice."""
        first, last = self.begins, self.begins.year * 12 + self.begins.month - 1 + self.months
        spans = _EARLIEST_END <= last <= _LATEST_END
        if first.day != 1 or first.year not in YEARS or not spans:
            raise ValueError(
                f"`begins` is the first of a month, and `months` end between April and November {YEARS[-1]}: later days "
                "off are not known, and earlier nobody could tell what was only parked over the turn of the year"
            )
        if self.provinces * self.cities * (1 + self.counties) > COUNTIES_MAX:
            raise ValueError(f"`provinces`, `cities` and `counties` make more than {COUNTIES_MAX} places")
        for name, listed in (("schemes", self.schemes), ("difficulties", self.difficulties)):
            if len(set(listed)) < len(listed):
                raise ValueError(f"`{name}` lists something twice")


def read_shape(path: Path) -> Shape:
    """The shape written in the file at `path`.

    Raises:
        EnvironmentFault: the file cannot be read.
        FormatError: it is larger than `SHAPE_BYTES_MAX`, or no shape.
    """
    try:
        with path.open("rb") as file:
            written = file.read(SHAPE_BYTES_MAX + 1)
    except OSError as error:
        raise EnvironmentFault(
            code="simulation.shape-unreadable",
            place=str(path),
            message_en=f"the shape cannot be read: {error.strerror or error}",
            message_zh=f"无法读取形状文件：{error.strerror or error}",
            remedy_en="Give with --shape a JSON file that you may read.",
            remedy_zh="请用 --shape 给出可读取的 JSON 文件。",
        ) from error
    if len(written) > SHAPE_BYTES_MAX:
        raise _no_shape(path, f"larger than {SHAPE_BYTES_MAX:,} bytes", f"超过 {SHAPE_BYTES_MAX:,} 字节")
    try:
        return msgspec.json.decode(written, type=Shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _no_shape(path, str(error), str(error)) from error


def _no_shape(path: Path, en: str, zh: str) -> FormatError:
    return FormatError(
        code="simulation.shape",
        place=str(path),
        message_en=f"no shape of a simulated country: {en}",
        message_zh=f"不是模拟地区的形状文件：{zh}",
        remedy_en="Write one JSON object with the fields of docs/simulation.md; leave out what stays as it is.",
        remedy_zh="请按 docs/simulation.md 所列字段写一个 JSON 对象；与默认相同的字段可省略。",
    )
