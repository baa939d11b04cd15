# SPDX-License-Identifier: Apache-2.0
"""Shape files: what they may say, and how a wrong one is refused."""

from pathlib import Path

import pytest

from ledger.errors import EnvironmentFault, FormatError
from verifier.simulation.shape import SHAPE_BYTES_MAX, Shape, read_shape


def written(folder: Path, text: str) -> Path:
    """A file in `folder` that says `text`."""
    path = folder / "shape.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_left_out_is_as_in_the_default(tmp_path: Path) -> None:
    """An empty object is the default shape; a field changes that field."""
    assert read_shape(written(tmp_path, "{}")) == Shape()
    told = '{"name":"wide","provinces":3,"begins":"2025-03-01","months":20,"schemes":["IDLE"],"difficulties":[5]}'
    shape = read_shape(written(tmp_path, told))
    assert (shape.name, shape.provinces, shape.months, shape.schemes) == ("wide", 3, 20, ("IDLE",))


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        '{"provinces":0}',
        '{"counties":1}',
        '{"provinces":"3"}',
        '{"provinces":1.5}',
        '{"provnces":3}',
        '{"name":"No Name"}',
        '{"months":13}',
        '{"months":15}',
        '{"begins":"2025-01-02"}',
        '{"begins":"2024-12-01"}',
        '{"begins":"2025-09-01","months":16}',
        '{"provinces":9,"cities":9,"counties":20}',
        '{"schemes":["IDLE","IDLE"]}',
        '{"schemes":["EMBEZZLE"]}',
        '{"difficulties":[6]}',
        "\ufeff{}",
    ],
)
def test_a_wrong_shape_is_refused(told: str, tmp_path: Path) -> None:
    """Fields nobody knows, numbers out of range, spans without calendars, places without names."""
    with pytest.raises(FormatError) as refused:
        read_shape(written(tmp_path, told))
    assert refused.value.code == "simulation.shape"
    assert refused.value.place.endswith("shape.json")


def test_the_shortest_span_is_allowed(tmp_path: Path) -> None:
    """The innocent twin of the span that ends a month too early."""
    assert read_shape(written(tmp_path, '{"begins":"2025-03-01","months":14}')).months == 14


def test_the_longest_span_is_allowed(tmp_path: Path) -> None:
    """The innocent twin of the span that ends a month too late."""
    assert read_shape(written(tmp_path, '{"begins":"2025-08-01","months":16}')).months == 16


def test_a_file_too_large_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    """Even if blanks are all that is too much."""
    with pytest.raises(FormatError, match="larger than"):
        read_shape(written(tmp_path, "{}" + " " * SHAPE_BYTES_MAX))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """What the machine says is a fault of the surroundings."""
    with pytest.raises(EnvironmentFault) as refused:
        read_shape(tmp_path / "none.json")
    assert refused.value.code == "simulation.shape-unreadable"
