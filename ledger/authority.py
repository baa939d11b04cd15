# SPDX-License-Identifier: Apache-2.0
"""Who may sign what: key validity, role and jurisdiction of each signature (I6).

Every business submission is signed in the roles that `ledger.seats` asks for, a maker and a checker at least. Key events
and first registrations of parties are signed by the administrators' threshold, new keys by themselves too (``possession``).
Source: DESIGN §3 *Keys*.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from ledger import submission as wire
from ledger.custody import custody_problems
from ledger.deputies import principals
from ledger.duties import duty_problems, may_sign
from ledger.errors import InputError
from ledger.genesis import ADMINISTRATOR, raw_public
from ledger.keys import ED25519, key_id
from ledger.kinds.form import kind_of
from ledger.kinds.mandate import AdministratorChange
from ledger.kinds.registry import Account, Key, Party, Project
from ledger.past_events import PastEvents
from ledger.problems import Problem, problem_at
from ledger.register import Register
from ledger.rights import PLACES
from ledger.rulings import is_over
from ledger.seats import Asked, asked_of, check_seats
from ledger.separation import persons_apart
from ledger.submission import Signature, Submission

_problem: Final = partial(problem_at, check="I6")
POSSESSION: Final = "possession"


def key_material(event: Key) -> bytes | None:
    """The raw public key that `event` registers, or None when it is none of its suite or not the one of its key id."""
    return material(event.alg, event.public, event.key)


def material(alg: str | None, public: str | None, key: str) -> bytes | None:
    """The raw key in base64 `public`, or None when it is none of the suite `alg` or its id is not `key`."""
    try:
        raw = raw_public(public or "")
        return raw if key_id(alg or "", raw) == key else None
    except (InputError, ValueError):
        return None  # an event may spell a key that is none


def public_key(register: Register, submission: Submission, signature: Signature) -> bytes | None:
    """The raw public key that `signature` claims: an administrator's, a registered one, or a new one; None = none such."""
    match signature.role:
        case "administrator":
            found = [one for one in register.administrators.values() if one.key == signature.key]
            return raw_public(found[0].public) if found else None
        case "possession":
            new = (event for event in _new_keys(submission) if event.key == signature.key)
            return next((material(event.alg, event.public, signature.key) for event in new), None)
        case _:
            state = register.keys.get(signature.key)
            return None if state is None else state.public


def _new_keys(submission: Submission) -> Iterator[Key | AdministratorChange]:
    for event in submission.events:
        match event:
            case Key(action="register") | AdministratorChange(action="appoint"):
                yield event
            case _:
                pass


def check_signatures(register: Register, submission: Submission) -> Iterator[Problem]:
    """Problems of signatures that are not made by the key they name over this very header; no rights are judged.

    Where a key is unknown, no signature is verified: whoever sends those must not cost anybody that work.
    """
    publics = [public_key(register, submission, signature) for signature in submission.signatures]
    unknown = [one for one, public in zip(submission.signatures, publics, strict=True) if public is None]
    yield from map(_unknown_key, unknown)
    if unknown:
        return
    for signature, public in zip(submission.signatures, publics, strict=True):
        if signature.alg != ED25519:
            yield _problem(
                "signature-suite",
                f"signatures, {signature.role}",
                f"key {signature.key[:16]}… does not sign by {signature.alg}",
                f"密钥 {signature.key[:16]}… 不使用算法 {signature.alg}",
                ("sign by the suite in which the key is registered", "请使用登记密钥时的算法签名"),
            )
        elif not wire.check_signature(signature, submission.header, public=public or b""):
            yield _problem(
                "signature-wrong",
                f"signatures, {signature.role}",
                f"the signature of key {signature.key[:16]}… does not fit the header",
                f"密钥 {signature.key[:16]}… 的签名与提交头不符",
                (
                    "sign the header as it is sent, in the same role, with the private key of that key id",
                    "请用该密钥对实际提交的头部、以同一角色重新签名",
                ),
            )


def check_signers(
    register: Register,
    submission: Submission,
    *,
    recorded: str,
    past: PastEvents | None = None,
    guests: bool = False,
) -> Iterator[Problem]:
    """Problems of rights: who signed, in which role, with which validity, separation and jurisdiction, at `recorded`.

    Without `past`, nothing is asked on account of an earlier event that the submission reverses. With `guests`, panel
    members of other parties are taken to be asked for: who does not know all policies cannot say that they are not.
    """
    if submission.header.party in register.administrators:
        yield from _check_administrators(register, submission)
        return
    if submission.header.party not in register.parties:
        yield _problem(
            "party-unknown",
            "header.party",
            f"party {submission.header.party} is not registered",
            f"单位 {submission.header.party} 未登记",
            ("have the party registered first", "请先登记该单位"),
        )
        return
    asked = asked_of(register, submission, recorded=recorded, past=past)
    divisions = _subject_divisions(register, submission)
    for signature in submission.signatures:
        invited = signature.role == "panel" and (guests or "panel" in asked.persons)
        yield from _check_key_rights(register, submission, signature, asked=asked, invited=invited)
        yield from _check_jurisdiction(register, signature, divisions)
    yield from check_seats(register, submission, asked)


