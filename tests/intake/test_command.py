# SPDX-License-Identifier: Apache-2.0
"""The command `import`: whole files or nothing, the ordinary way into a ledger, and a word about every refusal."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner, Result

from api import import_run, import_session
from api.commands import importing
from api.import_keys import default_folder
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import ToldError
from ledger.intake import batches
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.registry import Party
from tests.intake.ledgers import stored_entries, stored_events
from tests.intake.small import SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.genesis import Genesis
    from ledger.submission import Submission


LEDGER = """
[ledger]
origin = "ledger.example/history"
name = "历史账本"
name_en = "a historical ledger"
currency = "CNY"
time_zone = "Asia/Shanghai"
at = "2026-01-31T15:59:59.000Z"
[ledger.transcriber]
id = "transcriber"
name = "转录人"
name_en = "transcriber"
division = "000000"
"""

REGISTRY = """
[[stages.events]]
label = "province"
kind = "party"
once = "province"
[stages.events.set]
occurred_on = "{day}"
id = "province"
name = "省财政厅"
level = "province"
division = "220000"
roles = ["finance"]

[[stages.events]]
label = "fund"
kind = "fund"
once = "{fund}"
[stages.events.set]
occurred_on = "{day}"
id = "{fund}"
name = "{fund}"
purpose = "{fund}"
issuer = "province"
level = "province"
fiscal_year = 2026
"""

PAYMENT = """
[[stages.events]]
label = "account"
kind = "account"
once = "A-{party}"
[stages.events.set]
occurred_on = "{day}"
id = "A-{party}"
owner = "{party}"
class = "treasury_single"

[[stages.events]]
label = "pay"
kind = "disbursement"
when = [{ column = "paid", is = "positive" }]
[stages.events.set]
occurred_on = "{day}"
line = "L-{row}"
from_account = "A-{party}"
payee = "province"
amount = "{paid}"
mode = "direct"
"""

WHOLE = SMALL.replace("[[stages.events]]", f"{REGISTRY}[[stages.events]]", 1) + PAYMENT + LEDGER
"""A mapping that founds a ledger and pays from its lines."""

GOOD = 'County,Fund,Amount,Paid\n农安县,F1,"1,000.50",10\n德惠市,F2,200,300\n农安县,F2,N/R,\n'
"""The second row pays more than its line holds, which a historical ledger records."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a mapping and a table."""
    (tmp_path / "map.toml").write_text(WHOLE, "utf-8")
    (tmp_path / "lines.csv").write_text(GOOD, "utf-8")
    return tmp_path


def run(
    folder: Path, *arguments: str, file: str = "lines.csv", db: str = "l.db", url: str | None = None
) -> Result:
    """The command over the folder's mapping and table, into a SQLite file in it or the database at `url`."""
    app = typer.Typer()
    importing.register(app)
    spoken = [
        "--map",
        str(folder / "map.toml"),
        "--db",
        url or str(folder / db),
        *arguments,
        str(folder / file),
    ]
    return CliRunner().invoke(app, spoken, catch_exceptions=True)


def told(result: Result) -> ToldError:
    """The error with which the command could not complete."""
    assert isinstance(result.exception, ToldError), result.output
    return result.exception


def machine(result: Result) -> Any:  # noqa: ANN401 - plain data
    """What the command printed for machines."""
    return json.loads(result.stdout)


def genesis_of(folder: Path, db: str = "l.db") -> Genesis:
    """The genesis of the folder's ledger."""
    first = parse_entry(stored_entries(folder / db)[0], place="entry 0")
    assert isinstance(first, GenesisEntry)
    return first.genesis


def test_a_ledger_is_founded_and_filled(folder: Path) -> None:
    """The genesis says historical, replay, flag; the transcriber signs; over-limit payments are recorded."""
    result = run(folder, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "Posted 11 events in 1 submission," in result.stdout
    assert "l-keys" in result.stdout
    genesis = genesis_of(folder)
    assert (genesis.historical, genesis.clock, genesis.ceilings, genesis.demo) == (
        True,
        "replay",
        "flag",
        False,
    )
    assert (genesis.currency, genesis.created_at) == ("CNY", "2026-01-31T15:59:59.000Z")
    events = stored_events(folder / "l.db")
    assert [one.amount for one in events if isinstance(one, Disbursement)] == [1_000, 30_000]
    assert [one.amount for one in events if isinstance(one, Allocation)] == [100_050, 20_000]
    assert [one.name for one in events if isinstance(one, Party)] == [
        "转录人",
        "省财政厅",
        "农安县",
        "德惠市",
    ]
    assert {path.name for path in (folder / "l-keys").iterdir()} == {
        "admin-a.pem", "admin-b.pem", "log.pem", "transcriber-checker.pem", "transcriber-maker.pem",
    }  # fmt: skip
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "l-keys").iterdir())


