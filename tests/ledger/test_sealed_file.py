# SPDX-License-Identifier: Apache-2.0
"""A sealed file is read as it was written, by its passphrase only, and not at all where a byte differs."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import sealed_file
from ledger.errors import FormatError, ProofError
from ledger.sealed_file import CHUNK_BYTES, MAGIC, SealedReader, SealedWriter

SECRET = b"correct horse battery"
COST = 2


def sealed(*parts: bytes) -> bytes:
    """A file with these bytes."""
    sink = io.BytesIO()
    writer = SealedWriter(sink, SECRET, cost=COST)
    for part in parts:
        writer.write(part)
    writer.finish()
    return sink.getvalue()


def read(data: bytes, passphrase: bytes = SECRET, *, limit: int = 1 << 30) -> list[bytes]:
    """Its lines."""
    reader = SealedReader(io.BytesIO(data), passphrase, place="file")
    lines = []
    while line := reader.readline(limit):
        lines.append(line)
    return lines


@given(lines=st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"") + b"\n"), max_size=30))
def test_lines_come_back(lines: list[bytes]) -> None:
    """In order and whole."""
    assert read(sealed(*lines)) == lines


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_any_number_of_chunks(size: int) -> None:
    """Also where the end falls on the end of a chunk."""
    data = bytes(range(256)).replace(b"\n", b"") * (size // 255 + 1)
    assert b"".join(read(sealed(data[:size]))) == data[:size]


def test_a_line_is_cut_at_its_limit() -> None:
    """So that no line fills the memory."""
    reader = SealedReader(io.BytesIO(sealed(b"abcdef\ngh\n")), SECRET, place="file")
    assert [reader.readline(4) for _ in range(4)] == [b"abcd", b"ef\n", b"gh\n", b""]


def test_no_two_files_are_alike() -> None:
    """Salt and nonce are new each time, and nothing of the text shines through."""
    assert sealed(b"alike") != sealed(b"alike")
    assert b"alike" not in sealed(b"alike")


def test_another_passphrase_is_told_as_such() -> None:
    """And not as damage."""
    with pytest.raises(ProofError) as raised:
        read(sealed(b"text"), b"another passphrase")
    assert raised.value.code == "sealed.passphrase"


def test_every_cut_is_noticed() -> None:
    """Wherever a file of three chunks ends too early, in its head, in a chunk, or between two."""
    whole = sealed(b"x" * (2 * CHUNK_BYTES + 5))
    head = whole.index(b"\n", len(MAGIC)) + 1
    step = CHUNK_BYTES + 16
    for cut in (0, 5, head - 1, head, head + 1, head + step, head + 2 * step, len(whole) - 1):
        with pytest.raises((FormatError, ProofError)) as raised:
            read(whole[:cut])
        assert raised.value.code == ("sealed.format" if cut < head else "sealed.altered"), cut


def test_chunks_in_another_order_or_from_another_file_are_refused() -> None:
    """Each is bound to its number and its file."""
    whole = sealed(b"a" * CHUNK_BYTES, b"b" * CHUNK_BYTES, b"c")
    head = whole.index(b"\n", len(MAGIC)) + 1
    step = CHUNK_BYTES + 16
    first, second, rest = (
        whole[head : head + step],
        whole[head + step : head + 2 * step],
        whole[head + 2 * step :],
    )
    assert b"".join(read(whole[:head] + first + second + rest))
    for order in ((second, first, rest), (first, rest), (first, first, rest), (first, second, rest, rest)):
        with pytest.raises(ProofError):
            read(whole[:head] + b"".join(order))


@given(data=st.data())
def test_every_bit_counts(data: st.DataObject) -> None:
    """No changed file is read to its end."""
    whole = bytearray(sealed(b"one\ntwo\n"))
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    with pytest.raises((FormatError, ProofError)):
        read(bytes(whole))


@pytest.mark.parametrize(
    "change", [{"n": 3}, {"n": 1 << 21}, {"n": 0}, {"salt": "00"}, {"nonce": "zz"}, {"more": 1}]
)
def test_a_head_in_another_form_is_refused(change: dict[str, object]) -> None:
    """Before a machine is made to pay for it."""
    whole = sealed(b"text")
    end = whole.index(b"\n", len(MAGIC))
    head = json.loads(whole[len(MAGIC) : end]) | change
    changed = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(FormatError) as raised:
        read(MAGIC + changed + whole[end:])
    assert raised.value.code == "sealed.format"


def test_new_files_cost_a_guess_what_they_should() -> None:
    """RFC 7914 with 128 MiB: the figure that the specification names."""
    assert sealed_file.SCRYPT_COST == 1 << 17
