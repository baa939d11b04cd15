# SPDX-License-Identifier: Apache-2.0
"""What a log publishes about itself, with and without witnesses, before and after its keys change hands."""

from __future__ import annotations

import pytest

from ledger.cosignature import CosignerKey
from ledger.errors import FormatError
from ledger.keys import MlDsa44Signer
from ledger.policy import RetiredLog, parse_policy
from ledger.published_policy import OWN, policy_text
from tests.worlds import log_signer_named, signer_named

ORIGIN = "ledger.example/jl/2026"
NOTE_KEY, TIMED_KEY = log_signer_named("log").keys(ORIGIN)
WITNESS = CosignerKey(name="witness.example/a", alg="ed25519", public=signer_named("witness").public)
WITNESSES = parse_policy(f"witness a {WITNESS.text} https://witness.example/\nquorum a\n", place="policy")


def test_both_lines_are_asked_for() -> None:
    """The Ed25519 key is the log, the ML-DSA-44 key its first witness (ADR 0015)."""
    text = policy_text([NOTE_KEY, TIMED_KEY])
    assert text == f"log {NOTE_KEY.text}\nwitness {OWN} {TIMED_KEY.text}\nquorum {OWN}\n"


def test_an_old_log_asks_for_the_line_it_has() -> None:
    """Without an ML-DSA-44 key there is nobody to ask."""
    assert policy_text([NOTE_KEY]) == f"log {NOTE_KEY.text}\nquorum none\n"


def test_witnesses_are_asked_beside_the_log() -> None:
    """Both are needed, and the address of the witness is kept."""
    policy = parse_policy(policy_text([NOTE_KEY, TIMED_KEY], witnesses=WITNESSES), place="policy")
    assert isinstance(TIMED_KEY, CosignerKey)
    assert policy.satisfied([TIMED_KEY, WITNESS])
    assert not policy.satisfied([TIMED_KEY])
    assert not policy.satisfied([WITNESS])
    assert policy.witnesses["a"].url == "https://witness.example/"
    alone = parse_policy(policy_text([NOTE_KEY], witnesses=WITNESSES), place="policy")
    assert alone.satisfied([WITNESS])
    assert not alone.satisfied([])


def test_while_keys_change_hands_either_is_enough() -> None:
    """Two current keys of one type; the retired one stands in a comment."""
    other = CosignerKey(name=ORIGIN, alg="ml-dsa-44", public=MlDsa44Signer.from_seed(bytes(32)).public)
    text = policy_text([NOTE_KEY, TIMED_KEY, other], witnesses=WITNESSES)
    policy = parse_policy(text, place="policy")
    assert isinstance(TIMED_KEY, CosignerKey)
    assert policy.satisfied([TIMED_KEY, WITNESS])
    assert policy.satisfied([other, WITNESS])
    assert not policy.satisfied([WITNESS])
    retired = RetiredLog(key=TIMED_KEY, recorded="2026-03-01T00:00:00.000Z")
    after = parse_policy(policy_text([NOTE_KEY, other], retired=[retired]), place="policy")
    assert after.retired == (retired,)
    assert not after.satisfied([TIMED_KEY])


@pytest.mark.parametrize("name", [OWN, "log-x"])
def test_names_of_the_log_are_its_own(name: str) -> None:
    """A witness under such a name would answer for the log."""
    witnesses = parse_policy(f"witness {name} {WITNESS.text}\nquorum {name}\n", place="policy")
    with pytest.raises(FormatError, match="log-"):
        policy_text([NOTE_KEY, TIMED_KEY], witnesses=witnesses)
