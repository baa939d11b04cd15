# SPDX-License-Identifier: Apache-2.0
"""Money as people read it: one unit for figures that stand side by side, the exact amount always within reach.

Amounts stay integers of minor units until the last digit is written; rounding is half up, in integers; what would round
to nothing is written ``<0.01``. Chinese counts in 亿元 and 万元, English in billions (three decimals) and millions; below
that the full amount stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from api.languages import Language
from ledger.amount import MINOR_DIGITS, format_amount, group_amount

MINUS: Final = "\u2212"
THIN_SPACE: Final = "\u202f"
WAN: Final = 10_000 * 10**MINOR_DIGITS
YI: Final = 100_000_000 * 10**MINOR_DIGITS
MILLION: Final = 1_000_000 * 10**MINOR_DIGITS
BILLION: Final = 1_000_000_000 * 10**MINOR_DIGITS

_NAMES_ZH: Final = {"CNY": "元", "MXN": "比索", "BRL": "雷亚尔"}
_SIGNS: Final = {"CNY": "¥", "MXN": "MX$", "BRL": "R$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of money: `size` minor units, shown with `places` decimals, between `before` and `after`.

    `column` names it in a table header, where the cells stand bare.
    """

    size: int
    places: int
    before: str
    after: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyStyle:
    """How one page writes money: its language, the ledger's currency, and whether every amount is shown exactly."""

    language: Language
    currency: str
    exact: bool = False

    def unit(self, amounts: Iterable[int], *, columns: bool = False) -> Unit:
        """The unit for `amounts` side by side, chosen by the largest; in `columns` English keeps to millions."""
        shown = list(amounts)
        largest = max((abs(amount) for amount in shown), default=0)
        if self.exact:
            return self._plain()
        if self.language == "zh":
            return self._zh(largest)
        whole = not any(amount % 10**MINOR_DIGITS for amount in shown)
        return self._en(largest, columns=columns, whole=whole)

    def _zh(self, largest: int) -> Unit:
        name = _NAMES_ZH.get(self.currency, f" {self.currency}")
        for size, prefix in ((YI, "亿"), (WAN, "万")):
            if largest >= size:
                return Unit(size=size, places=2, before="", after=prefix + name, column=prefix + name)
        return self._plain()

    def _en(self, largest: int, *, columns: bool, whole: bool) -> Unit:
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        if largest >= BILLION and not columns:
            return Unit(size=BILLION, places=3, before=sign, after="bn", column=f"{self.currency} billion")
        if largest >= MILLION:
            return Unit(size=MILLION, places=2, before=sign, after="m", column=f"{self.currency} million")
        return replace(self._plain(), places=0) if whole else self._plain()

    def _plain(self) -> Unit:
        whole = 10**MINOR_DIGITS
        if self.language == "zh":
            name = _NAMES_ZH.get(self.currency, f" {self.currency}")
            return Unit(size=whole, places=MINOR_DIGITS, before="", after=name, column=name.strip())
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        return Unit(size=whole, places=MINOR_DIGITS, before=sign, after="", column=self.currency)

    def exactly(self, amount: int) -> str:
        """The exact amount with its currency, such as ``48,620,000.00 元`` or ``CNY 48,620,000.00``."""
        figure = _signed(group_amount(abs(amount)), amount)
        if self.language == "zh":
            return f"{figure} {_NAMES_ZH.get(self.currency, self.currency)}"
        return f"{self.currency} {figure}"

    def text(self, amount: int, unit: Unit | None = None) -> str:
        """The amount with its unit as plain text, for chart labels and titles."""
        chosen = unit or self.unit([amount])
        gap = " " if chosen.after else ""
        return f"{_sign(amount)}{chosen.before}{_digits(amount, chosen)}{gap}{chosen.after}"

    def bare(self, amount: int, unit: Unit) -> str:
        """The amount without its unit, where a title names the unit for all."""
        return f"{_sign(amount)}{_digits(amount, unit)}"

    def figure(self, amount: int, unit: Unit | None = None) -> Markup:
        """The amount with its unit as a ``<data>`` element that carries the exact value."""
        chosen = unit or self.unit([amount])
        digits = _digits(amount, chosen) if amount else "0"
        unit_text = Markup('{}<span class="unit">{}</span>').format(THIN_SPACE, chosen.after)
        after = unit_text if chosen.after and (amount or self.language == "zh") else ""
        return self._data(amount, Markup("{}{}{}{}").format(_sign(amount), chosen.before, digits, after))

    def cell(self, amount: int, unit: Unit) -> Markup:
        """The bare figure for a table whose header names `unit`; zero is ``0``."""
        return self._data(amount, self.bare(amount, unit) if amount else "0")

    def _data(self, amount: int, shown: str) -> Markup:
        sense = " neg" if amount < 0 else " zero" if amount == 0 else ""
        return Markup('<data class="num{}" value="{}" title="{}">{}</data>').format(
            sense, format_amount(amount), self.exactly(amount), shown
        )


def share(part: int, whole: int) -> str:
    """`part` of `whole` as a percentage with one decimal, half up; of nothing it is a dash."""
    if whole <= 0:
        return "—"
    tenths = (2_000 * abs(part) + whole) // (2 * whole)
    return f"{MINUS if part < 0 else ''}{tenths // 10}.{tenths % 10}%"


def _digits(amount: int, unit: Unit) -> str:
    scale = 10**unit.places
    rounded = (2 * abs(amount) * scale + unit.size) // (2 * unit.size)
    if amount and not rounded:
        return f"<{_written(1, unit.places)}"
    return _written(rounded, unit.places)


def _written(count: int, places: int) -> str:
    """`count` of the last digit shown, with separators."""
    whole, rest = divmod(count, 10**places)
    return f"{whole:,}.{rest:0{places}d}" if places else f"{whole:,}"


def _sign(amount: int) -> str:
    return MINUS if amount < 0 else ""


def _signed(figure: str, amount: int) -> str:
    return _sign(amount) + figure
