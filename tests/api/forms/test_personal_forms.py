# SPDX-License-Identifier: Apache-2.0
"""A subsidy sheet with names, identity numbers and accounts: the ledger gets commitments, the store beside it the rest."""

from __future__ import annotations

import functools
import io
import itertools
import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from api.commands import form_posting
from api.forms import form_run
from api.forms.titles import columns_by_title
from ledger.client import LedgerClient
from ledger.commitments import commitment_of, parse_disclosure
from ledger.connection import Answer
from ledger.draft_file import format_draft, parse_draft
from ledger.entry import EventEntry, parse_entry
from ledger.errors import FormatError
from ledger.intake import batches
from ledger.kinds.fact import Use
from ledger.store.disclosures import disclosures_of
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from ledger.submission import parse_wire
from tests.command_line import CommandLine
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.ledgers import founded, opened, post_all
from tests.personal import disclosed
from tests.served import served
from tests.worlds import BANK, UNIT, UNIT_ACCOUNT, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.api.forms.conftest import Bureau

TITLES = ("日期", "付款账户", "金额", "姓名", "身份证号", "一卡通账号")
ZHANG = ("张小农", "220122194912310021", "6222020000000000000")
LI = ("李二妹", "220122196102030043", "6222020000000000018")
PERSONAL = {*ZHANG, *LI}


def subsidy(*person: object, amount: object = 120) -> list[object]:
    """A row: the township pays somebody."""
    return ["2026-03-01", UNIT_ACCOUNT, amount, *person]


def sheet(bureau: Bureau, *rows: list[object], name: str = "subsidy.xlsx") -> Path:
    """The sheet with these rows."""
    return bureau.sheet(*rows, titles=TITLES, name=name)


def sheet_bytes(bureau: Bureau) -> bytes:
    """The sheet of both persons."""
    return sheet(bureau, subsidy(*ZHANG), subsidy(*LI)).read_bytes()


def posted(url: str, since: int) -> list[tuple[Use, dict[str, str]]]:
    """Each payment from position `since` on, and what is kept beside it, by commitment; no entry shows a person."""
    found = []
    with opened(url) as engine, reading(engine) as connection:
        reader = LogReader(connection)
        head = reader.head()
        assert head is not None
        for seq in range(since, head.size):
            data = reader.entry(seq) or b""
            assert not any(one.encode() in data for one in PERSONAL)
            entry = parse_entry(data, place="entry")
            if isinstance(entry, EventEntry) and isinstance(entry.event, Use):
                found.append((entry.event, disclosures_of(connection, seq)))
    return found


def values(kept: dict[str, str]) -> dict[str, object]:
    """Names and values of what is kept, each under the commitment that it opens."""
    opened_fields = {commitment: parse_disclosure(text) for commitment, text in kept.items()}
    assert all(one.commitment == commitment for commitment, one in opened_fields.items())
    return {one.name: one.value for one in opened_fields.values()}


def test_one_command_posts_a_sheet_of_persons(bureau: Bureau) -> None:
    """Events hold commitments only, each opened beside the log; a row without a person commits to nothing."""
    url, before = str(bureau.folder / "ledger.db"), bureau.size()
    path = sheet(bureau, subsidy(*ZHANG), subsidy(*LI, amount=80), subsidy(None, "无", None, amount=7))
    told = bureau.post(path, kind="use", party=UNIT)
    assert told["posted"]["events"] == 3
    assert not any(one in json.dumps(told, ensure_ascii=False) for one in PERSONAL)
    (first, zhang), (second, li), (third, nobody) = posted(url, before)
    assert values(zhang) == dict(zip(("payee_name", "payee_id", "payee_account"), ZHANG, strict=True))
    assert values(li) == dict(zip(("payee_name", "payee_id", "payee_account"), LI, strict=True))
    assert (set(first.sd), set(second.sd), third.sd, nobody) == (set(zhang), set(li), (), {})
    again = bureau.post(path, kind="use", party=UNIT)
    assert (again["posted"]["replayed"], again["rows"]["posted_before"]) == (1, 3)
    assert posted(url, before) == [(first, zhang), (second, li), (third, nobody)]


def test_an_account_is_registered_without_its_number(bureau: Bureau) -> None:
    """The bureau's own title for the number is a personal column of an account, and one of a bank line is its account."""
    url, before = str(bureau.folder / "ledger.db"), bureau.size()
    titles = ("日期", "编号", "账户单位", "账户性质", "开户行", "账号", "户名")
    row: list[object] = ["2026-03-01", "A-NEW", UNIT, "unit_real", BANK, LI[2], "水利站"]
    told = bureau.post(bureau.sheet(row, titles=titles, name="account.xlsx"), kind="account", party=UNIT)
    assert (told["posted"] or told)["events"] == 1
    with opened(url) as engine, reading(engine) as connection:
        data = LogReader(connection).entry(before + 1) or b""
        assert values(disclosures_of(connection, before + 1)) == {"number": LI[2], "holder_name": "水利站"}
    assert LI[2].encode() not in data
    assert columns_by_title("movement")["账号"].name == "account"


