# SPDX-License-Identifier: Apache-2.0
"""The matrix of rights: every act, tried by every party and under every set of signatures that is not enough.

`tests.acts.ACTS` says by hand who of the cast may do what; nothing here asks the table in `ledger.rights`.

    world = stage()                    # a world whose cast has keys of every broken sort as well
    for one in setting(world): post(one)
    for trial in trials(world): ...    # a submission, and the code it is refused with, or None where it stands
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from ledger.keys import key_id
from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, MatchingPledge, Waiver
from ledger.kinds.bank import BankBalance
from ledger.kinds.code import Code
from ledger.kinds.contract import Progress, Settlement
from ledger.kinds.control import Correction, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import (
    Acceptance,
    Claim,
    Interest,
    MatchingReceipt,
    Publication,
    Restitution,
    Return,
    Transfer,
)
from ledger.kinds.form import Tag
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.registry import Calendar, Key, Party, Policy
from ledger.kinds.vocabulary import AnyEvent
from ledger.log_keys import possession_bytes
from ledger.log_signer import LogSigner
from ledger.submission import Submission
from tests.later_kinds import (
    CAME,
    HASH,
    LATER,
    NUMBER,
    SECOND_VERSIONS,
    came,
    carried,
    change,
    contract,
    payee_list,
    pinning,
    plan,
    received,
    step,
)
from tests.worlds import (
    AUDIT,
    BANK,
    BEGINNING,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    ORIGIN,
    PROJECT,
    PROVINCE,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    Seat,
    World,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.keys import Ed25519Signer
    from ledger.kinds.registry import KeyRole
    from ledger.party import Level, PartyRole
    from ledger.rights import Duty

Signers = list[tuple[str, "Ed25519Signer"]]

ADMIN: Final = "admin-a"
_PAID: Final = f"{COUNTY}/paid-before/0"
DEPARTMENT: Final = "na-works"
NEIGHBOUR: Final = "dh-finance"
SUPERVISION: Final = "jl-supervision"
POSTERS: Final = (
    ADMIN, PROVINCE, CITY, COUNTY, NEIGHBOUR, DEPARTMENT, UNIT, BANK, AUDIT, SUPERVISION,
)  # fmt: skip
"""Everybody who has keys. The neighbour is another county's bureau; its keys cover nothing of the cast's county."""

BUREAUS: Final = frozenset({PROVINCE, CITY, COUNTY})
"""The bureaus over the county."""

_SIGNS_LATER: Final = "2027-01-01T00:00:00.000Z"
_PLACED: Final = frozenset({"party", "account", "project"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An event of `kind` with that action, who of the cast may post it, and the new key that must sign it, if any."""

    kind: str
    action: str
    who: frozenset[str]
    make: Callable[[World], AnyEvent]
    new_key: str | None = None
    about: str = ""

    @property
    def name(self) -> str:
        """Kind and action, and what tells it from another act of the same."""
        return " ".join(part for part in (self.kind, self.action, self.about) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A submission and the code of the refusal it must meet; None where it must stand."""

    name: str
    submission: Submission
    refused: str | None


def stage() -> World:
    """A world with a department, a supervision office and the neighbouring county's bureau in its cast."""
    world = make_world()
    seats: tuple[tuple[str, str, Level, PartyRole], ...] = (
        (DEPARTMENT, "220122", "county", "department"),
        (NEIGHBOUR, "220183", "county", "finance"),
        (SUPERVISION, "220000", "province", "supervision"),
    )
    pair: tuple[KeyRole, KeyRole] = ("maker", "checker")
    for party_id, division, level, role in seats:
        party = Party(
            occurred_on=DAY, id=party_id, name=party_id, level=level, division=division, roles=(role,),
            parent=PROVINCE,
        )  # fmt: skip
        world.seats[party_id] = Seat(
            party=party, keys={one: signer_named(f"{party_id} {one}") for one in pair}
        )
    return world


def setting(world: World) -> Iterator[Submission]:
    """Everything that the acts lean on, and for each party five keys that look like its own and are not good enough."""
    yield from world.opening()
    for seat in world.seats.values():
        if seat.keys:
            yield from _broken_keys(world, seat.party)
    yield world.submission(AUDIT, _policy("admitting", *LATER, *SECOND_VERSIONS), pinning())
    yield world.submission(COUNTY, came(world.fund(CAME)))
    yield world.issue("L1", 100_000)
    yield world.submission(PROVINCE, world.issued("L2", 50_000, to=CITY))
    yield world.submission(CITY, _split("L21", 20_000))
    yield world.submission(UNIT, _claim("submit", "c-1", line="L1"), _claim("submit", "c-2", line="L1"))
    yield world.submission(UNIT, _claim("submit", "c-3"))
    committed = msgspec.structs.replace(world.accounts()[1], id="A-COMMITTED", sd=NUMBER)
    yield world.submission(COUNTY, world.paid("L1", 10), committed, submission_id="paid-before")
    yield world.submission(UNIT, contract())
    asked = Objection(occurred_on=DAY, id="o-1", event=_PAID, text="与公示不符", days=15)
    yield world.submission(UNIT, asked)
    yield from _mandates(world)


def _mandates(world: World) -> Iterator[Submission]:
    """Two leaders of the county override, the unit's checker deputises, and two administrators come."""
    role: KeyRole = "approver"
    leaders: Signers = [(role, signer_named(f"leader {number}")) for number in (1, 2)]
    holder = world.seats[COUNTY].party
    keys = [
        msgspec.structs.replace(world.key_event(holder, role, signer), person=f"l-{number}", device=f"l-{number}-t")
        for number, (_, signer) in enumerate(leaders)
    ]  # fmt: skip
    proofs = [("possession", signer) for _, signer in leaders]
    yield world.submission(ADMIN, *keys, signers=[*world.signers(ADMIN), *proofs])
    declared = Override(occurred_on=DAY, action="declare", reason="抢险")
    events = (declared, world.paid("L1", 1))
    yield world.submission(COUNTY, *events, signers=leaders, submission_id="overridden")
    yield world.submission(UNIT, _deputation("dep-1"))
    new: tuple[tuple[str, Duty], ...] = (("admin-c", "system"), ("admin-d", "security"))
    for name, duty in new:
        proof = ("possession", signer_named(name))
        yield world.submission(ADMIN, _appointed(name, duty), signers=[*world.signers(ADMIN), proof])


def _deputation(deputation: str) -> Deputation:
    return Deputation(
        occurred_on=DAY, action="grant", id=deputation, principal=_id(signer_named(f"{ORIGIN} {UNIT} checker")),
        deputy=_id(spoilt(UNIT, "same device")), role="checker", valid_from=BEGINNING,
        valid_to="2026-02-01T00:00:00.000Z", reason="休假",
    )  # fmt: skip


def _appointed(name: str, duty: Duty) -> AdministratorChange:
    signer = signer_named(name)
    return AdministratorChange(
        occurred_on=DAY, action="appoint", id=name, duty=duty, person=f"{name}-p", device=f"{name}-d", alg="ed25519",
        key=_id(signer), public=base64.b64encode(signer.public).decode(),
    )  # fmt: skip


_SPOILT: Final = ("same person", "same device", "elsewhere", "later", "revoked")


def spoilt(party: str, how: str) -> Ed25519Signer:
    """The key of `party` that is spoilt in that way; checkers, but for the one of elsewhere, a maker."""
    return signer_named(f"{party} {how}")


def _broken_keys(world: World, party: Party) -> Iterator[Submission]:
    keys: dict[str, dict[str, Any]] = {
        "same person": {"person": f"{party.id}-maker"},
        "same device": {"device": f"{party.id}-maker-token"},
        "elsewhere": {"jurisdiction": ("110000",)},
        "later": {"valid_from": _SIGNS_LATER},
        "revoked": {},
    }
    events = []
    for how, changes in keys.items():
        event = world.key_event(party, "checker", spoilt(party.id, how))
        own = {
            "person": f"{party.id}-{how.replace(' ', '-')}",
            "device": f"{party.id}-{how.replace(' ', '-')}-t",
        }
        events.append(msgspec.structs.replace(event, **{**own, **changes}))
    proofs = [("possession", spoilt(party.id, how)) for how in keys]
    yield world.submission(ADMIN, *events, signers=[*world.signers(ADMIN), *proofs])
    yield world.submission(ADMIN, Key(occurred_on=DAY, action="revoke", key=_id(spoilt(party.id, "revoked"))))


def _id(signer: Ed25519Signer) -> str:
    return key_id(signer.alg, signer.public)


def _policy(policy_id: str, *admits: str) -> Policy:
    return Policy(occurred_on=DAY, id=policy_id, effective_on=DAY, title="准入", admits=admits)


def _split(line: str, amount: int) -> Allocation:
    return Allocation(
        occurred_on=DAY, action="split", line=line, parent="L2", from_=CITY, to=COUNTY, amount=amount
    )


def _moved(action: str) -> Allocation:
    """The city raises or takes back what the county holds of its line."""
    raises = action == "adjust"
    event = Allocation(occurred_on=DAY, action="recall", line="L21", from_=COUNTY, to=CITY, amount=5)
    if not raises:
        return event
    return msgspec.structs.replace(event, action="adjust", direction="increase", from_=CITY, to=COUNTY)


def _claim(action: Literal["submit", "approve"], claim: str, *, line: str | None = None) -> Claim:
    return Claim(occurred_on=DAY, action=action, claim=claim, project=PROJECT, line=line, amount=10)


def _returned(claim: str) -> Claim:
    return Claim(occurred_on=DAY, action="return", claim=claim, project=PROJECT, reason="材料不全")


def _new_log_key(world: World) -> LogKeyChange:
    signer = signer_named("next log key")
    (vkey,) = LogSigner(signers=(signer,)).vkeys(world.genesis.origin)
    proof = base64.b64encode(signer.sign(possession_bytes(world.genesis_hash, vkey))).decode()
    return LogKeyChange(occurred_on=DAY, action="add", vkey=vkey, proof=proof)


def _township(world: World) -> Party:
    return msgspec.structs.replace(
        world.seats[UNIT].party, id="na-town", level="township", division="220122001", parent=COUNTY
    )


def _only(*parties: str) -> frozenset[str]:
    return frozenset(parties)


ACTS: Final[tuple[Act, ...]] = (
    Act(kind="party", action="", who=BUREAUS | {ADMIN}, make=_township),
    Act(
        kind="account", action="", who=BUREAUS | {UNIT},
        make=lambda world: msgspec.structs.replace(world.accounts()[1], id="A-NEW"),
    ),
    Act(kind="fund", action="", who=_only(PROVINCE), make=lambda world: world.fund("F-NEW")),
    Act(
        kind="project", action="", who=BUREAUS | {UNIT, DEPARTMENT},
        make=lambda world: world.project("P-NEW"),
    ),
    Act(
        kind="key", action="register", who=_only(ADMIN), new_key="new key",
        make=lambda world: msgspec.structs.replace(
            world.key_event(world.seats[UNIT].party, "maker", signer_named("new key")), person="p-9", device="d-9"
        ),
    ),
    Act(
        kind="key", action="revoke", who=_only(ADMIN),
        make=lambda _: Key(occurred_on=DAY, action="revoke", key=_id(spoilt(UNIT, "later"))),
    ),
    Act(kind="log_key", action="add", who=_only(ADMIN), make=_new_log_key),
    Act(
        kind="policy", action="", who=_only(AUDIT, SUPERVISION), make=lambda _: _policy("rules-1"),
    ),
    Act(
        kind="calendar", action="", who=BUREAUS | {NEIGHBOUR, AUDIT, SUPERVISION},
        make=lambda _: Calendar(occurred_on=DAY, id="cn-2026", year=2026, notice="国办发明电〔2025〕7号"),
    ),
    Act(kind="allocation", action="issue", who=_only(PROVINCE), make=lambda world: world.issued("L3", 10)),
    Act(
        kind="fund", action="", about="of the ledger above", who=BUREAUS | {NEIGHBOUR},
        make=lambda world: came(world.fund("F-CAME-NEW")),
    ),
    Act(kind="allocation", action="receive", who=_only(COUNTY), make=lambda _: received()),
    Act(kind="allocation", action="carry_over", who=_only(COUNTY), make=lambda _: carried(amount=5)),
    Act(kind="allocation", action="split", who=_only(CITY), make=lambda _: _split("L22", 10)),
    Act(kind="allocation", action="adjust", who=_only(CITY), make=lambda _: _moved("adjust")),
    Act(kind="allocation", action="recall", who=_only(CITY), make=lambda _: _moved("recall")),
    Act(
        kind="matching_pledge", action="", who=_only(COUNTY),
        make=lambda _: MatchingPledge(
            occurred_on=DAY, id="mp-1", fund=FUND, party=COUNTY, amount=10, source="budget"
        ),
    ),
    Act(
        kind="matching_receipt", action="", who=_only(UNIT),
        make=lambda _: MatchingReceipt(
            occurred_on=DAY, fund=FUND, party=COUNTY, amount=5, source="budget", account=UNIT_ACCOUNT
        ),
    ),
    Act(kind="claim", action="submit", who=_only(UNIT), make=lambda _: _claim("submit", "c-9")),
    Act(kind="claim", action="approve", who=_only(COUNTY), make=lambda _: _claim("approve", "c-1", line="L1")),
    Act(kind="claim", action="return", who=_only(COUNTY), make=lambda _: _returned("c-2")),
    Act(
        kind="claim", action="return", about="on no line", who=BUREAUS | {DEPARTMENT}, make=lambda _: _returned("c-3")
    ),
    Act(kind="disbursement", action="", who=_only(COUNTY), make=lambda world: world.paid("L1", 7)),
    Act(
        kind="transfer", action="", who=_only(COUNTY),
        make=lambda _: Transfer(
            occurred_on=DAY, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=3, reason="pass_on"
        ),
    ),
    Act(kind="use", action="", who=_only(UNIT), make=lambda world: world.use(3)),
    Act(
        kind="interest", action="", who=_only(UNIT),
        make=lambda _: Interest(
            occurred_on=DAY, account=UNIT_ACCOUNT, amount=1, tag=Tag(fund=FUND, source="grant")
        ),
    ),
    Act(
        kind="return", action="", who=_only(COUNTY, BANK),
        make=lambda _: Return(
            occurred_on=DAY, amount=1, from_account=SUPPLIER_ACCOUNT, to_account=COUNTY_ACCOUNT
        ),
    ),
    Act(
        kind="attachment", action="", who=_only(COUNTY, CITY, PROVINCE),
        make=lambda _: Attachment(
            occurred_on=DAY, hash="3f" * 32, size=10, media_type="image/png", event=f"{COUNTY}/paid-before/0"
        ),
    ),
    Act(
        kind="acceptance", action="", who=_only(UNIT),
        make=lambda _: Acceptance(occurred_on=DAY, project=PROJECT, verdict="pass"),
    ),
    Act(kind="movement", action="", who=_only(BANK), make=lambda world: world.moved(1, 10)),
    Act(
        kind="balance", action="", who=_only(BANK),
        make=lambda _: BankBalance(
            occurred_on=DAY, account=COUNTY_ACCOUNT, statement="2026-02", from_on=DAY, to_on=DAY, opening=0,
            closing=0, lines=0,
        ),
    ),
    Act(
        kind="correction", action="", who=BUREAUS,
        make=lambda _: Correction(occurred_on=DAY, event=_PAID, reason="金额记错"),
    ),
    Act(
        kind="code", action="", who=BUREAUS | {NEIGHBOUR, AUDIT, SUPERVISION},
        make=lambda _: Code(occurred_on=DAY, scheme="functional", code="21303", name="水利", edition=DAY),
    ),
    Act(kind="contract", action="", who=_only(UNIT), make=lambda _: contract(id="C-NEW")),
    Act(kind="contract_change", action="", who=_only(UNIT), make=lambda _: change()),
    Act(
        kind="settlement", action="", who=_only(UNIT),
        make=lambda _: Settlement(occurred_on=DAY, project=PROJECT, amount=5),
    ),
    Act(
        kind="progress", action="", who=_only(UNIT),
        make=lambda _: Progress(occurred_on=DAY, project=PROJECT, value=5),
    ),
    Act(kind="plan", action="", who=_only(COUNTY), make=lambda _: plan()),
    Act(kind="payee_list", action="", who=BUREAUS | {NEIGHBOUR, DEPARTMENT, UNIT}, make=lambda _: payee_list()),
    Act(
        kind="publication", action="", who=BUREAUS | {NEIGHBOUR, DEPARTMENT, UNIT, AUDIT, SUPERVISION},
        make=lambda _: Publication(occurred_on=DAY, subject="项目", place="公告栏", hash=HASH, project=PROJECT),
    ),
    Act(
        kind="waiver", action="", who=_only(PROVINCE, AUDIT, SUPERVISION),
        make=lambda _: Waiver(occurred_on=DAY, fund=FUND, document="吉审2026-5号", hash=HASH, finding="5d" * 16),
    ),
    Act(
        kind="restitution", action="", who=_only(COUNTY, BANK),
        make=lambda _: Restitution(
            occurred_on=DAY, line="L1", amount=1, event=_PAID, from_account=SUPPLIER_ACCOUNT,
            to_account=COUNTY_ACCOUNT,
        ),
    ),
    Act(kind="disposition", action="", who=_only(AUDIT, SUPERVISION), make=lambda _: step("affirmed")),
    Act(
        kind="objection", action="", who=frozenset(POSTERS) - {ADMIN},
        make=lambda _: Objection(occurred_on=DAY, id="o-9", event=_PAID, text="与公示不符", days=15),
    ),
    Act(
        kind="reply", action="", who=BUREAUS,
        make=lambda _: Reply(occurred_on=DAY, objection="o-1", text="经核对一致"),
    ),
    Act(
        kind="erasure", action="", who=BUREAUS,
        make=lambda _: Erasure(
            occurred_on=DAY, event=f"{COUNTY}/paid-before/1", commitments=NUMBER, reason="本人申请"
        ),
    ),
    Act(
        kind="period_close", action="", who=_only(UNIT),
        make=lambda _: PeriodClose(occurred_on=DAY, unit=UNIT, period="2025-Q4", statement=HASH),
    ),
    Act(kind="deputation", action="grant", who=_only(UNIT), make=lambda _: _deputation("dep-2")),
    Act(
        kind="deputation", action="end", who=_only(UNIT),
        make=lambda _: Deputation(occurred_on=DAY, action="end", id="dep-1"),
    ),
    Act(
        kind="override", action="ratify", who=_only(COUNTY),
        make=lambda _: Override(occurred_on=DAY, action="ratify", reason="补签", event=f"{COUNTY}/overridden/0"),
    ),
    Act(
        kind="administrator", action="appoint", who=_only(ADMIN), new_key="admin-e",
        make=lambda _: _appointed("admin-e", "system"),
    ),
    Act(
        kind="administrator", action="assign", who=_only(ADMIN),
        make=lambda _: AdministratorChange(occurred_on=DAY, action="assign", id="admin-b", duty="security"),
    ),
    Act(
        kind="administrator", action="dismiss", who=_only(ADMIN),
        make=lambda _: AdministratorChange(occurred_on=DAY, action="dismiss", id="admin-c"),
    ),
)  # fmt: skip


def refusals(world: World) -> Iterator[Trial]:
    """Every act by everybody whose act it is not, and by whose it is under signatures that do not do."""
    for act in ACTS:
        event = act.make(world)
        for party in POSTERS:
            for how, signers, code in _wrong_signatures(world, act, party):
                submission = world.submission(party, event, signers=signers)
                yield Trial(name=f"{act.name}, {how} {party}", submission=submission, refused=code)


def standing(world: World, *, once: bool) -> Iterator[Trial]:
    """Every act by everybody whose act it is, rightly signed; with `once`, each by one of them, so that all may stand."""
    for act in ACTS:
        event = act.make(world)
        for party in sorted(act.who)[: 1 if once else None]:
            submission = world.submission(party, event, signers=_enough(world, act, party))
            yield Trial(name=f"{act.name}, by {party}", submission=submission, refused=None)


def _wrong_signatures(world: World, act: Act, party: str) -> Iterator[tuple[str, Signers, str]]:
    """What is wrong with the signatures, the signatures, and the code of the refusal."""
    if party in act.who:
        yield from _short_signatures(world, act, party)
    else:
        yield "by", world.signers(party), _code(act, party)


def _code(act: Act, party: str) -> str:
    """Keys that do not cover the place are refused before anybody asks whose act it is."""
    if party == ADMIN and act.new_key is not None:
        return "possession"
    if (act.kind, act.action) == ("deputation", "grant") and party != ADMIN:
        return "deputation-principal"
    return "key-jurisdiction" if party == NEIGHBOUR and act.kind in _PLACED else "actor"


def _enough(world: World, act: Act, party: str) -> Signers:
    proofs: Signers = [] if act.new_key is None else [("possession", signer_named(act.new_key))]
    return [*world.signers(party), *proofs]


def _short_signatures(world: World, act: Act, party: str) -> Iterator[tuple[str, Signers, str]]:
    """Of a party whose act it is."""
    if party == ADMIN:
        yield from _short_of_threshold(world, act)
        return
    keys = world.seats[party].keys
    maker, checker = ("maker", keys["maker"]), ("checker", keys["checker"])
    other = world.signers(UNIT if party != UNIT else COUNTY)
    yield "without checker", [maker], "signature-missing"
    yield "without maker", [checker], "signature-missing"
    yield "maker as checker too", [maker, ("checker", keys["maker"])], "key-role"
    yield "checker as maker", [("maker", keys["checker"]), checker], "key-role"
    for role in (
        "approver",
        "auditor",
        "bank",
        "panel",
        "administrator",
        "possession",
        "discipline",
        "public",
    ):
        wrong = "key-unknown" if role in {"administrator", "possession"} else "key-role"
        yield f"maker and {role}", [maker, (role, keys["checker"])], wrong
    yield "keys of others", other, "key-holder"
    yield "administrators", world.signers(ADMIN), "key-unknown"
    yield "administrators too", [maker, checker, *world.signers(ADMIN)], "key-unknown"
    codes = ("separation", "separation", "key-jurisdiction", "key-validity", "key-revoked")
    for how, code in zip(_SPOILT, codes, strict=True):
        yield how, [maker, ("checker", spoilt(party, how))], code


def _short_of_threshold(world: World, act: Act) -> Iterator[tuple[str, Signers, str]]:
    enough = _enough(world, act, ADMIN)
    yield "one administrator", enough[1:], "threshold"
    yield "a pair too", [*enough, *world.signers(PROVINCE)], "key-role"
    yield "a pair instead", [*world.signers(PROVINCE), *enough[2:]], "threshold"
    yield "a stranger's proof", [*enough, ("possession", signer_named("stranger"))], "key-unknown"
    if act.new_key is not None:
        yield "no proof", world.signers(ADMIN), "possession"
