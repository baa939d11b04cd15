# SPDX-License-Identifier: Apache-2.0
"""Static files (spec §2.6; C2SP tlog-tiles): a leaf proved by hash tiles, and bundles of entries."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ledger.merkle import root_of
from ledger.tiles import tiles_of
from tests.vectors.case import Case, Reason
from tests.vectors.cases_proofs import LEAVES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Files = dict[str, bytes]
LARGE, SMALL = 66_000, 600


def files_for(index: int, size: int) -> Files:
    """The tiles that prove leaf `index` of `size`: the right edge, and above the leaf the full ones."""
    found: Files = {}
    for tile in tiles_of(size):
        level, number = tile.level or 0, tile.number
        if tile.width < 256 or number == index >> 8 * (level + 1):
            found[tile.path] = b"".join(_node(level, number * 256 + at) for at in range(tile.width))
    return found


def _node(level: int, position: int) -> bytes:
    """The root over the 256^level leaves at `position`."""
    span = 256**level
    return root_of(LEAVES[position * span : (position + 1) * span])


def flipped(data: bytes, at: int = 0) -> bytes:
    """One bit of `data` changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _case(
    name: str,
    about: str,
    files: Mapping[str, bytes],
    told: tuple[int, int, str],
    refused: Reason | None = None,
) -> Case:
    """The question: which leaf hash stands at `index` under `size` and `root`, by these files alone?"""
    index, size, root = told
    carried: dict[str, Any] = {path: base64.b64encode(data).decode() for path, data in files.items()}
    context = {"index": str(index), "size": str(size), "root": root}
    accepted = {"leaf": LEAVES[index].hex()} if refused is None else None
    return Case(
        format="tile",
        name=name,
        about=about,
        input={"files": carried},
        context=context,
        accepted=accepted,
        refused=refused,
    )


def _tiles() -> Iterator[Case]:
    root = {size: root_of(LEAVES[:size]).hex() for size in (1, SMALL, 256, LARGE, SMALL - 1)}
    good = files_for(300, SMALL)
    told = (300, SMALL, root[SMALL])
    full, edge, top = "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"
    yield _case("happy-path", "leaf 300 of 600, in a full tile", good, told)
    yield _case("leaf-in-the-right-edge", "leaf 599 of 600", files_for(599, SMALL), (599, SMALL, root[SMALL]))
    yield _case("single-entry-log", "a tile of one hash", files_for(0, 1), (0, 1, root[1]))
    yield _case(
        "one-full-tile",
        "256 leaves: one full tile, and one hash above",
        files_for(9, 256),
        (9, 256, root[256]),
    )
    yield _case("three-levels", "leaf 1 of 66,000", files_for(1, LARGE), (1, LARGE, root[LARGE]))
    wider = {**good, "tile/0/002": b"".join(LEAVES[512:768])}
    del wider[edge]
    yield _case(
        "full-tile-for-a-partial",
        "the log has grown, and the full tile begins with the partial one",
        wider,
        told,
    )
    swapped = good[full][32:64] + good[full][:32] + good[full][64:]
    wrong: dict[str, tuple[Files, str, Reason]] = {
        "flipped-bit-beside-the-leaf": ({full: flipped(good[full])}, "a sibling in the full tile", "proof"),
        "flipped-bit-in-the-leaf": ({full: flipped(good[full], 44 * 32)}, "the hash asked for", "proof"),
        "flipped-bit-in-the-edge": ({edge: flipped(good[edge])}, "the partial tile", "proof"),
        "flipped-bit-in-level-1": ({top: flipped(good[top], 5)}, "the hash over the tile before", "proof"),
        "swapped-hashes": ({full: swapped}, "two leaves change places", "proof"),
        "tile-of-another-number": ({full: b"".join(LEAVES[:256])}, "the full tile before it", "proof"),
        "edge-of-an-older-tree": ({edge: b"".join(LEAVES[511:599])}, "shifted by one leaf", "proof"),
        "tile-of-another-log": ({full: bytes(8192)}, "zeros", "proof"),
        "tile-one-hash-short": ({full: good[full][:-32]}, "255 hashes under the name of a full tile", "form"),
        "tile-one-byte-long": ({full: good[full] + b"\0"}, "8,193 bytes", "form"),
        "edge-one-hash-long": ({edge: good[edge] + bytes(32)}, "89 hashes under the name .p/88", "form"),
        "edge-empty": ({edge: b""}, "no hash", "form"),
        "tile-as-text": ({full: good[full].hex().encode()}, "hexadecimal", "form"),
    }
    for name, (change, about, reason) in wrong.items():
        yield _case(name, about, {**good, **change}, told, reason)
    for path, name in ((full, "full-tile-missing"), (edge, "edge-missing"), (top, "level-1-missing")):
        rest = {one: data for one, data in good.items() if one != path}
        yield _case(name, f"no {path}", rest, told, "missing")
    yield _case("root-of-another-size", "the root of 599", good, (300, SMALL, root[SMALL - 1]), "proof")


