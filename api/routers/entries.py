# SPDX-License-Identifier: Apache-2.0
"""Single entries and their receipts: what a position says never changes, so the answers may be kept for ever."""

import base64
import json
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from api.caching import ASK_AGAIN, state_tag, unchanged
from api.evidence import pack_of
from api.routers.log_files import restricted
from api.served_ledger import ServedLedger
from ledger.errors import MissingError
from ledger.hashing import leaf_hash
from ledger.receipt import SUFFIX
from ledger.static_headers import IMMUTABLE, MOMENT, OCTETS
from ledger.store.cosignatures import best_cosigned_over, shown_note
from ledger.store.log_reader import LogReader
from ledger.store.stored_receipt import stored_receipt
from verifier.evidence.pack import SUFFIX as PACK_SUFFIX

SEQ_MAX: Final = 2**53 - 1
ENTRIES_MAX: Final = 50
"""Of one page; each may have 64 KiB."""

Seq = Annotated[int, Path(ge=0, le=SEQ_MAX, description="position in the log, from 0")]


class EntryAnswer(BaseModel):
    """One entry of the log."""

    seq: int
    leaf: Annotated[str, Field(description="leaf hash, hex")]
    size: Annotated[
        int, Field(description="entries covered by the checkpoint that its poster was answered with")
    ]
    bytes: Annotated[str, Field(description="the canonical bytes, standard base64; hashes are over these")]
    entry: Annotated[dict[str, Any], Field(description="the same, decoded for reading")]


class EntryItem(BaseModel):
    """One entry of a list; its exact bytes are at its own address."""

    seq: int
    leaf: Annotated[str, Field(description="leaf hash, hex")]
    entry: Annotated[dict[str, Any], Field(description="the entry, decoded for reading")]


class EntriesAnswer(BaseModel):
    """One page, in order of position."""

    up_to: Annotated[int, Field(description="position of the last entry of the log")]
    items: list[EntryItem]
    next: Annotated[int | None, Field(description="give it as `after` for the next page; null at the end")]


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["entries"])
    _add_list(routes)

    raw: dict[int | str, dict[str, Any]] = {
        200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}
    }

    @routes.get("/entries/{seq}", response_model=EntryAnswer, responses=raw, operation_id="getEntry")
    def entry(
        request: Request,
        seq: Seq,
        form: Annotated[
            str, Query(alias="format", pattern="^(json|raw)$", description="raw: the bytes alone")
        ] = "json",
    ) -> Response:
        """One entry, with its exact bytes."""
        ledger: ServedLedger = request.app.state.ledger
        with ledger.reading() as reader:
            data = entry_bytes(reader, seq)
            checkpoint = reader.checkpoint_over(seq)
        headers = {"Cache-Control": IMMUTABLE}
        if form == "raw":
            name = f'attachment; filename="entry-{seq}.json"'
            return Response(data, media_type=OCTETS, headers={**headers, "Content-Disposition": name})
        answer = EntryAnswer(
            seq=seq,
            leaf=leaf_hash(data).hex(),
            size=checkpoint.size if checkpoint else 0,
            bytes=base64.b64encode(data).decode("ascii"),
            entry=json.loads(data),
        )
        return JSONResponse(answer.model_dump(), headers=headers)

    @routes.get(
        "/receipts/{seq}",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}, **raw[200]["content"]}}},
        operation_id="getReceipt",
    )
    def receipt(
        request: Request,
        seq: Seq,
        pack: Annotated[bool, Query(description="the entry's whole evidence in one file")] = False,  # noqa: FBT002 - given by name
    ) -> Response:
        """The `.tlog-proof` of an entry (C2SP tlog-proof), under the checkpoint over it that most witnesses cosigned."""
        ledger: ServedLedger = request.app.state.ledger
        if pack:
            return _pack(ledger, seq)
        with ledger.reading_database() as connection:
            data = receipt_bytes(connection, seq, origin=ledger.genesis.origin)
        name = f'attachment; filename="entry-{seq}{SUFFIX}"'
        headers = {"Cache-Control": MOMENT, "Content-Disposition": name}
        return Response(data, media_type="text/plain; charset=utf-8", headers=headers)

    return routes


def _add_list(routes: APIRouter) -> None:
    @routes.get("/entries", response_model=EntriesAnswer, operation_id="listEntries")
    def listing(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=ENTRIES_MAX)] = 20,
        after: Annotated[int, Query(ge=-1, le=SEQ_MAX, description="last position of the page before")] = -1,
    ) -> Response:
        """Entries after a position. Whoever wants all of them takes the bundles of /log/tile/entries/ or an export."""
        ledger: ServedLedger = request.app.state.ledger
        if ledger.genesis.entries == "restricted":
            return restricted(request)
        with ledger.reading() as reader:
            head = reader.head()
            size = head.size if head else 0
            tag = state_tag(request, head=head.root.hex() if head else "")
            found = list(reader.entries(after + 1, min(after + 1 + limit, size)))
        items = [
            EntryItem(seq=seq, leaf=leaf_hash(data).hex(), entry=json.loads(data))
            for seq, data in enumerate(found, after + 1)
        ]
        last = after + len(items)
        answer = EntriesAnswer(up_to=size - 1, items=items, next=last if items and last < size - 1 else None)
        headers = {"ETag": tag, "Cache-Control": ASK_AGAIN}
        return unchanged(request, tag) or JSONResponse(answer.model_dump(), headers=headers)


def _pack(ledger: ServedLedger, seq: int) -> Response:
    """The whole evidence of an entry (spec §2.13): under the newest anchored checkpoint that covers it, or the newest."""
    name = f'attachment; filename="entry-{seq}{PACK_SUFFIX}"'
    headers = {"Cache-Control": MOMENT, "Content-Disposition": name}
    return Response(pack_of(ledger, seq), media_type=OCTETS, headers=headers)


def entry_bytes(reader: LogReader, seq: int) -> bytes:
    """The bytes of entry `seq`.

    Raises:
        MissingError: the log does not reach that far.
    """
    data = reader.entry(seq)
    if data is None:
        raise _beyond(seq)
    return data


def receipt_bytes(connection: Connection, seq: int, *, origin: str) -> bytes:
    """The receipt of entry `seq`, with the newest line of each cosigner.

    It is under the checkpoint that most others than the log cosigned; while nobody did, under the first that covers it.

    Raises:
        MissingError: the log does not reach that far.
    """
    reader = LogReader(connection)
    cosigned = best_cosigned_over(connection, seq, origin=origin)
    checkpoint = reader.checkpoint_over(seq) if cosigned is None else reader.checkpoint_of(cosigned)
    if checkpoint is None:
        raise _beyond(seq)
    return stored_receipt(reader, seq, replace(checkpoint, note=shown_note(connection, checkpoint)))


def _beyond(seq: int) -> MissingError:
    return MissingError(
        code="entry-unknown",
        place=f"entry {seq}",
        message_en="the log has no entry at this position yet",
        message_zh="账本还没有这一条",
        remedy_en="Ask for a position below the size that /log/checkpoint states.",
        remedy_zh="请查询小于账本头（/log/checkpoint）所载条数的位置。",
    )
