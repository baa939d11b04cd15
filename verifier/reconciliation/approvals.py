# SPDX-License-Identifier: Apache-2.0
"""Papers that approve a payment out of scope, or exempt a finding (semantics T13, O6).

A `waiver` names the payment, or the use that tells it again, and the row of the pack that defines the scope; or it names
the finding. It counts from its business date, from its recording where that came too long afterwards (T2): a paper
written back takes no finding away. One that sets a new due date is about a duty and approves nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from verifier.basis.findings import Evidence, finding_id
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.workspace import Workspace

PAPERS: Final = """
    CREATE TABLE paper (seq INTEGER PRIMARY KEY, name TEXT, leaf BLOB, fund TEXT, about TEXT, pack_row TEXT,
        occurred INTEGER, recorded INTEGER, document TEXT)"""
"""Every waiver without a new due date, as posted."""

_TABLES: Final = (
    "CREATE TABLE approval (report INTEGER, day INTEGER, seq INTEGER, name TEXT, leaf BLOB, document TEXT)",
    "CREATE TABLE exemption (finding TEXT, day INTEGER, seq INTEGER, name TEXT, leaf BLOB, document TEXT)",
)

_STANDING: Final = """
    SELECT seq, name, leaf, fund, about, pack_row, occurred, recorded, document FROM paper
    WHERE name NOT IN (SELECT name FROM reversed) ORDER BY seq"""
_APPROVED: Final = """
    SELECT r.seq FROM report u LEFT JOIN same_payment s ON s.use_seq = u.seq JOIN report r
        ON r.seq = coalesce(s.pay_seq, u.seq)
    WHERE u.name = ? AND r.debit_fund = ? AND r.outside AND r.void = 0"""
_OUTSIDE: Final = (
    "SELECT seq, name, debit_fund, from_account FROM report WHERE outside AND void = 0 AND keeps & 1"
)


class Paper(NamedTuple):
    """A waiver as posted, with its days as ordinals; `pack_row` is None where it names a finding."""

    seq: int
    name: str
    leaf: bytes
    fund: str
    about: str
    pack_row: str | None
    occurred: int
    recorded: int
    document: str


class Approval(NamedTuple):
    """A paper that counts from `day` (an ordinal) on."""

    day: int
    seq: int
    name: str
    leaf: bytes
    document: str

    @property
    def evidence(self) -> Evidence:
        """Name, position and leaf hash."""
        return Evidence(name=self.name, seq=self.seq, leaf=self.leaf.hex())


class Approvals:
    """The papers over the linked tables of a whole prefix; `link` once, then ask."""

    def __init__(self, workspace: Workspace) -> None:
        """No paper linked yet."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._any = workspace.look_up(int, "SELECT 1 FROM paper LIMIT 1") is not None

    def link(
        self,
        genesis_hash: str,
        pack_rows: Iterable[str],
        numbers: WorkdayNumbers,
        *,
        late_days: int,
        historical: bool,
    ) -> None:
        """Every payment out of scope knows from which day on it is approved (`report.approved`)."""
        if not self._any:
            return
        self._workspace.run("CREATE INDEX IF NOT EXISTS report_name ON report (name)")
        approvals = self._workspace.batch("INSERT INTO approval VALUES (?, ?, ?, ?, ?, ?)")
        exemptions = self._workspace.batch("INSERT INTO exemption VALUES (?, ?, ?, ?, ?, ?)")
        rows = frozenset(pack_rows)
        named: dict[str, list[tuple[str, Approval]]] = {}
        for paper in list(self._workspace.rows(Paper, _STANDING)):
            late = not historical and numbers.apart(paper.occurred, paper.recorded) > late_days
            day = max(paper.occurred, paper.recorded) if late else paper.occurred
            one = Approval(day, paper.seq, paper.name, paper.leaf, paper.document)
            if paper.pack_row is None:
                exemptions.add(paper.about, *one)
                named.setdefault(paper.about, []).append((paper.fund, one))
            elif paper.pack_row in rows:
                for report in self._workspace.rows(int, _APPROVED, (paper.about, paper.fund)):
                    approvals.add(report, *one)
        for report, one in self._named(genesis_hash, named):
            approvals.add(report, *one)
        self._workspace.run("CREATE INDEX approved ON approval (report, day, seq)")
        self._workspace.run("CREATE INDEX exempted ON exemption (finding, day, seq)")
        self._workspace.run("""
            UPDATE report SET approved = (SELECT min(a.day) FROM approval a WHERE a.report = report.seq)
            WHERE seq IN (SELECT report FROM approval)""")

    def of_report(self, report: int) -> Approval | None:
        """The first paper that approves the payment told by `report`."""
        sql = "SELECT day, seq, name, leaf, document FROM approval WHERE report = ? ORDER BY day, seq"
        return self._workspace.look_up(Approval, sql, (report,)) if self._any else None

    def of_finding(self, finding: str) -> Approval | None:
        """The first paper that names `finding`."""
        sql = "SELECT day, seq, name, leaf, document FROM exemption WHERE finding = ? ORDER BY day, seq"
        return self._workspace.look_up(Approval, sql, (finding,)) if self._any else None

    def _named(
        self, genesis_hash: str, named: dict[str, list[tuple[str, Approval]]]
    ) -> Iterator[tuple[int, Approval]]:
        """Payments out of scope whose finding a paper of the same fund names."""
        if not named:
            return
        for seq, name, fund, account in self._workspace.rows(_outside, _OUTSIDE):
            for of, one in named.get(finding_id(genesis_hash, "F01", (fund, account, name)), ()):
                if of == fund:
                    yield seq, one


def _outside(seq: int, name: str, fund: str, account: str) -> tuple[int, str, str, str]:
    return seq, name, fund, account
