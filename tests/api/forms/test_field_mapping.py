# SPDX-License-Identifier: Apache-2.0
"""Tables with field names of the integrated budget system: what is taken, translated, left out and refused."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import pytest

from api.forms.field_mapping import KindMapping, read_codes
from api.forms.form import form_of
from ledger.errors import FormatError
from tests.api.forms.conftest import ROOT, issue, rules
from tests.worlds import COUNTY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.forms.conftest import Bureau

NAME = "cn-integrated-budget"
CODES = (
    "field,code,id\nfrom,220000000,jl-finance\nfrom,220122000,na-finance\nto,001001,na-finance\nto,301001,na-water\n"
    "from_account,0702001,A-NA-TREASURY\nto_account,6228480001,A-BUILDER\nmode,1,direct\nfund,Z155,F-WATER\n"
)
LINES = (
    "BGT_ID,ORI_BGT_ID,MOF_DIV_CODE,AGENCY_CODE,AMOUNT,FISCAL_YEAR,SPE_PRO_CODE,EXP_FUNC_CODE,COR_BGT_DOC_NO,"
    "DOC_DATE,DIS_AMT,CUR_AMT,IS_TRACK\n"
    "B1,,220000000,001001,100000.00,2026,Z155,2130305,吉财农〔2026〕1号,2026-03-01,0,0,1\n"
)
PAYMENTS = (
    "PAY_CERT_ID,BGT_ID,XPAY_DATE,PAY_ACCT_NO,PAY_ACCT_NAME,PAYEE_ACCT_NO,PAYEE_ACCT_NAME,XPAY_AMT,PAY_TYPE_CODE,"
    "DEP_BGT_ECO_CODE,USE_DES\n"
    "V1,B1,2026-03-02,0702001,农安县财政局,6228480001,某公司,60000.00,1,31006,工程款\n"
    "V2,B1,2026-03-03,0702001,农安县财政局,6228480001,某公司,40000.01,财政直接支付,31006,工程款\n"
)


def options(bureau: Bureau, codes: str = CODES) -> list[object]:
    """The options that name the mapping and the list of codes."""
    path = bureau.text(codes, name="codes.csv")
    return ["--mapping", NAME, "--codes", path]


def test_indicators_and_vouchers_are_posted(bureau: Bureau) -> None:
    """Issue, split and payment out of foreign tables; the ledger's own rules hold, told under the foreign names."""
    told = bureau.post(bureau.text(LINES, name="lines.csv"), *options(bureau))
    assert told["posted"]["events"] == 1
    assert told["columns"]["line"]["title"] == "BGT_ID"
    assert set(told["columns_not_taken"]) == {"DIS_AMT", "CUR_AMT", "IS_TRACK"}
    payments = bureau.text(PAYMENTS, name="payments.csv")
    told = bureau.post(payments, *options(bureau), "--dry-run", kind="disbursement", party=COUNTY, code=1)
    assert [(one["row"], one["column"], one["rule"]) for one in told["errors"]] == [
        (3, "XPAY_AMT", "line-exceeded")
    ]
    split = LINES.replace("B1,,220000000,001001,100000.00", "B2,B1,220122000,301001,5000")
    told = bureau.post(bureau.text(split, name="split.csv"), *options(bureau), party=COUNTY)
    assert told["posted"]["events"] == 1
    good = bureau.text(PAYMENTS.rpartition("V2")[0], name="good.csv")
    assert bureau.post(good, *options(bureau), kind="disbursement", party=COUNTY)["posted"]["events"] == 1
    bureau.size()


def test_codes_that_must_be_listed_are_refused(bureau: Bureau) -> None:
    """An account number never becomes an id; the remedy gives the row to add. Other codes stand for themselves."""
    short = CODES.replace("to_account,6228480001,A-BUILDER\n", "")
    payments = bureau.text(PAYMENTS.rpartition("V2")[0])
    told = bureau.post(
        payments, *options(bureau, short), "--dry-run", kind="disbursement", party=COUNTY, code=1
    )
    assert (2, "PAYEE_ACCT_NO", "code.unlisted") in rules(told)
    assert "to_account,6228480001,ID" in told["errors"][0]["remedy"]["en"]
    own = CODES.replace("fund,Z155,F-WATER\n", "")
    lines = bureau.text(LINES.replace("Z155", "F-WATER"))
    assert bureau.post(lines, *options(bureau, own), "--dry-run")["rows"]["good"] == 1


