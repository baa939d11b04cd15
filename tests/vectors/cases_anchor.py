# SPDX-License-Identifier: Apache-2.0
"""Printed anchors (spec §2.11) and the index of time stamps (spec §2.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.vectors.case import Case, carried

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGIN: Final = "ledger.example/jl/2026"
HEAD: Final = "fundtrace/anchor/v1"
ROOT: Final = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

PRINTED: Final = {
    "happy-path": (ORIGIN, "300", ROOT, "of 300 entries"),
    "one-entry": (ORIGIN, "1", ROOT, "of the genesis alone"),
    "largest-size": (ORIGIN, "9223372036854775807", ROOT, "2^63 - 1 entries"),
    "host-alone": ("ledger.example", "300", ROOT, "an origin without a path"),
}

NOT_PRINTED: Final = {
    "another-head": (f"fundtrace/anchor/v2 {ORIGIN} 300 {ROOT}", "the form of another version"),
    "head-in-capitals": (f"FUNDTRACE/ANCHOR/V1 {ORIGIN} 300 {ROOT}", "as a newspaper may set it"),
    "five-words": (f"{HEAD} {ORIGIN} 300 {ROOT} x", "a word follows"),
    "three-words": (f"{HEAD} {ORIGIN} 300", "no root"),
    "two-spaces": (f"{HEAD} {ORIGIN}  300 {ROOT}", "words stand between single spaces"),
    "tab": (f"{HEAD}\t{ORIGIN}\t300\t{ROOT}", "words stand between spaces"),
    "line-end": (f"{HEAD} {ORIGIN} 300 {ROOT}\n", "the line end of anchor.txt is no part of the anchor"),
    "full-width-space": (f"{HEAD}\u3000{ORIGIN} 300 {ROOT}", "as a Chinese keyboard may give it"),
    "size-0": (f"{HEAD} {ORIGIN} 0 {ROOT}", "an empty log cannot be anchored"),
    "leading-zero-size": (f"{HEAD} {ORIGIN} 0300 {ROOT}", "a leading zero"),
    "grouped-size": (f"{HEAD} {ORIGIN} 1,300 {ROOT}", "digits in groups"),
    "full-width-size": (f"{HEAD} {ORIGIN} \uff13\uff10\uff10 {ROOT}", "digits that are not ASCII"),
    "size-beyond-63-bits": (f"{HEAD} {ORIGIN} 9223372036854775808 {ROOT}", "2^63"),
    "root-of-31-bytes": (f"{HEAD} {ORIGIN} 300 {ROOT[:40]}AQ==", "a hash has 32 bytes"),
    "root-unpadded": (f"{HEAD} {ORIGIN} 300 {ROOT[:-1]}", "base64 is padded"),
    "root-with-loose-bits": (f"{HEAD} {ORIGIN} 300 {ROOT[:-2]}F=", "bits behind the last byte"),
    "root-in-hexadecimal": (f"{HEAD} {ORIGIN} 300 {'01' * 32}", "a root is base64"),
    "root-url-alphabet": (f"{HEAD} {ORIGIN} 300 {'_' * 42}8=", "the alphabet of URLs"),
    "empty-origin": (f"{HEAD}  300 {ROOT}", "no origin"),
    "origin-in-capitals": (f"{HEAD} Ledger.Example/jl/2026 300 {ROOT}", "host names are lower-case"),
    "origin-with-a-scheme": (f"{HEAD} https://{ORIGIN} 300 {ROOT}", "origins have no scheme"),
    "origin-of-other-letters": (f"{HEAD} ledger.example/吉林 300 {ROOT}", "origins are ASCII"),
    "empty": ("", "nothing"),
}  # fmt: skip

INDEX: Final = "fundtrace/anchors/v1\n"
LISTED: Final = {
    "happy-path": ("7-1\n300-1\n300-2\n1000-1\n", "by size, then by number: not by letters"),
    "one-anchor": ("7-1\n", "one pair of files"),
    "no-anchor": ("", "an index that lists none"),
}
NOT_LISTED: Final = {
    "another-head": ("fundtrace/anchors/v2\n7-1\n", "the form of another version"),
    "no-head": ("7-1\n300-1\n", "the first line is missing"),
    "byte-order-mark": (f"\ufeff{INDEX}7-1\n", "a byte order mark"),
    "carriage-returns": (f"{INDEX}7-1\n".replace("\n", "\r\n"), "lines end with LF"),
    "no-line-end": (f"{INDEX}7-1", "every line has its end"),
    "empty-line": (f"{INDEX}7-1\n\n300-1\n", "a line that names nothing"),
    "out-of-order": (f"{INDEX}300-1\n7-1\n", "sorted by size"),
    "out-of-order-by-letters": (f"{INDEX}1000-1\n300-1\n", "1000 is more than 300"),
    "numbers-out-of-order": (f"{INDEX}300-2\n300-1\n", "sorted by number"),
    "twice": (f"{INDEX}7-1\n7-1\n", "the same anchor again"),
    "size-0": (f"{INDEX}0-1\n", "an empty log has no anchor"),
    "number-0": (f"{INDEX}7-0\n", "numbers count from 1"),
    "leading-zero": (f"{INDEX}07-1\n", "a leading zero"),
    "no-number": (f"{INDEX}7\n", "a size alone"),
    "file-name": (f"{INDEX}7-1.tsr\n", "names without their endings"),
    "path": (f"{INDEX}anchor/7-1\n", "names without their folder"),
    "two-on-a-line": (f"{INDEX}7-1 300-1\n", "one anchor on a line"),
    "size-beyond-63-bits": (f"{INDEX}9223372036854775808-1\n", "2^63"),
    "too-many": (INDEX + "".join(f"{size}-1\n" for size in range(1, 20_002)), "20,001 anchors"),
    "empty": ("", "no bytes"),
}  # fmt: skip


def _printed() -> Iterator[Case]:
    for name, (origin, size, root, about) in PRINTED.items():
        text = f"{HEAD} {origin} {size} {root}"
        says = {"origin": origin, "size": size, "root": "01" * 32}
        yield Case(format="anchor", name=name, about=about, input={"text": text}, accepted=says)
    for name, (text, about) in NOT_PRINTED.items():
        yield Case(format="anchor", name=name, about=about, input={"text": text}, refused="form")


def _listed() -> Iterator[Case]:
    for name, (lines, about) in LISTED.items():
        yield Case(
            format="anchor_index", name=name, about=about, input=carried((INDEX + lines).encode()),
            accepted={"anchors": lines.split()},
        )  # fmt: skip
    for name, (text, about) in NOT_LISTED.items():
        yield Case(
            format="anchor_index", name=name, about=about, input=carried(text.encode()), refused="form"
        )


def cases() -> Iterator[Case]:
    """Every vector of `anchor` and `anchor_index`."""
    yield from _printed()
    yield from _listed()
