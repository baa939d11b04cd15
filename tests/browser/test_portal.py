# SPDX-License-Identifier: Apache-2.0
"""The portal in Chromium: every page in both languages, wide, narrow and very narrow, under its own policy."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.served_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATHS = (
    "/",
    "/funds",
    "/funds/road-2026",
    "/funds/meals-2026?exact=1",
    "/projects",
    "/projects/990121-road-project",
    "/parties/990121-finance",
    "/findings",
    "/search?q=990121",
    "/about",
    "/anchor",
    "/login",
    "/entries/0",
    "/entries/900",
    "/nowhere",
)
WIDTHS = (1280, 800, 390, 320)


def opened(browser: Browser, address: str, complaints: list[str], *, width: int, **options: object) -> Page:
    """The page at `address`, script switched off, `width` pixels wide."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=False,
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(address)
    return page


def english(path: str) -> str:
    """The address of `path` in English."""
    return f"{path}{'&' if '?' in path else '?'}lang=en"


@pytest.mark.parametrize(("path", "language"), list(itertools.product(PATHS, ("zh", "en"))))
def test_pages_work_without_script_at_every_width(
    browser: Browser, server: ServerProcess, complaints: list[str], path: str, language: str
) -> None:
    """No complaint about the policy or anything else, one heading, and nothing scrolls sideways."""
    address = server.address.rstrip("/") + (english(path) if language == "en" else path)
    for width in WIDTHS:
        page = opened(browser, address, complaints, width=width)
        assert page.locator("h1").count() == 1
        assert page.locator("h1").is_visible()
        widest = page.locator("body").evaluate("body => document.documentElement.scrollWidth")
        assert widest <= width, f"{path} scrolls sideways at {width}"
        page.context.close()
    assert [text for text in complaints if not ("404" in text and path == "/nowhere")] == []


@pytest.mark.parametrize(
    ("width", "kind"), [(1280, "sankey-across"), (800, "sankey-down"), (390, "sankey-down")]
)
def test_the_flow_picture_is_drawn_once_for_each_width(
    browser: Browser, server: ServerProcess, complaints: list[str], width: int, kind: str
) -> None:
    """Exactly one of the three drawings is shown, with ribbons, and no label stands outside it."""
    page = opened(browser, f"{server.address}funds/meals-2026", complaints, width=width)
    shown = page.locator("svg.sankey-across:visible, svg.sankey-down:visible")
    assert shown.count() == 1
    assert kind in (shown.get_attribute("class") or "")
    assert shown.locator("path.ribbon").count() > 5
    frame = shown.bounding_box()
    assert frame is not None
    for text in shown.locator("text").all():
        box = text.bounding_box()
        assert box is not None
        # The ground around a label, 1.75 px at each side, counts as part of it.
        assert box["x"] >= frame["x"] - 2
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 2, text.text_content()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_honoured(
    browser: Browser, server: ServerProcess, complaints: list[str], scheme: str
) -> None:
    """The ground follows the reader's scheme."""
    page = opened(browser, server.address, complaints, width=1280, color_scheme=scheme)
    ground = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert ground == ("rgb(15, 22, 21)" if scheme == "dark" else "rgb(244, 246, 245)")
    page.context.close()


def test_the_keyboard_reaches_the_content_first(
    browser: Browser, server: ServerProcess, complaints: list[str]
) -> None:
    """The first stop is the skip link, visible when focused; every stop shows its ring."""
    page = opened(browser, server.address, complaints, width=1280)
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("node => node === document.activeElement")
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    for _ in range(6):
        page.keyboard.press("Tab")
        ring = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
        assert ring != "none"
    page.context.close()


def test_touch_targets_of_a_phone_are_large_enough(
    browser: Browser, server: ServerProcess, complaints: list[str]
) -> None:
    """Buttons and navigation are at least 44 px high."""
    page = opened(browser, server.address, complaints, width=390)
    for target in page.locator("button:visible, .btn:visible, .nav a:visible, a.other:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.text_content()
    page.context.close()


def test_paper_gets_head_tables_and_no_controls(
    browser: Browser, server: ServerProcess, complaints: list[str]
) -> None:
    """Printed, the navigation and buttons go, the ledger head, DEMO and the figures stay."""
    page = opened(browser, f"{server.address}funds/road-2026", complaints, width=1280)
    page.emulate_media(media="print")
    assert not page.locator(".nav").is_visible()
    assert page.locator(".strip .demo").is_visible()
    assert page.locator("#flows table").is_visible()
    page.context.close()


def test_searching_from_the_home_page(browser: Browser, server: ServerProcess, complaints: list[str]) -> None:
    """Typing a name and pressing enter leads to what it names, in the language of the page."""
    page = opened(browser, f"{server.address}?lang=en", complaints, width=1280)
    page.locator("#q").fill("road-990121")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?lang=en&q=road-990121")
    page.locator("main a", has_text="Finance Bureau").first.click()
    page.wait_for_url("**/funds/road-2026?lang=en#line-road-990121")
    assert complaints == []
    page.context.close()
