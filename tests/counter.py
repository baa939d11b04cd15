# SPDX-License-Identifier: Apache-2.0
"""People at the counter of a served ledger: a clock the test moves, and clients that sign in with their keys.

visitor = Visitor(site, world.seats[COUNTY].keys["maker"])
visitor.sign_in()
visitor.write("POST", "/v1/…", {...})
"""

import datetime
import json
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from ledger.instant import parse_instant
from ledger.keys import Ed25519Signer, key_id
from ledger.session_claim import SessionClaim, sign_claim
from tests.served import Site
from tests.worlds import BEGINNING

ADDRESS = "https://ledger.example"


@dataclass(slots=True)
class MovedClock:
    """Stands where it was put."""

    moment: datetime.datetime = field(
        default_factory=lambda: parse_instant(BEGINNING) + datetime.timedelta(days=1)
    )

    def __call__(self) -> datetime.datetime:
        """The present moment."""
        return self.moment

    def move(self, **by: int) -> None:
        """Let time pass."""
        self.moment += datetime.timedelta(**by)


@dataclass(slots=True)
class Visitor:
    """Somebody with a key, and what their browser keeps: the cookie, and the token of its pages."""

    site: Site
    signer: Ed25519Signer
    address: str = ADDRESS
    cookie: str = ""
    token: str = ""

    @property
    def key(self) -> str:
        """The id of the key."""
        return key_id(self.signer.alg, self.signer.public)

    def challenge(self) -> dict[str, Any]:
        """A challenge for the key."""
        answer = self.send("POST", "/v1/sessions/challenges", {"key": self.key})
        assert answer.status_code == 201, answer.text
        asked: dict[str, Any] = answer.json()
        return asked

    def claim(self, asked: dict[str, Any], **changed: str) -> SessionClaim:
        """The claim that answers `asked` at the address dialled."""
        return SessionClaim(**{"audience": self.address, "key": self.key, **asked, **changed})

    def answer(self, claim: SessionClaim, *, sig: str | None = None, **headers: str) -> httpx.Response:
        """The answer to `claim`, signed."""
        fields = {name: getattr(claim, name) for name in claim.__struct_fields__}
        body = {**fields, "sig": sig or sign_claim(claim, self.signer)}
        return self.send("POST", "/v1/sessions", body, **headers)

    def sign_in(self) -> Self:
        """The visitor, signed in."""
        answer = self.answer(self.claim(self.challenge()))
        assert answer.status_code == 201, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.token = answer.json()["token"]
        return self

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The answer to a GET with the cookie."""
        return self.send("GET", path, **headers)

    def write(self, method: str, path: str, body: object = None) -> httpx.Response:
        """The answer to a write that comes from a page of the server, with the token."""
        return self.send(method, path, body, origin=self.address, x_fundtrace_token=self.token)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """The answer to any request with the cookie."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        cookie = {"cookie": self.cookie} if self.cookie else {}
        return self.site.send(method, path, content=content, headers={**cookie, **headers})
