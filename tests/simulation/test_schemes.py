# SPDX-License-Identifier: Apache-2.0
"""Every scheme by itself, at every difficulty: it posts, twins differ in the decisive fact alone, and rules find it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.registry import Fund, Key
from tests.simulation.posted_world import Posted, post
from tests.simulation.test_detection import hits, judged
from verifier.basis.findings import Finding
from verifier.simulation.casting import PLAYS
from verifier.simulation.labels import Label, Scheme
from verifier.simulation.nation import simulate_shape
from verifier.simulation.shape import Shape
from verifier.simulation.world import World

ORIGIN = "ledger.example/jl/2026"

Country = tuple[World, Posted, list[Finding]]


@pytest.fixture(scope="module")
def country() -> Country:
    """A country without ordinary projects, in which every scheme is played at every difficulty, judged at its end."""
    shape = Shape(projects=0, cities=1, counties=2)
    world = simulate_shape(seed=3, shape=shape, origin=ORIGIN)
    posted = post(world.genesis_entry, world.submissions())
    return world, posted, judged(world, posted, world.as_of)


def pairs(world: World) -> Iterator[tuple[Label, Label]]:
    """The guilty and the innocent label of each case."""
    by_id = {label.case_id: label for label in world.labels}
    for label in world.labels:
        if label.twin_of is not None:
            yield by_id[label.twin_of], label


def test_it_posts_and_every_label_is_about_what_is_there(country: Country) -> None:
    """No submission is refused; events, accounts and funds of labels exist; each scheme is played at each difficulty."""
    world, posted, _ = country
    assert posted.problems == ()
    names = {one.name for one in posted.events}
    for label in world.labels:
        assert set(label.events) <= names
        assert label.decisive_event in label.events
        assert set(label.accounts) <= set(posted.register.accounts)
        assert label.fund is None or label.fund in posted.register.funds
    played = Counter((label.scheme, label.difficulty) for label in world.labels if label.twin_of is not None)
    assert set(played) >= {(scheme, difficulty) for scheme in PLAYS for difficulty in range(1, 6)}


def test_every_guilty_case_has_its_innocent_twin(country: Country) -> None:
    """Scheme, fund, difficulty, rules and programme are the same; only the guilty one has an amount."""
    world, _, _ = country
    together = list(pairs(world))
    assert 2 * len(together) == sum(not label.is_irregular_only for label in world.labels)
    for guilty, innocent in together:
        assert guilty.is_violation
        for name in ("scheme", "fund", "difficulty", "rules", "programme"):
            assert getattr(guilty, name) == getattr(innocent, name)
        assert guilty.amount_true > 0 == innocent.amount_true == innocent.amount_min_provable
        assert guilty.amount_true >= guilty.amount_min_provable
        assert innocent.expected == "none"


def test_some_accounts_hold_several_cases(country: Country) -> None:
    """A mixture has two or three wrongs of different schemes in one account, each with a label of its own."""
    world, _, _ = country
    by_account: dict[str, set[str]] = {}
    for label in world.labels:
        if ".mixture-" in label.case_id and label.is_violation:
            by_account.setdefault(label.accounts[0], set()).add(label.scheme)
    assert len(by_account) == Shape().mixtures
    assert all(2 <= len(schemes) <= 3 for schemes in by_account.values())


def test_twins_differ_in_events_of_the_case_only(country: Country) -> None:
    """Every report that is not the same on both stages is one that the labels of the pair name."""
    world, posted, _ = country
    told = told_by_stage(posted)
    for guilty, innocent in pairs(world):
        keys = [stage_of(label) for label in (guilty, innocent)]
        one, other = (told[key] for key in keys)
        differing = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
        named = {
            name.replace(key, "KEY").replace(key.split("-")[0], "COUNTY")
            for label in world.labels
            for key in keys
            if stage_of(label) == key
            for name in label.events
        }
        told_alike = guilty.expected == "hidden" or "same_day" in guilty.concealment
        assert differing or told_alike, guilty.case_id
        if "no_statements" in guilty.concealment:
            differing = {name for name in differing if not name.startswith("bank line of ")}
        reports = {name.removeprefix("bank line of ") for name in differing}
        assert reports <= named | REGISTERED.get(guilty.scheme, set()), guilty.case_id


REGISTERED: dict[Scheme, set[str]] = {
    "DIV_RELATED": {f"admin-1/parties-000/KEY-firm{number}" for number in range(1, 6)},
    "DIV_VIA_GENERAL": {"COUNTY-finance/accounts/KEY-account"},
}
"""What the registry says otherwise of the guilty: who is related to whom, and which account has no statements."""


def stage_of(label: Label) -> str:
    """The key of the stage on which the case was played."""
    (key,) = set(re.findall(r"(?<![0-9])[0-9]{6}-[0-9]{3}(?![0-9])", " ".join(label.events[:1])))
    return key


def told_by_stage(posted: Posted) -> dict[str, dict[str, Any]]:
    """The reports about each stage by name, and their bank lines, with the names of the stage and its county taken out."""
    told: dict[str, dict[str, Any]] = {}
    reports: dict[str | None, str] = {}
    for one in posted.events:
        reference: str = getattr(one.event, "bank_ref", None) or ""
        if isinstance(one.event, Movement):
            for key in set(re.findall(r"(?<![0-9])[0-9]{6}-[0-9]{3}(?![0-9])", one.event.account)):
                line = f"{one.event.account} {one.event.occurred_on}"
                name = f"bank line of {reports.get(reference, line)}"
                name = name.replace(key, "KEY").replace(key.split("-")[0], "COUNTY")
                told[key][name] = (one.event.occurred_on, one.event.amount)
        elif reference:
            reports[reference] = one.name
        if isinstance(one.event, Movement | BankBalance | Key | Fund):
            continue
        text = json.dumps(msgspec.to_builtins(one.event), ensure_ascii=False)
        for key in set(re.findall(r"(?<![0-9])[0-9]{6}-[0-9]{3}(?![0-9])", f"{one.name} {text}")):
            county = key.split("-")[0]
            plain = json.loads(text.replace(key, "KEY").replace(county, "COUNTY"))
            fields = {name: value for name, value in plain.items() if name not in NOISE}
            name = one.name if key in one.name else f"{one.name.rpartition('/')[0]}/{plain.get('id')}"
            name = name.replace(key, "KEY").replace(county, "COUNTY")
            told.setdefault(key, {})[name] = fields
    return {key: with_files_named(fields) for key, fields in told.items()}


def with_files_named(told: dict[str, Any]) -> dict[str, Any]:
    """The same, every hash replaced by the first report, by name, that bears it: twins have files of their own."""
    first: dict[str, str] = {}
    for name in sorted(told):
        for digest in re.findall(r"[0-9a-f]{64}", json.dumps(told[name], default=str)):
            first.setdefault(digest, f"file of {name}")
    return {
        name: re.sub(r"[0-9a-f]{64}", lambda found: first[found[0]], json.dumps(fields, default=str))
        for name, fields in told.items()
    }


NOISE = {"bank_ref", "uscc", "masked", "name", "name_en", "document"}


def test_every_guilty_case_is_found_once_and_exactly(country: Country) -> None:
    """One finding, of the class that the ledger supports, with the true amount and date; the true amount within bounds."""
    world, _, findings = country
    for label in world.labels:
        if label.expected not in {"proved", "indicated"}:
            continue
        telling = most_telling(label, findings)
        assert len(telling) == 1, label.case_id
        (found,) = telling
        assert found.amount_min == label.amount_min_provable, label.case_id
        assert found.amount == label.amount_true, label.case_id
        assert found.due == label.legal_deadline, label.case_id
        assert found.decisive_on == label.first_detectable_date, label.case_id
        assert set(found.accounts) <= set(label.accounts), label.case_id


def most_telling(label: Label, findings: list[Finding]) -> list[Finding]:
    """The hits, of the class expected, of the first of the label's rules that has any: others may speak of it besides."""
    found = [one for one in hits(label, findings) if one.finding_class == label.expected]
    first = next((rule for rule in label.rules if rule in {one.rule for one in found}), None)
    return [one for one in found if one.rule == first]


def test_no_innocent_twin_is_touched_and_nothing_else_is_found(country: Country) -> None:
    """Findings speak of guilty cases alone."""
    world, _, findings = country
    innocent = [label for label in world.labels if label.expected == "none"]
    assert innocent
    assert [(label.case_id, one.rule) for label in innocent for one in hits(label, findings)] == []
    spoken_of = {one.id for label in world.labels for one in hits(label, findings)}
    beside = [one for one in findings if one.id not in spoken_of and "corrected" not in one.marks]
    assert [(one.rule, one.subject) for one in beside] == []
