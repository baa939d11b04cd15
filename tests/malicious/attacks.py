# SPDX-License-Identifier: Apache-2.0
"""Every way in which a server can cheat about a log, at every position: a catalogue whose score is published.

An attack turns an honest log into forged ones, each as the files that the server would hand out. Where the operator's own
key is used, everything that it can make fit is made to fit: positions, chain, tiles, root, signature. Against some attacks
nothing inside a log can help; they need a memory of it (`ATTACKS` says which), and the suite shows both: that they are
found with one, and that they are not without it.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from tests.malicious.fields import changed, signed_paths
from tests.malicious.forger import WIDTH, Files, Forger, bundle_of, path_of, relinked
from tests.worlds import UNIT, log_signer_named

SHORT: Final = 200
"""Entries up to which a log is forged at every position."""
PLACES: Final = 12
"""Positions at which a longer one is."""
STRANGER: Final = log_signer_named("stranger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """One forged log: where the honest one was touched, and what the server hands out."""

    position: int
    files: Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A way of cheating. `needs_memory` says that only who kept a state, a checkpoint or an anchor can see it."""

    name: str
    forge: Callable[[Forger], Iterator[Forgery]]
    needs_memory: bool = False


# --- without the key of the log: what is stored or handed out is changed -----------------------------------


def _served(forger: Forger, entries: list[bytes], position: int) -> Forgery:
    """Other entries under the honest tiles and checkpoint."""
    return Forgery(position=position, files=forger.files() | _bundles(entries, len(forger.entries)))


