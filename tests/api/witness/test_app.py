# SPDX-License-Identifier: Apache-2.0
"""The witness over HTTP waits for nobody who sends too slowly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from api.bodies import SlowBodyError
from api.witness import app as witness_app

if TYPE_CHECKING:
    from tests.api.witness.conftest import Office


@pytest.mark.parametrize(("slow", "status"), [(True, 408), (False, 400)])
def test_a_slow_body_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch, *, slow: bool, status: int
) -> None:
    """408; what comes in time and is no checkpoint is 400."""

    async def never(*_: object) -> bytes:
        raise SlowBodyError

    if slow:
        monkeypatch.setattr(witness_app, "bounded_body", never)

    async def post(app: httpx.ASGITransport) -> int:
        async with httpx.AsyncClient(transport=app, base_url="http://witness.test") as client:
            return (await client.post("/add-checkpoint", content=b"no checkpoint")).status_code

    with office.open() as desk:
        transport = httpx.ASGITransport(app=witness_app.create_app(desk))
        assert asyncio.run(post(transport)) == status
