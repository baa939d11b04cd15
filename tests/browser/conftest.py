# SPDX-License-Identifier: Apache-2.0
"""The simulated province behind a real server, and the Chromium of the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.served import province
from tests.served_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.served_process import ServerProcess

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 90_000
"""Milliseconds that a page may take on a machine that has other things to do."""
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The simulated province behind a real server."""
    folder = tmp_path_factory.mktemp("browser")
    url = province(folder)
    with running("serve", "--db", url, "--port", "0", "--read-only") as started:
        # The first page may be asked for before the worker has read the log and judged it.
        started.awaited("/v1/findings", lambda status, _: status == 200)
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of the system."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of: console messages, failed requests, errors."""
    return []
