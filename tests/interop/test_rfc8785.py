# SPDX-License-Identifier: Apache-2.0
"""The public vectors of RFC 8785 (cyberphone/json-canonicalization) and the numbers of its appendix B."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import pytest

from ledger.canonical import jcs
from ledger.errors import FormatError

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED_VECTORS = 6

# IEEE 754 bits and their ECMAScript form: RFC 8785 appendix B.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


def test_every_vector(shared_dir: Path) -> None:
    """Each input file encodes to the bytes that stand beside it."""
    folder = shared_dir / "vectors" / "jcs"
    inputs = sorted(folder.glob("*.input.json"))
    assert len(inputs) == EXPECTED_VECTORS
    for path in inputs:
        wanted = bytes.fromhex((folder / path.name.replace(".input.json", ".outhex.txt")).read_text("ascii"))
        assert jcs(json.loads(path.read_bytes())) == wanted, path.name


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items(), ids=NUMBERS)
def test_numbers_of_appendix_b(bits: str, text: str) -> None:
    """Each double is written as ECMAScript writes it."""
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert jcs(number).decode() == text


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
def test_numbers_that_appendix_b_refuses(bits: str) -> None:
    """NaN and the infinities have no JSON form."""
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    with pytest.raises(FormatError) as caught:
        jcs([number])
    assert (caught.value.code, caught.value.place) == ("canonical.not-finite", "$[0]")
