# SPDX-License-Identifier: Apache-2.0
"""What is true of a simulated world, case by case; written beside the ledger and never into it."""

import bisect
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Scheme = Literal[
    "DIV_DIRECT",
    "DIV_VIA_GENERAL",
    "DIV_RELATED",
    "DIV_TAG_LIE",
    "DIV_BORROW_RETURN",
    "DELAY_FULL",
    "DELAY_PARTIAL_DRIP",
    "WITHHOLD",
    "MATCH_NONE",
    "MATCH_LATE",
    "MATCH_ROUNDTRIP",
    "IDLE",
    "YEAR_END_PARK",
    "SPLIT",
    "DUP_EXACT",
    "DUP_FUZZY",
    "ACCEPT_BEFORE",
    "ACCEPT_OVER",
    "ACCEPT_PHANTOM",
    "GHOST_BENEFICIARY",
    "CROSS_PROGRAMME_DUP",
    "LEDGER_VS_BANK",
]

RULES: Final[dict[Scheme, tuple[str, ...]]] = {
    "DIV_DIRECT": ("F01", "F02", "F31"),
    "DIV_VIA_GENERAL": ("F02",),
    "DIV_RELATED": ("F22", "F24", "F11", "F02"),
    "DIV_TAG_LIE": ("F01", "F31", "F23"),
    "DIV_BORROW_RETURN": ("F02",),
    "DELAY_FULL": ("F04", "F03"),
    "DELAY_PARTIAL_DRIP": ("F04",),
    "WITHHOLD": ("F05", "F03"),
    "MATCH_NONE": ("F06",),
    "MATCH_LATE": ("F06",),
    "MATCH_ROUNDTRIP": ("F08", "F06"),
    "IDLE": ("F09", "F10"),
    "YEAR_END_PARK": ("F11", "F12"),
    "SPLIT": ("F27",),
    "DUP_EXACT": ("F21", "F19"),
    "DUP_FUZZY": ("F21", "F19"),
    "ACCEPT_BEFORE": ("F17",),
    "ACCEPT_OVER": ("F13", "F14", "F18"),
    "ACCEPT_PHANTOM": ("F18",),
    "GHOST_BENEFICIARY": ("F20",),
    "CROSS_PROGRAMME_DUP": ("F19",),
    "LEDGER_VS_BANK": ("R1", "R2", "F35"),
}
"""The rules whose finding counts as a hit, the most telling first; a case may name fewer."""

Concealment = Literal[
    "backdated",
    "below_tolerance",
    "commingled",
    "drip",
    "false_tag",
    "hops",
    "month_end",
    "no_statements",
    "refilled",
    "same_day",
    "split",
]
"""How a case hides: booked back to an earlier day, kept under a tolerance, among general money, in small parts over time,
under a tag that lies, over several accounts, timed between statements, where no bank signs, refilled before anybody looks,
in and out on one day, cut into pieces."""

Expected = Literal["proved", "indicated", "undecidable", "hidden", "none"]
"""Class of the finding that the ledger supports: ``hidden`` where a wrong leaves no trace in it, so that recall has a known
ceiling; ``none`` for the innocent."""

