# SPDX-License-Identifier: Apache-2.0
"""What the parameters of rules mean: in words, in which unit they count, and which way lets more pass.

A file for each parameter in ``verifier/packs/parameters/``, named after it, whatever packs and rules use it.
"""

import functools
import importlib.resources
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from ledger.errors import FormatError
from ledger.kinds.form import Text
from verifier.basis.findings import Record
from verifier.basis.strict_json import read_json
from verifier.basis.working_days import Unit
from verifier.language import Told

Measure = Literal[
    "row", "calendar_days", "working_days", "years", "percent", "per_mille", "per_10000", "amount", "number"
]
"""In what a parameter counts; ``row``: in the days that the row's `unit` says; ``amount``: minor units."""

MEASURES: Final[Mapping[Measure, Told]] = MappingProxyType(
    {
        "row": Told(zh="天", en="days"),
        "calendar_days": Told(zh="自然日", en="calendar days"),
        "working_days": Told(zh="工作日", en="working days"),
        "years": Told(zh="年", en="years"),
        "percent": Told(zh="%", en="%"),
        "per_mille": Told(zh="‰", en="‰"),
        "per_10000": Told(zh="万分之一", en="in 10,000"),
        "amount": Told(zh="最小货币单位", en="minor units"),
        "number": Told(zh="个", en=""),
    }
)


class ParameterWords(Record, frozen=True, kw_only=True):
    """One parameter; `looser` says which way lets more pass, absent where neither does."""

    zh: Text
    en: Text
    unit: Measure
    looser: Literal["higher", "lower"] | None = None

    @property
    def label(self) -> Told:
        """What it means, with the unit where the words do not name it."""
        told = Told(zh=self.zh, en=self.en)
        if self.unit in {"row", "calendar_days", "working_days", "years", "number"}:
            return told
        measure = MEASURES[self.unit]
        return Told(zh=f"{told.zh}（{measure.zh}）", en=f"{told.en}, {measure.en}")

    def measured_in(self, unit: Unit | None) -> Told:
        """In what it counts in a row whose `unit` is given."""
        if self.unit != "row" or unit is None:
            return MEASURES[self.unit]
        return MEASURES["calendar_days" if unit == "calendar" else "working_days"]

    def loosened(self, before: int, after: int) -> bool:
        """Whether going from `before` to `after` lets more pass."""
        return after > before if self.looser == "higher" else self.looser == "lower" and after < before


@functools.cache
def parameter_words() -> Mapping[str, ParameterWords]:
    """Every parameter that this program can put into words, by name.

    Raises:
        FormatError: a file of the program is malformed.
    """
    folder = importlib.resources.files("verifier.packs").joinpath("parameters")
    found = {
        file.name.removesuffix(".json"): file for file in folder.iterdir() if file.name.endswith(".json")
    }
    return {name: read_words(file.read_bytes(), place=file.name) for name, file in sorted(found.items())}


def read_words(data: bytes, *, place: str) -> ParameterWords:
    """The parameter that `data` describes.

    Raises:
        FormatError: not of the form.
    """
    words: ParameterWords = read_json(data, ParameterWords, place=place, wrong=_wrong)
    return words


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="parameter-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Install the program anew.",
        remedy_zh="请重新安装本程序。",
    )
