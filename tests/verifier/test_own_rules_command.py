# SPDX-License-Identifier: Apache-2.0
"""`fundtrace audit` by rules that are not the ledger's: an auditor's pack and register, and packs not yet adopted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.canonical import jcs
from ledger.kinds.registry import Calendar, Policy, PolicyRow
from ledger.kinds.vocabulary import event_bytes
from tests.malicious.forger import Forger, edited
from tests.verifier.test_audit_command import LATE, run
from tests.worlds import AUDIT, COUNTY, COUNTY_ACCOUNT, DAY, make_world
from verifier.basis.findings import parse_line
from verifier.basis.rulepack import PACKS, load_pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

Rows = list[dict[str, Any]]


@pytest.fixture
def forger() -> Forger:
    """An honest log: the county got 1,000,000.00 and paid a quarter; sixty days later it is late."""
    world = make_world()
    made = Forger(world)
    calendar = Calendar(occurred_on=DAY, id="CN", year=2026, notice="国办")
    made.post(*world.opening(), world.submission(AUDIT, calendar))
    made.post(world.issue("L1", 100_000_000), world.pay("L1", 25_000_000))
    return made


@pytest.fixture
def folder(forger: Forger, tmp_path: Path) -> str:
    """Its export."""
    return str(forger.export(tmp_path / "export"))


def own(path: Path, change: Callable[[Rows], object] = lambda _rows: None, **head: object) -> str:
    """A file with the pack of China under another name, changed."""
    pack = json.loads(jcs_of("cn-special-funds")) | {"id": "mine"} | head
    change(pack["rows"])
    file = path / "mine.json"
    file.write_text(json.dumps(pack), encoding="utf-8")
    return str(file)


def jcs_of(name: str) -> bytes:
    """A pack that ships, as one file."""
    return jcs(msgspec.to_builtins(load_pack(name)))


def days(level: str, number: int, **more: object) -> Callable[[Rows], None]:
    """Passing on within `number` days at `level`."""

    def change(rows: Rows) -> None:
        (row,) = (one for one in rows if one["id"] == f"pass-on-{level}")
        row["parameters"]["days"] = number
        row.update(more)

    return change


def lines(result: Result) -> list[dict[str, Any]]:
    """Standard output as JSON lines."""
    return [json.loads(line) for line in result.stdout_bytes.splitlines()]


def test_the_pack_that_ships_finds_the_same_bytes(folder: str, tmp_path: Path) -> None:
    """By name and as a file; and the report says that nothing differs."""
    plain = run(folder, "--as-of", LATE, "--json")
    file = tmp_path / "shipped.json"
    file.write_bytes(jcs_of("cn-special-funds"))
    for pack in ("cn-special-funds", str(file)):
        same = run(folder, "--as-of", LATE, "--json", "--pack", pack)
        assert (same.exit_code, same.stdout_bytes) == (1, plain.stdout_bytes)
        assert "0 appear, 0 vanish, 0 change" in same.stderr


def test_the_auditors_pack_decides_findings_and_exit_code(folder: str, tmp_path: Path) -> None:
    """Two hundred days are enough for the county: nothing is late any more, and the report says what vanished."""
    lenient = own(tmp_path, days("county", 200))
    result = run(folder, "--as-of", LATE, "--pack", lenient)
    assert result.exit_code == 0, result.output
    assert "0 findings; 1 not judged." in result.output
    assert "mine/1" in result.output
    assert "not signed" in result.output
    assert "0 appear, 1 vanish, 0 change" in result.output
    assert "days=60" in result.output
    assert "days=200" in result.output
    chinese = run(folder, "--as-of", LATE, "--pack", lenient, "--lang", "zh").output
    assert "消失 1 条" in chinese
    assert run(folder, "--as-of", LATE).exit_code == 1


def test_a_stricter_pack_finds_more(folder: str, tmp_path: Path) -> None:
    """Twenty days: late on a day on which the ledger's own rules find nothing; the finding names the pack."""
    strict = own(tmp_path, days("county", 20))
    assert run(folder, "--as-of", "2026-02-10").exit_code == 0
    result = run(folder, "--as-of", "2026-02-10", "--json", "--pack", strict)
    finding = parse_line(result.stdout_bytes.splitlines()[0])
    assert (result.exit_code, finding.rule, finding.parties) == (1, "F03", (COUNTY,))
    assert finding.parameters["pack"] == "mine/1"
    assert "mine/1#pass-on-county" in str(finding.parameters["sources"])
    assert "1 appear, 0 vanish" in result.stderr


