# SPDX-License-Identifier: Apache-2.0
"""The index of entries: what was added is found at once, whether or not it lies in the file already."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from api.projection.entry_index import EntryIndex, IndexedEntry, Title

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT, OTHER = "NA-1", "NA-2"
PAID = IndexedEntry(seq=7, leaf=b"\x07" * 32, kind="disbursement", head=6, day="2026-01-05", amount=500)
LINE = IndexedEntry(seq=8, leaf=b"\x08" * 32, kind="movement", head=6, day="2026-01-05", amount=500)

QUESTIONS: dict[str, tuple[Callable[[EntryIndex], object], object]] = {
    "position": (lambda index: index.by_seq(7), PAID),
    "leaf": (lambda index: index.by_leaf(PAID.leaf), PAID),
    "payment": (lambda index: index.payments(account=ACCOUNT, bank_ref="R1", amount=500), [7]),
    "bank line": (lambda index: index.bank_lines(account=ACCOUNT, bank_ref="R1"), [8]),
    "payment of another account": (
        lambda index: index.payments(account=OTHER, bank_ref="R1", amount=500),
        [],
    ),
    "payment by another reference": (
        lambda index: index.payments(account=ACCOUNT, bank_ref="R2", amount=500),
        [],
    ),
    "citing": (lambda index: index.citing("N/s/0"), [LINE]),
    "name": (lambda index: index.seq_named("N/s/1"), 8),
    "name beyond the submission": (lambda index: index.seq_named("N/s/2"), None),
    "title": (lambda index: [one.id for one in index.titles("road", most=9)], ["road-2026"]),
}


def fill(index: EntryIndex) -> None:
    """A submission of two events, and a title."""
    index.add(PAID, topics=[("account", ACCOUNT), ("account", ACCOUNT)], papers=["R1", "R1"])
    index.add(LINE, topics=[("account", ACCOUNT)], papers=["R1"], cites="N/s/0")
    index.add_submission("N", "s", seq=6, count=2)
    index.entitle(Title(topic="fund", id="road-2026", seq=7, name="道路", name_en="Road"))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("committed", [False, True], ids=["waiting", "committed"])
def test_what_was_added_is_found(question: str, *, committed: bool) -> None:
    """Each question has the same answer before the rows lie in the file and after."""
    ask, answer = QUESTIONS[question]
    with contextlib.closing(EntryIndex()) as index:
        index.begin()
        fill(index)
        if committed:
            index.commit()
        assert ask(index) == answer
        if not committed:
            index.commit()
        assert ask(index) == answer


def test_an_empty_index_finds_nothing() -> None:
    """No row, no answer."""
    with contextlib.closing(EntryIndex()) as index:
        assert index.by_seq(7) is None
        assert index.payments(account=ACCOUNT, bank_ref="R1", amount=500) == []