def _bundles(entries: list[bytes], size: int) -> Files:
    """The entries in bundles at the paths that a log of `size` has, whatever is too much in the last one."""
    files: Files = {}
    for first in range(0, size, WIDTH):
        last = first + WIDTH >= size
        part = entries[first:] if last else entries[first : first + WIDTH]
        files[path_of("entries", first // WIDTH, min(WIDTH, size - first))] = bundle_of(part)
    return files


def _places(stop: int, start: int = 0) -> list[int]:
    """Every position of a short log, some seeded ones of a long one."""
    if stop <= SHORT:
        return list(range(start, stop))
    return sorted(random.Random(stop).sample(range(start, stop), PLACES))


def flipped_bytes(forger: Forger) -> Iterator[Forgery]:
    """One bit of one byte, in the first, the middle and the last third of every entry."""
    for at in _places(len(forger.entries)):
        entry = forger.entries[at]
        for byte in (len(entry) // 7, len(entry) // 2, len(entry) - 2):
            data = bytearray(entry)
            data[byte] ^= 1 << (at % 8)
            yield _served(forger, [*forger.entries[:at], bytes(data), *forger.entries[at + 1 :]], at)


def stored_fields(forger: Forger) -> Iterator[Forgery]:
    """Every field of every kind, the operator's own too, in canonical form."""
    for at in _places(len(forger.entries)):
        entry = forger.entries[at]
        for path in signed_paths(entry, own=True):
            yield _served(forger, [*forger.entries[:at], changed(entry, path), *forger.entries[at + 1 :]], at)


def omitted(forger: Forger) -> Iterator[Forgery]:
    """An entry is left out of what is handed out."""
    for at in _places(len(forger.entries)):
        yield _served(forger, [*forger.entries[:at], *forger.entries[at + 1 :]], at)


def inserted(forger: Forger) -> Iterator[Forgery]:
    """An entry of the same log stands once more, elsewhere."""
    for at in _places(len(forger.entries)):
        stray = forger.entries[(at * 7 + 3) % len(forger.entries)]
        yield _served(forger, [*forger.entries[:at], stray, *forger.entries[at:]], at)


def duplicated(forger: Forger) -> Iterator[Forgery]:
    """An entry stands twice in a row, and the last one gives way."""
    for at in _places(len(forger.entries) - 1):
        yield _served(
            forger, [*forger.entries[: at + 1], forger.entries[at], *forger.entries[at + 1 : -1]], at
        )


def reordered(forger: Forger) -> Iterator[Forgery]:
    """Two neighbours change places."""
    for at in _places(len(forger.entries) - 1):
        yield _served(forger, _swapped(forger.entries, at), at)


def truncated(forger: Forger) -> Iterator[Forgery]:
    """The bundle ends early, under a checkpoint that promises more."""
    for at in _places(len(forger.entries)):
        yield _served(forger, forger.entries[:at], at)


def damaged_tiles(forger: Forger) -> Iterator[Forgery]:
    """One bit of one hash in every hash tile."""
    files = forger.files()
    for path in sorted(path for path in files if path.startswith("tile/") and "entries" not in path):
        for at in range(0, len(files[path]), 32):
            data = bytearray(files[path])
            data[at + at // 32 % 32] ^= 1
            yield Forgery(position=at // 32, files=files | {path: bytes(data)})


def edited_checkpoints(forger: Forger) -> Iterator[Forgery]:
    """Every byte of the checkpoint that is handed out, line ends and signatures too."""
    files = forger.files()
    note = files["checkpoint"]
    for at in range(len(note)):
        data = bytearray(note)
        data[at] ^= 1
        yield Forgery(position=at, files=files | {"checkpoint": bytes(data)})


def strange_keys(forger: Forger) -> Iterator[Forgery]:
    """A checkpoint of every size, signed by another key under the name of the log."""
    for size in _ends(forger):
        files = Forger(forger.world, forger.entries[:size]).files()
        note = forger.checkpoint(size, signer=STRANGER)
        yield Forgery(position=size, files=files | {"checkpoint": note})


# --- with the key of the log: everything fits that the operator can make fit ------------------------------------


def _resigned(forger: Forger, entries: list[bytes], position: int) -> Forgery:
    return Forgery(position=position, files=Forger(forger.world, entries).files())


def signed_fields(forger: Forger) -> Iterator[Forgery]:
    """Every field of every kind that somebody else signed."""
    for at in _places(len(forger.entries)):
        entry = forger.entries[at]
        for path in signed_paths(entry):
            forged = [*forger.entries[:at], changed(entry, path), *forger.entries[at + 1 :]]
            keeps = path in {("submission",), ("v",), ("kind",)}
            yield _resigned(forger, forged if keeps else relinked(forged), at)


def re_encoded(forger: Forger) -> Iterator[Forgery]:
    """The same JSON value in another spelling."""
    for at in _places(len(forger.entries)):
        entry = forger.entries[at]
        for spelt in _spellings(entry):
            yield _resigned(forger, [*forger.entries[:at], spelt, *forger.entries[at + 1 :]], at)


def _spellings(entry: bytes) -> Iterator[bytes]:
    value = json.loads(entry)
    yield json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
    yield json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False).encode()
    yield entry.replace(b'"kind"', b'"\\u006bind"', 1)
    yield entry + b"\n"
    yield entry[:-1] + b',"v":1}'


def omitted_and_relinked(forger: Forger) -> Iterator[Forgery]:
    """An entry is left out, and positions and chain are made to fit."""
    for at in _places(len(forger.entries)):
        yield _resigned(forger, relinked([*forger.entries[:at], *forger.entries[at + 1 :]]), at)


def inserted_and_relinked(forger: Forger) -> Iterator[Forgery]:
    """An entry stands once more, elsewhere, and everything is made to fit."""
    for at in _places(len(forger.entries) + 1, 1):
        stray = forger.entries[1 + (at * 7 + 3) % (len(forger.entries) - 1)]
        yield _resigned(forger, relinked([*forger.entries[:at], stray, *forger.entries[at:]]), at)


def reordered_and_relinked(forger: Forger) -> Iterator[Forgery]:
    """Two neighbours change places, and everything is made to fit."""
    for at in _places(len(forger.entries) - 1):
        yield _resigned(forger, relinked(_swapped(forger.entries, at)), at)


def replayed(forger: Forger) -> Iterator[Forgery]:
    """A whole submission stands twice."""
    for start, stop in _submissions(forger):
        again = [_at_the_end(one, forger.entries[-1]) for one in forger.entries[start:stop]]
        yield _resigned(forger, relinked([*forger.entries, *again]), len(forger.entries))


def cut_submissions(forger: Forger) -> Iterator[Forgery]:
    """A checkpoint of a size that no submission ends at."""
    ends = set(_ends(forger))
    for size in _places(len(forger.entries), 2):
        if size not in ends:
            yield _resigned(forger, forger.entries[:size], size)


def other_tiles(forger: Forger) -> Iterator[Forgery]:
    """The entries of this log beyond the tiles and the checkpoint of a shorter, older tree."""
    for size in _ends(forger)[:-1]:
        older = Forger(forger.world, forger.entries[:size]).files()
        yield Forgery(position=size, files=older | _bundles(forger.entries, size))


# --- another history: consistent in itself, so that only a memory can tell ------------------------------------


def stale(forger: Forger) -> Iterator[Forgery]:
    """An older checkpoint, honestly signed in its time, and nothing newer."""
    for size in _ends(forger)[:-1]:
        yield _resigned(forger, forger.entries[:size], size)


def forked(forger: Forger) -> Iterator[Forgery]:
    """From some submission on another history, just as long or longer, signed by those whose acts it tells."""
    for size in _ends(forger)[:-1]:
        other = Forger(replace(forger.world), list(forger.entries[:size]))
        while len(other.entries) <= len(forger.entries):
            party = msgspec.structs.replace(
                other.world.seats[UNIT].party, id=f"invented-{len(other.entries)}"
            )
            other.post(other.world.submission("admin-a", party))
        yield Forgery(position=size, files=other.files())


def backdated(forger: Forger) -> Iterator[Forgery]:
    """The instant at which a submission was recorded: the operator's own word, later by a moment."""
    bounds = list(_submissions(forger))
    for (start, stop), (after, _) in itertools.pairwise(bounds):
        later = json.loads(forger.entries[after])["recorded"]
        entries = [
            *forger.entries[:start],
            *(_recorded(one, later) for one in forger.entries[start:stop]),
            *forger.entries[stop:],
        ]
        yield _resigned(forger, relinked(entries), start)


ATTACKS: Final = (
    Attack(name="a bit of a byte flipped, in every entry", forge=flipped_bytes),
    Attack(name="a field changed, every field of every kind", forge=stored_fields),
    Attack(name="a signed field changed, relinked, re-signed", forge=signed_fields),
    Attack(name="an entry re-encoded, re-signed", forge=re_encoded),
    Attack(name="an entry omitted", forge=omitted),
    Attack(name="an entry omitted, relinked, re-signed", forge=omitted_and_relinked),
    Attack(name="an entry inserted", forge=inserted),
    Attack(name="an entry inserted, relinked, re-signed", forge=inserted_and_relinked),
    Attack(name="an entry duplicated", forge=duplicated),
    Attack(name="a submission replayed, re-signed", forge=replayed),
    Attack(name="two entries exchanged", forge=reordered),
    Attack(name="two entries exchanged, relinked, re-signed", forge=reordered_and_relinked),
    Attack(name="the tail cut under the old checkpoint", forge=truncated),
    Attack(name="a submission cut by the checkpoint", forge=cut_submissions),
    Attack(name="a hash of a tile changed", forge=damaged_tiles),
    Attack(name="more entries than the tree has", forge=other_tiles),
    Attack(name="a byte of the checkpoint changed", forge=edited_checkpoints),
    Attack(name="the checkpoint signed by another key", forge=strange_keys),
    Attack(name="a stale checkpoint", forge=stale, needs_memory=True),
    Attack(name="a fork at every submission", forge=forked, needs_memory=True),
    Attack(name="a recorded instant moved, re-signed", forge=backdated, needs_memory=True),
)
"""Every attack on a whole log; those on receipts and on the wire are in tests of their own."""


# --- pieces -----------------------------------------------------------------------------------------------------


def _submissions(forger: Forger) -> Iterator[tuple[int, int]]:
    """First position and end of each submission."""
    ends = _ends(forger)
    yield from itertools.pairwise(ends)


def _ends(forger: Forger) -> list[int]:
    """The sizes at which an honest checkpoint may stand."""
    headers = [at for at, one in enumerate(forger.entries) if json.loads(one)["kind"] == "submission"]
    return [*headers, len(forger.entries)]


def _swapped(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]


def _recorded(entry: bytes, instant: str) -> bytes:
    value = json.loads(entry) | {"recorded": instant}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _at_the_end(entry: bytes, last: bytes) -> bytes:
    return _recorded(entry, json.loads(last)["recorded"])