def test_each_field_of_each_reading_has_a_salt_of_its_own(bureau: Bureau) -> None:
    """One person twice in a sheet: nobody can tell that the rows are of one."""
    before = bureau.size()
    bureau.post(sheet(bureau, subsidy(*ZHANG), subsidy(*ZHANG, amount=5)), kind="use", party=UNIT)
    first, second = (one for one, _ in posted(str(bureau.folder / "ledger.db"), before))
    assert len({*first.sd, *second.sd}) == 6


def test_a_bad_row_of_persons_shows_nobody(bureau: Bureau) -> None:
    """What is wrong is told by row and title, without what the cell holds; the same cells as text are good."""
    before = bureau.size()
    numbers, unseen = subsidy("张小农", 220122194912310000, None), subsidy("李\u200b二妹", None, None)
    bad = sheet(bureau, numbers, unseen, subsidy("李\u3164二妹", None, None), name="bad.xlsx")
    told = bureau.post(bad, "--dry-run", kind="use", party=UNIT, code=1)
    assert [(one["row"], one["column"], one["rule"], one["value"]) for one in told["errors"]] == [
        (2, "身份证号", "cell.digits-lost", ""), (3, "姓名", "cell.hidden-character", ""), (4, "姓名", "text-unseen", ""),
    ]  # fmt: skip
    assert not any(one in json.dumps(told, ensure_ascii=False) for one in ("2201221949", "二妹"))
    good = sheet(bureau, subsidy("张小农", "220122194912310000", None), subsidy("李二妹", None, None))
    assert bureau.post(good, "--dry-run", kind="use", party=UNIT)["rows"]["good"] == 2
    assert bureau.size() == before


def test_a_draft_shows_the_checker_what_it_commits_to(bureau: Bureau, line: CommandLine) -> None:
    """The file is for its owner alone; shown and signed, it delivers the fields with the submission."""
    url, before = str(bureau.folder / "ledger.db"), bureau.size()
    out = bureau.folder / "subsidy.draft"
    path = sheet(bureau, subsidy(*ZHANG), subsidy(*LI))
    assert bureau.post(path, "--draft", out, kind="use", party=UNIT)["draft"] == str(out)
    assert out.stat().st_mode & 0o077 == 0
    shown = line.done("sign", str(out))
    assert all(one in shown for one in PERSONAL)
    assert "Personal fields shown: 6, each checked" in shown
    signed = bureau.folder / "maker.draft"
    both = bureau.folder / "both.ndjson"
    for role, source, target in (("maker", out, signed), ("checker", signed, both)):
        key = str(bureau.folder / "ledger-keys" / f"{UNIT}-{role}.pem")
        line.done("sign", str(source), "--key", key, "--role", role, "--yes", "--out", str(target))
        assert target.stat().st_mode & 0o077 == 0
    assert len(parse_wire(both.read_bytes().strip()).disclosures) == 6
    log_key = str(bureau.folder / "ledger-keys" / "log.pem")
    for _ in range(2):
        line.done("post", str(both), "--db", url, "--log-key-file", log_key)
    kept = [values(one) for _, one in posted(url, before)]
    assert [one["payee_name"] for one in kept] == [ZHANG[0], LI[0]]


