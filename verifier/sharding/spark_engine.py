# SPDX-License-Identifier: Apache-2.0
"""Stages on Apache Spark: pieces as columns, grouped by shard, each group to the same function as anywhere else.

Needs the extra ``spark`` here and FundTrace on every worker. Pieces go in and come back as Parquet files in a folder that
the workers can reach: a temporary one for a local master, a shared one on a cluster.
"""

import contextlib
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.errors import EnvironmentFault
from verifier.sharding.briefing import Briefing, opened, sealed
from verifier.sharding.engine import STAGES, Stage
from verifier.sharding.pieces import Piece

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

_SCHEMA: Final = "shard int, place long, name string, payload binary"
_AT_ONCE: Final = 256
"""Pieces in one row group: a few megabytes."""


class Spark:
    """Runs stages on a Spark session; the session is stopped by `close`."""

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        """`folder` is one that every worker can reach; what is put there is removed by whoever made it."""
        self._session = session
        self._folder = folder
        self._runs = itertools.count()

    def run(self, stage: Stage, briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
        """See `verifier.sharding.engine.Engine.run`."""
        number = next(self._runs)
        asked, answered = self._folder / f"{number}-asked", self._folder / f"{number}-answered"
        _write(asked, given)
        told = self._session.sparkContext.broadcast(sealed(briefing))
        frame = self._session.read.parquet(str(asked))
        frame.groupBy("shard").applyInArrow(_judging(stage, told), _SCHEMA).write.parquet(str(answered))
        yield from _read(answered)

    def close(self) -> None:
        """The session is over."""
        self._session.stop()


def open_spark(folder: Path, *, master: str | None = None) -> Spark:
    """Spark by its own configuration, or by `master`; a local master without any (``local[*]``).

    Raises:
        EnvironmentFault: the extra, Java or the cluster is missing.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - only where it is asked for
    except ImportError as error:
        raise _missing("the extra is not installed", "未安装附加组件") from error
    builder = SparkSession.builder.appName("fundtrace audit").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", str(_AT_ONCE))
    builder = builder.config("spark.ui.showConsoleProgress", "false").master(master or "local[*]")
    if master is None:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # nobody else is to reach it
    os.environ.setdefault(
        "PYSPARK_PYTHON", sys.executable
    )  # else the workers would take whatever `python3` is
    try:
        session = builder.getOrCreate()
    except Exception as error:  # what Java and the gateway raise has no common type
        raise _missing(f"no session: {error}", f"无法建立会话：{error}") from error
    session.sparkContext.setLogLevel("ERROR")
    return Spark(session, folder)


def _judging(stage: Stage, told: Any) -> "Callable[[pa.Table], pa.Table]":  # noqa: ANN401 - a broadcast variable
    def judged(table: "pa.Table") -> "pa.Table":
        import pyarrow as pa  # noqa: PLC0415 - on the worker

        rows = sorted(table.to_pylist(), key=lambda row: row["place"])
        given = [Piece(row["shard"], row["name"], row["payload"]) for row in rows]
        found = list(STAGES[stage](_opened(told.value), given))
        return _table(pa, found, itertools.count())

    return judged


_OPENED: Final[dict[bytes, Briefing]] = {}
"""The briefing that this worker opened last."""


def _opened(data: bytes) -> Briefing:
    if data not in _OPENED:
        _OPENED.clear()
        _OPENED[data] = opened(data)
    return _OPENED[data]


def _table(pa: Any, given: list[Piece], places: Iterator[int]) -> "pa.Table":  # noqa: ANN401 - the module
    return pa.table(
        {
            "shard": pa.array([one.shard for one in given], pa.int32()),
            "place": pa.array([next(places) for _ in given], pa.int64()),
            "name": pa.array([one.table for one in given], pa.string()),
            "payload": pa.array([one.payload for one in given], pa.binary()),
        }
    )


def _write(folder: Path, given: Iterable[Piece]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only where Spark is asked for
    import pyarrow.parquet as pq  # noqa: PLC0415

    folder.mkdir(parents=True)
    places, pieces = itertools.count(), iter(given)
    first = _table(pa, list(itertools.islice(pieces, _AT_ONCE)), places)
    with pq.ParquetWriter(folder / "pieces.parquet", first.schema) as writer:
        writer.write_table(first)
        while waiting := list(itertools.islice(pieces, _AT_ONCE)):
            writer.write_table(_table(pa, waiting, places))


def _read(folder: Path) -> Iterator[Piece]:
    """The answers, file by file; no order is needed of them."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only where Spark is asked for

    for path in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(_AT_ONCE):
            for row in batch.to_pylist():
                yield Piece(row["shard"], row["name"], row["payload"])


def _missing(en: str, zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="judging.spark",
        place="--engine spark",
        message_en=f"Spark cannot be used: {en}",
        message_zh=f"无法使用 Spark：{zh}",
        remedy_en="Install fundtrace[spark] and Java 17 or later, or leave --engine out.",
        remedy_zh="请安装 fundtrace[spark] 和 Java 17 以上版本，或不使用 --engine。",
    )


@contextlib.contextmanager
def temporary_folder(inside: Path | None) -> Iterator[Path]:
    """A folder for one run, inside the one given or where the machine keeps temporary ones; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fundtrace-spark-", dir=inside) as name:
        yield Path(name)
