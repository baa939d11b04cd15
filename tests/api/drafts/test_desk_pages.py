# SPDX-License-Identifier: Apache-2.0
"""The pages of the desk: shown to whoever is signed in, kept by nobody, and what will be signed stands on them whole."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.vocabulary import event_bytes
from ledger.submission import Header, header_bytes
from tests.counter import Visitor
from tests.worlds import signer_named

if TYPE_CHECKING:
    import httpx

    from tests.served import Site
    from tests.worlds import World


def text_of(answer: httpx.Response) -> str:
    """The page, which is kept by nobody and runs scripts of this site only."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " onclick" not in answer.text
    return answer.text


def prepared(maker: Visitor, world: World, *amounts: int, document: str | None = None) -> str:
    """The id of a draft of issues of these amounts."""
    issues = [world.issued(f"L{at}", amount) for at, amount in enumerate(amounts)]
    if document is not None:
        issues = [msgspec.structs.replace(one, document=document) for one in issues]
    events = [json.loads(event_bytes(one)) for one in issues]
    identifier: str = maker.write("POST", "/v1/drafts", {"events": events}).json()["id"]
    return identifier


@pytest.mark.parametrize(
    ("query", "words"), [("", "在本机生成密钥"), ("?lang=en", "Make a key on this device")]
)
def test_the_page_for_signing_in(counter: Site, query: str, words: str) -> None:
    """In both languages, also for whoever has no key yet."""
    assert words in text_of(counter.get(f"/login{query}"))


def test_whoever_is_signed_in_is_led_to_the_drafts(maker: Visitor) -> None:
    """Others are not."""
    assert 'href="/desk/drafts"' in text_of(maker.get("/login"))
    assert 'href="/desk/drafts"' not in text_of(maker.site.get("/login"))


@pytest.mark.parametrize("path", ["/desk/drafts", f"/desk/drafts/{'ab' * 16}"])
def test_nobody_is_sent_to_sign_in(counter: Site, path: str) -> None:
    """In the language of the page asked for."""
    visitor = Visitor(counter, signer_named("nobody"))
    for query, place in (("", "/login"), ("?lang=en", "/login?lang=en")):
        answer = visitor.get(path + query)
        assert (answer.status_code, answer.headers["location"]) == (303, place)


def test_the_list_shows_the_drafts_of_the_bureau(
    maker: Visitor, checker: Visitor, stranger: Visitor, world: World
) -> None:
    """Others see none of it; only makers are offered to prepare one."""
    name = prepared(maker, world, 100)
    assert name in text_of(maker.get("/desk/drafts"))
    shown = text_of(checker.get("/desk/drafts"))
    assert name in shown
    assert "编制草稿" not in shown
    assert name not in text_of(stranger.get("/desk/drafts"))
    assert stranger.get(f"/desk/drafts/{name}").status_code == 404


def test_what_will_be_signed_stands_on_the_page(maker: Visitor, checker: Visitor, world: World) -> None:
    """The header byte for byte, each event in words, both spellings of amounts, and what the last version had."""
    name = prepared(maker, world, 18_000_000, 200)
    changed = [
        json.loads(event_bytes(world.issued(f"L{at}", one))) for at, one in enumerate((18_624_000, 200))
    ]
    made = maker.write("PUT", f"/v1/drafts/{name}", {"events": changed, "version": 1}).json()
    shown = text_of(checker.get(f"/desk/drafts/{name}"))
    header = msgspec.json.decode(json.dumps(made["header"]).encode(), type=Header)
    assert (
        f'<pre id="header-bytes" tabindex="0">{html.escape(header_bytes(header).decode(), quote=True)}</pre>'.replace(
            "&quot;", "&#34;"
        )
        in shown
    )
    for text in (
        "186,240.00 元",
        "壹拾捌万陆仟贰佰肆拾元整",
        "改动",
        "180,000",
        "186,242.00 元",
        "缺少经办签名",
    ):
        assert text in shown, text
    for fact in ("吉财农2026-1号", "L0", "F-WATER", "2026-01-05"):
        assert fact in shown.partition('id="to-sign"')[2].partition("</section>")[0], fact
    assert 'data-role="checker"' in shown
    assert 'id="withdraw"' not in shown
    english = text_of(maker.get(f"/desk/drafts/{name}?lang=en"))
    for text in ("CNY 186,240.00", "1 change since the last version", "no maker signed", 'id="withdraw"'):
        assert text in english, text


def test_texts_of_a_draft_are_no_markup(maker: Visitor, world: World) -> None:
    """Neither in the words nor where the events stand to be changed."""
    name = prepared(maker, world, 100, document="</textarea><script>alert(1)</script>")
    shown = text_of(maker.get(f"/desk/drafts/{name}"))
    assert "<script>alert" not in shown
    assert "&lt;/textarea&gt;" in shown


def test_a_returned_draft_says_why(maker: Visitor, checker: Visitor, world: World) -> None:
    """And offers no signature until there is a new version."""
    name = prepared(maker, world, 100)
    checker.write("POST", f"/v1/drafts/{name}/return", {"version": 1, "reason": "文号有误"})
    shown = text_of(maker.get(f"/desk/drafts/{name}"))
    assert "文号有误" in shown
    assert "data-role" not in shown
    assert 'id="write"' in shown
