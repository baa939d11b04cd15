# SPDX-License-Identifier: Apache-2.0
"""What a new version of a policy takes back of the signatures that its last one asked for: every report lists it."""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.registry import Policy, PolicyRow
from ledger.rulings import PARAMETERS
from verifier.language import Told

_LOOSER_WHEN_HIGHER: Final = frozenset({"amount", "amount_from"})


def bears_on_rights(row: PolicyRow) -> bool:
    """Whether the ledger itself heeds `row` when something is posted (spec §3.11)."""
    return row.rule in PARAMETERS


def loosened_rights(before: Policy | None, after: Policy) -> Iterator[tuple[PolicyRow, Told]]:
    """Each row on rights that `after` drops, narrows, or asks less by, with what changes."""
    rows = {row.id: row for row in after.rows}
    for old in () if before is None else before.rows:
        if bears_on_rights(old):
            new = rows.get(old.id)
            if new is None or new.rule != old.rule:
                yield old, Told(zh=f"规则 {old.rule} 不再适用", en=f"rule {old.rule} no longer applies")
            else:
                yield from ((new, told) for told in _loosened(old, new))


def _loosened(old: PolicyRow, new: PolicyRow) -> Iterator[Told]:
    for name, before in sorted(old.parameters.items()):
        now = new.parameters[name]
        looser = now > before if name in _LOOSER_WHEN_HIGHER else now < before
        if looser:
            yield Told(
                zh=f"参数 {name} 由 {before} 放宽至 {now}",
                en=f"parameter {name} loosened from {before} to {now}",
            )
    for field, zh in (("level", "层级"), ("fund", "资金")):
        if getattr(new, field) not in {None, getattr(old, field)}:
            yield Told(
                zh=f"仅限于{zh} {getattr(new, field)}", en=f"narrowed to {field} {getattr(new, field)}"
            )
