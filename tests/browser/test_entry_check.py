# SPDX-License-Identifier: Apache-2.0
"""The reader's own check on the page of an entry, in Chromium: each state of the strip, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Route

    from tests.served_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SAYS = {
    "zh": {"checked": "本机已核验", "disagrees": "不一致：第 900 条", "unchecked": "尚未在本机核验"},
    "en": {
        "checked": "Checked on this device at", "disagrees": "Does not agree: entry 900",
        "unchecked": "Not yet checked on this device",
    },
}  # fmt: skip
STEPS = ("bytes", "chain", "signatures", "inclusion", "checkpoint")


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page with script, whose complaints about policy and errors are kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PATIENCE)
    made = context.new_page()
    made.on("console", lambda message: complaints.append(message.text))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()


def opened(page: Page, server: ServerProcess, language: str, state: str, *, seq: int = 900) -> None:
    """The page of the entry, when its strip has come to `state`."""
    page.goto(f"{server.address}entries/{seq}?lang={language}")
    page.wait_for_selector(f'.strip[data-state="{state}"]')


def states(page: Page) -> list[str | None]:
    """How each step ended; None for a step that was not reached."""
    shown = (page.locator(f'[data-step="{step}"] .result') for step in STEPS)
    return [one.get_attribute("data-state") if one.is_visible() else None for one in shown]


def corrupting(page: Page, pattern: str) -> None:
    """Serve files whose address fits corrupted: bundles with another word in each entry, others with one bit changed."""

    def changed(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[9] ^= 1
        corrupted = bytes(body)
        if "entries" in route.request.url:
            body[9] ^= 1
            corrupted = bytes(body).replace(b'"recorded"', b'"recordee"')
        route.fulfill(body=corrupted, content_type="application/octet-stream")

    page.route(re.compile(pattern), changed)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seq", [0, 1, 2, 900])
def test_a_sound_entry_is_checked_here(
    page: Page, server: ServerProcess, complaints: list[str], language: str, seq: int
) -> None:
    """Every step passes; the strip says when, and that the keys are this site's own; nothing breaks the policy."""
    opened(page, server, language, "checked", seq=seq)
    assert states(page) == ["passed"] * 5
    strip = page.locator(".strip-state").inner_text()
    assert strip.startswith(SAYS[language]["checked"])
    assert re.search(r"\d\d:\d\d", strip)
    assert ("本站" if language == "zh" else "this site's own") in strip
    assert complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("pattern", "failing"),
    [
        (r"/log/tile/0/", 3), (r"/log/tile/entries/003", 0), (r"/log/tile/entries/000", 2), (r"/log/checkpoint$", 3),
    ],
    ids=["hash tile", "own bundle", "bundle of the keys", "checkpoint"],
)  # fmt: skip
def test_a_corrupted_file_does_not_agree(
    page: Page, server: ServerProcess, language: str, pattern: str, failing: int
) -> None:
    """The step that meets it fails, later ones are not claimed, and the strip is red and names the entry."""
    corrupting(page, pattern)
    opened(page, server, language, "disagrees")
    found = states(page)
    assert found[failing:] == ["failed"] + [None] * (4 - failing) or pattern.endswith("checkpoint$")
    assert "failed" in found
    assert page.locator(".strip-state").inner_text() == SAYS[language]["disagrees"]
    assert page.locator("#check-verdict").is_visible()
    reason = page.locator("#check-verdict .mono").inner_text()
    assert bool(re.search("[\u3400-\u9fff]", reason)) == (language == "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_entries_kept_back_are_checked_in_part(page: Page, server: ServerProcess, language: str) -> None:
    """A restricted ledger: each step says what it could not do, and the strip never says "checked"."""
    page.route("**/log/tile/entries/**", lambda route: route.fulfill(status=403, body="for auditors"))
    opened(page, server, language, "partly")
    assert states(page) == ["open", "open", "open", "passed", "open"]
    strip = page.locator(".strip-state").inner_text()
    assert ("一部分" if language == "zh" else "in part") in strip
    assert not strip.startswith("本机已核验")
    assert page.locator("#check-verdict").is_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_missing_file_decides_nothing(page: Page, server: ServerProcess, language: str) -> None:
    """The strip stays at "not checked", and the page says what could not be had."""
    page.route("**/log/policy", lambda route: route.fulfill(status=404, body="gone"))
    page.goto(f"{server.address}entries/900?lang={language}")
    page.wait_for_selector('#check-verdict[data-state="open"]')
    assert states(page) == ["passed"] * 4 + ["open"]
    assert page.locator(".strip-state").inner_text() == SAYS[language]["unchecked"]
    named = "策略文件: 服务器回答 404" if language == "zh" else "policy: the server answers 404"
    assert named in page.locator("#check-verdict").inner_text()


def test_another_text_on_the_page_is_noticed(page: Page, server: ServerProcess) -> None:
    """A page that shows other bytes than the log holds does not agree with it."""

    def changed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("occurred_on", "occurred-on"))

    page.route("**/entries/900*", changed)
    opened(page, server, "en", "disagrees")
    assert states(page) == ["failed", None, None, None, None]


def _genesis_hash(page: Page) -> str:
    return page.locator("#check-verdict .mono").inner_text()


def _policy(page: Page) -> str:
    text: str = page.evaluate("fetch('/log/policy').then(answer => answer.text())")
    return text


def _log_key(page: Page) -> str:
    found = re.search(r"^log (\S+)", _policy(page), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("brought", [_genesis_hash, _policy, _log_key], ids=["genesis", "policy", "key"])
def test_what_the_reader_brings_is_believed(
    page: Page, server: ServerProcess, brought: Callable[[Page], str]
) -> None:
    """With a hash, policy or key from outside the strip no longer says that the keys are this site's own."""
    opened(page, server, "en", "checked")
    text = brought(page)
    page.locator("#trust-details summary").click()
    page.locator("#trust").fill(text)
    page.locator("#trust-form button").click()
    page.wait_for_selector('.strip[data-state="checked"][data-trust="outside"]')
    assert "own keys" not in page.locator(".strip-state").inner_text()
    assert states(page) == ["passed"] * 5


def test_what_the_reader_brings_and_the_log_does_not_keep(page: Page, server: ServerProcess) -> None:
    """Another genesis hash: the last step fails. A text that is nothing of the kind is asked for again."""
    opened(page, server, "en", "checked")
    page.locator("#trust-details summary").click()
    page.locator("#trust").fill("no such thing")
    page.locator("#trust-form button").click()
    assert page.locator("#trust-fault").is_visible()
    page.locator("#trust").fill("ab" * 32)
    page.locator("#trust-form button").click()
    page.wait_for_selector('.strip[data-state="disagrees"]')
    assert states(page) == ["passed"] * 4 + ["failed"]
    assert not page.locator("#trust-fault").is_visible()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_checked_page_fits_every_width(page: Page, server: ServerProcess, width: int) -> None:
    """Results and verdict do not make the page scroll sideways."""
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, server, "zh", "checked")
    page.locator("#trust-details summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
