# SPDX-License-Identifier: Apache-2.0
"""The mapping language: what a TOML file may say about tables, columns and events (docs/bureau/mapping.md).

Strict: an unknown key, a missing one or a wrong value is refused with its place in the file. Nothing here reads a table.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ledger.instant import Instant
from ledger.intake.column_forms import AnyColumn, Name, Part, Template, Words
from ledger.kinds.form import Origin, Text
from ledger.party import Division, Id

Label = Annotated[
    str, Meta(pattern="^[a-z][a-z0-9-]{0,47}(?!\\n)$", description="label of an event template")
]


class Wording(Part, frozen=True, kw_only=True):
    """A text for people in Chinese and English."""

    zh: Text
    en: Text


class Transcriber(Part, frozen=True, kw_only=True):
    """The party that copies a historical source into the ledger; its maker and checker keys sign."""

    id: Id
    name: Text
    name_en: Text
    division: Division


class LedgerSection(Part, frozen=True, kw_only=True):
    """What the genesis of a new historical ledger says: origin, names, currency, time zone, transcriber.

    `at` is the instant of the snapshot: the ledger is created, its keys are valid from, and every submission is signed
    at it (clock ``replay``), so equal keys and files give equal bytes.
    """

    origin: Origin
    name: Text
    name_en: Text
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}(?!\\n)$")]
    time_zone: Text
    at: Instant
    transcriber: Transcriber


class Table(Part, frozen=True, kw_only=True):
    """One source table: its usual file name, its form, and the columns that the mapping needs, by name.

    `headers` gives for each column the title it has in the file, or several spellings; the header row is the first row
    that holds all of them but those in `optional`, anywhere in the first 200; the cells of a column that is not there are
    empty. `null` are words that stand for "not recorded" in any cell.
    """

    file: Annotated[str, Meta(min_length=1, max_length=255)]
    format: Literal["xlsx", "csv", "csv.gz"]
    headers: dict[Name, str | Words]
    optional: tuple[Name, ...] = ()
    sheet: str | None = None
    encoding: Literal["utf-8", "gb18030", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    null: Words = ()


class Condition(Part, frozen=True, kw_only=True):
    """One test of a column: exactly one of `is`, `equals`, `among`, `none_of`. A list holds if all its conditions do."""

    column: Name
    is_: Literal["null", "given", "zero", "positive", "negative"] | None = msgspec.field(
        name="is", default=None
    )
    equals: str | int | None = None
    among: tuple[str | int, ...] | None = None
    none_of: tuple[str | int, ...] | None = None

    def __post_init__(self) -> None:
        """Exactly one test."""
        if sum(test is not None for test in (self.is_, self.equals, self.among, self.none_of)) != 1:
            raise ValueError("a condition has exactly one of `is`, `equals`, `among`, `none_of`")


Conditions = tuple[Condition, ...]


class Join(Part, frozen=True, kw_only=True):
    """Rows of `table` beside the row at hand, where `right` of the table equals `left` of what is there already.

    Keys are compared as trimmed text. `where` keeps only rows whose named cells have these values. Without a partner
    the row is an error, or stands alone with `missing` = ``keep``; two partners are an error, or the `first` or `last`
    is taken. `name` tells two joins of one table apart.
    """

    table: Name
    left: str
    right: Name
    name: Name | None = None
    where: dict[Name, str] = msgspec.field(default_factory=dict)
    missing: Literal["refuse", "keep"] = "refuse"
    repeated: Literal["refuse", "first", "last"] = "refuse"


class Skip(Part, frozen=True, kw_only=True):
    """Rows that give no event, counted under their reason; the first reason that holds counts."""

    reason: Wording
    when: Conditions


class EventTemplate(Part, frozen=True, kw_only=True):
    """One event per row where `when` holds; with `once`, only at the first row of each value of that text.

    The values of `once` are shared by all templates of one kind, so what one of them registers no other registers again.

    With `sum_by` rows of one key give one event at the end of the table, made from the first of them with the columns
    in `sums` replaced by their totals. `set` holds the fields: ``{name}`` alone keeps the type of the column and leaves
    the field out when the column is absent; inside a text it is written out.
    """

    label: Label
    kind: str
    set: dict[str, Any]
    when: Conditions = ()
    once: Template | None = None
    sum_by: Template | None = None
    sums: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        """Sums belong to a key, and one template follows one plan."""
        if bool(self.sums) != (self.sum_by is not None) or (
            self.once is not None and self.sum_by is not None
        ):
            raise ValueError("`sum_by` and `sums` belong together, and exclude `once`")


class Control(Part, frozen=True, kw_only=True):
    """A total that must be equal on both sides: Σ `column` over the rows read = Σ amounts of events by label."""

    title: Wording
    column: Name
    plus: tuple[Label, ...]
    minus: tuple[Label, ...] = ()
    when: Conditions = ()


class Compare(Part, frozen=True, kw_only=True):
    """Two sorts of rows that ought to agree, such as totals and their lines: Σ `columns` of each by the key `by`."""

    title: Wording
    by: Template
    columns: tuple[Name, ...]
    left: Conditions
    right: Conditions


class Tally(Part, frozen=True, kw_only=True):
    """Totals of `columns` by the key `by`, for the summary."""

    title: Wording
    by: Template
    columns: tuple[Name, ...]
    when: Conditions = ()


class Measure(Part, frozen=True, kw_only=True):
    """Calendar days from one date column to another, over all rows that have both, for the summary."""

    title: Wording
    from_: Name = msgspec.field(name="from")
    to: Name


class Stage(Part, frozen=True, kw_only=True):
    """One pass over `table`, row by row: joins, columns, rows to skip, events, and what is reckoned beside them."""

    table: Name
    columns: dict[Name, AnyColumn]
    joins: tuple[Join, ...] = ()
    skips: tuple[Skip, ...] = ()
    events: tuple[EventTemplate, ...] = ()
    controls: tuple[Control, ...] = ()
    compares: tuple[Compare, ...] = ()
    tallies: tuple[Tally, ...] = ()
    measures: tuple[Measure, ...] = ()


class Mapping(Part, frozen=True, kw_only=True):
    """A whole mapping. `id` enters the submission ids.

    The first table is the file named on the command line. `constants` are texts, whole numbers and days that templates
    name like columns. `party` posts, by default the transcriber. `ledger` is needed to found a ledger only.
    """

    v: Literal[1]
    id: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,31}(?!\\n)$")]
    title: Wording
    tables: dict[Name, Table]
    stages: tuple[Stage, ...]
    constants: dict[Name, Any] = msgspec.field(default_factory=dict)
    party: Id | None = None
    ledger: LedgerSection | None = None
