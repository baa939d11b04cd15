# SPDX-License-Identifier: Apache-2.0
"""A few lines of text that stand for a ledger, for tests of rules; no keys, no signatures, no store.

    scenario('''
    ledger ceilings=flag                                  # fields of the genesis; optional, first line only
    2026-01-05 party   PROV province finance              # level, roles (comma-separated)
    2026-01-05 party   NA county finance,unit parent=PROV
    2026-01-05 account TR NA treasury_single bank=BK      # owner, class
    2026-01-05 fund    F PROV                             # issuer; level province, year 2026 unless said
      match    base=disbursed num=1 den=4 level=county due_on=2026-06-30 basis="实施条例 1"
      deadline pay 15 working basis="资金办法 9"
    2026-01-06 project P NA F                             # unit, funds
    2026-01-10 issue   L0 1000.00 PROV -> NA fund=F
    2026-01-20 split   L1 600.00 NA -> T parent=L0
    2026-02-01 approve C1 500.00 project=P line=L1 by=NA
    2026-02-20 pay     500.00 L1 TR -> A-BUILDER claim=C1 as=pay1
    2026-02-20 debit   500.00 TR bank_ref=R7              # bank line; statement 2026-02, next line number
    2026-02-28 closed  TR 2026-02-01..2026-02-28 900.00   # opening; closing and lines are summed up
    2026-03-01 void    pay1 reason="wrong line"
    ''')

Grammar. One event is one line: business date, verb, the positional words of the verb (table `VERBS`, `->` between
two of them is only for the eye), then `key=value` words, whose keys are the wire names of the event's fields.
Values with spaces stand in double quotes; `#` begins a comment. Lists are comma-separated, dates in a list may be
ranges `A..B`; money is decimal text; a tag is `FUND/source` or `FUND/source/LINE`; an event is referred to by
its label. Indented lines are parts of the event above: `match`, `deadline`, `milestone`, `row`.

A hash is written as any word, whose SHA-256 it then is, or as 64 hex digits; an invoice as `WORD/AMOUNT`. The rules of a
fund on acceptance and retention are parts of their own: `accepts 15 calendar 3`, `retains 3 100 365`.

Words for every event: `as=LABEL` names it (default: verb and a count of that verb, such as `pay-2`); `by=PARTY` says
who posts it (default: the actor by DESIGN §3, or ``someone``); `recorded=DATE` says when (default: the business
date, or the date of the line above if that is later). Events are recorded at noon in China.
"""

import datetime
import hashlib
import re
import shlex
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ledger.amount import parse_amount
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.kinds.vocabulary import AnyEvent, event_bytes, parse_event
from tests.worlds import make_world
from verifier.posted import PostedEvent

