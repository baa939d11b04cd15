# SPDX-License-Identifier: Apache-2.0
"""The disclosures that go with an export for audit: one file, for its owner alone, and never part of the static log."""

import os
import secrets
from pathlib import Path

from sqlalchemy import Engine

from ledger.disclosure_file import FILE, DisclosureHead, DisclosureLine, format_lines
from ledger.errors import EnvironmentFault
from ledger.hashing import leaf_hash
from ledger.key_files import owner_only
from ledger.publisher import ARCHIVE_SUFFIXES
from ledger.store.disclosures import all_disclosures
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader


def beside(target: Path) -> Path:
    """Where the disclosures of the export `target` go: into its folder, or beside its file."""
    return target.with_name(f"{target.name}.{FILE}") if target.suffix in ARCHIVE_SUFFIXES else target / FILE


def write_disclosures(engine: Engine, file: Path, *, size: int) -> int:
    """How many disclosures of the first `size` entries `file` now holds: all that are kept, readable for its owner only.

    Raises:
        EnvironmentFault: disk or database failed; the file is as it was.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with reading(engine) as connection, open(draft, "xb", opener=owner_only) as sink:
            head = DisclosureHead(genesis=leaf_hash(LogReader(connection).entry(0) or b"").hex(), size=size)
            rows = all_disclosures(connection, below=size)
            lines = (DisclosureLine(seq=row.seq, disclosure=row.text) for row in rows)
            written = sum(1 for line in format_lines(head, lines) if sink.write(line))
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(file)
    except OSError as error:
        raise _unwritten(file, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return written - 1


def _unwritten(file: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        code="disclosures.unwritten",
        place=str(file),
        message_en=f"the disclosures cannot be written: {error.strerror or error}",
        message_zh=f"无法写出披露文件：{error.strerror or error}",
        remedy_en="Check the disk and the permissions of the folder, then export again.",
        remedy_zh="请检查磁盘和文件夹权限后重新导出。",
    )
