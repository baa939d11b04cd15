# SPDX-License-Identifier: Apache-2.0
"""A simulated world as a folder: what a ledger is founded on, what is posted to it, and what is true of it.

genesis.json    {"genesis": …, "signatures": […]}, sorted JSON
events.ndjson   one signed submission per line, in order of time
labels.jsonl    one case per line; keep it from whoever judges
world.json      places, bodies and counts, for people
keys/           private keys, PKCS#8 PEM, 0600: log.pem, the administrators, <party>-maker.pem, <party>-checker.pem
"""

import contextlib
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from ledger.errors import EnvironmentFault
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.key_files import save_private_key
from ledger.submission import Signature, Submission, wire_bytes
from verifier.simulation.cast import ADMINISTRATORS, LOG, ROLES, Cast
from verifier.simulation.country import Region
from verifier.simulation.county import City, County
from verifier.simulation.labels import to_lines
from verifier.simulation.names import PROVINCE
from verifier.simulation.world import World


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: `entries` is the size the ledger will have, genesis included; `cases` count twins singly."""

    submissions: int
    events: int
    entries: int
    cases: int
    keys: int


def write_world(world: World, out: Path) -> Totals:
    """The folder `out` holds the whole world; it did not exist, or was empty, and after a failure it is as it was.

    Raises:
        EnvironmentFault: `out` holds something, or cannot be written.
    """
    with new_folder(out) as folder:
        write_genesis(folder, world.genesis, world.genesis_signatures)
        submissions, events = write_submissions(folder, world.submissions())
        (folder / "labels.jsonl").write_bytes(to_lines(world.labels))
        bodies = sorted({act.party for act in world.acts} - set(ADMINISTRATORS))
        totals = Totals(
            submissions=submissions,
            events=events,
            entries=1 + submissions + events,
            cases=len(world.labels),
            keys=write_keys(folder, world.cast, bodies),
        )
        (folder / "world.json").write_bytes(_json(_description(world, totals)))
    return totals


@contextlib.contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to write into that becomes `out` in one step at the end, or vanishes if anything fails.

    Raises:
        EnvironmentFault: `out` holds something, or a file cannot be written.
    """
    with _file_faults(out):
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise _taken(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = out.with_name(f".{out.name}.{secrets.token_hex(8)}")
        draft.mkdir(mode=0o700)
        try:
            yield draft
            draft.replace(out)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def write_genesis(folder: Path, genesis: Genesis, signatures: tuple[Signature, ...]) -> None:
    """``genesis.json`` in `folder`."""
    (folder / "genesis.json").write_bytes(_json({"genesis": genesis, "signatures": signatures}))


def write_submissions(folder: Path, submissions: Iterable[Submission]) -> tuple[int, int]:
    """``events.ndjson`` in `folder`, streamed; how many submissions and events it holds."""
    written = events = 0
    with (folder / "events.ndjson").open("wb") as file:
        for submission in submissions:
            file.write(wire_bytes(submission) + b"\n")
            written += 1
            events += submission.header.count
    return written, events


def write_keys(folder: Path, cast: Cast, bodies: Iterable[str]) -> int:
    """``keys/`` in `folder`: the keys of log, administrators and `bodies`; how many files."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    save_private_key(keys / f"{LOG}.pem", *cast.log_keys())
    names = [*ADMINISTRATORS, *(f"{body}-{role}" for body in bodies for role in ROLES)]
    for name in names:
        save_private_key(keys / f"{name}.pem", cast.signer(name))
    return 1 + len(names)


def _description(world: World, totals: Totals) -> dict[str, object]:
    return {
        "as_of": world.as_of,
        "cities": list(_cities(world)),
        "demo": True,
        "genesis": leaf_hash(world.genesis_entry).hex(),
        "origin": world.genesis.origin,
        "programmes": len(world.cities) + len(world.branches),
        "provinces": list(dict.fromkeys(one.province.name for one in world.branches)) or [PROVINCE],
        "seed": world.seed,
        "totals": totals,
        **({} if world.shape is None else {"shape": world.shape}),
    }


def _cities(world: World) -> Iterator[dict[str, object]]:
    for city in world.cities:
        yield _place(city) | {"counties": [_place(county) for county in city.counties]}
    for branch in world.branches:
        yield _place(branch.city) | {"counties": [_place(county) for county in branch.counties]}


def _place(place: City | County | Region) -> dict[str, object]:
    return {"division": place.division, "name": place.name}


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n"


def _taken(out: Path) -> EnvironmentFault:
    return EnvironmentFault(
        code="simulation.out-taken",
        place=str(out),
        message_en="the folder is not empty, and nothing is overwritten",
        message_zh="目录非空，不覆盖任何内容",
        remedy_en="Choose a new folder with --out, or empty this one.",
        remedy_zh="请用 --out 另选目录，或先清空该目录。",
    )


@contextlib.contextmanager
def _file_faults(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="simulation.out-fault",
            place=str(error.filename or out),
            message_en=f"the world cannot be written: {error.strerror or error}",
            message_zh=f"无法写入模拟数据：{error.strerror or error}",
            remedy_en="Choose with --out a folder that is yours, on a disk with room.",
            remedy_zh="请用 --out 选择可写且空间充足的目录。",
        ) from error
