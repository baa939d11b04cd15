# SPDX-License-Identifier: Apache-2.0
"""The command ``fundtrace simulate``: a simulated province, written as a folder that can be posted."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.errors import ToldError
from verifier.simulation.county import PROGRAMMES_MAX
from verifier.simulation.files import Totals, write_world
from verifier.simulation.world import SEED_MAX, simulate

EXIT_INCOMPLETE: Final = 3


def register(app: typer.Typer) -> None:
    """The command line `app` knows ``simulate``."""
    app.command("simulate")(simulate_command)


def simulate_command(
    seed: Annotated[int, typer.Option(min=0, max=SEED_MAX, help="Same seed, same bytes. 随机种子")],
    origin: Annotated[str, typer.Option(help="Origin of the log, such as ledger.example/jl/2026. 账本名称")],
    out: Annotated[Path, typer.Option(help="New or empty folder to write. 输出目录")],
    programmes: Annotated[
        int, typer.Option(min=1, max=PROGRAMMES_MAX, help="Cities of six counties each. 市的个数")
    ] = 1,
) -> None:
    """Make a simulated province with known wrongs and their innocent twins. 生成带标签的模拟省份."""
    try:
        totals = write_world(simulate(seed=seed, programmes=programmes, origin=origin), out)
    except ToldError as error:
        typer.echo(str(error), err=True)
        typer.echo(error.told_zh(), err=True)
        raise typer.Exit(EXIT_INCOMPLETE) from error
    typer.echo(_report(totals, out))


def _report(totals: Totals, out: Path) -> str:
    return (
        f"{out}: {totals.submissions:,} submissions, {totals.events:,} events, {totals.keys:,} keys, "
        f"{totals.cases:,} labelled cases. All of it is invented (DEMO).\n"
        f"Next: fundtrace init --genesis {out / 'genesis.json'}, then fundtrace post {out / 'events.ndjson'}\n"
        f"共 {totals.submissions:,} 次提交、{totals.events:,} 个事件、{totals.cases:,} 个带标签案例，均为虚构（演示）。"
    )
