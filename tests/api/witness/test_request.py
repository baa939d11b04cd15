# SPDX-License-Identifier: Apache-2.0
"""The body of add-checkpoint: one spelling, a limit to everything, and each malformed one refused with its line."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.witness.request import MAX_BODY, MAX_PROOF, AddCheckpoint, format_request, parse_request
from ledger.errors import FormatError, LimitError

HASH = base64.b64encode(bytes(range(32))).decode()
NOTE = "ledger.example/log\n2\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a AAAAAAA=\n"


def test_the_example_of_the_specification() -> None:
    """The request body printed in C2SP tlog-witness reads as what its text says."""
    proof = [
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=",
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=",
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=",
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=",
    ]
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+"
        "xeMcTOAYQ8=\n"
    )
    body = "".join(f"{line}\n" for line in ["old 20852014", *proof, ""]) + note
    request = parse_request(body.encode())
    assert request.old == 20852014
    assert [base64.b64encode(hash_).decode() for hash_ in request.proof] == proof
    assert request.note == note.encode()
    assert format_request(request) == body.encode()


@given(
    old=st.integers(0, 2**63 - 1),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF),
    note=st.binary(max_size=200),
)
def test_what_is_written_reads_back(old: int, proof: list[bytes], note: bytes) -> None:
    """Any request, whatever its note."""
    request = AddCheckpoint(old=old, proof=tuple(proof), note=note)
    assert parse_request(format_request(request)) == request


@given(st.binary(max_size=300))
def test_no_bytes_surprise_it(body: bytes) -> None:
    """Any bytes are a request in its one spelling, or refused as malformed."""
    try:
        request = parse_request(body)
    except FormatError:
        return
    assert format_request(request) == body


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("", "add-checkpoint body"),
        ("old 1", "add-checkpoint body"),
        ("old 1\n", "add-checkpoint body"),
        ("\nold 1\n\n", "add-checkpoint line 1"),
        ("\n\n", "add-checkpoint line 1"),
        ("1\n\n", "add-checkpoint line 1"),
        ("Old 1\n\n", "add-checkpoint line 1"),
        ("old\n\n", "add-checkpoint line 1"),
        ("old \n\n", "add-checkpoint line 1"),
        ("old  1\n\n", "add-checkpoint line 1"),
        ("old 01\n\n", "add-checkpoint line 1"),
        ("old -1\n\n", "add-checkpoint line 1"),
        ("old +1\n\n", "add-checkpoint line 1"),
        ("old 1 \n\n", "add-checkpoint line 1"),
        ("old 1.0\n\n", "add-checkpoint line 1"),
        ("old 0x1\n\n", "add-checkpoint line 1"),
        ("old 9223372036854775808\n\n", "add-checkpoint line 1"),
        ("old 1\r\n\r\n", "add-checkpoint body"),
        ("old \u0661\n\n", "add-checkpoint body"),
        (f"old 1\n{HASH} \n\n", "add-checkpoint line 2"),
        (f"old 1\n{HASH[:-1]}\n\n", "add-checkpoint line 2"),
        (f"old 1\n{HASH}\n{HASH[:20]}\n\n", "add-checkpoint line 3"),
        (f"old 1\n{HASH[:-2]}9=\n\n", "add-checkpoint line 2"),
        ("old 1\nAAAA\n\n", "add-checkpoint line 2"),
        ("old 1\n-_-_\n\n", "add-checkpoint line 2"),
    ],
)
def test_malformed_heads(head: str, place: str) -> None:
    """Each is refused and its place named; the same note after a right head is taken."""
    with pytest.raises(FormatError) as caught:
        parse_request(head.encode() + NOTE.encode() if head.endswith("\n\n") else head.encode())
    assert caught.value.place == place
    assert parse_request(f"old 1\n{HASH}\n\n{NOTE}".encode()).old == 1


def test_the_limits() -> None:
    """63 hashes are taken and 64 are not; a body of the greatest size is read and one byte more is not."""
    assert len(parse_request(f"old 1\n{(HASH + chr(10)) * 63}\n".encode()).proof) == 63
    with pytest.raises(LimitError):
        parse_request(f"old 1\n{(HASH + chr(10)) * 64}\n".encode())
    full = b"old 0\n\n" + b"x" * (MAX_BODY - 7)
    assert len(parse_request(full).note) == MAX_BODY - 7
    with pytest.raises(LimitError):
        parse_request(full + b"x")
