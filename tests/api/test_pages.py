# SPDX-License-Identifier: Apache-2.0
"""Every page, in both languages: whole without script, under the strictest policy, with one heading and marks of a demo."""

from __future__ import annotations

import datetime
import itertools
import re
from collections import deque
from typing import TYPE_CHECKING

import pytest

from api.portal.dates import day_in_prose
from ledger.entry import EventEntry, parse_entry
from ledger.kinds.form import kind_of
from tests.api.page_reader import Node, read_page
from tests.ledgers import accept, found, founded, post_all
from tests.served import served
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served import Site

PATHS = (
    "/",
    "/funds",
    "/funds/road-2026",
    "/funds/meals-2026",
    "/funds/subsidy-2026",
    "/projects",
    "/projects/990121-road-project",
    "/parties/990121-finance",
    "/parties/990100-builder",
    "/findings",
    "/search",
    "/search?q=990121",
    "/search?q=<script>",
    "/about",
    "/anchor",
    "/entries/0",
    "/entries/1",
    "/entries/900",
    "/nowhere",
)
EVERY = list(itertools.product(PATHS, ("zh", "en")))


def in_language(path: str, language: str) -> str:
    """The address of `path` in `language`."""
    if language == "zh":
        return path
    return f"{path}{'&' if '?' in path else '?'}lang=en"


@pytest.mark.parametrize(("path", "language"), EVERY)
def test_pages_are_whole_and_strict(site: Site, path: str, language: str) -> None:
    """Well-formed, one h1, the right language, no script but the reader's own check, no style attribute."""
    answer = site.get(in_language(path, language))
    assert answer.status_code == (404 if path == "/nowhere" else 200)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in policy
    tree = read_page(answer.text)
    assert tree.one("html").attributes["lang"] == ("zh-CN" if language == "zh" else "en")
    assert len(list(tree.all("h1"))) == 1
    scripts = [node.attributes.get("src") for node in tree.all("script")]
    checks = path.startswith("/entries/")
    assert scripts == (["/static/verifier/entry_page.mjs"] if checks else [])
    assert ("script-src 'self'" in policy) == checks
    assert not [node for node in tree.all() if "style" in node.attributes or "onclick" in node.attributes]
    assert tree.one("main").attributes["id"] == "main"
    assert tree.one("a", _class="skip").attributes["href"] == "#main"
    ids = [node.attributes["id"] for node in tree.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids)), "two elements share an id"
    assert "DEMO" in tree.one("div", _class="strip").words()
    assert "DEMO" in tree.one("footer").words()
    assert "DEMO" in tree.one("head").one("title").words()


@pytest.mark.parametrize(("path", "language"), EVERY)
def test_the_server_never_calls_itself_verified(site: Site, path: str, language: str) -> None:
    """The strip says that nothing was checked on this device, and nothing that a page shows says more."""
    tree = read_page(site.get(in_language(path, language)).text)
    strip = tree.one("div", _class="strip").words()
    assert ("尚未在本机核验" if language == "zh" else "Not yet checked on this device") in strip
    text = tree.one("body").words().lower()
    assert "verified" not in text
    assert "已核验" not in text
    assert "验证通过" not in text


@pytest.mark.parametrize(("path", "language"), EVERY)
def test_pictures_speak_and_tables_have_heads(site: Site, path: str, language: str) -> None:
    """Every chart has a sentence, every header cell a scope, every field a label."""
    tree = read_page(site.get(in_language(path, language)).text)
    for chart in tree.all("svg", role="img"):
        assert chart.attributes["aria-label"]
    for chart in tree.all("svg"):
        assert chart.attributes.get("role") == "img" or chart.attributes.get("aria-hidden") == "true"
    for head in tree.all("th"):
        assert head.attributes.get("scope") in {"col", "row"}
    labels = {node.attributes["for"] for node in tree.all("label")}
    inputs = [node for node in tree.all("input") if node.attributes.get("type") != "hidden"]
    fields = {node.attributes["id"] for node in (*inputs, *tree.all("textarea"))}
    assert fields == labels


