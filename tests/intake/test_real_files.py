# SPDX-License-Identifier: Apache-2.0
"""The real files: imported whole, read back from the ledger, and equal to the source to the cent.

The source side is read here by hand, with openpyxl and csv and without any part of the intake.
"""

from __future__ import annotations

import csv
import datetime
import gzip
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from api.commands.importing import order_of
from api.import_run import Choices, run
from ledger.instant import business_date
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Claim, Interest, Return, Use
from ledger.kinds.registry import Account, Fund, Party, Project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.intake.conftest import Imported

# One worker builds each ledger once.
pytestmark = pytest.mark.xdist_group("real-files")


def cents(value: object) -> int:
    """A cell in minor units; what is not reported counts nothing."""
    if value in {None, "N/R", "N/A", ""}:
        return 0
    return int(Decimal(str(value)) * 100)


def total(events: Iterable[Any], kind: Any, **wanted: object) -> int:  # noqa: ANN401 - any kind with an amount
    """Σ amount over the events of a kind with these field values."""
    return sum(
        one.amount
        for one in events
        if isinstance(one, kind) and all(getattr(one, name) == value for name, value in wanted.items())
    )


# --- Mexico ------------------------------------------------------------------------------------------------

LINE, PROGRAMME = "2.- PARTIDA", "1.- PROGRAMA PRESUPUESTARIO"


