# SPDX-License-Identifier: Apache-2.0
"""Forms over HTTP: templates for everybody; files filled in, for people who are signed in, judged or made into a draft."""

import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.bodies import whole_body
from api.drafts.draft_desk import DraftDesk
from api.forms.form import form_of
from api.forms.form_reading import Asked, private_copy
from api.forms.form_run import Poster, Result, good_events, judge, prefix_of, rows_before
from api.forms.marked_book import annotate
from api.forms.template import csv_template, file_name
from api.forms.template_book import xlsx_template
from api.forms.told import plain
from api.problems import language_of, problem, refusal
from api.routers.sessions import Writer
from api.served_ledger import ServedLedger
from api.sessions.front_desk import Present
from ledger.errors import InputError, MissingError
from ledger.instant import format_instant
from ledger.intake.batches import submission_id
from ledger.outcome import Refused
from verifier.language import counted

IMPORT_BYTES_MAX: Final = 16 * 1024 * 1024
IMPORT_ROWS_MAX: Final = 10_000
"""As many events as a draft may have."""

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
_UNCACHED: Final = {"Cache-Control": "no-store"}
_FILE: Final[dict[int | str, Any]] = {200: {"content": {CSV: {}, XLSX: {}}, "description": "The file"}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is: a workbook (.xlsx), or CSV in UTF-8 or GB 18030.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

Kind = Annotated[str, Query(max_length=40, description="what the rows are, such as `allocation`")]
FileName = Annotated[str, Query(max_length=255, description="what the author calls the file, for the errors")]


class ImportAnswer(BaseModel):
    """What became of a file: every error with its cell, how its columns were read, and the draft that was made."""

    dry_run: bool
    kind: str
    file: dict[str, Any]
    other_sheets: list[str]
    columns: dict[str, Any]
    columns_not_taken: list[str]
    rows: dict[str, Any]
    errors: list[dict[str, Any]]
    error_count: int
    posted: None
    draft: Annotated[str | None, Field(description="id of the draft that now waits for its signatures")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file, and how it is to be read."""

    asked: Asked
    name: str
    data: bytes


class Choice:
    """What is to become of an uploaded file."""

    def __init__(
        self,
        *,
        dry_run: Annotated[bool, Query(description="only say what would be refused")] = False,
        valid_only: Annotated[bool, Query(description="draft the good rows though others are bad")] = False,
        answer: Annotated[
            Literal["json", "xlsx", "csv"],
            Query(description="with `dry_run`: errors as JSON, or the file with its bad cells marked"),
        ] = "json",
    ) -> None:
        """As the query of the request says."""
        self.dry_run = dry_run
        self.valid_only = valid_only
        self.answer = answer


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(tags=["forms"])

    @routes.get("/v1/templates/{name}", operation_id="getTemplate", response_class=Response, responses=_FILE)
    def template(
        request: Request,
        name: Annotated[
            str, PathParameter(pattern=r"^[a-z_]{1,32}\.(xlsx|csv)$", description="kind and ending")
        ],
    ) -> Response:
        """A spreadsheet to fill in, for one kind of event."""
        kind, _, suffix = name.partition(".")
        language = language_of(request)
        try:
            form_of(kind)
        except InputError as error:
            raise _no_template(error) from error
        data = csv_template(kind, language) if suffix == "csv" else xlsx_template(kind, language)
        return _file(data, file_name(kind, language, suffix), suffix)

    _add_import(routes)
    return routes


def _add_import(routes: APIRouter) -> None:
    @routes.post(
        "/v1/imports", operation_id="importForm", response_model=ImportAnswer, openapi_extra=_BODY,
        responses={201: {"model": ImportAnswer, "description": "A draft was made"}},
    )  # fmt: skip
    def import_form(
        request: Request,
        upload: Annotated[Upload, Depends(_read)],
        choice: Annotated[Choice, Depends()],
        present: Writer,
    ) -> Response:
        """Judge a filled form by the rules of the ledger; without `dry_run`, prepare a draft of its rows.

        Nothing is posted here: a draft waits for its signatures. With any bad row no draft is made, unless `valid_only`.
        """
        ledger: ServedLedger = request.app.state.ledger
        sequencer = ledger.posting()
        with tempfile.TemporaryDirectory(prefix="fundtrace-form-") as folder:
            file = private_copy(BytesIO(upload.data), Path(folder), name=upload.name)
            now = format_instant(request.app.state.front_desk.now())
            poster = Poster(
                party=present.party,
                signed_at=now,
                before=lambda found: rows_before(ledger.engine, present.party, prefix_of(found)),
            )
            result = judge(sequencer, upload.asked, file, poster, lambda _done, _whole: None)
            if not choice.dry_run:
                return _drafted(request, present, result, valid_only=choice.valid_only)
            if choice.answer != "json":
                return _marked(result, Path(folder) / f"marked.{choice.answer}", choice.answer)
            return _told(result, dry_run=True, draft=None)


async def _read(
    request: Request,
    present: Writer,  # noqa: ARG001 - asked for before the body
    kind: Kind,
    *,
    name: FileName = "form",
    sheet: Annotated[str | None, Query(max_length=128, description="another sheet than the first")] = None,
    ignore: Annotated[
        list[str] | None, Query(max_length=50, description="titles of columns to leave out")
    ] = None,
) -> Upload:
    data = await whole_body(request, IMPORT_BYTES_MAX)
    form_of(kind)
    asked = Asked(kind=kind, sheet=sheet, ignore=tuple(ignore or ()), rows_max=IMPORT_ROWS_MAX)
    return Upload(asked=asked, name=name, data=data)


def _drafted(request: Request, present: Present, result: Result, *, valid_only: bool) -> Response:
    """A draft of the good rows, unless the file came in before or has bad rows."""
    if result.before:
        return _stands(request, result)
    if not result.draftable(valid_only=valid_only):
        return _bad_rows(request, result)
    desk: DraftDesk = request.app.state.draft_desk
    called = submission_id(prefix_of(result.reading), 1)
    found = list(good_events(result))
    made = desk.prepare(
        present,
        [one.event for one in found],
        identifier=called,
        disclosures=[text for one in found for text in one.disclosures],
    )
    if isinstance(made, Refused):
        return refusal(request, made.problems)
    return _told(result, dry_run=False, draft=made.whole.draft.id, again=made.again)


def _told(result: Result, *, dry_run: bool, draft: str | None, again: bool = False) -> JSONResponse:
    told = {**plain(result, dry_run=dry_run), "draft": draft}
    headers = _UNCACHED if draft is None else {**_UNCACHED, "Location": f"/v1/drafts/{draft}"}
    return JSONResponse(told, status_code=200 if draft is None or again else 201, headers=headers)


def _marked(result: Result, out: Path, suffix: str) -> Response:
    annotate(result.reading, out)
    return _file(out.read_bytes(), f"marked.{suffix}", suffix)


def _file(data: bytes, name: str, suffix: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {**_UNCACHED, "Content-Disposition": disposition, "Vary": "Accept-Language"}
    return Response(data, media_type=CSV if suffix == "csv" else XLSX, headers=headers)


def _bad_rows(request: Request, result: Result) -> Response:
    bad, first = len(result.reading.bad_rows), next(iter(result.reading.errors), None)
    return problem(
        request,
        status=422,
        code="form.bad-rows",
        place="file" if first is None else f"row {first.row}, {first.column}",
        zh=(
            f"{bad} 行有误，{result.good} 行可登记；未制作草稿",
            "请加 dry_run=true 查看全部错误，更正后重新上传",
        ),
        en=(
            f"{counted(bad, 'bad row')}, {result.good} good; no draft was made",
            "Ask with dry_run=true for every error, mend the file, and send it again.",
        ),
    )


def _stands(request: Request, result: Result) -> Response:
    return problem(
        request,
        status=409,
        code="form.stands",
        place="file",
        zh=(f"该文件有 {result.before} 行此前已入账", "请勿重复登记；新增的行请另存为新文件"),
        en=(
            f"{counted(result.before, 'row')} of this file stood in the ledger before",
            "Do not post them again; put further rows into a file of their own.",
        ),
    )


def _no_template(error: InputError) -> MissingError:
    return MissingError(
        code=error.code,
        place=error.place,
        message_en=error.message_en,
        message_zh=error.message_zh,
        remedy_en=error.remedy_en,
        remedy_zh=error.remedy_zh,
    )