def test_english_pages_mark_what_is_chinese(site: Site) -> None:
    """Names that have no English form are tagged with their language (WCAG 3.1.2)."""
    tree = read_page(site.get("/funds/road-2026?lang=en").text)
    han = re.compile("[\u3400-\u9fff]")

    def unmarked(node: Node, *, marked: bool) -> list[str]:
        inside = marked or node.attributes.get("lang") == "zh-CN"
        own = [node.text] if node.tag == "#text" and han.search(node.text) and not inside else []
        if node.tag in {"svg", "title"}:
            return []
        return own + [text for child in node.children for text in unmarked(child, marked=inside)]

    assert [text for text in unmarked(tree.one("main"), marked=False) if "〔" not in text] == []


def test_every_link_of_the_portal_leads_somewhere(site: Site) -> None:
    """Following every link inside the site from the home page, in both languages, finds no dead end."""
    seen = {"/", "/?lang=en"}
    queue = deque(seen)
    while queue and len(seen) < 600:
        path = queue.popleft()
        answer = site.get(path)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        for link in read_page(answer.text).all("a"):
            target = link.attributes["href"].partition("#")[0]
            if target.startswith("/") and target not in seen:
                seen.add(target)
                if len(seen) < 240:
                    queue.append(target)
    assert {"/funds/road-2026", "/about", "/findings", "/log/checkpoint", "/v1/openapi.json"} <= seen


def test_language_and_exactness_are_kept_along_links(site: Site) -> None:
    """On an English page with exact amounts the links keep both, and the other language is one link away."""
    tree = read_page(site.get("/funds/road-2026?lang=en&exact=1").text)
    links = [link.attributes["href"] for link in tree.one("main").all("a")]
    inside = [link for link in links if link.startswith(("/funds/", "/parties/", "/entries/"))]
    assert inside
    assert all("lang=en" in link for link in inside)
    other = tree.one("a", _class="other")
    assert other.attributes["href"] == "/funds/road-2026?exact=1"
    assert other.attributes["lang"] == "zh-CN"


def test_the_exact_view_shows_every_minor_unit(site: Site) -> None:
    """`?exact=1` writes what the titles say."""
    tree = read_page(site.get("/funds/road-2026?exact=1").text)
    for figure in tree.one("main").all("data"):
        shown = re.sub("[^0-9.]", "", figure.words())
        assert shown in {figure.attributes["value"].lstrip("-"), "0"}


# --- entry pages ------------------------------------------------------------------------------------------


def test_entry_pages_may_be_kept_for_ever(site: Site) -> None:
    """Immutable, the same by position and by hash, and without anything that can change."""
    by_seq = site.get("/entries/900")
    leaf = site.get("/v1/entries/900").json()["leaf"]
    by_hash = site.get(f"/e/{leaf}")
    assert (
        by_seq.headers["cache-control"]
        == by_hash.headers["cache-control"]
        == "public, max-age=31536000, immutable"
    )
    pages = [re.sub(r'href="[^"]*lang=en[^"]*"', "", page.text) for page in (by_seq, by_hash)]
    assert re.sub("/e/[0-9a-f]{64}|/entries/900", "", pages[0]) == re.sub(
        "/e/[0-9a-f]{64}|/entries/900", "", pages[1]
    )


