# SPDX-License-Identifier: Apache-2.0
"""Search: names, ids, numbers of papers, entry numbers, names of events, and hashes, all from one field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.portal.tongues import in_its_language
from api.portal.visit import EntryRow, Visit
from api.projection.entry_index import IndexedEntry, Title, Topic
from ledger.document_number import one_spelling

TITLES_MAX: Final = 30
ENTRIES_MAX: Final = 30
QUERY_MAX: Final = 200
_HASH: Final = re.compile("[0-9a-f]{8,64}")
_NUMBER: Final = re.compile("[0-9]{1,15}")
_PATHS: Final = {"fund": "/funds", "project": "/projects", "party": "/parties"}
_TOPICS: Final[dict[str, Topic]] = {"account": "account"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTitle:
    """Something registered whose name or id fits."""

    topic: str
    name: Markup
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The answer to one query; `cut` says that there was more than is shown."""

    query: str
    titles: tuple[FoundTitle, ...]
    entries: tuple[EntryRow, ...]
    cut: bool


def search_page(visit: Visit, query: str) -> SearchPage:
    """What fits `query`, which is cut at 200 characters; nothing for an empty one."""
    asked = " ".join(query.split())[:QUERY_MAX]
    if not asked:
        return SearchPage(query="", titles=(), entries=(), cut=False)
    titles = visit.model.index.titles(asked, most=TITLES_MAX + 1)
    lines = _lines(visit, asked)
    entries = list({one.seq: one for one in _entries(visit, asked, titles)}.values())
    found = [*(_title(visit, one) for one in titles), *lines]
    return SearchPage(
        query=asked,
        titles=tuple(found[:TITLES_MAX]),
        entries=tuple(visit.rows(entries[:ENTRIES_MAX])),
        cut=len(found) > TITLES_MAX or len(entries) > ENTRIES_MAX,
    )


def _entries(visit: Visit, asked: str, titles: list[Title]) -> Iterator[IndexedEntry]:
    """Entries that fit, the surest first."""
    index = visit.model.index
    if _NUMBER.fullmatch(asked):
        exact = index.by_seq(int(asked))
        yield from (exact,) if exact is not None else ()
    if _HASH.fullmatch(asked.lower()):
        prefix = bytes.fromhex(asked.lower()[: len(asked) // 2 * 2])
        hashed = index.by_leaf_prefix(prefix, most=ENTRIES_MAX + 1)
        yield from (one for one in hashed if one.leaf.hex().startswith(asked.lower()))
    named = index.seq_named(asked)
    event = None if named is None else index.by_seq(named)
    yield from (event,) if event is not None else ()
    yield from index.citing(asked)
    for word in dict.fromkeys((asked, one_spelling(asked))):
        yield from index.naming(word, most=ENTRIES_MAX + 1)
    if asked in visit.model.register.lines:
        yield from index.about("line", asked, most=ENTRIES_MAX + 1)
    for one in titles:
        if one.id == asked and one.topic in _TOPICS:
            yield from index.about(_TOPICS[one.topic], asked, most=ENTRIES_MAX + 1)


def _title(visit: Visit, one: Title) -> FoundTitle:
    name = _account_name(visit, one.id) if one.topic == "account" else _registered_name(visit, one)
    path = _PATHS.get(one.topic)
    address = visit.frame.url(f"{path}/{one.id}") if path else visit.frame.url("/search", q=one.id)
    return FoundTitle(topic=one.topic, name=Markup('<a href="{}">{}</a>').format(address, name), id=one.id)


def _registered_name(visit: Visit, one: Title) -> Markup:
    english = visit.frame.language == "en" and one.name_en
    return in_its_language(one.name_en if english else one.name, visit.frame.language)


def _account_name(visit: Visit, identifier: str) -> Markup:
    """An account has no name: whose it is, and of which class."""
    account = visit.model.register.accounts[identifier]
    words = visit.frame.words
    owner = visit.names.show("party", account.owner)
    kind = words.say(f"account_class.{account.account_class}")
    return words.say("search.account", owner=owner, **{"class": kind})


def _lines(visit: Visit, asked: str) -> list[FoundTitle]:
    line = visit.model.register.lines.get(asked)
    if line is None:
        return []
    address = visit.frame.url(f"/funds/{line.fund}") + f"#line-{line.id}"
    name = Markup('<a href="{}">{}</a>').format(address, visit.names.show("party", line.holder))
    return [FoundTitle(topic="line", name=name, id=line.id)]
