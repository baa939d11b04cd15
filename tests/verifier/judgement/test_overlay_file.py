# SPDX-License-Identifier: Apache-2.0
"""What an auditor says of accounts and parties, as files: what is read, and what is refused with its row."""

import pytest

from ledger.errors import FormatError, LimitError
from verifier.basis.strict_json import JSON_BYTES_MAX
from verifier.judgement.overlay_file import parse_overlay
from verifier.obligations.overlay import Overlay

JSON = """{
 "accounts": {"A1": {"class": "supplier", "owner": "P9"}, "A2": {"pool": "A0"}},
 "related": {"P1": ["P2", "P3"]}
}"""
ACCOUNTS = "account,class,owner,pool\nA1,supplier,P9,\nA2,,,A0\n"
PAIRS = "party,related\nP1,P2\nP1,P3\n"


def read(*texts: str) -> Overlay:
    """The files with these texts together."""
    return parse_overlay((f"f{number}", text.encode()) for number, text in enumerate(texts))


def test_all_forms_say_the_same() -> None:
    """JSON, CSV, CSV with Chinese headings and a byte order mark; columns in any order."""
    said = read(JSON)
    assert said.accounts["A1"].changes == {"account_class": "supplier", "owner": "P9"}
    assert said.related == {"P1": {"P2", "P3"}, "P2": {"P1"}, "P3": {"P1"}}
    chinese = "\ufeff资金池,账户,归属单位,类别\n,A1,P9,supplier\nA0,A2,,\n"
    for other in (read(ACCOUNTS, PAIRS), read(chinese, PAIRS), read(PAIRS, ACCOUNTS)):
        assert other.digest == said.digest
    assert read(ACCOUNTS).digest != said.digest


@pytest.mark.parametrize(
    ("texts", "place", "told"),
    [
        (("",), "f0", "empty"),
        (("account\nA1\n",), "f0:1", "names the columns"),
        (("account,colour\nA1,red\n",), "f0:1", "names the columns"),
        (("account,class,class\nA1,wage,wage\n",), "f0:1", "names the columns"),
        (("account,party,related\nA1,P1,P2\n",), "f0:1", "names the columns"),
        (("account,class\nA1,wage,x\n",), "f0:2", "2 cells are wanted"),
        (("account,class\nA1,salary\n",), "f0:2", "Invalid enum value 'salary'"),
        (("account,class\nA 1,wage\n",), "f0:2", "matching regex"),
        (("account,class\nA1,\n",), "f0:2", "nothing is said of A1"),
        (("account,class\nA1,wage\nA1,wage\n",), "f0:3", "account A1 stands twice"),
        ((ACCOUNTS, "account,class\nA1,wage\n"), "f1:2", "account A1 stands twice"),
        (("party,related\nP1,P1\n",), "f0:2", "related to itself"),
        (("party,related\nP1,P2\nP1,P2\n",), "f0:3", "stand twice"),
        (('party,related\n"P1,P2\n',), "f0:2", "not CSV"),
        (('{"accounts": {"A1": {"klass": "wage"}}}',), "f0:1", "unknown field `klass`"),
        (('{"accounts": {"A1": {"class": "wage"}, "A1": {"class": "wage"}}}',), "f0", "stands twice"),
        (('{"accounts": {"A1": {}}}',), "f0, A1", "nothing is said"),
        (('{"related": {"P1": []}}',), "f0:1", "length >= 1"),
        (('{"related": {"P1": ["P2", "P2"]}}',), "f0, P1", "stand twice"),
        (('{"accounts": {"A1": {"owner": null}}}',), "f0", "second way"),
    ],
)
def test_what_cannot_be_meant_is_refused(texts: tuple[str, ...], place: str, told: str) -> None:
    """With file and row, and where to read how it is written."""
    with pytest.raises(FormatError) as refused:
        read(*texts)
    assert refused.value.place == place
    assert told in refused.value.message_en
    assert "audit.md" in refused.value.remedy_zh


def test_files_of_other_kinds_are_refused() -> None:
    """Not text, or too large."""
    with pytest.raises(FormatError, match="f:2: not UTF-8"):
        parse_overlay([("f", b"party,related\n\xff,P2\n")])
    with pytest.raises(LimitError):
        parse_overlay([("f", b"a" * (JSON_BYTES_MAX + 1))])
    with pytest.raises(LimitError):
        parse_overlay([("f", b"{" + b" " * JSON_BYTES_MAX)])
