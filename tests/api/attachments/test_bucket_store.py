# SPDX-License-Identifier: Apache-2.0
"""Evidence files in a bucket, over real sockets: a small object store on loopback that checks who asks."""

from __future__ import annotations

import hashlib
import io
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar

import pytest

from api.attachments.bucket_store import BucketStore, store_at
from api.attachments.file_store import FolderStore
from ledger.errors import EnvironmentFault
from tests.answering import answering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = b"%PDF-1.7 measured work\n" * 100
DIGEST = hashlib.sha256(CONTENT).hexdigest()
_DATE = "Sun, 22 Nov 2026 00:00:00 GMT"


class Bucket(BaseHTTPRequestHandler):
    """PUT, GET and HEAD of whole objects, for whoever signs as `somebody`."""

    protocol_version = "HTTP/1.1"
    objects: ClassVar[dict[str, bytes]]

    def do_PUT(self) -> None:
        """Keep the object."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self._allowed():
            self.objects[self.path] = data
            self._answer(200, b"")

    def do_GET(self) -> None:
        """Give the object."""
        if self._allowed():
            found = self.objects.get(self.path)
            self._answer(404 if found is None else 200, found or b"")

    def do_HEAD(self) -> None:
        """Tell of the object."""
        self.do_GET()

    def _allowed(self) -> bool:
        good = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=somebody/")
        if not good:
            self._answer(403, b"")
        return good

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), ("ETag", '"e"'), ("Last-Modified", _DATE)):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """The objects of a served bucket, named in the environment."""
    kept: dict[str, bytes] = {}
    with answering(type("OneBucket", (Bucket,), {"objects": kept})) as address:
        for name, value in (
            ("ACCESS_KEY_ID", "somebody"),
            ("SECRET_ACCESS_KEY", "secret"),
            ("REGION", "here"),
            ("ENDPOINT_URL", address),
            ("ALLOW_HTTP", "true"),
        ):
            monkeypatch.setenv(f"AWS_{name}", value)
        yield kept


@pytest.mark.loopback
def test_what_is_put_is_there_under_the_names_of_the_folder_store(objects: dict[str, bytes]) -> None:
    """Before it is put it is not there."""
    store = store_at("s3://files/2026")
    assert store.size(DIGEST) is None
    store.put(DIGEST, io.BytesIO(CONTENT))
    assert objects == {f"/files/2026/{DIGEST[:2]}/{DIGEST}": CONTENT}
    assert store.size(DIGEST) == len(CONTENT)
    assert b"".join(store.read(DIGEST)) == CONTENT


@pytest.mark.loopback
def test_keys_that_are_not_good_are_a_fault(
    objects: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is taken, and the remedy names the keys."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    store = BucketStore("s3://files/2026")
    for act in (
        lambda: store.put(DIGEST, io.BytesIO(CONTENT)),
        lambda: store.size(DIGEST),
        lambda: list(store.read(DIGEST)),
    ):
        with pytest.raises(EnvironmentFault) as raised:
            act()
        assert "AWS_" in raised.value.remedy_en
    assert objects == {}


def test_an_installation_without_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder needs nothing more."""
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(EnvironmentFault) as raised:
        store_at("s3://files")
    assert "fundtrace[server,s3]" in raised.value.remedy_en
    assert isinstance(store_at(str(tmp_path)), FolderStore)
