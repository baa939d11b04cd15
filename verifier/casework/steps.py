# SPDX-License-Identifier: Apache-2.0
"""The steps that auditors posted (`disposition`), case by case, and the corrections that closed what findings rested on.

Taken beside the rules, which never see them (DESIGN §6), and joined to findings afterwards.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from ledger.commitments import commitment_of, parse_disclosure
from ledger.kinds.control import CaseStep, Correction, Disposition
from ledger.kinds.form import FindingId
from verifier.posted import PostedEvent
from verifier.workspace import Workspace

_TABLE: Final = """
    CREATE TABLE correction_told (target TEXT PRIMARY KEY, name TEXT, seq INTEGER, day INTEGER, reason TEXT)
    WITHOUT ROWID"""
_BY_NAME: Final = "CREATE INDEX IF NOT EXISTS correction_told_name ON correction_told (name)"
_FOUND: Final = (
    "SELECT name, seq, day, reason FROM correction_told WHERE target = ?1 OR name = ?1 ORDER BY seq LIMIT 1"
)


class StepTaken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of case `case`, posted by `by` as event `name` at position `seq`, dated `on`.

    Amounts in minor units say all that was done so far (`Disposition`). `sealed` are commitments that nobody opened here:
    where it holds `finding`, nothing tells which finding the step is about.
    """

    case: str
    state: CaseStep
    on: datetime.date
    seq: int
    name: str
    by: str
    finding: str | None = None
    content_hash: str | None = None
    parties: tuple[str, ...] = ()
    text: str | None = None
    due_on: datetime.date | None = None
    returned: int | None = None
    rebooked: int | None = None
    recovered: int | None = None
    exempt: int | None = None
    basis: str | None = None
    document: str | None = None
    sealed: tuple[str, ...] = ()


class CorrectionTold(msgspec.Struct, frozen=True, kw_only=True):
    """The correction `name` at position `seq`, dated `on`, and the `reason` that its poster gave."""

    name: str
    seq: int
    on: datetime.date
    reason: str


class Casebook:
    """Take every event within the case's dates in log order; then ask for cases and for corrections."""

    def __init__(self, workspace: Workspace) -> None:
        """Nothing taken yet; corrections go to a table of `workspace`, steps are few and stay in memory."""
        workspace.run(_TABLE)
        self._workspace = workspace
        self._corrections = workspace.batch("INSERT OR IGNORE INTO correction_told VALUES (?, ?, ?, ?, ?)")
        self._steps: dict[str, StepTaken] = {}

    def take(self, posted: PostedEvent) -> None:
        """Note a step, or a correction; a step that was corrected was none."""
        match posted.event:
            case Disposition() as event:
                self._steps[posted.name] = _step(posted, event)
            case Correction() as event:
                self._steps.pop(event.event, None)
                day = event.occurred_on.toordinal()
                self._corrections.add(event.event, posted.name, posted.seq, day, event.reason)
            case _:
                pass

    def open(self, disclosures: Iterable[tuple[int, str]]) -> None:
        """Steps hold in clear what `disclosures` (position and text) open of them; those of other entries are passed by.

        Raises:
            FormatError: a text that opens a commitment of a step is no disclosure.
        """
        places = {step.seq: name for name, step in self._steps.items() if step.sealed}
        for seq, text in disclosures:
            name = places.get(seq)
            if name is not None and commitment_of(text) in self._steps[name].sealed:
                self._steps[name] = _opened(self._steps[name], text)

    @property
    def sealed(self) -> bool:
        """Whether some step holds commitments that nobody opened."""
        return any(step.sealed for step in self._steps.values())

    def cases(self) -> dict[str, tuple[StepTaken, ...]]:
        """The steps of each case in log order, by case id."""
        made: dict[str, list[StepTaken]] = {}
        for step in sorted(self._steps.values(), key=lambda one: one.seq):
            made.setdefault(step.case, []).append(step)
        return {case: tuple(steps) for case, steps in sorted(made.items())}

    def correction(self, names: Iterable[str]) -> CorrectionTold | None:
        """The first correction that reversed one of the events `names`, or is one of them."""
        self._workspace.run(_BY_NAME)
        found = [one for name in names for one in self._look_up(name)]
        return min(found, key=lambda one: one.seq, default=None)

    def _look_up(self, name: str) -> Iterator[CorrectionTold]:
        found = self._workspace.look_up(_correction, _FOUND, (name,))
        if found is not None:
            yield found


def _correction(name: str, seq: int, day: int, reason: str) -> CorrectionTold:
    return CorrectionTold(name=name, seq=seq, on=datetime.date.fromordinal(day), reason=reason)


def _step(posted: PostedEvent, event: Disposition) -> StepTaken:
    return StepTaken(
        case=event.case,
        state=event.state,
        on=event.occurred_on,
        seq=posted.seq,
        name=posted.name,
        by=posted.party,
        finding=event.finding,
        content_hash=event.content_hash,
        parties=event.parties,
        text=event.text,
        due_on=event.due_on,
        returned=event.returned,
        rebooked=event.rebooked,
        recovered=event.recovered,
        exempt=event.exempt,
        basis=event.basis,
        document=event.document,
        sealed=tuple(event.sd),
    )


def _opened(step: StepTaken, text: str) -> StepTaken:
    """`step` with one field in clear; a field of another name, or no value for it, leaves it closed."""
    disclosure = parse_disclosure(text, place=f"entry {step.seq}")
    fits = _FORMS.get(disclosure.name)
    if fits is None:
        return step
    try:
        value: Any = msgspec.convert(disclosure.value, fits)
    except msgspec.ValidationError:
        return step
    left = tuple(one for one in step.sealed if one != disclosure.commitment)
    return msgspec.structs.replace(step, **{disclosure.name: value}, sealed=left)


_FORMS: Final[dict[str, Any]] = {
    "finding": FindingId,
    "content_hash": str,
    "parties": tuple[str, ...],
    "text": str,
}
"""Personal fields of a disposition, with what each may hold."""
