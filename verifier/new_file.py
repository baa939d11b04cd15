# SPDX-License-Identifier: Apache-2.0
"""Files that a command writes for its user: whole or not at all, and never over one that is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import EnvironmentFault


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """A path to write to that becomes `out` at the end, or is gone if anything fails; an existing file is never touched.

    Raises:
        EnvironmentFault: `out` exists, or cannot be written.
    """
    draft = out.with_name(f".{out.name}.part")
    try:
        if out.exists():
            raise FileExistsError(17, "File exists")
        yield draft
        draft.rename(out)
    except OSError as error:
        raise unwritable(out, error) from error
    finally:
        draft.unlink(missing_ok=True)


def unwritable(out: Path, error: OSError) -> EnvironmentFault:
    """The refusal to write `out`, which is there already or cannot be made."""
    return EnvironmentFault(
        code="form.out",
        place=str(out),
        message_en=f"the file cannot be written: {error.strerror or error}",
        message_zh=f"无法写入文件：{error.strerror or error}",
        remedy_en="Name a new file in a folder that is yours.",
        remedy_zh="请指定可写文件夹中的新文件。",
    )
