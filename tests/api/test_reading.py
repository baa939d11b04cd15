# SPDX-License-Identifier: Apache-2.0
"""Reading over HTTP: entries, receipts, lists, findings, the static log, health; what may be kept and for how long."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from ledger.checkpoint import open_checkpoint
from ledger.errors import EnvironmentFault
from ledger.hashing import leaf_hash
from ledger.log_keys import keys_in
from ledger.publisher import publish
from ledger.receipt import check_receipt, parse_receipt
from ledger.submission import wire_bytes
from ledger.tiles import bundles_of, tiles_of
from tests.example_ledger import opened
from tests.ledgers import found
from tests.served import served, simulated
from tests.worlds import log_signer_named, make_world
from verifier.basis.findings import parse_line

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.cosignature import LogKey
    from tests.conftest import Sample
    from tests.served import Site
    from tests.worlds import World

IMMUTABLE = "public, max-age=31536000, immutable"
MOMENT = "public, max-age=2"


def verifiers(site: Site) -> tuple[LogKey, ...]:
    """The log's verifier keys as genesis names them."""
    return keys_in(site.ledger.genesis.log_keys)


# --- entries and receipts ---------------------------------------------------------------------------------


def test_every_receipt_proves_its_entry(site: Site, sample: Sample) -> None:
    """Entry bytes and receipt of a position agree with a checkpoint signed by the log; both may be kept for ever."""
    size = site.ledger.head().size
    for seq in sample(range(size), 12):
        entry, receipt = site.get(f"/v1/entries/{seq}"), site.get(f"/v1/receipts/{seq}")
        data = base64.b64decode(entry.json()["bytes"])
        assert json.loads(data) == entry.json()["entry"]
        assert entry.json()["leaf"] == leaf_hash(data).hex()
        parsed = parse_receipt(receipt.content)
        proved = check_receipt(parsed, leaf=leaf_hash(data), verifiers=verifiers(site))
        assert (parsed.index, proved.size) == (seq, entry.json()["size"])
        assert (entry.headers["cache-control"], receipt.headers["cache-control"]) == (IMMUTABLE, MOMENT)


def test_raw_bytes_are_the_stored_ones(site: Site) -> None:
    """`?format=raw` gives exactly what is hashed, as a file."""
    raw = site.get("/v1/entries/7?format=raw")
    assert leaf_hash(raw.content).hex() == site.get("/v1/entries/7").json()["leaf"]
    assert raw.headers["content-disposition"] == 'attachment; filename="entry-7.json"'


@pytest.mark.parametrize("path", ["/v1/entries/999999", "/v1/receipts/999999"])
def test_positions_beyond_the_end_are_missing(site: Site, path: str) -> None:
    """404 with the remedy, never an empty answer."""
    answer = site.get(path, accept_language="en")
    assert answer.status_code == 404
    assert answer.json()["code"] == "entry-unknown"
    assert "below the size" in answer.json()["remedy"]


@pytest.mark.parametrize("path", ["/v1/entries/-1", "/v1/entries/x", "/v1/entries/9007199254740992"])
def test_positions_have_one_form(site: Site, path: str) -> None:
    """What is no position is a problem that names the parameter."""
    answer = site.get(path)
    assert answer.status_code == 422
    assert answer.json()["place"] == "path.seq"


# --- lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["lines", "funds", "projects", "parties", "accounts"])
def test_paging_by_key_gives_every_item_once(site: Site, table: str) -> None:
    """Pages of seven, followed to the end, are the whole list in order of id, up to the same entry."""
    whole: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = site.get(f"/v1/{table}?limit=7&after={after}").json()
        assert page["up_to"] == site.ledger.head().size - 1
        assert len(page["items"]) <= 7
        whole += page["items"]
        after = page["next"]
    ids = [item["id"] for item in whole]
    assert ids == sorted(getattr(site.ledger.model.register, table))
    first = site.get(f"/v1/{table}/{ids[0]}").json()
    assert first["item"] == whole[0]


def test_paging_entries_gives_the_whole_log(site: Site) -> None:
    """Pages of fifty, followed to the end, are every entry in order, with the leaf hash of its own address."""
    seqs: list[int] = []
    after: int | None = -1
    while after is not None:
        page = site.get(f"/v1/entries?limit=50&after={after}").json()
        seqs += [item["seq"] for item in page["items"]]
        after = page["next"]
    assert seqs == list(range(site.ledger.head().size))
    last = site.get(f"/v1/entries?after={seqs[-1] - 1}").json()
    assert last["next"] is None
    assert last["items"][0]["leaf"] == site.get(f"/v1/entries/{seqs[-1]}").json()["leaf"]
    assert site.get(f"/v1/entries?after={seqs[-1]}").json()["items"] == []


def test_paging_obligations_gives_every_open_one_once(tmp_path: Path) -> None:
    """Pages of one are all that is owed and not settled; each has an address; they can be asked by debtor."""
    with opened(tmp_path) as (site, _):
        _check_obligations(site)


