# SPDX-License-Identifier: Apache-2.0
"""The reading room: personal fields are shown to whom they are for, and each showing is written down first (spec §10.5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.confidential.access import Access, access_of, accesses_after, note
from api.confidential.standing import Standing, not_for, oversees, standing_to
from api.refusals import RequestRefused
from api.served_ledger import ServedLedger
from api.sessions.front_desk import FrontDesk, Present
from ledger.commitments import parse_disclosure
from ledger.errors import MissingError
from ledger.instant import format_instant
from ledger.past_events import KnownEvent
from ledger.store.disclosures import disclosures_of, erasures_of
from ledger.store.engine import writing_beside
from ledger.store.log_reader import LogReader
from ledger.store.past import StoredPast

MARKS = frozenset({"payee_mark", "counterparty_mark"})
"""Keyed marks of persons, for audit alone: whoever has two of them can tell that two persons are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A commitment of an event: opened by `disclosure`; or erased by the entry at `erased`; or neither, for this reader."""

    commitment: str
    disclosure: str | None = None
    name: str | None = None
    value: str | int | tuple[str, ...] | None = None
    erased: int | None = None


class ReadingRoom:
    """Shows what lies beside the log of one server, to people who are signed in."""

    def __init__(self, ledger: ServedLedger, front_desk: FrontDesk) -> None:
        """Open to whoever `front_desk` says is present."""
        self._ledger = ledger
        self._front_desk = front_desk

    def show(
        self, present: Present, name: str, *, reason: str, case_id: str
    ) -> tuple[KnownEvent, list[Shown]]:
        """Every commitment of the event `name` as `present` may see it; an access stands for each field that is opened.

        Raises:
            MissingError: there is no such event.
            RequestRefused: 403, it is not for them; 422, audit names no case.
        """
        known = self.event(name)
        standing = self.standing(present, known.party)
        if standing not in {"own", "audit", "supervision"}:
            raise not_for("event")
        if standing == "audit" and not case_id:
            raise caseless()
        with writing_beside(self._ledger.engine) as connection:
            kept, erased = disclosures_of(connection, known.seq), erasures_of(connection, known.seq)
            shown = [_shown(one, kept.get(one), erased.get(one), standing) for one in known.event.sd]
            at = format_instant(self._front_desk.now())
            note(connection, _accesses(present, shown, at=at, event=name, reason=reason, case_id=case_id))
        return known, shown

    def event(self, name: str) -> KnownEvent:
        """The event `name`.

        Raises:
            MissingError: there is none.
        """
        with self._ledger.reading_database() as connection:
            head = LogReader(connection).head()
            found = None if head is None else StoredPast(connection, before=head.size).find(name)
        if found is None:
            raise MissingError(
                code="event-unknown",
                place="event",
                message_en=f"there is no event {name}",
                message_zh=f"没有事件 {name}",
                remedy_en="Take the name from the page of its entry.",
                remedy_zh="请从条目页面复制事件名称。",
            )
        return found

    def standing(self, present: Present, poster: str) -> Standing | None:
        """What `present` is to the events of `poster`, by the register of now."""
        with self._front_desk.register() as register:
            return standing_to(register, present, poster)

    def accesses(self, present: Present, after: str, *, most: int) -> list[Access]:
        """Who was shown what, from the first on or after the id `after`.

        Raises:
            RequestRefused: 403, `present` is neither of audit nor of supervision.
        """
        with self._front_desk.register() as register:
            if not oversees(register, present):
                raise _for_audit()
        with self._ledger.reading_database() as connection:
            return accesses_after(connection, after, most=most)


def _shown(commitment: str, text: str | None, erased: int | None, standing: Standing) -> Shown:
    disclosure = None if text is None else parse_disclosure(text)
    if disclosure is None or (disclosure.name in MARKS and standing != "audit"):
        return Shown(commitment=commitment, erased=erased)
    return Shown(
        commitment=commitment, disclosure=text, name=disclosure.name, value=disclosure.value, erased=erased
    )


def _accesses(
    present: Present, shown: list[Shown], *, at: str, event: str, reason: str, case_id: str
) -> Iterator[Access]:
    for one in shown:
        if one.name is not None:
            yield access_of(present, at=at, event=event, field=one.name, reason=reason, case_id=case_id)


def caseless() -> RequestRefused:
    """The refusal of audit that names no case."""
    return RequestRefused.made(
        422,
        "case-missing",
        "case",
        en=("audit is shown what is not public for a case only", "State the number of the case."),
        zh=("审计调阅须注明案件编号", "请填写案件编号。"),
    )


def _for_audit() -> RequestRefused:
    return RequestRefused.made(
        403,
        "accesses-for-audit",
        "cookie",
        en=("who was shown what is told to audit and supervision", "Sign in with a key of one of them."),
        zh=("调阅记录仅供审计、监督单位查看", "请使用上述单位的密钥登录。"),
    )
