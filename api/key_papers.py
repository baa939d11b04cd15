# SPDX-License-Identifier: Apache-2.0
"""What passes between persons before a key stands in the ledger: requests for keys, and drafts of changes to sign.

A request is the `key` event that its holder asks for, as canonical JSON in a file; it carries no signature and grants
nothing. A draft is one of spec §3.10, which `fundtrace sign` shows and signs.
"""

import base64
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from ledger.draft_file import DraftFile
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import FormatError, InputError
from ledger.hashing import leaf_hash
from ledger.instant import business_date
from ledger.key_files import file_faults, owner_only
from ledger.keys import Ed25519Signer, key_id
from ledger.kinds.form import EVENT_BYTES_MAX
from ledger.kinds.registry import Custody, Key, KeyRole
from ledger.kinds.vocabulary import AnyEvent, decode_event, event_bytes, parse_event
from ledger.open_state import OpenState
from ledger.register import Register
from ledger.store.engine import open_engine, reading
from ledger.store.log_reader import LogReader
from ledger.store.schema import check
from ledger.submission import Header, Signature, events_root

REQUEST_SUFFIX: Final = ".request.json"
_SECOND: Final = "key/2"
_SIGNATURE_BYTES_MAX: Final = 16_384
_EVENTS_BYTES_MAX: Final = 16 * 1024 * 1024
"""More is no emergency; a line that this cuts is no event, and told as such."""
_SIGNATURE: Final = msgspec.json.Decoder(Signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose key it shall be and what for: holder, person (a pseudonym), device, roles, divisions, window of instants.

    `custody` says what holds it.
    """

    holder: str
    person: str
    device: str
    roles: tuple[KeyRole, ...]
    divisions: tuple[str, ...]
    valid_from: str
    valid_to: str | None = None
    custody: Custody = "file"


def request_of(signer: Ed25519Signer, wanted: Wanted, *, today: datetime.date) -> bytes:
    """The request for that key, canonical.

    Raises:
        FormatError: a field has not the form of a `key` event.
    """
    key = {
        "kind": "key",
        "v": 2,
        "occurred_on": today.isoformat(),
        "action": "register",
        "key": key_id(signer.alg, signer.public),
        "alg": signer.alg,
        "public": base64.b64encode(signer.public).decode("ascii"),
        "holder": wanted.holder,
        "person": wanted.person,
        "device": wanted.device,
        "roles": sorted(set(wanted.roles)),
        "jurisdiction": sorted(set(wanted.divisions)),
        "valid_from": wanted.valid_from,
        "custody": wanted.custody,
    }
    if wanted.valid_to is not None:
        key["valid_to"] = wanted.valid_to
    try:
        return event_bytes(msgspec.convert(key, Key))
    except msgspec.ValidationError as error:
        raise FormatError(
            code="key-request",
            place="request",
            message_en=f"this is no key that could be registered: {error}",
            message_zh=f"无法据此登记密钥：{error}",
            remedy_en="Compare with the options: ids are ASCII, divisions have 6, 9 or 12 digits, instants end with .000Z.",
            remedy_zh="请核对各选项：编号为 ASCII，区划代码 6、9 或 12 位，时刻以 .000Z 结尾。",
        ) from error


def read_request(path: Path) -> Key:
    """The registration asked for in the file at `path`.

    Raises:
        EnvironmentFault: it cannot be read.
        FormatError: it is no request.
    """
    with file_faults(path), path.open("rb") as file:
        data = file.read(EVENT_BYTES_MAX + 1)
    event = parse_event(data, place=path.name)
    if isinstance(event, Key) and event.action == "register":
        return event
    raise FormatError(
        code="key-request",
        place=path.name,
        message_en="it asks for no key",
        message_zh="该文件不是密钥申请",
        remedy_en="Make a request with fundtrace keys request.",
        remedy_zh="请用 fundtrace keys request 生成申请。",
    )


def as_admitted(register: Register, key: Key) -> Key:
    """The registration asked for as the ledger takes it now: without what holds the key while no policy admits `key/2`."""
    if any(_SECOND in policy.admits for policy in register.policies.values()):
        return key
    return msgspec.structs.replace(key, v=1, custody=None)


def read_events(path: Path) -> tuple[AnyEvent, ...]:
    """The events in the file at `path`, one to a line, as people write them.

    Raises:
        EnvironmentFault: it cannot be read.
        FormatError: a line is no event; the place names it.
    """
    with file_faults(path), path.open("rb") as file:
        lines = file.read(_EVENTS_BYTES_MAX).splitlines()
    return tuple(
        decode_event(line, place=f"{path.name}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


def draft_of(
    entry0: bytes, party: str, events: Sequence[AnyEvent], *, signed_at: str, about: str
) -> DraftFile:
    """The unsigned submission of `events` by `party`, for the ledger of `entry0`; events are dated on its business day."""
    genesis = parse_entry(entry0, place="entry 0")
    if not isinstance(genesis, GenesisEntry):
        raise FormatError(
            code="genesis",
            place="entry 0",
            message_en="it is no genesis",
            message_zh="第 0 条不是创世条目",
        )
    today = business_date(signed_at, genesis.genesis.time_zone)
    dated = tuple(msgspec.structs.replace(event, occurred_on=today) for event in events)
    encoded = tuple(event_bytes(event) for event in dated)
    header = Header(
        count=len(encoded),
        genesis=leaf_hash(entry0).hex(),
        id=f"{about}-{uuid4()}",
        origin=genesis.genesis.origin,
        party=party,
        root=events_root(encoded),
        signed_at=signed_at,
    )
    return DraftFile(entry0=entry0, genesis=genesis.genesis, header=header, events=dated, event_bytes=encoded)


def read_signature(path: Path) -> Signature:
    """The signature in the file at `path`, as `fundtrace sign` writes it.

    Raises:
        EnvironmentFault: it cannot be read.
        FormatError: it holds none, or not in its one spelling.
    """
    with file_faults(path), path.open("rb") as file:
        data = file.read(_SIGNATURE_BYTES_MAX)
    try:
        made = _SIGNATURE.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _no_signature(path) from error
    if msgspec.json.encode(made, order="sorted") != data:
        raise _no_signature(path)
    return made


def _no_signature(path: Path) -> FormatError:
    return FormatError(
        code="signature-form",
        place=path.name,
        message_en="it is not a signature in the form that fundtrace sign writes",
        message_zh="该文件不是 fundtrace sign 写出的签名",
        remedy_en="Name the files that end with .sig.json.",
        remedy_zh="请给出以 .sig.json 结尾的文件。",
    )


def known_keys(url: str) -> tuple[Register, bytes]:
    """The register behind the last entry of the ledger at `url`, and entry 0.

    Raises:
        EnvironmentFault: there is no ledger, or it contradicts itself.
    """
    engine = open_engine(url)
    try:
        check(engine)
        state = OpenState()
        with reading(engine) as connection:
            state.catch_up(connection)
            return state.register, LogReader(connection).entry(0) or b""
    finally:
        engine.dispose()


def write_new(path: Path, data: bytes, *, private: bool = False) -> None:
    """A new file at `path` holds `data`; a `private` one is for its owner alone.

    Raises:
        EnvironmentFault: it cannot be written.
        InputError: there is a file of that name already.
    """
    if path.exists():
        raise exists_already(path)
    with file_faults(path), open(path, "xb", opener=owner_only if private else None) as file:
        file.write(data)


def exists_already(path: Path) -> InputError:
    """The refusal to write over a file."""
    return InputError(
        code="keys.exists",
        place=str(path),
        message_en="there is a file of this name already",
        message_zh="同名文件已存在",
        remedy_en="Move it away, or name another file.",
        remedy_zh="请移走该文件，或另指文件名。",
    )
