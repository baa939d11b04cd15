# SPDX-License-Identifier: Apache-2.0
"""Rules of the house that no linter can state, each with a test that the rule itself bites."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SPDX = "# SPDX-License-Identifier: Apache-2.0"
PACKAGES = ("api", "ledger", "verifier")
# Amounts live in these two: no floats, and no assert, which an optimising interpreter drops.
EXACT_PACKAGES = ("ledger", "verifier")
# Names that say nothing about which fact a module owns.
EMPTY_NAMES = frozenset(
    {"base", "common", "helpers", "manager", "misc", "repository", "service", "services", "util", "utils"},
)
# Joined here so that this file passes its own test.
ADDRESSES = tuple(
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("npmmirror", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
    )
)
LOCAL_FOLDER = re.compile(r"(?<![\w.-])/" + "work/")
# Without git (an unpacked archive) these are not part of the source.
UNTRACKED = frozenset({".venv", ".git", "build", "dist", "demo", "__pycache__"})


def python_files(*packages: str) -> list[Path]:
    """Every Python file under the packages, sorted."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def source_files() -> list[Path]:
    """Every file that git tracks or would track; without git, every file outside build folders."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        found = (path for path in ROOT.rglob("*") if not UNTRACKED & set(path.relative_to(ROOT).parts))
        return sorted(path for path in found if path.is_file())
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in listing.decode().split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def inexact(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and reason of each construct that may not stand near money."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield node.lineno, "a float literal"
            case ast.Call(func=ast.Name(id="float")):
                yield node.lineno, "a call of float()"
            case ast.Assert():
                yield node.lineno, "an assert; raise an error of ledger.errors"
            case _:
                pass


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Line and wording of each address that must not be published with the source."""
    for number, line in enumerate(text.splitlines(), start=1):
        for address in ADDRESSES:
            if address in line:
                yield number, address
        if LOCAL_FOLDER.search(line):
            yield number, "a folder of one machine"


def place(path: Path, line: int, reason: str) -> str:
    """One violation as an editor can open it."""
    return f"{path.relative_to(ROOT)}:{line}: {reason}"


def test_money_code_is_exact() -> None:
    """No float and no assert in ledger and verifier."""
    found = [
        place(path, line, reason)
        for path in python_files(*EXACT_PACKAGES)
        for line, reason in inexact(ast.parse(path.read_text("utf-8"), path))
    ]
    assert found == []


@pytest.mark.parametrize("bad", ["a = 0.5", "a = 1e3", "a = 2j", "a = float(b)", "assert a"])
def test_exactness_rule_bites(bad: str) -> None:
    """Each banned construct is found where it stands."""
    assert [line for line, _ in inexact(ast.parse(f"pass\n{bad}\n"))] == [2]


def test_exactness_rule_spares_annotations() -> None:
    """An annotation and a type check name float without making one."""
    assert list(inexact(ast.parse("a: float = 1\nb = isinstance(a, float)\n"))) == []


def test_modules_are_named_after_what_they_own() -> None:
    """No module carries a name that fits everything."""
    found = [
        place(path, 1, "a name that says nothing")
        for path in python_files(*PACKAGES)
        if EMPTY_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)
    ]
    assert found == []


def test_package_roots_import_nothing() -> None:
    """Importing a package costs nothing and pulls in nothing."""
    roots = [ROOT / package / "__init__.py" for package in PACKAGES]
    imports = [
        place(path, node.lineno, "an import")
        for path in roots
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert imports == []


def test_every_python_file_names_its_licence() -> None:
    """The first line of each file is the SPDX line."""
    files = [path for path in source_files() if path.suffix in (".py", ".pyi")]
    assert files
    found = [
        place(path, 1, "the SPDX line is missing")
        for path in files
        if path.read_text("utf-8").partition("\n")[0] != SPDX
    ]
    assert found == []


def test_no_file_names_a_registry_or_a_local_folder() -> None:
    """The source can be built against any mirror and on any machine."""
    found: list[str] = []
    for path in source_files():
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue  # pictures and archives
        found += [place(path, line, reason) for line, reason in addresses(text)]
    assert found == []


@pytest.mark.parametrize("bad", [f"see https://{ADDRESSES[0]}/x", "at /" + "work/main", "'/" + "work/x'"])
def test_address_rule_bites(bad: str) -> None:
    """A registry and a local folder are found."""
    assert [line for line, _ in addresses(f"fine\n{bad}")] == [2]


@pytest.mark.parametrize("good", ["frame/" + "work/x", "https://example.org/x"])
def test_address_rule_spares_ordinary_text(good: str) -> None:
    """Paths that only end alike, and other addresses, are no violation."""
    assert list(addresses(good)) == []


def numbered_alike(names: Iterable[str]) -> set[str]:
    """The numbers that more than one decision bears."""
    numbers = [name.partition("-")[0] for name in names]
    return {number for number in numbers if numbers.count(number) > 1}


def test_every_decision_has_a_number_of_its_own() -> None:
    """A reference such as ADR 0017 leads to one file; the rule bites on a pair."""
    names = [path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")]
    assert len(names) > 20
    assert numbered_alike(names) == set()
    assert numbered_alike(["0001-a.md", "0001-b.md", "0002-c.md"]) == {"0001"}
