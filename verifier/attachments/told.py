# SPDX-License-Identifier: Apache-2.0
"""The comparison of evidence files in words, and as a record for programs."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from verifier.attachments.check import EvidenceReport, FileTrouble, Trouble
from verifier.language import Language, Told, say

_TROUBLES: Final[dict[Trouble, Told]] = {
    "missing": Told(en="missing", zh="缺失"),
    "altered": Told(en="altered", zh="内容已改"),
    "wrong_size": Told(en="registered with another size", zh="登记的大小不符"),
    "used_twice": Told(en="used for several matters", zh="重复使用"),
}
_CLEAN: Final = Told(
    en="no evidence file is missing, altered or used twice", zh="附件无缺失、无改动、无重复使用"
)


def text_of(report: EvidenceReport, language: Language) -> Iterator[str]:
    """What a person reads: the counts, then file by file which events name it."""
    yield say(_counts(report), language)
    if report.is_clean:
        yield say(_CLEAN, language)
    for one in report.troubles:
        yield from _lines(one, language)
    untold = sum(report.counts.values()) - len(report.troubles)
    if untold:
        more = Told(en=f"… and {untold:,} more", zh=f"……另有 {untold:,} 项")
        yield say(more, language)


def record_of(report: EvidenceReport) -> dict[str, Any]:
    """What a program reads, under the one key ``evidence_files``."""
    return {"evidence_files": msgspec.to_builtins(report)}


def _counts(report: EvidenceReport) -> Told:
    return Told(
        en=f"evidence files: {report.named:,} named, {report.present:,} of them here; "
        f"{report.unnamed:,} here that no event names",
        zh=f"附件：账本列明 {report.named:,} 个，其中 {report.present:,} 个在此；"
        f"此处另有 {report.unnamed:,} 个未列明",
    )


def _lines(one: FileTrouble, language: Language) -> Iterator[str]:
    where = "" if one.path is None else f"  {one.path}"
    yield f"✗ {say(_TROUBLES[one.trouble], language)}  {one.hash}{where}"
    for named in one.named_in:
        yield f"    {named.event}" if named.subject is None else f"    {named.event}  ({named.subject})"
