# SPDX-License-Identifier: Apache-2.0
"""Pages for people at work: signing in, the drafts of their bureau, one draft, what is due; kept by nobody."""

import json
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.drafts.draft_desk import DraftDesk
from api.notices.due import Due, due_from, today
from api.portal.frame import page
from api.portal.wording import Wording
from api.routers.draft_answers import After, draft_page, draft_row, seen_in
from api.routers.portal_answers import WITH_THE_VERIFIER, page_language, visiting
from api.routers.sessions import someone_signed_in
from api.served_ledger import ServedLedger
from api.sessions.front_desk import Present
from ledger.genesis import ADMINISTRATOR
from ledger.kinds.registry import KeyRole
from ledger.submission import header_bytes

_HEADERS = {**WITH_THE_VERIFIER, "Cache-Control": "no-store"}


def router() -> APIRouter:
    """The routes of this module; they stand outside the OpenAPI document."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/login")
    def login(request: Request) -> Response:
        """Sign in with a key of this browser, or make one."""
        present = someone_signed_in(request)
        with visiting(request) as visit:
            words = _script_words(visit.frame.words, "login.say.")
            roles = [role for role in get_args(KeyRole) if role != ADMINISTRATOR]
            return page(
                "login.html",
                visit.frame,
                headers=_HEADERS,
                words=words,
                present=present,
                roles=roles,
                visit=visit,
            )

    @routes.get("/desk/drafts")
    def drafts(request: Request, after: After = "") -> Response:
        """The drafts of the signer's bureau."""
        present = someone_signed_in(request)
        if present is None:
            return _to_login(request)
        found = draft_page(request, present, after)
        return _page(request, present, "drafts.html", rows=found["drafts"], after=found["next"])

    @routes.get("/desk/due")
    def due(request: Request) -> Response:
        """What is due from the signer's bureau, and which drafts wait for the signer."""
        present = someone_signed_in(request)
        if present is None:
            return _to_login(request)
        desk: DraftDesk = request.app.state.draft_desk
        rows = [draft_row(request, one, header) for one, header in desk.to_review(present)]
        found = _due_now(request, present.party)
        return _page(request, present, "due.html", due=found, rows=rows)

    @routes.get("/desk/drafts/{name}")
    def draft(request: Request, name: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> Response:
        """One draft, as it would be signed."""
        present = someone_signed_in(request)
        if present is None:
            return _to_login(request)
        desk: DraftDesk = request.app.state.draft_desk
        progress = desk.shown(present, name)
        whole = progress.whole
        zh = page_language(request) == "zh"
        events = [json.loads(one) for one in whole.newest.events]
        hindered = desk.hindered(present, whole)
        return _page(
            request,
            present,
            "draft.html",
            row=draft_row(request, whole.draft, whole.newest.header),
            seen=seen_in(request, whole, language=page_language(request)),
            header=whole.newest.header,
            header_text=header_bytes(whole.newest.header).decode(),
            signatures=whole.signatures,
            waiting=[one.message_zh if zh else one.message_en for one in progress.waiting],
            offline="" if hindered is None else hindered.told_zh() if zh else hindered.told_en(),
            reviews=bool(set(present.roles) - {"maker"}),
            events_text=json.dumps(events, ensure_ascii=False, indent=1),
        )

    return routes


def _due_now(request: Request, party: str) -> Due | None:
    """What is due from `party` today; None before the first judgement."""
    ledger: ServedLedger = request.app.state.ledger
    judged = ledger.board.judged
    if judged is None:
        return None
    return due_from(party, judged, today(ledger.genesis, judged, request.app.state.front_desk.now()))


def _page(request: Request, present: Present, template: str, **parts: Any) -> Response:  # noqa: ANN401 - of each template
    with visiting(request) as visit:
        words = visit.frame.words
        return page(
            template,
            visit.frame,
            headers=_HEADERS,
            present=present,
            name=visit.names.text("party", present.party),
            roles=words.text("words.separator").join(words.text(f"role.{one}") for one in present.roles),
            script_words=_script_words(words, "desk.say."),
            visit=visit,
            **parts,
        )


def _to_login(request: Request) -> Response:
    query = "?lang=en" if page_language(request) == "en" else ""
    return RedirectResponse(f"/login{query}", status_code=303, headers={"Cache-Control": "no-store"})


def _script_words(words: Wording, family: str) -> dict[str, str]:
    """The sentences that the script of the page speaks in, by the names it calls them, with their gaps still open."""
    return {
        key.removeprefix(family): sentence
        for key, sentence in words.sentences.items()
        if key.startswith(family) and isinstance(sentence, str)
    }
