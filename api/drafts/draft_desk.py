# SPDX-License-Identifier: Apache-2.0
"""The desk where drafts are prepared, looked at, signed, returned and dropped, and from which complete ones are posted.

Nothing unsigned reaches the ledger: a draft whose signature set is complete goes to the sequencer like any other submission
and is checked again as a whole. A crash leaves a complete draft that is not posted, or is posted and not marked so; posting
it again does the rest, because a submission is stored once.
"""

import contextlib
import datetime
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from api.confidential.access import access_of, note
from api.drafts import kept
from api.drafts.draft import (
    DRAFT_LIFE,
    Draft,
    Version,
    Whole,
    check_again,
    check_apart,
    check_maker,
    check_reviewer,
    check_room,
    check_signable,
    may_review,
    name_of,
    refuse_changed,
    same_events,
    waiting_for,
)
from api.refusals import RequestRefused
from api.served_ledger import ServedLedger
from api.sessions.front_desk import FrontDesk, Present
from ledger import authority
from ledger.clock import recorded_at
from ledger.commitments import commitment_of, parse_disclosure
from ledger.custody import custody_problems
from ledger.deputies import principals
from ledger.disclosures import disclosure_problems
from ledger.draft_file import DraftFile, with_signature
from ledger.errors import MissingError
from ledger.instant import business_date, format_instant
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import AnyEvent, event_bytes, parse_event
from ledger.outcome import Accepted, Outcome, Refused
from ledger.personal_numbers import number_problems
from ledger.problems import Problem
from ledger.register import Register
from ledger.seats import asked_of
from ledger.store.engine import writing_beside
from ledger.store.past import StoredPast
from ledger.submission import Header, Signature, Submission, events_root
from ledger.texts import text_problems
from ledger.wellformed import form_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A draft after something was done with it: what it still waits for, and the answer of the ledger if it was posted."""

    whole: Whole
    waiting: tuple[Problem, ...]
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A draft that was prepared; `again` where it stood before."""

    whole: Whole
    again: bool


