# SPDX-License-Identifier: Apache-2.0
"""Bringing the tables of a database to the version that this program writes, by Alembic and without its console."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from ledger.errors import EnvironmentFault
from ledger.store.engine import holding_lock, reading, shown
from ledger.store.guards import self_test

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION_TABLE: Final = "schema_version"


def prepare(engine: Engine) -> None:
    """Bring the tables to the newest revision; the guards stand and were tried. Safe to run twice, or by two at once.

    All revisions run in one transaction under the ledger lock: a failure leaves the database as it was.

    Raises:
        EnvironmentFault: the database failed, or its guards are gone.
    """
    with holding_lock(engine) as connection:
        command.upgrade(_config(connection), "head")
        self_test(connection)
        connection.commit()


def check(engine: Engine) -> None:
    """Return only if the tables are of the revision that this program writes.

    Raises:
        EnvironmentFault: the database holds no ledger, or one of another revision, or failed.
    """
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": _VERSION_TABLE})
        found = context.get_current_revision()
    if found == newest:
        return
    raise EnvironmentFault(
        code="store.revision",
        place=shown(engine),
        message_en=f"its tables are of revision {found or 'none'}, this program writes {newest}",
        message_zh=f"数据表版本为 {found or '无'}，本程序使用 {newest}",
        remedy_en="Run fundtrace init on it (a newer program upgrades it; an older program cannot use it).",
        remedy_zh="请对其运行 fundtrace init（新版程序会升级它；旧版程序无法使用）。",
    )


def _config(connection: object) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
