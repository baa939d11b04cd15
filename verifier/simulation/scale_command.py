# SPDX-License-Identifier: Apache-2.0
"""Write a large ledger for measuring, as a folder that can be posted.

    python -m verifier.simulation.scale_command --entries 1000000 --origin ledger.example/bench --out DIR

It holds ``genesis.json``, ``events.ndjson`` and, in ``keys/``, the log's and the administrators' keys.
"""

from pathlib import Path
from typing import Annotated

import typer

from verifier.simulation.files import new_folder, write_genesis, write_keys, write_submissions
from verifier.simulation.scale import Plan, stream
from verifier.simulation.scale_bodies import COUNTIES_MAX, LINES_MAX


def write_scale(plan: Plan, out: Path) -> int:
    """The folder `out` holds the ledger of `plan`; the number of its entries. After a failure `out` is as it was.

    Raises:
        InputError: the origin of `plan` cannot name a log.
        EnvironmentFault: `out` holds something, or cannot be written.
    """
    made = stream(plan)
    with new_folder(out) as folder:
        write_genesis(folder, made.genesis, made.genesis_signatures)
        write_submissions(folder, made.submissions())
        write_keys(folder, made.cast, ())
    return made.size


def main(
    entries: Annotated[int, typer.Option(min=1, help="At least so many entries.")],
    origin: Annotated[str, typer.Option(help="Origin of the log.")],
    out: Annotated[Path, typer.Option(help="New or empty folder to write.")],
    seed: Annotated[int, typer.Option(min=0)] = 1,
    counties: Annotated[int, typer.Option(min=1, max=COUNTIES_MAX)] = 20,
    lines: Annotated[int, typer.Option(min=1, max=LINES_MAX)] = 9,
) -> None:
    """Write a large ledger for measuring."""
    plan = Plan(entries=entries, origin=origin, seed=seed, counties=counties, lines=lines)
    size = write_scale(plan, out)
    typer.echo(f"{out}: {size:,} entries. All of it is invented (DEMO).")


if __name__ == "__main__":
    typer.run(main)
