# SPDX-License-Identifier: Apache-2.0
"""A rule pack for people: each number with its unit, the law behind it, and how well that is known; and as a file."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from verifier import rules
from verifier.basis.findings import Rule
from verifier.basis.pack_form import Pack, PackRow
from verifier.basis.parameter_words import parameter_words
from verifier.language import Language, Told, say

_STATUSES: Final[Mapping[str, Told]] = {
    "law": Told(zh="法律法规", en="law"),
    "published": Told(zh="公开文件", en="published"),
    "convention": Told(zh="惯例，未经核实", en="convention, unverified"),
}
_FOR: Final[Mapping[str, Told]] = {
    "centre": Told(zh="中央", en="centre"),
    "province": Told(zh="省级", en="province"),
    "city": Told(zh="市级", en="city"),
    "county": Told(zh="县级", en="county"),
    "township": Told(zh="乡镇", en="township"),
    "project": Told(zh="项目", en="project"),
    "payee": Told(zh="收款人", en="payee"),
}


def print_pack(pack: Pack, language: Language) -> None:
    """The pack stands on standard output, rule by rule."""
    console = Console()
    console.print(Text(f"{pack.name} {say(pack.title, language)}", style="bold"))
    console.print(Text(f"SHA-256 {pack.digest}"), soft_wrap=True)
    titles, rule = _titles(), ""
    for row in pack.rows:
        if row.rule != rule:
            rule = row.rule
            title = titles.get(rule)
            console.print(Text(f"\n{rule} {'' if title is None else say(title, language)}", style="bold"))
        for depth, line in _lines(row, language):
            console.print(Padding(Text(line, overflow="fold"), (0, 0, 0, depth)))


def file_of(pack: Pack) -> str:
    """The pack as a file that `fundtrace audit --pack` takes, laid out to be changed by hand."""
    return json.dumps(msgspec.to_builtins(pack), ensure_ascii=False, indent=2) + "\n"


def _lines(row: PackRow, language: Language) -> Iterator[tuple[int, str]]:
    """What the row says, each line with how far it is set in."""
    whom = ", ".join(_addressed(row, language))
    yield 2, f"{row.id} ({whom})" if whom else row.id
    for line in _numbers(row, language):
        yield 4, line
    yield 4, f"[{say(_STATUSES[row.status], language)}] {say(row.basis, language)}"


def _titles() -> dict[str, Told]:
    """What every rule of the program is called."""
    modules = (import_module(f"{rules.__name__}.{one.name}") for one in iter_modules(rules.__path__))
    declared = (getattr(module, "RULE", None) for module in modules)
    return {rule.id: rule.title for rule in declared if isinstance(rule, Rule)}


def _addressed(row: PackRow, language: Language) -> Iterator[str]:
    if row.level is not None:
        yield say(_FOR[row.level], language)
    if row.direct:
        yield say(Told(zh="直达资金", en="direct funds"), language)
    if row.effective_on is not None:
        yield say(Told(zh=f"自 {row.effective_on} 起", en=f"from {row.effective_on} on"), language)
    if row.final:
        yield say(Told(zh="优先于规则事件和资金文件", en="wins over policies and funds"), language)


def _numbers(row: PackRow, language: Language) -> Iterator[str]:
    for name, number in sorted(row.parameters.items()):
        words = parameter_words().get(name)
        if words is None:
            yield f"{name} = {number:,}"
        else:
            meaning, unit = Told(zh=words.zh, en=words.en), say(words.measured_in(row.unit), language)
            yield f"{name} = {number:,} {unit}: {say(meaning, language)}"
