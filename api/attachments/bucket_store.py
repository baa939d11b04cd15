# SPDX-License-Identifier: Apache-2.0
"""Contents of evidence files in a bucket of an S3-compatible object store, under the names that the folder store uses."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from api.attachments.file_store import FileStore, FolderStore
from ledger.errors import EnvironmentFault

SCHEME: Final = "s3://"
_CHUNK: Final = 8 * 1024 * 1024


def store_at(place: str) -> FileStore:
    """The store at `place`: a folder, or ``s3://bucket/prefix`` with endpoint and keys in ``AWS_…`` (obstore).

    Raises:
        EnvironmentFault: a bucket is named, and the extra for it is not installed or its settings are not good.
    """
    return BucketStore(place) if place.startswith(SCHEME) else FolderStore(Path(place))


class BucketStore:
    """A bucket; an object is put whole or not at all, which the store itself sees to."""

    def __init__(self, place: str) -> None:
        """Keep contents at `place`; nothing is asked of it yet.

        Raises:
            EnvironmentFault: as `store_at`.
        """
        try:
            # Imported late: only those who have a bucket install it.
            import obstore  # noqa: PLC0415
            from obstore.store import S3Store  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise _not_installed(place) from error
        self._place = place
        self._objects = obstore
        self._faults = (obstore.exceptions.BaseError, OSError)
        try:
            self._bucket = S3Store.from_url(place)
        except self._faults as error:
            raise _fault(place, error) from error

    def size(self, digest: str) -> int | None:
        """Bytes of the content, or None."""
        try:
            return int(self._objects.head(self._bucket, _name(digest))["size"])
        except FileNotFoundError:
            return None
        except self._faults as error:
            raise _fault(self._place, error) from error

    def put(self, digest: str, content: IO[bytes]) -> None:
        """Return once the store has the content."""
        try:
            self._objects.put(self._bucket, _name(digest), content, chunk_size=_CHUNK)
        except self._faults as error:
            raise _fault(self._place, error) from error

    def read(self, digest: str) -> Iterator[bytes]:
        """The content, piece by piece."""
        try:
            for piece in self._objects.get(self._bucket, _name(digest)).stream():
                yield bytes(piece)
        except self._faults as error:
            raise _fault(self._place, error) from error


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _not_installed(place: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="attachments.no-bucket",
        place=place,
        message_en="this installation cannot keep files in a bucket",
        message_zh="当前安装不支持对象存储",
        remedy_en="Install fundtrace[server,s3], or set FUNDTRACE_ATTACHMENTS to a folder.",
        remedy_zh="请安装 fundtrace[server,s3]，或将 FUNDTRACE_ATTACHMENTS 设为文件夹。",
    )


def _fault(place: str, error: Exception) -> EnvironmentFault:
    reason = str(error).partition("\n")[0][:200]
    return EnvironmentFault(
        code="attachments.store",
        place=place,
        message_en=f"the store of evidence files failed: {reason}",
        message_zh=f"附件存储出错：{reason}",
        remedy_en="Check the address of the store, its keys (AWS_…) and the network, then send the file again.",
        remedy_zh="请检查对象存储的地址、密钥（AWS_…）和网络，然后重新发送文件。",
    )
