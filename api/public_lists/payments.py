# SPDX-License-Identifier: Apache-2.0
"""The payments to persons in chosen submissions, as a log has them, and the fields that disclosures open of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ledger.commitments import Disclosure, commitment_of, parse_disclosure
from ledger.errors import FormatError, MissingError
from ledger.kinds.authority import Disbursement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Use
from ledger.payee_rows import PayeeRow
from verifier.reading.posted_events import posted_events
from verifier.reading.sources import Source

_FIELDS: Mapping[str, str] = {"payee_name": "name", "payee_id": "id", "payee_account": "account"}
"""Personal fields of a payment, and what a list calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment that commits to its payee: name of the event, position and leaf hash (hex) of its entry."""

    name: str
    seq: int
    leaf: str
    event: Use | Disbursement


def payments_in(source: Source, submissions: Collection[str]) -> tuple[Payment, ...]:
    """The payments to persons in `submissions` (``<party>/<id>``) in log order, without those that were reversed.

    Raises:
        MissingError: one of them is not there, or pays no person.
        InputError, EnvironmentFault: the log cannot be read.
    """
    found: dict[str, Payment] = {}
    seen: set[str] = set()
    for posted in posted_events(source):
        event, submission = posted.event, posted.name.rpartition("/")[0]
        match event:
            case Use() | Disbursement() if event.sd and submission in submissions:
                seen.add(submission)
                found[posted.name] = Payment(
                    name=posted.name, seq=posted.seq, leaf=posted.leaf.hex(), event=event
                )
            case Correction():
                found.pop(event.event, None)
            case _:
                pass
    for submission in sorted(set(submissions) - seen):
        raise _no_payments(submission)
    return tuple(found.values())


def row_of(payment: Payment, texts: Collection[str]) -> PayeeRow | None:
    """The person paid, by the disclosures `texts`; None if they do not say who it is.

    Raises:
        FormatError: one of them opens no commitment of the payment.
    """
    opened: dict[str, Disclosure] = {}
    for text in texts:
        if commitment_of(text) not in payment.event.sd:
            raise _opens_nothing(payment)
        disclosure = parse_disclosure(text, place=payment.name)
        opened[disclosure.name] = disclosure
    if "payee_name" not in opened:
        return None
    fields = {called: str(opened[name].value) for name, called in _FIELDS.items() if name in opened}
    fields["period"] = f"{payment.event.occurred_on:%Y-%m}"
    if isinstance(payment.event, Use) and payment.event.note is not None:
        fields["item"] = payment.event.note
    return PayeeRow(salt=opened["payee_name"].salt, amount=payment.event.amount, fields=fields)


def _no_payments(submission: str) -> MissingError:
    return MissingError(
        code="mask.no-payments",
        place=submission,
        message_en="the ledger has no submission of that name that pays persons by commitments",
        message_zh="账本中没有该编号的提交，或其中没有以承诺值登记的个人支付",
        remedy_en="Name it PARTY/ID, as fundtrace post and the page of an entry do.",
        remedy_zh="请按 单位/提交编号 填写，见登记结果或条目页面。",
    )


def _opens_nothing(payment: Payment) -> FormatError:
    return FormatError(
        code="mask.opens-nothing",
        place=payment.name,
        message_en="a disclosure opens no commitment of this payment",
        message_zh="有披露内容不对应该笔支付的任何承诺值",
        remedy_en="Nothing was written. Verify ledger and disclosures: fundtrace verify SOURCE --disclosures FILE.",
        remedy_zh="未写出文件。请先核验账本和披露文件：fundtrace verify 来源 --disclosures 文件。",
    )
