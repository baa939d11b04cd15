# SPDX-License-Identifier: Apache-2.0
"""Whom a log asks for cosignatures: the witnesses of its policy that have an address, those at one address together."""

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from ledger.cosignature import CosignerKey
from ledger.errors import FormatError
from ledger.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One witness as it is reached: its submission prefix without a slash at the end, and the keys it signs with."""

    url: str
    keys: tuple[CosignerKey, ...]

    @property
    def name(self) -> str:
        """The name in its cosignatures."""
        return self.keys[0].name

    @property
    def add_checkpoint(self) -> str:
        """Where checkpoints are handed in (C2SP tlog-witness)."""
        return f"{self.url}/add-checkpoint"

    def checkpoint_of(self, origin: str) -> str:
        """Where the newest checkpoint can be read that it has cosigned for the log `origin`."""
        return f"{self.url}/{sha256(origin.encode()).hexdigest()}/checkpoint"


def stations_of(policy: Policy) -> tuple[Station, ...]:
    """The witnesses of `policy` that have an address, in its order.

    Raises:
        FormatError: an address that is not http(s) with a host, or carries more than a path.
    """
    keys: dict[str, list[CosignerKey]] = defaultdict(list)
    for witness in policy.witnesses.values():
        if witness.url is not None:
            keys[_prefix(witness.url)].append(witness.key)
    return tuple(Station(url=url, keys=tuple(found)) for url, found in keys.items())


def _prefix(url: str) -> str:
    parts = urlsplit(url)
    more = parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in {"http", "https"} or not parts.hostname or more:
        raise FormatError(
            code="witnessing.address",
            place=url[:200],
            message_en="not the plain http(s) address of a witness",
            message_zh="不是见证方的普通 http(s) 地址",
            remedy_en="Write scheme, host and path only, such as https://audit.example/witness.",
            remedy_zh="请只写协议、主机和路径，例如 https://audit.example/witness。",
        )
    return url.rstrip("/")
