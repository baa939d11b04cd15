# SPDX-License-Identifier: Apache-2.0
"""Parameters in words: every number that ships says what it is and in what it counts."""

from typing import Literal

import pytest

from ledger.errors import FormatError
from verifier.basis.parameter_words import ParameterWords, parameter_words, read_words
from verifier.basis.rulepack import PACKS, load_pack


@pytest.mark.parametrize("name", PACKS)
def test_every_number_that_ships_is_described(name: str) -> None:
    """Describe a new one in verifier/packs/parameters/NAME.json."""
    shipped = {parameter for row in load_pack(name).rows for parameter in row.parameters}
    assert shipped - parameter_words().keys() == set()


def test_days_count_as_the_row_says_and_others_as_they_do() -> None:
    """The unit of a row is that of its time limit alone."""
    words = parameter_words()
    assert words["days"].measured_in("working").en == "working days"
    assert words["days"].measured_in("calendar").zh == "自然日"
    assert words["days"].measured_in(None).en == "days"
    assert words["late_days"].measured_in("calendar").en == "working days"
    assert words["match_tol"].label.en == "Matching shortfall let pass, in 10,000"
    assert words["soon"].label.zh == "到期前几天算即将到期"


@pytest.mark.parametrize(
    ("looser", "up", "down"), [("higher", True, False), ("lower", False, True), (None, False, False)]
)
def test_which_way_lets_more_pass(looser: Literal["higher", "lower"] | None, up: bool, down: bool) -> None:
    """More days do, and so do fewer days of looking back; some numbers do neither."""
    words = ParameterWords(zh="x", en="x", unit="number", looser=looser)
    assert (words.loosened(1, 2), words.loosened(2, 1), words.loosened(2, 2)) == (up, down, False)


@pytest.mark.parametrize(
    "data", [b"{}", b'{"zh":"x","en":"","unit":"row"}', b'{"zh":"x","en":"x","unit":"ells"}']
)
def test_a_malformed_description_is_refused(data: bytes) -> None:
    """It is never shown as a hole."""
    with pytest.raises(FormatError, match=r"x\.json"):
        read_words(data, place="x.json")
