# SPDX-License-Identifier: Apache-2.0
"""Why a mirror does not take what its source shows, and what to do."""

from pathlib import Path

from ledger.checkpoint import Checkpoint
from ledger.errors import EnvironmentFault, ProofError, SignatureError
from verifier.language import Told
from verifier.reading.static_log import CHECKPOINT


def not_believed(reason: Told) -> SignatureError:
    """The checkpoint is not signed as was demanded."""
    return SignatureError(
        code="mirror.not-believed",
        place=CHECKPOINT,
        message_en=reason.en,
        message_zh=reason.zh,
        remedy_en="Give the keys of this log by --policy or --log-key; if you did, do not rely on this source.",
        remedy_zh="请以 --policy 或 --log-key 提供该账本的密钥；如已提供，请勿采信此来源。",
    )


def not_a_copy(folder: Path) -> EnvironmentFault:
    """What the folder shows was made by nobody who mirrors or exports."""
    return EnvironmentFault(
        code="mirror.not-a-copy",
        place=str(folder / CHECKPOINT),
        message_en="the file is not a checkpoint; nothing was written",
        message_zh="该文件不是检查点；未写入任何内容",
        remedy_en="Give an empty folder, or one that mirror or export made.",
        remedy_zh="请指定空文件夹，或由 mirror、export 生成的文件夹。",
    )


def other_log(folder: Path, held: Checkpoint, new: Checkpoint) -> SignatureError:
    """The source shows another log than the folder holds."""
    return SignatureError(
        code="mirror.other-log",
        place=str(folder),
        message_en=f"it holds the log {held.origin}, the source shows {new.origin}; nothing was written",
        message_zh=f"其中是账本 {held.origin}，来源展示的是 {new.origin}；未写入任何内容",
        remedy_en="Keep each log in a folder of its own.",
        remedy_zh="每个账本请使用单独的文件夹。",
    )


def behind(folder: Path, held: Checkpoint, new: Checkpoint) -> EnvironmentFault:
    """The source shows less of the same history."""
    return EnvironmentFault(
        code="mirror.behind",
        place=str(folder),
        message_en=f"the source shows {new.size:,} entries, here are {held.size:,} of the same history already",
        message_zh=f"来源只展示 {new.size:,} 条，此处已有同一历史的 {held.size:,} 条",
        remedy_en="Ask another address of the log; if none shows more, the operator is taking entries back.",
        remedy_zh="请改用该账本的其他地址；如果都不展示更多条目，则运营方正在收回条目。",
    )


def fork(folder: Path, names: tuple[str, str], held: Checkpoint, new: Checkpoint) -> ProofError:
    """The log was rewritten; the two notes are kept under `names`."""
    return ProofError(
        code="mirror.fork",
        place=str(folder),
        message_en=f"fork: the {new.size:,} entries that the source shows and the {held.size:,} kept here are not one "
        f"history; both signed checkpoints are kept as {names[0]} and {names[1]}",
        message_zh=f"分叉：来源展示的 {new.size:,} 条与此处保存的 {held.size:,} 条不属于同一历史；"
        f"两份签名检查点保存为 {names[0]} 与 {names[1]}",
        remedy_en="Keep this folder as it is, and show both files to the operator and to other readers of the log.",
        remedy_zh="请原样保留该文件夹，并将两份文件出示给运营方和账本的其他读者。",
    )