def test_an_entry_page_does_not_change_when_the_ledger_grows(tmp_path: Path) -> None:
    """New entries and a renamed body leave the page of an old entry as it was, byte for byte."""
    world = make_world()
    url = str(tmp_path / "growing.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        seq = accept(sequencer, world.issue("L1", 100_000)).seq + 1
        with served(url, None) as site:
            before = site.get(f"/entries/{seq}").text
            county = world.seats["na-finance"].party
            renamed = type(county)(
                **{
                    field: getattr(county, field)
                    for field in county.__struct_fields__
                    if field not in {"name", "version"}
                },
                name="农安县财政局（更名）",
                version=2,
            )
            accept(sequencer, world.submission("admin-a", renamed))
            accept(sequencer, world.pay("L1", 1_000))
            site.catch_up()
            assert "更名" in site.get("/parties/na-finance").text
            assert site.get(f"/entries/{seq}").text == before


def test_every_kind_has_its_sentence(site: Site) -> None:
    """Each kind in the province is told in words in both languages, with its amount in full."""
    kinds = first_of_each_kind(site)
    assert len(kinds) >= 16
    for seq in kinds.values():
        for language in ("zh", "en"):
            heading = read_page(site.get(in_language(f"/entries/{seq}", language)).text).one("h1")
            assert len(heading.words()) > 8
            event = site.get(f"/v1/entries/{seq}").json()["entry"].get("event", {})
            if "amount" in event:
                assert event["amount"] in heading.amounts()


def first_of_each_kind(site: Site) -> dict[str, int]:
    """The position of the first entry of each kind in the province, genesis and header among them."""
    kinds: dict[str, int] = {}
    with site.ledger.reading() as reader:
        for seq, data in enumerate(reader.entries(0, site.ledger.model.size)):
            entry = parse_entry(data, place="entry")
            kinds.setdefault(
                kind_of(entry.event) if isinstance(entry, EventEntry) else type(entry).__name__, seq
            )
    return kinds


def facts_of(site: Site, seq: int, language: str) -> dict[str, Node]:
    """What the page of an entry lists as its content: value by label."""
    tree = read_page(site.get(in_language(f"/entries/{seq}", language)).text)
    facts = next(tree.all("dl", _class="facts"))
    return {label.words(): value for label, value in zip(facts.all("dt"), facts.all("dd"), strict=True)}


def test_no_field_of_an_entry_is_shown_as_it_stands_in_the_bytes(site: Site) -> None:
    """Every kind in the province, in both languages: labels and codes in words, records inside it taken apart."""
    raw = re.compile(r'[{}\[\]"]|\b[a-z]+_[a-z_]+\b')
    kinds = first_of_each_kind(site)
    assert len(kinds) >= 16
    for seq in kinds.values():
        for language in ("zh", "en"):
            for label, value in facts_of(site, seq, language).items():
                assert not raw.search(label), (seq, label)
                assert not raw.search(value.words()), (seq, label, value.words())


def test_what_a_field_means_goes_by_its_kind(site: Site) -> None:
    """The same name is a date here and a body there; an account says whose it is; genesis says what the ledger is."""
    kinds = first_of_each_kind(site)
    statement = facts_of(site, kinds["balance"], "zh")
    assert statement["起日"].words() < statement["止日"].words()
    assert statement["账户"].words() == "990121-road-account（栖圃县财政局）"
    assert facts_of(site, kinds["transfer"], "en")["Reason"].words() == "dispatched"
    assert facts_of(site, kinds["fund"], "zh")["直达资金标识"].words() == "非直达资金（09）"
    assert facts_of(site, kinds["GenesisEntry"], "en")["Amounts beyond a line"].words() == "refused"


def test_raw_bytes_stand_on_the_page_as_stored(site: Site) -> None:
    """What the page shows as raw bytes is what the log stores."""
    tree = read_page(site.get("/entries/900").text)
    shown = list(tree.all("pre"))[-1]
    assert "".join(child.text for child in shown.children) == site.get("/v1/entries/900?format=raw").text


@pytest.mark.parametrize(
    "path", ["/entries/999999", "/e/" + "0" * 64, "/e/xyz", "/entries/x", "/funds/none", "/findings/no"]
)
def test_what_is_not_there_gets_a_page_that_helps(site: Site, path: str) -> None:
    """404 as a page with a search field, in the language asked for."""
    answer = site.get(f"{path}?lang=en")
    assert answer.status_code == 404
    tree = read_page(answer.text)
    assert "There is no such page" in tree.one("h1").words()
    assert list(tree.all("form"))


def test_a_page_of_an_error_is_in_one_language(site: Site) -> None:
    """The browser's wish does not count, as it does not for any page: the address does, else the server's language."""
    for path, title in (("/nowhere", "没有这个页面"), ("/nowhere?lang=en", "There is no such page")):
        tree = read_page(site.get(path, accept_language="en" if "lang" not in path else "zh").text)
        assert tree.one("h1").words() == title
        assert (tree.one("html").attributes["lang"] == "en") == ("lang" in path)


# --- search -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("农村公路", "/funds/road-2026"),
        ("road", "/funds/road-2026"),
        ("990121-finance", "/parties/990121-finance"),
        ("road-990121", "/funds/road-2026#line-road-990121"),
        ("990121-treasury", "/search?q=990121-treasury"),
        ("900", "/entries/900"),
        ("990121-road-claim-1", "/entries/"),
        ("bank-jiangling/statements-2026-05/14", "/entries/900"),
    ],
)
def test_search_finds_by_name_id_paper_position_and_event_name(site: Site, query: str, target: str) -> None:
    """Each leads to the page it is about."""
    tree = read_page(site.get(f"/search?q={query}").text)
    links = [link.attributes["href"] for link in tree.one("main").all("a")]
    assert any(link.startswith(target) for link in links), links


