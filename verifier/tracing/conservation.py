# SPDX-License-Identifier: Apache-2.0
"""Conservation of cash per account and fund, integer equality at every prefix (semantics T21).

    credited + restored + advance = on hand + used + out of scope + passed on + returned + diverted + unresolved
    claim on hand = covered − advance + diverted + out of scope + unresolved − restored

A violation is a fault of this program, never of the ledger.
"""

from typing import Final

from ledger.errors import ProgrammerError

_BUCKETS: Final = frozenset({"used", "passed_on", "returned"})


class FundTally:
    """What one account did with the money of one fund so far, all in minor units.

    `claim` is C, what is on hand for the fund; `advance` is A, what was paid before it came. `credited` came in, `restored`
    came back of what was lost, `readmitted` the part of it that was out of scope; `used`, `passed_on` and `returned` went
    out as declared, `outside` by admission out of scope; `diverted` was lost to other debits, `unresolved` may have been.
    `interest` is the part of `credited` that nobody tagged and the policy shares out (T16). `net` is what should be on hand
    by the declarations within scope alone.
    """

    __slots__ = (
        "advance",
        "claim",
        "credited",
        "diverted",
        "interest",
        "net",
        "outside",
        "passed_on",
        "readmitted",
        "restored",
        "returned",
        "unresolved",
        "used",
    )

    def __init__(self) -> None:
        """Nothing moved yet."""
        self.interest = self.claim = self.advance = self.credited = self.restored = self.net = 0
        self.used = self.passed_on = self.returned = self.outside = self.readmitted = 0
        self.diverted = self.unresolved = 0

    @property
    def missing(self) -> int:
        """What other debits took, or may have taken, and did not come back."""
        return self.diverted + self.unresolved - (self.restored - self.readmitted)

    def spend(self, bucket: str, amount: int) -> None:
        """`amount` (negative when undone) went out as `bucket`: ``used``, ``passed_on`` or ``returned``.

        Raises:
            ProgrammerError: no such bucket.
        """
        if bucket not in _BUCKETS:
            raise ProgrammerError(f"{bucket!r} is no way for money to leave an account")
        setattr(self, bucket, getattr(self, bucket) + amount)


def check_fund(fund: str, tally: FundTally) -> None:
    """Nothing, if the tally of `fund` conserves.

    Raises:
        ProgrammerError: it does not; the message shows both sides.
    """
    came = tally.credited + tally.restored + tally.advance
    went = tally.used + tally.outside + tally.passed_on + tally.returned
    stands = tally.claim + went + tally.diverted + tally.unresolved
    if came != stands or tally.claim < 0 or tally.advance < 0:
        raise ProgrammerError(f"cash of fund {fund} does not conserve: {came} came, {stands} is told (T21)")
    lost = tally.diverted + tally.outside + tally.unresolved - tally.restored
    if tally.net != tally.claim - tally.advance + lost:
        raise ProgrammerError(f"the claim of fund {fund} is {tally.net}, its parts say otherwise (T21)")
