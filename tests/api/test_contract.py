# SPDX-License-Identifier: Apache-2.0
"""The HTTP interface keeps what its OpenAPI document promises, whatever it is sent (a small seeded fuzz)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

if TYPE_CHECKING:
    from schemathesis import Case

    from tests.conftest import Sample
    from tests.served import Site

OPERATIONS = (
    ("POST", "/v1/submissions"),
    ("POST", "/v1/sessions/challenges"),
    ("POST", "/v1/sessions"),
    ("GET", "/v1/session"),
    ("DELETE", "/v1/session"),
    ("POST", "/v1/disclosures"),
    ("PUT", "/v1/attachments/{digest}"),
    ("GET", "/v1/attachments/{digest}"),
    ("GET", "/v1/accesses"),
    ("GET", "/v1/drafts"),
    ("POST", "/v1/drafts"),
    ("GET", "/v1/drafts/{name}"),
    ("PUT", "/v1/drafts/{name}"),
    ("DELETE", "/v1/drafts/{name}"),
    ("GET", "/v1/drafts/{name}/file"),
    ("POST", "/v1/drafts/{name}/signatures"),
    ("POST", "/v1/drafts/{name}/return"),
    ("POST", "/v1/drafts/{name}/posting"),
    ("GET", "/v1/templates/{name}"),
    ("POST", "/v1/imports"),
    ("GET", "/v1/entries/{seq}"),
    ("GET", "/v1/receipts/{seq}"),
    *(("GET", f"/v1/{table}") for table in ("lines", "funds", "projects", "parties", "accounts")),
    *(("GET", f"/v1/{table}/{{id}}") for table in ("lines", "funds", "projects", "parties", "accounts")),
    ("GET", "/v1/entries"),
    ("GET", "/v1/obligations"),
    ("GET", "/v1/obligations/{id}"),
    ("GET", "/v1/due"),
    ("GET", "/v1/due/{party}.ics"),
    ("GET", "/v1/findings"),
    ("GET", "/v1/findings/{id}"),
    ("GET", "/v1/schema"),
    ("GET", "/log/checkpoint"),
    ("GET", "/log/policy"),
    ("GET", "/log/tile/{path}"),
    ("GET", "/log/anchor.txt"),
    ("GET", "/log/anchor/{path}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_fit_their_description(
    request: pytest.FixtureRequest, sample: Sample, method: str, path: str
) -> None:
    """Status, content type and body of every answer are described; no input is a server error.

    A made-up submission may well fit the schema; without a key that is registered it is refused all the same.
    """
    asked: Site = request.getfixturevalue("office" if method == "POST" else "site")
    operation = schemathesis.openapi.from_asgi("/v1/openapi.json", asked.app)[path][method]

    @hypothesis.given(st.data())
    @hypothesis.settings(
        max_examples=len(sample(range(200), 8)),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def fuzz(data: st.DataObject) -> None:
        case: Case = data.draw(operation.as_strategy())
        case.call_and_validate(excluded_checks=[positive_data_acceptance] if method == "POST" else [])

    fuzz()


def test_the_fuzz_leaves_no_operation_out(site: Site) -> None:
    """Every operation of the document is in the list above."""
    document = site.get("/v1/openapi.json").json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == set(OPERATIONS)
