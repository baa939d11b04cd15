# SPDX-License-Identifier: Apache-2.0
"""A server process from its settings: the ledger opened, the address bound, requests answered until it is stopped."""

import contextlib
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Final

import uvicorn
from sqlalchemy import Engine
from starlette.types import ASGIApp

from api.app import create_app
from api.judging import judge_ledger
from api.log_key import load_log_signer, log_key_path
from api.lookout import lookout_of
from api.own_places import NoteFile, head_file
from api.request_log import log_as_json
from api.served_ledger import ServedLedger
from api.sessions.audience import own_addresses
from api.settings import Settings
from api.this_machine import on_this_machine
from api.witnessing.configured import publication_of
from ledger.errors import EnvironmentFault, InputError, ToldError
from ledger.genesis import Genesis
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from ledger.store.schema import check

STOP_SECONDS: Final = 10
"""How long requests under way may take after the server was told to stop."""
_BACKLOG: Final = 2_048
_NO_KEY: Final = "key.unnamed"
_LOG: Final = logging.getLogger("fundtrace")


@contextlib.contextmanager
def opened_ledger(settings: Settings, *, read_only: bool) -> Iterator[ServedLedger]:
    """The ledger that `settings` name, open; with its log key it may be posted to, unless `read_only`.

    Where nobody has said where the log key lies, the ledger is opened for reading.

    Raises:
        EnvironmentFault: there is no ledger, its tables are of another version, or the key cannot be used.
        FormatError: the key file holds no key.
    """
    engine = open_engine(settings.db)
    try:
        check(engine)
        sequencer, head = None, None
        if not read_only:
            try:
                sequencer, head = _sequencer(engine, settings)
            except EnvironmentFault as fault:
                if fault.code != _NO_KEY:
                    raise
        publication = publication_of(settings.witness_policy, after_quorum=settings.publish_after_quorum)
        ledger = ServedLedger(engine, sequencer, publication, head=head)
    except BaseException:
        engine.dispose()
        raise
    try:
        yield ledger
    finally:
        ledger.close()


def _sequencer(engine: Engine, settings: Settings) -> tuple[Sequencer, NoteFile]:
    """The commit path, after a look at every place for checkpoints of our own, and the file that remembers the newest."""
    path = log_key_path(engine, given=settings.log_key)
    places = lookout_of(settings, _log_trouble).places_of(engine, path)
    return Sequencer(engine, load_log_signer(path), places=places), head_file(path)


def _log_trouble(trouble: ToldError) -> None:
    """At each heartbeat, hence quietly: the job that asks for cosignatures warns of a witness that is down, and once."""
    _LOG.info("%s", trouble)


def check_host(genesis: Genesis, host: str) -> None:
    """Return only if a ledger with this genesis may be served at `host`: simulated ones only on this very machine.

    Raises:
        InputError: it is a demo, and others could take it for a real one.
    """
    if genesis.demo and not on_this_machine(host):
        raise InputError(
            code="serve.demo",
            place=f"--host {host}",
            message_en="this is a simulated ledger (DEMO), which is served on this machine only",
            message_zh="这是模拟账本（DEMO），只能在本机提供",
            remedy_en="Serve it at 127.0.0.1, or serve a ledger that is not a demo.",
            remedy_zh="请使用 127.0.0.1，或提供非模拟的账本。",
        )


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening address; port 0 takes a free one.

    Raises:
        EnvironmentFault: the address is taken, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where the protocol is named does asyncio send small answers at once (TCP_NODELAY); else each waits 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise EnvironmentFault(
            code="serve.address",
            place=f"{host}:{port}",
            message_en=f"the address cannot be used: {error.strerror or error}",
            message_zh=f"地址无法使用：{error.strerror or error}",
            remedy_en="Stop what uses it, or take another: --port 8001",
            remedy_zh="请停止占用它的程序，或换用 --port 8001。",
        ) from error
    return made


def serve(settings: Settings, ledger: ServedLedger, *, told: Callable[[str], None]) -> None:
    """Answer requests until the process is told to stop; `told` gets the address once it is open.

    Raises:
        InputError: a demo at an address that others can reach.
        EnvironmentFault: the address cannot be used.
    """
    check_host(ledger.genesis, settings.host)
    log_as_json(requests=settings.log_requests)
    gc.freeze()  # what was read so far stays: looking through it for garbage again and again costs a tenth of posting
    app = create_app(settings, ledger, judge=judge_ledger)

    def opened(address: str) -> None:
        if not app.state.front_desk.audiences:
            app.state.front_desk.audiences = own_addresses(address)
        told(address)

    answer(app, settings.host, settings.port, told=opened)


def answer(app: ASGIApp, host: str, port: int, *, told: Callable[[str], None]) -> None:
    """Answer requests by `app` until the process is told to stop; `told` gets the address once it is open.

    Raises:
        EnvironmentFault: the address cannot be used.
    """
    with bound_socket(host, port) as listening:
        host, port = listening.getsockname()[:2]
        told(f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")
        config = uvicorn.Config(
            app,
            log_config=None,  # as the process has set up
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        with _stopping_quietly():
            uvicorn.Server(config).run(sockets=[listening])


@contextlib.contextmanager
def _stopping_quietly() -> Iterator[None]:
    """Being told to stop is the ordinary end: uvicorn raises the signal again after it has stopped, to nobody."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
