# SPDX-License-Identifier: Apache-2.0
"""How a notice leaves this machine: by POST to a webhook, or through the mail server of the configuration."""

import contextlib
import hashlib
import hmac
import http.client
import smtplib
import ssl
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus
from time import monotonic
from typing import Final, Literal

from api.notices.recipients import WebhookRecipient
from ledger.errors import EnvironmentFault
from verifier.reading.timed_answers import timed_opener

TIMEOUT_SECONDS: Final = 10
"""For the whole answer of a webhook, and for each step with a mail server."""

Tls = Literal["starttls", "implicit", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The mail server and how to speak to it; `user` empty where it asks for no password."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str
    sender: str


def notice_code(secret: bytes, body: bytes, *, seconds: int) -> str:
    """The code that shows that `body` was made at `seconds` (POSIX) by a holder of `secret`: hex HMAC-SHA256."""
    return hmac.new(secret, b"%d\n%b" % (seconds, body), hashlib.sha256).hexdigest()


def post(
    recipient: WebhookRecipient, body: bytes, *, notice: str, seconds: int, timeout: float = TIMEOUT_SECONDS
) -> None:
    """The webhook took `body`: it answered with a status of 200 to 299. No redirect is followed.

    Raises:
        EnvironmentFault: it did not, or not in time.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "fundtrace",
        "FundTrace-Notice": notice,
        "FundTrace-Time": str(seconds),
        "FundTrace-Signature": f"hmac-sha256={notice_code(recipient.secret, body, seconds=seconds)}",
    }
    request = urllib.request.Request(recipient.url, data=body, headers=headers)  # noqa: S310 - https, checked when read
    try:
        with timed_opener(timeout, monotonic).open(request, timeout=timeout) as answer:
            status = answer.status
    except (OSError, http.client.HTTPException) as error:
        raise _untold(recipient.label, str(error)) from error
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise _untold(recipient.label, f"status {status}")


def mail(server: MailServer, message: EmailMessage, *, label: str, timeout: float = TIMEOUT_SECONDS) -> None:
    """The mail server took `message` for its one recipient.

    Raises:
        EnvironmentFault: it did not, or a step took too long.
    """
    try:
        connection = _connected(server, timeout)
        try:
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
            # Taken: whatever the server makes of the farewell, it is not sent again for that.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
        finally:
            connection.close()
    except smtplib.SMTPResponseException as error:
        raise _untold(label, f"the mail server answers {error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = ", ".join(str(code) for code, _ in error.recipients.values())
        raise _untold(label, f"the mail server refuses the recipient: {codes}") from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _untold(label, str(error)) from error


def _connected(server: MailServer, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls == "implicit":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
    if server.tls == "starttls":
        try:
            connection.starttls(context=context)
        except BaseException:
            connection.close()
            raise
    return connection


def _untold(label: str, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="notice.untold",
        place=label,
        message_en=f"the notice did not get through: {reason}",
        message_zh=f"通知未能送达：{reason}",
        remedy_en="It is sent again by itself until the day ends. If this lasts, check address, server and network.",
        remedy_zh="当日内系统会自动重发。若持续如此，请检查地址、服务器和网络。",
    )
