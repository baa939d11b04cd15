# SPDX-License-Identifier: Apache-2.0
"""I9: each commitment is opened by a disclosure, or an erasure says that nobody can open it any more (spec §10.6).

Log and file are read side by side, in the order of the log; what stays open waits in a workspace until the end, since an
erasure may come late.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from ledger.commitments import Disclosure, commitment_of, parse_disclosure
from ledger.disclosure_file import LINE_BYTES_MAX, DisclosureHead, DisclosureLine, parse_lines
from ledger.disclosures import field_problems
from ledger.errors import EnvironmentFault, InputError
from ledger.kinds.control import Erasure
from verifier.integrity.verdict import Check, Checklist, Verdict, told_of
from verifier.language import Told
from verifier.posted import PostedEvent
from verifier.reading.posted_events import posted_events
from verifier.reading.sources import Source
from verifier.workspace import Workspace

_TABLES: Final = (
    "CREATE TABLE committed (seq INTEGER, event TEXT, commitment TEXT, shown INTEGER)",
    "CREATE TABLE erased (event TEXT, commitment TEXT, PRIMARY KEY (event, commitment)) WITHOUT ROWID",
)
_IS_ERASED: Final = "EXISTS (SELECT 1 FROM erased e WHERE e.event = c.event AND e.commitment = c.commitment)"
_LOST: Final = f"SELECT min(seq) FROM committed c WHERE NOT shown AND NOT {_IS_ERASED}"  # noqa: S608 - our own text
_KEPT: Final = f"SELECT min(seq) FROM committed c WHERE shown AND {_IS_ERASED}"  # noqa: S608 - our own text


class DisclosureCheck:
    """Take every event in log order, then ask for the `outcome` once."""

    def __init__(self, workspace: Workspace, head: DisclosureHead, lines: Iterator[DisclosureLine]) -> None:
        """Nothing taken yet; the tables are made in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._committed = workspace.batch("INSERT INTO committed VALUES (?, ?, ?, ?)")
        self._erased = workspace.batch("INSERT OR IGNORE INTO erased VALUES (?, ?)")
        self._size = head.size
        self._lines = lines
        self._next = next(lines, None)
        self._checklist = Checklist()
        self._beyond = 0

    def take(self, posted: PostedEvent) -> None:
        """Hold the disclosures of `posted` to its commitments."""
        event = posted.event
        if isinstance(event, Erasure):
            for commitment in event.commitments:
                self._erased.add(event.event, commitment)
        if posted.seq >= self._size:
            self._beyond += len(event.sd)
            return
        shown = {commitment_of(text): text for text in self._texts_of(posted.seq)}
        for commitment in event.sd:
            self._committed.add(posted.seq, posted.name, commitment, int(commitment in shown))
        for commitment, text in shown.items():
            self._open(posted, commitment, text)

    def outcome(self) -> Check:
        """I9 over everything that was taken."""
        if self._next is not None:
            self._stray(self._next.seq)
        self._workspace.flush()
        lost, kept = (self._workspace.look_up(_position, sql) for sql in (_LOST, _KEPT))
        if lost is not None:
            self._broke(
                lost,
                "a commitment has neither disclosure nor erasure",
                "有承诺值既无披露内容也无脱敏删除登记",
            )
        if kept is not None:
            self._broke(kept, "what was erased is still disclosed", "已登记脱敏删除的内容仍被披露")
        if self._beyond:
            told = Told(
                en=f"the file ends before entry {self._size}; {self._beyond:,} later commitments were not opened",
                zh=f"披露文件止于第 {self._size} 条之前；其后 {self._beyond:,} 个承诺值未经核对",
            )
            self._checklist.halt("I9", self._size, told)
        return next(check for check in self._checklist.outcomes() if check.number == "I9")

    def _texts_of(self, seq: int) -> Iterator[str]:
        while self._next is not None and self._next.seq <= seq:
            if self._next.seq == seq:
                yield self._next.disclosure
            else:
                self._stray(self._next.seq)
            self._next = next(self._lines, None)

    def _open(self, posted: PostedEvent, commitment: str, text: str) -> None:
        if commitment not in posted.event.sd:
            self._stray(posted.seq)
            return
        try:
            disclosure = parse_disclosure(text, place=f"entry {posted.seq}")
        except InputError as error:
            self._checklist.broke("I9", posted.seq, told_of(error))
            return
        self._check_field(posted, disclosure)

    def _check_field(self, posted: PostedEvent, disclosure: Disclosure) -> None:
        for problem in field_problems(posted.event, disclosure):
            told = Told(en=problem.message_en, zh=problem.message_zh)
            if problem.code == "disclosure-name":  # a later version of the kind may well have it
                self._checklist.halt("I9", posted.seq, told)
            else:
                self._checklist.broke("I9", posted.seq, told)

    def _stray(self, seq: int) -> None:
        self._broke(
            seq, "a disclosure opens no commitment of this entry", "有披露内容不对应该条目的任何承诺值"
        )

    def _broke(self, seq: int, en: str, zh: str) -> None:
        self._checklist.broke("I9", seq, Told(en=en, zh=zh))


def check_disclosures(source: Source, verdict: Verdict, file: Path) -> Verdict:
    """`verdict` on `source`, with I9 judged by the disclosures in `file`.

    Raises:
        InputError: an entry is missing or malformed.
        EnvironmentFault: the file, the disk or the network failed.
    """
    with Workspace() as workspace, opened(file) as lines:
        try:
            head, disclosures = parse_lines(lines, place=file.name)
            found = _judged(source, verdict, DisclosureCheck(workspace, head, disclosures), head)
        except InputError as error:
            found = Check(number="I9", state="broken", reason=told_of(error))
    return replace(verdict, checks=tuple(found if one.number == "I9" else one for one in verdict.checks))


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Iterator[bytes]]:
    """The lines of `file`, none of them read beyond the limit.

    Raises:
        EnvironmentFault: it cannot be read.
    """
    try:
        with file.open("rb") as lines:
            yield iter(lambda: lines.readline(LINE_BYTES_MAX + 1), b"")
    except OSError as error:
        raise EnvironmentFault(
            code="disclosures.unreadable",
            place=str(file),
            message_en=f"the disclosures cannot be read: {error.strerror or error}",
            message_zh=f"无法读取披露文件：{error.strerror or error}",
            remedy_en="Check the name and the permissions of the file, then verify again.",
            remedy_zh="请检查文件名称和权限后重新验证。",
        ) from error


def _position(seq: int | None) -> int | None:
    return seq


def _judged(source: Source, verdict: Verdict, check: DisclosureCheck, head: DisclosureHead) -> Check:
    if head.genesis != verdict.genesis:
        told = Told(en="the disclosures are of another ledger", zh="披露文件属于另一账本")
        return Check(number="I9", state="broken", reason=told)
    for posted in posted_events(source):
        check.take(posted)
    return check.outcome()