def test_search_names_accounts_by_owner_and_class(site: Site) -> None:
    """An account has no name of its own, and its id alone says nothing."""
    for language, name in (
        ("zh", "栖圃县财政局的国库单一账户"),
        ("en", "treasury single account of Qipu County Finance Bureau"),
    ):
        tree = read_page(site.get(in_language("/search?q=990121-treasury", language)).text)
        links = {link.words(): link.attributes["href"] for link in tree.one("main").all("a")}
        assert "q=990121-treasury" in links[name]


def test_search_finds_by_hash_and_its_beginning(site: Site) -> None:
    """The whole hash and its first digits both lead to the entry."""
    leaf = site.get("/v1/entries/900").json()["leaf"]
    for query in (leaf, leaf[:9], leaf[:8].upper()):
        assert "/entries/900" in site.get(f"/search?q={query}").text


@pytest.mark.parametrize("query", ["%", "_", "'; DROP TABLE entry; --", "\\", "x" * 5_000, "%00"])
def test_odd_searches_find_nothing_and_harm_nothing(site: Site, query: str) -> None:
    """What means something to a database or a page means nothing here."""
    answer = site.send("GET", "/search?q=" + query.replace("%", "%25").replace("#", ""))
    assert answer.status_code == 200
    assert site.get("/search?q=900").status_code == 200


def test_what_was_paid_to_nobody_named_counts_no_payees(site: Site) -> None:
    """A list of persons is no payee, and a body is."""
    assert "1 payee" in read_page(site.get("/funds/road-2026?lang=en").text).one("main").words()
    subsidy = read_page(site.get("/funds/subsidy-2026?lang=en").text).one("main").words()
    assert "1 payee" not in subsidy
    assert "persons on payment lists" in subsidy


def test_what_could_not_be_judged_is_said_with_its_reason(site: Site) -> None:
    """On the home page by number, on the page of findings by rule and reason: silence would read as clean."""
    home = read_page(site.get("/?lang=en").text).one("main")
    assert "could not be judged" in home.words()
    assert "/findings?lang=en#unjudged" in {link.attributes["href"] for link in home.all("a")}
    gaps = read_page(site.get("/findings?lang=en").text).one("section", id="unjudged")
    assert "no closed bank statement" in gaps.words()
    rows = gaps.one("tbody").all("tr")
    times = [int(next(row.all("td", class_="r")).words().replace(",", "")) for row in rows]
    assert site.get("/v1/findings").json()["unjudged"] == sum(times) > 0


# --- states -----------------------------------------------------------------------------------------------


def test_an_empty_ledger_says_what_would_be_here(tmp_path: Path) -> None:
    """No figures are invented: headings stay, and the page says why it is empty."""
    url = str(tmp_path / "empty.db")
    found(url, make_world())
    with served(url, None) as site:
        home = read_page(site.get("/?lang=en").text)
        assert "No earmarked funds have been issued" in home.one("main").words()
        assert "not judged yet" in home.one("main").words()
        assert "No fund has been registered" in site.get("/funds?lang=en").text
        assert "judgement is not done yet" in site.get("/findings?lang=en").text


def test_a_page_is_not_sent_twice(site: Site) -> None:
    """A reader who has the page gets 304; another language or query is another page."""
    first = site.get("/")
    assert site.get("/", if_none_match=first.headers["etag"]).status_code == 304
    assert site.get("/?lang=en", if_none_match=first.headers["etag"]).status_code == 200


def test_a_failure_is_told_with_a_number_to_quote(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a blank page: what happened, what still works, a reference."""

    def fail(*_: object) -> object:
        raise RuntimeError("planted")

    monkeypatch.setattr("api.routers.portal_pages.home_page", fail)
    answer = site.get("/?lang=en")
    assert answer.status_code == 500
    text = read_page(answer.text).one("main").words()
    assert re.search("reference [0-9a-f]{8}", text)
    assert "everything recorded is still there" in text
    assert "planted" not in answer.text


def test_dates_in_prose() -> None:
    """Chinese text keeps the ISO form, English writes the month."""
    day = datetime.date(2026, 6, 3)
    assert (day_in_prose(day, "zh"), day_in_prose(day, "en")) == ("2026-06-03", "3 June 2026")
