# SPDX-License-Identifier: Apache-2.0
"""Findings: ids, hashes, canonical lines, refusals."""

import datetime
import hashlib

import msgspec
import pytest

from ledger.errors import FormatError
from verifier.basis.findings import (
    UNSEALED,
    Evidence,
    Finding,
    content_hash,
    finding_id,
    in_order,
    params_hash,
    parse_line,
    seal,
    to_line,
)
from verifier.language import Told

GENESIS = "ab" * 32


def example(*subject: str, rule: str = "F04") -> Finding:
    """A finding with every sort of field."""
    subject = subject or ("p/s/0",)
    return seal(
        Finding(
            id=finding_id(GENESIS, rule, subject),
            content_hash=UNSEALED,
            rule=rule,
            rule_version=1,
            params_hash=params_hash(rule, 1, {"days": 30}, ("cn-2026/1",)),
            finding_class="proved",
            severity="yellow",
            subject=subject,
            as_of=datetime.date(2026, 6, 30),
            known_by=12,
            explanation=Told(zh="逾期", en="overdue"),
            clears_if=Told(zh="付款", en="a payment"),
            basis=Told(zh="预算法 57", en="Budget Law art. 57"),
            parameters={"days": 30},
            evidence=(Evidence(name="p/s/0", seq=3, leaf="cd" * 32),),
            amount=5,
            outstanding=0,
        )
    )


def test_id_is_what_the_specification_says() -> None:
    """The id is the head of a SHA-256 over the JCS written out by hand."""
    preimage = b'["%s","F04",["fund","\xe8\xb4\xa6"]]' % GENESIS.encode()
    assert finding_id(GENESIS, "F04", ["fund", "账"]) == hashlib.sha256(preimage).hexdigest()[:32]


def test_params_hash_is_what_the_specification_says() -> None:
    """The hash covers rule, version, parameters and calendars, keys sorted."""
    preimage = b'{"calendars":["c/1"],"parameters":{"a":1,"b":"x"},"rule":"F03","rule_version":2}'
    assert params_hash("F03", 2, {"b": "x", "a": 1}, ["c/1"]) == hashlib.sha256(preimage).hexdigest()


def test_content_hash_leaves_out_only_itself() -> None:
    """Two seals are equal; any other field changes the hash."""
    finding = example()
    assert seal(finding) == finding
    other = msgspec.structs.replace(finding, as_of=datetime.date(2026, 7, 1))
    assert content_hash(other) != finding.content_hash
    assert other.id == finding.id


def test_line_round_trips() -> None:
    """Parsing a line gives the finding back, zero amounts kept, absent ones absent."""
    line = to_line(example())
    assert parse_line(line) == example()
    assert b'"outstanding":0' in line
    assert b"amount_min" not in line
    assert "逾期".encode() in line


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"amount":5', b'"amount":6', "finding-altered"),
        (b'"amount":5', b'"amount": 5', "finding-not-canonical"),
        (b'"amount":5', b'"amount":5,"amount":5', "finding-not-canonical"),
        (b'"amount":5', b'"amount":-5', "finding-form"),
        (b'"amount":5', b'"amount":5.0', "finding-form"),
        (b'"amount":5', b'"sum":5', "finding-form"),
        (b'"class":"proved"', b'"class":"sure"', "finding-form"),
    ],
)
def test_altered_lines_are_refused(old: bytes, new: bytes, code: str) -> None:
    """Each corruption is refused for what it is."""
    line = to_line(example())
    assert old in line
    with pytest.raises(FormatError) as refused:
        parse_line(line.replace(old, new), place="line 7")
    assert refused.value.code == code
    assert refused.value.place == "line 7"


def test_order_is_by_rule_then_id() -> None:
    """Reports are sorted by (rule, id)."""
    many = [example(str(n), rule=rule) for rule in ("F06", "F04") for n in range(5)]
    ordered = in_order(many)
    assert [one.rule for one in ordered] == ["F04"] * 5 + ["F06"] * 5
    assert [one.id for one in ordered[:5]] == sorted(one.id for one in many if one.rule == "F04")
