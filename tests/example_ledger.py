# SPDX-License-Identifier: Apache-2.0
"""The small ledger of the examples in the OpenAPI document, and the requests that they show.

    python -m tests.example_ledger          # sends every request below and writes api/openapi/ anew

Whoever adds a route adds its requests to `REQUESTS` and runs that. An operation that changes something is asked in the
order below on a ledger of its own; all others are asked on one that nobody changes.
"""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from api.problems import MEDIA_TYPE as PROBLEM
from ledger.keys import key_id
from ledger.kinds.registry import Calendar
from ledger.kinds.vocabulary import event_bytes
from ledger.submission import wire_bytes
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import CITY, DAY, FUND, PROVINCE, UNIT, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.served import Site
    from tests.worlds import World

FOLDER: Final = Path(__file__).resolve().parent.parent / "api" / "openapi"
ORIGIN: Final = "ledger.example/jl/2026"
MORE: Final = "…"
LONG: Final = 160
"""Characters of a text that are shown."""
RECEIPT: Final = 40
"""Characters of a receipt in base64 that do not depend on how it is signed."""
ITEMS: Final = 2
"""Items of a list that are shown."""
GROWING: Final = frozenset({"$defs", "schema"})
"""Objects of which one member is shown, because every new kind of event adds to them."""
RECORDS: Final = frozenset({"item", "items"})
"""Objects to which a later version may add members."""
DRAWN: Final = frozenset({"nonce", "expires"})
"""Members that are another in every answer."""
MONTHS: Final = 150 * 86_400
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: of which operation, under which name, with which parameters and body (a name in `bodies`)."""

    operation: str
    name: str
    summary: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: str | None = None


def _simple(operation: str, summary: str) -> Asked:
    return Asked(operation=operation, name="all", summary=summary)


def _of_table(table: str, identifier: str) -> tuple[Asked, ...]:
    name = table.capitalize()
    return (
        Asked(operation=f"list{name}", name="page", summary="the first of a page", parameters={"limit": 1}),
        Asked(operation=f"get{name}", name="one", summary="by its id", parameters={"id": identifier}),
        Asked(operation=f"get{name}", name="unknown", summary="no such id", parameters={"id": "NOWHERE"}),
    )


def _of_nobody(*operations: str, named: bool) -> Iterator[Asked]:
    """Drafts are for people who are signed in, which no example can be: their requests, and the answer to a stranger."""
    for operation in operations:
        yield Asked(
            operation=operation,
            name="stranger",
            summary="nobody is signed in",
            parameters={"name": "0" * 32} if named else {},
            body=_DRAFT_BODIES.get(operation),
        )


_DRAFT_BODIES: Final = {
    "prepareDraft": "prepared",
    "changeDraft": "changed",
    "signDraft": "draft_signature",
    "returnDraft": "returned",
    "postDraft": "version",
    "readDisclosures": "reading",
}

REQUESTS: Final = (
    Asked(operation="postSubmission", name="stored", summary="a line is issued", body="issue"),
    Asked(operation="postSubmission", name="replayed", summary="the same once more", body="issue"),
    Asked(operation="postSubmission", name="exceeded", summary="beyond what the line holds", body="beyond"),
    Asked(operation="postSubmission", name="signature", summary="a signature that is none", body="forged"),
    Asked(operation="getEntry", name="event", summary="the first event", parameters={"seq": 2}),
    Asked(operation="getEntry", name="beyond", summary="beyond the log", parameters={"seq": 10_000}),
    Asked(
        operation="listEntries", name="page", summary="after a position", parameters={"after": 1, "limit": 1}
    ),
    Asked(operation="getReceipt", name="receipt", summary="of the genesis", parameters={"seq": 0}),
    *_of_table("lines", "L-CITY"),
    *_of_table("funds", FUND),
    *_of_table("projects", "P-CANAL"),
    *_of_table("parties", UNIT),
    *_of_table("accounts", "A-NA-TREASURY"),
    Asked(operation="listObligations", name="page", summary="what is owed", parameters={"limit": 1}),
    Asked(operation="getObligation", name="one", summary="by its id", parameters={"id": "owed"}),
    Asked(
        operation="listDue", name="page", summary="what a party owes", parameters={"party": CITY, "limit": 1}
    ),
    Asked(operation="listDue", name="unknown", summary="no such party", parameters={"party": "NOWHERE"}),
    Asked(operation="getDueCalendar", name="city", summary="of a party", parameters={"party": CITY}),
    Asked(operation="listFindings", name="page", summary="what is proved", parameters={"limit": 1}),
    Asked(operation="getFinding", name="one", summary="by its id", parameters={"id": "found"}),
    _simple("getSchema", "every kind"),
    _simple("getCheckpoint", "the signed head"),
    _simple("getPolicy", "the keys of the log"),
    Asked(
        operation="getTile", name="hashes", summary="a partial hash tile", parameters={"path": "0/000.p/2"}
    ),
    Asked(operation="getTile", name="absent", summary="no tile", parameters={"path": "0/x"}),
    _simple("getPrintedAnchor", "the line to print"),
    Asked(operation="getAnchor", name="absent", summary="no time stamp yet", parameters={"path": "index"}),
    Asked(operation="challenge", name="known", summary="for a registered key", body="challenge"),
    Asked(operation="signIn", name="unasked", summary="an answer to no challenge", body="sign_in"),
    _simple("getSession", "nobody is signed in"),
    _simple("signOut", "nobody is signed in"),
    *_of_nobody("listDrafts", "prepareDraft", "readDisclosures", "listAccesses", named=False),
    *_of_nobody(
        "getDraft",
        "getDraftFile",
        "changeDraft",
        "withdrawDraft",
        "signDraft",
        "returnDraft",
        "postDraft",
        named=True,
    ),
    Asked(
        operation="getTemplate", name="csv", summary="a form as CSV", parameters={"name": "correction.csv"}
    ),
    Asked(
        operation="importForm",
        name="stranger",
        summary="nobody is signed in",
        parameters={"kind": "allocation", "dry_run": True},
        body="form",
    ),
    Asked(
        operation="putAttachment",
        name="unregistered",
        summary="no event names it",
        parameters={"digest": "3f" * 32},
        body="content",
    ),
    Asked(
        operation="getAttachment",
        name="stranger",
        summary="nobody is signed in",
        parameters={"digest": "3f" * 32, "reason": "核对"},
    ),
    _simple("getHealth", "alive"),
    _simple("getReadiness", "ready"),
    _simple("getMetrics", "figures"),
)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[tuple[Site, World]]:
    """The ledger, served, folded and judged: a line of the city's that it should have passed on long ago."""
    world = make_world(origin=ORIGIN)
    url = str(folder / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        city = world.submission(PROVINCE, world.issued("L-CITY", 30_000_000, to=CITY))
        year = Calendar(occurred_on=DAY, id="cn-2026", year=2026, notice="国办发明电〔2025〕7号")
        post_all(sequencer, [world.submission(PROVINCE, year)])
        post_all(sequencer, [city, world.issue("L-COUNTY", 500_000), world.pay("L-COUNTY", 120_000)])
        world.tick(MONTHS)
        post_all(sequencer, [world.issue("L-LATER", 100)])
    with served(url, world.log_signer, addresses="https://ledger.test") as site:
        site.catch_up(judge=True)
        yield site, world


def bodies(world: World) -> dict[str, Any]:
    """What examples send, the same in every run: JSON, or a text as it is."""
    forged = json.loads(wire_bytes(world.issue("L-FORGED", 1)))
    forged["signatures"][0]["sig"] = base64.b64encode(bytes(64)).decode()
    maker = world.seats[PROVINCE].keys["maker"]
    key = key_id(maker.alg, maker.public)
    return {
        "challenge": {"key": key},
        "sign_in": {
            "audience": "https://ledger.test",
            "expires": "2026-06-04T01:01:00.000Z",
            "genesis": world.genesis_hash,
            "key": key,
            "nonce": "0" * 64,
            "sig": base64.b64encode(bytes(64)).decode(),
        },
        "issue": json.loads(wire_bytes(world.issue("L-NEW", 250_000))),
        **_draft_bodies(world, key),
        "beyond": json.loads(wire_bytes(world.pay("L-COUNTY", 380_001))),
        "forged": forged,
    }


def _draft_bodies(world: World, key: str) -> dict[str, Any]:
    events = [json.loads(event_bytes(world.issued("L-DRAFTED", 250_000)))]
    return {
        "prepared": {"events": events, "id": "2026-0612-01"},
        "changed": {"events": events, "version": 1},
        "draft_signature": {
            "version": 1, "alg": "ed25519", "key": key, "role": "maker",
            "sig": base64.b64encode(bytes(64)).decode(),
        },
        "returned": {"version": 1, "reason": "文号有误"},
        "version": {"version": 1},
        "content": "%PDF-1.7",
        "reading": {"event": "na-finance/s-000012/0", "reason": "专项审计", "case": "2026-17"},
        "form": "发生日,动作,指标,付出方,收到方,金额（万元）,资金,年度\n"
        "2026年1月5日,下达,L-FORM,jl-finance,na-finance,2.5,F-WATER,2026\n",
    }  # fmt: skip


def ask(site: Site, method: str, path: str, parameters: list[dict[str, Any]], body: object) -> httpx.Response:
    """The answer to a request with these parameters (name, in, value)."""
    query = {}
    headers = {}
    for one in parameters:
        match one["in"]:
            case "path":
                path = path.replace(f"{{{one['name']}}}", quote(str(one["value"])))
            case "query":
                query[one["name"]] = one["value"]
            case _:
                headers[one["name"]] = str(one["value"])
    written = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    content = None if body is None else written.encode()
    return site.send(
        method, f"{path}?{urlencode(query)}" if query else path, content=content, headers=headers
    )


def value_of(answer: httpx.Response) -> object:
    """What an answer says: JSON, text, or base64 of bytes."""
    kind = answer.headers["content-type"].partition(";")[0]
    if kind.endswith("json"):
        return answer.json()
    return answer.text if kind.startswith("text/") else base64.b64encode(answer.content).decode()


def fits(shown: object, found: object) -> bool:
    """Whether an example shows `found`, cut where it says so."""
    match shown:
        case dict() if isinstance(found, dict):
            named = shown.keys() - {MORE}
            whole = MORE in shown or named == found.keys()
            return whole and all(name in found and fits(shown[name], found[name]) for name in named)
        case [*items, last] if last == MORE and isinstance(found, list):
            return len(found) > len(items) and all(map(fits, items, found))
        case list() if isinstance(found, list):
            return len(shown) == len(found) and all(map(fits, shown, found))
        case str() if shown.endswith(MORE) and isinstance(found, str):
            return found.startswith(shown.removesuffix(MORE))
        case _:
            return bool(shown == found)


def cut(value: object, name: str = "") -> object:
    """`value` as an example shows it: signatures and long texts by their beginning, long lists by their first items."""
    match value:
        case dict():
            shown = list(value.items())[: 1 if name in GROWING else None]
            more = {MORE: True} if name in GROWING | RECORDS else {}
            return {**{key: cut(one, key) for key, one in shown}, **more}
        case list():
            return [*(cut(one, name) for one in value[:ITEMS]), *([MORE] if len(value) > ITEMS else [])]
        case str():
            return _cut_text(value, name)
        case _:
            return value


def _cut_text(text: str, name: str) -> str:
    if name in DRAWN:
        return MORE
    if name == "checkpoint" or text.startswith("c2sp.org/tlog-proof"):
        return text.partition("— ")[0] + MORE  # what follows is signed anew each time
    most = RECEIPT if name == "receipt" else LONG
    return text if len(text) <= most else text[:most] + MORE


# --- writing the files ------------------------------------------------------------------------------------


def main() -> None:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for operation in dict.fromkeys(one.operation for one in REQUESTS):
        with tempfile.TemporaryDirectory() as name, opened(Path(name)) as (site, world):
            sent = bodies(world)
            made = [_made(site, sent, one) for one in REQUESTS if one.operation == operation]
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
        (FOLDER / f"{operation}.json").write_text(text, "utf-8")


def _made(site: Site, sent: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    method, path, described = _operation(site, asked.operation)
    given = {name: _filled(site, value) for name, value in asked.parameters.items()}
    parameters = [
        {"name": one["name"], "in": one["in"], "value": given[one["name"]]}
        for one in described.get("parameters", ())
        if one["name"] in given
    ]
    body = None if asked.body is None else sent[asked.body]
    answer = ask(site, method, path, parameters, body)
    kind = answer.headers["content-type"].partition(";")[0]
    value = value_of(answer)
    return {
        "name": asked.name,
        "summary": asked.summary,
        "parameters": given,
        **({} if body is None else {"body": body}),
        "status": str(answer.status_code),
        "media_type": kind,
        "answer": value if kind == PROBLEM else cut(value, asked.operation.removeprefix("get").lower()),
    }


def _filled(site: Site, value: object) -> object:
    """Ids that only the judgement knows."""
    judged = site.ledger.board.judged
    assert judged is not None
    match value:
        case "owed":
            return judged.owed[0].id
        case "found":
            return judged.public[0].id
        case _:
            return value


def _operation(site: Site, wanted: str) -> tuple[str, str, dict[str, Any]]:
    paths = site.get("/v1/openapi.json").json()["paths"]
    return next(
        (method, path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation["operationId"] == wanted
    )


if __name__ == "__main__":
    main()