def test_a_change_of_colour_is_told_field_by_field(folder: str, tmp_path: Path) -> None:
    """The same matter, more severe; programs get both findings."""

    def sooner_red(rows: Rows) -> None:
        (row,) = (one for one in rows if one["id"] == "pass-on")
        row["parameters"]["red_overdue"] = 500

    out = tmp_path / "differences.ndjson"
    result = run(folder, "--as-of", LATE, "--pack", own(tmp_path, sooner_red), "--differences", str(out))
    assert "severity: red → orange" in result.output
    (line,) = (json.loads(one) for one in out.read_bytes().splitlines())
    assert (line["change"], line["fields"]) == ("changes", ["severity"])
    assert line["before"]["id"] == line["after"]["id"] == line["id"]
    assert (line["before"]["severity"], line["after"]["severity"]) == ("red", "orange")
    again = run(folder, "--as-of", LATE, "--pack", str(tmp_path / "mine.json"), "--differences", str(out))
    assert again.exit_code == 3  # an existing file is never written over


@pytest.mark.parametrize(
    ("change", "head", "told"),
    [
        (lambda rows: rows.pop(0), {"id": "cn-special-funds"}, "needs a name of its own"),
        (lambda rows: rows[0].update(rule="F99"), {}, "there is no rule F99"),
        (lambda rows: rows[0]["parameters"].update(wings=2), {}, "reads no wings"),
        (lambda rows: rows[0].update(wings=2), {}, "unknown field `wings`"),
        (lambda rows: rows.clear(), {}, "for everybody"),
        (
            lambda rows: [one["parameters"].pop("soon", 0) for one in rows],
            {},
            "has no soon for everybody",
        ),
    ],
)
def test_a_pack_that_would_judge_blindly_is_refused(
    folder: str, tmp_path: Path, change: Callable[[Rows], object], head: dict[str, str], told: str
) -> None:
    """What nothing reads, what nobody sets, and a name that belongs to another pack; the twin above is accepted."""
    file = own(tmp_path, change, **head)
    for option in ("--pack", "--what-if"):
        result = run(folder, option, file)
        assert result.exit_code == 3
        assert told in " ".join(result.output.split())
        assert "--show-pack" in result.output
        assert "的输出为底稿" in run(folder, option, file, "--lang", "zh").output


def test_what_if_tells_what_would_vanish_and_changes_nothing(folder: str) -> None:
    """The generic pack sets no limit for passing on; the exit code stays that of today's rules."""
    result = run(folder, "--as-of", LATE, "--what-if", "generic")
    assert result.exit_code == 1, result.output
    assert "0 appear, 1 vanish, 0 change" in result.output
    assert "If adopted" in result.output
    (line,) = lines(run(folder, "--as-of", LATE, "--what-if", "generic", "--json"))
    assert (line["change"], line["rule"], "after" in line) == ("vanishes", "F03", False)
    same = run(folder, "--as-of", LATE, "--what-if", "cn-special-funds", "--json")
    assert (same.exit_code, same.stdout_bytes) == (1, b"")


def drafted(number: int, **more: Any) -> bytes:  # noqa: ANN401 - fields of a policy
    """A policy that is not posted yet."""
    row = PolicyRow(
        id="a", rule="F03", basis="某办法", parameters={"days": number}, unit="calendar", level="county"
    )
    return event_bytes(Policy(occurred_on=DAY, id="P", effective_on=DAY, title="x", rows=(row,), **more))


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "canonical": lambda event: event,
    "by hand": lambda event: json.dumps(json.loads(event), indent=2).encode(),
    "a list": lambda event: b"[" + event + b"]",
    "a line each": lambda event: event + b"\n" + event.replace(b'"id":"P"', b'"id":"Q"') + b"\n",
    "a submission": lambda event: b'{"events":[' + event + b'],"header":{}}\n',
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_if_takes_policies_not_yet_posted(folder: str, tmp_path: Path, spelling: str) -> None:
    """One event, a list, a line each, or a submission of them; loosening is told before anybody adopts it."""
    spelt = SPELLINGS[spelling]
    file = tmp_path / "draft.json"
    file.write_bytes(spelt(drafted(200)))
    result = run(folder, "--as-of", LATE, "--what-if", str(file))
    assert result.exit_code == 1
    assert "drafted policy P/1, from 2026-01-05 on" in result.output
    assert "parameter days loosened from 60 to 200" in result.output
    assert "0 appear, 1 vanish, 0 change" in result.output
    file.write_bytes(spelt(drafted(60)))
    assert "0 appear, 0 vanish, 0 change" in run(folder, "--as-of", LATE, "--what-if", str(file)).output


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "holds nothing"),
        (b"{", "not JSON"),
        (b"[]", "holds nothing"),
        (drafted(60).replace(b'"x"', b"null"), "title"),
        (event_bytes(Calendar(occurred_on=DAY, id="C", year=2026, notice="x")), "an event of kind calendar"),
        (drafted(60) + b"\n{\n", "draft.json:2"),
    ],
)
def test_what_is_no_draft_is_refused(folder: str, tmp_path: Path, data: bytes, told: str) -> None:
    """With the line, and nothing is judged."""
    file = tmp_path / "draft.json"
    file.write_bytes(data)
    result = run(folder, "--what-if", str(file))
    assert result.exit_code == 3
    assert told in result.output


