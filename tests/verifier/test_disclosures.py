# SPDX-License-Identifier: Apache-2.0
"""I9: disclosures against commitments and erasures. Each trouble has a twin that differs in one fact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from api.confidential.disclosure_export import beside, write_disclosures
from ledger.disclosure_file import FILE
from ledger.kinds.control import Erasure
from ledger.publisher import publish
from ledger.submission import event_name
from tests.later_kinds import LATER, admitting
from tests.ledgers import accept, founded, opened, post_all
from tests.personal import committed, disclosed
from tests.worlds import AUDIT, DAY, UNIT, make_world
from verifier import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, Any]

PERSON = committed(payee_name="王某", payee_account="6222020000000000000")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export for audit: two payments to a person, one field of the first erased."""
    world, url, folder = make_world(), str(tmp_path / "ledger.db"), tmp_path / "export"
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.submission(AUDIT, admitting(*LATER))])
        paid = world.submission(UNIT, *(msgspec.structs.replace(world.use(5), sd=PERSON) for _ in range(2)))
        accept(sequencer, paid)
        gone = Erasure(
            occurred_on=DAY, event=event_name(paid.header, 0), commitments=PERSON[:1], reason="本人申请"
        )
        accept(sequencer, world.submission(UNIT, gone))
    with opened(url) as engine:
        shown = publish(engine, folder, audience="audit")
        assert write_disclosures(engine, beside(folder), size=shown.size) == 3
    return folder


def judged(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code of `fundtrace verify`, and what it says of I9."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    result = CliRunner(env={"LC_ALL": "C.UTF-8", "TERM": "dumb"}).invoke(
        app, ["verify", str(folder), "--json", *options]
    )
    (found,) = (one for one in json.loads(result.stdout)["checks"] if one["check"] == "I9")
    return result.exit_code, found


def rewritten(folder: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    """The file of disclosures with its rows changed, sorted as before."""
    head, *rows = map(json.loads, (folder / FILE).read_bytes().splitlines())
    lines = [json.dumps(one, sort_keys=True, separators=(",", ":")) for one in (head, *change(rows))]
    (folder / FILE).write_text("".join(f"{line}\n" for line in lines))


def test_all_disclosures_fit(export: Path) -> None:
    """What is kept opens its commitments, what is not was erased; the file is for its owner alone."""
    code, found = judged(export)
    assert (code, found["state"]) == (0, "ok")
    assert (export / FILE).stat().st_mode & 0o077 == 0


def test_without_disclosures_nothing_is_said(export: Path) -> None:
    """Not evaluable, and how many commitments stay closed."""
    (export / FILE).unlink()
    code, found = judged(export)
    assert (code, found["state"]) == (0, "unevaluable")
    assert "4 commitments" in json.dumps(found)


def test_a_lost_disclosure_is_noticed(export: Path) -> None:
    """A commitment with neither disclosure nor erasure."""
    rewritten(export, lambda rows: rows[1:])
    code, found = judged(export)
    assert (code, found["state"]) == (2, "broken")
    assert "neither disclosure nor erasure" in json.dumps(found)


@pytest.mark.parametrize("field", ["payee_name", "asker"])
def test_another_disclosure_opens_nothing(export: Path, field: str) -> None:
    """Of another value, or of a field that the kind does not have."""
    other = disclosed(**{field: "李某"})[0].text
    rewritten(export, lambda rows: [{**rows[0], "disclosure": other}, *rows[1:]])
    assert judged(export)[0] == 2


def test_what_was_erased_may_not_be_there(export: Path) -> None:
    """The export of a database that was restored without its erasures."""

    def kept(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first = rows[0]["seq"]
        return [*({**row, "seq": first} for row in rows[1:]), *rows[1:]]

    rewritten(export, kept)
    code, found = judged(export)
    assert (code, found["state"]) == (2, "broken")
    assert "still disclosed" in json.dumps(found)


def test_what_came_after_the_file_is_not_judged(export: Path) -> None:
    """An older file answers for the entries that it names, and for no others."""
    head, *rows = (export / FILE).read_bytes().splitlines()
    first = json.loads(rows[0])["seq"]
    (export / FILE).write_bytes(
        json.dumps({**json.loads(head), "size": first + 1}, separators=(",", ":"), sort_keys=True).encode()
        + b"\n" + rows[0] + b"\n"
    )  # fmt: skip
    code, found = judged(export)
    assert (code, found["state"], found["position"]) == (0, "unevaluable", first + 1)


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b'{"genesis": "", "size": 1}\n', b'{"genesis":"%s","size":99}\n' % (b"00" * 32)]
)
def test_another_file_is_refused(export: Path, data: bytes) -> None:
    """Of no form, or of another ledger."""
    (export / FILE).write_bytes(data)
    assert judged(export)[0] == 2


def test_the_file_may_lie_elsewhere(export: Path, tmp_path: Path) -> None:
    """`--disclosures` names it, with whatever source."""
    moved = tmp_path / "given.ndjson"
    (export / FILE).rename(moved)
    assert judged(export, "--disclosures", str(moved))[1]["state"] == "ok"
