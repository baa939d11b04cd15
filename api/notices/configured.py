# SPDX-License-Identifier: Apache-2.0
"""The notices that the settings ask for."""

from pathlib import Path
from typing import Final, NoReturn

from api.notices.carriers import MailServer
from api.notices.notice_round import NoticeRound
from api.notices.recipients import MailRecipient, read_recipients
from api.served_ledger import ServedLedger
from api.settings import Settings
from api.this_machine import on_this_machine
from ledger.clock import Clock
from ledger.errors import EnvironmentFault, FormatError

PASSWORD_MAX: Final = 1_024


def notices_of(settings: Settings, ledger: ServedLedger, *, now: Clock) -> NoticeRound | None:
    """The job that tells the recipients of the settings; None where none are named.

    Raises:
        FormatError: the file of recipients is wrong, or a mailbox is named and the mail server is not, or not safely.
        EnvironmentFault: a file cannot be read.
    """
    if settings.notice_recipients is None:
        return None
    recipients = read_recipients(settings.notice_recipients)
    if not recipients:
        return None
    mails = any(isinstance(one, MailRecipient) for one in recipients)
    addresses = settings.public_addresses.split()
    return NoticeRound(
        ledger=ledger,
        recipients=recipients,
        server=_server_of(settings) if mails else None,
        hour=settings.notice_hour,
        link=f"{addresses[0]}/desk/due" if addresses else "",
        now=now,
    )


def _server_of(settings: Settings) -> MailServer:
    if not (settings.notice_smtp_host and settings.notice_from):
        _refuse(
            "FUNDTRACE_NOTICE_SMTP_HOST",
            "mailboxes are to be told and no mail server or sender is named",
            "需要发送邮件，但未指定邮件服务器或发件地址",
            "Set FUNDTRACE_NOTICE_SMTP_HOST and FUNDTRACE_NOTICE_FROM.",
            "请设置 FUNDTRACE_NOTICE_SMTP_HOST 和 FUNDTRACE_NOTICE_FROM。",
        )
    password_in_clear = settings.notice_smtp_user and settings.notice_smtp_tls == "none"
    if password_in_clear and not on_this_machine(settings.notice_smtp_host):
        _refuse(
            "FUNDTRACE_NOTICE_SMTP_TLS",
            "a password would cross the network in clear",
            "密码将以明文在网络上传输",
            "Use starttls or implicit.",
            "请使用 starttls 或 implicit。",
        )
    return MailServer(
        host=settings.notice_smtp_host,
        port=settings.notice_smtp_port,
        tls=settings.notice_smtp_tls,
        user=settings.notice_smtp_user,
        password=_password(settings.notice_smtp_password_file),
        sender=settings.notice_from,
    )


def _password(path: Path | None) -> str:
    """The first line of the file; nothing where none is named."""
    if path is None:
        return ""
    try:
        with path.open("r", encoding="utf-8") as file:
            return file.readline(PASSWORD_MAX).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFault(
            code="notice.password",
            place=str(path),
            message_en="the password of the mail server cannot be read",
            message_zh="无法读取邮件服务器密码",
            remedy_en="Check FUNDTRACE_NOTICE_SMTP_PASSWORD_FILE, and that the server may read the file.",
            remedy_zh="请核对 FUNDTRACE_NOTICE_SMTP_PASSWORD_FILE 及其读取权限。",
        ) from error


def _refuse(place: str, en: str, zh: str, remedy_en: str, remedy_zh: str) -> NoReturn:
    raise FormatError(
        code="notice.mail-server",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en=remedy_en,
        remedy_zh=remedy_zh,
    )
