# SPDX-License-Identifier: Apache-2.0
"""The job that tells each recipient once a day what is due; run as often as one likes, by as many processes as there are.

Nothing waits for it: it reads the last judgement and the drafts, and a recipient that is down, slow or refusing is tried
again later, until the business day ends. The next day's notice says what is due then.
"""

import datetime
import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from api.drafts.kept import unsigned_by
from api.languages import Language
from api.notices import carriers, kept
from api.notices.carriers import MailServer
from api.notices.digest import Digest, WaitingDraft, digest_body, digest_mail
from api.notices.due import due_from, today
from api.notices.recipients import MailRecipient, Recipient, WebhookRecipient
from api.portal.names import Names, present_names
from api.portal.wording import wording
from api.projection.finding_board import Judged
from api.served_ledger import ServedLedger
from ledger.clock import Clock
from ledger.errors import EnvironmentFault, ToldError
from ledger.instant import business_date, format_instant
from ledger.store.engine import writing_beside

AT_ONCE: Final = 8
"""Recipients that are told at the same time."""
LASTING: Final = 3
"""Failed attempts after which a recipient is said to be in trouble."""

_LOG: Final = logging.getLogger("fundtrace.notices")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHealth:
    """How today's notices do: sent, begun and not sent, and the labels of recipients that have failed for a while."""

    sent: int
    waiting: int
    troubled: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class NoticeRound:
    """The notices of one server; safe to run from several threads and several processes, and to run twice.

    Attributes:
        ledger: whose last judgement is told.
        recipients: whom.
        server: the mail server; None where no recipient has a mailbox.
        hour: the hour of the ledger's time zone before which nothing is sent.
        link: the address of the desk page; empty where it is not known.
        now: the clock.
        post: carries a body to a webhook.
        mail: carries a mail to the server.
    """

    ledger: ServedLedger
    recipients: Sequence[Recipient]
    server: MailServer | None
    hour: int
    link: str
    now: Clock
    post: Callable[..., None] = carriers.post
    mail: Callable[..., None] = carriers.mail
    _running: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Every recipient whose notice is due now has been tried. Failures are told in the log."""
        judged, moment = self.ledger.board.judged, self.now()
        here = moment.astimezone(ZoneInfo(self.ledger.genesis.time_zone))
        if judged is None or here.hour < self.hour or not self._running.acquire(blocking=False):
            return
        try:
            with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(self.recipients))) as pool:
                list(pool.map(lambda one: self._attend(one, judged, moment), self.recipients))
        finally:
            self._running.release()

    def health(self) -> NoticeHealth:
        """How today's notices do, whichever process sends them.

        Raises:
            EnvironmentFault: the database does not answer.
        """
        with self.ledger.reading_database() as connection:
            found = kept.fates(connection, self._day(self.now()), [one.id for one in self.recipients])
        unsent = {name for name, one in found.items() if not one.sent}
        lasting = {name for name in unsent if found[name].attempts >= LASTING}
        return NoticeHealth(
            sent=len(found) - len(unsent),
            waiting=len(unsent),
            troubled=tuple(one.label for one in self.recipients if one.id in lasting),
        )

    def _day(self, moment: datetime.datetime) -> datetime.date:
        return business_date(format_instant(moment), self.ledger.genesis.time_zone)

    def _attend(self, recipient: Recipient, judged: Judged, moment: datetime.datetime) -> None:
        """Tell `recipient`, if there is something to tell and nobody has or is about to."""
        day, engine = self._day(moment), self.ledger.engine
        try:
            digest = self._digest(recipient, judged, moment)
            if digest.empty:
                return
            with writing_beside(engine) as connection:
                attempt = kept.claim(connection, day, recipient.id, moment)
            if not attempt:
                return
            try:
                self._tell(recipient, digest, notice=notice_id(self.ledger.genesis_hash, day, recipient))
            except ToldError as error:
                _LOG.warning("attempt %d: %s", attempt, error)
                with writing_beside(engine) as connection:
                    kept.keep_failed(connection, day, recipient.id, attempt=attempt, now=self.now())
                return
            # From here on it is sent; a process that dies now sends it once more, under the same id.
            with writing_beside(engine) as connection:
                kept.keep_sent(connection, day, recipient.id)
        except EnvironmentFault as fault:
            _LOG.warning("no notice this time: %s", fault)

    def _digest(self, recipient: Recipient, judged: Judged, moment: datetime.datetime) -> Digest:
        ledger, party = self.ledger, recipient.party
        with ledger.reading_database() as connection:
            drafts = unsigned_by(connection, party, key="", at=format_instant(moment))
        language: Language = recipient.language if isinstance(recipient, MailRecipient) else "zh"
        with ledger.model.lock:
            names = Names(
                language=language,
                wording=wording(language),
                pages=str,
                found=present_names(ledger.model.register),
            )
            name = names.text("party", party)
        return Digest(
            due=due_from(party, judged, today(ledger.genesis, judged, moment)),
            drafts=tuple(
                WaitingDraft(id=draft.id, submission=header.id, expires=draft.expires)
                for draft, header, _ in drafts
            ),
            genesis=ledger.genesis,
            genesis_hash=ledger.genesis_hash,
            name=name,
            link=self.link,
        )

    def _tell(self, recipient: Recipient, digest: Digest, *, notice: str) -> None:
        now = self.now()
        match recipient:
            case WebhookRecipient():
                body = digest_body(digest, notice=notice)
                self.post(recipient, body, notice=notice, seconds=int(now.timestamp()))
            case MailRecipient():
                if self.server is None:
                    return
                message = digest_mail(
                    digest,
                    notice=notice,
                    language=recipient.language,
                    sender=self.server.sender,
                    to=recipient.to,
                    now=now,
                )
                self.mail(self.server, message, label=recipient.label)
            case _:
                assert_never(recipient)


def notice_id(genesis_hash: str, day: datetime.date, recipient: Recipient) -> str:
    """The name of the notice of `day` to `recipient`, the same each time it is sent: 32 hex digits."""
    return hashlib.sha256(f"{genesis_hash}\n{day}\n{recipient.id}".encode()).hexdigest()[:32]
