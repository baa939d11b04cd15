# SPDX-License-Identifier: Apache-2.0
"""What is due from a party as a calendar (RFC 5545): one entry for each obligation, on the day when it is due."""

import datetime
from typing import Final

from icalendar import Calendar, Event

from api.languages import Language
from api.notices.due import Due
from api.portal.amounts import MoneyStyle
from api.portal.wording import Wording
from api.projection.finding_board import Owed
from ledger.genesis import Genesis

MEDIA_TYPE: Final = "text/calendar"
MOST: Final = 2_000
"""Obligations in one calendar, the newest ones; the list has all."""
_LOOK_AGAIN: Final = datetime.timedelta(hours=6)


def calendar_of(
    due: Due, *, name: str, genesis: Genesis, genesis_hash: str, words: Wording, money: MoneyStyle
) -> bytes:
    """The calendar of the party called `name`; the same bytes for the same arguments.

    An obligation keeps its entry, by UID, as long as it stands; what is settled is not in it any more. Entries take no time
    from the day they stand on.
    """
    calendar = Calendar()
    calendar.add("prodid", _product(words.language))
    calendar.add("version", "2.0")
    title = words.text("notice.calendar", party=name)
    calendar.add("name", title)  # RFC 7986
    calendar.add("x-wr-calname", title)
    about = words.text("notice.calendar_about", seq=due.up_to, as_of=due.day, most=MOST)
    calendar.add("description", about)
    calendar.add("x-wr-timezone", genesis.time_zone)
    calendar.add("refresh-interval", _LOOK_AGAIN, parameters={"value": "DURATION"})
    for one in due.owed[-MOST:]:
        calendar.add_component(_entry(one, due, genesis_hash=genesis_hash, words=words, money=money))
    return bytes(calendar.to_ical())


def _entry(one: Owed, due: Due, *, genesis_hash: str, words: Wording, money: MoneyStyle) -> Event:
    entry = Event()
    entry.add("uid", f"{one.id}@{genesis_hash}")
    entry.add("dtstamp", datetime.datetime.combine(due.day, datetime.time(), tzinfo=datetime.UTC))
    entry.add("dtstart", one.due)
    entry.add("transp", "TRANSPARENT")
    entry.add("categories", [words.text(f"state.{one.state}")])
    entry.add("summary", told(one, words, money))
    entry.add(
        "description",
        words.text(
            "notice.entry_about",
            state=words.text(f"state.{one.state}"),
            as_of=due.day,
            asked=money.exactly(one.amount),
            seq=one.started,
        )
        if one.amount is not None
        else words.text(
            "notice.task_about", state=words.text(f"state.{one.state}"), as_of=due.day, seq=one.started
        ),
    )
    return entry


def told(one: Owed, words: Wording, money: MoneyStyle) -> str:
    """What is owed, in one line: duty, amount that is missing, and of what."""
    if one.outstanding is None:
        matter = words.text(f"notice.{one.duty}", matter=one.matter or "", project=one.project or "")
        return matter + words.text("notice.provisional") if one.provisional else matter
    of = words.text("notice.of_fund", fund=one.fund)
    if one.line is not None:
        of = words.text("notice.of_line", fund=one.fund, line=one.line)
    return words.text(f"notice.{one.duty}", amount=money.exactly(one.outstanding), of=of)


def _product(language: Language) -> str:
    return f"-//FundTrace//due//{language.upper()}"
