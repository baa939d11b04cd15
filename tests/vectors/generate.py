# SPDX-License-Identifier: Apache-2.0
"""Write the vectors that are made by program: `python -m tests.vectors.generate`; the same files in every run."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tests.vectors import (
    cases_anchor,
    cases_bundle_file,
    cases_canonical,
    cases_cosignature,
    cases_ed25519,
    cases_entry,
    cases_mldsa44,
    cases_pack,
    cases_policy,
    cases_proofs,
    cases_submission,
    cases_tiles,
)
from tests.vectors.made_signatures import MADE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vectors.case import Case

FOLDER = Path(__file__).parent


def cases() -> Iterator[Case]:
    """Every vector that is made by program."""
    modules = (
        cases_anchor, cases_bundle_file, cases_canonical, cases_cosignature, cases_ed25519, cases_entry, cases_mldsa44,
        cases_pack, cases_policy, cases_proofs, cases_submission, cases_tiles,
    )  # fmt: skip
    return chain.from_iterable(module.cases() for module in modules)


def main() -> None:
    """Write them all; a file that no case makes any more stays until somebody deletes it."""
    for case in cases():
        path = FOLDER / case.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(case.text, encoding="utf-8")
    MADE.save()


if __name__ == "__main__":
    main()
