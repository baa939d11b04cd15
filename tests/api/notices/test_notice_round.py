# SPDX-License-Identifier: Apache-2.0
"""One notice a day to each recipient: by one of several processes, not twice after a restart, again after failures."""

from __future__ import annotations

import datetime
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from api.notices.carriers import MailServer, post
from api.notices.kept import LEASE
from api.notices.notice_round import NoticeRound
from api.notices.recipients import MailRecipient, WebhookRecipient
from ledger.errors import EnvironmentFault
from ledger.kinds.vocabulary import event_bytes
from ledger.submission import wire_bytes
from tests.post_office import hook_office
from tests.worlds import CITY, COUNTY, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from api.languages import Language
    from tests.counter import MovedClock, Visitor
    from tests.post_office import Manner
    from tests.served import Site

HOOK = WebhookRecipient(
    label="webhook 1 (city)", party=CITY, url="http://127.0.0.1:1/", secret=b"0123456789abcdef"
)
SERVER = MailServer(host="mail.example", port=25, tls="none", user="", password="", sender="ledger@b.example")
MINUTE = datetime.timedelta(minutes=1)


def mailbox(language: Language) -> MailRecipient:
    """A mailbox of the city's."""
    return MailRecipient(label="mail 1 (city)", party=CITY, to="a@b.example", language=language)


class Carrier:
    """Takes what is sent, or fails while it is told to."""

    def __init__(self) -> None:
        """Nothing sent."""
        self.sent: list[Any] = []
        self.attempts = 0
        self.down = False

    def post(self, _recipient: WebhookRecipient, body: bytes, **_more: object) -> None:
        """A body."""
        self._take(body)

    def mail(self, _server: MailServer, message: EmailMessage, **_more: object) -> None:
        """A mail."""
        self._take(message)

    def _take(self, what: object) -> None:
        self.attempts += 1
        if self.down:
            raise EnvironmentFault(
                code="notice.untold",
                place="x",
                message_en="down",
                message_zh="断",
                remedy_en="x",
                remedy_zh="x",
            )
        self.sent.append(what)


@pytest.fixture
def carrier() -> Carrier:
    """Takes everything."""
    return Carrier()


@pytest.fixture
def made(counter: Site, clock: MovedClock, carrier: Carrier) -> Callable[..., NoticeRound]:
    """Makes the job of one more process."""

    def make(*recipients: MailRecipient | WebhookRecipient, hour: int = 7) -> NoticeRound:
        return NoticeRound(
            ledger=counter.ledger,
            recipients=recipients or (HOOK,),
            server=SERVER,
            hour=hour,
            link="https://ledger.example/desk/due",
            now=clock,
            post=carrier.post,
            mail=carrier.mail,
        )

    return make


@pytest.fixture(autouse=True)
def pressing(counter: Site) -> None:
    """What the city owes is due soon."""
    judged = counter.ledger.board.judged
    assert judged is not None
    owed = tuple(replace(one, soon_from=judged.as_of) for one in judged.owed)
    counter.ledger.board.judged = replace(judged, owed=owed)


def test_one_notice_a_day(made: Callable[..., NoticeRound], carrier: Carrier, clock: MovedClock) -> None:
    """However often the job runs; the next day brings the next one."""
    job = made()
    for _ in range(3):
        job.run()
    assert len(carrier.sent) == 1
    clock.move(days=1)
    job.run()
    first, second = (json.loads(body) for body in carrier.sent)
    assert (first["party"], first["owed_in_all"]) == (CITY, 2)
    assert [one["line"] for one in first["owed"]] == ["L-CITY", "L-CANAL"]
    assert first["id"] != second["id"]
    assert first["not_covered"] == []


def test_another_process_or_a_restart_sends_nothing_twice(
    made: Callable[..., NoticeRound], carrier: Carrier
) -> None:
    """The database remembers."""
    for job in (made(), made()):
        job.run()
    assert len(carrier.sent) == 1


def test_who_claims_first_sends(made: Callable[..., NoticeRound], carrier: Carrier) -> None:
    """A second process that comes while the first is sending leaves it alone."""
    first, second = made(), made()
    send = carrier.post

    def slow(recipient: WebhookRecipient, body: bytes, **more: object) -> None:
        second.run()
        send(recipient, body, **more)

    first.post = slow
    first.run()
    assert carrier.attempts == 1


def test_a_process_that_died_while_sending_leaves_a_claim_that_runs_out(
    made: Callable[..., NoticeRound], carrier: Carrier, clock: MovedClock
) -> None:
    """The notice then goes once more, under the same id."""
    dying = made()

    def die(recipient: WebhookRecipient, body: bytes, **more: object) -> None:
        carrier.post(recipient, body, **more)
        raise KeyboardInterrupt

    dying.post = die
    with pytest.raises(KeyboardInterrupt):
        dying.run()
    clock.moment += LEASE - MINUTE
    made().run()
    assert len(carrier.sent) == 1
    clock.moment += MINUTE
    made().run()
    assert len({json.loads(body)["id"] for body in carrier.sent}) == 1
    assert len(carrier.sent) == 2


def test_failures_are_tried_again_after_longer_and_longer_pauses(
    made: Callable[..., NoticeRound], carrier: Carrier, clock: MovedClock
) -> None:
    """One, two, four minutes; then it gets through and is not sent again."""
    job = made()
    carrier.down = True
    for attempts, pause in ((1, 1), (2, 2), (3, 4)):
        job.run()
        assert carrier.attempts == attempts
        clock.moment += pause * MINUTE - datetime.timedelta(seconds=1)
        job.run()
        assert carrier.attempts == attempts
        clock.move(seconds=1)
    assert job.health().troubled == ("webhook 1 (city)",)
    carrier.down = False
    job.run()
    job.run()
    assert (len(carrier.sent), carrier.attempts) == (1, 4)
    assert (job.health().sent, job.health().waiting, job.health().troubled) == (1, 0, ())