@pytest.fixture(scope="module")
def mexico_rows(mexico_folder: Path) -> list[tuple[int, dict[str, Any]]]:
    """Number and cells of every data row of the sheet; the header is on row 11."""
    book = openpyxl.load_workbook(mexico_folder / "execution.xlsx", read_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    rows = list(sheet.iter_rows(values_only=True))
    book.close()
    titles = [str(title) for title in rows[10]]
    return [(number, dict(zip(titles, row, strict=False))) for number, row in enumerate(rows[11:], start=12)]


def test_mexico_is_imported_whole(mexico: Imported, mexico_rows: list[tuple[int, dict[str, Any]]]) -> None:
    """Every row is a line, a total with interest and returns, not reported, or all zero; nothing else."""
    result, events = mexico.result, mexico.events
    assert result.good
    assert result.posted is not None
    (stage,) = result.reading.summary()["stages"]
    kinds = Counter(row["Tipo de Registro"] for _, row in mexico_rows)
    assert kinds == {LINE: 4_818, PROGRAMME: 632}
    assert stage["rows"] == sum(kinds.values()) == 5_450
    assert [one["rows"] for one in stage["skipped"]] == [37, 10]
    lines = {one.line for one in events if isinstance(one, Allocation)}
    assert len(lines) == 4_818 - 10
    assert stage["repeats_that_differ"] == {}


def test_mexico_totals_equal_the_source(
    mexico: Imported, mexico_rows: list[tuple[int, dict[str, Any]]]
) -> None:
    """Approved, modified, released, paid, interest, returned: ledger and sheet agree to the cent."""
    events = mexico.events

    def source(record: str, title: str) -> int:
        return sum(cents(row[title]) for _, row in mexico_rows if row["Tipo de Registro"] == record)

    approved = total(events, Allocation, action="issue", document="SHCP 1T 2016: Aprobado")
    raised = total(events, Allocation, document="SHCP 1T 2016: Modificado", direction="increase")
    opened = total(events, Allocation, action="issue", document="SHCP 1T 2016: Modificado")
    lowered = total(events, Allocation, direction="decrease")
    assert approved == source(LINE, "Aprobado") == 11_159_268_755_714
    assert approved + opened + raised - lowered == source(LINE, "Modificado") == 11_174_651_934_643
    assert total(events, Disbursement) == source(LINE, "Recaudado (Ministrado)") == 7_931_980_820_368
    assert total(events, Use) == source(LINE, "Pagado") == 7_147_438_028_969
    assert total(events, Interest) == source(PROGRAMME, "Rendimiento Financiero") == 67_025_435_110
    assert total(events, Return) == source(PROGRAMME, "Reintegro") == 32_737_743_766


def test_mexico_agrees_row_by_row(mexico: Imported, mexico_rows: list[tuple[int, dict[str, Any]]]) -> None:
    """Every amount stands under the row it came from, in the fund and year of that row."""
    rows = dict(mexico_rows)
    paid: dict[int, int] = {}
    for one in mexico.events:
        row = rows[one.provenance.row] if one.provenance is not None else {}
        if isinstance(one, Allocation) and one.action == "issue":
            fund = f"MX-{row['Clave Ramo']}-{row['Clave Programa']}-{row['Ciclo de Recurso']}"
            assert (one.fund, str(one.fiscal_year)) == (fund, row["Ciclo de Recurso"])
        if isinstance(one, Use):
            assert one.economic == row["Partida"][:3]
            assert one.provenance is not None
            paid[one.provenance.row] = one.amount
    wanted = {
        number: cents(row["Pagado"])
        for number, row in mexico_rows
        if row["Tipo de Registro"] == LINE and cents(row["Pagado"])
    }
    assert paid == wanted


def test_mexico_programme_totals_agree_with_their_lines(mexico: Imported) -> None:
    """All 525 reported programmes repeat the sums of their lines; 37 were not reported at all."""
    (compare,) = mexico.result.reading.summary()["stages"][0]["compares"]
    assert (compare["compared"], compare["differing"], compare["only_left"]) == (525, [], [])
    assert len(compare["only_right"]) == 37


def test_mexico_has_the_cast_of_the_source(mexico: Imported) -> None:
    """141 municipalities, and one account for each of them and fund year."""
    events = mexico.events
    parties = [one for one in events if isinstance(one, Party)]
    assert sum("finance" in one.roles and one.level != "centre" for one in parties) == 141
    funds = [one for one in events if isinstance(one, Fund)]
    assert {one.fiscal_year for one in funds} == set(range(2008, 2017))
    dedicated = [one.fund for one in events if isinstance(one, Account) if one.fund is not None]
    assert len(dedicated) == 525
    assert {one.occurred_on for one in events} == {datetime.date(2016, 3, 31)}


# --- Brazil ------------------------------------------------------------------------------------------------


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """All rows of a table."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_brazil_totals_equal_the_source(brazil: Imported, brazil_folder: Path) -> None:
    """Sent commitments, documents and the documents of sent orders: ledger and tables agree to the cent."""
    result, events = brazil.result, brazil.events
    assert result.good
    commitments = table(brazil_folder, "commitments.csv")
    documents = {row["id_dh"]: row for row in table(brazil_folder, "documents.csv")}
    orders = table(brazil_folder, "payment_orders.csv")
    sent = sum(cents(row["valor_empenho"]) for row in commitments if row["situacao_empenho"] == "4")
    assert total(events, Allocation) == sent == 22_086_541_620
    recognised = sum(cents(row["valor_dh"]) for row in documents.values())
    assert total(events, Claim, action="approve") == recognised == 22_086_541_620
    paid = sum(cents(documents[row["id_dh"]]["valor_dh"]) for row in orders)
    assert total(events, Disbursement) == paid == 22_086_541_620
    drafts = sum(cents(row["valor_empenho"]) for row in commitments if row["situacao_empenho"] == "1")
    (control, *_) = result.reading.summary()["stages"][0]["controls"]
    assert control["skipped"] == drafts == 11_643_881_733


def test_brazil_allocates_nothing_to_stopped_plans(brazil: Imported, brazil_folder: Path) -> None:
    """171 stopped plans are counted and leave no line, no project, no account."""
    result, events = brazil.result, brazil.events
    stopped = {
        row["id_plano_acao"]
        for row in table(brazil_folder, "plans.csv")
        if row["situacao_plano_acao"] != "CIENTE"
    }
    assert len(stopped) == 171
    assert [one["rows"] for one in result.reading.summary()["stages"][0]["skipped"]] == [171, 0]
    projects = {one.id.removeprefix("BR-PLAN-") for one in events if isinstance(one, Project)}
    assert len(projects) == 335
    assert not projects & stopped


def test_brazil_dates_are_those_of_the_source(brazil: Imported, brazil_folder: Path) -> None:
    """A payment happens on the day of its bank order, a claim on that of its document, an allocation on its commitment."""
    events = brazil.events
    orders = {
        row["numero_ordem_bancaria"]: row["data_emissao_ob"]
        for row in table(brazil_folder, "payment_orders.csv")
    }
    paid = {one.bank_ref: one.occurred_on.isoformat() for one in events if isinstance(one, Disbursement)}
    assert paid == orders
    documents = {
        row["numero_documento_habil"]: row["data_emissao_dh"] for row in table(brazil_folder, "documents.csv")
    }
    approved = {one.claim: one.occurred_on.isoformat() for one in events if isinstance(one, Claim)}
    assert approved == documents
    commitments = {
        row["numero_empenho"]: row["data_emissao_empenho"] for row in table(brazil_folder, "commitments.csv")
    }
    issued = {one.line: one.occurred_on.isoformat() for one in events if isinstance(one, Allocation)}
    assert issued == {number: day for number, day in commitments.items() if number}


def test_brazil_drafts_of_use_reports_are_no_use(brazil: Imported, brazil_folder: Path) -> None:
    """Three reports are published and report nothing used; the one that reports something is a draft."""
    reports = table(brazil_folder, "use_reports.csv")
    published = [row for row in reports if row["situacao_relatorio_gestao_novo"] == "DISPONIBILIZADO"]
    assert (len(reports), len(published)) == (6, 3)
    assert sum(cents(row["valor_executado_relatorio_gestao_novo"]) for row in published) == 0
    assert not [one for one in brazil.events if isinstance(one, Use)]
    (control,) = brazil.result.reading.summary()["stages"][3]["controls"]
    assert control["skipped"] == 69_070_717


def test_brazil_snapshot_lies_after_every_date(brazil: Imported) -> None:
    """Nothing in the ledger happened after it was recorded."""
    section = order_section("brazil-special-transfers", brazil)
    assert max(one.occurred_on for one in brazil.events) <= section


def order_section(name: str, done: Imported) -> datetime.date:
    """The day of the snapshot of a packaged mapping."""
    ledger = done.result.reading.mapping.ledger
    assert ledger is not None, name
    return business_date(ledger.at, ledger.time_zone)


def test_brazil_2024_measures_time_and_posts_nothing(brazil_folder: Path, tmp_path: Path) -> None:
    """Tables without amounts give no events and no ledger, only durations, equal to those counted by hand."""
    result = run(
        order_of("brazil-special-transfers-2024", brazil_folder, []), Choices(url=str(tmp_path / "none.db"))
    )
    assert (result.good, result.posted) == (True, None)
    assert list(tmp_path.iterdir()) == []
    orders, history = result.reading.summary()["stages"]
    days = Counter(
        str(
            (
                datetime.date.fromisoformat(row["data_emissao_ob"])
                - datetime.date.fromisoformat(row["data_emissao_op"])
            ).days
        )
        for row in table(brazil_folder, "payment_orders_2024.csv")
    )
    assert orders["measures"][0]["days"] == days
    assert days.total() == 6_888
    with gzip.open(
        brazil_folder / "payment_status_history_2024.csv.gz", "rt", encoding="utf-8", newline=""
    ) as file:
        states = Counter(row["historico_situacao_op"] for row in csv.DictReader(file))
    assert {row["key"][0]: row["rows"] for row in history["tallies"][0]["rows"]} == states
    assert history["rows"] == 30_596
