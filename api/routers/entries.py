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

from api.evidence import pack_of
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


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["entries"])

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
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
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