def test_a_dry_run_leaves_nothing(folder: Path) -> None:
    """The same answer as the real run, and no ledger, no key, no file."""
    before = sorted(folder.iterdir())
    result = run(folder, "--dry-run", "--json")
    assert result.exit_code == 0
    assert sorted(folder.iterdir()) == before
    assert machine(result)["posted"] is None
    assert machine(result)["stages"][0]["controls"][0]["equal"] is True


def test_a_dry_run_into_a_ledger_leaves_it_alone(folder: Path) -> None:
    """Rehearsal against what stands there, without a trace."""
    assert run(folder).exit_code == 0
    entries = stored_entries(folder / "l.db")
    (folder / "more.csv").write_text("County,Fund,Amount,Paid\n九台区,F1,7,\n", "utf-8")
    # The registry is there already: a second file must not register the fund again under its first version.
    result = run(folder, "--dry-run", "--json", file="more.csv")
    assert result.exit_code == 1
    assert {error["rule"] for error in machine(result)["errors"]} == {"version", "id-duplicate"}
    assert stored_entries(folder / "l.db") == entries


def test_bad_rows_stop_everything(folder: Path) -> None:
    """All bad rows are told, in both languages for machines; nothing is written."""
    (folder / "lines.csv").write_text("County,Fund,Amount,Paid\na,F1,1.5.0,\n,F2,2,\nc,F3,3,x\n", "utf-8")
    before = sorted(folder.iterdir())
    result = run(folder, "--json", "--out", str(folder / "events.ndjson"))
    assert result.exit_code == 1
    assert [(one["row"], one["column"], one["value"]) for one in machine(result)["errors"]] == [
        (2, "Amount", "1.5.0"),
        (3, "County", ""),
        (4, "Paid", "x"),
    ]
    assert all(set(one["message"]) == set(one["remedy"]) == {"zh", "en"} for one in machine(result)["errors"])
    assert sorted(folder.iterdir()) == before
    shown = run(folder, "--lang", "zh").stdout
    assert "3 处错误" in shown
    assert "未写入任何内容" in shown


def test_what_the_ledger_refuses_is_an_error_of_its_row(folder: Path) -> None:
    """A reference that does not resolve is told with the row that makes it; nothing is written."""
    mapping = folder / "map.toml"
    mapping.write_text(WHOLE.replace('payee = "province"', 'payee = "P-{row}"'), "utf-8")
    result = run(folder, "--json")
    assert result.exit_code == 1
    assert [(one["file"], one["row"], one["column"], one["rule"]) for one in machine(result)["errors"]] == [
        ("lines.csv", 2, "payee", "party-unknown"),
        ("lines.csv", 3, "payee", "party-unknown"),
    ]
    assert not (folder / "l.db").exists()


def test_sums_that_differ_stop_everything(folder: Path) -> None:
    """A mapping that loses money is caught before anything is written."""
    mapping = folder / "map.toml"
    mapping.write_text(
        WHOLE.replace('{ column = "amount", is = "positive" }', '{ column = "fund", equals = "F1" }'), "utf-8"
    )
    text = "County,Fund,Amount,Paid\na,F1,1,\nb,F2,2,\n"
    (folder / "lines.csv").write_text(text, "utf-8")
    result = run(folder, "--lang", "en")
    assert result.exit_code == 1
    assert "≠" in result.stdout
    assert "Nothing was written" in result.stdout
    assert not (folder / "l.db").exists()


def test_the_same_import_is_known_again(folder: Path) -> None:
    """Repeated, it adds nothing: equal headers are replayed."""
    assert run(folder).exit_code == 0
    entries = stored_entries(folder / "l.db")
    result = run(folder, "--json")
    assert result.exit_code == 0
    assert machine(result)["posted"] == {
        "submissions": 1,
        "replayed": 1,
        "events": 11,
        "entries": len(entries),
    }
    assert stored_entries(folder / "l.db") == entries


def test_equal_keys_give_equal_bytes(folder: Path) -> None:
    """The clock of the machine takes no part: two ledgers under the same keys are one."""
    assert run(folder).exit_code == 0
    assert run(folder, "--keys", str(folder / "l-keys"), db="m.db").exit_code == 0
    assert stored_entries(folder / "l.db") == stored_entries(folder / "m.db")
    assert not (folder / "m-keys").exists()


def test_other_keys_cannot_post(folder: Path) -> None:
    """The keys of another ledger are refused, missing keys are named."""
    assert run(folder).exit_code == 0
    assert run(folder, db="m.db").exit_code == 0
    assert told(run(folder, "--keys", str(folder / "m-keys"))).place
    error = told(run(folder, "--keys", str(folder / "nowhere")))
    assert "nowhere" in error.place


