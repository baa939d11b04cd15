# SPDX-License-Identifier: Apache-2.0
"""What stands around every page: language, ledger, head, marks, addresses; and how a template becomes an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from api.languages import Language
from api.portal.amounts import MoneyStyle
from api.portal.dates import day_in_prose, moment_of
from api.portal.tongues import in_its_language
from api.portal.wording import LANG_TAGS, Wording, wording
from ledger.genesis import Genesis

SECTIONS: Final = ("funds", "projects", "findings", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadFacts:
    """The head that a page shows in its strip: entries, root in hex, instant recorded in the last of them.

    `anchored` marks a page that never changes: its head is the one that its own proof leads to.
    """

    size: int
    root: str
    recorded: str
    anchored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The surroundings of one page, for one reader."""

    genesis: Genesis
    genesis_hash: str
    language: Language
    exact: bool
    path: str
    query: Mapping[str, str]
    head: HeadFacts
    section: str = ""

    @property
    def words(self) -> Wording:
        """The sentences of the page's language."""
        return wording(self.language)

    @property
    def money(self) -> MoneyStyle:
        """How amounts are written."""
        return MoneyStyle(language=self.language, currency=self.genesis.currency, exact=self.exact)

    @property
    def tag(self) -> str:
        """The `lang` attribute of the page."""
        return LANG_TAGS[self.language]

    @property
    def ledger_name(self) -> Markup:
        """The name of the ledger."""
        name = self.genesis.name_en if self.language == "en" and self.genesis.name_en else self.genesis.name
        return in_its_language(name, self.language)

    @property
    def other_language(self) -> Language:
        """The one that the page is not in."""
        return "zh" if self.language == "en" else "en"

    def url(self, path: str, **query: str) -> str:
        """The address of `path` in the page's language; the exact view is kept."""
        kept = {"lang": "en"} if self.language == "en" else {}
        exact = {"exact": "1"} if self.exact else {}
        return _address(path, {**kept, **exact, **query})

    def here(self, *, language: Language | None = None, exact: bool | None = None) -> str:
        """The address of this very page in another language, or with exact amounts or without."""
        query = {key: value for key, value in self.query.items() if key not in {"lang", "exact"}}
        if (language or self.language) == "en":
            query["lang"] = "en"
        if self.exact if exact is None else exact:
            query["exact"] = "1"
        return _address(self.path, query)

    def moment(self, instant: str) -> str:
        """`instant` in the ledger's time zone."""
        return moment_of(instant, self.genesis.time_zone)


def _address(path: str, query: Mapping[str, str]) -> str:
    encoded = quote(path, safe="/:._-~")
    return f"{encoded}?{urlencode(query)}" if query else encoded


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("api.portal"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    template: str,
    frame: Frame,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **parts: Any,  # noqa: ANN401 - what each template asks for
) -> HTMLResponse:
    """The answer made of `template` with `parts`; `say`, `money` and `frame` stand in every template."""
    text = (
        _environment()
        .get_template(template)
        .render(
            frame=frame,
            say=frame.words.say,
            known=frame.words.known,
            money=frame.money,
            genesis_hash=frame.genesis_hash,
            prose=lambda day: day_in_prose(day, frame.language),
            **parts,
        )
    )
    return HTMLResponse(text, status_code=status, headers={"Content-Language": frame.tag, **(headers or {})})
