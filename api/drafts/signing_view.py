# SPDX-License-Identifier: Apache-2.0
"""What a signer sees of a draft: every event in words, amounts in figures and capitals, and what the last version had."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from api.portal.capitals import in_capitals
from api.portal.sentences import Sentences
from ledger.commitments import Disclosure, commitment_of, parse_disclosure
from ledger.kinds.form import kind_of
from ledger.kinds.vocabulary import AnyEvent, event_bytes, parse_event

Change = Literal["first", "same", "new", "changed", "gone"]
"""Against the last version; `first` where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenField:
    """A personal field in clear: what it is called, its value, and the disclosure that opens the commitment to it."""

    label: str
    text: str
    disclosure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEvent:
    """One event: its number from 1, kind and sentence, its amount in minor units if it has one, with both spellings.

    `facts` are all its fields, named, as they stand in the bytes; a sentence leaves some of them out. `personal` are those
    that it commits to, in clear, as far as disclosures open them; `unopened` is how many commitments none opens.

    `before` is what stood in its place in the last version, where it is `changed`; a `gone` one is only in that version.
    """

    number: int
    kind: str
    says: Markup
    amount: int | None
    figure: str
    capitals: str
    change: Change
    facts: tuple[tuple[str, str], ...]
    personal: tuple[SeenField, ...] = ()
    unopened: int = 0
    before: Markup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDraft:
    """The events to be signed, those of the last version that are gone, and the sum of the amounts to be signed."""

    events: tuple[SeenEvent, ...]
    gone: tuple[SeenEvent, ...]
    total: int
    total_figure: str
    total_capitals: str

    @property
    def changes(self) -> int:
        """How many events differ from the last version."""
        return len(self.gone) + sum(one.change in {"new", "changed"} for one in self.events)


def seen_draft(
    sentences: Sentences,
    events: Sequence[AnyEvent],
    last: Sequence[bytes],
    *,
    disclosures: Sequence[str] = (),
) -> SeenDraft:
    """The draft of `events` in words; `last` are the canonical events of the version before, if there was one.

    A field is shown in clear only under the commitment that its disclosure hashes to.
    """
    encoded = [event_bytes(event) for event in events]
    fresh, gone = _unmatched(encoded, last), _unmatched(last, encoded)
    previous = {at: parse_event(last[at], place=f"last event {at}") for at in sorted(gone)}
    view = _View(sentences, {commitment_of(text): parse_disclosure(text) for text in disclosures})
    seen = []
    for at, event in enumerate(events):
        before = previous.get(at) if at in fresh else None
        if before is not None and kind_of(before) == kind_of(event):
            del previous[at]
            seen.append(view.event(at, event, "changed", before=view.before(event, before)))
        else:
            seen.append(view.event(at, event, "first" if not last else "new" if at in fresh else "same"))
    total = sum(amount_of(event) or 0 for event in events)
    return SeenDraft(
        events=tuple(seen),
        gone=tuple(view.event(at, event, "gone") for at, event in previous.items()),
        total=total,
        total_figure=view.figure(total),
        total_capitals=view.capitals(total),
    )


def amount_of(event: AnyEvent) -> int | None:
    """The amount that `event` moves, in minor units; None where it moves none."""
    found = getattr(event, "amount", None)
    return found if isinstance(found, int) else None


def _unmatched(some: Sequence[bytes], others: Sequence[bytes]) -> set[int]:
    """Positions in `some` of what does not stand among `others`, each of which matches once."""
    left = Counter(others)
    found = set()
    for at, one in enumerate(some):
        if left[one]:
            left[one] -= 1
        else:
            found.add(at)
    return found


@dataclass(frozen=True, slots=True, kw_only=False)
class _View:
    sentences: Sentences
    opened: Mapping[str, Disclosure]

    def event(self, at: int, event: AnyEvent, change: Change, *, before: Markup | None = None) -> SeenEvent:
        amount, kind = amount_of(event), kind_of(event)
        return SeenEvent(
            number=at + 1,
            kind=self.sentences.frame.words.known(f"kind.{kind}", kind),
            says=self.sentences.event(event),
            amount=amount,
            figure="" if amount is None else self.figure(amount),
            capitals="" if amount is None else self.capitals(amount),
            change=change,
            facts=tuple(self.facts(event)),
            personal=tuple(self.personal(event)),
            unopened=sum(one not in self.opened for one in event.sd),
            before=before,
        )

    def before(self, event: AnyEvent, last: AnyEvent) -> Markup:
        """What `last` said, and each of its fields that `event` has otherwise or not at all."""
        present = set(self.facts(event))
        other = (Markup("{} {}").format(*one) for one in self.facts(last) if one not in present)
        return Markup("{} ({})").format(self.sentences.event(last), Markup(" · ").join(other))

    def facts(self, event: AnyEvent) -> Iterator[tuple[str, str]]:
        for name, value in json.loads(event_bytes(event)).items():
            if name not in {"kind", "v"}:
                label = self.sentences.frame.words.known(f"field.{name.lstrip('_')}", name)
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield label, self.figure(value) if name == "amount" else text

    def personal(self, event: AnyEvent) -> Iterator[SeenField]:
        opened = [self.opened[one] for one in event.sd if one in self.opened]
        for found in sorted(opened, key=lambda one: (not one.name.endswith("_name"), one.name)):
            text = ", ".join(found.value) if isinstance(found.value, tuple) else str(found.value)
            label = self.sentences.frame.words.known(f"personal.{found.name}", found.name)
            yield SeenField(label=label, text=text, disclosure=found.text)

    def figure(self, amount: int) -> str:
        """To the last minor unit."""
        return self.sentences.frame.money.exactly(amount)

    def capitals(self, amount: int) -> str:
        """Capital figures are of yuan; other currencies have none."""
        return in_capitals(amount) if self.sentences.frame.genesis.currency == "CNY" and amount >= 0 else ""
