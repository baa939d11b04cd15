# SPDX-License-Identifier: Apache-2.0
"""Private keys in files: PKCS#8 PEM that only its owner may read, written whole or not at all.

A file may hold several keys, each in a PEM block of its own: the two of a log, or of a witness.
"""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from ledger.encrypted_key import encrypted_pem
from ledger.errors import EnvironmentFault, FormatError
from ledger.keys import Ed25519Signer, MlDsa44Signer

MAX_KEY_FILE_BYTES: Final = 65_536

FileSigner = Ed25519Signer | MlDsa44Signer
"""A key that a file can hold."""

_BLOCK: Final = re.compile(
    rb"-----BEGIN (ENCRYPTED )?PRIVATE KEY-----\n.*?-----END [A-Z ]+-----\n", re.DOTALL
)


def new_log_keys() -> tuple[FileSigner, ...]:
    """Return new keys for a log, in memory only: Ed25519 before ML-DSA-44 (ADR 0015)."""
    return Ed25519Signer.generate(), MlDsa44Signer.generate()


def save_private_key(path: Path, *signers: FileSigner, passphrase: bytes | None = None) -> None:
    """Write the keys as PKCS#8 PEM, readable by its owner only, encrypted when a passphrase is given.

    After the call the whole file is on disk under `path`; after a failure `path` is as it was. An existing
    file is never overwritten: the new one is written beside it, synced, then linked to the name, which fails
    if the name is taken.

    Raises:
        EnvironmentFault: the file exists already, or the folder cannot be written.
    """
    _write(path, pem_of(*signers, passphrase=passphrase), os.link)


def replace_secret(path: Path, data: bytes) -> None:
    """The file at `path` is `data`, on disk, and readable by its owner only; after a failure it is as it was.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    _write(path, data, os.replace)


def pem_of(*signers: FileSigner, passphrase: bytes | None = None) -> bytes:
    """Return the keys as PKCS#8 PEM, one block each, encrypted when a passphrase is given."""
    return b"".join(_block(signer, passphrase) for signer in signers)


def _block(signer: FileSigner, passphrase: bytes | None) -> bytes:
    plain, pkcs8 = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    if not passphrase:
        return signer.private.private_bytes(serialization.Encoding.PEM, pkcs8, plain)
    return encrypted_pem(signer.private.private_bytes(serialization.Encoding.DER, pkcs8, plain), passphrase)


def load_private_key(path: Path, *, passphrase: bytes | None = None) -> Ed25519Signer:
    """Return the first key in a PKCS#8 PEM file that only its owner may read.

    Raises:
        EnvironmentFault, FormatError: as `load_private_keys`, or the first key is of another kind than Ed25519.
    """
    signer = load_private_keys(path, passphrase=passphrase)[0]
    if not isinstance(signer, Ed25519Signer):
        raise _not_a_key(path)
    return signer


def load_private_keys(path: Path, *, passphrase: bytes | None = None) -> tuple[FileSigner, ...]:
    """Return the keys, at least one, in a PKCS#8 PEM file that only its owner may read, in their order.

    Text around the blocks is read past.

    Raises:
        EnvironmentFault: the file cannot be read, or others than its owner may read it.
        FormatError: it holds no such private key, or the passphrase is missing, needless or wrong.
    """
    with file_faults(path), path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        data = file.read(MAX_KEY_FILE_BYTES)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise EnvironmentFault(
            code="key.file-exposed",
            place=str(path),
            message_en=f"a private key that others may read (mode {stat.S_IMODE(mode):04o}) is not used",
            message_zh=f"私钥文件可被他人读取（权限 {stat.S_IMODE(mode):04o}），拒绝使用",
            remedy_en=f"Run: chmod 600 {path} ; and replace the key if others were on this machine.",
            remedy_zh=f"请执行 chmod 600 {path}；若他人曾登录本机，请更换密钥。",
        )
    signers = tuple(_signer_in(block[0], passphrase, path) for block in _BLOCK.finditer(data))
    if not signers:
        raise _not_a_key(path)
    return signers


def _signer_in(pem: bytes, passphrase: bytes | None, path: Path) -> FileSigner:
    try:
        private = serialization.load_pem_private_key(pem, passphrase or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_a_key(path) from error
    match private:
        case Ed25519PrivateKey():
            return Ed25519Signer(private=private)
        case MLDSA44PrivateKey():
            return MlDsa44Signer(private=private)
        case _:
            raise _not_a_key(path)


def _write(path: Path, data: bytes, put: Callable[[Path, Path], None]) -> None:
    """Write `data` beside `path` and sync it, `put` it in its place, and sync the folder."""
    with file_faults(path):
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            put(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)


def _not_a_key(path: Path) -> FormatError:
    return FormatError(
        code="key.bad-file",
        place=str(path),
        message_en="no private key of a kind known here can be read from the file with this passphrase",
        message_zh="无法用此口令从文件中读取可用的私钥",
        remedy_en="Give a PKCS#8 PEM file, and the right passphrase if and only if it is encrypted.",
        remedy_zh="请确认文件为 PKCS#8 PEM 格式，且仅在文件加密时提供正确口令。",
    )


def owner_only(path: str, flags: int) -> int:
    """An opener for `open`: a new file is readable for its owner alone."""
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Turn what the operating system says of `path` into an `EnvironmentFault` that names it."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="key.file-fault",
            place=str(path),
            message_en=f"the key file cannot be used: {error.strerror or error}",
            message_zh=f"无法使用密钥文件：{error.strerror or error}",
            remedy_en="Read a file that is yours; write to a free name in a folder that is yours.",
            remedy_zh="读取时请提供可读的密钥文件路径；写入时请提供可写且未占用的路径。",
        ) from error


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable: a synced file whose name is lost is lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