def _check_obligations(site: Site) -> None:
    judged = site.ledger.board.judged
    assert judged is not None
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = site.get(f"/v1/obligations?limit=1&after={after}").json()
        found += page["items"]
        after = page["next"]
    assert [one["id"] for one in found] == [one.id for one in judged.owed]
    assert len(found) == 3
    assert {one["state"] for one in found} <= {"open", "due_soon", "overdue"}
    assert all(0 < one["outstanding"] <= one["amount"] for one in found)
    assert site.get(f"/v1/obligations/{found[0]['id']}").json()["item"] == found[0]
    who = found[0]["who"]
    own = site.get(f"/v1/obligations?who={who}&limit=200").json()["items"]
    assert own == [one for one in found if one["who"] == who] != found
    assert site.get("/v1/obligations/0000000000000000-pay-0").status_code == 404


def test_lines_can_be_asked_by_fund(site: Site) -> None:
    """Only lines of that fund, with what is free on each."""
    items = site.get("/v1/lines?fund=road-2026&limit=200").json()["items"]
    assert {item["fund"] for item in items} == {"road-2026"}
    assert all(item["free"] == item["received"] - item["split_out"] - item["disbursed"] for item in items)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/lines?limit=0", 422),
        ("/v1/lines?limit=201", 422),
        ("/v1/lines?after=%00", 422),
        ("/v1/lines/none", 404),
        ("/v1/lines/%0A", 422),
        ("/v1/nothing", 404),
        ("/v1/findings/0", 422),
        ("/v1/findings/" + "0" * 32, 404),
    ],
)
def test_refused_questions_are_problems(site: Site, path: str, status: int) -> None:
    """Each is answered with problem details."""
    answer = site.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


def test_answers_are_tagged_and_not_sent_twice(site: Site) -> None:
    """A reader who has the answer gets 304; another question has another tag."""
    first = site.get("/v1/funds")
    assert site.get("/v1/funds", if_none_match=first.headers["etag"]).status_code == 304
    assert site.get("/v1/parties", if_none_match=first.headers["etag"]).status_code == 200
    assert site.get("/v1/funds?limit=1").headers["etag"] != first.headers["etag"]


# --- findings ---------------------------------------------------------------------------------------------


def test_only_proved_findings_are_public(site: Site) -> None:
    """Every public finding is proved and is the canonical record of the audit; what is undecided is only counted."""
    page = site.get("/v1/findings").json()
    assert page["items"]
    assert page["undecided"] == 1
    for item in page["items"]:
        finding = parse_line(
            json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )
        assert finding.finding_class == "proved"
        assert site.get(f"/v1/findings/{finding.id}").json()["item"] == item


def test_the_guilty_are_found_and_their_twins_are_not(site: Site) -> None:
    """Public findings name the labelled decisive events and none of the innocent ones."""
    labels = {label.decisive_event: label for label in simulated().labels}
    for item in site.get("/v1/findings").json()["items"]:
        label = labels.get(item["decisive_event"])
        assert label is None or label.expected == "proved"


def test_findings_are_paged_by_id(site: Site) -> None:
    """Pages of two are the whole list."""
    whole = site.get("/v1/findings").json()["items"]
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = site.get(f"/v1/findings?limit=2&after={after}").json()
        found += page["items"]
        after = page["next"]
    assert found == whole


def test_a_finding_that_is_gone_does_not_lose_the_place_in_the_list(site: Site) -> None:
    """The cursor is a key: a page after one that no longer exists goes on where it stood."""
    whole = site.get("/v1/findings").json()["items"]
    gone = f"{whole[0]['rule']}-{whole[0]['id'][:-1]}{'f' if whole[0]['id'][-1] != 'f' else 'e'}"
    after = site.get(f"/v1/findings?after={gone}").json()["items"]
    assert after == [one for one in whole if f"{one['rule']}-{one['id']}" > gone]
    assert len(after) in {len(whole), len(whole) - 1}


@pytest.mark.parametrize(
    "path", ["/v1/findings", "/v1/obligations", "/v1/obligations/0000000000000000-pay-0"]
)
def test_before_the_first_judgement_nothing_is_said_to_be_clean(office: Site, path: str) -> None:
    """503 with a time to try again, not an empty list."""
    answer = office.get(path)
    assert answer.status_code == 503
    assert answer.json()["code"] == "not-judged"
    assert answer.headers["retry-after"]


# --- the static log ---------------------------------------------------------------------------------------


def test_the_log_over_http_is_the_export(site: Site, tmp_path: Path) -> None:
    """Checkpoint, policy, every tile and every bundle are byte for byte the files of an export."""
    publish(site.ledger.engine, tmp_path)
    size = site.ledger.head().size
    paths = ["checkpoint", "policy", *(tile.path for tile in (*tiles_of(size), *bundles_of(size)))]
    for path in paths:
        assert site.get(f"/log/{path}").content == (tmp_path / path).read_bytes(), path


