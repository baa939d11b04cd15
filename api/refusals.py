# SPDX-License-Identifier: Apache-2.0
"""A request that is understood and refused, with the status that says so: by rights, by pace, or because things changed."""

from typing import Self

from ledger.errors import InputError


class RequestRefused(InputError):  # noqa: N818 - the other refusals of this program are no faults either
    """Nothing was changed. `status` is the status of the answer, `wait` how many seconds to wait first, if it helps."""

    status: int = 400
    wait: int | None = None

    @classmethod
    def made(
        cls,
        status: int,
        code: str,
        place: str,
        *,
        en: tuple[str, str],
        zh: tuple[str, str],
        wait: int | None = None,
    ) -> Self:
        """The refusal with message and remedy in both languages."""
        made = cls(
            code=code, place=place, message_en=en[0], message_zh=zh[0], remedy_en=en[1], remedy_zh=zh[1]
        )
        made.status, made.wait = status, wait
        return made
