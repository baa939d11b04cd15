# SPDX-License-Identifier: Apache-2.0
"""The front desk: gives out challenges, opens sessions, and says at each request who is there, by the register of then."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from api.refusals import RequestRefused
from api.served_ledger import ServedLedger
from api.sessions import kept
from api.sessions.session import (
    CHALLENGE_LIFE,
    UNSPENT_PER_ADDRESS,
    UNSPENT_PER_KEY,
    Challenge,
    Session,
    check_claim,
    check_signed,
    digest_of,
    key_in_force,
    new_secret,
    roles_in_force,
    token_of,
)
from api.worker import Worker
from ledger.clock import Clock
from ledger.errors import EnvironmentFault
from ledger.instant import format_instant
from ledger.kinds.registry import Key, KeyRole
from ledger.register import Register
from ledger.session_claim import SessionClaim
from ledger.store.engine import writing_beside

FOLD_SECONDS: Final = 5.0
"""How long a request waits until all that was committed before it is read; a revocation must not be overlooked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A challenge on its way to the client: the nonce, and until when its answer counts."""

    nonce: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Who is there: the session, the registration of its key, its roles at this moment, and the token of its writes."""

    session: Session
    key: Key
    roles: tuple[KeyRole, ...]
    token: str

    @property
    def party(self) -> str:
        """The bureau that the key belongs to."""
        return self.key.holder or ""


class FrontDesk:
    """Sessions of one server, at the addresses `audiences`; the database holds them, so every process knows them."""

    def __init__(self, ledger: ServedLedger, worker: Worker, *, now: Clock) -> None:
        """Nobody may sign in before `audiences` is told."""
        self._ledger = ledger
        self._worker = worker
        self.now: Final = now
        self.audiences: frozenset[str] = frozenset()

    def challenge(self, key: str, *, address: str) -> Given:
        """A nonce for `key`, asked for by the network address `address`; its answer counts for 60 seconds.

        Raises:
            RequestRefused: 403, the key is not in force; 429, too many unanswered ones; 503, no address to sign in at.
        """
        if not self.audiences:
            raise _no_address()
        now = self.now()
        with self.register() as register:
            key_in_force(register, key, now)
        given = Given(nonce=new_secret(), expires=format_instant(now + CHALLENGE_LIFE))
        with writing_beside(self._ledger.engine) as connection:
            kept.forget_old(connection, format_instant(now))
            _check_pace(connection, key=key, address=address)
            made = Challenge(digest=digest_of(given.nonce), key=key, address=address, expires=given.expires)
            kept.keep_challenge(connection, made)
        return given

    def sign_in(self, claim: SessionClaim, signature: str) -> tuple[str, Present]:
        """The id of a new session, which is stored nowhere, and who is there. The nonce is used up, whatever comes of it.

        Raises:
            RequestRefused: 403, the claim is not for this server or ledger, answers no open challenge, or is not signed
                by a key in force.
        """
        check_claim(claim, audiences=self.audiences, genesis=self._ledger.genesis_hash)
        with writing_beside(self._ledger.engine) as connection:
            issued = kept.take_challenge(connection, digest_of(claim.nonce))
        now = self.now()
        with self.register() as register:
            key = key_in_force(register, claim.key, now)
            state = register.keys[claim.key]
            roles = roles_in_force(register, key, now)
        check_signed(claim, signature, issued=issued, state=state, now=now)
        identifier, instant = new_secret(), format_instant(now)
        session = Session(
            digest=digest_of(identifier),
            key=claim.key,
            audience=claim.audience,
            began=instant,
            used=instant,
        )
        with writing_beside(self._ledger.engine) as connection:
            kept.keep_session(connection, session)
        return identifier, Present(session=session, key=key, roles=roles, token=token_of(identifier))

    def present(self, identifier: str) -> Present | None:
        """Who is there under the session id `identifier`; None if it has ended, or its key is no longer in force.

        The use is noted. A revoked key has no session from the entry of its revocation on.
        """
        digest, now = digest_of(identifier), self.now()
        with self._ledger.reading_database() as connection:
            session = kept.session_kept(connection, digest)
        if session is None:
            return None
        found = self._in_force(session, now) if session.alive(now) else None
        if found is None:
            self.sign_out(session)
            return None
        if session.stale(now):
            with writing_beside(self._ledger.engine) as connection:
                kept.note_use(connection, digest, format_instant(now))
        key, roles = found
        return Present(session=session, key=key, roles=roles, token=token_of(identifier))

    def sign_out(self, session: Session) -> None:
        """The session is gone, for every process."""
        with writing_beside(self._ledger.engine) as connection:
            kept.end_session(connection, session.digest)

    @contextmanager
    def register(self) -> Iterator[Register]:
        """The register with everything that was committed before the call; only read it, inside the block.

        Raises:
            EnvironmentFault: this process has not read that far yet.
        """
        if not self._worker.catch_up(seconds=FOLD_SECONDS):
            raise _still_folding()
        with self._ledger.model.lock:
            yield self._ledger.model.register

    def _in_force(self, session: Session, now: datetime.datetime) -> tuple[Key, tuple[KeyRole, ...]] | None:
        """The key behind `session` and its roles, if it is in force at `now`."""
        with self.register() as register:
            try:
                key = key_in_force(register, session.key, now)
            except RequestRefused:
                return None
            return key, roles_in_force(register, key, now)


def _check_pace(connection: Connection, *, key: str, address: str) -> None:
    if (
        kept.unspent(connection, address=address, key=key) < UNSPENT_PER_KEY
        and kept.unspent(connection, address=address) < UNSPENT_PER_ADDRESS
    ):
        return
    raise RequestRefused.made(
        429,
        "session-pace",
        "key",
        en=("too many challenges wait for an answer", "Answer one of them, or wait a minute."),
        zh=("尚有过多挑战未作答", "请先作答其中之一，或一分钟后再试。"),
        wait=int(CHALLENGE_LIFE.total_seconds()),
    )


def _no_address() -> RequestRefused:
    return RequestRefused.made(
        503,
        "session-address",
        "FUNDTRACE_PUBLIC_ADDRESSES",
        en=(
            "this server does not know at which address people reach it, so nobody can sign in",
            "Let its operator set FUNDTRACE_PUBLIC_ADDRESSES, such as https://ledger.example.",
        ),
        zh=(
            "本服务器不知道自己的公开地址，无法登录",
            "请运营方设置 FUNDTRACE_PUBLIC_ADDRESSES，例如 https://ledger.example。",
        ),
    )


def _still_folding() -> EnvironmentFault:
    return EnvironmentFault(
        code="session-register",
        place="register",
        message_en="this process is still reading the log and cannot say yet which keys are in force",
        message_zh="本进程尚在读取日志，暂不能判断哪些密钥有效",
        remedy_en="Try again in a few seconds.",
        remedy_zh="请几秒后重试。",
    )
