# SPDX-License-Identifier: Apache-2.0
"""Keys: RFC 8032 vectors, key ids, and keys that must not be trusted."""

from __future__ import annotations

import hashlib

import pytest

from ledger.errors import FormatError, SignatureError
from ledger.keys import Ed25519Signer, key_id, suite_of, verify

# RFC 8032 §7.1: seed, public key, message, signature.
RFC_8032 = {
    "TEST 1": (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    "TEST 2": (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    "TEST 3": (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    "TEST SHA(abc)": (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
}
SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032.values(), ids=RFC_8032)
def test_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    """The published keys sign and verify as published."""
    signer = Ed25519Signer.from_seed(bytes.fromhex(seed))
    assert signer.public.hex() == public
    assert signer.sign(bytes.fromhex(message)).hex() == signature
    assert verify("ed25519", signer.public, bytes.fromhex(message), bytes.fromhex(signature))


def test_whatever_is_changed_does_not_verify() -> None:
    """Another message, key or signature, wrong lengths, and S beyond the group order."""
    signature = SIGNER.sign(b"message")
    malleable = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert verify(SIGNER.alg, SIGNER.public, b"message", signature)
    for public, message, offered in [
        (SIGNER.public, b"massage", signature),
        (Ed25519Signer.generate().public, b"message", signature),
        (SIGNER.public, b"message", signature[:-1] + bytes([signature[-1] ^ 1])),
        (SIGNER.public, b"message", malleable),
        (SIGNER.public, b"message", signature + b"\0"),
        (SIGNER.public, b"message", b""),
        (SIGNER.public[:-1], b"message", signature),
        (b"", b"message", signature),
    ]:
        assert not verify("ed25519", public, message, offered)


def test_an_unknown_algorithm_is_neither_true_nor_false() -> None:
    """It cannot be said whether such a signature holds, so nothing is said."""
    for ask in (
        lambda: verify("rsa", b"", b"", b""),
        lambda: key_id("rsa", b""),
        lambda: suite_of("ED25519"),
    ):
        with pytest.raises(SignatureError) as caught:
            ask()
        assert caught.value.code == "key.unknown-algorithm"


def test_key_id_is_the_hash_the_format_names() -> None:
    """The id commits to the algorithm and the raw public key."""
    wanted = hashlib.sha256(b"fundtrace/key/v1\ned25519\n" + SIGNER.public).hexdigest()
    assert key_id("ed25519", SIGNER.public) == wanted
    with pytest.raises(FormatError) as caught:
        key_id("ed25519", SIGNER.public + b"\0")
    assert caught.value.code == "key.bad-length"


def test_a_key_does_not_show_itself() -> None:
    """Neither seed nor private object is in what a log line would hold."""
    assert repr(SIGNER) == "Ed25519Signer()"


# Every encoding of a point of small order, with either sign, and the two heights that are not below the prime.
WEAK_HEIGHTS = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)


@pytest.mark.parametrize("sign", [0, 0x80], ids=["plus", "minus"])
@pytest.mark.parametrize("height", WEAK_HEIGHTS, ids=[height[:4] for height in WEAK_HEIGHTS])
def test_keys_that_anybody_can_sign_with_verify_nothing(height: str, sign: int) -> None:
    """For most messages S = 0 beside some point of small order satisfies the bare equation; here it never does."""
    public = bytearray.fromhex(height)
    public[31] |= sign
    forged = [bytes.fromhex(point) + bytes(32) for point in WEAK_HEIGHTS]
    messages = [bytes([number]) for number in range(16)]
    assert not any(verify("ed25519", bytes(public), message, sig) for message in messages for sig in forged)
