# SPDX-License-Identifier: Apache-2.0
"""The anchor to print: what stands on the paper is what the verifier takes, and the code holds the same line."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
import segno

from api.portal.anchor_page import QUIET, qr_code
from ledger.anchor import parse_anchor

if TYPE_CHECKING:
    from tests.served import Site


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_prints_the_line_of_the_head(site: Site, language: str) -> None:
    """Line, groups and size are those of the newest checkpoint, as in `anchor.txt`; the about page leads here."""
    text = site.get(f"/anchor?lang={language}").text
    line = site.get("/log/anchor.txt").text.removesuffix("\n")
    seen = parse_anchor(line)
    assert f"<pre>{html.escape(line)}</pre>" in text
    groups = re.findall("<span>([0-9a-f]{4})</span>", text)
    assert "".join(groups) == seen.root.hex()
    assert f"{seen.size:,}" in text
    assert "/anchor" in site.get(f"/about?lang={language}").text


def test_the_code_holds_the_line_module_by_module() -> None:
    """The drawing, painted again, is the matrix of the text inside its quiet zone."""
    text = "fundtrace/anchor/v1 ledger.example/jl/2026 7 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    drawing = qr_code(text, label="<code>")
    matrix = segno.make_qr(text, error="m").matrix
    painted = [[0] * len(matrix) for _ in matrix]
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawing):
        assert width == back
        for at in range(int(width)):
            painted[int(y) - QUIET][int(x) - QUIET + at] += 1
    assert painted == [[int(bool(module)) for module in row] for row in matrix]
    assert f'viewBox="0 0 {len(matrix) + 8} {len(matrix) + 8}"' in drawing
    assert "&lt;code&gt;" in drawing
