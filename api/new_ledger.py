# SPDX-License-Identifier: Apache-2.0
"""Creating a ledger from a genesis file, or with keys and a genesis of its own."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Engine

from api.import_keys import LOG_KEY_FILE
from api.log_key import load_key, load_log_signer, remember_log_key
from api.lookout import BESIDE_THE_KEY, Lookout
from api.passphrases import new_key_passphrase
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import EnvironmentFault, FormatError
from ledger.founding import found_ledger
from ledger.genesis import Administrator, Genesis, sign_genesis
from ledger.hashing import leaf_hash
from ledger.key_files import new_log_keys, save_private_key
from ledger.keys import Ed25519Signer, key_id
from ledger.kinds.form import Origin
from ledger.log_signer import LogSigner
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from ledger.store.schema import prepare
from ledger.submission import Signature

GENESIS_BYTES_MAX: Final = 1 << 20
ADMINISTRATORS: Final = ("admin-a", "admin-b")


class GenesisFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `genesis.json` holds: the genesis and the signatures of its administrators."""

    genesis: Genesis
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A ledger that is ready for posting.

    Attributes:
        genesis: what it is.
        genesis_hash: leaf hash of entry 0 in hex, by which everybody names the ledger.
        keys: the folder with the log key, and with the administrators' keys if they were made here; None if the
            ledger was there before.
    """

    genesis: Genesis
    genesis_hash: str
    keys: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeys:
    """The keys of a new ledger: the log's own, and those of the first administrators by id."""

    log: LogSigner
    administrators: dict[str, Ed25519Signer]


def existing(engine: Engine) -> Created | None:
    """Return the ledger in the database, its tables brought to the newest version; None if there is none yet.

    Raises:
        EnvironmentFault: the database failed.
    """
    prepare(engine)
    with reading(engine) as connection:
        data = LogReader(connection).entry(0)
    if data is None:
        return None
    entry = parse_entry(data, place="entry 0")
    if not isinstance(entry, GenesisEntry):
        raise FormatError(
            code="init.no-genesis",
            place="entry 0",
            message_en="entry 0 is not a genesis entry",
            message_zh="第 0 条不是创世条目",
        )
    return Created(genesis=entry.genesis, genesis_hash=leaf_hash(data).hex(), keys=None)


def create_from_file(engine: Engine, path: Path, *, lookout: Lookout = BESIDE_THE_KEY) -> Created:
    """Create the ledger of the genesis file at `path`, whose log keys lie in `keys/log.pem` beside it.

    Raises:
        FormatError: the file holds no signed genesis.
        EnvironmentFault: a file cannot be read, or the database holds another ledger, or failed.
    """
    read = read_genesis_file(path)
    keys = path.parent / "keys"
    log = load_log_signer(keys / LOG_KEY_FILE)
    return _create(engine, read.genesis, read.signatures, log, keys=keys, lookout=lookout)


def create_with_new_keys(
    engine: Engine, genesis: Genesis, signers: NewKeys, keys: Path, *, lookout: Lookout = BESIDE_THE_KEY
) -> Created:
    """Create the ledger of `genesis`, whose keys were saved in the folder `keys`.

    Raises:
        EnvironmentFault: the database holds another ledger, or failed.
    """
    signatures = sign_genesis(genesis, list(signers.administrators.values()))
    return _create(engine, genesis, signatures, signers.log, keys=keys, lookout=lookout)