Difficulty = Annotated[int, Meta(ge=1, le=5)]


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The truth about one case.

    A twin, with `expected` ``none``, names its guilty counterpart in `twin_of`. `events` are stable names, bank lines last;
    a finding hits when its rule is among `rules`, its fund is `fund` and its evidence meets `events`. `amount_true` and
    `amount_min_provable` are minor units, from the arithmetic of the script. `first_detectable_date` is the first date on
    which whoever is bound by the rules could know: for what bank lines tell, the day the bank closed their statement.
    `first_detectable_seq` is the last entry recorded on that date or before; both are absent where it never can be known.
    `legal_deadline` belongs to delays and matching. `programme` counts from
    1; cases of one programme share places and people, so intervals are drawn over programmes.
    """

    case_id: str
    scheme: Scheme
    variant: str
    difficulty: Difficulty
    is_violation: bool
    is_irregular_only: bool
    programme: Annotated[int, Meta(ge=1)]
    accounts: tuple[str, ...]
    events: tuple[str, ...]
    decisive_event: str
    rules: tuple[str, ...]
    expected: Expected
    amount_true: int
    amount_min_provable: int
    seed: int
    concealment: tuple[Concealment, ...] = ()
    fund: str | None = None
    first_detectable_seq: int | None = None
    first_detectable_date: datetime.date | None = None
    legal_deadline: datetime.date | None = None
    twin_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a script knows of its case while it writes it; `lines` are (account, bank reference) of statement lines.

    Guilty and innocent are written by the same script with the same `amount`, the sum that a guilty one puts at risk.
    `provable` is what of it must show even to the most cautious reading: all of it unless said. `known_on` is the first
    business date on which it can be known. `decisive_event` is absent where the first of `lines` decides: a covered
    account moves by its bank lines (T10). `rules` narrows those of the scheme. `irregular` breaks no law: bookkeeping
    that must be put right, and must not be taken for a wrong.
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
    known_on: datetime.date | None = None
    legal_deadline: datetime.date | None = None
    expected: Expected = "proved"
    provable: int | None = None
    rules: tuple[str, ...] = ()
    concealment: tuple[Concealment, ...] = ()
    irregular: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    """The log as it stood each evening: `days` with entries, ascending, and the last entry of each in `seqs`."""

    days: tuple[datetime.date, ...]
    seqs: tuple[int, ...]

    def last_seq(self, day: datetime.date) -> int:
        """The last entry recorded on `day` or before: 0, the genesis, before everything."""
        before = bisect.bisect_right(self.days, day)
        return self.seqs[before - 1] if before else 0


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

    def finish(self, names: Mapping[tuple[str, str], str], ends: Ends) -> tuple[Label, ...]:
        """Every label, by case id.

        `names` gives the event name of each bank line by (account, reference), `ends` the log as it stood each evening.
        """
        labels = (self._label(one, names, ends) for one in self._cases)
        return tuple(sorted(labels, key=lambda label: label.case_id))

    def _label(self, noted: _Noted, names: Mapping[tuple[str, str], str], ends: Ends) -> Label:
        case, guilty = noted.case, noted.guilty
        stem = f"p{noted.programme + 1:02d}.{case.slug}"
        events = (*case.events, *(names[line] for line in case.lines))
        expected: Expected = case.expected if guilty else "none"
        known_on = case.known_on if expected in {"proved", "indicated"} else None
        return Label(
            case_id=f"{stem}.{'guilty' if guilty else 'innocent'}",
            scheme=case.scheme,
            variant=case.variant,
            difficulty=case.difficulty,
            is_violation=guilty and not case.irregular,
            is_irregular_only=guilty and case.irregular,
            programme=noted.programme + 1,
            accounts=case.accounts,
            events=events,
            decisive_event=case.decisive_event or events[-len(case.lines)],
            rules=case.rules or RULES[case.scheme],
            expected=expected,
            amount_true=case.amount if guilty else 0,
            amount_min_provable=_provable(case) if expected == "proved" else 0,
            seed=self.seed,
            concealment=case.concealment if guilty else (),
            fund=case.fund,
            first_detectable_seq=None if known_on is None else ends.last_seq(known_on),
            first_detectable_date=known_on,
            legal_deadline=case.legal_deadline,
            twin_of=None if guilty else f"{stem}.guilty",
        )


def to_lines(labels: tuple[Label, ...]) -> bytes:
    """One sorted JSON object per line."""
    encoder = msgspec.json.Encoder(order="sorted")
    return b"".join(encoder.encode(label) + b"\n" for label in labels)


def _provable(case: Case) -> int:
    return case.amount if case.provable is None else case.provable