def test_nothing_goes_out_before_the_hour(
    made: Callable[..., NoticeRound], carrier: Carrier, clock: MovedClock
) -> None:
    """In the time zone of the ledger: it is 09:00 there when the clock says 01:00 UTC."""
    late, early = made(hour=10), made(hour=9)
    late.run()
    assert carrier.sent == []
    early.run()
    assert len(carrier.sent) == 1
    assert clock().hour == 1


def test_nothing_to_tell_is_not_sent(
    made: Callable[..., NoticeRound], counter: Site, carrier: Carrier, maker: Visitor, world: World
) -> None:
    """Nor before the first judgement; a draft that waits is something to tell."""
    judged = counter.ledger.board.judged
    assert judged is not None
    job = made()
    counter.ledger.board.judged = None
    job.run()
    counter.ledger.board.judged = replace(judged, owed=())
    job.run()
    assert carrier.sent == []
    events = [json.loads(event_bytes(world.issued("L-1", 5)))]
    name = maker.write("POST", "/v1/drafts", {"events": events}).json()["id"]
    job.run()
    (body,) = carrier.sent
    assert [one["id"] for one in json.loads(body)["drafts"]] == [name]


def test_a_party_is_not_told_of_others(
    made: Callable[..., NoticeRound], carrier: Carrier, maker: Visitor, world: World
) -> None:
    """Drafts of the city are no business of the county's."""
    events = [json.loads(event_bytes(world.issued("L-1", 5)))]
    maker.write("POST", "/v1/drafts", {"events": events})
    made(replace(HOOK, party=COUNTY)).run()
    assert carrier.sent == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("逾期或将到期 2 项", "下达或拨付 300,000.00 元", "将到期")),
        ("en", ("2 overdue or due soon", "Pass on CNY 300,000.00", "due soon")),
    ],
)
def test_mail_is_written_for_people(
    made: Callable[..., NoticeRound], carrier: Carrier, language: Language, words: tuple[str, str, str]
) -> None:
    """In plain text and in HTML, with a link to the desk; no absence note answers it."""
    made(mailbox(language)).run()
    (mail,) = carrier.sent
    subject, owed, state = words
    assert subject in mail["Subject"]
    assert (mail["To"], mail["From"], mail["Auto-Submitted"]) == (
        "a@b.example",
        "ledger@b.example",
        "auto-generated",
    )
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert owed in text
        assert state in text
        assert "https://ledger.example/desk/due" in text


def test_names_from_the_ledger_are_no_markup_in_mail(
    made: Callable[..., NoticeRound], carrier: Carrier, counter: Site
) -> None:
    """Escaped in HTML, as they are in plain text."""
    judged = counter.ledger.board.judged
    assert judged is not None
    counter.ledger.board.judged = replace(
        judged, owed=tuple(replace(one, line="<b>L</b>") for one in judged.owed)
    )
    made(mailbox("en")).run()
    (mail,) = carrier.sent
    assert "<b>L</b>" in mail.get_body(("plain",)).get_content()
    assert "&lt;b&gt;L&lt;/b&gt;" in mail.get_body(("html",)).get_content()


def test_trouble_stands_in_the_notes_and_figures_and_the_server_stays_ready(
    made: Callable[..., NoticeRound], carrier: Carrier, counter: Site, clock: MovedClock
) -> None:
    """By the place in the file, never by the address."""
    job = made(mailbox("zh"), HOOK)
    counter.app.state.notices = job
    carrier.down = True
    for _ in range(3):
        job.run()
        clock.move(hours=1)
    answer = counter.get("/readyz")
    assert answer.status_code == 200
    assert [one["place"] for one in answer.json()["notes"]] == ["mail 1 (city)", "webhook 1 (city)"]
    assert "a@b.example" not in answer.text
    figures = counter.get("/metrics").text
    assert 'fundtrace_notices{fate="failing"} 2.0' in figures
    carrier.down = False
    job.run()
    assert counter.get("/readyz").json()["notes"] == []
    assert 'fundtrace_notices{fate="sent"} 2.0' in counter.get("/metrics").text


@pytest.mark.loopback
@pytest.mark.parametrize("manner", ["refuses", "breaks", "hangs"])
def test_a_notice_that_fails_blocks_no_posting(
    made: Callable[..., NoticeRound], counter: Site, world: World, manner: Manner
) -> None:
    """A submission stands while the webhook keeps the job waiting, and after it failed."""
    with hook_office() as office:
        office.manner = manner
        job = made(replace(HOOK, url=f"http://127.0.0.1:{office.port}/"))
        reached = threading.Event()

        def carry(recipient: WebhookRecipient, body: bytes, *, notice: str, seconds: int) -> None:
            reached.set()
            post(recipient, body, notice=notice, seconds=seconds, timeout=5)

        job.post = carry
        thread = threading.Thread(target=job.run)
        thread.start()
        assert reached.wait(30)
        assert counter.post(wire_bytes(world.issue("L-MEANWHILE", 5))).status_code == 201
        office.closing.set()
        thread.join()
    assert counter.post(wire_bytes(world.issue("L-AFTER", 5))).status_code == 201
    assert job.health().waiting == 1