def test_a_policy_of_the_ledger_stands_over_a_pack_unless_its_row_is_final(
    forger: Forger, tmp_path: Path
) -> None:
    """Supervision gave the county 200 days; an auditor who holds it to sixty says so in the row."""
    row = PolicyRow(
        id="a", rule="F03", basis="某办法", parameters={"days": 200}, unit="calendar", level="county"
    )
    policy = Policy(occurred_on=DAY, id="P", effective_on=DAY, title="x", rows=(row,))
    forger = Forger(world := make_world())
    forger.post(*world.opening(), world.submission(AUDIT, policy))
    forger.post(world.issue("L1", 100_000_000), world.pay("L1", 25_000_000))
    folder = str(forger.export(tmp_path / "loosened"))
    assert run(folder, "--as-of", LATE, "--pack", own(tmp_path, days("county", 60))).exit_code == 0
    assert (
        run(folder, "--as-of", LATE, "--pack", own(tmp_path, days("county", 60, final=True))).exit_code == 1
    )


def test_a_register_is_laid_over_accounts(folder: str, tmp_path: Path) -> None:
    """An account said to be a supplier's owes no fund anything: the gap for its missing statements goes."""
    file = tmp_path / "register.csv"
    file.write_text(f"账户,类别\n{COUNTY_ACCOUNT},supplier\nA-ELSEWHERE,wage\n", encoding="utf-8-sig")
    result = run(folder, "--as-of", LATE, "--registry", str(file))
    assert "The auditor's register: 2 accounts" in result.output
    assert "not registered in the ledger: A-ELSEWHERE" in result.output
    (finding,) = lines(run(folder, "--as-of", LATE, "--registry", str(file), "--json"))
    assert len(finding["parameters"]["registry"]) == 64
    assert "0 appear, 0 vanish, 0 change" in result.output


@pytest.mark.parametrize(
    "options",
    [
        ("--pack", "generic", "--what-if", "generic"),
        ("--differences", "x.ndjson"),
        ("--pack", "no-such-file.json"),
        ("--registry", "no-such-file.csv"),
    ],
)
def test_options_that_make_no_sense_together_exit_three(folder: str, options: tuple[str, ...]) -> None:
    """Nothing is judged."""
    assert run(folder, *options).exit_code == 3


def test_the_good_prefix_is_compared_too(forger: Forger, tmp_path: Path) -> None:
    """A ledger broken at its end, exit 2; one broken at its beginning has nothing to compare."""
    payment = len(forger.entries) - 1
    forger.entries[payment] = edited(forger.entries[payment], recorded="2026-01-05T09:00:00.000Z", index=1)
    folder = str(forger.export(tmp_path / "broken"))
    result = run(folder, "--as-of", LATE, "--what-if", "generic")
    assert result.exit_code == 2
    assert "1 vanish" in result.output
    forger.entries[0] = edited(forger.entries[0], recorded="2026-01-06T00:00:00.000Z")
    folder = str(forger.export(tmp_path / "nothing"))
    for option in ("--what-if", "--pack"):
        result = run(folder, option, "generic")
        assert (result.exit_code, "No entry of it can be judged." in result.output) == (2, True)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_shown_as_a_file_to_start_from(folder: str, tmp_path: Path, name: str) -> None:
    """Without any ledger; what is shown is taken again, finds the same, and may be changed under another name."""
    shown = run("--show-pack", name, "--json")
    assert shown.exit_code == 0
    file = tmp_path / "shown.json"
    file.write_bytes(shown.stdout_bytes)
    assert run("--show-pack", str(file), "--json").stdout_bytes == shown.stdout_bytes
    by_name, by_file = (run(folder, "--as-of", LATE, "--json", "--pack", one) for one in (name, str(file)))
    assert by_name.stdout_bytes == by_file.stdout_bytes
    file.write_bytes(shown.stdout_bytes.replace(f'"id": "{name}"'.encode(), b'"id": "mine"', 1))
    assert run(folder, "--as-of", LATE, "--what-if", str(file)).exit_code == 1


def test_a_pack_is_shown_to_people() -> None:
    """Rule by rule: for whom, the numbers with their units, the law and how well it is known."""
    english, chinese = (run("--show-pack", "cn-special-funds", "--lang", one).output for one in ("en", "zh"))
    for told in (
        "cn-special-funds/1",
        "F03 Delayed passing-on",
        "pass-on-province (province)",
        "days = 30 calendar days",
        "late_days = 10 working days",
        "[law] Budget Law",
        "pass-on-direct (direct funds)",
    ):
        assert told in english
    for told in ("F03 下达滞后", "pass-on-province (省级)", "[法律法规]", "own_use = 0 ‰"):
        assert told in chinese


def test_rows_of_an_auditor_are_shown_with_what_narrows_them(tmp_path: Path) -> None:
    """From when on, and that they win."""
    file = own(tmp_path, days("county", 60, final=True, effective_on="2026-03-01"))
    assert "(county, from 2026-03-01 on, wins over policies and funds)" in run("--show-pack", file).output
    assert run("--show-pack", "nowhere.json").exit_code == 3
