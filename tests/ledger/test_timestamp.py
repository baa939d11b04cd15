# SPDX-License-Identifier: Apache-2.0
"""Time-stamp tokens: what holds, what does not, and that `openssl ts -verify` says the same."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from ledger.errors import FormatError, InputError, LimitError, SignatureError
from ledger.instant import parse_instant
from ledger.timestamp import MAX_ROOTS_BYTES, MAX_TOKEN_BYTES, Roots, check_token, parse_roots, query_for
from tests.authority import Authority, openssl_accepts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Sample

NOTE = "ledger.example/log\n1\nroot\n\n— ledger.example/log AAAA\n".encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority whose certificates are in order."""
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    """Its token over the note."""
    return authority.token_over(NOTE)


def accepts(token: bytes, data: bytes, roots: Roots) -> bool:
    """Whether the token proves anything of `data`."""
    try:
        check_token(token, data, roots)
    except InputError:
        return False
    return True


def test_a_token_tells_when_and_by_whom(authority: Authority, token: bytes) -> None:
    """The instant of the authority's clock, and the subject of its certificate; openssl takes the token too."""
    seen = check_token(token, NOTE, authority.roots)
    assert seen.authority == "CN=Test TSA"
    assert abs(parse_instant(seen.at) - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=10)
    assert openssl_accepts(token, NOTE, authority.roots_file)


def test_a_token_over_other_bytes_proves_nothing(authority: Authority, token: bytes) -> None:
    """One byte more, and both programs refuse."""
    with pytest.raises(SignatureError, match="Mismatch between messages"):
        check_token(token, NOTE + b"\n", authority.roots)
    assert not openssl_accepts(token, NOTE + b"\n", authority.roots_file)


def test_a_token_under_another_root_proves_nothing(tmp_path: Path, token: bytes) -> None:
    """Trust comes from the PEM file alone, whatever certificates the token brings."""
    stranger = Authority.make(tmp_path, name="Stranger")
    with pytest.raises(SignatureError, match="unable to get local issuer certificate"):
        check_token(token, NOTE, stranger.roots)
    assert not openssl_accepts(token, NOTE, stranger.roots_file)
    with pytest.raises(SignatureError, match="no authority is trusted"):
        check_token(token, NOTE, ())


def test_several_roots_may_be_trusted(tmp_path: Path, authority: Authority, token: bytes) -> None:
    """One of them is enough; the same one twice is one."""
    both = (
        Authority.make(tmp_path, name="Stranger").roots_file.read_bytes() + authority.roots_file.read_bytes()
    )
    assert accepts(token, NOTE, parse_roots(both * 2, place="roots"))


@pytest.mark.parametrize("days", [(-20, -5), (5, 20)], ids=["expired", "not-yet-valid"])
def test_a_certificate_must_be_valid_at_the_time_of_the_token(tmp_path: Path, days: tuple[int, int]) -> None:
    """Signed by a certificate that had run out, or had not begun: refused by both."""
    authority = Authority.make(tmp_path, days=days)
    token = authority.token_over(NOTE)
    with pytest.raises(SignatureError, match=r"expired|not yet valid"):
        check_token(token, NOTE, authority.roots)
    assert not openssl_accepts(token, NOTE, authority.roots_file)


def test_a_certificate_that_runs_out_later_does_not_matter(tmp_path: Path) -> None:
    """No clock is read: what held when it was signed holds for ever, which openssl must be told the time for."""
    authority = Authority.make(tmp_path, days=(-1, 1))
    token = authority.token_over(NOTE)
    signed_at = parse_instant(check_token(token, NOTE, authority.roots).at)
    later = signed_at + datetime.timedelta(days=60)
    assert openssl_accepts(token, NOTE, authority.roots_file, at=signed_at)
    assert not openssl_accepts(token, NOTE, authority.roots_file, at=later)


