# SPDX-License-Identifier: Apache-2.0
"""What `init`, `post` and `export` say, to people in two languages and to programs as JSON."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api.import_keys import LOG_KEY_FILE
from api.new_ledger import Created
from ledger.checkpoint import Checkpoint
from ledger.file_posting import LineOutcome
from ledger.problems import Problem
from verifier.language import Told, counted

SHOWN_MAX: Final = 100
"""Refused lines told one by one; the number of all is always told."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the lines of a file so far; the first refused ones are kept, all are counted."""

    accepted: int = 0
    replayed: int = 0
    events: int = 0
    refused: int = 0
    kept: list[LineOutcome] = field(default_factory=list)

    def take(self, outcome: LineOutcome) -> bool:
        """Count `outcome`; return whether it is a refusal that is still told one by one."""
        if not outcome.problems:
            self.accepted += 1
            if outcome.accepted is not None:
                self.replayed += outcome.accepted.replayed
                self.events += outcome.accepted.events
            return False
        self.refused += 1
        if self.refused > SHOWN_MAX:
            return False
        self.kept.append(outcome)
        return True


def created_text(created: Created, url: str) -> Told:
    """What stands now, where the keys are, and what to do next."""
    genesis = created.genesis
    head_en = f"{url}: ledger {genesis.origin}\ngenesis {created.genesis_hash}"
    head_zh = f"{url}：账本 {genesis.origin}\n创世哈希 {created.genesis_hash}"
    keys = "\n".join(f"vkey {key}" for key in genesis.log_keys)
    if created.keys is None:
        return Told(
            en=f"{head_en}\n{keys}\nThe ledger was there before; its tables are of this version.",
            zh=f"{head_zh}\n{keys}\n账本原已存在；数据表已为本版本。",
        )
    return Told(
        en=f"{head_en}\n{keys}\nKeys: {created.keys} (the log's own: {LOG_KEY_FILE}). Keep them secret and backed up; "
        "give the genesis hash and the vkey to those who will verify.",
        zh=f"{head_zh}\n{keys}\n密钥位于 {created.keys}（日志密钥：{LOG_KEY_FILE}）。请妥善保密并备份；"
        "请将创世哈希与 vkey 告知验证方。",
    )


def record_of_created(created: Created, url: str) -> str:
    """The same as JSON."""
    return _json(
        {
            "db": url,
            "genesis": created.genesis_hash,
            "keys": None if created.keys is None else str(created.keys),
            "log_keys": list(created.genesis.log_keys),
            "origin": created.genesis.origin,
        }
    )


def outcome_text(outcome: LineOutcome) -> Told:
    """Why a line was refused: one line of text for each problem."""
    name = f" ({outcome.name})" if outcome.name else ""
    name_zh = f"（{outcome.name}）" if outcome.name else ""
    return Told(
        en="\n".join(f"line {outcome.line}{name}: {one.told_en()}" for one in outcome.problems),
        zh="\n".join(f"第 {outcome.line} 行{name_zh}：{one.told_zh()}" for one in outcome.problems),
    )


def summary_text(tally: Tally, size: int, *, dry_run: bool) -> Told:
    """How many lines were posted or would be, and how many refused."""
    untold = tally.refused - len(tally.kept)
    more_en = f" ({untold:,} of them not shown)" if untold else ""
    more_zh = f"（其中 {untold:,} 行未显示）" if untold else ""
    if dry_run:
        return Told(
            en=f"dry run: {counted(tally.accepted, 'submission')} would be accepted, {tally.refused:,} refused{more_en}; "
            "nothing was stored",
            zh=f"试运行：{tally.accepted:,} 次提交可接受，{tally.refused:,} 次将被拒绝{more_zh}；未保存任何内容",
        )
    return Told(
        en=f"{counted(tally.accepted, 'submission')} with {counted(tally.events, 'event')} "
        f"accepted ({tally.replayed:,} of them before), {tally.refused:,} refused{more_en}; the ledger has "
        f"{counted(size, 'entry', 'entries')}",
        zh=f"已接受 {tally.accepted:,} 次提交、{tally.events:,} 个事件（其中 {tally.replayed:,} 次为先前已提交），"
        f"拒绝 {tally.refused:,} 次{more_zh}；账本共 {size:,} 条",
    )


def record_of_posting(tally: Tally, size: int, *, dry_run: bool) -> str:
    """The same as JSON, with the refused lines."""
    return _json(
        {
            "accepted": tally.accepted,
            "dry_run": dry_run,
            "events": tally.events,
            "refused": tally.refused,
            "refusals": [
                {
                    "line": one.line,
                    "submission": one.name,
                    "problems": [record_of_problem(each) for each in one.problems],
                }
                for one in tally.kept
            ],
            "replayed": tally.replayed,
            "size": size,
        }
    )


def record_of_problem(problem: Problem) -> dict[str, object]:
    """A problem for programs."""
    return {
        "check": problem.check,
        "code": problem.code,
        "index": problem.index,
        "message": {"en": problem.message_en, "zh": problem.message_zh},
        "place": problem.place,
        "remedy": {"en": problem.remedy_en, "zh": problem.remedy_zh},
    }


def published_text(shown: Checkpoint, target: Path) -> Told:
    """What `target` shows now, and how to check it."""
    return Told(
        en=f"{target}: {shown.origin}, {counted(shown.size, 'entry', 'entries')}, root {shown.root.hex()}\n"
        f"Next: fundtrace verify {target}",
        zh=f"{target}：{shown.origin}，共 {shown.size:,} 条，树根 {shown.root.hex()}\n下一步：fundtrace verify {target}",
    )


def record_of_published(shown: Checkpoint, target: Path) -> str:
    """The same as JSON."""
    return _json(
        {"origin": shown.origin, "root": shown.root.hex(), "size": shown.size, "target": str(target)}
    )


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2)
