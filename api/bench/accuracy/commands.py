# SPDX-License-Identifier: Apache-2.0
"""One command of this installation run to its end, its answer in a file."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from api.bench.whole_process import fundtrace
from ledger.errors import EnvironmentFault
from verifier.integrity.verdict import EXIT_CLEAN


def run(
    arguments: Sequence[str],
    output: Path,
    say: Callable[[str], None],
    *,
    allowed: Sequence[int] = (EXIT_CLEAN,),
) -> None:
    """Standard output of `fundtrace` with `arguments` is in `output`, its complaints beside it.

    Raises:
        EnvironmentFault: it ended with an exit code that is not `allowed`; the message carries the end of its output.
    """
    say(" ".join(("fundtrace", *arguments)))
    errors = output.with_suffix(".err")
    with output.open("wb") as out, errors.open("wb") as err:
        done = subprocess.run(fundtrace(*arguments), stdout=out, stderr=err, check=False)  # noqa: S603 - our own command line
    if done.returncode not in allowed:
        tail = errors.read_bytes()[-2000:].decode("utf-8", "replace")
        raise EnvironmentFault(
            code="bench-step",
            place=f"fundtrace {arguments[0]}",
            message_en=f"ended with exit code {done.returncode}: {tail}",
            message_zh=f"以退出码 {done.returncode} 结束：{tail}",
            remedy_en="run the step by hand",
            remedy_zh="请手工运行该步骤",
        )
