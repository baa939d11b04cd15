# SPDX-License-Identifier: Apache-2.0
"""The style sheets: contrast recomputed from the tokens in both themes, and no colour outside them."""

from __future__ import annotations

import re

import pytest

from api.app import STATIC

TOKENS = (STATIC / "tokens.css").read_text("utf-8")
PORTAL = (STATIC / "portal.css").read_text("utf-8")
COLOUR = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})")

LIGHT = dict(COLOUR.findall(TOKENS.partition("@media (prefers-color-scheme: dark)")[0]))
DARK = {
    **LIGHT,
    **dict(COLOUR.findall(TOKENS.partition("@media (prefers-color-scheme: dark)")[2].partition("@media")[0])),
}
THEMES = {"light": LIGHT, "dark": DARK}

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("bg", "surface", "surface-2")),
    *(("link", ground) for ground in ("bg", "surface", "brand-soft")),
    ("brand-ink", "brand"),
    ("brand-soft-ink", "brand-soft"),
    ("ink-2", "brand-soft"),
    ("strip-ink", "strip"),
    ("strip-ink-2", "strip"),
    ("ok-ink", "surface"),
    *((f"sev-{name}-ink", f"sev-{name}-soft") for name in ("blue", "yellow", "orange", "red")),
    *((f"sev-{name}-ink", "surface") for name in ("orange", "red")),
]
MARKS = [
    *(
        (f"lv-{name}", "surface")
        for name in ("centre", "province", "city", "county", "township", "project", "payee")
    ),
    *((f"sev-{name}", "surface") for name in ("blue", "yellow", "orange", "red")),
    ("line-strong", "surface"),
    ("ok", "surface"),
    ("focus", "surface"),
]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    """4.5:1 or more for every pair of text and ground (WCAG 2.2, 1.4.3)."""
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_seen(theme: str, mark: str, ground: str) -> None:
    """3:1 or more for marks, levels and borders that carry meaning (WCAG 2.2, 1.4.11)."""
    assert contrast(THEMES[theme][mark], THEMES[theme][ground]) >= 3


def test_colours_and_sizes_come_from_the_tokens() -> None:
    """The components name no colour of their own on screen; every token they use exists."""
    screen = PORTAL.partition("@media print")[0]
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", screen)
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", PORTAL))
    defined = set(re.findall(r"--([a-z0-9-]+):", TOKENS))
    assert used <= defined


def test_both_themes_define_the_same_colours() -> None:
    """Nothing of the light theme shows through in the dark one by accident."""
    dark = dict(
        COLOUR.findall(TOKENS.partition("@media (prefers-color-scheme: dark)")[2].partition("@media")[0])
    )
    assert dark.keys() == LIGHT.keys()