class DraftDesk:
    """Drafts of one server; every act is of somebody present, and touches the drafts of their own party only."""

    def __init__(self, ledger: ServedLedger, front: FrontDesk) -> None:
        """Whoever is there is told by `front`."""
        self._ledger = ledger
        self._front = front

    def prepare(
        self,
        present: Present,
        events: Sequence[AnyEvent],
        *,
        identifier: str | None,
        disclosures: Sequence[str] = (),
    ) -> Prepared | Refused:
        """The draft of `events` whose submission is called `identifier`, new unless it stands; or what is wrong with them.

        `disclosures` open exactly the commitments of the events, as they must when it is posted.

        Raises:
            RequestRefused: 403, not a maker; 409, a draft of that name has other events, was returned, or has expired, or
                too many drafts of the party wait.
        """
        check_maker(present.roles)
        now, called = self._front.now(), identifier or f"d-{secrets.token_hex(16)}"
        made = self._version(present, events, number=1, identifier=called, now=now)
        version = replace(made, disclosures=tuple(sorted(set(disclosures))))
        problems = self._form_problems(version, now)
        if problems:
            return Refused(problems=problems)
        draft = Draft(
            id=name_of(present.party, called),
            party=present.party,
            state="open",
            version=1,
            expires=format_instant(now + DRAFT_LIFE),
        )
        with writing_beside(self._ledger.engine) as connection:
            kept.forget_expired(connection, format_instant(now))
            waiting = kept.unposted(connection, present.party)
            new = kept.keep_draft(connection, draft, version)
            if new:
                check_room(waiting)
            first = kept.first_events(connection, draft)
        whole = self.whole(present, draft.id)
        check_again(whole.draft, same=same_events(first, version.events), now=now)
        return Prepared(whole=whole, again=not new)

    def change(
        self,
        present: Present,
        name: str,
        events: Sequence[AnyEvent],
        *,
        seen: int,
        disclosures: Sequence[str] = (),
    ) -> Whole | Refused:
        """A new version after version `seen`; signatures over earlier ones count no more.

        What still stands of the commitments of the version before is opened by the disclosures that it had.

        Raises:
            RequestRefused: 403, not a maker; 409, somebody was faster.
            MissingError: the party has no such draft.
        """
        check_maker(present.roles)
        before, now = self.whole(present, name), self._front.now()
        called = before.newest.header.id
        made = self._version(present, events, number=seen + 1, identifier=called, now=now)
        texts = {*disclosures, *_still_committed(events, before.newest.disclosures)}
        version = replace(made, disclosures=tuple(sorted(texts)))
        problems = self._form_problems(version, now)
        if problems:
            return Refused(problems=problems)
        expires = format_instant(now + DRAFT_LIFE)
        with writing_beside(self._ledger.engine) as connection:
            kept.next_version(connection, before.draft, version, seen=seen, expires=expires)
        return self.whole(present, name)

    def whole(self, present: Present, name: str) -> Whole:
        """The draft of the party of whoever is present.

        Raises:
            MissingError: the party has no such draft; whether another has, is not said.
        """
        with self._ledger.reading_database() as connection:
            found = kept.whole_draft(connection, name, party=present.party)
        if found is None:
            raise _unknown(name)
        return found

    def listed(
        self, present: Present, *, after: tuple[str, str] | None, most: int
    ) -> list[tuple[Draft, Header]]:
        """At most `most` drafts of the party of whoever is present, each with its newest header, by `kept.drafts_of`."""
        with self._ledger.reading_database() as connection:
            return kept.drafts_of(connection, present.party, after=after, most=most)

    def to_review(self, present: Present) -> list[tuple[Draft, Header]]:
        """The drafts that whoever is present may check and has not signed, those that expire first at the front."""
        at = format_instant(self._front.now())
        with self._ledger.reading_database() as connection:
            found = kept.unsigned_by(connection, present.party, key=present.session.key, at=at)
        with self._front.register() as register:
            return [
                (draft, header)
                for draft, header, wrote in found
                if may_review(present.key, present.roles, _keys(register, wrote))
            ]

    def progress(self, present: Present, name: str) -> Progress:
        """The draft, and what it waits for now; as `whole`."""
        whole = self.whole(present, name)
        waiting, _ = waiting_for(self._judged(whole))
        return Progress(whole=whole, waiting=waiting)

    def sign(self, present: Present, name: str, signature: Signature, *, seen: int) -> Progress:
        """The signature stands over version `seen`; if the set is complete now, the submission was posted.

        Raises:
            RequestRefused: 409, the draft is no longer what was seen; 403, its author signs as another role; 503, the
                signature stands and completes the set, and this server has no log key.
            MissingError: the party has no such draft.
        """
        whole = self.whole(present, name)
        check_signable(whole.draft, seen, now=self._front.now())
        signed = replace(whole, signatures=with_signature(self._file(whole), signature).signatures)
        problems = self._unmendable(signed, signature)
        if problems:
            return Progress(whole=whole, waiting=(), outcome=Refused(problems=problems))
        with writing_beside(self._ledger.engine) as connection:
            kept.keep_signature(connection, whole.draft, signature)
        return self.post(present, name, seen=seen)

    def post(self, present: Present, name: str, *, seen: int) -> Progress:
        """The draft at version `seen`, posted if its signature set is complete.

        Raises:
            RequestRefused: 409, there is a newer version; 503, it is complete, and this server has no log key.
            MissingError: the party has no such draft.
            EnvironmentFault: the machine failed; posting again is always right.
        """
        now = self.progress(present, name)
        if now.whole.draft.version != seen:
            refuse_changed()
        draft = now.whole.draft
        ready = draft.state in {"open", "posting"} and not draft.expired(self._front.now())
        if now.waiting or not ready:
            return now
        sequencer = self._ledger.posting()
        try:
            with writing_beside(self._ledger.engine) as connection:
                kept.keep_posting(connection, draft)
        except RequestRefused:
            found = self.progress(present, name)
            if found.whole.draft.state == "posted" and found.whole.draft.version == seen:
                return found  # another process was faster with the same signatures
            raise
        outcome = sequencer.submit(_submission(now.whole))
        with writing_beside(self._ledger.engine) as connection:
            match outcome:
                case Accepted():
                    kept.keep_posted(connection, draft, seq=outcome.seq)
                case Refused():
                    kept.keep_refused(connection, draft)
        return replace(now, whole=self.whole(present, name), outcome=outcome)

    def send_back(self, present: Present, name: str, *, seen: int, reason: str) -> Whole:
        """Version `seen` is returned to its maker for `reason`.

        Raises:
            RequestRefused: 403, whoever wrote it, or a maker; 409, it is no longer what was seen.
            MissingError: the party has no such draft.
        """
        whole = self.whole(present, name)
        check_signable(whole.draft, seen, now=self._front.now())
        with self._front.register() as register:
            check_reviewer(present.key, present.roles, _authors(register, whole))
        with writing_beside(self._ledger.engine) as connection:
            kept.keep_return(connection, whole.draft, reason=reason, key=present.session.key)
        return self.whole(present, name)

    def withdraw(self, present: Present, name: str) -> None:
        """Nothing is left of the draft.

        Raises:
            RequestRefused: 403, not a maker; 409, it is posted.
            MissingError: the party has no such draft.
        """
        check_maker(present.roles)
        whole = self.whole(present, name)
        with writing_beside(self._ledger.engine) as connection:
            kept.drop(connection, whole.draft)

    def file(self, present: Present, name: str) -> DraftFile:
        """The draft as a file, to be signed elsewhere, with its personal fields in clear; as `shown`."""
        return self._file(self.shown(present, name).whole)

    def shown(self, present: Present, name: str) -> Progress:
        """As `progress`, for somebody who is shown the personal fields: an access stands for each field by name.

        Raises:
            MissingError: the party has no such draft.
        """
        now = self.progress(present, name)
        draft, version = now.whole.draft, now.whole.newest
        fields = sorted({parse_disclosure(text).name for text in version.disclosures})
        if fields:
            at, of = format_instant(self._front.now()), f"{draft.party}/{version.header.id}"
            why = f"draft {draft.id}, version {version.number}"
            with writing_beside(self._ledger.engine) as connection:
                note(
                    connection, (access_of(present, at=at, event=of, field=one, reason=why) for one in fields)
                )
        return now

    # --- judging ------------------------------------------------------------------------------------------

    def hindered(self, present: Present, whole: Whole) -> Problem | None:
        """Why the key of whoever is present may not sign amounts like these, whatever the role; None if it may."""
        with self._as_if_posted(whole) as (register, recorded, past):
            asked = asked_of(register, _submission(whole), recorded=recorded, past=past)
        if asked.large is None:
            return None
        return next(custody_problems(present.key, role=present.roles[0], large=asked.large), None)

    def _judged(self, whole: Whole) -> tuple[Problem, ...]:
        """What is wrong with the signature set, by the rules of the ledger, as if it were posted now."""
        with self._as_if_posted(whole) as (register, recorded, past):
            return tuple(authority.check_signers(register, _submission(whole), recorded=recorded, past=past))

    @contextlib.contextmanager
    def _as_if_posted(self, whole: Whole) -> Iterator[tuple[Register, str, StoredPast]]:
        """The register, the instant and the earlier events that `whole` would be judged by now."""
        ledger = self._ledger
        with self._front.register() as register, ledger.reading_database() as connection:
            recorded = recorded_at(
                ledger.genesis,
                previous=ledger.model.recorded,
                now=self._front.now(),
                signed_at=whole.newest.header.signed_at,
            )
            yield register, recorded, StoredPast(connection, before=ledger.model.size)

    def _unmendable(self, signed: Whole, signature: Signature) -> tuple[Problem, ...]:
        """What is wrong with a new signature, or with it beside the others; its author only signs as maker."""
        with self._front.register() as register:
            problems = tuple(authority.check_signatures(register, _submission(signed)))
            if problems:
                return problems
            if signature.role != "maker":
                for key in self._standing_for(register, signature):
                    check_apart(key, _authors(register, signed))
        return waiting_for(self._judged(signed))[1]

    def _standing_for(self, register: Register, signature: Signature) -> Iterator[Key]:
        """The key that signed, and those that lent it the role: a deputy counts as both persons (ADR 0021)."""
        yield register.keys[signature.key].registered
        now = format_instant(self._front.now())
        yield from principals(register, signature.key, signature.role, recorded=now)

    def _form_problems(self, version: Version, now: datetime.datetime) -> tuple[Problem, ...]:
        genesis = self._ledger.genesis
        today = business_date(format_instant(now), genesis.time_zone)
        written = genesis.clock == "wall" and not genesis.historical
        submission = _submission_of(version)
        found = list(disclosure_problems(submission))
        for index, (event, data) in enumerate(zip(submission.events, version.events, strict=True)):
            of_event = [*text_problems(data), *form_problems(event, today)]
            of_event += number_problems(event, data) if written else ()
            found += [replace(one, index=index) for one in of_event]
        return tuple(found)

    def _version(
        self,
        present: Present,
        events: Sequence[AnyEvent],
        *,
        number: int,
        identifier: str,
        now: datetime.datetime,
    ) -> Version:
        encoded = tuple(event_bytes(event) for event in events)
        header = Header(
            count=len(encoded),
            genesis=self._ledger.genesis_hash,
            id=identifier,
            origin=self._ledger.genesis.origin,
            party=present.party,
            root=events_root(encoded),
            signed_at=format_instant(now),
        )
        return Version(
            number=number, author=present.session.key, made=format_instant(now), header=header, events=encoded
        )

    def _file(self, whole: Whole) -> DraftFile:
        with self._ledger.reading() as reader:
            entry0 = reader.entry(0) or b""
        submission = _submission(whole)
        return DraftFile(
            entry0=entry0,
            genesis=self._ledger.genesis,
            header=submission.header,
            events=submission.events,
            event_bytes=submission.event_bytes,
            last=() if whole.last is None else whole.last.events,
            signatures=whole.signatures,
            disclosures=submission.disclosures,
        )


