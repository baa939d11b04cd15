# SPDX-License-Identifier: Apache-2.0
"""Settings of the server, from the environment (``FUNDTRACE_…``) or from the command line."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.errors import InputError
from ledger.store.engine import DEFAULT_FILE

LOOPBACK: Final = "127.0.0.1"
_PREFIX: Final = "FUNDTRACE_"
_VALUE_SHOWN: Final = 80
_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "int_parsing": ("is no whole number", "不是整数"),
    "bool_parsing": ("is neither true nor false", "既不是 true 也不是 false"),
    "greater_than_equal": ("is less than {ge}", "小于 {ge}"),
    "less_than_equal": ("is more than {le}", "大于 {le}"),
    "literal_error": ("is none of {expected}", "不在 {expected} 之中"),
    "string_pattern_mismatch": ("is not of the form {pattern}", "不符合 {pattern} 的写法"),
}
"""What can be wrong with a value, by pydantic's name for it; the gaps are those of its context."""


class Settings(BaseSettings):
    """What one server process serves, and where.

    `db` is the database of the ledger, a file path or an address; `log_key` the PEM file of the log's key, without
    which the server reads and refuses to post. `language` is what pages and errors use when nobody asks for another.
    `witness_policy` names the witnesses and their quorum (C2SP tlog-policy, with addresses); they are asked about a new
    checkpoint within `witness_seconds`. With `publish_after_quorum` a checkpoint is shown only once they have cosigned it;
    `quorum_wait_seconds` bounds how long a submission may wait for that.
    `fold_seconds` and `judge_seconds` say how often the worker looks for new entries and for something to judge; after a
    long judgement it rests longer (`api.worker.REST`).
    `heartbeat_seconds` is how often the newest checkpoint gets a newer time; `published` is the export folder in which
    an own checkpoint is looked for before anything is signed.
    `notice_recipients` is the file of those who are told daily what is due, from `notice_hour` on where the ledger is,
    looked at every `notice_seconds`; `notice_from` and `notice_smtp_…` are sender and mail server.
    `address_rate` and `key_rate` are the requests of one address and the submissions of one key that are taken a second,
    ten seconds' worth at once, by this process; 0 sets no limit. With `log_requests` each request gets a line in the log.
    `attachments` is the folder, or ``s3://bucket/prefix``, in which evidence files lie, none of them with more than
    `attachment_bytes`; without it the server takes none.
    `public_addresses` are the addresses, separated by spaces, that people dial to reach this server; without any, only
    those of this machine count, and nobody signs in from elsewhere.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    db: str = DEFAULT_FILE
    host: str = LOOPBACK
    port: int = Field(default=8000, ge=0, le=65_535)
    address_rate: int = Field(default=200, ge=0, le=1_000_000)
    key_rate: int = Field(default=100, ge=0, le=1_000_000)
    log_requests: bool = True
    log_key: Path | None = None
    attachments: str | None = None
    attachment_bytes: int = Field(default=64 * 1024 * 1024, ge=1, le=1 << 40)
    public_addresses: str = ""
    language: Literal["zh", "en"] = "zh"
    fold_seconds: int = Field(default=1, ge=1, le=3_600)
    judge_seconds: int = Field(default=10, ge=1, le=86_400)
    heartbeat_seconds: int = Field(default=30, ge=2, le=60)
    published: Path | None = None
    witness_policy: Path | None = None
    witness_seconds: int = Field(default=1, ge=1, le=3_600)
    publish_after_quorum: bool = False
    quorum_wait_seconds: int = Field(default=10, ge=1, le=300)
    anchor_authority: str | None = None
    anchor_roots: Path | None = None
    anchor_seconds: int = Field(default=3_600, ge=60, le=31_536_000)
    notice_recipients: Path | None = None
    notice_hour: int = Field(default=7, ge=0, le=23)
    notice_seconds: int = Field(default=60, ge=1, le=3_600)
    notice_from: str = Field(default="", pattern=r"^([^@\s<>,;:]{1,64}@[A-Za-z0-9.-]{1,190})?$")
    notice_smtp_host: str = ""
    notice_smtp_port: int = Field(default=587, ge=1, le=65_535)
    notice_smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    notice_smtp_user: str = ""
    notice_smtp_password_file: Path | None = None


def chosen_settings(**given: object) -> Settings:
    """The settings that are `given`, and from the environment those that are absent or None.

    Raises:
        InputError: a value is none for its setting; the place is the variable.
    """
    named: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**named)
    except ValidationError as error:
        raise _no_setting(error) from error


def _no_setting(error: ValidationError) -> InputError:
    first = error.errors()[0]
    variable = _PREFIX + "_".join(str(part) for part in first["loc"]).upper()
    value = os.environ.get(variable, str(first["input"]))[:_VALUE_SHOWN]
    en, zh = _FAULTS.get(first["type"], (f"is refused: {first['msg']}", "不合规定"))
    context = first.get("ctx", {})
    return InputError(
        code="settings",
        place=variable,
        message_en=f"{value!r} {en.format(**context)}",
        message_zh=f"取值 {value!r} {zh.format(**context).replace(' or ', '、')}",
        remedy_en="Correct the variable, or unset it for the usual value (docs/operator/serving.md).",
        remedy_zh="请更正该变量，或取消设置以用默认值（见 docs/operator/serving.md）。",
    )
