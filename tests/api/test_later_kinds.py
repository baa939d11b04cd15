# SPDX-License-Identifier: Apache-2.0
"""Pages of entries of every kind and version: a sentence in both languages, no field or code as it stands in the bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.entry import EventEntry, parse_entry
from ledger.kinds.form import kind_of
from ledger.kinds.vocabulary import KNOWN_VERSIONS
from tests.api.page_reader import read_page
from tests.ledgers import founded, post_all
from tests.malicious.every_kind import every_submission
from tests.served import served
from tests.worlds import PROVINCE, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.served import Site

RAW = re.compile(r'[{}\[\]"]|\b[a-z]+_[a-z_]+\b')
OF_KEYS = {("administrator", 1), ("deputation", 1), ("override", 1)}
"""Kinds that have pages in tests of their own."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with an event of every kind in its ledger."""
    world = make_world()
    url = str(tmp_path_factory.mktemp("kinds") / "kinds.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, every_submission(world))
        with served(url, None) as site:
            site.catch_up()
            yield site


@pytest.fixture(scope="module")
def positions(office: Site) -> dict[tuple[str, int], list[int]]:
    """Where events of each kind and version stand."""
    found: dict[tuple[str, int], list[int]] = {}
    with office.ledger.reading() as reader:
        for seq, data in enumerate(reader.entries(0, office.ledger.model.size)):
            entry = parse_entry(data, place="entry")
            if isinstance(entry, EventEntry):
                found.setdefault((kind_of(entry.event), entry.event.v), []).append(seq)
    return found


def test_every_kind_and_version_has_its_page(
    office: Site, positions: dict[tuple[str, int], list[int]]
) -> None:
    """Told in words in both languages; labels and codes worded, records inside taken apart."""
    assert set(positions) | OF_KEYS == KNOWN_VERSIONS
    for (kind, version), places in positions.items():
        for seq in places[:4]:
            for language in ("zh", "en"):
                page = office.get(f"/entries/{seq}?lang={language}")
                assert page.status_code == 200, (kind, version)
                tree = read_page(page.text)
                assert len(tree.one("h1").words()) > 8, (kind, version)
                facts = next(tree.all("dl", _class="facts"))
                for label, value in zip(facts.all("dt"), facts.all("dd"), strict=True):
                    assert not RAW.search(label.words()), (kind, version, label.words())
                    assert not RAW.search(value.words()), (kind, version, label.words(), value.words())


def test_a_project_shows_its_contracts_net_gross_and_what_is_held_back(office: Site) -> None:
    """1,200.00 agreed, 40.00 more, 10.00 less, 36.00 held back."""
    words = read_page(office.get("/projects/P-CANAL?lang=en").text).one("main").words()
    shown = words.partition("NA-2026-9")[2]
    for told in (
        "¥1,230",
        "first agreed ¥1,200",
        "up and down, ¥1,250",
        "retention ¥36",
        "held back until 2028-01-05",
    ):
        assert told in shown, told


@pytest.mark.parametrize(
    "query", ["NA-2026-9", "4e" * 32, "o-1", "c-1"], ids=["contract", "list", "objection", "case"]
)
def test_what_has_a_number_is_found_by_it(office: Site, query: str) -> None:
    """A contract and an objection by id, a list of persons by its root, a case by its number."""
    assert "/entries/" in office.get(f"/search?q={query}").text


def test_a_paper_is_found_in_any_spelling(tmp_path: Path) -> None:
    """Whatever brackets the poster typed, and whatever the reader types."""
    world, url = make_world(), str(tmp_path / "papers.db")
    written = msgspec.structs.replace(world.issued("L1", 100), document="吉财农[2026]07号")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(PROVINCE, written)])
        with served(url, None) as site:
            site.catch_up()
            for query in ("吉财农〔2026〕7号", "吉财农（2026）第7号", "吉财农[2026]07号"):
                assert "吉财农" in site.get(f"/search?q={query}").text
                assert "/entries/" in site.get(f"/search?q={query}").text, query
            assert "/entries/" not in site.get("/search?q=吉财农〔2026〕8号").text
