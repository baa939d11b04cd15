# SPDX-License-Identifier: Apache-2.0
"""The vectors of README.md: made as stored, and our Python says of each what the file expects.

They never change: a reader of a later version must still agree with every one of them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.errors import InputError
from tests.vectors.generate import cases
from tests.vectors.readers import READERS, Vector, reason_of

FOLDER = Path(__file__).parent
FEWEST_REFUSED = 12
PATHS = sorted(path for kind in READERS for path in (FOLDER / kind).glob("*.json"))


def judged(vector: Vector) -> Vector:
    """What our Python says of the vector, in the form of `expect`."""
    try:
        return {"accepted": READERS[vector["format"]](vector)}
    except InputError as error:
        return {"refused": reason_of(error), "code": error.code, "place": error.place}


@pytest.mark.parametrize("path", PATHS, ids=[f"{path.parent.name}-{path.stem}" for path in PATHS])
def test_python_agrees(path: Path) -> None:
    """Each file is read, or refused for its reason, exactly as it says."""
    vector = json.loads(path.read_bytes())
    assert vector["format"] == path.parent.name
    expect, found = vector["expect"], judged(vector)
    if expect.get("refused") == "vocabulary":
        expect = {"refused": "form"}  # this program knows chapter 4, and content is form to it
    assert {name: found.get(name) for name in expect} == expect
    assert "refused" not in found or found["place"]


def test_every_file_is_what_the_generator_makes() -> None:
    """Stored = generated, for every vector that is made by program."""
    made = {case.path: case.text for case in cases()}
    stored = {name: (FOLDER / name).read_text(encoding="utf-8") for name in made if (FOLDER / name).exists()}
    assert sorted(made) == sorted(stored)
    assert [name for name, text in made.items() if stored[name] != text] == []
    formats = {name.partition("/")[0] for name in made}
    left = {f"{path.parent.name}/{path.name}" for path in PATHS if path.parent.name in formats} - set(made)
    assert left == set()


@pytest.mark.parametrize("kind", READERS)
def test_each_format_has_both_sorts(kind: str) -> None:
    """Neither the accepted nor the refused can be lost unseen."""
    expects = [json.loads(path.read_bytes())["expect"] for path in (FOLDER / kind).glob("*.json")]
    assert any("accepted" in expect for expect in expects)
    assert sum("refused" in expect for expect in expects) >= FEWEST_REFUSED


def test_every_folder_has_a_reader() -> None:
    """No vector lies where nobody looks."""
    folders = {path.parent.name for path in FOLDER.glob("*/*.json")}
    assert folders - {"frozen"} == set(READERS)
