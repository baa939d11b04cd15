# SPDX-License-Identifier: Apache-2.0
"""What a command prints of a ledger that it verified first: its answer with the verdict below, or why there is none."""

import json
from collections.abc import Iterable
from typing import TypeVar

import msgspec
import typer

from verifier.integrity.verdict import Verdict
from verifier.language import Language, say
from verifier.verdict_text import sentence, text_of

Answer = TypeVar("Answer")


def standing(answer: Answer | None, verdict: Verdict, language: Language) -> Answer:
    """The answer, which only a ledger that stands has; of another the verdict is printed.

    Raises:
        typer.Exit: there is no answer; with the exit code of the verdict.
    """
    if answer is None:
        for line in text_of(verdict, language):
            typer.echo(line)
        raise typer.Exit(verdict.exit_code)
    return answer


def print_answer(
    record: object, text: Iterable[str], verdict: Verdict, language: Language, *, as_json: bool
) -> None:
    """`record` as JSON or else the lines of `text`; then the verdict in a sentence, beside JSON on standard error."""
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=2))
    else:
        for line in text:
            typer.echo(line)
    typer.echo(say(sentence(verdict), language), err=as_json)
