# SPDX-License-Identifier: Apache-2.0
"""What is true of a simulated world, case by case; written beside the ledger and never into it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

Scheme = Literal[
    "DIV_OUT_OF_SCOPE", "DIV_SHORTAGE", "DELAY_DISBURSE", "DELAY_PASS_ON", "MATCH_SHORT", "LEDGER_VS_BANK"
]

RULES: Final[dict[Scheme, tuple[str, ...]]] = {
    "DIV_OUT_OF_SCOPE": ("F01",),
    "DIV_SHORTAGE": ("F02",),
    "DELAY_PASS_ON": ("F03",),
    "DELAY_DISBURSE": ("F04",),
    "MATCH_SHORT": ("F06",),
    "LEDGER_VS_BANK": ("R1",),
}
"""The rules whose finding counts as a hit."""

IRREGULAR: Final[frozenset[Scheme]] = frozenset({"LEDGER_VS_BANK"})
"""Schemes that break no law: bookkeeping that must be put right, and must not be taken for a wrong."""


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The truth about one case.

    `expected` is the class of the finding that the ledger supports: ``proved``; ``undecidable`` where it lacks what
    would decide; ``none`` for the innocent twin, which names its guilty counterpart in `twin_of`. `events` are stable
    names, bank lines last; a finding hits when its rule is among `rules`, its fund is `fund` and its evidence meets
    `events`. `amount_true` and `amount_min_provable` are minor units. `legal_deadline` belongs to delays and matching.
    """

    case_id: str
    scheme: Scheme
    variant: str
    difficulty: int
    is_violation: bool
    is_irregular_only: bool
    accounts: tuple[str, ...]
    events: tuple[str, ...]
    decisive_event: str
    rules: tuple[str, ...]
    expected: Literal["proved", "undecidable", "none"]
    amount_true: int
    amount_min_provable: int
    seed: int
    fund: str | None = None
    legal_deadline: datetime.date | None = None
    twin_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a script knows of its case while it writes it; `lines` are (account, bank reference) of statement lines.

    `decisive_event` is absent where the first of `lines` decides: a covered account moves by its bank lines (T10).
    """

    slug: str
    scheme: Scheme
    variant: str
    difficulty: int
    events: tuple[str, ...]
    amount: int
    fund: str | None = None
    decisive_event: str | None = None
    accounts: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    legal_deadline: datetime.date | None = None
    decidable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noted:
    programme: int
    guilty: bool
    case: Case


@dataclass(slots=True, kw_only=True)
class Labels:
    """The cases of one world, being written."""

    seed: int
    _cases: list[_Noted] = field(default_factory=list)

    def add(self, case: Case, *, programme: int, guilty: bool) -> None:
        """Note `case` of programme number `programme` (from 0); the same slug once guilty and once innocent."""
        self._cases.append(_Noted(programme=programme, guilty=guilty, case=case))

    def finish(self, names: Mapping[tuple[str, str], str]) -> tuple[Label, ...]:
        """Every label, by case id; `names` gives the event name of each bank line by (account, reference)."""
        return tuple(
            sorted((self._label(one, names) for one in self._cases), key=lambda label: label.case_id)
        )

    def _label(self, noted: _Noted, names: Mapping[tuple[str, str], str]) -> Label:
        case, guilty = noted.case, noted.guilty
        stem = f"p{noted.programme + 1:02d}.{case.slug}"
        provable = guilty and case.decidable
        events = (*case.events, *(names[line] for line in case.lines))
        return Label(
            case_id=f"{stem}.{'guilty' if guilty else 'innocent'}",
            scheme=case.scheme,
            variant=case.variant,
            difficulty=case.difficulty,
            is_violation=guilty and case.scheme not in IRREGULAR,
            is_irregular_only=guilty and case.scheme in IRREGULAR,
            accounts=case.accounts,
            events=events,
            decisive_event=case.decisive_event or events[-len(case.lines)],
            rules=RULES[case.scheme],
            expected="proved" if provable else ("undecidable" if guilty else "none"),
            amount_true=case.amount if guilty else 0,
            amount_min_provable=case.amount if provable else 0,
            seed=self.seed,
            fund=case.fund,
            legal_deadline=case.legal_deadline,
            twin_of=None if guilty else f"{stem}.guilty",
        )


def to_lines(labels: tuple[Label, ...]) -> bytes:
    """One sorted JSON object per line."""
    encoder = msgspec.json.Encoder(order="sorted")
    return b"".join(encoder.encode(label) + b"\n" for label in labels)
