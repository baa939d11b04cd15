# SPDX-License-Identifier: Apache-2.0
"""How a page becomes an answer: read under one lock, tagged by what it shows, kept by readers as long as it holds."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from fastapi import Request
from starlette.responses import Response

from api.caching import ASK_AGAIN, state_tag, tag_of, unchanged
from api.languages import Language, asked_language
from api.portal.entry_page import entry_page
from api.portal.frame import Frame, HeadFacts, page
from api.portal.visit import Visit
from api.routers.entries import entry_bytes
from api.routers.registry import unknown
from api.served_ledger import ServedLedger
from api.worker import Worker
from ledger.static_headers import IMMUTABLE
from ledger.store.log_reader import LogReader, StoredCheckpoint

SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}

WITH_THE_VERIFIER: Final = {
    "Content-Security-Policy": f"{SECURITY['Content-Security-Policy']}; script-src 'self'; connect-src 'self'",
}
"""The page of an entry checks itself on the reader's device: modules of this site, and files of its log."""

FOLD_SECONDS: Final = 2.0
"""So long the reader of an entry posted just now waits for those before it to be folded."""

View = Callable[[Visit], Response]
"""Makes the page of one visit."""


def show(request: Request, view: View, *, section: str = "", beside: object = "") -> Response:
    """The page that `view` makes of the present state, or 304 when the reader has it already.

    `beside` is whatever else the page shows that changes while the log does not.
    """
    ledger: ServedLedger = request.app.state.ledger
    with ledger.model.lock, ledger.reading() as reader:
        head = reader.head()
        frame = frame_for(request, ledger, head, section=section)
        judged = ledger.board.judged
        state = (ledger.model.size, judged.size if judged else 0, judged.as_of if judged else "")
        tag = state_tag(
            request,
            head=head.root.hex() if head else "",
            as_of=(*state, beside),
            language=frame.language,
        )
        known = unchanged(request, tag)
        if known is not None:
            return known
        answer = view(Visit(frame=frame, model=ledger.model, judged=judged, reader=reader))
    answer.headers.update({**SECURITY, "ETag": tag, "Cache-Control": ASK_AGAIN})
    return answer


def show_entry(request: Request, seq: int) -> Response:
    """The page of an entry; it never changes, so it may be kept for ever."""
    ledger: ServedLedger = request.app.state.ledger
    worker: Worker = request.app.state.worker
    if seq >= ledger.model.size and worker.damage is None:  # posted a moment ago
        worker.catch_up(seconds=FOLD_SECONDS)
    with ledger.model.lock, ledger.reading() as reader:
        data = entry_bytes(reader, seq)
        checkpoint = _covering(reader, seq)
        if ledger.model.size <= seq:
            return _still_folding(request, ledger, reader)
        frame = frame_for(request, ledger, checkpoint, anchored=True)
        visit = Visit(frame=frame, model=ledger.model, judged=None, reader=reader)
        made = entry_page(visit, seq, data, checkpoint)
        answer = page("entry.html", frame, page=made, visit=visit)
    answer.headers.update(
        {**WITH_THE_VERIFIER, "ETag": tag_of("entry", made.leaf, request.url), "Cache-Control": IMMUTABLE}
    )
    return answer


@contextmanager
def visiting(request: Request, *, section: str = "") -> Iterator[Visit]:
    """A visit for what is shown to one person and kept by nobody; the read model is locked meanwhile."""
    ledger: ServedLedger = request.app.state.ledger
    with ledger.model.lock, ledger.reading() as reader:
        frame = frame_for(request, ledger, reader.head(), section=section)
        yield Visit(frame=frame, model=ledger.model, judged=None, reader=reader)


def page_language(request: Request) -> Language:
    """The language of the address, else that of the server; never the browser's, so that caches hold one page."""
    otherwise: Language = request.app.state.settings.language
    return asked_language(parameter=request.query_params.get("lang"), accept=None, otherwise=otherwise)


def error_page(request: Request, *, status: int, heading: str, text: str, reference: str = "") -> Response:
    """A whole page that says what happened, what still works, and where to go on."""
    ledger: ServedLedger = request.app.state.ledger
    frame = frame_for(request, ledger, None)
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
    frame = frame_for(request, ledger, head)
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


def frame_for(
    request: Request,
    ledger: ServedLedger,
    head: StoredCheckpoint | None,
    *,
    section: str = "",
    anchored: bool = False,
) -> Frame:
    """The surroundings of a page over `head`."""
    query: Mapping[str, str] = request.query_params
    facts = HeadFacts(
        size=head.size if head else 0,
        root=head.root.hex() if head else "",
        recorded=head.recorded if head else ledger.genesis.created_at,
        anchored=anchored,
    )
    return Frame(
        genesis=ledger.genesis,
        genesis_hash=ledger.genesis_hash,
        language=page_language(request),
        exact=query.get("exact") == "1",
        path=request.url.path,
        query=dict(query),
        head=facts,
        section=section,
    )
