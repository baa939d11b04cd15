# SPDX-License-Identifier: Apache-2.0
"""The options of `fundtrace audit` that ask for a report, and what they come to once the ledger is judged."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.disclosure_file import FILE, parse_lines
from ledger.errors import FormatError
from verifier.audit_report.compose import compose
from verifier.audit_report.files import Planned, planned, write_files
from verifier.audit_report.packing import pack_findings
from verifier.casework.steps import Casebook
from verifier.disclosures.check import opened
from verifier.judgement.audit import Audit, recorded_at
from verifier.judgement.difference_text import Compared
from verifier.language import Language, Told
from verifier.reading.sources import Source
from verifier.source_options import progress_bar

ReportOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--report",
        metavar="DIR|FILE",
        help="Write a report: .html, .pdf, .xlsx or .json, or a folder with all of them and the evidence; repeat for more.",
        show_default=False,
    ),
]
EvidenceOption = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        metavar="DIR",
        help="Write the evidence of each finding as a pack into this folder: fundtrace verify PACK needs no ledger.",
        show_default=False,
    ),
]
DisclosuresOption = Annotated[
    Path | None,
    typer.Option(
        "--disclosures",
        metavar="FILE",
        help=f"Open what cases hold as commitments; {FILE} in an export folder if absent.",
        show_default=False,
    ),
]

WRITTEN: Final = Told(zh="已写出：", en="Written: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The files to be written, the folder for packs of evidence, and the disclosures that open cases."""

    files: tuple[Planned, ...]
    packs: Path | None
    disclosures: Path | None

    def answer(
        self, audit: Audit, source: Source, language: Language, *, what_if: bool = False
    ) -> Iterator[Path]:
        """Write whatever was asked for, while the judgement of `audit` is open; the paths of files and of the folder.

        The report is by the rules of `audit`; with `what_if` what others would change is not told in it.

        Raises:
            EnvironmentFault: a file cannot be read or written.
            InputError: the disclosures are of another ledger or malformed.
        """
        if audit.judgement is None or not (self.files or self.packs):
            return
        if self.disclosures is not None:
            open_cases(audit.judgement.casebook, self.disclosures, audit.judgement.case.genesis_hash)
        recorded = recorded_at(source, audit.judgement.case.known_by)
        own = None
        if audit.beside is not None and not what_if:
            own = Compared(before=audit.beside, after=audit.judgement)
        report = compose(audit, source.checkpoint(), recorded, own)
        if self.packs is not None:
            with progress_bar("evidence") as progress:
                report = pack_findings(report, source, self.packs, progress)
            yield self.packs
        write_files(self.files, report, language, self.packs)
        yield from (one.path for one in self.files)


def asked_for(
    report: list[Path] | None, evidence: Path | None, disclosures: Path | None, source: str | None
) -> Asked:
    """What the options come to; disclosures that lie in the export folder `source` are found there.

    Packs go to `evidence`, else into the first folder that a report is written to, else nowhere.

    Raises:
        FormatError, EnvironmentFault: as `verifier.audit_report.files.planned`.
    """
    beside = None if source is None else Path(source) / FILE
    found = beside if beside is not None and beside.is_file() else None
    files = planned(report or ())
    inside = next((one.packs for one in files if one.packs is not None), None)
    return Asked(files=files, packs=evidence or inside, disclosures=disclosures or found)


def open_cases(book: Casebook, file: Path, genesis_hash: str) -> None:
    """The steps in `book` hold in clear what the disclosures in `file` open.

    Raises:
        EnvironmentFault: it cannot be read.
        FormatError: it is no file of disclosures, or of another ledger.
    """
    if not book.sealed:
        return
    with opened(file) as lines:
        head, disclosures = parse_lines(lines, place=file.name)
        if head.genesis != genesis_hash:
            raise FormatError(
                code="disclosures.other-ledger",
                place=file.name,
                message_en="the disclosures are of another ledger",
                message_zh="披露文件属于另一账本",
                remedy_en="Give the file that lies in the export of this ledger.",
                remedy_zh="请使用本账本导出文件夹中的披露文件。",
            )
        book.open((line.seq, line.disclosure) for line in disclosures)
