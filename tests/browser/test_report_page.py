# SPDX-License-Identifier: Apache-2.0
"""The page of an audit report in Chromium: nothing fetched, no complaint, no sideways scroll, readable on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine
from tests.malicious.forger import Forger
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a line kept too long, as a page beside its evidence."""
    folder = tmp_path_factory.mktemp("report")
    forger = Forger(make_world())
    forger.post(*forger.world.opening(), forger.world.issue("L1", 100_000_000))
    export = forger.export(folder / "export")
    done = CommandLine().run(
        "audit", str(export), "--as-of", "2026-06-30", "--report", str(folder / "out"), "--lang", "zh"
    )
    assert done.exit_code == 1, done.output
    return folder / "out" / "report.html"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_report_reads_on_every_width(
    browser: Browser, page_file: Path, complaints: list[str], width: int
) -> None:
    """By itself: no request but for the file, no script, no complaint, and nothing beyond the edge."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(page_file.as_uri())
    assert requests == [page_file.as_uri()]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.scripts.length") == 0
    card = page.locator(".lead-card").first
    assert card.is_visible()
    page.locator("#list tbody a").first.click()
    assert page.url.endswith(str(card.get_attribute("id")))
    page.close()


def test_a_report_prints(browser: Browser, page_file: Path) -> None:
    """Every card is on paper, and what leads elsewhere on the screen is not."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    assert page.locator(".lead-card").first.is_visible()
    assert not page.locator(".lead-card .no-print").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.close()
