# SPDX-License-Identifier: Apache-2.0
"""The desk in Chromium: keys that the browser keeps, signing in with them, and a draft from its maker to the ledger."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from api.key_papers import draft_of, read_request, read_signature
from ledger.clock import system_clock
from ledger.draft_file import format_draft, with_signature
from ledger.instant import format_instant
from ledger.key_files import save_private_key
from ledger.kinds.vocabulary import event_bytes
from ledger.submission import sign, wire_bytes
from tests.browser.conftest import PATIENCE
from tests.later_kinds import admitting
from tests.ledgers import founded, post_all
from tests.personal import KNOWN, committed, disclosed
from tests.served_process import ServerProcess, running
from tests.worlds import AUDIT, PROVINCE, World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

    from ledger.kinds.registry import KeyRole

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KEY_STORE = """new Promise((resolve, reject) => {
  const opening = indexedDB.open("fundtrace-keys", 1);
  opening.onsuccess = () => {
    const all = opening.result.transaction("keys").objectStore("keys").getAll();
    all.onsuccess = async () => {
      const [{ privateKey }] = all.result;
      const taken = await crypto.subtle.exportKey("pkcs8", privateKey).then(() => true, () => false);
      resolve([privateKey.extractable, taken]);
    };
  };
  opening.onerror = reject;
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A ledger behind a real server, and the world it is of."""

    world: World
    server: ServerProcess

    @property
    def address(self) -> str:
        """Where it is served."""
        return self.server.address.rstrip("/")

    def size(self) -> int:
        """Entries under the newest checkpoint."""
        return int(self.server.request("GET", "/log/checkpoint")[1].split(b"\n")[1])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Its opening is posted; nobody of the province has a key in a browser yet."""
    folder = tmp_path_factory.mktemp("desk")
    world, url = make_world(), str(folder / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(AUDIT, admitting("key/2"))])
    save_private_key(folder / "log.pem", *world.log_keys)
    with running("serve", "--db", url, "--port", "0", "--log-key", str(folder / "log.pem")) as server:
        yield Town(world=world, server=server)


@pytest.fixture
def people(browser: Browser, complaints: list[str]) -> Iterator[list[Page]]:
    """Two people with a browser each, whose complaints about policy and errors are kept."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 1000}) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(PATIENCE)
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
    yield pages
    for context in contexts:
        context.close()


def registered(page: Page, town: Town, role: KeyRole, person: str) -> str:
    """The id of a new key in the browser of `page`, registered after the page proved that it is held."""
    page.goto(f"{town.address}/login?lang=en")
    page.locator("#new-key").click()
    page.locator("#key-request").wait_for()
    asked = {"holder": PROVINCE, "person": person, "device": f"{person}-laptop", "division": "220000"}
    for field, text in asked.items():
        page.locator(f"#{field}").fill(text)
    page.locator(f'[name="role"][value="{role}"]').check()
    with page.expect_download() as download:
        page.locator("#make-request").click()
    event = read_request(download.value.path())
    assert event.custody == "browser"
    world = town.world
    now = format_instant(system_clock())
    draft = draft_of(world.genesis_entry, "admin-a", [event], signed_at=now, about="key")
    page.locator("#possession").fill(format_draft(draft).decode())
    with page.expect_download() as download:
        page.locator("#prove").click()
    proof = read_signature(download.value.path())
    draft = with_signature(draft, proof)
    for one in world.administrators.values():
        draft = with_signature(draft, sign(draft.header, role="administrator", signer=one))
    status, told = town.server.request("POST", "/v1/submissions", wire_bytes(draft.submission))
    assert status == 201, told
    return str(event.key)


def at_the_desk(page: Page, town: Town, role: KeyRole, person: str) -> None:
    """The page shows the drafts, signed in with a new key in `role`."""
    registered(page, town, role, person)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/drafts?lang=en")


def draft_written(page: Page, town: Town, line: str, amount: int) -> str:
    """The address of a new draft, whose page is open."""
    events = [json.loads(event_bytes(town.world.issued(line, amount)))]
    page.locator("#events").fill(json.dumps(events, ensure_ascii=False))
    page.locator("#write").click()
    page.wait_for_url(re.compile(r"/desk/drafts/[0-9a-f]{32}"))
    return page.url


def signed_as(page: Page, role: str) -> None:
    """The page was reloaded after a signature in `role`."""
    with page.expect_navigation():
        page.locator(f'[data-role="{role}"]').click()


def test_a_draft_goes_from_its_maker_to_the_ledger(
    town: Town, people: list[Page], complaints: list[str]
) -> None:
    """Keys made, proved, registered; both sign in, sign what they see, and the entry stands. No policy was broken."""
    maker, checker = people
    at_the_desk(maker, town, "maker", "anna")
    at_the_desk(checker, town, "checker", "boris")
    before = town.size()
    address = draft_written(maker, town, "L-BROWSER", 18_624_000)
    signed_as(maker, "maker")
    assert town.size() == before
    checker.goto(address.replace("lang=en", "lang=zh"))
    shown = checker.locator("#to-sign").inner_text()
    assert "186,240.00 元" in shown
    assert "壹拾捌万陆仟贰佰肆拾元整" in shown
    signed_as(checker, "checker")
    assert "已入账" in checker.locator("main").inner_text()
    assert town.size() == before + 2
    assert complaints == []


def test_the_private_key_stays_in_the_browser(town: Town, people: list[Page]) -> None:
    """Not even this page can take it out."""
    page = people[0]
    registered(page, town, "maker", "carla")
    assert page.evaluate(KEY_STORE) == [False, False]


def test_an_unregistered_key_does_not_sign_in(town: Town, people: list[Page]) -> None:
    """The page says what to do."""
    page = people[0]
    page.goto(f"{town.address}/login?lang=en")
    page.locator("#new-key").click()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#desk-told:visible").wait_for()
    assert "not registered" in page.locator("#desk-told").inner_text()
    page.goto(f"{town.address}/desk/drafts?lang=en")
    assert page.url.endswith("/login?lang=en")


def test_a_draft_that_changed_meanwhile_is_not_signed(town: Town, people: list[Page]) -> None:
    """The checker is told to look again, then returns it with a reason that the maker reads; withdrawn, it is gone."""
    maker, checker = people
    at_the_desk(maker, town, "maker", "dora")
    at_the_desk(checker, town, "checker", "emil")
    before = town.size()
    address = draft_written(maker, town, "L-CHANGED", 100)
    checker.goto(address)
    events = json.loads(maker.locator("#events").input_value())
    events[0]["amount"] = 99_999_999
    maker.locator("#events").fill(json.dumps(events, ensure_ascii=False))
    with maker.expect_navigation():
        maker.locator("#write").click()
    checker.locator('[data-role="checker"]').click()
    checker.locator("#desk-told:visible").wait_for()
    assert "has changed" in checker.locator("#desk-told").inner_text()
    checker.reload()
    assert "CNY 999,999.99" in checker.locator("#to-sign").inner_text()
    assert "¥1.00" in checker.locator("#to-sign").inner_text()
    checker.locator("#reason").fill("too much")
    with checker.expect_navigation():
        checker.locator("#send-back").click()
    maker.reload()
    assert "too much" in maker.locator("main").inner_text()
    maker.locator("#withdraw").click()
    maker.wait_for_url("**/desk/drafts?lang=en")
    assert town.size() == before


@pytest.mark.parametrize("altered", ["events", "header"])
def test_events_that_the_header_does_not_bind_are_not_signed(
    town: Town, people: list[Page], altered: str
) -> None:
    """Whoever changes the answer on its way gets no signature: neither over other events nor over another header."""
    maker = people[0]
    at_the_desk(maker, town, "maker", f"fritz-{altered}")
    draft_written(maker, town, f"L-{altered}", 100)

    def change(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        answer = route.fetch()
        body: dict[str, Any] = answer.json()
        if altered == "events":
            body["events"][0]["amount"] = 99_999_999
        else:
            body["header"]["root"] = "ab" * 32
        route.fulfill(response=answer, json=body)

    maker.route("**/v1/drafts/*", change)
    maker.locator('[data-role="maker"]').click()
    maker.locator("#desk-told:visible").wait_for()
    maker.unroute("**/v1/drafts/*")
    maker.reload()
    assert "no maker signed" in maker.locator("main").inner_text()
    signed_as(maker, "maker")
    assert "no maker signed" not in maker.locator("main").inner_text()


PREPARE = """async ([events, disclosures]) => {
  const token = document.getElementById("desk").dataset.token;
  const headers = { "Content-Type": "application/json", "X-FundTrace-Token": token };
  const body = JSON.stringify({ events, disclosures });
  const answer = await fetch("/v1/drafts", { method: "POST", headers, body });
  return (await answer.json()).id;
}"""


@pytest.mark.parametrize("forged", ["value", "disclosure", "field"])
def test_personal_fields_that_are_not_committed_to_are_not_signed(
    town: Town, people: list[Page], forged: str
) -> None:
    """A page that shows another person, or one person less, than the events commit to gets no signature."""
    maker = people[0]
    at_the_desk(maker, town, "maker", f"paula-{forged}")
    sd = committed(payee_name="张小农", payee_account=f"62220200000000{len(forged):05}")
    event = json.loads(event_bytes(msgspec.structs.replace(town.world.use(5), sd=sd)))
    name = maker.evaluate(PREPARE, [[event], sorted(KNOWN[one] for one in sd)])
    maker.goto(f"{town.address}/desk/drafts/{name}?lang=en")
    assert "张小农" in maker.locator("#to-sign").inner_text()
    other = disclosed(payee_name="王五")[0].text
    maker.evaluate(
        {
            "value": "document.querySelector('bdi').textContent = '王五'",
            "disclosure": f"document.querySelector('bdi').dataset.disclosure = '{other}'",
            "field": "document.querySelector('bdi').remove()",
        }[forged]
    )
    maker.locator('[data-role="maker"]').click()
    maker.locator("#desk-told:visible").wait_for()
    assert "personal fields" in maker.locator("#desk-told").inner_text()
    maker.reload()
    assert "no maker signed" in maker.locator("main").inner_text()
    signed_as(maker, "maker")
    assert "no maker signed" not in maker.locator("main").inner_text()


def test_signing_out_ends_the_session(town: Town, people: list[Page]) -> None:
    """The desk asks to sign in again; the key is still there."""
    page = people[0]
    at_the_desk(page, town, "maker", "greta")
    page.locator("#sign-out").click()
    page.wait_for_url("**/login?lang=en")
    page.goto(f"{town.address}/desk/drafts?lang=en")
    assert page.url.endswith("/login?lang=en")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/drafts?lang=en")


def test_a_checker_finds_what_waits_on_the_page_of_what_is_due(
    town: Town, people: list[Page], complaints: list[str]
) -> None:
    """From the list of drafts and back; the author is not asked, and the calendar is an address that anybody can open."""
    maker, checker = people
    at_the_desk(maker, town, "maker", "ida")
    at_the_desk(checker, town, "checker", "jan")
    draft = draft_written(maker, town, "L-DUE", 100).partition("?")[0]
    for page in people:
        page.goto(f"{town.address}/desk/drafts?lang=en")
        page.get_by_role("link", name="What is due").click()
        page.wait_for_url("**/desk/due?lang=en")
    waiting = f'#waiting a[href^="{draft.removeprefix(town.address)}"]'
    assert (maker.locator(waiting).count(), checker.locator(waiting).count()) == (0, 1)
    feed = checker.locator("#feed").get_attribute("href")
    status, told = town.server.request("GET", str(feed))
    assert (status, told[:15]) == (200, b"BEGIN:VCALENDAR")
    checker.locator(waiting).click()
    signed_as(checker, "checker")
    checker.goto(f"{town.address}/desk/due")
    assert checker.locator(waiting).count() == 0
    assert "对账单中断的账户" in checker.locator("main").inner_text()
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_pages_fit_every_width(town: Town, people: list[Page], width: int) -> None:
    """Nothing scrolls sideways, in either language."""
    page = people[0]
    page.set_viewport_size({"width": width, "height": 900})
    at_the_desk(page, town, "maker", f"hedi-{width}")
    address = draft_written(page, town, f"L-{width}", 18_624_000)
    for path in (address, f"{town.address}/desk/drafts", f"{town.address}/desk/due", f"{town.address}/login"):
        for language in ("zh", "en"):
            page.goto(f"{path.partition('?')[0]}?lang={language}")
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