def events_of(version: Version) -> tuple[AnyEvent, ...]:
    """The events of `version`."""
    return tuple(parse_event(one, place=f"event {at}") for at, one in enumerate(version.events))


def _submission(whole: Whole) -> Submission:
    return _submission_of(whole.newest, whole.signatures)


def _submission_of(version: Version, signatures: tuple[Signature, ...] = ()) -> Submission:
    return Submission(
        header=version.header,
        signatures=signatures,
        events=events_of(version),
        event_bytes=version.events,
        disclosures=version.disclosures,
    )


def _still_committed(events: Sequence[AnyEvent], disclosures: Sequence[str]) -> Iterator[str]:
    standing = {commitment for event in events for commitment in event.sd}
    return (text for text in disclosures if commitment_of(text) in standing)


def _authors(register: Register, whole: Whole) -> list[Key]:
    return _keys(register, whole.authors)


def _keys(register: Register, names: Collection[str]) -> list[Key]:
    return [register.keys[one].registered for one in sorted(names) if one in register.keys]


def _unknown(name: str) -> MissingError:
    return MissingError(
        code="draft-unknown",
        place=f"drafts/{name}",
        message_en="your bureau has no such draft",
        message_zh="本单位没有该草稿",
        remedy_en="List what there is: /v1/drafts; a withdrawn draft is gone.",
        remedy_zh="可用 /v1/drafts 列出现有草稿；撤回的草稿不再保留。",
    )
