# SPDX-License-Identifier: Apache-2.0
"""Policy files: the example of the specification, every refusal, and quorums."""

from __future__ import annotations

import pytest

from ledger.cosignature import CosignerKey
from ledger.errors import FormatError, LimitError
from ledger.keys import ED25519, MlDsa44Signer
from ledger.policy import Group, Log, Policy, RetiredLog, Witness, format_policy, parse_policy
from ledger.vkey import VerifierKey
from tests.worlds import signer_named

LOG = VerifierKey(name="ledger.example/log", public=signer_named("log").public)
KEYS = {
    name: CosignerKey(name=f"witness.example/{name}", alg=ED25519, public=signer_named(name).public)
    for name in ("X1", "X2", "X3", "Y1", "Y2")
}
SECOND_SIGNER = MlDsa44Signer.from_seed(b"Y3".ljust(32))
KEYS["Y3"] = CosignerKey(name="witness.example/Y3", alg=SECOND_SIGNER.alg, public=SECOND_SIGNER.public)
LOG_SIGNER = MlDsa44Signer.from_seed(b"log".ljust(32))
LOG_COSIGNER = CosignerKey(name=LOG.name, alg=LOG_SIGNER.alg, public=LOG_SIGNER.public)
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
    assert policy.logs == (Log(key=LOG, url="https://ledger.example/log"),)
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
    text = b"# caf\xe9\n# retired log keys follow now\nquorum none\n".decode("utf-8", "surrogateescape")
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
        f"log {LOG.text}\n# retired log {LOG.text} 2026-01-05T01:00:00.000Z\nquorum none\n",
        f"# retired log {LOG.text} 2026-01-05\nquorum none\n",
        f"# retired log {LOG.text}\nquorum none\n",
        f"log {KEYS['X1'].text}\nquorum none\n",
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


def test_a_log_may_be_its_own_witness() -> None:
    """A log that cosigns with ML-DSA-44 can be asked for both lines, or for that one alone."""
    text = f"log {LOG.text}\nwitness own {LOG_COSIGNER.text} https://w.example/x\nquorum own\n"
    policy = parsed(text)
    assert policy.witnesses["own"] == Witness(key=LOG_COSIGNER, url="https://w.example/x")
    assert policy.satisfied([LOG_COSIGNER])
    assert not policy.satisfied([])
    alone = parsed(f"log {LOG_COSIGNER.text}\nwitness own {LOG_COSIGNER.text}\nquorum own\n")
    assert alone.logs == (Log(key=LOG_COSIGNER),)


def test_retired_keys_stand_in_comments() -> None:
    """Other programs read past them."""
    policy = parsed(f"# retired log {LOG.text} 2026-01-05T01:00:00.000Z\nquorum none\n")
    assert policy.logs == ()
    assert policy.retired == (RetiredLog(key=LOG, recorded="2026-01-05T01:00:00.000Z"),)


def test_a_policy_is_written_as_it_is_read() -> None:
    """Text and policy are one to one, but for spaces, comments and the words any and all."""
    for text in (EXAMPLE, f"# retired log {LOG_COSIGNER.text} 2026-01-05T01:00:00.000Z\n{EXAMPLE}"):
        policy = parsed(text)
        assert parsed(format_policy(policy)) == policy
        assert format_policy(parsed(format_policy(policy))) == format_policy(policy)


def test_a_policy_that_no_text_can_hold_is_refused() -> None:
    """A name in two words would be read as something else."""
    witnesses = {"a b": Witness(key=KEYS["X1"])}
    with pytest.raises(FormatError):
        format_policy(Policy(logs=(), witnesses=witnesses, groups={}, quorum="none"))
    group = {"g": Group(threshold=1, members=("a",))}
    with pytest.raises(FormatError):
        format_policy(Policy(logs=(), witnesses={}, groups=group, quorum="none"))
