# SPDX-License-Identifier: Apache-2.0
"""Forms over HTTP: templates for everybody; uploads judged, marked, or made into drafts, for whoever is signed in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from openpyxl import Workbook, load_workbook

from api.forms import form_reading
from api.forms.form import form_kinds
from api.routers import forms
from tests.api.forms.conftest import TITLES, issue
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.worlds import PROVINCE, World

if TYPE_CHECKING:
    import httpx

    from tests.served import Site


def workbook(*rows: list[object]) -> bytes:
    """A workbook with these rows under the titles."""
    book = Workbook()
    sheet: Any = book.active
    for row in (list(TITLES), *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(visitor: Visitor, data: bytes, **query: str) -> httpx.Response:
    """The answer to an upload from a page of the server."""
    headers = {"origin": ADDRESS, "x_fundtrace_token": visitor.token, "cookie": visitor.cookie}
    asked = urlencode({"kind": "allocation", **query})
    return visitor.site.send("POST", f"/v1/imports?{asked}", content=data, headers=headers)


@pytest.fixture
def clock() -> MovedClock:
    """Later than the days in the forms."""
    made = MovedClock()
    made.move(days=90)
    return made


@pytest.fixture
def maker(counter: Site, world: World) -> Visitor:
    """The maker of the province, signed in."""
    return Visitor(counter, world.seats[PROVINCE].keys["maker"]).sign_in()


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_templates_are_for_everybody(counter: Site, suffix: str) -> None:
    """The file itself, in the language asked for; kinds without a form are not found."""
    answer = counter.get(f"/v1/templates/allocation.{suffix}?lang=zh")
    assert answer.status_code == 200
    assert "allocation" in answer.headers["content-disposition"]
    if suffix == "xlsx":
        assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["指标", "说明", "选项"]
    else:
        assert answer.content.startswith("\ufeff序号".encode())
    assert counter.get(f"/v1/templates/policy.{suffix}").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_portal_links_every_template(counter: Site, language: str) -> None:
    """Each link on the page leads to its file."""
    counter.catch_up(judge=True)
    found = counter.get(f"/about?lang={language}").text
    for kind in form_kinds():
        assert f"/v1/templates/{kind}.csv?lang={language}" in found
    assert counter.get(f"/v1/templates/{form_kinds()[-1]}.csv?lang={language}").status_code == 200


def test_a_trial_tells_every_error_and_stores_nothing(maker: Visitor) -> None:
    """The same errors as on the console, in both languages; nothing is drafted."""
    answer = send(maker, workbook(issue("L-1"), issue("L 2"), issue("L-1")), dry_run="true", name="指标.xlsx")
    assert answer.status_code == 200
    told = answer.json()
    assert [(one["file"], one["row"], one["rule"]) for one in told["errors"]] == [
        ("指标.xlsx", 3, "cell.form"),
        ("指标.xlsx", 4, "id-duplicate"),
    ]
    assert (told["dry_run"], told["draft"], told["rows"]["good"]) == (True, None, 1)
    assert maker.get("/v1/drafts").json()["drafts"] == []


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_marked_file_comes_back(maker: Visitor, suffix: str) -> None:
    """As an attachment, with the bad cell marked."""
    answer = send(maker, workbook(issue("L 2")), dry_run="true", answer=suffix)
    assert answer.status_code == 200
    if suffix == "xlsx":
        assert load_workbook(io.BytesIO(answer.content)).worksheets[0]["C2"].comment is not None
    else:
        assert "编号" in answer.content.decode("utf-8-sig")


def test_a_good_form_becomes_a_draft(maker: Visitor) -> None:
    """It has the rows in their order, each with the place it was read from, and waits for its signatures."""
    answer = send(maker, workbook(issue("L-1", "2万元"), issue("L-2")))
    assert answer.status_code == 201, answer.text
    draft = maker.get(f"/v1/drafts/{answer.json()['draft']}").json()
    assert [(one["line"], one["amount"], one["provenance"]["row"]) for one in draft["events"]] == [
        ("L-1", 2_000_000, 2),
        ("L-2", 100_000, 3),
    ]
    assert draft["header"]["id"].startswith("allocation-")
    assert draft["state"] == "open"


def test_bad_rows_make_no_draft_unless_they_may_stay_out(maker: Visitor) -> None:
    """The problem names the first place; with valid_only the good rows are drafted."""
    data = workbook(issue("L-1"), issue("L 2"))
    answer = send(maker, data)
    assert answer.status_code == 422
    assert answer.json()["code"] == "form.bad-rows"
    assert "row 3" in answer.json()["place"]
    answer = send(maker, data, valid_only="true")
    assert answer.status_code == 201
    assert answer.json()["rows"]["bad"] == [3]


def test_strangers_are_turned_away(counter: Site, maker: Visitor) -> None:
    """Without a session nothing is read; with one, the page's token is asked for."""
    assert (
        counter.send("POST", "/v1/imports?kind=allocation", content=workbook(issue("L-1"))).status_code == 401
    )
    other = Visitor(counter, maker.signer, cookie=maker.cookie, token="wrong")
    assert send(other, workbook(issue("L-1"))).status_code == 403


def test_files_of_others_are_judged_as_theirs(counter: Site, world: World) -> None:
    """Rows are acts of the party that is signed in."""
    county = Visitor(counter, world.seats["na-finance"].keys["maker"]).sign_in()
    told = send(county, workbook(issue("L-1")), dry_run="true").json()
    assert [one["rule"] for one in told["errors"]] == ["actor"]


def test_what_is_too_large_or_no_form_is_a_problem(maker: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size, rows, content and kind: RFC 9457 with place and remedy in both languages."""
    good = workbook(issue("L-1"), issue("L-2"))
    for data, query, status, code in (
        (b"hello", {}, 400, "form.no-header"),
        (b"PK\x03\x04 nothing", {}, 400, "form.workbook"),
        (good, {"kind": "policy"}, 400, "form.no-kind"),
        (good, {"sheet": "nope"}, 400, "form.workbook"),
    ):
        answer = send(maker, data, **query)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (status, code), told
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert all(told["languages"][language]["remedy"] for language in ("zh", "en"))
    monkeypatch.setattr(forms, "IMPORT_ROWS_MAX", 1)
    assert send(maker, good).json()["code"] == "form.too-many-rows"
    monkeypatch.setattr(forms, "IMPORT_BYTES_MAX", len(good) - 1)
    assert send(maker, good).status_code == 413
    monkeypatch.setattr(form_reading, "FILE_BYTES_MAX", 10)
    monkeypatch.setattr(forms, "IMPORT_BYTES_MAX", len(good))
    assert send(maker, good).status_code == 413