def make_keys(folder: Path) -> NewKeys:
    """Return the log keys and two administrator keys of `folder`, made there where they are missing, mode 0600.

    New files are encrypted when the environment names a passphrase file.

    Raises:
        EnvironmentFault: the folder cannot be written.
        FormatError: a file of that name holds no key.
        InputError: the passphrase for new files is too short.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            code="init.keys-folder",
            place=str(folder),
            message_en=f"the folder cannot be made: {error.strerror or error}",
            message_zh=f"无法创建文件夹：{error.strerror or error}",
            remedy_en="Give another folder with --keys-out.",
            remedy_zh="请用 --keys-out 指定其他文件夹。",
        ) from error
    return NewKeys(
        log=load_or_make_log_keys(folder / LOG_KEY_FILE),
        administrators={name: _load_or_make(folder / f"{name}.pem") for name in ADMINISTRATORS},
    )


def check_origin(text: str) -> str:
    """Return `text`, if it can be the origin of a log.

    Raises:
        FormatError: it cannot.
    """
    try:
        return msgspec.convert(text, Origin)
    except msgspec.ValidationError as error:
        raise FormatError(
            code="init.bad-origin",
            place="--origin",
            message_en=f"{text[:80]!r} is no origin of a log",
            message_zh=f"{text[:80]!r} 不是有效的日志名称",
            remedy_en="Use a lower-case address without scheme, such as ledger.example/jl/2026.",
            remedy_zh="请使用不带协议的小写地址，例如 ledger.example/jl/2026。",
        ) from error


def new_genesis(*, origin: str, name: str, created_at: str, keys: NewKeys) -> Genesis:
    """Return the genesis of an ordinary ledger: wall clock, ceilings refused, entries public, CNY, two administrators."""
    return Genesis(
        administrators=tuple(_administrator(name, key) for name, key in keys.administrators.items()),
        ceilings="refuse",
        clock="wall",
        created_at=created_at,
        currency="CNY",
        demo=False,
        entries="public",
        historical=False,
        log_keys=keys.log.vkeys(origin),
        name=name,
        origin=origin,
        threshold=len(keys.administrators),
        time_zone="Asia/Shanghai",
    )


def read_genesis_file(path: Path) -> GenesisFile:
    """Return the genesis and signatures in the file at `path`; whether they fit is judged when the ledger is created.

    Raises:
        EnvironmentFault: the file cannot be read.
        FormatError: it is larger than 1 MiB, or holds something else.
    """
    try:
        with path.open("rb") as file:
            data = file.read(GENESIS_BYTES_MAX + 1)
    except OSError as error:
        raise EnvironmentFault(
            code="init.unreadable",
            place=str(path),
            message_en=f"the genesis file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取创世文件：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请核对路径。",
        ) from error
    return _decoded(data, place=str(path))


def _create(
    engine: Engine,
    genesis: Genesis,
    signatures: tuple[Signature, ...],
    log: LogSigner,
    *,
    keys: Path,
    lookout: Lookout,
) -> Created:
    log_key = keys / LOG_KEY_FILE
    places = lookout.places(log_key, origin=genesis.origin)
    leaf = found_ledger(engine, genesis, signatures, log, places=places)
    remember_log_key(engine, log_key)
    return Created(genesis=genesis, genesis_hash=leaf.hex(), keys=keys)


def _decoded(data: bytes, *, place: str) -> GenesisFile:
    try:
        if len(data) <= GENESIS_BYTES_MAX:
            return msgspec.json.decode(data, type=GenesisFile)
        reason = f"more than {GENESIS_BYTES_MAX} bytes"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)
    raise FormatError(
        code="init.bad-genesis",
        place=place,
        message_en=f"not a genesis: {reason}",
        message_zh=f"不是有效的创世内容：{reason}",
        remedy_en="Give a genesis.json as fundtrace simulate writes it.",
        remedy_zh="请给出 fundtrace simulate 所写格式的 genesis.json。",
    )


def load_or_make_log_keys(path: Path) -> LogSigner:
    """Return the log's keys in the file at `path`, made there where it is missing: Ed25519 and ML-DSA-44.

    Raises:
        EnvironmentFault: the file cannot be read or written.
        FormatError: it holds other keys or none, or the passphrase is wrong.
        InputError: the passphrase for a new file is too short.
    """
    if not path.exists():
        save_private_key(path, *new_log_keys(), passphrase=new_key_passphrase(os.environ))
    return load_log_signer(path)


def _load_or_make(path: Path) -> Ed25519Signer:
    if path.exists():
        return load_key(path)
    signer = Ed25519Signer.generate()
    save_private_key(path, signer, passphrase=new_key_passphrase(os.environ))
    return signer


def _administrator(name: str, signer: Ed25519Signer) -> Administrator:
    return Administrator(
        id=name,
        person=f"{name}-person",
        device=f"{name}-device",
        alg="ed25519",
        key=key_id(signer.alg, signer.public),
        public=base64.b64encode(signer.public).decode("ascii"),
    )
