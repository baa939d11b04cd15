# SPDX-License-Identifier: Apache-2.0
"""Whether the disclosures sent with a submission open exactly the commitments of its events (spec §10).

The log cannot show this later, so it is checked where disclosures are taken in, and by whoever is given them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ledger.canonical import jcs
from ledger.commitments import Disclosure, commitment_of, parse_disclosure
from ledger.errors import FormatError
from ledger.kinds.form import fields_of, kind_of
from ledger.kinds.vocabulary import AnyEvent
from ledger.problems import Problem, problem_at, problem_of
from ledger.submission import Submission
from ledger.texts import text_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Commitment `commitment` of event `index` of a submission, and the disclosure that opens it."""

    index: int
    commitment: str
    text: str


def disclosure_problems(submission: Submission) -> tuple[Problem, ...]:
    """Empty, if every commitment of `submission` is opened, and every disclosure opens one of its events rightly."""
    if not submission.disclosures and not any(event.sd for event in submission.events):
        return ()
    sent = {commitment_of(text): text for text in submission.disclosures}
    return tuple(_problems(submission, sent))


def opened(submission: Submission) -> Iterator[Opened]:
    """What the disclosures of `submission` open, event by event; without problems, all commitments of all events."""
    sent = {commitment_of(text): text for text in submission.disclosures}
    for index, event in enumerate(submission.events):
        for commitment in event.sd:
            if commitment in sent:
                yield Opened(index=index, commitment=commitment, text=sent[commitment])


def field_problems(event: AnyEvent, disclosure: Disclosure) -> Iterator[Problem]:
    """What is wrong with `disclosure` as a field of `event`, whose commitment it opens."""
    kind = kind_of(event)
    if disclosure.name not in event.PERSONAL:
        yield _problem(
            "disclosure-name", f"{disclosure.name} is no personal field of {kind}",
            f"{disclosure.name} 不是 {kind} 的个人信息字段",
            ("commit to personal fields of the kind only; see docs/spec §10", "请只对该类事件的个人信息字段作承诺"),
        )  # fmt: skip
    if disclosure.name in fields_of(event):
        yield _problem(
            "disclosure-clear", f"{disclosure.name} stands in the event in clear, too", f"{disclosure.name} 在事件中已明示",
            ("leave it out of the event, or do not commit to it", "请从事件中删除该字段，或不作承诺"),
        )  # fmt: skip


def _problems(submission: Submission, sent: Mapping[str, str]) -> Iterator[Problem]:
    used: set[str] = set()
    for index, event in enumerate(submission.events):
        names: set[str] = set()
        for commitment in event.sd:
            used.add(commitment)
            if commitment not in sent:
                yield replace(_unopened(commitment), index=index)
                continue
            for problem in _opening_problems(event, sent[commitment], names):
                yield replace(problem, index=index)
    for commitment in sent.keys() - used:
        yield _problem(
            "disclosure-stray", f"a disclosure opens no commitment of any event: {commitment}",
            f"有披露内容不对应任何承诺值：{commitment}",
            ("send disclosures of these events only, spelt as they were hashed",
             "请只提交本次事件的披露内容，与计算哈希时一致"),
        )  # fmt: skip


def _opening_problems(event: AnyEvent, text: str, names: set[str]) -> Iterator[Problem]:
    try:
        disclosure = parse_disclosure(text, place="disclosures")
    except FormatError as error:
        yield problem_of(error)
        return
    yield from field_problems(event, disclosure)
    for problem in text_problems(jcs({disclosure.name: disclosure.value})):
        yield replace(problem, place=f"disclosures, {disclosure.name}")
    if disclosure.name in names:
        yield _problem(
            "disclosure-twice", f"{disclosure.name} is committed to twice in one event",
            f"{disclosure.name} 在同一事件中重复承诺",
            ("commit to each field once", "每个字段只作一次承诺"),
        )  # fmt: skip
    names.add(disclosure.name)


def _unopened(commitment: str) -> Problem:
    return _problem(
        "disclosure-missing", f"commitment {commitment} comes without its disclosure", f"承诺值 {commitment} 未附披露内容",
        ("send the disclosure of every commitment beside the events", "请随事件提交每个承诺值的披露内容"),
        place="_sd",
    )  # fmt: skip


def _problem(code: str, en: str, zh: str, remedy: tuple[str, str], *, place: str = "disclosures") -> Problem:
    return problem_at(code, place, en, zh, remedy, check="form")