VERBS: Final[dict[str, tuple[dict[str, Any], tuple[str, ...]]]] = {
    "party": ({"kind": "party", "division": "220122"}, ("id", "level", "roles")),
    "account": ({"kind": "account"}, ("id", "owner", "class")),
    "fund": ({"kind": "fund", "level": "province", "fiscal_year": 2026, "purpose": "测试"}, ("id", "issuer")),
    "project": ({"kind": "project", "division": "220122"}, ("id", "unit", "funds")),
    "policy": ({"kind": "policy", "title": "测试"}, ("id",)),
    "calendar": ({"kind": "calendar", "notice": "测试"}, ("id", "year")),
    "issue": (
        {"kind": "allocation", "action": "issue", "fiscal_year": 2026},
        ("line", "amount", "from", "to"),
    ),
    "receive": (
        {"kind": "allocation", "v": 2, "action": "receive", "fiscal_year": 2026},
        ("line", "amount", "from", "to"),
    ),
    "split": ({"kind": "allocation", "action": "split"}, ("line", "amount", "from", "to")),
    "adjust": ({"kind": "allocation", "action": "adjust"}, ("line", "amount", "from", "to")),
    "recall": ({"kind": "allocation", "action": "recall"}, ("line", "amount", "from", "to")),
    "pledge": ({"kind": "matching_pledge", "source": "budget"}, ("id", "amount", "party")),
    "matched": ({"kind": "matching_receipt", "source": "budget"}, ("amount", "party", "account")),
    "submit": ({"kind": "claim", "action": "submit"}, ("claim", "amount")),
    "approve": ({"kind": "claim", "action": "approve"}, ("claim", "amount")),
    "reject": ({"kind": "claim", "action": "return", "reason": "测试"}, ("claim",)),
    "pay": ({"kind": "disbursement", "mode": "direct"}, ("amount", "line", "from_account", "to_account")),
    "transfer": ({"kind": "transfer", "reason": "other"}, ("amount", "from_account", "to_account")),
    "use": ({"kind": "use"}, ("amount", "from_account", "payee")),
    "interest": ({"kind": "interest"}, ("amount", "account")),
    "return": ({"kind": "return"}, ("amount", "from_account", "to_account")),
    "credit": ({"kind": "movement", "direction": "credit"}, ("amount", "account")),
    "debit": ({"kind": "movement", "direction": "debit"}, ("amount", "account")),
    "closed": ({"kind": "balance"}, ("account", "period", "opening")),
    "accept": ({"kind": "acceptance"}, ("project", "verdict")),
    "contract": ({"kind": "contract", "category": "works"}, ("id", "project", "supplier", "amount")),
    "change": (
        {"kind": "contract_change", "document": "测试", "reason": "测试"},
        ("contract", "approved_by", "direction", "amount"),
    ),
    "progress": ({"kind": "progress"}, ("project", "value")),
    "settle": ({"kind": "settlement"}, ("project", "amount")),
    "plan": ({"kind": "plan"}, ("line", "period", "amount")),
    "carry": ({"kind": "allocation", "action": "carry_over"}, ("line", "amount", "from", "to")),
    "restore": ({"kind": "restitution"}, ("amount", "line", "to_account")),
    "list": ({"kind": "payee_list"}, ("fund", "period", "persons", "amount")),
    "publish": (
        {"kind": "publication", "subject": "测试", "place": "公告栏", "hash": "5e" * 32},
        ("subject",),
    ),
    "object": ({"kind": "objection", "text": "测试"}, ("id", "event", "days")),
    "reply": ({"kind": "reply", "text": "测试"}, ("objection",)),
    "waive": ({"kind": "waiver", "document": "财农〔2026〕9号", "hash": "5d" * 32}, ("fund",)),
    "dispose": ({"kind": "disposition"}, ("case", "state")),
    "key": (
        {"kind": "key", "action": "register", "alg": "ed25519", "public": "A" * 43 + "=", "device": "token"}
        | {"jurisdiction": ["220122"], "valid_from": "2026-01-01T00:00:00.000Z"},
        ("key", "holder", "person", "roles"),
    ),
    "unkey": ({"kind": "key", "action": "revoke", "reason": "测试"}, ("key",)),
    "depute": (
        {"kind": "deputation", "action": "grant", "principal": "5c" * 32, "reason": "测试"},
        ("id", "deputy", "role", "valid_from", "valid_to"),
    ),
    "attach": ({"kind": "attachment"}, ("hash",)),
    "void": ({"kind": "correction", "reason": "测试"}, ("event",)),
}
"""Verb → fields it sets, and the names of its positional words; ``-`` leaves a positional field out."""

