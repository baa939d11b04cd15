# SPDX-License-Identifier: Apache-2.0
"""The rules of the test house itself: sockets shut, samples seeded, a real PostgreSQL behind the fixture."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import psycopg
import pytest
import pytest_socket

from tests.conftest import FULL, forget_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Sample

POPULATION = range(1_000)
TEST_NET_ADDRESS = ("192.0.2.1", 9)  # RFC 5737: never a real machine


def test_sockets_are_shut_by_default() -> None:
    """A test that reaches for the network is told so at once."""
    with pytest.warns(UserWarning, match="tried to use"), pytest.raises(pytest_socket.SocketBlockedError):
        socket.socket(socket.AF_INET)


@pytest.mark.loopback
def test_loopback_mark_opens_this_machine_only() -> None:
    """A server of the test can be reached at 127.0.0.1, an outside address cannot."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="tried to use"),
        pytest.raises(pytest_socket.SocketConnectBlockedError),
    ):
        outside.connect(TEST_NET_ADDRESS)


def test_no_setting_of_the_machine_reaches_a_test() -> None:
    """Variables of the server are forgotten; those that tell the run itself, and those of others, stay."""
    environment = {"FUNDTRACE_PORT": "9", "FUNDTRACE_SHARED": "/shared", "PATH": "/bin"}
    forget_settings(environment)
    assert environment == {"FUNDTRACE_SHARED": "/shared", "PATH": "/bin"}


def test_sample_is_ordered_and_repeatable(sample: Sample) -> None:
    """Two samples of one population are the same members in their order."""
    first = sample(POPULATION, 10)
    assert first == sample(POPULATION, 10) == sorted(first)
    assert len(first) in (10, len(POPULATION))


def test_sample_keeps_a_small_population_whole(sample: Sample) -> None:
    """Nothing is left out when the population fits."""
    assert sample("abc", 3) == ["a", "b", "c"]


@pytest.mark.long(sample=3)
@pytest.mark.parametrize("case", range(20))
def test_long_mark_keeps_a_sample(case: int, request: pytest.FixtureRequest) -> None:
    """Of a long test only the sample is run, unless the run is a full one."""
    kept = [
        item for item in request.session.items if item.nodeid.startswith(request.node.nodeid.split("[")[0])
    ]
    assert case in range(20)
    assert len(kept) <= (20 if FULL else 3)


@pytest.mark.postgres
def test_postgres_is_real_and_empty(postgres_url: str) -> None:
    """Each test gets a database of its own with no table in it, on the production major version."""
    with psycopg.connect(postgres_url) as connection:
        version = connection.info.server_version
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert version // 10_000 == 18
    assert tables == (0,)


def test_shared_dir_is_a_folder_with_vectors(shared_dir: Path) -> None:
    """The public vectors are found where the fixture says."""
    assert (shared_dir / "vectors").is_dir()
