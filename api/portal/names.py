# SPDX-License-Identifier: Apache-2.0
"""Names of what is registered, in the reader's language where it has one, with a link to its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from api.languages import Language
from api.portal.tongues import in_its_language
from api.portal.wording import Wording
from api.projection.entry_index import EntryIndex
from api.projection.places import Place
from ledger.kinds.registry import Fund, Party, Project
from ledger.register import Register

Topic = Literal["party", "fund", "project"]
Pages = Callable[[str], str]
"""Gives the address of a path in the reader's language."""

_PATHS: Final[dict[Topic, str]] = {"fund": "/funds", "project": "/projects", "party": "/parties"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looks names up by kind and id; `found` gives (name, English name or empty), or None when unknown."""

    language: Language
    wording: Wording
    pages: Pages
    found: Callable[[Topic, str], tuple[str, str] | None]

    def text(self, topic: Topic, identifier: str) -> str:
        """The name as plain text; the id where nothing of that id is registered."""
        names = self.found(topic, identifier)
        if names is None:
            return identifier
        name, name_en = names
        return name_en if self.language == "en" and name_en else name

    def show(self, topic: Topic, identifier: str) -> Markup:
        """The name as markup, its language marked where it is not the page's."""
        return in_its_language(self.text(topic, identifier), self.language)

    def link(self, topic: Topic, identifier: str) -> Markup:
        """The name as a link to its page."""
        address = self.pages(f"{_PATHS[topic]}/{identifier}")
        return Markup('<a href="{}">{}</a>').format(address, self.show(topic, identifier))

    def place_text(self, place: Place) -> str:
        """Where money is, as plain text."""
        match place.standing:
            case "list" | "unnamed":
                return self.wording.text(f"place.{place.standing}")
            case "project":
                return self.text("project", place.id)
            case "body" | "payee":
                return self.text("party", place.id)

    def place(self, place: Place) -> Markup:
        """Where money is, as a link where it has a page."""
        match place.standing:
            case "list" | "unnamed":
                return self.wording.say(f"place.{place.standing}")
            case "project":
                return self.link("project", place.id)
            case "body" | "payee":
                return self.link("party", place.id)


def present_names(register: Register) -> Callable[[Topic, str], tuple[str, str] | None]:
    """Names as the latest versions give them."""

    def found(topic: Topic, identifier: str) -> tuple[str, str] | None:
        tables: dict[Topic, Mapping[str, Party | Fund | Project]] = {
            "party": register.parties,
            "fund": register.funds,
            "project": register.projects,
        }
        entry = tables[topic].get(identifier)
        return None if entry is None else (entry.name, entry.name_en or "")

    return found


def names_at(index: EntryIndex, seq: int) -> Callable[[Topic, str], tuple[str, str] | None]:
    """Names as they stood at position `seq`: a page about an old entry does not change when a body is renamed."""

    def found(topic: Topic, identifier: str) -> tuple[str, str] | None:
        title = index.title_at(topic, identifier, seq=seq)
        return None if title is None else (title.name, title.name_en)

    return found
