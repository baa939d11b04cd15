# SPDX-License-Identifier: Apache-2.0
"""`fundtrace simulate`: a simulated province, written as a folder that can be posted."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ledger.errors import InputError
from verifier.language import Told, say
from verifier.simulation.county import PROGRAMMES_MAX
from verifier.simulation.files import Totals, write_world
from verifier.simulation.nation import simulate_shape
from verifier.simulation.shape import read_shape
from verifier.simulation.world import SEED_MAX, World, simulate
from verifier.source_options import JsonOption, LanguageOption, chosen_language

SeedOption = Annotated[int, typer.Option("--seed", min=0, max=SEED_MAX, help="Same seed, same bytes.")]
OriginOption = Annotated[
    str, typer.Option("--origin", metavar="NAME", help="Origin of the log, such as ledger.example/jl/2026.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="New or empty folder to write.")]
ProgrammesOption = Annotated[
    int | None,
    typer.Option(
        "--programmes",
        min=1,
        max=PROGRAMMES_MAX,
        help="Cities of six counties each; 1 unless said.",
        show_default=False,
    ),
]
ShapeOption = Annotated[
    Path | None,
    typer.Option(
        "--shape", metavar="FILE", help="Another country: its tree, its habits and its wrongs, as JSON."
    ),
]


def register(app: typer.Typer) -> None:
    """`app` has the command `simulate`."""
    app.command("simulate", rich_help_panel="Demonstration")(simulate_command)


def simulate_command(  # noqa: PLR0913 - one parameter for each option of the command
    *,
    seed: SeedOption,
    origin: OriginOption,
    out: OutOption,
    programmes: ProgrammesOption = None,
    shape: ShapeOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Make a simulated province with known wrongs and their innocent twins: submissions, labels, keys.

    With --shape it is a country of that shape instead, in which 22 schemes are played at five difficulties.

    The same seed gives the same bytes. Exit code 0, or 3 when the folder could not be written.
    """
    language = chosen_language(lang)
    totals = write_world(_world(seed, origin, programmes, shape), out)
    if as_json:
        typer.echo(msgspec.json.encode(totals, order="sorted").decode())
    else:
        typer.echo(say(_report(totals, out), language))


def _world(seed: int, origin: str, programmes: int | None, shape: Path | None) -> World:
    if shape is None:
        return simulate(seed=seed, programmes=programmes or 1, origin=origin)
    if programmes is not None:
        raise InputError(
            code="simulation.shape-and-programmes",
            place="--programmes",
            message_en="a shape says itself how many cities there are",
            message_zh="形状文件已规定城市数量",
            remedy_en="Leave out --programmes, or --shape.",
            remedy_zh="请只用 --programmes 和 --shape 中的一个。",
        )
    return simulate_shape(seed=seed, shape=read_shape(shape), origin=origin)


def _report(totals: Totals, out: Path) -> Told:
    genesis, events = out / "genesis.json", out / "events.ndjson"
    return Told(
        en=f"{out}: {totals.submissions:,} submissions with {totals.events:,} events, {totals.keys:,} keys, "
        f"{totals.cases:,} labelled cases; all of it invented (DEMO)\n"
        f"Next: fundtrace init --genesis {genesis}, then fundtrace post {events}",
        zh=f"{out}：{totals.submissions:,} 次提交，{totals.events:,} 个事件，{totals.keys:,} 把密钥，"
        f"{totals.cases:,} 个带标签案例；全部为虚构（演示）\n"
        f"下一步：fundtrace init --genesis {genesis}，再执行 fundtrace post {events}",
    )
