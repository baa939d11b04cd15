# SPDX-License-Identifier: Apache-2.0
"""`fundtrace mask`: what a public list shows of persons paid in a submission, and what no list shows."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from openpyxl import load_workbook

from api.confidential.disclosure_export import beside, write_disclosures
from ledger.commitments import commitment_of
from ledger.disclosure_file import FILE
from ledger.entry import EventEntry, parse_entry
from ledger.hashing import leaf_hash
from ledger.key_files import save_private_key
from ledger.kinds.control import Correction, Erasure
from ledger.publisher import publish
from ledger.submission import Submission, event_name, wire_bytes
from tests.command_line import CommandLine
from tests.counter import ADDRESS, Visitor
from tests.dialled import dial
from tests.later_kinds import admitting
from tests.ledgers import accept, founded, opened, post_all
from tests.personal import committed
from tests.worlds import AUDIT, COUNTY, DAY, UNIT, World, make_world
from verifier.reading.sources import open_source

if TYPE_CHECKING:
    from typer.testing import Result

    from tests.served import Site

ZHANG = {"payee_name": "张小农", "payee_id": "220122194912310021", "payee_account": "6222020000000001234"}
LI = {"payee_name": "=李二妹", "payee_id": "220122196102030043", "payee_account": "6222020000000000018"}
CHILD = {"payee_name": "王小小", "payee_id": "220122201806010028"}
CLEAR = [*ZHANG.values(), *LI.values(), *CHILD.values()]
HEAD = ("--title", "危房改造补助", "--objections", "镇财政所 0431-88904567", "--on", "2026-04-01")


def payments(world: World) -> Submission:
    """The township pays three persons and a builder in one submission."""
    events = [
        msgspec.structs.replace(world.use(amount), sd=committed(**fields), note=note)
        for amount, fields, note in ((12_000, ZHANG, "第一批"), (8_000, LI, None), (500, CHILD, None))
    ]
    return world.submission(UNIT, *events, world.use(7))


def reversing(world: World, name: str) -> Submission:
    """The event `name` was a mistake."""
    return world.submission(UNIT, Correction(occurred_on=DAY, event=name, reason="误付"))


def erasing(world: World, name: str) -> Submission:
    """The name of the first person is destroyed."""
    commitment = committed(payee_name=ZHANG["payee_name"])[0]
    return world.submission(
        UNIT, Erasure(occurred_on=DAY, event=name, commitments=(commitment,), reason="保存期满")
    )


@dataclass
class Auditor:
    """Somebody with an export for audit."""

    folder: Path
    paid: Submission

    @property
    def name(self) -> str:
        """The submission."""
        return event_name(self.paid.header, 0).rpartition("/")[0]

    def run(self, *options: str, out: str = "list.csv", profile: str = "village") -> Result:
        """`fundtrace mask` with the file of disclosures."""
        export = self.folder / "export"
        asked = ("--submission", self.name, "--profile", profile, "--out", str(self.folder / out), *HEAD)
        return CommandLine().run(
            "mask", str(export), "--disclosures", str(export / FILE), *asked, *options, "--json"
        )

    def listed(
        self, *options: str, code: int = 0, profile: str = "village"
    ) -> tuple[str, list[dict[str, str]]]:
        """What stands above the list, and its rows by title."""
        result = self.run(*options, profile=profile)
        assert result.exit_code == code, result.output
        return read(self.folder / "list.csv", json.loads(result.stdout))


def read(path: Path, told: dict[str, Any]) -> tuple[str, list[dict[str, str]]]:
    """The list at `path`, whose hash was told; it is taken away, so that another may be made."""
    data = path.read_bytes()
    path.unlink()
    assert hashlib.sha256(data).hexdigest() == told["sha256"]
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    at = next(place for place, line in enumerate(lines) if line[0] == "No.")
    rows = [dict(zip(lines[at], line, strict=True)) for line in lines[at + 1 :]]
    assert len(rows) == told["rows"]
    return "\n".join(line[0] for line in lines[:at]), rows


def auditor(folder: Path, *more: str) -> Auditor:
    """An export of the payments; with ``reversed`` or ``erased``, the first of them was."""
    world, url = make_world(), str(folder / "ledger.db")
    paid = payments(world)
    name = event_name(paid.header, 0)
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        accept(sequencer, paid)
        if "reversed" in more:
            accept(sequencer, reversing(world, name))
        if "erased" in more:
            accept(sequencer, world.submission(AUDIT, admitting("erasure/1")))
            accept(sequencer, erasing(world, name))
    with opened(url) as engine:
        shown = publish(engine, folder / "export", audience="audit")
        write_disclosures(engine, beside(folder / "export"), size=shown.size)
    return Auditor(folder, paid)


def test_a_village_list_shows_neighbours_and_names_the_entry(tmp_path: Path) -> None:
    """Names, the rest masked; each row says by which entry it can be checked; the child is not on it."""
    who = auditor(tmp_path)
    above, rows = who.listed()
    assert [(one["Name"], one["Identity number"], one["Account"], one["Amount"]) for one in rows] == [
        ("张小农", "220122********00**", "****1234", "120.00"),
        ("'=李二妹", "220122********00**", "****0018", "80.00"),
    ]
    assert [(one["Item"], one["Period"]) for one in rows] == [("第一批", "2026-01"), ("", "2026-01")]
    assert "Posted from 2026-04-01 to 2026-04-08 (7 days)" in above
    assert "0431-88904567" in above
    assert who.name in above
    assert "Fewer than 5 persons are not listed" in above
    for row, event in zip(rows, who.paid.events, strict=False):
        data = next(
            iter(open_source(str(tmp_path / "export")).entries(int(row["Entry"]), int(row["Entry"]) + 1))
        )
        entry = parse_entry(data, place="entry")
        assert isinstance(entry, EventEntry)
        assert (entry.event, leaf_hash(data).hex()) == (event, row["Leaf hash of the entry"])


def test_the_web_sees_surnames(tmp_path: Path) -> None:
    """No number, no account; a profile of one's own shows what it says, and another file is refused."""
    who = auditor(tmp_path)
    above, rows = who.listed(profile="web")
    assert [one["Name"] for one in rows] == ["张**", "'=***"]
    assert not any(one in f"{above}{rows}" for one in CLEAR)
    assert rows[0].keys().isdisjoint({"Identity number", "Account"})
    own = tmp_path / "own.toml"
    own.write_text('names = "none"\naccount = "last_four"\ndays = 10\n')
    above, rows = who.listed(profile=str(own))
    assert "to 2026-04-11 (10 days)" in above
    assert (rows[0]["Account"], "Name" in rows[0]) == ("****1234", False)
    own.write_text('names = "all"\n')
    assert who.run(profile=str(own)).exit_code == 3