def test_what_an_interrupted_run_left_out_is_added(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that stand keep their commitments and what opens them; the others are committed to now."""
    url, before = str(bureau.folder / "ledger.db"), bureau.size()
    path = sheet(bureau, *(subsidy(f"户主{number}", None, None, amount=number) for number in range(1, 5)))
    in_twos = functools.partial(batches.submissions, size=2)
    monkeypatch.setattr(form_run, "submissions", lambda *given: itertools.islice(in_twos(*given), 1))
    assert bureau.post(path, kind="use", party=UNIT)["posted"]["events"] == 2
    first = posted(url, before)
    monkeypatch.setattr(form_run, "submissions", in_twos)
    told = bureau.post(path, kind="use", party=UNIT)
    assert (told["rows"]["posted_before"], told["posted"]["replayed"], told["posted"]["events"]) == (2, 1, 4)
    whole = posted(url, before)
    assert whole[:2] == first
    assert [values(kept)["payee_name"] for _, kept in whole] == [f"户主{number}" for number in range(1, 5)]


def test_a_broken_connection_delivers_once(bureau: Bureau, tmp_path: Path) -> None:
    """The answer was lost after everything was stored: the same bytes are sent again, and nothing is there twice."""
    world, url = make_world(), str(tmp_path / "served.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        before = sequencer.size
    sent: list[bytes] = []
    with served(url, world.log_signer) as site:

        def exchange(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
            answer = site.send(method, path, content=body, headers=dict(headers))
            if method == "POST":
                sent.append(body or b"")
                if len(sent) == 1:
                    raise ConnectionResetError
            return Answer(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

        origin = world.genesis.origin.partition("/")[0]
        client = LedgerClient(f"http://{origin}", exchange=exchange, pause=lambda _seconds: None)
        order = form_posting.order_of(
            sheet(bureau, subsidy(*ZHANG), subsidy(*LI)), kind="use", party=UNIT, sheet=None, ignore=None, url="",
            keys=bureau.folder / "ledger-keys", dry_run=False, valid_only=False, mapping=None, codes=None,
            annotate=None, rest=None,
        )  # fmt: skip
        result = form_posting.run_remotely(client, (), order)
    assert (len(sent), len(set(sent))) == (2, 1)
    assert result.posted is not None
    assert (result.posted.replayed, result.posted.entries) == (1, before + 3)
    assert [values(kept)["payee_name"] for _, kept in posted(url, before)] == [ZHANG[0], LI[0]]


def test_what_is_gathered_is_for_its_owner_alone(bureau: Bureau, line: CommandLine) -> None:
    """A submission of persons holds their fields; one of a sheet without persons holds none."""
    for name, person, private in (("one", ZHANG, True), ("none", (None, None, None), False)):
        draft, whole = bureau.folder / f"{name}.draft", bureau.folder / f"{name}.ndjson"
        path = sheet(bureau, subsidy(*person), name=f"{name}.xlsx")
        bureau.post(path, "--draft", draft, kind="use", party=UNIT)
        for role in ("maker", "checker"):
            key = str(bureau.folder / "ledger-keys" / f"{UNIT}-{role}.pem")
            line.done("sign", str(draft), "--key", key, "--role", role, "--yes")
        signatures = [str(one) for one in sorted(bureau.folder.glob(f"{name}.draft.*.sig.json"))]
        line.done("keys", "gather", str(draft), *signatures, "--out", str(whole))
        assert not private or whole.stat().st_mode & 0o077 == 0
        assert bool(parse_wire(whole.read_bytes().strip()).disclosures) is private


def test_a_draft_that_shows_another_person_is_not_shown_at_all(bureau: Bureau, line: CommandLine) -> None:
    """Its disclosure opens no commitment of what is signed. Without any disclosures it says that nothing was shown."""
    out = bureau.folder / "subsidy.draft"
    bureau.post(sheet(bureau, subsidy(*ZHANG)), "--draft", out, kind="use", party=UNIT)
    draft = parse_draft(out.read_bytes(), place="draft")
    name = next(one for one in draft.disclosures if parse_disclosure(one).name == "payee_name")
    forged = disclosed(payee_name="王五")[0].text
    others = sorted({*draft.disclosures, forged} - {name})
    wrong = out.read_bytes().replace(
        b'"disclosures":' + json.dumps(list(draft.disclosures), separators=(",", ":")).encode(),
        b'"disclosures":' + json.dumps(others, separators=(",", ":")).encode(),
    )
    assert wrong != out.read_bytes()
    with pytest.raises(FormatError) as raised:
        parse_draft(wrong, place="draft")
    assert raised.value.code == "disclosure-missing"
    bare = bureau.folder / "bare.draft"
    bare.write_bytes(format_draft(replace(draft, disclosures=())))
    shown = line.done("sign", str(bare))
    assert "Personal fields NOT shown: 3" in shown
    assert ZHANG[0] not in shown
    assert "NOT shown" not in line.done("sign", str(out))


def test_an_uploaded_sheet_becomes_a_draft_and_no_log_shows_it(
    bureau: Bureau, tmp_path: Path, written: io.StringIO
) -> None:
    """The server salts and commits; answer, log and public parts of the draft show nobody. Sent again, it is made once."""
    world, clock = make_world(), MovedClock()
    clock.move(days=90)
    url = str(tmp_path / "served.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    with served(url, world.log_signer, now=clock, addresses=ADDRESS) as site:
        maker = Visitor(site, world.seats[UNIT].keys["maker"]).sign_in()
        data = sheet_bytes(bureau)
        headers = {"origin": ADDRESS, "x_fundtrace_token": maker.token, "cookie": maker.cookie}
        answer = site.send("POST", "/v1/imports?kind=use", content=data, headers=headers)
        assert answer.status_code == 201, answer.text
        again = site.send("POST", "/v1/imports?kind=use", content=data, headers=headers)
        other = sheet(bureau, subsidy(*ZHANG)).read_bytes()
        assert (again.status_code, again.json()["draft"]) == (200, answer.json()["draft"])
        assert site.send("POST", "/v1/imports?kind=use", content=other, headers=headers).status_code == 201
        draft = maker.get(f"/v1/drafts/{answer.json()['draft']}")
        for text in (answer.text, draft.text, written.getvalue()):
            assert not any(one in text for one in PERSONAL)
        events = draft.json()["events"]
        assert [len(one["_sd"]) for one in events] == [3, 3]
        file = parse_draft(maker.get(f"/v1/drafts/{answer.json()['draft']}/file").content, place="draft")
        assert {commitment_of(one) for one in file.disclosures} == {
            one for row in events for one in row["_sd"]
        }


@pytest.fixture
def line() -> CommandLine:
    """The command line."""
    return CommandLine()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that this process writes to a log."""
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield sink
    root.removeHandler(handler)
    root.setLevel(before)