def _check_administrators(register: Register, submission: Submission) -> Iterator[Problem]:
    by_key = {one.key: one for one in register.administrators.values()}
    signed = [
        by_key[signature.key]
        for signature in submission.signatures
        if signature.role == ADMINISTRATOR and signature.key in by_key
    ]
    able = [one for one in signed if may_sign(register, one.id, submission)]
    number = persons_apart(able)
    if number < register.genesis.threshold:
        yield _problem(
            "threshold",
            "signatures",
            f"{number} administrators signed, {register.genesis.threshold} are needed",
            f"有 {number} 名管理员签名，需要 {register.genesis.threshold} 名",
            ("have more administrators sign the same header", "请更多管理员对同一提交头签名"),
        )
    yield from duty_problems(register, signed, submission)
    proved = {signature.key for signature in submission.signatures if signature.role == POSSESSION}
    new = {event.key for event in _new_keys(submission) if event.key is not None}
    for key in sorted(new ^ proved):
        yield _problem(
            "possession",
            "signatures",
            f"key {key[:16]}… is registered without its own signature, or signs without being registered",
            f"密钥 {key[:16]}… 登记而未自签，或自签而未登记",
            (
                "let each new key, and no other, sign the header in the role possession",
                "请每个新密钥（且仅新密钥）以 possession 角色签名",
            ),
        )
    for signature in submission.signatures:
        if signature.role not in {ADMINISTRATOR, POSSESSION}:
            yield _role_problem(signature)


def _check_key_rights(
    register: Register, submission: Submission, signature: Signature, *, asked: Asked, invited: bool
) -> Iterator[Problem]:
    recorded = asked.recorded
    state = register.keys.get(signature.key)
    if state is None:
        yield _unknown_key(signature)
        return
    key = state.registered
    lent = any(principals(register, signature.key, signature.role, recorded=recorded))
    if (signature.role not in key.roles and not lent) or signature.role == ADMINISTRATOR:
        yield _role_problem(signature)
    if key.holder != submission.header.party and not invited:
        yield _key_problem(signature, "holder", f"belongs to {key.holder}", f"属于 {key.holder}")
    if asked.large is not None:
        yield from custody_problems(key, role=signature.role, large=asked.large)
    if state.revoked_at is not None:
        yield _key_problem(
            signature, "revoked", f"was revoked at {state.revoked_at}", f"已于 {state.revoked_at} 吊销"
        )
    if recorded < (key.valid_from or "") or (key.valid_to is not None and recorded >= key.valid_to):
        yield _key_problem(
            signature, "validity", f"is not valid at {recorded}", f"在 {recorded} 不在有效期内"
        )


def _check_jurisdiction(
    register: Register, signature: Signature, divisions: Sequence[str]
) -> Iterator[Problem]:
    state = register.keys.get(signature.key)
    own = () if state is None else state.registered.jurisdiction
    for division in () if state is None else divisions:
        if not any(is_over(register, jurisdiction, division) for jurisdiction in own):
            yield _key_problem(
                signature,
                "jurisdiction",
                f"has no authority over division {division}",
                f"无权管辖区划 {division}",
            )


def _subject_divisions(register: Register, submission: Submission) -> Sequence[str]:
    """Divisions that the signing keys must cover: of the actor, and of whoever a registry event registers."""
    divisions = {register.parties[submission.header.party].division}
    kinds = {type(event): kind_of(event) for event in {type(one): one for one in submission.events}.values()}
    placed = PLACES.keys() & set(kinds.values())
    for event in submission.events if placed else ():
        match PLACES.get(kinds[type(event)]):
            case "division" if isinstance(event, Party | Project):
                divisions.add(event.division)
            case "owner" if isinstance(event, Account) and event.owner in register.parties:
                divisions.add(register.parties[event.owner].division)
            case _:
                pass
    return sorted(divisions)


def _unknown_key(signature: Signature) -> Problem:
    return _problem(
        "key-unknown",
        f"signatures, {signature.role}",
        f"key {signature.key[:16]}… is not registered",
        f"密钥 {signature.key[:16]}… 未登记",
        ("have the administrators register the key first", "请先由管理员登记该密钥"),
    )


def _role_problem(signature: Signature) -> Problem:
    return _key_problem(
        signature, "role", f"may not sign as {signature.role}", f"不得以 {signature.role} 角色签名"
    )


def _key_problem(signature: Signature, code: str, en: str, zh: str) -> Problem:
    return _problem(
        f"key-{code}",
        f"signatures, {signature.role}",
        f"key {signature.key[:16]}… {en}",
        f"密钥 {signature.key[:16]}… {zh}",
        (
            "sign with a key that has the right, or have the administrators register one",
            "请使用有权的密钥签名，或由管理员登记",
        ),
    )