def test_circumstances_are_counted_and_never_listed(tmp_path: Path) -> None:
    """Nobody by name; fewer than five are not even told. The ordinary list of the same payments has two."""
    who = auditor(tmp_path)
    above, rows = who.listed("--circumstance", "disability")
    assert rows == []
    assert "Fewer than 5 persons are not listed" in above
    assert len(who.listed()[1]) == 2
    assert who.run("--circumstance", "poor").exit_code != 0


def test_a_workbook_holds_the_same(tmp_path: Path) -> None:
    """Amounts are numbers, texts are never formulas, and an existing file stays as it was."""
    who = auditor(tmp_path)
    assert who.run(out="list.xlsx").exit_code == 0
    sheet: Any = load_workbook(tmp_path / "list.xlsx").worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(place for place, line in enumerate(lines) if line[0] == "No.")
    assert lines[0][0] == "危房改造补助"
    assert [line[1] for line in lines[at + 1 :]] == ["张小农", "=李二妹"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    before = (tmp_path / "list.xlsx").read_bytes()
    assert who.run(out="list.xlsx").exit_code == 3
    assert (tmp_path / "list.xlsx").read_bytes() == before


def test_what_was_reversed_is_not_listed(tmp_path: Path) -> None:
    """The payment to the first person was taken back."""
    assert [one["Name"] for one in auditor(tmp_path, "reversed").listed()[1]] == ["'=李二妹"]


def test_who_was_erased_is_missed_and_told(tmp_path: Path) -> None:
    """Nothing names the person any more: exit code 1, so that nobody takes the list for whole."""
    who = auditor(tmp_path, "erased")
    result = who.run()
    assert (result.exit_code, json.loads(result.stdout)["unnamed"]) == (1, 1)
    assert [one["Name"] for one in read(tmp_path / "list.csv", json.loads(result.stdout))[1]] == ["'=李二妹"]


def test_another_submission_another_ledger_and_a_forged_file_are_refused(tmp_path: Path) -> None:
    """Nothing is written; with the file that belongs to it the list is made."""
    who = auditor(tmp_path)
    export = tmp_path / "export" / FILE
    good = export.read_bytes()
    assert "no submission of that name" in refusal(who.run("--submission", f"{COUNTY}/s-1"))
    first, *lines = good.splitlines(keepends=True)
    head = json.loads(first) | {"genesis": "ab" * 32}
    export.write_bytes(json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(lines))
    assert "of another ledger" in refusal(who.run())
    seq = json.loads(lines[0])["seq"]
    moved = [one.replace(b'"seq":%d}' % seq, b'"seq":%d}' % (seq + 1)) for one in lines]
    export.write_bytes(first + b"".join(sorted_lines(moved)))
    assert "opens no commitment" in refusal(who.run())
    assert not (tmp_path / "list.csv").exists()
    export.write_bytes(good)
    assert len(who.listed()[1]) == 2


def sorted_lines(lines: list[bytes]) -> list[bytes]:
    """In the order of the file: by position and commitment."""
    told = [json.loads(one) for one in lines]
    told.sort(key=lambda one: (one["seq"], commitment_of(one["disclosure"])))
    return [json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in told]


def refusal(result: Result) -> str:
    """What the refusal says."""
    assert result.exit_code == 3, result.output
    return result.output


@pytest.mark.parametrize(
    "options",
    [
        ("--url", ADDRESS),
        ("--key", "k.pem"),
        ("--reason", "why"),
        ("--case", "1"),
        ("--on", "1.4.2026"),
        ("--on", "20260401"),
        ("--out", "list.pdf"),
        ("--profile", "town"),
    ],
)
def test_options_that_do_not_fit_write_nothing(tmp_path: Path, options: tuple[str, str]) -> None:
    """Two places of the fields, half of one, another day, another ending, no such profile; without them it is done."""
    who = auditor(tmp_path)
    before = {one.name for one in tmp_path.iterdir()}
    assert who.run(*options).exit_code != 0
    assert {one.name for one in tmp_path.iterdir()} == before
    assert who.run().exit_code == 0


@pytest.fixture
def at_audit(monkeypatch: pytest.MonkeyPatch, counter: Site, world: World, tmp_path: Path) -> list[str]:
    """The options by which audit reads the store of a server that holds the payments, and what is listed."""
    paid = payments(world)
    answer = counter.send("POST", "/v1/submissions", content=wire_bytes(paid))
    assert answer.status_code == 201, answer.text
    dial(monkeypatch, counter)
    key = tmp_path / "audit.pem"
    save_private_key(key, next(iter(world.seats[AUDIT].keys.values())))
    name = event_name(paid.header, 0).rpartition("/")[0]
    return ["--url", ADDRESS, "--key", str(key), "--reason", "公示核对", "--submission", name]


def test_a_role_that_may_reads_the_store_and_is_noted(
    counter: Site, world: World, tmp_path: Path, at_audit: list[str]
) -> None:
    """Audit with a case makes the same list; without one it is shown nothing, and no file is written."""
    own = ("--db", str(tmp_path / "ledger.db"), "--profile", "village", *HEAD)
    out = ("--out", str(tmp_path / "list.csv"), "--json")
    refused = CommandLine().run("mask", *own, *out, *at_audit)
    assert "for a case only" in refusal(refused)
    assert not (tmp_path / "list.csv").exists()
    done = CommandLine().run("mask", *own, *out, *at_audit, "--case", "2026-17")
    assert done.exit_code == 0, done.output
    rows = read(tmp_path / "list.csv", json.loads(done.stdout))[1]
    assert [one["Identity number"] for one in rows] == ["220122********00**"] * 2
    audit = Visitor(counter, next(iter(world.seats[AUDIT].keys.values()))).sign_in()
    noted = audit.get("/v1/accesses").json()["items"]
    assert {(one["reason"], one["case_id"]) for one in noted} == {("公示核对", "2026-17")}
    assert sorted(one["field"] for one in noted) == sorted([*ZHANG, *LI, *CHILD])
