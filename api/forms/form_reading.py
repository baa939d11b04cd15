# SPDX-License-Identifier: Apache-2.0
"""One pass over a filled file: its events, everything that is wrong with it, and what was passed over."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from api.forms.field_mapping import FieldMapping
from api.forms.filled_rows import FILE_BYTES_MAX, Filled, FilledRow, open_filled
from api.forms.header import HEADER_ROWS, Header, find_header, no_header, read_header
from api.forms.row_reading import read_row
from api.forms.titles import folded, row_words
from ledger.errors import FormatError, LimitError
from ledger.intake.cells import text_of
from ledger.intake.reading import ERRORS_KEPT
from ledger.intake.rows import EventAt, RowError
from ledger.kinds.form import Provenance

ROWS_MAX: Final = 100_000
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledFile:
    """A private copy of a file that somebody filled in: where it lies, what its author calls it, its SHA-256 in hex."""

    path: Path
    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a file is read: as which kind, which sheet, which columns are left out, how many rows at most, which titles."""

    kind: str
    sheet: str | None = None
    ignore: tuple[str, ...] = ()
    rows_max: int = ROWS_MAX
    mapping: FieldMapping | None = None


@dataclass(slots=True, kw_only=True)
class FormReading:
    """The reading of one file; take `events()` once, then look at the rest.

    Salts of personal fields come from `random_bytes`: whoever reads the file again commits to the same values otherwise.
    """

    asked: Asked
    file: FilledFile
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    header: Header | None = None
    filled: Filled | None = None
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    bad_rows: set[int] = field(default_factory=set)
    columns_good: bool = True
    """Whether the header row is as it must be."""
    rows: int = 0
    passed_over: list[int] = field(default_factory=list)
    """Rows that say they are a sum or an example."""

    def events(self) -> Iterator[EventAt]:
        """The event of each good row, in order; whatever is wrong is kept in `errors`.

        Raises:
            FormatError: the file as a whole is no form of this kind.
            LimitError: it is larger than a form may be.
        """
        with open_filled(self.file.path, name=self.file.name, sheet=self.asked.sheet) as filled:
            self.filled = filled
            head = list(islice(filled.rows, HEADER_ROWS))
            own = find_header(head, self.asked.kind, self.asked.mapping)
            if own is None:
                raise no_header(self.asked.kind, self.file.name)
            place = head.index(own)
            faults: list[tuple[str, str, FormatError]] = []
            self.header = read_header(
                own,
                head[:place],
                self.asked.kind,
                ignore=self.asked.ignore,
                mapping=self.asked.mapping,
                errors=faults,
            )
            for title, value, error in faults:
                self.note_fault(error, own.number, title, value)
            for rows in (head[place + 1 :], filled.rows):
                for row in rows:
                    yield from self._event(row, self.header, serials=filled.serials)

    def note(self, error: RowError) -> None:
        """`error` is counted, its row is bad unless it is the header, and it is kept while there is room."""
        self.error_count += 1
        if self.header is not None and error.row == self.header.row:
            self.columns_good = False
        else:
            self.bad_rows.add(error.row)
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append(error)

    def note_fault(self, error: FormatError, row: int, title: str, value: str) -> None:
        """As `note`, for what is wrong in the cell of `row` under `title`."""
        self.note(
            RowError(
                table=self.asked.kind,
                file=self.file.name,
                sheet=self.sheet,
                row=row,
                column=title,
                value=value[:200],
                rule=error.code,
                message_en=error.message_en,
                message_zh=error.message_zh,
                remedy_en=error.remedy_en,
                remedy_zh=error.remedy_zh,
            )
        )

    @property
    def sheet(self) -> str | None:
        """The sheet that is read; None for CSV."""
        return self.filled.sheet if self.filled is not None else None

    @property
    def good(self) -> int:
        """How many rows read without fault; none where the header row is not as it must be."""
        return self.rows - len(self.bad_rows) if self.columns_good else 0

    def _event(self, row: FilledRow, header: Header, *, serials: bool) -> Iterator[EventAt]:
        if _is_no_data(row):
            self.passed_over.append(row.number)
            return
        self.rows += 1
        if self.rows > self.asked.rows_max:
            raise _too_many(self.file.name, self.asked.rows_max)
        source = Provenance(file=self.file.digest, row=row.number, sheet=self.sheet)
        read, faults = read_row(
            row, header, self.asked.kind, source=source, serials=serials, random_bytes=self.random_bytes
        )
        for title, value, error in faults:
            self.note_fault(error, row.number, title, value)
        if read is not None and self.columns_good:
            yield read


def private_copy(source: BinaryIO, folder: Path, *, name: str) -> FilledFile:
    """A copy of `source` in `folder` that nobody writes to while it is read.

    Raises:
        LimitError: it is larger than a form may be.
    """
    digest, path, size = hashlib.sha256(), folder / "filled", 0
    with path.open("wb") as copy:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > FILE_BYTES_MAX:
                raise _too_long(name)
            digest.update(chunk)
            copy.write(chunk)
    return FilledFile(path=path, name=name, digest=digest.hexdigest())


def _is_no_data(row: FilledRow) -> bool:
    words = row_words()
    first = next((cell for cell in row.cells if cell is not None and cell != ""), None)
    if not isinstance(first, str):
        return False
    try:
        return folded(text_of(first)) in words.totals | words.examples
    except FormatError:
        return False


def _too_many(name: str, limit: int) -> LimitError:
    return LimitError(
        code="form.too-many-rows",
        place=name,
        message_en=f"it has more than {limit:,} rows",
        message_zh=f"超过 {limit:,} 行",
        remedy_en="Split the file.",
        remedy_zh="请拆分文件。",
    )


def _too_long(name: str) -> LimitError:
    return LimitError(
        code="form.too-large",
        place=name,
        message_en=f"the file is larger than {FILE_BYTES_MAX:,} bytes",
        message_zh=f"文件超过 {FILE_BYTES_MAX:,} 字节",
        remedy_en="Delete other sheets and pictures, or split the file.",
        remedy_zh="请删除其他工作表和图片，或拆分文件。",
    )
