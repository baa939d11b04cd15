# SPDX-License-Identifier: Apache-2.0
"""The file of those who are told: read strictly, with innocent twins; and the settings of the mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.notices.configured import notices_of
from api.notices.recipients import MailRecipient, WebhookRecipient, read_recipients
from api.settings import Settings
from ledger.clock import system_clock
from ledger.errors import EnvironmentFault, FormatError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served import Site

MAIL = '[[mail]]\nparty = "P"\nto = "a@b.example"\nlanguage = "en"\n'
HOOK = '[[webhook]]\nparty = "P"\nurl = "https://b.example:8443/in?x=1"\nsecret_file = "secret"\n'


def written(folder: Path, text: str, *, secret: bytes = b"0123456789abcdef\n") -> Path:
    """The path of a file of recipients, with a secret beside it."""
    (folder / "secret").write_bytes(secret)
    path = folder / "recipients.toml"
    path.write_text(text, "utf-8")
    return path


def test_mailboxes_and_webhooks_are_read(tmp_path: Path) -> None:
    """The path of a secret counts from the file; its line end is no part of it."""
    mail, hook = read_recipients(written(tmp_path, HOOK + MAIL))
    assert mail == MailRecipient(label="mail 1 (P)", party="P", to="a@b.example", language="en")
    assert hook == WebhookRecipient(
        label="webhook 1 (P)", party="P", url="https://b.example:8443/in?x=1", secret=b"0123456789abcdef"
    )
    assert mail.id != hook.id


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a@b.example", "a", "mail 1: to"),
        ("a@b.example", "a@b.example, c@d.example", "mail 1: to"),
        ("a@b.example", r"a@b.example\nBcc: c@d.example", "mail 1: to"),
        ('language = "en"', 'language = "fr"', "recipients"),
        ('language = "en"', 'language = "en"\ncolour = "red"', "recipients"),
        ("[[mail]]", "[[post]]", "recipients"),
        ('party = "P"\nto', 'party = "P P"\nto', "recipients"),
        ("https://b.example:8443", "http://b.example:8443", "webhook 1: url"),
        ("https://b.example:8443", "https://u:p@b.example:8443", "webhook 1: url"),
        ("https://b.example:8443", "file://b.example", "webhook 1: url"),
        ("https://b.example:8443", "https://b.example:99999", "webhook 1: url"),
        (MAIL, MAIL + MAIL, "twice"),
    ],
)
def test_what_is_wrong_in_it_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """With the place, in both languages; the file without the fault is read."""
    assert len(read_recipients(written(tmp_path, MAIL + HOOK))) == 2
    with pytest.raises(FormatError, match=told) as caught:
        read_recipients(written(tmp_path, (MAIL + HOOK).replace(old, new)))
    assert caught.value.message_zh


def test_http_is_for_this_machine_only(tmp_path: Path) -> None:
    """As the tests use it."""
    for host in ("127.0.0.1", "localhost", "[::1]"):
        (one,) = read_recipients(
            written(tmp_path, HOOK.replace("https://b.example:8443", f"http://{host}:1"))
        )
        assert isinstance(one, WebhookRecipient)


def test_a_short_secret_or_none_is_refused(tmp_path: Path) -> None:
    """Sixteen bytes are the least."""
    with pytest.raises(FormatError, match="fewer than 16"):
        read_recipients(written(tmp_path, HOOK, secret=b"0123456789abcde\n"))
    with pytest.raises(EnvironmentFault):
        read_recipients(written(tmp_path, HOOK.replace('"secret"', '"nowhere"')))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"notice_smtp_host": ""}, "notice.mail-server"),
        ({"notice_from": ""}, "notice.mail-server"),
        ({"notice_smtp_user": "u", "notice_smtp_tls": "none"}, "notice.mail-server"),
        ({"notice_smtp_user": "u", "notice_smtp_tls": "starttls"}, None),
        ({"notice_smtp_tls": "none"}, None),
    ],
)
def test_a_mail_server_is_named_and_no_password_goes_in_clear(
    counter: Site, tmp_path: Path, changed: dict[str, Any], code: str | None
) -> None:
    """Before the server starts."""
    given = {"notice_smtp_host": "mail.example", "notice_from": "a@b.example", **changed}
    settings = Settings(notice_recipients=written(tmp_path, MAIL), **given)
    if code is None:
        assert notices_of(settings, counter.ledger, now=system_clock) is not None
        return
    with pytest.raises(FormatError) as caught:
        notices_of(settings, counter.ledger, now=system_clock)
    assert caught.value.code == code


def test_without_recipients_there_are_no_notices(counter: Site, tmp_path: Path) -> None:
    """An empty file is none either."""
    assert notices_of(Settings(), counter.ledger, now=system_clock) is None
    assert (
        notices_of(Settings(notice_recipients=written(tmp_path, "")), counter.ledger, now=system_clock)
        is None
    )
