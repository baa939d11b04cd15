# SPDX-License-Identifier: Apache-2.0
"""The plain alternative to a ledger: the same web framework, the same requests, one row an event in an audit table.

Nothing is checked, signed, hashed or chained; each request is one durable transaction. Run as
``python -m api.bench.audit_route DATABASE``; it says its address and serves until it is stopped.
"""

import json
import sys
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request
from sqlalchemy import Engine
from starlette.responses import JSONResponse

from api.bodies import bounded_body
from api.serving import answer
from ledger.store.engine import is_sqlite, open_engine
from ledger.submission import WIRE_BYTES_MAX


def create_app(engine: Engine) -> FastAPI:
    """The route, over a table that is made here."""
    app = FastAPI()
    kind = "INTEGER PRIMARY KEY" if is_sqlite(engine) else "bigserial PRIMARY KEY"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS bench_audit (id {kind}, party text NOT NULL, event text NOT NULL)"
        )

    @app.post("/v1/submissions", status_code=201)
    async def post(request: Request) -> JSONResponse:
        data = await bounded_body(request, WIRE_BYTES_MAX)
        stored = await anyio.to_thread.run_sync(_store, engine, data or b"{}")
        return JSONResponse({"events": stored}, status_code=201)

    return app


def _store(engine: Engine, data: bytes) -> int:
    body = json.loads(data)
    party = body["header"]["party"]
    rows: list[tuple[Any, ...]] = [(party, json.dumps(event, ensure_ascii=False)) for event in body["events"]]
    mark = "?" if is_sqlite(engine) else "%s"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO bench_audit (party, event) VALUES ({mark}, {mark})", rows)  # noqa: S608 - a constant
    return len(rows)


def main(url: str) -> None:
    """Serve until stopped."""
    engine = open_engine(url, create=True)
    try:
        answer(create_app(engine), "127.0.0.1", 0, told=lambda address: print(address, flush=True))  # noqa: T201 - read by its parent
    finally:
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