ENTRIES = (b"entry 0", b"", "第三条".encode(), b"x" * 300)


def _bundled(*entries: bytes) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _bundles() -> Iterator[Case]:
    good = _bundled(*ENTRIES)
    leaves = [sha256(b"\0" + entry).hexdigest() for entry in ENTRIES]
    accepted: dict[str, tuple[bytes, str, list[str]]] = {
        "happy-path": (good, "tile/entries/000.p/4", leaves),
        "one-entry": (_bundled(ENTRIES[0]), "tile/entries/000.p/1", leaves[:1]),
        "full": (_bundled(*[ENTRIES[0]] * 256), "tile/entries/x001/234", leaves[:1] * 256),
    }
    for name, (data, path, says) in accepted.items():
        yield _bundle(name, f"bundle of {len(says)}", data, path, {"leaves": says})
    path = "tile/entries/000.p/4"
    wrong = {
        "one-entry-short": (_bundled(*ENTRIES[:3]), "three of four"),
        "one-entry-long": (good + _bundled(b"x"), "five of four"),
        "truncated": (good[:-1], "the last byte is missing"),
        "trailing-byte": (good + b"\0", "a byte follows"),
        "length-one-more": (_bundled(*ENTRIES[:3]) + (301).to_bytes(2, "big") + ENTRIES[3], "it ends within an entry"),
        "length-one-less": (_bundled(*ENTRIES[:3]) + (299).to_bytes(2, "big") + ENTRIES[3], "a byte is left over"),
        "length-little-endian": (
            b"".join(len(entry).to_bytes(2, "little") + entry for entry in ENTRIES), "bytes of the length swapped",
        ),
        "length-of-four-bytes": (b"".join(len(entry).to_bytes(4, "big") + entry for entry in ENTRIES), "a wider length"),
        "without-lengths": (b"".join(ENTRIES), "no lengths"),
        "half-a-length": (_bundled(*ENTRIES[:3]) + b"\x01", "it ends within a length"),
        "separated-by-line-feeds": (b"\n".join(ENTRIES), "NDJSON"),
        "empty": (b"", "no bytes"),
    }  # fmt: skip
    for name, (data, about) in wrong.items():
        yield _bundle(name, about, data, path, None)
    yield _bundle("full-under-a-partial-name", "256 under the name .p/4", accepted["full"][0], path, None)
    yield _bundle("partial-under-a-full-name", "4 under the name of 256", good, "tile/entries/000", None)


def _bundle(name: str, about: str, data: bytes, path: str, says: dict[str, list[str]] | None) -> Case:
    carried = {"base64": base64.b64encode(data).decode()}
    return Case(
        format="entry_bundle", name=name, about=about, input=carried, context={"path": path}, accepted=says,
        refused="form" if says is None else None,
    )  # fmt: skip


def cases() -> Iterator[Case]:
    """Every vector of `tile` and `entry_bundle`."""
    yield from _tiles()
    yield from _bundles()
