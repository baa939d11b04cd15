# SPDX-License-Identifier: Apache-2.0
"""What a row comes to: an event with its place, or an error with its remedy."""

from dataclasses import dataclass

from ledger.kinds.vocabulary import AnyEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row cannot enter: where it stands, what it holds, the rule it breaks, and what would mend it."""

    table: str
    file: str
    sheet: str | None
    row: int
    column: str
    value: str
    rule: str
    message_en: str
    message_zh: str
    remedy_en: str
    remedy_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAt:
    """An event with the row it was read from; `disclosures` open its commitments."""

    event: AnyEvent
    label: str
    table: str
    disclosures: tuple[str, ...] = ()
