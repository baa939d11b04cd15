# SPDX-License-Identifier: Apache-2.0
"""Findings that rested on events since corrected (冲正): listed as corrected, with the correction, never dropped (T18)."""

import msgspec

from verifier.basis.findings import Evidence, Finding, seal
from verifier.language import Told


def as_corrected(finding: Finding, corrections: tuple[Evidence, ...]) -> Finding:
    """`finding`, which no longer stands, closed by `corrections`: nothing outstanding, blue, state corrected."""
    shown = sorted({*finding.evidence, *corrections}, key=lambda one: one.seq)
    names = [one.name for one in corrections]
    return seal(
        msgspec.structs.replace(
            finding,
            severity="blue",
            state="corrected",
            outstanding=None if finding.amount is None else 0,
            marks=tuple(sorted({*finding.marks, "corrected"})),
            evidence=tuple(shown),
            explanation=Told(
                zh=f"{finding.explanation.zh}所依据的业务已冲正（{'、'.join(names)}），此疑点随之了结。",
                en=f"{finding.explanation.en} What it rested on was corrected ({', '.join(names)}); "
                f"that closes this lead.",
            ),
        )
    )
