# SPDX-License-Identifier: Apache-2.0
"""By what a ledger is judged, where not by its own rules alone: an auditor's pack, a registry, policies not yet adopted.

A pack of the auditor's own is held to more than its form: each rule and parameter in it is known, and whatever the generic
pack says for everybody it says for everybody too, since a number that nobody sets would read as nought. It bears a name of
its own. Nothing of it is signed: the report names the SHA-256 of what it says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.canonical import jcs
from ledger.errors import FormatError
from ledger.genesis import Genesis
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Policy
from ledger.kinds.vocabulary import parse_event
from verifier.basis.pack_form import Pack, PackRow, parse_pack
from verifier.basis.rulepack import DUTIES, PACKS, RuleBook, load_pack, pack_for
from verifier.basis.strict_json import plain_json
from verifier.obligations.overlay import NO_OVERLAY, Overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What a ledger is measured by: `pack` (its own if None) under its policies and funds, under `drafts`."""

    pack: Pack | None = None
    drafts: tuple[Policy, ...] = ()
    overlay: Overlay = NO_OVERLAY

    def book(self, genesis: Genesis) -> RuleBook:
        """The rules before any event.

        Raises:
            InputError: the ledger names a rule pack that is not here.
        """
        pack = self.pack or load_pack(pack_for(genesis.packs, genesis.currency))
        registry = self.overlay.digest if self.overlay else None
        return RuleBook(pack, drafts=self.drafts, registry=registry)


OWN: Final = Yardstick()
"""The ledger's own rules and registers."""


def parse_own_pack(data: bytes, *, place: str) -> Pack:
    """The auditor's pack in the file `data`.

    Raises:
        FormatError, LimitError: no pack; a rule or parameter that no rule of this program reads; a number left out; a name
            that belongs to a pack that ships, with other content.
    """
    pack = parse_pack(data, place=place)
    if pack.id in PACKS and pack.digest != load_pack(pack.id).digest:
        raise _wrong(
            place,
            f"a pack that differs from {load_pack(pack.id).name} needs a name of its own",
            f"内容与 {load_pack(pack.id).name} 不同的规则包须另行命名",
        )
    for problem in (*_strange(pack.rows), *_missing(pack.rows)):
        raise _wrong(place, *problem)
    return pack


def _strange(rows: Iterable[PackRow]) -> Iterator[tuple[str, str]]:
    """Rules and parameters that nothing reads."""
    known = [row for name in PACKS for row in load_pack(name).rows]
    rules = {row.rule for row in known}
    numbers = {(row.rule, name) for row in known for name in row.parameters} | {
        (rule, "days") for rule in DUTIES
    }
    for row in rows:
        if row.rule not in rules:
            yield f"row {row.id}: there is no rule {row.rule}", f"{row.id}：没有规则 {row.rule}"
        for name in row.parameters:
            if (row.rule, name) not in numbers:
                yield (
                    f"row {row.id}: rule {row.rule} reads no {name}",
                    f"{row.id}：规则 {row.rule} 没有参数 {name}",
                )


def _missing(rows: Iterable[PackRow]) -> Iterator[tuple[str, str]]:
    """What the generic pack says for everybody and `rows` do not."""
    everybody = [row for row in rows if row.level is None and row.direct is None and row.effective_on is None]
    rules = {row.rule for row in everybody}
    said = {(row.rule, name) for row in everybody for name in row.parameters}
    for row in load_pack("generic").rows:
        if row.rule not in rules:
            yield f"no row of rule {row.rule} for everybody", f"缺少适用于所有对象的规则 {row.rule}"
        for name in row.parameters:
            if (row.rule, name) not in said:
                yield (
                    f"rule {row.rule} has no {name} for everybody",
                    f"规则 {row.rule} 缺少适用于所有对象的参数 {name}",
                )


def parse_draft(data: bytes, *, place: str) -> Yardstick:
    """What the file `data` would add: a pack, or policies: events, a list of them, or one a line; or submissions of them.

    Raises:
        FormatError, LimitError: neither; no pack as `parse_own_pack` says; an event that is no policy. Signatures are not
            checked, since a draft has none.
    """
    values = list(_values(data, place))
    if not values:
        raise _wrong_draft(place, "it holds nothing", "文件为空")
    if len(values) == 1 and isinstance(values[0][1], dict) and not {"kind", "events"} & values[0][1].keys():
        return Yardstick(pack=parse_own_pack(data, place=place))
    return Yardstick(drafts=tuple(_policy(one, where) for where, one in values))


def _values(data: bytes, place: str) -> Iterator[tuple[str, Any]]:
    """The JSON values in `data` with their places: the lines of NDJSON, members of a list, events of a submission."""
    lines = data.splitlines()
    ndjson = len(lines) > 1 and lines[0].rstrip().endswith(b"}")
    parts = enumerate(lines, start=1) if ndjson else [(0, data)]
    for number, part in parts:
        if part.strip():
            where = f"{place}:{number}" if number else place
            value = plain_json(part, place=where, wrong=_wrong_draft)
            inner = value["events"] if isinstance(value, dict) and "events" in value else value
            many = isinstance(inner, list)
            yield from ((where, one) for one in (inner if many else [inner]))


def _policy(value: object, place: str) -> Policy:
    """The policy that `value` is."""
    event = parse_event(jcs(value), place=place)
    if not isinstance(event, Policy):
        raise _wrong_draft(place, f"an event of kind {kind_of(event)}", f"{kind_of(event)} 事件")
    return event


def _wrong_draft(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="draft-form",
        place=place,
        message_en=f"neither a rule pack nor policies: {en}",
        message_zh=f"既不是规则包，也不是规则事件：{zh}",
        remedy_en="Give the name of a pack that ships, a pack, or events of kind policy as they would be posted.",
        remedy_zh="请给出内置规则包名称、规则包文件，或拟发布的 policy 事件。",
    )


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="pack-own",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Begin with what `fundtrace audit --show-pack NAME --json` prints; give the pack an id of its own.",
        remedy_zh="请以 fundtrace audit --show-pack NAME --json 的输出为底稿，并为规则包另取编号。",
    )
