# SPDX-License-Identifier: Apache-2.0
"""Why the reader's own check says no, on Chinese pages: every reason of the modules has its Chinese sentence."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from api.portal import wording as wording_module
from api.portal.reader_words import refusal_words
from api.portal.wording import wording
from tests.api.test_entry_check import NODE

MODULES: Final = Path(wording_module.__file__).parent / "static" / "verifier"
REASON: Final = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)\s*,?\s*\)""")
CALL: Final = re.compile(r"(?:demand|new Refused|refuse)\(")
HAN: Final = re.compile("[\u3400-\u9fff]")


def reasons_in(source: str) -> set[str]:
    """The last argument of each refusal that is a sentence, with its gaps unnamed."""
    found = set()
    for call in CALL.finditer(source):
        end = source.index(";", call.end()) if ";" in source[call.end() :] else len(source)
        sentences = REASON.findall(source[call.end() : end + 1])
        if sentences:
            plain, template = sentences[-1]
            found.add(re.sub(r"\$\{[^}]*\}", "{}", plain or template))
    return found


def unnamed(sentence: str) -> str:
    """A sentence of the wording with its gaps unnamed."""
    return re.sub(r"\{\w+\}", "{}", sentence)


def test_every_reason_has_its_sentence_and_no_sentence_is_spare() -> None:
    """Whoever adds a check to the modules adds its words."""
    spoken = set().union(*(reasons_in(one.read_text("utf-8")) for one in MODULES.glob("*.mjs")))
    worded = {unnamed(english) for english in refusal_words(wording("zh"))["why"]}
    spoken -= {"form"}
    assert len(spoken) > 100
    assert spoken - worded == set()
    assert worded - spoken == set()


def test_english_pages_bring_none() -> None:
    """The modules speak English already."""
    assert refusal_words(wording("en")) == {}


@pytest.mark.parametrize(
    ("place", "detail", "said"),
    [
        (
            "entry 900",
            "the log holds other bytes than this page shows",
            "第 900 条: 账本中的字节与本页所示不同",
        ),
        (
            "checkpoint",
            "it covers 9 entries, and the log shows 7 only",
            "检查点: 包含 9 条，账本却只展示 7 条",
        ),
        ("checkpoint line 3", "not a root of 9 entries", "检查点第 3 行: 不是 9 条的树根"),
        ("entry, character 7", "beyond ±(2^53 − 1)", "条目，第 7 个字符: 超出 ±(2^53 − 1)"),
        (
            "signature in the role maker",
            "it does not fit what was signed",
            "角色 maker 的签名: 与所签内容不符",
        ),
        ("policy line 4", "# retired log KEY INSTANT", "策略文件第 4 行: 应为 # retired log 密钥 时刻"),
        ("tile/0/000", "the server answers 500", "tile/0/000: 服务器回答 500"),
        ("somewhere", "something new", "somewhere: something new"),
    ],
)
def test_reasons_are_said_in_chinese(place: str, detail: str, said: str) -> None:
    """Gaps are filled with what the module said; what has no sentence stays as it is."""
    assert NODE is not None
    pairs = {name: list(table.items()) for name, table in refusal_words(wording("zh")).items()}
    script = (
        f"import {{ sayer }} from {json.dumps((MODULES / 'reasons.mjs').as_uri())};"
        f"console.log(sayer({json.dumps(pairs)})({json.dumps({'place': place, 'detail': detail})}));"
    )
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.rstrip("\n") == said
    assert HAN.search(said) or place == "somewhere"
