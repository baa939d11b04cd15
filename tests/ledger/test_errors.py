# SPDX-License-Identifier: Apache-2.0
"""Errors carry their six fields through everything that happens to them."""

from __future__ import annotations

import pickle

import pytest

from ledger.errors import (
    EnvironmentFault,
    FormatError,
    InputError,
    LimitError,
    ProgrammerError,
    ProofError,
    SignatureError,
    ToldError,
)

FIELDS = {
    "code": "row.bad-amount",
    "place": "row 7",
    "message_en": "no amount",
    "message_zh": "缺少金额",
    "remedy_en": "Fill it in.",
    "remedy_zh": "请填写。",
}
TOLD: list[type[ToldError]] = [
    EnvironmentFault,
    FormatError,
    InputError,
    LimitError,
    ProofError,
    SignatureError,
]


@pytest.mark.parametrize("kind", TOLD)
def test_both_languages_name_place_and_remedy(kind: type[ToldError]) -> None:
    """A reader of either language learns where it is wrong and what to do."""
    error = kind(**FIELDS)
    assert str(error) == "row 7: no amount. Fill it in."
    assert error.told_zh() == "row 7：缺少金额。请填写。"


@pytest.mark.parametrize("kind", TOLD)
def test_errors_cross_process_boundaries(kind: type[ToldError]) -> None:
    """A worker process hands its error over whole."""
    error = pickle.loads(pickle.dumps(kind(**FIELDS)))  # noqa: S301 - our own bytes
    assert type(error) is kind
    assert {name: getattr(error, name) for name in FIELDS} == FIELDS


@pytest.mark.parametrize("kind", [FormatError, LimitError, ProofError, SignatureError])
def test_kinds_with_a_remedy_of_their_own(kind: type[FormatError | ProofError]) -> None:
    """Where the advice is always the same it need not be repeated at each place."""
    error = kind(code="a.b", place="here", message_en="wrong", message_zh="有误")
    assert error.remedy_en.endswith(".")
    assert error.remedy_zh.endswith("。")


def test_the_three_roots_are_apart() -> None:
    """Nothing that catches one root catches another."""
    assert issubclass(InputError, ValueError)
    assert issubclass(ProgrammerError, RuntimeError)
    assert not issubclass(ProgrammerError, ToldError)
    assert not issubclass(EnvironmentFault, ValueError)
