# SPDX-License-Identifier: Apache-2.0
"""Signing keys: named algorithm suites and key ids. Their files are the business of `ledger.key_files`.

A suite is a row in `_SUITES`; everything else speaks of `alg` by name. Persons sign with `ed25519` (RFC 8032); a
log and its witnesses may also sign checkpoints with `ml-dsa-44` (FIPS 204), which withstands quantum computers;
`sm2-sm3` (GB/T 32918) takes another row and another `Signer`, and no format changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ledger.errors import FormatError, SignatureError

ED25519: Final = "ed25519"
ML_DSA_44: Final = "ml-dsa-44"
KEY_ID_CONTEXT: Final = b"fundtrace/key/v1\n"

_PRIME: Final = 2**255 - 19
_SIGN_BIT: Final = 1 << 255
_SMALL_ORDER: Final = frozenset(
    {
        0,
        1,
        _PRIME - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)
"""The y coordinates of the eight points of edwards25519 whose order divides 8."""


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
class MlDsa44Signer:
    """An ML-DSA-44 private key in memory (FIPS 204), kept as its seed. It never shows itself in `repr`."""

    private: MLDSA44PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Return a new key from the operating system's random source."""
        return cls(private=MLDSA44PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Return the key of a 32-byte seed (FIPS 204, algorithm 6): for simulated worlds, whose keys repeat."""
        return cls(private=MLDSA44PrivateKey.from_seed_bytes(seed))

    @property
    def alg(self) -> str:
        """Return `ml-dsa-44`."""
        return ML_DSA_44

    @property
    def public(self) -> bytes:
        """Return the 1,312-byte public key (FIPS 204, table 2)."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return a 2,420-byte signature with empty context; the same message gets another one each time."""
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
    """Check as RFC 8032 §5.1.7, and refuse keys under which anybody can sign.

    Under a point of small order signatures can be made without a private key, and whoever registers such a key
    can later disown all that it signed. Coordinates not below the prime are second spellings of other keys.
    """
    height = int.from_bytes(public, "little") & ~_SIGN_BIT
    if height >= _PRIME or height in _SMALL_ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _check_ml_dsa_44(public: bytes, message: bytes, signature: bytes) -> bool:
    """Check as FIPS 204, algorithm 3, with an empty context."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


_SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        ED25519: Suite(public_size=32, signature_size=64, check=_check_ed25519),
        ML_DSA_44: Suite(public_size=1_312, signature_size=2_420, check=_check_ml_dsa_44),
    }
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
