# SPDX-License-Identifier: Apache-2.0
"""The portal: pages for people, drawn on the server, in Chinese or with ``?lang=en`` in English."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from api.caching import ASK_AGAIN, IMMUTABLE, tag_of, unchanged
from api.portal.entry_page import entry_page
from api.portal.finding_page import finding_page
from api.portal.findings_shown import finding_rows
from api.portal.frame import Frame, HeadFacts, page
from api.portal.fund_page import fund_page
from api.portal.home_page import as_of_text, fund_row, home_page
from api.portal.paging import Cut, cut
from api.portal.party_page import party_page
from api.portal.project_page import project_list, project_page
from api.portal.search_page import search_page
from api.portal.visit import Visit
from api.projection.read_model import GRANT
from api.routers.entries import SEQ_MAX, entry_bytes
from api.routers.public_findings import no_finding
from api.routers.registry import unknown
from api.served_ledger import ServedLedger
from ledger.errors import MissingError
from ledger.store.log_reader import LogReader, StoredCheckpoint

SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}

Id = Annotated[str, Path(max_length=64)]
View = Callable[[Visit], Response]


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
            return page("findings.html", visit.frame, findings=shown, column=unit, visit=visit)

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
        origin = str(request.base_url).rstrip("/")
        return show(
            request,
            lambda visit: page("about.html", visit.frame, address=f"{origin}/log", visit=visit),
            section="about",
        )

    @routes.get("/entries/{seq}")
    def entry(request: Request, seq: Annotated[int, Path(ge=0, le=SEQ_MAX)]) -> Response:
        """One entry by its position."""
        return show_entry(request, seq)

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


def show(request: Request, view: View, *, section: str = "") -> Response:
    """The page that `view` makes of the present state, or 304 when the reader has it already."""
    ledger: ServedLedger = request.app.state.ledger
    with ledger.model.lock, ledger.reading() as reader:
        head = reader.head()
        frame = _frame(request, ledger, head, section=section)
        judged = ledger.board.judged
        state = (ledger.model.size, judged.size if judged else 0, judged.as_of if judged else "")
        tag = tag_of(head.root.hex() if head else "", *state, frame.language, request.url)
        known = unchanged(request, tag)
        if known is not None:
            return known
        answer = view(Visit(frame=frame, model=ledger.model, judged=judged, reader=reader))
    answer.headers.update({**SECURITY, "ETag": tag, "Cache-Control": ASK_AGAIN})
    return answer


def show_entry(request: Request, seq: int) -> Response:
    """The page of an entry; it never changes, so it may be kept for ever."""
    ledger: ServedLedger = request.app.state.ledger
    with ledger.model.lock, ledger.reading() as reader:
        data = entry_bytes(reader, seq)
        checkpoint = _covering(reader, seq)
        if ledger.model.size <= seq:
            return _still_folding(request, ledger, reader)
        frame = _frame(request, ledger, checkpoint, anchored=True)
        visit = Visit(frame=frame, model=ledger.model, judged=None, reader=reader)
        made = entry_page(visit, seq, data, checkpoint)
        answer = page("entry.html", frame, page=made, visit=visit)
    answer.headers.update(
        {**SECURITY, "ETag": tag_of("entry", made.leaf, request.url), "Cache-Control": IMMUTABLE}
    )
    return answer


def error_page(request: Request, *, status: int, heading: str, text: str, reference: str = "") -> Response:
    """A whole page that says what happened, what still works, and where to go on."""
    ledger: ServedLedger = request.app.state.ledger
    frame = _frame(request, ledger, None)
    answer = page(
        "error.html", frame, status=status, heading=heading, text=text, reference=reference, visit=None
    )
    answer.headers.update({**SECURITY, "Cache-Control": "no-store"})
    return answer


def _covering(reader: LogReader, seq: int) -> StoredCheckpoint:
    found = reader.checkpoint_over(seq)
    if found is None:
        raise unknown("entries", str(seq))
    return found


def _still_folding(request: Request, ledger: ServedLedger, reader: LogReader) -> Response:
    head = reader.head()
    frame = _frame(request, ledger, head)
    text = frame.words.text("error.folding", seq=ledger.model.size, size=head.size if head else 0)
    answer = page(
        "error.html",
        frame,
        status=503,
        heading=frame.words.text("error.title"),
        text=text,
        reference="",
        visit=None,
    )
    answer.headers.update({**SECURITY, "Cache-Control": "no-store", "Retry-After": "2"})
    return answer


def _frame(
    request: Request,
    ledger: ServedLedger,
    head: StoredCheckpoint | None,
    *,
    section: str = "",
    anchored: bool = False,
) -> Frame:
    query: Mapping[str, str] = request.query_params
    facts = HeadFacts(
        size=head.size if head else 0,
        root=head.root.hex() if head else "",
        recorded=head.recorded if head else ledger.genesis.created_at,
        anchored=anchored,
    )
    settings = request.app.state.settings
    asked = query.get("lang")
    return Frame(
        genesis=ledger.genesis,
        genesis_hash=ledger.genesis_hash,
        language="en" if asked == "en" else "zh" if asked in {"zh", "zh-CN"} else settings.language,
        exact=query.get("exact") == "1",
        path=request.url.path,
        query=dict(query),
        head=facts,
        section=section,
    )
