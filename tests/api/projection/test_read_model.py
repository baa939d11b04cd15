# SPDX-License-Identifier: Apache-2.0
"""Entries folded many at a time give the index, the register and the books that they give one by one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, cast

import msgspec
import pytest

from api.projection import read_model
from api.projection.read_model import ReadModel
from ledger.kinds.fact import Interest, Return, Transfer
from ledger.kinds.form import Tag
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from ledger.submission import event_name
from tests.ledgers import founded, opened, post_all
from tests.worlds import (
    BANK,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    SUPPLIER,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    make_world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from api.projection.entry_index import Topic
    from ledger.kinds.vocabulary import AnyEvent
    from ledger.submission import Submission
    from tests.worlds import World

WORDS: Final = ("R1", "R2", "R3", "s1", "V1")
TOPICS: Final = (
    ("fund", FUND), ("line", "L1"), ("line", "L2"), ("project", PROJECT), ("party", COUNTY), ("party", UNIT),
    ("party", BANK), ("party", SUPPLIER), ("account", COUNTY_ACCOUNT), ("account", UNIT_ACCOUNT),
    ("account", SUPPLIER_ACCOUNT),
)  # fmt: skip


def changed(event: AnyEvent, **fields: object) -> AnyEvent:
    """`event` with other values."""
    return msgspec.structs.replace(event, **fields)


def business(world: World) -> Iterator[Submission]:
    """Batches of every plain kind, of several sorts, with reports of direct payments, and a return that waits."""
    yield from world.opening()
    yield world.submission(PROVINCE, world.issued("L1", 10_000), world.issued("L2", 10_000))
    paid = world.submission(
        COUNTY,
        changed(world.paid("L1", 100), bank_ref="R1"),
        changed(world.paid("L1", 40), bank_ref="R2", voucher="V1"),
        changed(world.paid("L2", 60), project=None),
        changed(world.paid("L1", 5), to_account=UNIT_ACCOUNT, mode="transfer"),
        changed(world.paid("L2", 9), to_account=None, payee=SUPPLIER, project=None),
        world.paid("L2", 3),
        changed(world.paid("L1", 4), payee=UNIT),
        changed(world.paid("L1", 6), project=None),
        changed(world.paid("L1", 8), from_account=UNIT_ACCOUNT),
    )
    yield paid
    owner: AnyEvent = changed(world.use(100), from_account=COUNTY_ACCOUNT)
    yield world.submission(
        COUNTY,
        changed(owner, bank_ref="R1"),
        changed(owner, bank_ref="R3"),
        changed(owner, amount=7),
        changed(owner, tag=None),
        changed(owner, project=PROJECT, tag=Tag(fund=FUND, source="grant", line="L2")),
    )
    sent = Transfer(
        occurred_on=DAY, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=30, reason="pass_on",
        tag=Tag(fund=FUND, source="grant", line="L1"),
    )  # fmt: skip
    yield world.submission(
        COUNTY, sent, changed(sent, amount=31), changed(sent, tag=None), changed(sent, amount=1)
    )
    earned = Interest(
        occurred_on=DAY, account=COUNTY_ACCOUNT, amount=3, tag=Tag(fund=FUND, source="interest")
    )
    yield world.submission(
        COUNTY, earned, changed(earned, amount=4), world.paid("L1", 1), world.paid("L1", 2)
    )
    back = Return(
        occurred_on=DAY, amount=20, event=event_name(paid.header, 0), from_account=SUPPLIER_ACCOUNT,
        to_account=COUNTY_ACCOUNT, bank_ref="R9",
    )  # fmt: skip
    yield world.submission(COUNTY, back)
    line = changed(world.moved(1, 100, statement="s1"), bank_ref="R1")
    yield world.submission(
        BANK, line, changed(line, line_no=2, bank_ref=None), changed(line, line_no=3, bank_ref="R3")
    )
    yield world.submission(
        BANK, changed(line, line_no=4, bank_ref="R9"), changed(line, line_no=5, account=UNIT_ACCOUNT)
    )


def shown(model: ReadModel) -> Sequence[object]:
    """Everything that can be asked of `model`."""
    index = model.index
    return (
        model.size,
        model.head,
        model.recorded,
        {name: dict(table.items()) for name, table in model.register.tables().items()},
        [index.about(cast("Topic", topic), one, most=99) for topic, one in TOPICS],
        [index.about("party", COUNTY, most=99, kind=kind) for kind in ("use", "disbursement")],
        index.about("fund", FUND, most=3),
        index.newest_of_funds(["use", "disbursement", "transfer"], most=99),
        [index.naming(word, most=99, whole=True) for word in WORDS],
        [index.payments(account=COUNTY_ACCOUNT, bank_ref=word, amount=100) for word in WORDS],
        [
            index.bank_lines(account=account, bank_ref=word)
            for account in (COUNTY_ACCOUNT, UNIT_ACCOUNT)
            for word in WORDS
        ],
        model.book(FUND),
        model.lines_of(FUND),
    )


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger with the business above."""
    folder: Path = tmp_path_factory.mktemp("fold")
    url, world = str(folder / "ledger.db"), make_world()
    with founded(url, world) as sequencer:
        post_all(sequencer, business(world))
    return url


def folded(url: str, *, most: int) -> Sequence[object]:
    """What the ledger at `url` shows, folded in pieces of `most` entries."""
    with opened(url) as engine, reading(engine) as connection, contextlib.closing(ReadModel()) as model:
        reader = LogReader(connection)
        head = reader.head()
        assert head is not None
        while model.fold(reader, to=head.size, most=most):
            pass
        return shown(model)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 2_000])
def test_pieces_of_any_size_show_the_same(
    ledger_url: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many at a time, cut anywhere, is the same as no two together."""
    many = folded(ledger_url, most=most)
    monkeypatch.setattr(read_model, "PLAIN", frozenset())
    alone = folded(ledger_url, most=2_000)
    assert many == alone


def test_the_business_has_something_to_show(ledger_url: str) -> None:
    """No question of the test above is asked in vain."""
    for answer in folded(ledger_url, most=2_000):
        assert answer
        assert not isinstance(answer, list) or any(answer)
