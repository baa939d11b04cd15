# SPDX-License-Identifier: Apache-2.0
"""How much one sender may ask for: requests by address, submissions by key, and bad signatures by address.

A key's quota is looked at before its signatures are verified and charged only after they were found good, so that nobody
uses up the quota of another by naming its key. Whoever sends signatures that do not verify, or keys that nobody registered,
is charged by address, in a bucket of its own.
"""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem
from api.quotas import Buckets, site_of
from ledger.outcome import Accepted, Refused
from ledger.submission import Submission

FORGED_RATE: Final = 5
"""Submissions a second from one address whose signatures are of nobody known, or wrong."""
_FORGED: Final = frozenset({"key-unknown", "signature-wrong", "signature-suite", "root", "other-ledger"})
"""What anybody can be refused for; all else takes a good signature over a header for this ledger."""
_ALWAYS: Final = frozenset({"/healthz", "/readyz"})
"""Asked by whoever keeps the server running, from one address and often."""


class TooOftenError(Exception):
    """Nothing was done, and may be asked again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Quotas:
    """What this process remembers of its senders."""

    def __init__(self, *, address_rate: int, key_rate: int, now_ns: Callable[[], int]) -> None:
        """`address_rate` requests and `key_rate` submissions a second, ten seconds' worth at once; 0 sets no limit.

        Forgeries have their limit always: they cost verifications and are of no use to anybody.
        """
        self.addresses = Buckets(address_rate, now_ns=now_ns)
        self._keys = Buckets(key_rate, now_ns=now_ns)
        self._forgers = Buckets(FORGED_RATE, now_ns=now_ns)

    def check(self, submission: Submission, site: str) -> None:
        """Nothing, if signatures of `submission` may be looked at now.

        Raises:
            TooOftenError: its sender, or one of its keys, has to wait.
        """
        keys = {signature.key for signature in submission.signatures}
        wait = max(self._forgers.wait(site), *(self._keys.wait(key) for key in keys))
        if wait:
            raise TooOftenError(wait)

    def charge(self, submission: Submission, site: str, outcome: Accepted | Refused) -> None:
        """Count `submission` against its keys, or against its sender if anybody could have sent it.

        Replays count for nobody here: all that was posted is public, and anybody may send it again.
        """
        match outcome:
            case Accepted(replayed=True):
                return
            case Refused() if any(one.code in _FORGED for one in outcome.problems):
                self._forgers.take(site)
            case _:
                for key in {signature.key for signature in submission.signatures}:
                    self._keys.take(key)


class AddressLimit:
    """Refuses requests of an address that asks too often, before anything of them is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application inside, or with 429."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        wait = request.app.state.quotas.addresses.take(sender_of(request))
        answer: ASGIApp = self._app if not wait else too_often(request, wait)
        await answer(scope, receive, send)


def sender_of(request: Request) -> str:
    """The address that `request` counts for; behind a proxy on this machine, the one that the proxy names."""
    return site_of(request.client.host) if request.client else ""


def too_often(request: Request, seconds: int) -> Response:
    """429, with the seconds to wait (RFC 6585 §4, RFC 9110 §10.2.3)."""
    return problem(
        request,
        status=429,
        code="too-often",
        zh=("请求过于频繁，本次未作任何处理", f"请在 {seconds} 秒后原样重发"),
        en=("asked too often; nothing of this request was done", f"Send it again after {seconds} s."),
        headers={"Retry-After": str(seconds)},
    )