def test_content_types_and_cache_times_of_the_log(site: Site) -> None:
    """The checkpoint is text kept for seconds; tiles and bundles are octets kept for ever (C2SP tlog-tiles)."""
    head = site.get("/log/checkpoint")
    assert head.headers["content-type"] == "text/plain; charset=utf-8"
    assert head.headers["cache-control"] == "public, max-age=2"
    assert open_checkpoint(head.content, verifiers(site)).size == site.ledger.head().size
    for path in ("tile/0/000", "tile/entries/000", "tile/0/000.p/3", "tile/entries/000.p/1"):
        answer = site.get(f"/log/{path}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == IMMUTABLE


def test_a_partial_tile_is_the_beginning_of_the_full_one(site: Site) -> None:
    """Partial tiles of every smaller size outlive the checkpoint that needed them."""
    full = site.get("/log/tile/0/000").content
    assert all(
        site.get(f"/log/tile/0/000.p/{width}").content == full[: width * 32] for width in (1, 128, 255)
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tile/0/000.p/0", 404),
        ("tile/0/000.p/256", 404),
        ("tile/0/0", 404),
        ("tile/0/999", 404),
        ("tile/9/000.p/1", 404),
        ("tile/entries/x001/000", 404),
        ("tile/../checkpoint", 404),
        ("tile/entries/004.p/250", 404),
    ],
)
def test_tiles_that_are_not_there_are_refused(site: Site, path: str, status: int) -> None:
    """Never an empty tile, never another spelling of a path."""
    answer = site.get(f"/log/{path.replace('..', '%2e%2e')}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_restricted_bundles_are_kept_back_and_hashes_are_not(tmp_path: Path) -> None:
    """With `entries: restricted` everybody still gets checkpoint and hash tiles."""
    world: World = make_world(entries="restricted")
    url = str(tmp_path / "restricted.db")
    found(url, world)
    with served(url, None) as site:
        assert site.get("/log/tile/entries/000.p/1").status_code == 403
        assert site.get("/v1/entries").status_code == 403
        assert site.get("/v1/entries/0").status_code == 200
        assert site.get("/log/tile/0/000.p/1").status_code == 200
        assert site.get("/log/checkpoint").status_code == 200


# --- health, schema ---------------------------------------------------------------------------------------


def test_health_readiness_and_figures(site: Site) -> None:
    """Alive, ready with sizes, and the same sizes for monitoring."""
    size = site.ledger.head().size
    assert site.get("/healthz").json() == {"status": "alive"}
    assert site.get("/readyz").json() == {
        "posts": False,
        "size": size,
        "folded": size,
        "judged": size,
        "notes": [],
    }
    figures = site.get("/metrics").text
    assert f"fundtrace_log_entries {size}.0" in figures
    assert f"fundtrace_judged_entries {size}.0" in figures


def test_posting_is_counted_by_what_became_of_it(office: Site, world: World) -> None:
    """Stored, replayed and refused submissions are told apart."""
    wire = wire_bytes(world.issue("L1", 1))
    for one in (wire, wire, wire_bytes(world.pay("L1", 2))):
        office.post(one)
    figures = office.get("/metrics").text
    for fate in ("stored", "replayed", "refused"):
        assert f'fundtrace_submissions_total{{fate="{fate}"}} 1.0' in figures


def test_the_description_names_every_route_and_every_kind(site: Site) -> None:
    """OpenAPI 3.1 with the event kinds and problem details; every reference in it resolves."""
    made = site.get("/v1/openapi.json").json()
    assert made["openapi"].startswith("3.1")
    for path in ("/v1/submissions", "/v1/entries/{seq}", "/v1/lines/{id}", "/v1/findings", "/log/checkpoint"):
        assert path in made["paths"], path
    schemas = made["components"]["schemas"]
    assert {"Submission", "Event", "Allocation", "Disbursement", "Movement", "Problem"} <= set(schemas)
    for reference in _references(made):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference
    assert site.get("/v1/schema").json()["$defs"].keys() <= schemas.keys()


def _references(node: Any) -> list[str]:  # noqa: ANN401 - any JSON
    match node:
        case dict():
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            parts = [value for name, value in node.items() if name != "examples"]
            return own + [one for value in parts for one in _references(value)]
        case list():
            return [one for value in node for one in _references(value)]
        case _:
            return []


def test_head_is_get_without_a_body(site: Site) -> None:
    """Monitors and proxies ask for headers alone."""
    for path in ("/", "/log/checkpoint", "/v1/funds", "/static/portal.css"):
        head, whole = site.send("HEAD", path), site.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]


def test_every_answer_forbids_guessing_its_type(site: Site) -> None:
    """`nosniff` and a referrer policy stand on pages, files and problems alike."""
    for path in ("/", "/log/checkpoint", "/v1/funds", "/v1/nothing", "/static/portal.css"):
        headers = site.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_a_foreign_log_key_is_refused_at_the_start(office: Site) -> None:
    """A server never signs with a key that genesis does not name."""
    stranger = log_signer_named("stranger")
    with (
        pytest.raises(EnvironmentFault, match="no current Ed25519 key"),
        served(office.app.state.settings.db, stranger),
    ):
        pass
