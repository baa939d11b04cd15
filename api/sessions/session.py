# SPDX-License-Identifier: Apache-2.0
"""The life of a challenge and of a session, and the key behind it: pure rules over values."""

import datetime
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, get_args

from api.refusals import RequestRefused
from ledger.deputies import principals
from ledger.instant import format_instant, parse_instant
from ledger.kinds.registry import Key, KeyRole
from ledger.open_records import KeyState
from ledger.register import Register
from ledger.session_claim import SessionClaim, claim_holds

CHALLENGE_LIFE: Final = datetime.timedelta(seconds=60)
IDLE_LIFE: Final = datetime.timedelta(minutes=15)
WHOLE_LIFE: Final = datetime.timedelta(hours=8)
TOUCH_AFTER: Final = datetime.timedelta(seconds=30)
"""A use is noted when the last noted one is that old, so that looking at pages does not write to the database each time."""

UNSPENT_PER_KEY: Final = 5
"""Open challenges that one address may have for one key; counted by address, or strangers could keep a key out."""
UNSPENT_PER_ADDRESS: Final = 30

_TOKEN_CONTEXT: Final = b"fundtrace/session-token/v1\n"
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A nonce given to `key` at the network address `address`, good until `expires`; stored by the hash of the nonce."""

    digest: str
    key: str
    address: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of `key` at `audience`, begun and last used then; stored by the hash of its id."""

    digest: str
    key: str
    audience: str
    began: str
    used: str

    @property
    def ends(self) -> datetime.datetime:
        """When it ends if nothing more is done: 15 minutes after its last use, and 8 hours after it began at the latest."""
        idle, whole = parse_instant(self.used) + IDLE_LIFE, parse_instant(self.began) + WHOLE_LIFE
        return min(idle, whole)

    def alive(self, now: datetime.datetime) -> bool:
        """Whether it has not ended by time."""
        return now < self.ends

    def stale(self, now: datetime.datetime) -> bool:
        """Whether a use at `now` is worth noting."""
        return now - parse_instant(self.used) >= TOUCH_AFTER


def new_secret() -> str:
    """256 bits from the operating system's random source, in hex: a nonce, or the id of a session."""
    return secrets.token_hex(_BYTES)


def digest_of(secret: str) -> str:
    """How a nonce or id is stored: whoever reads the database cannot use it."""
    return sha256(secret.encode()).hexdigest()


def token_of(session_id: str) -> str:
    """The token that each write must carry; only whoever can read an answer of this server has it."""
    return sha256(_TOKEN_CONTEXT + session_id.encode()).hexdigest()


def key_in_force(register: Register, key: str, now: datetime.datetime) -> Key:
    """The registration of `key`, if it is registered, not revoked, and valid at `now`.

    Raises:
        RequestRefused: 403, it is not.
    """
    state = register.keys.get(key)
    if state is None:
        raise _key_refused("key-unknown", key, "is not registered in this ledger", "未在本账本登记")
    found, instant = state.registered, format_instant(now)
    if state.revoked_at is not None:
        raise _key_refused(
            "key-revoked", key, f"was revoked at {state.revoked_at}", f"已于 {state.revoked_at} 吊销"
        )
    if instant < (found.valid_from or "") or (found.valid_to is not None and instant >= found.valid_to):
        raise _key_refused("key-validity", key, f"is not valid at {instant}", f"在 {instant} 不在有效期内")
    return found


def roles_in_force(register: Register, key: Key, now: datetime.datetime) -> tuple[KeyRole, ...]:
    """In which roles `key` may sign at `now`: its own, and those that were lent to it (spec §3.13)."""
    instant = format_instant(now)
    every: tuple[KeyRole, ...] = get_args(KeyRole)
    return tuple(
        role
        for role in every
        if role in key.roles or any(principals(register, key.key, role, recorded=instant))
    )


def check_claim(claim: SessionClaim, *, audiences: frozenset[str], genesis: str) -> None:
    """Nothing, if `claim` is made for this server and this ledger; the database is not asked.

    Raises:
        RequestRefused: 403, it is made for another server or another ledger.
    """
    if claim.audience not in audiences:
        raise RequestRefused.made(
            403,
            "session-audience",
            "audience",
            en=(
                f"{claim.audience} is not an address of this server",
                "Sign in at the address you were given; if you did, tell its operator: somebody may stand in between.",
            ),
            zh=(
                f"{claim.audience} 不是本服务器的地址",
                "请从正式公布的地址登录；若地址无误，请告知运营方：可能有人从中冒充。",
            ),
        )
    if claim.genesis != genesis:
        raise RequestRefused.made(
            403,
            "other-ledger",
            "genesis",
            en=("it is made for another ledger", "Ask this server for a challenge and sign that one."),
            zh=("该签名属于另一账本", "请向本服务器索取挑战后重新签名。"),
        )


def check_signed(
    claim: SessionClaim, signature: str, *, issued: Challenge | None, state: KeyState, now: datetime.datetime
) -> None:
    """Nothing, if `claim` answers the challenge `issued` in time, under the signature of the key it names.

    Raises:
        RequestRefused: 403, the challenge is unknown, used or expired, or the signature does not fit.
    """
    asked = issued is not None and (issued.key, issued.expires) == (claim.key, claim.expires)
    if not asked or now >= parse_instant(claim.expires):
        raise RequestRefused.made(
            403,
            "session-challenge",
            "nonce",
            en=(
                "the challenge is unknown, was used before, or is older than 60 seconds",
                "Ask for a new challenge and sign it at once.",
            ),
            zh=("该挑战不存在、已使用或已超过 60 秒", "请索取新的挑战并立即签名。"),
        )
    if not claim_holds(claim, signature, alg=state.registered.alg or "", public=state.public):
        raise RequestRefused.made(
            403,
            "session-signature",
            "sig",
            en=(
                "the signature does not fit what was to be signed",
                "Sign fundtrace/session/v1, a line feed, and the canonical claim, with the private key of that key id.",
            ),
            zh=("签名与待签内容不符", "请用该密钥对 fundtrace/session/v1、换行和规范化的声明签名。"),
        )


def _key_refused(code: str, key: str, en: str, zh: str) -> RequestRefused:
    return RequestRefused.made(
        403,
        code,
        "key",
        en=(f"key {key[:16]}… {en}", "Use a key that is in force, or have the administrators register one."),
        zh=(f"密钥 {key[:16]}… {zh}", "请使用有效的密钥，或由管理员登记。"),
    )