PARTS: Final = {
    "match": ("matching", ()),
    "deadline": ("deadlines", ("duty", "days", "unit")),
    "milestone": ("milestones", ("id", "task", "party", "due_on")),
    "stage": ("milestones", ("id", "task")),
    "sum": ("matching_amounts", ("amount",)),
    "accepts": ("acceptance", ("days", "unit", "panel")),
    "retains": ("retention", ("num", "den", "days")),
    "began": ("upper", ("origin", "genesis", "fund")),
    "source": ("source", ("origin", "genesis", "event", "leaf", "line", "receipt")),
    "row": ("rows", ("id", "rule")),
}
SINGLE: Final = frozenset({"acceptance", "retention", "upper", "source"})
"""Parts of which an event has one."""
LISTS: Final = frozenset(
    {"roles", "related", "functional", "economic", "denied_economic"}
    | {"funds", "off", "worked", "panel", "evidence", "admits", "parties", "_sd"}
)
MONEY: Final = frozenset(
    {"amount", "opening", "closing", "value", "budget", "advance_cap", "retention", "surplus"}
    | {"returned", "rebooked", "recovered", "exempt"}
)
HASHES: Final = frozenset({"hash", "root", "payee_list", "key", "deputy"})
ROW_FIELDS: Final = frozenset({"id", "rule", "basis", "unit", "fund", "level"})
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A ledger written in text: genesis, events in log order, and the stable name of each label."""

    genesis: Genesis
    genesis_hash: str
    events: tuple[PostedEvent, ...]
    names: dict[str, str]


@dataclass(slots=True)
class _Reader:
    events: list[PostedEvent] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    owners: dict[str, str] = field(default_factory=dict)
    banks: dict[str, str] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    recorded: datetime.date = datetime.date.min
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)
    sums: Counter[tuple[str, str]] = field(default_factory=Counter)

    def read(self, text: str, parts: list[str]) -> None:
        """Append the event of one line and its indented parts."""
        date, verb, *words = shlex.split(text, comments=True)
        fixed, names = VERBS[verb]
        given = _fields(names, [word for word in words if word != "->"])
        label = given.pop("as", None) or f"{verb}-{self.counts[verb] + 1}"
        self.counts[verb] += 1
        party, recorded = given.pop("by", None), given.pop("recorded", date)
        plain: dict[str, Any] = {
            "v": 1,
            "occurred_on": date,
            **fixed,
            **{key: self.value(key, raw) for key, raw in given.items()},
        }
        self.complete(verb, plain)
        for part in parts:
            place, record = _part(part)
            if place in SINGLE:
                plain[place] = record
            else:
                plain.setdefault(place, []).append(record)
        self.append(_event(plain), label=label, party=party, recorded=datetime.date.fromisoformat(recorded))

    def value(self, key: str, raw: str) -> object:
        """The JSON value of the word `raw` for field `key`."""
        if key == "event":
            return self.names.get(raw, raw)
        if key in MONEY:
            return parse_amount(raw, place=key)
        if key in LISTS:
            return _list(key, raw)
        return _record(key, raw) or (digest(raw) if key in HASHES else raw)

    def complete(self, verb: str, plain: dict[str, Any]) -> None:
        """Fill in what the text may leave out."""
        if verb != "fund":  # a payment declares one class, a fund allows several
            plain.update({key: plain[key][0] for key in ("functional", "economic") if key in plain})
        match verb:
            case "party" | "fund" | "project":
                plain.setdefault("name", plain["id"])
            case "policy":
                plain.setdefault("effective_on", plain["occurred_on"])
            case "credit" | "debit":
                key = (plain["account"], plain.setdefault("statement", plain["occurred_on"][:7]))
                self.lines[key] += 1
                self.sums[key] += plain["amount"] if verb == "credit" else -plain["amount"]
                plain.setdefault("line_no", self.lines[key])
            case "closed":
                plain["from"], plain["to"] = plain.pop("period").split("..")
                key = (plain["account"], plain.setdefault("statement", plain["from"][:7]))
                plain.setdefault("closing", plain["opening"] + self.sums[key])
                plain.setdefault("lines", self.lines[key])
            case _:
                pass

    def append(self, event: AnyEvent, *, label: str, party: str | None, recorded: datetime.date) -> None:
        """Give the event its place in the log."""
        if label in self.names:
            raise ValueError(f"the label {label} stands twice")
        actor = party or self.actor(event)
        self.recorded = max(self.recorded, recorded)
        name, seq = f"{actor}/{label}/0", 2 * len(self.events) + 2
        leaf = leaf_hash(f"{name} {seq} ".encode() + event_bytes(event))
        moment = f"{self.recorded}T04:00:00.000Z"
        self.events.append(
            PostedEvent(seq=seq, leaf=leaf, recorded=moment, party=actor, name=name, event=event)
        )
        self.names[label] = name
        plain = msgspec.to_builtins(event)
        match plain["kind"]:
            case "account":
                self.owners[plain["id"]] = plain["owner"]
                self.banks[plain["id"]] = plain.get("bank", "bank")
            case "allocation" if plain["action"] in {"issue", "split"}:
                self.holders[plain["line"]] = plain["to"]

    def actor(self, event: AnyEvent) -> str:
        """Who posts the event by DESIGN §3, as far as the text tells."""
        plain = msgspec.to_builtins(event)
        match plain["kind"]:
            case "allocation":
                return str(event.actor)  # type: ignore[union-attr]
            case "disbursement":
                return self.holders.get(plain["line"], "someone")
            case "matching_receipt" | "interest" | "transfer" | "use" | "return" | "restitution":
                account = plain.get("account") or plain.get("from_account") or plain["to_account"]
                return self.owners.get(account, "someone")
            case "movement" | "balance":
                return self.banks.get(plain["account"], "bank")
            case "project":
                return str(plain["unit"])
            case _:
                return "someone"


def scenario(text: str, *, stage: str = "") -> Scenario:
    """The ledger that `stage` followed by `text` stands for; the same text gives the same bytes.

    Raises:
        ValueError: a line that is not of the grammar, with its text; FormatError for an event that is none.
    """
    options, reader = {}, _Reader()
    for line, parts in _blocks(stage + "\n" + text):
        if line.startswith("ledger"):
            if reader.events:
                raise ValueError("`ledger` stands before the first event")
            options = _fields((), shlex.split(line, comments=True)[1:])
            continue
        try:
            reader.read(line, parts)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{line.strip()}: {error!r}") from error
    return Scenario(
        genesis=_genesis(options),
        genesis_hash=hashlib.sha256(b"scenario").hexdigest(),
        events=tuple(reader.events),
        names=reader.names,
    )


def _genesis(options: dict[str, str]) -> Genesis:
    plain = {**msgspec.to_builtins(make_world().genesis), **options}
    return msgspec.convert(plain, Genesis, strict=False)


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Lines with their indented parts; a text indented as a whole counts from its least indented line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    blocks: list[tuple[str, list[str]]] = []
    for line in lines:
        if _DATE.match(line.strip()) or line.strip().startswith("ledger"):
            blocks.append((line.strip(), []))
        elif blocks:
            blocks[-1][1].append(line.strip())
        else:
            raise ValueError(f"{line!r} begins with neither a date nor `ledger`")
    return blocks


def _fields(names: tuple[str, ...], words: list[str]) -> dict[str, str]:
    if len(words) < len(names) or any("=" in word for word in words[: len(names)]):
        raise ValueError(f"needs {' '.join(names)}")
    given = {name: word for name, word in zip(names, words, strict=False) if word != "-"}
    for word in words[len(names) :]:
        key, sign, value = word.partition("=")
        if not sign or key in given:
            raise ValueError(f"{word!r} is no new key=value")
        given[key] = value
    return given


def _record(key: str, raw: str) -> dict[str, object] | None:
    """The record that `raw` writes for `key`, or None where the field is no record."""
    match key:
        case "tag":
            return dict(zip(("fund", "source", "line"), raw.split("/"), strict=False))
        case "provenance":
            return {"file": digest(raw), "row": 1}
        case "invoice":
            word, _, amount = raw.partition("/")
            return {"hash": digest(word), "amount": parse_amount(amount, place=key)}
        case _:
            return None


def _list(key: str, raw: str) -> list[str]:
    if key == "evidence":
        return sorted(digest(word) for word in raw.split(","))
    return [item for word in raw.split(",") for item in _spread(word)]


def _spread(word: str) -> list[str]:
    """The dates of a range `A..B`, or the word itself."""
    first, dots, last = word.partition("..")
    if not dots:
        return [word]
    start, stop = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    return [str(start + datetime.timedelta(days=n)) for n in range((stop - start).days + 1)]


def _part(text: str) -> tuple[str, dict[str, Any]]:
    name, *words = shlex.split(text, comments=True)
    place, names = PARTS[name]
    record: dict[str, Any] = dict(_fields(names, words))
    if name in {"deadline", "row", "accepts", "retains"}:
        record.setdefault("basis", "测试")
    if name == "sum":
        record["amount"] = parse_amount(record["amount"], place="sum")
    if name == "row":
        parameters = {key: int(value) for key, value in record.items() if key not in ROW_FIELDS}
        record = {key: value for key, value in record.items() if key in ROW_FIELDS}
        record |= {"parameters": parameters} if parameters else {}
    return place, record


def digest(word: str) -> str:
    """The 64 hex digits that `word` is, or the SHA-256 of it."""
    return word if re.fullmatch("[0-9a-f]{64}", word) else hashlib.sha256(word.encode()).hexdigest()


def _event(plain: dict[str, Any]) -> AnyEvent:
    """The event with these fields; numbers may be text, everything else is as strict as on the wire."""
    event: AnyEvent = msgspec.convert(plain, AnyEvent, strict=False)
    return parse_event(event_bytes(event), place="scenario")
