# SPDX-License-Identifier: Apache-2.0
"""Registration of an evidence file (附件登记): what it is and where its content lies, which is never the ledger."""

from typing import Annotated

from msgspec import Meta

from ledger.kinds.form import Digest, Event
from ledger.party import EventName

MediaType = Annotated[
    str,
    Meta(
        pattern="^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(?!\\n)$",
        description="media type without parameters (RFC 6838 §4.2), in lower case",
    ),
]
FileBytes = Annotated[int, Meta(ge=1, le=1 << 40, description="size of a file in bytes, at most 1 TiB")]
Locator = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9_][A-Za-z0-9._~-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9._~-]{0,99}){0,15}(?!\\n)$",
        description="path below the store of evidence files, with forward slashes",
    ),
]


class Attachment(Event, frozen=True, kw_only=True, tag="attachment"):
    """An evidence file with SHA-256 `hash`, `size` in bytes and `media_type`; `event` is what it bears out.

    `locator` is where the store holds it; absent, it lies under its hash. Other events name the file by its hash alone,
    before or after it is registered. Names of files stay out: they tell of persons.
    """

    hash: Digest
    size: FileBytes
    media_type: MediaType
    locator: Locator | None = None
    event: EventName | None = None
