# SPDX-License-Identifier: Apache-2.0
"""Policy files: the example of the specification, every refusal, and quorums."""

from __future__ import annotations

import pytest

from ledger.errors import FormatError, LimitError
from ledger.keys import ED25519
from ledger.vkey import VerifierKey
from tests.worlds import signer_named
from verifier.integrity.policy import Policy, WitnessKey, parse_policy, parse_witness_key

LOG = VerifierKey(name="ledger.example/log", alg=ED25519, public=signer_named("log").public)
KEYS = {
    name: WitnessKey(name=f"witness.example/{name}", public=signer_named(name).public)
    for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")
}
WITNESSES = "".join(f"witness {name} {key.text}\n" for name, key in KEYS.items())
EXAMPLE = f"""# two groups of witnesses
log {LOG.text} https://ledger.example/log

{WITNESSES}
\tgroup X 2 X1 X2 X3
group Y any\tY1 Y2  Y3
group both all X Y
quorum both
"""


def parsed(text: str) -> Policy:
    """The policy in `text`."""
    return parse_policy(text, place="policy")


def test_the_example_of_the_specification() -> None:
    """Two of X and one of Y."""
    policy = parsed(EXAMPLE)
    assert policy.logs == (LOG,)
    reached = {
        names: policy.satisfied(KEYS[name] for name in names.split())
        for names in ("X1 X2 Y3", "X1 X2 X3 Y1 Y2 Y3", "X1 Y1", "X1 X2 X3", "Y1 Y2 Y3", "")
    }
    assert reached == {
        "X1 X2 Y3": True,
        "X1 X2 X3 Y1 Y2 Y3": True,
        "X1 Y1": False,
        "X1 X2 X3": False,
        "Y1 Y2 Y3": False,
        "": False,
    }


def test_no_quorum_asks_nobody() -> None:
    """A policy may be a log alone, or nothing at all."""
    assert parsed("quorum none\n").satisfied(())
    assert parsed(f"log {LOG.text}\nquorum none").satisfied(())


def test_a_single_witness_can_be_the_quorum() -> None:
    """Without a group."""
    policy = parsed(WITNESSES + "quorum Y2\n")
    assert policy.satisfied([KEYS["Y2"]])
    assert not policy.satisfied([KEYS["Y1"]])


def test_comments_may_hold_any_bytes() -> None:
    """What is no UTF-8 arrives as lone surrogates."""
    text = b"# caf\xe9\nquorum none\n".decode("utf-8", "surrogateescape")
    assert parsed(text).logs == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum\n",
        "quorum none\nquorum none\n",
        "quorum X1\n",
        f"log {LOG.text}\nlog {LOG.text}\nquorum none\n",
        f"log {LOG.text} a b\nquorum none\n",
        "log nonsense\nquorum none\n",
        f"witness none {KEYS['X1'].text}\nquorum none\n",
        f"witness X1 {KEYS['X1'].text}\nwitness X1 {KEYS['X2'].text}\nquorum none\n",
        f"witness X1 {KEYS['X1'].text}\nwitness X2 {KEYS['X1'].text}\nquorum none\n",
        f"witness X1 {LOG.text}\nquorum none\n",
        f"group g any X1\n{WITNESSES}quorum g\n",
        f"{WITNESSES}group g any\nquorum g\n",
        f"{WITNESSES}group g 0 X1\nquorum g\n",
        f"{WITNESSES}group g 2 X1\nquorum g\n",
        f"{WITNESSES}group g 01 X1\nquorum g\n",
        f"{WITNESSES}group g any X1\ngroup h any X1\nquorum g\n",
        f"{WITNESSES}group g any X1 X1\nquorum g\n",
        f"{WITNESSES}group X1 any X2\nquorum X1\n",
        "quorum none\r\n",
        "Quorum none\n",
        "log \udce9+00000000+AAAA\nquorum none\n",
    ],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    """Each departure, naming its line or key."""
    with pytest.raises(FormatError):
        parsed(text)


def test_a_long_policy_is_refused() -> None:
    """A policy is written by hand."""
    with pytest.raises(LimitError):
        parsed("\n" * 1_001)


def test_witness_keys_are_read_as_written() -> None:
    """Text and key are one to one."""
    key = KEYS["X1"]
    assert parse_witness_key(key.text) == key
    for wrong in (key.text[:-1], key.text.replace("X1", "X2"), key.text + "=", "a+b", ""):
        with pytest.raises(FormatError):
            parse_witness_key(wrong)


def test_a_cosignature_covers_time_and_text() -> None:
    """Another time, another text or a cut signature do not fit (tlog-cosignature, Ed25519 signed message)."""
    signer = signer_named("X1")
    text = "ledger.example/log\n1\nAAAA\n"
    signature = (7).to_bytes(8, "big") + signer.sign(f"cosignature/v1\ntime 7\n{text}".encode())
    key = KEYS["X1"]
    assert key.check(text, signature)
    assert not key.check(text + "more\n", signature)
    assert not key.check(text, (8).to_bytes(8, "big") + signature[8:])
    assert not key.check(text, signature[:-1])
    assert not key.check(text, b"")
    assert not key.check(text, (2**63).to_bytes(8, "big") + signature[8:])