def test_names_that_are_not_known_and_deleted_rows_are_refused(bureau: Bureau) -> None:
    """A provincial field, and the mark of deleted rows, are never dropped unasked."""
    header, _, row = LINES.partition("\n")
    path = bureau.text(f"{header},IS_DELETED\n{row.strip()},0\n")
    told = bureau.post(path, *options(bureau), "--dry-run", code=1)
    assert rules(told) == [(1, "IS_DELETED", "form.unknown-column")]
    assert (
        bureau.post(path, *options(bureau), "--dry-run", "--ignore-column", "IS_DELETED")["rows"]["good"] == 1
    )


def test_another_list_of_codes_is_no_second_posting(bureau: Bureau) -> None:
    """The same rows read in another way are not posted beside what they were read as first."""
    path = bureau.text(LINES, name="lines.csv")
    bureau.post(path, *options(bureau))
    assert bureau.post(path, *options(bureau))["posted"]["replayed"] == 1
    size = bureau.size()
    assert "before with other content" in bureau.refused(path, *options(bureau, CODES + "line,B1,L-1\n"))
    assert bureau.size() == size


def test_a_form_of_the_programs_own_is_read_too(bureau: Bureau) -> None:
    """Under a mapping the titles of forms still mean what they mean."""
    path = bureau.sheet(issue("L-1", 付出方="220000000", 收到方="001001"))
    assert bureau.post(path, *options(bureau), "--dry-run")["rows"]["good"] == 1


def test_mappings_that_are_none_are_refused(bureau: Bureau) -> None:
    """By name, and by kind."""
    path = bureau.text(LINES)
    assert NAME in bureau.refused(path, "--mapping", "nope")
    assert "allocation" in bureau.refused(path, "--mapping", NAME, kind="use")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a,b,c\n", "row 1"),
        ("field,code,id\nfrom,1\n", "row 2"),
        ("field,code,id\nfrom,1,\n", "row 2"),
        ("field,code,id\nfrom,1,a\n\nfrom,1,b\n", "row 4"),
        ('field,code,id\nfrom,"1,a\n', "row 0"),
    ],
)
def test_lists_of_codes_are_strict(tmp_path: Path, text: str, place: str) -> None:
    """Three columns, one id to a code; the place is named, in both languages what to do."""
    path = tmp_path / "codes.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(FormatError, match=place) as caught:
        read_codes(path)
    assert caught.value.remedy_zh
    path.write_text("field,code,id\nfrom,1,a\n\nfrom,1,a\n", "utf-8")
    assert read_codes(path) == {("from", "1"): "a"}


@pytest.mark.parametrize("kind", ["allocation", "disbursement"])
def test_the_mapping_and_its_page_say_the_same(kind: str) -> None:
    """Every field goes to a column of the form; every name stands in the document."""
    text = (files("api.forms") / "mappings" / f"{NAME}.toml").read_text("utf-8")
    one = msgspec.convert(tomllib.loads(text)[kind], KindMapping)
    assert {*one.columns.values(), *one.listed, *one.given} <= {
        column.name for column in form_of(kind).columns
    }
    page = (ROOT / "docs" / "bureau" / "integrated-budget.md").read_text("utf-8")
    section = page.partition(f"## `{kind}`")[2].partition("\n## ")[0]
    bank = {"PAY_ACCT_NAME", "PAY_ACCT_BANK_NAME", "PAYEE_ACCT_NAME", "PAYEE_ACCT_BANK_NAME"}
    assert [name for name in {*one.columns, *one.untaken} - bank if f"`{name}`" not in section] == []
