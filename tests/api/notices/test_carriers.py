# SPDX-License-Identifier: Apache-2.0
"""Webhooks and mail servers, kind and unkind: what is taken, what is told, and that nobody waits for ever."""

from __future__ import annotations

import hashlib
import hmac
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from api.notices.carriers import MailServer, Tls, mail, post
from api.notices.recipients import WebhookRecipient
from ledger.errors import EnvironmentFault
from tests.post_office import Manner, hook_office, mail_office

pytestmark = pytest.mark.loopback
SHORT = 0.3
LONG = 60.0
SECRET = b"0123456789abcdef"


def hook(port: int) -> WebhookRecipient:
    """The webhook at `port`."""
    return WebhookRecipient(
        label="webhook 1 (P)", party="P", url=f"http://127.0.0.1:{port}/in", secret=SECRET
    )


def server(port: int, tls: Tls = "none") -> MailServer:
    """The mail server at `port`."""
    return MailServer(host="127.0.0.1", port=port, tls=tls, user="", password="", sender="a@b.example")


def patience(manner: Manner) -> float:
    """Seconds that a sender waits: few for an office that never answers, many for one whose answer is what counts."""
    return SHORT if manner == "hangs" else LONG


def letter() -> EmailMessage:
    """A mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "c@d.example", "配套"
    made.set_content("待办\n")
    return made


def test_a_webhook_gets_the_body_under_a_code_of_its_secret() -> None:
    """The code is over time and body; whoever knows the secret can make it again, and nobody else."""
    with hook_office() as office:
        post(hook(office.port), b'{"a":1}', notice="n1", seconds=1_700_000_000)
    ((headers, body),) = office.taken
    assert (body, headers["fundtrace-notice"], headers["content-type"]) == (
        b'{"a":1}',
        "n1",
        "application/json",
    )
    expected = hmac.new(SECRET, headers["fundtrace-time"].encode() + b"\n" + body, hashlib.sha256).hexdigest()
    assert headers["fundtrace-signature"] == f"hmac-sha256={expected}"


@pytest.mark.parametrize(
    ("manner", "told"), [("refuses", "500"), ("breaks", "closed connection"), ("hangs", "timed out")]
)
def test_a_webhook_that_does_not_take_it_is_told(manner: Manner, told: str) -> None:
    """Whatever it does instead, within the time given."""
    with hook_office() as office:
        office.manner = manner
        with pytest.raises(EnvironmentFault, match=told) as caught:
            post(hook(office.port), b"{}", notice="n1", seconds=1, timeout=patience(manner))
    assert (caught.value.code, caught.value.place) == ("notice.untold", "webhook 1 (P)")


@pytest.mark.parametrize("manner", ["kind", "abrupt"])
def test_a_mail_goes_through_the_server(manner: Manner) -> None:
    """It arrives as it was written; a server that took it and hangs up has taken it."""
    with mail_office() as office:
        office.manner = manner
        mail(server(office.port), letter(), label="mail 1 (P)")
    ((_, text),) = office.taken
    got = message_from_bytes(text, policy=policy.default)
    assert (got["Subject"], got.get_content()) == ("配套", "待办\r\n")


@pytest.mark.parametrize(
    ("manner", "told"), [("refuses", "550"), ("breaks", "closed"), ("hangs", "timed out")]
)
def test_a_mail_server_that_does_not_take_it_is_told(manner: Manner, told: str) -> None:
    """By the place in the file and never by the address."""
    with mail_office() as office:
        office.manner = manner
        with pytest.raises(EnvironmentFault, match=told) as caught:
            mail(server(office.port), letter(), label="mail 1 (P)", timeout=patience(manner))
    assert "c@d.example" not in str(caught.value)


def test_a_mail_server_that_is_down_is_told() -> None:
    """Its twin that is up takes the mail."""
    with mail_office() as office:
        mail(server(office.port), letter(), label="mail 1 (P)")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, so that nobody else comes there, and listened at by nobody
        with pytest.raises(EnvironmentFault, match="refused"):
            mail(server(nobody.getsockname()[1]), letter(), label="mail 1 (P)")


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_nothing_goes_out_in_clear_where_tls_is_asked_for(tls: Tls) -> None:
    """This server has none."""
    with mail_office() as office, pytest.raises(EnvironmentFault):
        mail(server(office.port, tls=tls), letter(), label="mail 1 (P)", timeout=SHORT)
    assert office.taken == []
