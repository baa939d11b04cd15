# SPDX-License-Identifier: Apache-2.0
"""Every answer forbids what it does not need, and other sites may read only what is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.test_posting import problem

if TYPE_CHECKING:
    from tests.served import Site

ANSWERS = (
    ("GET", "/", 200),
    ("GET", "/nothing", 404),
    ("GET", "/static/portal.css", 200),
    ("GET", "/static/nothing", 404),
    ("GET", "/log/checkpoint", 200),
    ("GET", "/log/tile/9/000", 404),
    ("GET", "/v1/lines", 200),
    ("GET", "/v1/lines?limit=0", 422),
    ("GET", "/v1/nothing", 404),
    ("GET", "/v1/schema", 200),
    ("GET", "/healthz", 200),
    ("GET", "/metrics", 200),
    ("POST", "/v1/lines", 405),
    ("PUT", "/v1/submissions", 405),
    ("DELETE", "/funds", 405),
    ("POST", "/v1/submissions", 503),
)


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_the_headers(site: Site, method: str, path: str, status: int) -> None:
    """A policy that allows no script from elsewhere and no framing, no guessing of types, a number."""
    answer = site.send(method, path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert len(answer.headers["x-request-id"]) == 16


@pytest.mark.parametrize("path", ["/", "/v1/lines"])
def test_a_failure_has_them_too(site: Site, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """500 is an answer like the others."""

    def fail(*_: object, **__: object) -> object:
        raise RuntimeError("planted")

    monkeypatch.setattr("api.routers.portal_pages.home_page", fail)
    monkeypatch.setattr("api.routers.registry.state_tag", fail)
    answer = site.get(path)
    assert answer.status_code == 500
    assert "content-security-policy" in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    if path != "/":
        assert problem(answer, 500)["code"] == "failure"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("DELETE", "/v1/lines", 405, "method-not-allowed"),
        ("POST", "/log/checkpoint", 405, "method-not-allowed"),
        ("GET", "/v1/lines?limit=x", 422, "parameter"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_wrong_addresses_are_problems_in_both_languages(
    site: Site, method: str, path: str, status: int, code: str, language: str
) -> None:
    """Detail and remedy are in the language asked for, and beside them in both."""
    mark = "&" if "?" in path else "?"
    body = problem(site.send(method, f"{path}{mark}lang={language}"), status)
    assert body["code"] == code
    assert body["languages"][language] == {"detail": body["detail"], "remedy": body["remedy"]}
    assert body["detail"].isascii() is (language == "en")


def test_other_sites_may_read_what_is_public_and_nothing_else(site: Site) -> None:
    """Reads of /v1 and /log are open; posting, health and pages are not."""
    elsewhere = {"origin": "https://elsewhere.example"}
    for path in (
        "/v1/lines",
        "/v1/findings",
        "/v1/entries/0",
        "/v1/openapi.json",
        "/log/checkpoint",
        "/v1/lines/NOWHERE",
    ):
        assert site.send("GET", path, headers=elsewhere).headers["access-control-allow-origin"] == "*", path
    for method, path in (
        ("POST", "/v1/submissions"),
        ("GET", "/"),
        ("GET", "/readyz"),
        ("GET", "/v1/nothing"),
        ("POST", "/v1/lines"),
    ):
        answer = site.send(method, path, headers=elsewhere)
        assert not [name for name in answer.headers if name.startswith("access-control")], path


def test_a_browser_may_ask_first_for_reads_only(site: Site) -> None:
    """The preflight question is answered for reads, and names no other method; for a posting it is refused."""
    asked = {"origin": "https://elsewhere.example", "access_control_request_method": "GET"}
    answer = site.send("OPTIONS", "/v1/lines", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "access-control-allow-credentials" not in answer.headers
    refused = site.send(
        "OPTIONS", "/v1/submissions", headers={**asked, "access_control_request_method": "POST"}
    )
    assert refused.status_code == 405
    assert "access-control-allow-origin" not in refused.headers
