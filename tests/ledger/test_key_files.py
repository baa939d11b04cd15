# SPDX-License-Identifier: Apache-2.0
"""Key files: whole or absent, never overwritten, never shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from ledger.errors import EnvironmentFault, FormatError
from ledger.key_files import load_private_key, load_private_keys, replace_secret, save_private_key
from ledger.keys import Ed25519Signer, MlDsa44Signer

if TYPE_CHECKING:
    from pathlib import Path

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))


@pytest.mark.parametrize("passphrase", [None, b"", "口令".encode()], ids=["none", "empty", "set"])
def test_a_saved_key_is_the_same_key(tmp_path: Path, passphrase: bytes | None) -> None:
    """It comes back whole, in a file of mode 0600, with nothing left beside it."""
    path = tmp_path / "log.pem"
    save_private_key(path, SIGNER, passphrase=passphrase)
    assert load_private_key(path, passphrase=passphrase).public == SIGNER.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED" if passphrase else b"-----BEGIN PRIVATE KEY")


@pytest.mark.parametrize("passphrase", [None, "口令".encode()], ids=["none", "set"])
def test_a_file_of_two_keys(tmp_path: Path, passphrase: bytes | None) -> None:
    """Both come back in their order, also with text before them; the first alone is what asks for one key."""
    path, quantum = tmp_path / "log.pem", MlDsa44Signer.from_seed(bytes(32))
    save_private_key(path, SIGNER, quantum, passphrase=passphrase)
    replace_secret(path, b"name of the log\n\n" + path.read_bytes())
    publics = [key.public for key in load_private_keys(path, passphrase=passphrase)]
    assert publics == [SIGNER.public, quantum.public]
    assert load_private_key(path, passphrase=passphrase).public == SIGNER.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_fewer_rounds_is_still_read(tmp_path: Path) -> None:
    """As files were written before, and as other programs write them."""
    path = tmp_path / "old.pem"
    old = SIGNER.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    replace_secret(path, old)
    assert load_private_key(path, passphrase=b"open sesame").public == SIGNER.public


def test_a_file_whose_first_key_is_not_ed25519(tmp_path: Path) -> None:
    """Where one key is asked for, another kind in its place is refused."""
    path = tmp_path / "log.pem"
    save_private_key(path, MlDsa44Signer.from_seed(bytes(32)), SIGNER)
    with pytest.raises(FormatError, match="no private key"):
        load_private_key(path)


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    """Whatever stands under the name stays, and no draft stays beside it."""
    path = tmp_path / "log.pem"
    path.write_bytes(b"precious")
    with pytest.raises(EnvironmentFault) as caught:
        save_private_key(path, SIGNER)
    assert (caught.value.code, caught.value.place) == ("key.file-fault", str(path))
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Neither saving nor loading hides where it failed."""
    path = tmp_path / "absent" / "log.pem"
    for ask in (lambda: save_private_key(path, SIGNER), lambda: load_private_key(path)):
        with pytest.raises(EnvironmentFault) as caught:
            ask()
        assert caught.value.place == str(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_can_reach_is_not_used(tmp_path: Path, mode: int) -> None:
    """Group or world permission of any kind, and the key is refused with the mode in the message."""
    path = tmp_path / "log.pem"
    save_private_key(path, SIGNER)
    path.chmod(mode)
    with pytest.raises(EnvironmentFault) as caught:
        load_private_key(path)
    assert caught.value.code == "key.file-exposed"
    assert f"{mode:04o}" in caught.value.message_en


def test_files_that_hold_no_such_key(tmp_path: Path) -> None:
    """Wrong, missing or needless passphrase, another kind of key, or no key at all."""
    locked, open_, other, text = (tmp_path / name for name in ("locked", "open", "other", "text"))
    save_private_key(locked, SIGNER, passphrase=b"right")
    save_private_key(open_, SIGNER)
    other.write_bytes(
        generate_private_key(SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    text.write_bytes(b"hello")
    for path in (other, text):
        path.chmod(0o600)
    for path, passphrase in [(locked, b"wrong"), (locked, None), (open_, b"x"), (other, None), (text, None)]:
        with pytest.raises(FormatError) as caught:
            load_private_key(path, passphrase=passphrase)
        assert (caught.value.code, caught.value.place) == ("key.bad-file", str(path))
