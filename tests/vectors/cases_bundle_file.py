# SPDX-License-Identifier: Apache-2.0
"""Bundle files (spec §2.9): a ledger as a ZIP archive, and archives that are none or say two things."""

from __future__ import annotations

import base64
import io
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from tests.vectors.case import Case, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILES: Final = {
    "checkpoint": b"not judged here\n",
    "policy": b"not judged here\n",
    "tile/0/000.p/2": bytes(64),
    "tile/entries/000.p/2": b"\x00\x01a\x00\x01b",
}
ANCHORED: Final = {
    "anchor.txt": b"-\n",
    "anchor/2-1.note": b"-\n",
    "anchor/2-1.tsr": b"0",
    "anchor/index": b"-\n",
}
DATE: Final = (1980, 1, 1, 0, 0, 0)
LOCAL: Final = b"PK\x03\x04"
CENTRAL: Final = b"PK\x01\x02"


def archive(files: Mapping[str, bytes], date: tuple[int, int, int, int, int, int] = DATE) -> bytes:
    """The files in their order, stored."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, date)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            made.writestr(member, data)
    return target.getvalue()


def patched(data: bytes, header: bytes, at: int, value: bytes) -> bytes:
    """`value` written at offset `at` of the first header of that sort (PKWARE APPNOTE §4.3.7, §4.3.12)."""
    start = data.index(header) + at
    return data[:start] + value + data[start + len(value) :]


def _method(data: bytes, method: int, flags: int = 0) -> bytes:
    """The first member said to be compressed by `method`, in both of its headers; its bytes stay."""
    for header, at in ((LOCAL, 6), (CENTRAL, 8)):
        data = patched(data, header, at, flags.to_bytes(2, "little") + method.to_bytes(2, "little"))
    return data


def _named(name: str, data: bytes = b"-\n") -> bytes:
    return archive({**FILES, name: data})


def _twice() -> bytes:
    """Two members under one name: the second was written as `policx`, of the same length."""
    made = archive({**FILES, "policx": b"another policy\n"})
    return made.replace(b"policx", b"policy")


GOOD: Final = archive(FILES)
ACCEPTED: Final = {
    "happy-path": (GOOD, FILES, "as `fundtrace export` writes it"),
    "with-anchors": (archive(dict(sorted({**FILES, **ANCHORED}.items()))), {**FILES, **ANCHORED}, "with its anchors"),
    "in-another-order": (archive(dict(reversed(FILES.items()))), FILES, "the order tells equal ledgers, and is not judged"),
    "with-other-dates": (archive(FILES, (2026, 6, 12, 8, 0, 0)), FILES, "dates tell equal ledgers, and are not judged"),
}  # fmt: skip
REFUSED: Final = {
    "compressed-member": (_method(GOOD, 8), "a member said to be deflated"),
    "unknown-method": (_method(GOOD, 99), "a member stored in no known way"),
    "encrypted-member": (_method(GOOD, 0, 1), "a member said to be encrypted"),
    "size-beyond-what-is-stored": (
        patched(GOOD, CENTRAL, 24, (1 << 20).to_bytes(4, "little")), "a member that would swell",
    ),
    "name-twice": (_twice(), "two readers could see two policies"),
    "name-of-no-export": (_named("notes.txt"), "an export has a closed set of names"),
    "name-in-capitals": (_named("Checkpoint"), "an export has a closed set of names"),
    "name-outside": (_named("../checkpoint"), "a name that leaves the folder"),
    "absolute-name": (_named("/checkpoint"), "a name that leaves the folder"),
    "folder": (_named("tile/", b""), "folders are no members"),
    "tile-path-misspelt": (_named("tile/0/1"), "numbers of tiles have three digits"),
    "anchor-misspelt": (_named("anchor/07-1.note"), "a leading zero"),
    "anchor-of-another-ending": (_named("anchor/7-1.txt"), "an anchor has a note and a token"),
    "tile-beyond-its-width": (archive({**FILES, "tile/0/000.p/2": bytes(96)}), "three hashes under the name .p/2"),
    "local-name-differs": (patched(GOOD, LOCAL, 30, b"chackpoint"), "the two headers of a member name two files"),
    "flipped-bit": (replaced(GOOD, b"\x00\x01a\x00\x01b", b"\x00\x01a\x00\x01c"), "bytes that are not those summed"),
    "sum-of-another": (patched(GOOD, CENTRAL, 16, bytes(4)), "a checksum of other bytes"),
    "truncated": (GOOD[:-1], "the last byte is missing"),
    "cut-in-half": (GOOD[: len(GOOD) // 2], "the list of members is missing"),
    "not-an-archive": (b"".join(FILES.values()), "the members alone"),
    "empty": (b"", "no bytes"),
}  # fmt: skip


def _carried(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode()}


def cases() -> Iterator[Case]:
    """Every vector of `bundle_file`."""
    for name, (data, files, about) in ACCEPTED.items():
        says = {"files": {path: sha256(held).hexdigest() for path, held in sorted(files.items())}}
        yield Case(format="bundle_file", name=name, about=about, input=_carried(data), accepted=says)
    for name, (data, about) in REFUSED.items():
        yield Case(format="bundle_file", name=name, about=about, input=_carried(data), refused="form")
