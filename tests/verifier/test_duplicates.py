# SPDX-License-Identifier: Apache-2.0
"""Persons paid from several funds: found by keyed marks, not found in one fund, and not evaluable without marks."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from api.confidential.disclosure_export import beside, write_disclosures
from ledger.disclosure_file import FILE
from ledger.errors import FormatError
from ledger.kinds.control import Correction
from ledger.person_mark import new_registry_key, parse_registry_key, person_mark
from ledger.publisher import publish
from ledger.submission import event_name
from tests.command_line import CommandLine
from tests.ledgers import accept, founded, opened, post_all
from tests.personal import committed
from tests.worlds import COUNTY, PROVINCE, make_world

if TYPE_CHECKING:
    from pathlib import Path

KEY = hashlib.sha256(b"registry").digest()
WANG, LI = "11010519491231002X", "220122198001011029"


def exported(folder: Path, payments: list[tuple[str, str | None]], *, reverse: bool = False) -> Path:
    """An export for audit: the county pays from each line to the person with that number, if one is given."""
    world, url = make_world(), str(folder / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        accept(sequencer, world.submission(PROVINCE, world.fund("F-ROAD")))
        accept(sequencer, world.issue("L1", 1_000))
        road = msgspec.structs.replace(world.issued("L2", 1_000), fund="F-ROAD")
        accept(sequencer, world.submission(PROVINCE, road))
        sent = []
        for line, number in payments:
            sd = () if number is None else committed(payee_mark=person_mark(KEY, number))
            paid = world.submission(COUNTY, msgspec.structs.replace(world.paid(line, 10), sd=sd))
            accept(sequencer, paid)
            sent.append(paid)
        if reverse:
            undone = Correction(
                occurred_on=sent[-1].events[0].occurred_on,
                event=event_name(sent[-1].header, 0),
                reason="误付",
            )
            accept(sequencer, world.submission(COUNTY, undone))
    with opened(url) as engine:
        shown = publish(engine, folder / "export", audience="audit")
        write_disclosures(engine, beside(folder / "export"), size=shown.size)
    return folder / "export"


def searched(export: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and record of `fundtrace duplicates`."""
    result = CommandLine().run("duplicates", str(export), "--disclosures", str(export / FILE), "--json")
    return result.exit_code, json.loads(result.stdout)


def test_one_person_in_two_funds_is_found(tmp_path: Path) -> None:
    """With both payments, in the order of the log; the other person is not told."""
    export = exported(tmp_path, [("L1", WANG), ("L1", LI), ("L2", WANG), ("L2", None)])
    code, record = searched(export)
    assert (code, record["payments"], record["marked"]) == (1, 4, 3)
    (found,) = record["found"]
    assert found["mark"] == person_mark(KEY, WANG)
    assert [(one["fund"], one["amount"]) for one in found["payments"]] == [("F-WATER", 10), ("F-ROAD", 10)]
    text = CommandLine().run("duplicates", str(export), "--disclosures", str(export / FILE)).output
    assert "3 of 4 payments carry a mark; 1 persons" in text


@pytest.mark.parametrize(
    ("payments", "reverse"),
    [
        ([("L1", WANG), ("L1", WANG)], False),
        ([("L1", WANG), ("L2", LI)], False),
        ([("L1", WANG), ("L2", WANG)], True),
    ],
)
def test_one_fund_or_a_reversed_payment_is_none(
    tmp_path: Path, payments: list[tuple[str, str | None]], reverse: bool
) -> None:
    """Twice from one fund, two persons, or taken back."""
    code, record = searched(exported(tmp_path, payments, reverse=reverse))
    assert (code, record["found"]) == (0, [])


def test_without_marks_nothing_is_said(tmp_path: Path) -> None:
    """Not "none"."""
    assert searched(exported(tmp_path, [("L1", None), ("L2", None)]))[0] == 3


def test_a_mark_is_an_hmac_over_the_number() -> None:
    """By the standard library alone; another key gives another mark; a slip gives none."""
    expected = hmac.new(KEY, b"fundtrace/person/v1\n11010519491231002X", hashlib.sha256).hexdigest()
    assert person_mark(KEY, WANG) == person_mark(KEY, WANG.lower()) == expected
    assert person_mark(bytes(32), WANG) != expected
    with pytest.raises(FormatError):
        person_mark(KEY, "110105194912310021")


def test_a_key_file_is_made_once_and_read_back(tmp_path: Path) -> None:
    """0600; an existing file stays as it is; another content is refused without being shown."""
    file, line = tmp_path / "registry.key", CommandLine()
    line.done("keys", "registry-key", str(file))
    data = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert line.run("keys", "registry-key", str(file)).exit_code == 3
    assert file.read_bytes() == data
    printed = line.run("keys", "person-marks", "--key", str(file), typed=f"{WANG}\n{LI}\n")
    key = parse_registry_key(data, place="here")
    assert printed.stdout.split() == [person_mark(key, WANG), person_mark(key, LI)]
    assert line.run("keys", "person-marks", "--key", str(file), typed="123\n").exit_code == 3
    assert parse_registry_key(new_registry_key(bytes), place="here") == bytes(32)
    for wrong in (b"", data[:-1], data.upper() + b"x", b"secret"):
        with pytest.raises(FormatError) as caught:
            parse_registry_key(wrong, place="here")
        assert "secret" not in str(caught.value)
