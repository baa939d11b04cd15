# SPDX-License-Identifier: Apache-2.0
"""The examples of the OpenAPI document are true: each request in it gets the answer that stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_contract import OPERATIONS
from tests.example_ledger import MORE, ask, cut, fits, opened, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.served import Site

WRITE_ANEW = "the example is not true any more; if the change is wanted: python -m tests.example_ledger"


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The ledger of the examples, for operations that change nothing."""
    with opened(tmp_path_factory.mktemp("examples")) as (site, _):
        yield site


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """The ledger of the examples, for one operation alone."""
    with opened(tmp_path) as (site, _):
        yield site


def examples_of(operation: dict[str, Any]) -> list[tuple[str, str, str, Any]]:
    """(name, status, media type, documented answer) of an operation, in the order of the document."""
    return [
        (name, status, media_type, example["value"])
        for status, answer in operation["responses"].items()
        for media_type, content in answer.get("content", {}).items()
        for name, example in content.get("examples", {}).items()
    ]


def request_of(operation: dict[str, Any], name: str) -> tuple[list[dict[str, Any]], Any]:
    """Parameters and body that example `name` sends."""
    parameters = [
        {"name": one["name"], "in": one["in"], "value": one["examples"][name]["value"]}
        for one in operation.get("parameters", ())
        if name in one.get("examples", {})
    ]
    (content,) = operation.get("requestBody", {}).get("content", {"": {}}).values()
    return parameters, content.get("examples", {}).get(name, {}).get("value")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_documented_request_gets_its_documented_answer(
    request: pytest.FixtureRequest, method: str, path: str
) -> None:
    """Status, type and content; every operation shows at least one request that succeeds."""
    site: Site = request.getfixturevalue("read_only" if method == "GET" else "own")
    operation = site.get("/v1/openapi.json").json()["paths"][path][method.lower()]
    shown = sorted(examples_of(operation), key=_order(operation))
    for name, status, media_type, documented in shown:
        parameters, body = request_of(operation, name)
        answer = ask(site, method, path, parameters, body)
        assert str(answer.status_code) == status, (name, answer.text, WRITE_ANEW)
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert fits(documented, value_of(answer)), (name, value_of(answer), WRITE_ANEW)
    succeeded = any(status.startswith("2") for _, status, _, _ in shown)
    assert succeeded or (shown and path in ONLY_REFUSED), (
        f"{method} {path} has no example: add its requests to tests/example_ledger.py"
    )


ONLY_REFUSED = frozenset(
    {
        "/log/anchor/{path}",
        "/v1/session",
        "/v1/sessions",
        "/v1/drafts",
        "/v1/disclosures",
        "/v1/attachments/{digest}",
        "/v1/accesses",
        "/v1/imports",
        *(f"/v1/drafts/{{name}}{act}" for act in ("", "/file", "/signatures", "/return", "/posting")),
    }
)
"""What succeeds only with something that no document can hold: a time stamp from outside, a session, a fresh signature."""


def _order(operation: dict[str, Any]) -> Callable[[tuple[str, str, str, object]], int]:
    """Examples with a body in the order of the request body; all others as they stand."""
    (content,) = operation.get("requestBody", {}).get("content", {"": {}}).values()
    names = list(content.get("examples", {}))
    return lambda shown: names.index(shown[0]) if shown[0] in names else 0


@pytest.mark.parametrize(
    ("shown", "found", "fitting"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, MORE: True}, {"a": 1, "b": 2}, True),
        ({"a": 1, MORE: True}, {"a": 2, "b": 2}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [1, 2, 3], False),
        ([1, MORE], [1, 2, 3], True),
        ([1, MORE], [1], False),
        ([2, MORE], [1, 2], False),
        ("abc…", "abcdef", True),
        ("abc…", "abd", False),
        ("abc", "abc", True),
        (1, 2, False),
        (True, 1, True),
        (None, {}, False),
    ],
)
def test_an_example_may_be_cut_and_not_be_wrong(shown: object, found: object, fitting: bool) -> None:
    """The dots stand for what is left out, and for nothing else."""
    assert fits(shown, found) is fitting


@pytest.mark.parametrize(
    "value",
    [{"checkpoint": "name\n1\nroot\n\n— name sig\n"}, ["a", "b", "c"], "x" * 1000, {"receipt": "b" * 90}],
)
def test_what_is_cut_still_fits(value: object) -> None:
    """The writer cuts as the comparison expects."""
    assert cut(value) != value
    assert fits(cut(value), value)
