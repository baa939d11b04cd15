# SPDX-License-Identifier: Apache-2.0
"""A key that is signed in at a served ledger: what it reads and writes there beside submissions (spec §3.9).

The cookie stands in memory only and goes to the address that was dialled. A session signs nothing but its own claim.
"""

from dataclasses import dataclass, field
from typing import Final, Self, TypeVar

import msgspec

from ledger.answer import Refused
from ledger.client import LedgerClient
from ledger.connection import Answer
from ledger.errors import EnvironmentFault, InputError, ProofError
from ledger.keys import Signer, key_id
from ledger.problems import error_of
from ledger.served_answers import problems_in
from ledger.session_claim import SessionClaim, audience_of, sign_claim

TOKEN_HEADER: Final = "X-FundTrace-Token"  # noqa: S105 - the name of a header

_JSON: Final = "application/json"

Told = TypeVar("Told")


class _Challenge(msgspec.Struct, frozen=True):
    nonce: str
    expires: str
    genesis: str


class _SignedIn(msgspec.Struct, frozen=True):
    key: str
    party: str
    roles: tuple[str, ...]
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in through `client`: key, party, and the roles of the key at that moment."""

    client: LedgerClient = field(repr=False)
    audience: str
    key: str
    party: str
    roles: tuple[str, ...]
    cookie: str = field(repr=False)
    token: str = field(repr=False)

    def __enter__(self) -> Self:
        """The session, which is over at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.write("DELETE", "/v1/session")
        except EnvironmentFault:
            return  # the server ends it by itself after 15 idle minutes

    def read(self, path: str) -> bytes:
        """What `path` shows to this key.

        Raises:
            InputError: the server refuses it.
            EnvironmentFault: no usable answer came.
        """
        answer = self.client.ask("GET", path, None, {"Cookie": self.cookie})
        if not answer.good:
            raise error_of(problems_in(answer.body, self.client.address)[0], InputError)
        return answer.body

    def write(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        media_type: str = _JSON,
        named: bool = False,
    ) -> bytes | Refused:
        """What the server answers to a write, sent once unless it is `named`, so that the server does it once.

        Raises:
            EnvironmentFault: no usable answer came; unless it is `named`, whether it was done is to be looked up.
        """
        headers = {"Cookie": self.cookie, "Origin": self.audience, TOKEN_HEADER: self.token}
        if body is not None:
            headers["Content-Type"] = media_type
        answer = self.client.ask(method, path, body, headers, once=not named)
        if not answer.good:
            return Refused(problems=problems_in(answer.body, self.client.address))
        return answer.body


def sign_in(client: LedgerClient, signer: Signer, *, genesis: str) -> Session:
    """A session of `signer` at the ledger whose first entry has the leaf hash `genesis`, at the address dialled.

    Raises:
        InputError: the server refuses it: the key is not in force, or nobody signs in at this address.
        ProofError: the challenge is one for another ledger; nothing was signed.
        EnvironmentFault: no usable answer came.
    """
    audience, key = audience_of(client.address), key_id(signer.alg, signer.public)
    asked = msgspec.json.encode({"key": key})
    given = _read(client, client.ask("POST", "/v1/sessions/challenges", asked), _Challenge)
    if given.genesis != genesis:
        raise _other_ledger(client.address)
    try:
        claim = msgspec.convert(
            {**msgspec.to_builtins(given), "audience": audience, "key": key}, SessionClaim
        )
    except msgspec.ValidationError as error:
        raise _unusable(client.address, str(error)) from error
    body = msgspec.json.encode({**msgspec.to_builtins(claim), "sig": sign_claim(claim, signer)})
    answer = client.ask("POST", "/v1/sessions", body, {"Origin": audience, "Content-Type": _JSON}, once=True)
    told = _read(client, answer, _SignedIn)
    return Session(
        client=client,
        audience=audience,
        key=key,
        party=told.party,
        roles=told.roles,
        cookie=_cookie(answer, client.address),
        token=told.token,
    )


def _read(client: LedgerClient, answer: Answer, told: type[Told]) -> Told:
    """What a good answer says."""
    if not answer.good:
        raise error_of(problems_in(answer.body, client.address)[0], InputError)
    try:
        return msgspec.json.decode(answer.body, type=told)
    except ValueError as error:
        raise _unusable(client.address, str(error)) from error


def _cookie(answer: Answer, address: str) -> str:
    """Name and value of the one cookie that is given, as they are sent back."""
    pair = answer.headers.get("set-cookie", "").partition(";")[0]
    name, _, value = pair.partition("=")
    if name not in {"__Host-fundtrace", "fundtrace"} or not value.isalnum():
        raise _unusable(address, "no session cookie")
    return pair


def _other_ledger(address: str) -> ProofError:
    return ProofError(
        code="session.other-ledger",
        place=address,
        message_en="the server asks for a signature for another ledger than the one it shows",
        message_zh="服务器要求签名的账本与其展示的账本不符",
        remedy_en="Check the address with the operator; nothing was signed.",
        remedy_zh="请与运营方核对地址；尚未签名。",
    )


def _unusable(address: str, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="session.answer",
        place=address,
        message_en=f"this is no server at which a key can sign in: {reason}",
        message_zh=f"该服务器不能用密钥登录：{reason}",
        remedy_en="Check the address; it is that of a fundtrace server.",
        remedy_zh="请核对地址，应为 fundtrace 服务器。",
    )
