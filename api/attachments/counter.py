# SPDX-License-Identifier: Apache-2.0
"""The counter for evidence files: takes what the ledger names and nothing else, shows it to whom it is for (spec §10.8)."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import anyio.to_thread
from sqlalchemy import select
from starlette.requests import Request

from api.attachments.file_store import FileStore
from api.bodies import bounded_stream
from api.confidential.access import access_of, note
from api.confidential.reading_room import caseless
from api.confidential.standing import not_for, standing_to
from api.refusals import RequestRefused
from api.served_ledger import ServedLedger
from api.sessions.front_desk import FrontDesk, Present
from ledger.entry import EventEntry, HeaderEntry, parse_entry
from ledger.errors import MissingError, ProgrammerError
from ledger.instant import format_instant
from ledger.kinds.attachment import Attachment
from ledger.store.engine import writing_beside
from ledger.store.log_reader import LogReader
from ledger.store.tables import ATTACHMENT
from ledger.submission import event_name

FIELD: Final = "file"
"""What an access says was shown."""
_SPOOLED: Final = 1 << 20
_EVENTS_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Event `name` of `party` registers the file, of `size` bytes and `media_type`."""

    name: str
    party: str
    size: int
    media_type: str


class FileCounter:
    """Evidence files of one server."""

    def __init__(
        self, ledger: ServedLedger, front_desk: FrontDesk, store: FileStore | None, *, limit: int
    ) -> None:
        """Open if there is a `store`; no file of more than `limit` bytes is taken."""
        self._ledger = ledger
        self._front_desk = front_desk
        self._store = store
        self._limit = limit

    async def take(self, request: Request, digest: str) -> bool:
        """Whether the content in the body of `request` is new; either way it is in the store, whole and durable.

        Raises:
            MissingError: no event names it.
            RequestRefused: 413, larger than taken or than registered; 422, not the content of that hash; 503, no store.
        """
        known = await anyio.to_thread.run_sync(self.registered, digest)
        store = self._open_store()
        if await anyio.to_thread.run_sync(store.size, digest) is not None:
            return False
        hashed, most = hashlib.sha256(), min(self._limit, max(one.size for one in known))
        with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as spool:

            def keep(part: bytes) -> None:
                hashed.update(part)
                spool.write(part)

            if not await bounded_stream(request, most, keep):
                raise _too_large(most)
            if hashed.hexdigest() != digest:
                raise _other_content(hashed.hexdigest())
            spool.seek(0)
            await anyio.to_thread.run_sync(store.put, digest, spool)
        return True

    def show(
        self, present: Present, digest: str, *, reason: str, case_id: str
    ) -> tuple[Registered, Iterator[bytes]]:
        """Who registered the file, and its content piece by piece; an access stands.

        Raises:
            MissingError: no event names it, or its content never came.
            RequestRefused: 403, it is not for `present`; 422, audit names no case; 503, no store.
        """
        known = self.registered(digest)
        store = self._open_store()
        with self._front_desk.register() as register:
            standings = [standing_to(register, present, one.party) for one in known]
        found = next((one for one, standing in zip(known, standings, strict=True) if standing), None)
        if found is None:
            raise not_for("hash")
        if set(standings) <= {None, "audit"} and not case_id:
            raise caseless()
        if store.size(digest) is None:
            raise _absent(digest, "its content has not been sent yet", "其内容尚未上传")
        at = format_instant(self._front_desk.now())
        access = access_of(present, at=at, event=found.name, field=FIELD, reason=reason, case_id=case_id)
        with writing_beside(self._ledger.engine) as connection:
            note(connection, [access])
        return found, store.read(digest)

    def registered(self, digest: str) -> list[Registered]:
        """The first events that register the file of SHA-256 `digest`.

        Raises:
            MissingError: there is none.
        """
        wanted = select(ATTACHMENT.c.seq).where(ATTACHMENT.c.hash == digest).order_by(ATTACHMENT.c.seq)
        with self._ledger.reading_database() as connection:
            reader = LogReader(connection)
            found = [
                _registered(reader, seq) for seq in connection.execute(wanted.limit(_EVENTS_MAX)).scalars()
            ]
        if not found:
            raise _absent(digest, "no attachment event names it", "没有附件登记事件列明该哈希")
        return found

    def _open_store(self) -> FileStore:
        if self._store is None:
            raise RequestRefused.made(
                503,
                "attachments-none",
                "FUNDTRACE_ATTACHMENTS",
                en=(
                    "this server keeps no evidence files",
                    "Let its operator set FUNDTRACE_ATTACHMENTS to a folder or a bucket.",
                ),
                zh=("本服务器不保存附件", "请运营方将 FUNDTRACE_ATTACHMENTS 设为一个文件夹或对象存储桶。"),
            )
        return self._store


def _registered(reader: LogReader, seq: int) -> Registered:
    entry = parse_entry(reader.entry(seq) or b"", place=f"entry {seq}")
    if not isinstance(entry, EventEntry):
        raise ProgrammerError(f"the index says that entry {seq} registers a file, and it is no event")
    header = parse_entry(reader.entry(entry.submission) or b"", place=f"entry {entry.submission}")
    if not isinstance(header, HeaderEntry) or not isinstance(entry.event, Attachment):
        raise ProgrammerError(f"the index says that entry {seq} registers a file, and it does not")
    return Registered(
        name=event_name(header.header, entry.index),
        party=header.header.party,
        size=entry.event.size,
        media_type=entry.event.media_type,
    )


def _absent(digest: str, en: str, zh: str) -> MissingError:
    return MissingError(
        code="attachment-absent",
        place="hash",
        message_en=f"{digest}: {en}",
        message_zh=f"{digest}：{zh}",
        remedy_en="Register the file by an attachment event, then send its content.",
        remedy_zh="请先登记附件事件，再上传其内容。",
    )


def _too_large(most: int) -> RequestRefused:
    return RequestRefused.made(
        413,
        "attachment-too-large",
        "body",
        en=(f"the content has more than {most:,} bytes", "Send the very file that was registered."),
        zh=(f"内容超过 {most:,} 字节", "请发送所登记的文件本身。"),
    )


def _other_content(found: str) -> RequestRefused:
    return RequestRefused.made(
        422,
        "attachment-hash",
        "body",
        en=(f"the content has the SHA-256 {found}", "Send the very file that was registered, unchanged."),
        zh=(f"内容的 SHA-256 为 {found}", "请原样发送所登记的文件。"),
    )