def test_submissions_can_be_kept(folder: Path) -> None:
    """`--out` holds what was posted, one signed submission a line, in a new file only."""
    out = folder / "events.ndjson"
    assert run(folder, "--out", str(out)).exit_code == 0
    (line,) = out.read_bytes().splitlines()
    assert len(json.loads(line)["events"]) == 11
    assert "File exists" in told(run(folder, "--out", str(out), db="m.db")).message_en
    assert run(folder, "--out", str(folder / "x"), "--dry-run").exit_code != 0


def test_an_interrupted_import_is_completed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that were acknowledged stay; the same command adds the rest and nothing twice."""
    monkeypatch.setattr(import_session, "submissions", partial(batches.submissions, size=4))
    order = importing.order_of(str(folder / "map.toml"), folder / "lines.csv", [])
    sent: list[Submission] = []

    def sink(submission: Submission) -> None:
        if len(sent) == 2:
            raise OSError(28, "No space left on device")
        sent.append(submission)

    with pytest.raises(OSError, match="No space"):
        import_run.run(order, import_run.Choices(url=str(folder / "l.db"), sink=sink))
    before = stored_entries(folder / "l.db")
    result = import_run.run(order, import_run.Choices(url=str(folder / "l.db")))
    assert result.posted is not None
    assert (result.posted.submissions, result.posted.replayed, result.posted.events) == (3, 2, 11)
    assert stored_entries(folder / "l.db")[: len(before)] == before
    assert len(stored_events(folder / "l.db")) == 3 + 11  # the transcriber and its two keys, then the rows


@pytest.mark.postgres
def test_a_postgresql_ledger_is_founded_and_filled(folder: Path, postgres_url: str) -> None:
    """The same import into a database server, under the same keys: the same answer twice."""
    arguments = ("--json", "--keys-out", str(folder / "keys"))
    first = machine(run(folder, *arguments, url=postgres_url))
    assert first["posted"] == {"submissions": 1, "replayed": 0, "events": 11, "entries": 18}
    again = machine(run(folder, "--json", "--keys", str(folder / "keys"), url=postgres_url))
    assert again["posted"] == {**first["posted"], "replayed": 1}
    assert again["genesis"] == first["genesis"]


def test_another_currency_is_refused(folder: Path) -> None:
    """Amounts of two currencies never share a ledger."""
    assert run(folder).exit_code == 0
    mapping = folder / "map.toml"
    mapping.write_text(WHOLE.replace('currency = "CNY"', 'currency = "MXN"'), "utf-8")
    assert told(run(folder)).code == "import.currency"


def test_a_mapping_without_ledger_cannot_found_one(folder: Path) -> None:
    """Who posts, and what is founded, must be said."""
    (folder / "map.toml").write_text(WHOLE.replace(LEDGER, ""), "utf-8")
    assert told(run(folder)).code == "import.no-ledger-section"


def test_mappings_are_found_by_name_or_path(folder: Path) -> None:
    """The packaged ones by name; a path that is not there is named."""
    assert importing.mapping_bytes("mexico-puebla-2016q1").startswith(b"#")
    with pytest.raises(ToldError, match="nowhere"):
        importing.mapping_bytes(str(folder / "nowhere.toml"))
    with pytest.raises(ToldError, match="no-such-mapping"):
        importing.mapping_bytes("no-such-mapping")


def test_tables_are_named_on_the_command_line(folder: Path) -> None:
    """`--table` gives the file of a table by the name it has in the mapping."""
    (folder / "other.csv").write_text(GOOD, "utf-8")
    (folder / "lines.csv").unlink()
    assert told(run(folder)).code == "table.unreadable"
    result = run(folder, "--dry-run", "--json", "--table", f"lines={folder / 'other.csv'}", file=".")
    assert result.exit_code == 0
    assert machine(result)["files"][0]["file"] == "other.csv"
    assert run(folder, "--table", "rows=x", file="other.csv").exit_code == 2


def test_keys_can_be_encrypted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a passphrase file the key files are encrypted, and useless without it."""
    (folder / "secret").write_text("open sesame\n", "utf-8")
    monkeypatch.setenv("FUNDTRACE_KEY_PASSPHRASE_FILE", str(folder / "secret"))
    assert run(folder).exit_code == 0
    assert b"ENCRYPTED" in (folder / "l-keys" / "log.pem").read_bytes()
    assert run(folder).exit_code == 0
    monkeypatch.delenv("FUNDTRACE_KEY_PASSPHRASE_FILE")
    assert told(run(folder)).code == "key.bad-file"


@pytest.mark.parametrize(
    ("url", "place"),
    [("a/mx.db", "a/mx-keys"), ("sqlite:///a/mx.db", "a/mx-keys"), ("postgresql://u@h/db", "fundtrace-keys")],
)
def test_keys_lie_beside_the_database(url: str, place: str) -> None:
    """A folder named after a SQLite file; one in the current folder for a server."""
    assert default_folder(url).as_posix() == place
