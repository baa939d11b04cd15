# SPDX-License-Identifier: Apache-2.0
"""Who is told daily, from a file of the operator's; no address ever comes from a request.

[[mail]]
party = "na-finance"
to = "budget@na.example"
language = "zh"

[[webhook]]
party = "na-finance"
url = "https://oa.na.example/fundtrace"
secret_file = "/etc/fundtrace/na.secret"
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

import msgspec

from api.languages import Language
from api.this_machine import on_this_machine
from ledger.errors import EnvironmentFault, FormatError
from ledger.party import Id

MOST: Final = 1_000
"""Recipients in one file."""
BYTES_MAX: Final = 1 << 20
SECRET_MIN: Final = 16
"""Bytes of a secret."""
_MAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecipient:
    """The mailbox `to` gets what is due from `party`, in `language`; `label` is what messages call it."""

    label: str
    party: str
    to: str
    language: Language

    @property
    def id(self) -> str:
        """A name that tells it from all others and does not show the address."""
        return _digest("mail", self.party, self.to, self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRecipient:
    """`url` gets what is due from `party`, under a code made with `secret`; `label` is what messages call it."""

    label: str
    party: str
    url: str
    secret: bytes

    @property
    def id(self) -> str:
        """As of a mailbox; a new secret makes no new recipient."""
        return _digest("webhook", self.party, self.url)


Recipient = MailRecipient | WebhookRecipient


class _Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    party: Id
    to: str
    language: Language = "zh"


class _Webhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    party: Id
    url: str
    secret_file: str


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    mail: list[_Mail] = []
    webhook: list[_Webhook] = []


def read_recipients(path: Path) -> tuple[Recipient, ...]:
    """The recipients in the file at `path`, mailboxes first, in its order.

    Raises:
        FormatError: it is no such file, or names an address that is none, one twice, or a secret that is too short.
        EnvironmentFault: the file, or that of a secret, cannot be read.
    """
    data = _read(path)
    try:
        file = msgspec.toml.decode(data, type=_File)
    except (msgspec.DecodeError, ValueError) as error:
        _refuse(path, f"not a file of recipients: {error}", f"不是通知对象文件：{error}")
    found: list[Recipient] = [_mail(path, at, one) for at, one in enumerate(file.mail, 1)]
    found += [_webhook(path, at, one) for at, one in enumerate(file.webhook, 1)]
    if len(found) > MOST:
        _refuse(path, f"more than {MOST} recipients", f"通知对象超过 {MOST} 个")
    if len({one.id for one in found}) < len(found):
        _refuse(path, "one recipient stands there twice", "同一通知对象重复出现")
    return tuple(found)


def _mail(path: Path, at: int, one: _Mail) -> MailRecipient:
    if not _MAIL.fullmatch(one.to):
        _refuse(path, f"mail {at}: to is no plain mail address", f"mail {at}：to 不是邮件地址")
    return MailRecipient(label=f"mail {at} ({one.party})", party=one.party, to=one.to, language=one.language)


def _webhook(path: Path, at: int, one: _Webhook) -> WebhookRecipient:
    if not _is_safe(one.url):
        _refuse(
            path,
            f"webhook {at}: url is no https address (http only on this machine)",
            f"webhook {at}：url 不是 https 地址（仅本机可用 http）",
        )
    secret = _read(path.parent / one.secret_file).strip()
    if len(secret) < SECRET_MIN:
        _refuse(
            path,
            f"webhook {at}: the secret has fewer than {SECRET_MIN} bytes",
            f"webhook {at}：密钥不足 {SECRET_MIN} 字节",
        )
    return WebhookRecipient(label=f"webhook {at} ({one.party})", party=one.party, url=one.url, secret=secret)


def _is_safe(url: str) -> bool:
    """Whether `url` is an https address with a host and no password, or an http one of this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    plain = (
        url.isascii()
        and url.isprintable()
        and " " not in url
        and parts.username is None
        and not parts.fragment
    )
    return (
        plain
        and bool(host)
        and (parts.scheme == "https" or (parts.scheme == "http" and on_this_machine(host)))
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise EnvironmentFault(
            code="notice.unreadable",
            place=str(path),
            message_en=f"it cannot be read: {error.strerror}",
            message_zh=f"无法读取：{error.strerror}",
            remedy_en="Check the path, and that the server may read it.",
            remedy_zh="请核对路径及服务器的读取权限。",
        ) from error
    if len(data) > BYTES_MAX:
        _refuse(path, f"more than {BYTES_MAX:,} bytes", f"超过 {BYTES_MAX:,} 字节")
    return data


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _refuse(path: Path, en: str, zh: str) -> NoReturn:
    raise FormatError(
        code="notice.recipients",
        place=str(path),
        message_en=en,
        message_zh=zh,
        remedy_en="Write [[mail]] with party and to, and [[webhook]] with party, url and secret_file.",
        remedy_zh="请写 [[mail]]（party、to）和 [[webhook]]（party、url、secret_file）。",
    )
