# SPDX-License-Identifier: Apache-2.0
"""The evidence of every finding as a pack of its own, each of which verifies offline by `fundtrace verify PACK`."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from ledger.errors import InputError
from verifier.audit_report.files import make_folder
from verifier.audit_report.records import Report, Reported
from verifier.basis.findings import Finding
from verifier.evidence.pack import SUFFIX
from verifier.evidence.source_log import SourcePacks
from verifier.integrity.verdict import told_of
from verifier.integrity.walk import Progress
from verifier.new_file import new_file
from verifier.reading.sources import Source


def pack_findings(report: Report, source: Source, folder: Path, progress: Progress) -> Report:
    """`report` with a pack in `folder` for each of its findings; one that cannot be packed says why, and stops no other.

    Raises:
        EnvironmentFault: a file is there already, or cannot be read or written.
    """
    make_folder(folder)
    packs, count = SourcePacks(source), len(report.findings)
    made: list[Reported] = []
    for number, one in enumerate(report.findings, 1):
        made.append(_packed(one, folder, packs.of_finding))
        progress(number, count)
    return msgspec.structs.replace(report, findings=tuple(made))


def pack_name(finding: Finding) -> str:
    """The name of the file with the evidence of `finding`; the same finding has the same name in every audit."""
    return f"{finding.rule}-{finding.id}{SUFFIX}"


def _packed(one: Reported, folder: Path, pack_of: Callable[[Finding], bytes]) -> Reported:
    try:
        data = pack_of(one.finding)
    except InputError as error:
        return msgspec.structs.replace(one, unpacked=told_of(error))
    name = pack_name(one.finding)
    with new_file(folder / name) as draft:
        draft.write_bytes(data)
    return msgspec.structs.replace(one, pack=name)
