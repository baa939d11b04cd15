# SPDX-License-Identifier: Apache-2.0
"""Errors, told apart by who can mend them.

Three roots, one for each side of the trust boundary:

- `ProgrammerError`: this program broke a promise to itself. Nobody outside can mend it.
- `InputError`: bytes or text from outside are not what they must be, by accident or on purpose. The sender
  can mend it.
- `EnvironmentFault`: the machine failed: disk, network, permissions. The operator can mend it.

What a verifier finds in a ledger is never an exception: findings and problems are values.
"""

from collections.abc import Callable
from functools import partial
from typing import Final, Self

FETCH_AGAIN_EN: Final = "Get it again from where it came; if it is refused again, tell whoever published it."
FETCH_AGAIN_ZH: Final = "请从来源重新获取；若仍被拒绝，请告知发布方。"
DISTRUST_EN: Final = "Do not rely on it. Keep a copy, and compare with the operator by another channel."
DISTRUST_ZH: Final = "请勿采信。请保留副本，并通过其他渠道与运营方核对。"


class ProgrammerError(RuntimeError):
    """A caller inside this program broke a documented condition; the message says which. Never caught."""


class ToldError(Exception):
    """What `InputError` and `EnvironmentFault` share: code, place, message and remedy in two languages.

    Attributes:
        code: stable identifier for programs, lower-case words joined by dots and hyphens (`note.bad-base64`).
        place: where it is wrong, in words a person can follow (`checkpoint line 2`, a path, a row).
        message_en: what is wrong, in English, without a final full stop.
        message_zh: the same in Chinese.
        remedy_en: what to do now, in English, as a sentence.
        remedy_zh: the same in Chinese.
    """

    def __init__(
        self,
        *,
        code: str,
        place: str,
        message_en: str,
        message_zh: str,
        remedy_en: str,
        remedy_zh: str,
    ) -> None:
        """Keep the six fields; `str()` of the error is place, English message and remedy in one line."""
        super().__init__(f"{place}: {message_en}. {remedy_en}")
        self.code = code
        self.place = place
        self.message_en = message_en
        self.message_zh = message_zh
        self.remedy_en = remedy_en
        self.remedy_zh = remedy_zh

    def told_zh(self) -> str:
        """Return place, Chinese message and remedy in one line, the counterpart of `str()`."""
        return f"{self.place}：{self.message_zh}。{self.remedy_zh}"

    def __reduce__(self) -> tuple[Callable[[], Self], tuple[()]]:  # type: ignore[explicit-override]
        """Rebuild from the six fields, so that the error crosses process boundaries whole."""
        fields = {
            "code": self.code,
            "place": self.place,
            "message_en": self.message_en,
            "message_zh": self.message_zh,
            "remedy_en": self.remedy_en,
            "remedy_zh": self.remedy_zh,
        }
        return partial(type(self), **fields), ()


class InputError(ToldError, ValueError):
    """Input is refused. Nothing was changed by the call that raised it."""


class FormatError(InputError):
    """Bytes or text do not have the one spelling their format allows."""

    def __init__(
        self,
        *,
        code: str,
        place: str,
        message_en: str,
        message_zh: str,
        remedy_en: str = FETCH_AGAIN_EN,
        remedy_zh: str = FETCH_AGAIN_ZH,
    ) -> None:
        """Keep the six fields; without a remedy of its own the advice is to get the bytes again."""
        super().__init__(
            code=code,
            place=place,
            message_en=message_en,
            message_zh=message_zh,
            remedy_en=remedy_en,
            remedy_zh=remedy_zh,
        )


class LimitError(FormatError):
    """Input is larger, deeper or more numerous than its format allows."""


class MissingError(FormatError):
    """A part that must be there is not: a tile, a bundle, a file of an export."""


class ProofError(InputError):
    """A Merkle proof does not prove what it was offered for."""

    def __init__(
        self,
        *,
        code: str,
        place: str,
        message_en: str,
        message_zh: str,
        remedy_en: str = DISTRUST_EN,
        remedy_zh: str = DISTRUST_ZH,
    ) -> None:
        """Keep the six fields; without a remedy of its own the advice is not to rely on the bytes."""
        super().__init__(
            code=code,
            place=place,
            message_en=message_en,
            message_zh=message_zh,
            remedy_en=remedy_en,
            remedy_zh=remedy_zh,
        )


class SignatureError(ProofError):
    """A signature of a known key fails, a required one is missing, or its algorithm is not known."""


class EnvironmentFault(ToldError):  # noqa: N818 - named for what it is: the machine's fault, not the caller's error
    """The machine could not do what was asked. The message names the path or address and the remedy."""
