# SPDX-License-Identifier: Apache-2.0
"""A ledger with the keys of its bureaus beside it, and forms posted to it by the command."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from ledger.key_files import save_private_key
from tests.ledgers import Opening, check_whole
from tests.worlds import PROVINCE, World
from verifier.cli import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).parents[3]
TITLES = ("日期", "动作", "指标", "付出方", "收到方", "金额", "资金", "年度")


def issue(line: object, amount: object = 1000, **changes: object) -> list[object]:
    """A good row under `TITLES`: the province issues `line`; `changes` by title."""
    row = dict(
        zip(
            TITLES,
            ("2026-03-01", "下达", line, "jl-finance", "na-finance", amount, "F-WATER", 2026),
            strict=True,
        )
    )
    return list((row | changes).values())


@dataclass
class Bureau:
    """A ledger that forms are posted to."""

    folder: Path
    world: World

    def sheet(
        self, *rows: list[object], name: str = "form.xlsx", titles: tuple[object, ...] = TITLES
    ) -> Path:
        """A workbook with these rows under `titles`."""

        def fill(sheet: Worksheet) -> None:
            for row in rows:
                sheet.append(row)

        return self.book(fill, name=name, titles=titles)

    def book(
        self,
        fill: Callable[[Worksheet], None],
        *,
        name: str = "form.xlsx",
        titles: tuple[object, ...] = TITLES,
    ) -> Path:
        """A workbook whose sheet has `titles` and is then filled by a function."""
        book = Workbook()
        (sheet,) = book.worksheets
        sheet.append(list(titles))
        fill(sheet)
        book.save(self.folder / name)
        return self.folder / name

    def text(self, text: str, *, name: str = "form.csv", encoding: str = "utf-8") -> Path:
        """A CSV file."""
        (self.folder / name).write_bytes(text.encode(encoding))
        return self.folder / name

    def post(
        self, path: Path, *options: object, kind: str = "allocation", code: int = 0, party: str = PROVINCE
    ) -> dict[str, Any]:
        """What `fundtrace post --json` says of a form."""
        arguments = [
            "post",
            str(path),
            "--db",
            str(self.folder / "ledger.db"),
            "--kind",
            kind,
            "--party",
            party,
        ]
        log_key = str(self.folder / "ledger-keys" / "log.pem")
        result = CliRunner().invoke(
            build(), [*arguments, "--log-key-file", log_key, "--json", *(str(one) for one in options)]
        )
        assert result.exit_code == code, result.output
        loaded: dict[str, Any] = json.loads(result.stdout) if code < 2 else {"stderr": result.stderr}
        return loaded

    def refused(self, path: Path, *options: object, kind: str = "allocation") -> str:
        """What the command says of a file that it refuses as a whole."""
        return str(self.post(path, *options, kind=kind, code=3)["stderr"])

    def size(self) -> int:
        """Entries in the ledger, recomputed from its bytes."""
        return check_whole(str(self.folder / "ledger.db"), self.world).size


def rules(told: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Row, column and rule of each error."""
    return [(one["row"], one["column"], one["rule"]) for one in told["errors"]]


@pytest.fixture
def bureau(world: World, opening: Opening, tmp_path: Path) -> Bureau:
    """The ledger of an invented world with its opening, and every key in a folder beside it."""
    opening.laid(tmp_path, world)
    keys = tmp_path / "ledger-keys"
    keys.mkdir()
    save_private_key(keys / "log.pem", *world.log_keys)
    for seat in world.seats.values():
        for role, signer in seat.keys.items():
            save_private_key(keys / f"{seat.party.id}-{role}.pem", signer)
    return Bureau(tmp_path, world)
