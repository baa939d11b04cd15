# SPDX-License-Identifier: Apache-2.0
"""The portal: pages for people, drawn on the server, in Chinese or with ``?lang=en`` in English."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from api.forms.form import form_kinds
from api.portal.anchor_page import anchor_page
from api.portal.finding_page import finding_page
from api.portal.findings_shown import finding_rows, gap_rows
from api.portal.frame import page
from api.portal.fund_page import fund_page
from api.portal.home_page import as_of_text, fund_row, home_page
from api.portal.objections_page import objections_page
from api.portal.paging import Cut, cut
from api.portal.party_page import party_page
from api.portal.project_page import project_list, project_page
from api.portal.search_page import search_page
from api.portal.visit import Visit
from api.portal.witness_table import witness_table
from api.projection.read_model import GRANT
from api.routers.entries import SEQ_MAX
from api.routers.portal_answers import show, show_entry
from api.routers.public_findings import no_finding
from api.routers.registry import unknown
from api.served_ledger import ServedLedger
from ledger.errors import MissingError

Id = Annotated[str, Path(max_length=64)]


def router() -> APIRouter:  # noqa: C901, PLR0915 - one function a page
    """The routes of this module; they stand outside the OpenAPI document."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/")
    def home(request: Request) -> Response:
        """The home page."""
        return show(request, lambda visit: page(
            "home.html", visit.frame, page=home_page(visit), as_of=as_of_text(visit), visit=visit
        ))  # fmt: skip

    @routes.get("/funds")
    def funds(request: Request) -> Response:
        """Every fund."""

        def view(visit: Visit) -> Response:
            listed = sorted(visit.model.register.funds.values(), key=lambda one: one.id)
            piece = cut(visit.frame, listed, "funds")
            rows = tuple(fund_row(visit, one, visit.model.book(one.id, GRANT)) for one in piece.rows)
            column = visit.frame.money.unit([row.issued for row in rows], columns=True)
            shown = Cut(rows=rows, rest=piece.rest, next=piece.next)
            return page("funds.html", visit.frame, funds=shown, column=column, visit=visit)

        return show(request, view, section="funds")

    @routes.get("/funds/{identifier}")
    def fund(request: Request, identifier: Id) -> Response:
        """One fund."""

        def view(visit: Visit) -> Response:
            found = visit.model.register.funds.get(identifier)
            if found is None:
                raise unknown("funds", identifier)
            return page("fund.html", visit.frame, page=fund_page(visit, found), visit=visit)

        return show(request, view, section="funds")

    @routes.get("/projects")
    def projects(request: Request) -> Response:
        """Every project."""
        return show(
            request,
            lambda visit: page("projects.html", visit.frame, page=project_list(visit), visit=visit),
            section="projects",
        )

    @routes.get("/projects/{identifier}")
    def project(request: Request, identifier: Id) -> Response:
        """One project."""

        def view(visit: Visit) -> Response:
            found = visit.model.register.projects.get(identifier)
            if found is None:
                raise unknown("projects", identifier)
            return page("project.html", visit.frame, page=project_page(visit, found), visit=visit)

        return show(request, view, section="projects")

    @routes.get("/parties/{identifier}")
    def party(request: Request, identifier: Id) -> Response:
        """One body or payee."""

        def view(visit: Visit) -> Response:
            found = visit.model.register.parties.get(identifier)
            if found is None:
                raise unknown("parties", identifier)
            return page("party.html", visit.frame, page=party_page(visit, found), visit=visit)

        return show(request, view)

    @routes.get("/findings")
    def findings(request: Request) -> Response:
        """Every public finding."""

        def view(visit: Visit) -> Response:
            public = visit.judged.public if visit.judged is not None else ()
            piece = cut(visit.frame, public, "findings")
            rows = tuple(finding_rows(visit, piece.rows))
            unit = visit.frame.money.unit([row.amount or 0 for row in rows], columns=True)
            shown = Cut(rows=rows, rest=piece.rest, next=piece.next)
            gaps = tuple(gap_rows(visit))
            return page("findings.html", visit.frame, findings=shown, column=unit, gaps=gaps, visit=visit)

        return show(request, view, section="findings")

    @routes.get("/findings/{identifier}")
    def finding(request: Request, identifier: Id) -> Response:
        """One public finding."""

        def view(visit: Visit) -> Response:
            public = visit.judged.public if visit.judged is not None else ()
            found = next((one for one in public if one.id == identifier), None)
            if found is None:
                raise no_finding(identifier)
            return page("finding.html", visit.frame, page=finding_page(visit, found), visit=visit)

        return show(request, view, section="findings")

    @routes.get("/search")
    def search(request: Request, q: str = "") -> Response:
        """Look something up."""
        return show(
            request, lambda visit: page("search.html", visit.frame, page=search_page(visit, q), visit=visit)
        )

    @routes.get("/about")
    def about(request: Request) -> Response:
        """How to check, how figures are computed, open data, accessibility."""
        address = f"{str(request.base_url).rstrip('/')}/log"
        ledger: ServedLedger = request.app.state.ledger
        witnesses = witness_table(ledger)
        vkeys = [key.text for key in ledger.log_keys().current]

        def view(visit: Visit) -> Response:
            return page(
                "about.html", visit.frame, address=address, vkeys=vkeys, witnesses=witnesses,
                forms=form_kinds(), visit=visit,
            )  # fmt: skip

        return show(
            request,
            view,
            section="about",
            beside=witnesses,
        )

    @routes.get("/anchor")
    def anchor(request: Request) -> Response:
        """The anchor to print."""
        address = f"{str(request.base_url).rstrip('/')}/log"

        def view(visit: Visit) -> Response:
            made = anchor_page(visit.frame, label=visit.frame.words.text("anchor.code"))
            return page("anchor.html", visit.frame, page=made, address=address, visit=visit)

        return show(request, view, section="about")

    @routes.get("/entries/{seq}")
    def entry(request: Request, seq: Annotated[int, Path(ge=0, le=SEQ_MAX)]) -> Response:
        """One entry by its position."""
        return show_entry(request, seq)

    @routes.get("/entries/{seq}/objections")
    def objections(request: Request, seq: Annotated[int, Path(ge=0, le=SEQ_MAX)]) -> Response:
        """The objections to one event, and how their answers stand."""

        def view(visit: Visit) -> Response:
            found = objections_page(visit, seq)
            if found is None:
                raise unknown("entries", str(seq))
            return page("objections.html", visit.frame, page=found, visit=visit)

        return show(request, view)

    @routes.get("/e/{digest}")
    def entry_by_hash(request: Request, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
        """One entry by its leaf hash: the permanent address."""
        ledger: ServedLedger = request.app.state.ledger
        with ledger.model.lock:
            found = ledger.model.index.by_leaf(bytes.fromhex(digest))
        if found is None:
            raise MissingError(
                code="hash-unknown",
                place=digest,
                message_en="no entry has this hash",
                message_zh="没有哈希为此值的条目",
                remedy_en="Compare it with the receipt; an entry recorded just now takes a moment.",
                remedy_zh="请与收据核对；刚入账的条目稍后可见。",
            )
        return show_entry(request, found.seq)

    return routes
