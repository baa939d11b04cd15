# SPDX-License-Identifier: Apache-2.0
"""The options of `fundtrace audit` that say by what else a ledger is judged than by its own rules and registers."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from verifier.basis.pack_form import Pack
from verifier.basis.rulepack import PACKS, load_pack
from verifier.basis.strict_json import JSON_BYTES_MAX
from verifier.judgement.audit import Audit
from verifier.judgement.difference_text import (
    Compared,
    closing_difference,
    print_differences,
    print_what_if,
)
from verifier.judgement.overlay_file import parse_overlay
from verifier.judgement.own_rules import OWN, Yardstick, parse_draft, parse_own_pack
from verifier.language import Language, say
from verifier.new_file import new_file
from verifier.obligations.overlay import NO_OVERLAY, Overlay
from verifier.source_options import bytes_of
from verifier.verdict_text import sentence

_NAMES: Final = " or ".join(PACKS)

PackOption = Annotated[
    str | None,
    typer.Option(
        "--pack",
        metavar="FILE|NAME",
        help=f"Judge by this rule pack instead of the ledger's, and tell the differences; NAME is {_NAMES}.",
        show_default=False,
    ),
]
RegistryOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--registry",
        metavar="FILE",
        help="Judge by these account classes, owners, pools and related parties (JSON or CSV); repeat for more.",
        show_default=False,
    ),
]
WhatIfOption = Annotated[
    str | None,
    typer.Option(
        "--what-if",
        metavar="FILE|NAME",
        help="Tell what would change if this rule pack, or these drafted policies, were adopted.",
        show_default=False,
    ),
]
DifferencesOption = Annotated[
    Path | None,
    typer.Option(
        "--differences",
        metavar="FILE",
        help="Write what --pack and --registry change, one JSON line for each finding.",
        show_default=False,
    ),
]
ShowPackOption = Annotated[
    str | None,
    typer.Option(
        "--show-pack",
        metavar="NAME|FILE",
        help=f"Print a rule pack and stop; with --json as a file to start from; NAME is {_NAMES}.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAsked:
    """By what is judged, and by what besides; the two are compared, unless nothing stands beside."""

    by: Yardstick = OWN
    beside: Yardstick | None = None
    what_if: bool = False
    differences: Path | None = None

    def answer(self, audit: Audit, language: Language, *, as_json: bool) -> None:
        """What the rules change is told, and written where that was asked for; nothing where nothing is compared.

        Raises:
            EnvironmentFault: the file cannot be written.
        """
        if self.beside is None:
            return
        compared = _compared(audit, what_if=self.what_if)
        if self.differences is not None:
            with new_file(self.differences) as draft, draft.open("wb") as sink:
                sink.writelines(_lines(compared))
        if not as_json:
            if self.what_if:
                print_what_if(audit, compared, language)
            elif compared is not None:
                print_differences(compared, language)
            return
        if self.what_if:
            sys.stdout.buffer.writelines(_lines(compared))
            sys.stdout.buffer.flush()
            typer.echo(say(sentence(audit.verdict), language), err=True)
        if compared is not None:
            typer.echo(say(closing_difference(compared), language), err=True)


def rules_asked(
    pack: str | None, registry: Sequence[Path] | None, what_if: str | None, differences: Path | None
) -> RulesAsked:
    """What the options come to.

    With `pack` or `registry` the auditor's rules are compared with the ledger's own. With `what_if` the ledger's own are
    compared with themselves under the draft, both over the register of the auditor, if any.

    Raises:
        typer.BadParameter: both `pack` and `what_if`, or `differences` where nothing is compared.
        InputError, EnvironmentFault: a file is malformed or cannot be read.
    """
    if pack is not None and what_if is not None:
        raise typer.BadParameter("give --pack or --what-if, not both", param_hint="--what-if")
    if differences is not None and not (pack or registry or what_if):
        raise typer.BadParameter("give --pack, --registry or --what-if too", param_hint="--differences")
    overlay = chosen_overlay(registry) if registry else NO_OVERLAY
    if what_if is None:
        own = Yardstick(pack=None if pack is None else chosen_pack(pack), overlay=overlay)
        return RulesAsked(by=own, beside=OWN if pack or registry else None, differences=differences)
    draft = replace(chosen_draft(what_if), overlay=overlay)
    return RulesAsked(by=Yardstick(overlay=overlay), beside=draft, what_if=True, differences=differences)


def _compared(audit: Audit, *, what_if: bool) -> Compared | None:
    """The two judgements in their order, None where nothing could be judged."""
    if audit.judgement is None or audit.beside is None:
        return None
    if what_if:
        return Compared(before=audit.judgement, after=audit.beside, what_if=True)
    return Compared(before=audit.beside, after=audit.judgement)


def _lines(compared: Compared | None) -> Iterator[bytes]:
    for one in () if compared is None else compared.differences():
        yield one.line() + b"\n"


def chosen_pack(asked: str) -> Pack:
    """The pack that ships under that name, or the one in the file.

    Raises:
        InputError, EnvironmentFault: the file is no pack, or cannot be read.
    """
    if asked in PACKS:
        return load_pack(asked)
    return parse_own_pack(bytes_of(Path(asked), JSON_BYTES_MAX), place=asked)


def chosen_draft(asked: str) -> Yardstick:
    """The pack that ships under that name, or what the file would add.

    Raises:
        InputError, EnvironmentFault: the file is neither a pack nor policies, or cannot be read.
    """
    if asked in PACKS:
        return Yardstick(pack=load_pack(asked))
    return parse_draft(bytes_of(Path(asked), JSON_BYTES_MAX), place=asked)


def chosen_overlay(files: Sequence[Path]) -> Overlay:
    """What the files say of accounts and parties together.

    Raises:
        InputError, EnvironmentFault: one is malformed or cannot be read.
    """
    return parse_overlay((str(file), bytes_of(file, JSON_BYTES_MAX)) for file in files)
