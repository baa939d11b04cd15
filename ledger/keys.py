# SPDX-License-Identifier: Apache-2.0
"""Signing keys: named algorithm suites, key ids, verifier keys as text, and private keys in files.

A suite is a row in `_SUITES`; everything else speaks of `alg` by name. `ed25519` (RFC 8032) is the only one
now; `sm2-sm3` (GB/T 32918) takes another row and another `Signer`, and no format changes.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import EnvironmentFault, FormatError, SignatureError

ED25519: Final = "ed25519"
KEY_ID_CONTEXT: Final = b"fundtrace/key/v1\n"
MAX_KEY_FILE_BYTES: Final = 65_536


class Signer(Protocol):
    """Whatever can sign: a key in memory, or a device that never lets it out."""

    @property
    def alg(self) -> str:
        """The name of the suite."""
        ...

    @property
    def public(self) -> bytes:
        """The raw public key, in the suite's encoding."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature over exactly these bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519Signer:
    """An Ed25519 private key in memory (RFC 8032). It never shows itself in `repr`."""

    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Return a new key from the operating system's random source."""
        return cls(private=Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Return the key of a 32-byte seed (RFC 8032 §5.1.5): for simulated worlds, whose keys repeat."""
        return cls(private=Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def alg(self) -> str:
        """Return `ed25519`."""
        return ED25519

    @property
    def public(self) -> bytes:
        """Return the 32-byte public key (RFC 8032 §5.1.5)."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature; the same message always gets the same one (RFC 8032 §5.1.6)."""
        return self.private.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What a verifier needs to know of an algorithm.

    Attributes:
        public_size: length of the raw public key, bytes.
        signature_size: length of the raw signature, bytes.
        check: (public, message, signature) of these lengths to whether the signature holds.
    """

    public_size: int
    signature_size: int
    check: Callable[[bytes, bytes, bytes], bool]


def _check_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


_SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {ED25519: Suite(public_size=32, signature_size=64, check=_check_ed25519)}
)


def suite_of(alg: str) -> Suite:
    """Return the suite named `alg`.

    Raises:
        SignatureError: this program does not know the algorithm.
    """
    suite = _SUITES.get(alg)
    if suite is None:
        raise SignatureError(
            code="key.unknown-algorithm",
            place="alg",
            message_en=f"signature algorithm {alg!r} is not known; known: {', '.join(_SUITES)}",
            message_zh=f"未知的签名算法 {alg!r}；已知算法：{'、'.join(_SUITES)}",
            remedy_en="Use a known algorithm, or a newer version of this program.",
            remedy_zh="请使用已知算法，或升级本程序。",
        )
    return suite


def verify(alg: str, public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether the private key of `public` made `signature` over `message`; wrong lengths are False.

    Raises:
        SignatureError: this program does not know the algorithm, so it can say neither yes nor no.
    """
    suite = suite_of(alg)
    if len(public) != suite.public_size or len(signature) != suite.signature_size:
        return False
    return suite.check(public, message, signature)


def key_id(alg: str, public: bytes) -> str:
    r"""Return the ledger's name of a key: hex SHA-256 of `fundtrace/key/v1\n` + alg + `\n` + public key.

    Raises:
        SignatureError: this program does not know the algorithm.
        FormatError: the public key has not the length of its suite.
    """
    suite = suite_of(alg)
    if len(public) != suite.public_size:
        raise FormatError(
            code="key.bad-length",
            place="public key",
            message_en=f"a public key of {alg} has {suite.public_size} bytes, not {len(public)}",
            message_zh=f"{alg} 公钥应为 {suite.public_size} 字节，实为 {len(public)} 字节",
            remedy_en="Give the raw public key, not a PEM file or a signature.",
            remedy_zh="请提供原始公钥，而非 PEM 文件或签名。",
        )
    return sha256(KEY_ID_CONTEXT + alg.encode() + b"\n" + public).hexdigest()


def save_private_key(path: Path, signer: Ed25519Signer, *, passphrase: bytes | None = None) -> None:
    """Write the key as PKCS#8 PEM, readable by its owner only, encrypted when a passphrase is given.

    After the call the whole file is on disk under `path`; after a failure `path` is as it was. An existing
    file is never overwritten: the new one is written beside it, synced, then linked to the name, which fails
    if the name is taken.

    Raises:
        EnvironmentFault: the file exists already, or the folder cannot be written.
    """
    encryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    pem = signer.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    with _file_faults(path):
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            draft.unlink()
        _sync_folder(path.parent)


def load_private_key(path: Path, *, passphrase: bytes | None = None) -> Ed25519Signer:
    """Return the key in a PKCS#8 PEM file that only its owner may read.

    Raises:
        EnvironmentFault: the file cannot be read, or others than its owner may read it.
        FormatError: it holds no Ed25519 private key, or the passphrase is missing, needless or wrong.
    """
    with _file_faults(path), path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        pem = file.read(MAX_KEY_FILE_BYTES)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise EnvironmentFault(
            code="key.file-exposed",
            place=str(path),
            message_en=f"a private key that others may read (mode {stat.S_IMODE(mode):04o}) is not used",
            message_zh=f"私钥文件可被他人读取（权限 {stat.S_IMODE(mode):04o}），拒绝使用",
            remedy_en=f"Run: chmod 600 {path} ; and replace the key if others were on this machine.",
            remedy_zh=f"请执行 chmod 600 {path}；若他人曾登录本机，请更换密钥。",
        )
    try:
        private = serialization.load_pem_private_key(pem, passphrase or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_a_key(path) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _not_a_key(path)
    return Ed25519Signer(private=private)


def _not_a_key(path: Path) -> FormatError:
    return FormatError(
        code="key.bad-file",
        place=str(path),
        message_en="no Ed25519 private key can be read from the file with this passphrase",
        message_zh="无法用此口令从文件中读取 Ed25519 私钥",
        remedy_en="Give a PKCS#8 PEM file, and the right passphrase if and only if it is encrypted.",
        remedy_zh="请确认文件为 PKCS#8 PEM 格式，且仅在文件加密时提供正确口令。",
    )


@contextlib.contextmanager
def _file_faults(path: Path) -> Iterator[None]:
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
