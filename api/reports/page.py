# SPDX-License-Identifier: Apache-2.0
"""A report as one page (HTML) that stands by itself: no script, no outside request, made for screen and paper."""

from functools import cache
from importlib.resources import files
from typing import Final

import jinja2
from markupsafe import Markup

from api.portal.tongues import in_its_language
from api.portal.wording import LANG_TAGS
from api.reports.cards import card
from api.reports.overview import difference_rows, head_rows, sums_rows
from api.reports.speech import Speech
from api.reports.words import AMOUNTS, COUNTED, WORKED
from verifier.audit_report.records import Report
from verifier.language import Language

CARDS_MAX: Final = 2_000
"""Most findings in full on one page; a browser lays out more only slowly."""

_STYLES: Final = (
    ("api.portal", "static/tokens.css"),
    ("api.portal", "static/portal.css"),
    ("api.reports", "static/report.css"),
)


def write_html(report: Report, language: Language) -> bytes:
    """The page in `language`."""
    speak = Speech(report, language)
    page = _environment().get_template("report.html").render(
        report=report,
        speak=speak,
        tag=LANG_TAGS[language],
        style=_style(),
        cards=[card(speak, report, one) for one in report.findings[:CARDS_MAX]],
        rest=max(0, len(report.findings) - CARDS_MAX),
        head_rows=head_rows(speak, report),
        differences=difference_rows(speak, report.own_rules),
        groups=[(key, sums_rows(speak, key, report)) for key in ("by_rule", "by_fund", "by_place")],
        amounts=AMOUNTS,
        tongue=lambda text: in_its_language(text, language),
        worked=[name for name in WORKED if getattr(report.total, name)],
        counted=COUNTED,
    )  # fmt: skip
    return page.encode()


@cache
def _style() -> Markup:
    """The portal's styles and the report's own; they are files of this package, and none holds a closing tag."""
    return Markup("\n").join(
        Markup(files(package).joinpath(path).read_text("utf-8"))  # noqa: S704 - our own style sheets
        for package, path in _STYLES
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("api.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