def test_openssl_takes_whatever_is_taken_here(authority: Authority, token: bytes, sample: Sample) -> None:
    """One bit of every byte is turned: what this program still takes says the same, and openssl takes it too."""
    seen = check_token(token, NOTE, authority.roots)
    taken = 0
    for at in sample(range(len(token)), 200):
        turned = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        if accepts(turned, NOTE, authority.roots):
            taken += 1
            assert check_token(turned, NOTE, authority.roots) == seen
            assert openssl_accepts(turned, NOTE, authority.roots_file)
    assert taken < 20, "only version numbers and names of algorithms may be spelt otherwise"


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_cut_token_is_refused(authority: Authority, token: bytes, cut: int) -> None:
    """By both."""
    with pytest.raises(FormatError, match="not a time-stamp answer"):
        check_token(token[:cut], NOTE, authority.roots)
    assert not openssl_accepts(token[:cut], NOTE, authority.roots_file)


def test_bytes_behind_a_token_are_refused(authority: Authority, token: bytes) -> None:
    """Stricter than openssl: one token has one spelling."""
    with pytest.raises(FormatError, match="not a time-stamp answer"):
        check_token(token + b"\0", NOTE, authority.roots)


def test_an_answer_to_another_question_is_refused(authority: Authority) -> None:
    """The nonce must come back: an old answer cannot be played again."""
    query = query_for(NOTE)
    answer = authority.stamp(query.data)
    assert check_token(answer, NOTE, authority.roots, nonce=query.nonce).authority == "CN=Test TSA"
    with pytest.raises(SignatureError, match="Nonce mismatch"):
        check_token(authority.token_over(NOTE), NOTE, authority.roots, nonce=query.nonce)


def test_a_refusal_of_the_authority_is_no_token(authority: Authority) -> None:
    """An answer without a token, such as openssl gives to a query that it cannot read."""
    answer = authority.stamp(b"0\x00")
    with pytest.raises(InputError):
        check_token(answer, NOTE, authority.roots)


def test_another_digest_is_refused(authority: Authority) -> None:
    """Tokens over SHA-512 hold for openssl; anchors are over SHA-256 only, so that there is one way to check them."""
    query = TimestampRequestBuilder().data(NOTE).hash_algorithm(HashAlgorithm.SHA512).build()
    token = authority.stamp(query.as_bytes())
    assert openssl_accepts(token, NOTE, authority.roots_file)
    with pytest.raises(SignatureError, match="not over SHA-256"):
        check_token(token, NOTE, authority.roots)


def test_a_signer_of_other_things_is_refused(tmp_path: Path, authority: Authority, token: bytes) -> None:
    """A certificate for code and time stamps alike makes no token (RFC 3161 §2.3); its twin for time stamps does."""
    double = Authority.make(tmp_path / "double", also=(ExtendedKeyUsageOID.CODE_SIGNING,))
    made = double.resigned(token, double)
    with pytest.raises(SignatureError, match="unsuitable certificate purpose"):
        check_token(made, NOTE, double.roots)
    assert not openssl_accepts(made, NOTE, double.roots_file)
    single = Authority.make(tmp_path / "single")
    twin = single.resigned(token, single)
    assert check_token(twin, NOTE, single.roots) == check_token(token, NOTE, authority.roots)
    assert openssl_accepts(twin, NOTE, single.roots_file)


def test_long_files_are_refused(authority: Authority) -> None:
    """Before they are read."""
    with pytest.raises(LimitError):
        check_token(bytes(MAX_TOKEN_BYTES + 1), NOTE, authority.roots)
    with pytest.raises(LimitError):
        parse_roots(bytes(MAX_ROOTS_BYTES + 1), place="roots")


@pytest.mark.parametrize(
    "pem", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"]
)
def test_files_without_certificates_are_refused(pem: bytes) -> None:
    """A file that names nobody trusts nobody."""
    with pytest.raises(FormatError, match="certificates"):
        parse_roots(pem, place="roots")
