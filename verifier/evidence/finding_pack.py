# SPDX-License-Identifier: Apache-2.0
"""The whole evidence of one finding in one file: the finding as it was printed, and every entry that it names (spec §2.13).

The steps of `pack_check` hold for each of these entries; beside them the finding is exactly what its content hash names,
its id follows from ledger, rule and subject, and each entry has the position, name and leaf hash that the finding gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError, MissingError, ProofError
from ledger.hashing import leaf_hash
from verifier.basis.findings import Evidence, Finding, finding_id, parse_line, to_line
from verifier.evidence.belief import Belief
from verifier.evidence.findings import Shown
from verifier.evidence.pack import MAX_SUBJECTS, Pack, format_pack, parse_pack
from verifier.evidence.pack_build import NOTHING_BROUGHT, Log, gathered
from verifier.evidence.pack_check import PackCheck
from verifier.evidence.registrations import Registry
from verifier.integrity.trust import Trust
from verifier.language import Told

_SAME: Final = Told(
    en="the finding is what its content hash names, and its id follows from ledger, rule and subject",
    zh="疑点内容与其内容哈希一致，编号由账本、规则与对象推得",
)
_ENTRIES: Final = Told(
    en="every entry that it names stands in the log, with the position, name and leaf hash that it gives",
    zh="疑点所列条目均在账本中，序号、名称、叶哈希与所列一致",
)
_NOT_ALONE: Final = Told(
    en="that the rule finds this, and that nothing else in the ledger clears it: judge the ledger with the same dates "
    "(fundtrace audit SOURCE --as-of … --known-by …)",
    zh="规则确会得出该疑点，且账本中没有可消除它的其他条目：请按相同日期审计整个账本"
    "（fundtrace audit 来源 --as-of … --known-by …）",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingShown:
    """What the pack of a finding shows: the finding, each entry of its evidence, and who vouches for the checkpoint."""

    finding: Finding
    entries: tuple[Shown, ...]
    belief: Belief

    @property
    def checked(self) -> tuple[Told, ...]:
        """What was checked of the whole; of each entry see there."""
        return (_SAME, _ENTRIES, self.entries[0].checked[0])

    @property
    def open_(self) -> tuple[Told, ...]:
        """What the pack does not show."""
        return (_NOT_ALONE, *self.entries[0].open_)

    @property
    def exit_code(self) -> int:
        """0, or 3 where it could not be decided who vouches for it."""
        return self.entries[0].exit_code


def build_finding_pack(log: Log, registry: Registry, finding: Finding) -> bytes:
    """The evidence of `finding`, checked before it is handed out.

    Raises:
        MissingError: the finding names no entry, or one that the log does not reach.
        LimitError: more evidence than a pack may hold.
        ProofError, SignatureError: the log does not hold what the finding names.
    """
    positions = sorted({one.seq for one in finding.evidence})
    if not positions or len(positions) > MAX_SUBJECTS:
        raise _unpackable(finding, len(positions))
    data = format_pack(gathered(log, registry, positions, finding=to_line(finding)))
    check_finding_pack(parse_pack(data), NOTHING_BROUGHT)
    return data


def check_finding_pack(pack: Pack, trust: Trust) -> FindingShown:
    """What the pack of a finding shows.

    Raises:
        FormatError: a part is malformed, or not there, or too many.
        ProofError, SignatureError: a part does not prove what it is there for.
    """
    if pack.finding is None:
        raise FormatError(
            code="pack.no-finding",
            place="pack",
            message_en="it is of an entry and not of a finding",
            message_zh="属于条目，而非疑点",
        )
    finding = parse_line(pack.finding, place="finding")
    check = PackCheck(pack, trust)
    belief = check.frame()
    shown = tuple(check.show(seq, belief) for seq in pack.subjects)
    _check_identity(finding, shown[0].genesis or "")
    _check_positions(finding.evidence, pack.subjects)
    for one in finding.evidence:
        _check_entry(one, check.name_of(one.seq), pack.entries[one.seq])
    check.nothing_else()
    return FindingShown(finding=finding, entries=shown, belief=belief)


def _check_identity(finding: Finding, genesis: str) -> None:
    if finding.id != finding_id(genesis, finding.rule, finding.subject):
        raise _not(
            "finding", "its id is not that of this ledger, rule and subject", "编号与账本、规则、对象不符"
        )


def _check_positions(evidence: Sequence[Evidence], subjects: Sequence[int]) -> None:
    if tuple(sorted({one.seq for one in evidence})) != tuple(subjects):
        raise _not("pack", "the finding names other entries", "疑点所列条目与证据包不符")


def _check_entry(named: Evidence, name: str, data: bytes) -> None:
    if (named.name, named.leaf) != (name, leaf_hash(data).hex()):
        raise _not(
            f"entry {named.seq}", "the finding names another event or leaf hash", "与疑点所列名称或叶哈希不符"
        )


def _not(place: str, en: str, zh: str) -> ProofError:
    return ProofError(code="pack.finding", place=place, message_en=en, message_zh=zh)


def _unpackable(finding: Finding, count: int) -> MissingError:
    return MissingError(
        code="pack.unpackable",
        place=f"finding {finding.id}",
        message_en=f"it names {count} entries; a pack holds one to {MAX_SUBJECTS}",
        message_zh=f"该疑点列有 {count} 个条目；证据包可容 1 至 {MAX_SUBJECTS} 个",
        remedy_en="Take the pack of each entry: fundtrace verify SOURCE --entry N --pack FILE.",
        remedy_zh="请逐条制作证据包：fundtrace verify 来源 --entry N --pack 文件。",
    )
