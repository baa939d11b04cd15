# SPDX-License-Identifier: Apache-2.0
"""Options that say who judges: this process, several of this machine, or Spark."""

import contextlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.sharding.engine import Engine, Processes
from verifier.sharding.shards import Shards
from verifier.sharding.spark_engine import open_spark, temporary_folder


class EngineName(StrEnum):
    """Who judges."""

    LOCAL = "local"
    SPARK = "spark"


EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine", help="Judge here, or on Apache Spark (extra fundtrace[spark]); the findings are the same."
    ),
]
JudgesOption = Annotated[
    int,
    typer.Option(
        "--workers", min=1, max=1_024, help="Processes of this machine that judge; 1 judges in this one."
    ),
]
MasterOption = Annotated[
    str | None,
    typer.Option(
        "--spark-master",
        metavar="URL",
        help="The Spark master; local[*] if absent.",
        show_default=False,
    ),
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--spark-folder",
        metavar="DIR",
        help="A folder that every Spark worker reaches under this path; a temporary one if absent.",
        show_default=False,
    ),
]


@contextlib.contextmanager
def chosen_judge(
    engine: EngineName, workers: int, master: str | None, folder: Path | None
) -> Iterator[Callable[[Case], Judgement]]:
    """What begins a judgement of a case, as the options say.

    Raises:
        EnvironmentFault: Spark is asked for and missing.
    """
    match engine:
        case EngineName.LOCAL if workers == 1:
            yield Judgement
        case EngineName.LOCAL:
            yield _by(Processes(workers))
        case EngineName.SPARK:
            with temporary_folder(folder) as shared:
                spark = open_spark(shared, master=master)
                with contextlib.closing(spark):
                    yield _by(spark)


def _by(engine: Engine) -> Callable[[Case], Judgement]:
    return lambda case: Judgement(case, Shards(engine))
