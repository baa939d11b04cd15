# SPDX-License-Identifier: Apache-2.0
"""The rules that a judgement runs, in the order of their ids; adding a rule is one file and one row here."""

from collections.abc import Callable
from typing import Final

from verifier.case import Case
from verifier.rules import disbursement_delay, passing_on_delay
from verifier.watch import DutyWatch, Watch


def _passing_on(case: Case) -> Watch:
    return DutyWatch(case, passing_on_delay.RULE, passing_on_delay.note, passing_on_delay.judge)


def _disbursement(case: Case) -> Watch:
    return DutyWatch(case, disbursement_delay.RULE, disbursement_delay.note, disbursement_delay.judge)


WATCHES: Final[tuple[Callable[[Case], Watch], ...]] = (_passing_on, _disbursement)
"""Makers of the rules; each is called once for a case."""
