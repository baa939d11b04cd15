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
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import EnvironmentFault
from ledger.hashing import leaf_hash
from ledger.key_files import save_private_key
from ledger.submission import wire_bytes
from verifier.simulation.cast import ADMINISTRATORS, ROLES
from verifier.simulation.county import City
from verifier.simulation.labels import to_lines
from verifier.simulation.names import PROVINCE
from verifier.simulation.world import World

LOG_KEY: Final = "log"


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
    with _file_faults(out):
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise _taken(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = out.with_name(f".{out.name}.{secrets.token_hex(8)}")
        draft.mkdir(mode=0o700)
        try:
            totals = _write(world, draft)
            draft.replace(out)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return totals


def _write(world: World, folder: Path) -> Totals:
    (folder / "genesis.json").write_bytes(
        _json({"genesis": world.genesis, "signatures": world.genesis_signatures})
    )
    submissions = events = 0
    with (folder / "events.ndjson").open("wb") as file:
        for submission in world.submissions():
            file.write(wire_bytes(submission) + b"\n")
            submissions += 1
            events += submission.header.count
    (folder / "labels.jsonl").write_bytes(to_lines(world.labels))
    totals = Totals(
        submissions=submissions,
        events=events,
        entries=1 + submissions + events,
        cases=len(world.labels),
        keys=_write_keys(world, folder / "keys"),
    )
    (folder / "world.json").write_bytes(_json(_description(world, totals)))
    return totals


def _write_keys(world: World, folder: Path) -> int:
    folder.mkdir(mode=0o700)
    bodies = sorted({act.party for act in world.acts} - set(ADMINISTRATORS))
    names = [LOG_KEY, *ADMINISTRATORS, *(f"{body}-{role}" for body in bodies for role in ROLES)]
    for name in names:
        save_private_key(folder / f"{name}.pem", world.cast.signer(name))
    return len(names)


def _description(world: World, totals: Totals) -> dict[str, object]:
    return {
        "as_of": world.as_of,
        "cities": [_city(city) for city in world.cities],
        "demo": True,
        "genesis": leaf_hash(world.genesis_entry).hex(),
        "origin": world.genesis.origin,
        "programmes": len(world.cities),
        "province": PROVINCE,
        "seed": world.seed,
        "totals": totals,
    }


def _city(city: City) -> dict[str, object]:
    counties = [{"division": county.division, "name": county.name} for county in city.counties]
    return {"division": city.division, "name": city.name, "counties": counties}


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
