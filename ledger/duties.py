# SPDX-License-Identifier: Apache-2.0
"""Which administrators may sign what, once duties are given (三员分立, spec §3.15): no one does the work of two."""

from collections.abc import Iterator, Sequence

from ledger.genesis import Administrator
from ledger.kinds.form import kind_of
from ledger.kinds.mandate import AdministratorChange
from ledger.open_records import OfficeState
from ledger.problems import Problem, problem_at
from ledger.register import Register
from ledger.rights import Duty, duties_for
from ledger.submission import Submission

_FREE = OfficeState()


def duty_of(register: Register, administrator: str) -> Duty | None:
    """The one duty of that administrator, None while he has none."""
    return register.offices.get(administrator, _FREE).duty


def may_sign(register: Register, administrator: str, submission: Submission) -> bool:
    """Whether the signature of that administrator counts for every event of `submission`."""
    duty = duty_of(register, administrator)
    return duty is None or all(duty in duties_for(kind_of(event)) for event in submission.events)


def duty_problems(
    register: Register, signed: Sequence[Administrator], submission: Submission
) -> Iterator[Problem]:
    """Who signed beyond his duty; and a change of administrators that no administrator of duty audit countersigned."""
    changes = any(isinstance(event, AdministratorChange) for event in submission.events)
    for one in signed:
        duty = duty_of(register, one.id)
        if not may_sign(register, one.id, submission) and not (changes and duty == "audit"):
            yield _problem(
                "duty",
                f"{one.id} has the duty {duty} and may not sign this",
                f"{one.id} 的分工是 {duty}，不得签署此事项",
                ("let administrators of that duty sign", "请由负责该项的管理员签署"),
            )
    auditors = [one.id for one in register.administrators.values() if duty_of(register, one.id) == "audit"]
    if changes and auditors and not any(one.id in auditors for one in signed):
        yield _problem(
            "duty-audit",
            "no administrator of duty audit signed the change of administrators",
            "管理员变更缺少审计管理员的签名",
            (f"have one of {', '.join(auditors)} countersign", f"请由 {'、'.join(auditors)} 之一会签"),
        )


def _problem(code: str, en: str, zh: str, remedy: tuple[str, str]) -> Problem:
    return problem_at(code, "signatures", en, zh, remedy, check="I6")
