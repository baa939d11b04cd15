# SPDX-License-Identifier: Apache-2.0
"""Values of a field that are mostly in order: so few are not that what is made of many of them often is."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


def good_or_bad(*good: T, bad: tuple[T, ...], one_in: int) -> st.SearchStrategy[T]:
    """One of `good`; `one_in` so many times one of `bad`."""
    return st.integers(1, one_in).flatmap(lambda number: st.sampled_from(bad if number == 1 else good))
