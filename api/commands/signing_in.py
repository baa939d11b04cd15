# SPDX-License-Identifier: Apache-2.0
"""A key file signed in at a server, for one command: which keys of the log are believed, which ledger it is, who it is."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.log_key import load_key
from api.named_ledger import LedgerNamed, ledger_at
from ledger.client import LedgerClient
from ledger.cosignature import LogKey
from ledger.keys import Signer
from ledger.served_session import Session, sign_in
from verifier.source_options import chosen_trust

UrlOption = Annotated[
    str,
    typer.Option(
        "--url", metavar="ADDRESS", envvar="FUNDTRACE_URL", help="The server, such as https://ledger.example."
    ),
]
KeyOption = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your key file.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Somebody signed in with `signer`, and the ledger that the server shows."""

    session: Session
    ledger: LedgerNamed
    signer: Signer


@contextlib.contextmanager
def signed_in(client: LedgerClient, log_keys: Sequence[LogKey], key: Path) -> Iterator[Counter]:
    """The key in the file `key`, signed in through `client`, and out at the end.

    Raises:
        InputError: the address is of another ledger than that of `log_keys`, or the server refuses the key.
        FormatError: the file holds no key, or the passphrase is wrong.
        EnvironmentFault: the file cannot be read, or no usable answer came.
    """
    ledger = ledger_at(client, log_keys)
    signer = load_key(key)
    with sign_in(client, signer, genesis=ledger.hash) as session:
        yield Counter(session=session, ledger=ledger, signer=signer)


def believed_keys(policy: Path | None, log_keys: list[str] | None) -> tuple[LogKey, ...]:
    """The keys of the log that the options name."""
    trust = chosen_trust(policy, log_keys, None, None)
    named = () if trust.policy is None else tuple(log.key for log in trust.policy.logs)
    return (*named, *trust.log_keys)
