# SPDX-License-Identifier: Apache-2.0
"""The auditor's install stays offline and small: no module of it loads a server package."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The commit path and its neighbours belong to the server; the rest of ledger is the auditor's too.
SERVER_SIDE = (
    "ledger.backup",
    "ledger.draft",
    "ledger.export_files",
    "ledger.file_posting",
    "ledger.flush",
    "ledger.founding",
    "ledger.intake",
    "ledger.open_state",
    "ledger.outcome",
    "ledger.own_checkpoints",
    "ledger.publisher",
    "ledger.rehearsal",
    "ledger.reindexing",
    "ledger.restoration",
    "ledger.sequencer",
    "ledger.signing",
    "ledger.store",
)
_SERVER_SIDE = tuple(f"{name}." for name in SERVER_SIDE)
SERVER_PACKAGES = (
    "alembic",
    "apscheduler",
    "fastapi",
    "openpyxl",
    "psycopg",
    "pydantic",
    "pydantic_settings",
    "reportlab",
    "sqlalchemy",
    "starlette",
    "uvicorn",
)
# Imports each named module in turn and prints which server packages each one brought in.
PROBE = """
import importlib, json, sys
modules, banned = json.loads(sys.argv[1]), json.loads(sys.argv[2])
loaded, report = set(), {}
for module in modules:
    importlib.import_module(module)
    new = set(banned) & set(sys.modules) - loaded
    loaded |= new
    if new:
        report[module] = sorted(new)
print(json.dumps(report))
"""


def modules_of(folder: Path, package: str) -> list[str]:
    """Every module of a package, by walking the folder and importing nothing."""
    found = [package]
    for module in pkgutil.iter_modules([str(folder)], prefix=f"{package}."):
        if module.ispkg:
            found += modules_of(folder / module.name.rpartition(".")[2], module.name)
        else:
            found.append(module.name)
    return sorted(found)


def brought_in(modules: list[str], path: Path) -> dict[str, list[str]]:
    """Which module loads which server package, seen from a fresh interpreter."""
    command = [sys.executable, "-c", PROBE, json.dumps(modules), json.dumps(SERVER_PACKAGES)]
    environment = {**os.environ, "PYTHONPATH": str(path)}
    result = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    assert result.returncode == 0, result.stderr
    report: dict[str, list[str]] = json.loads(result.stdout)
    return report


def offline_modules(package: str) -> list[str]:
    """The modules of a package that the base install must be able to load."""
    return [name for name in modules_of(ROOT / package, package) if not f"{name}.".startswith(_SERVER_SIDE)]


@pytest.mark.parametrize("package", ["ledger", "verifier"])
def test_offline_modules_load_no_server_package(package: str) -> None:
    """Every module of the auditor's install loads without web framework and database driver."""
    modules = offline_modules(package)
    assert package in modules
    assert brought_in(modules, ROOT) == {}


def test_probe_names_the_module_that_sneaks_in_a_server_package(tmp_path: Path) -> None:
    """The probe sees through one level of indirection."""
    package = tmp_path / "sneaky"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "clean.py").write_text("import json\n", "utf-8")
    (package / "dirty.py").write_text("import sneaky.inner\n", "utf-8")
    (package / "inner.py").write_text("import sqlalchemy\n", "utf-8")
    assert modules_of(package, "sneaky") == ["sneaky", "sneaky.clean", "sneaky.dirty", "sneaky.inner"]
    assert brought_in(["sneaky.clean", "sneaky.dirty"], tmp_path) == {"sneaky.dirty": ["sqlalchemy"]}


def test_writers_of_reports_need_the_report_extra_and_nothing_of_a_server() -> None:
    """Beside the libraries of the extra they load no web framework and no database driver."""
    found = brought_in(modules_of(ROOT / "api" / "reports", "api.reports"), ROOT)
    assert {name for names in found.values() for name in names} == {"openpyxl", "reportlab"}
