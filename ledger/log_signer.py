# SPDX-License-Identifier: Apache-2.0
"""The private keys of a log, and the checkpoints and cosignatures it makes with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.cosignature import CosignerKey, LogKey, cosign_text
from ledger.errors import EnvironmentFault
from ledger.keys import ED25519, Signer
from ledger.log_keys import missing_lines
from ledger.note import NoteSignature, format_note, sign_text
from ledger.vkey import VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSigner:
    """The signers of one log: Ed25519 and ML-DSA-44, Ed25519 alone in an old ledger, more while keys change hands.

    Nothing but a log signs with them.
    """

    signers: tuple[Signer, ...]

    def keys(self, origin: str) -> tuple[LogKey, ...]:
        """The public halves under the name of the log."""
        return tuple(_key_of(signer, origin) for signer in self.signers)

    def vkeys(self, origin: str) -> tuple[str, ...]:
        """As `keys`, in the text in which a genesis names them."""
        return tuple(key.text for key in self.keys(origin))

    def sign(self, checkpoint: Checkpoint, *, current: Sequence[LogKey], seconds: int) -> bytes:
        """Return the checkpoint as a note with a line of each of these signers whose key is `current`.

        `seconds` since 1970-01-01 UTC is the time that an ML-DSA-44 line states. Once this leaves the process the log is
        bound to it: sign only what is committed or will be, and never a checkpoint that is inconsistent with an earlier
        one.

        Raises:
            EnvironmentFault: for an algorithm of which the log has a current key there is none among these signers.
        """
        self.check(current, origin=checkpoint.origin)
        text = format_checkpoint(checkpoint)
        return format_note(text, list(self._lines(text, checkpoint.origin, current, seconds)))

    def renew(
        self, text: str, *, origin: str, current: Sequence[LogKey], seconds: int
    ) -> list[NoteSignature]:
        """Return the timed lines alone, at `seconds`, over the text of a checkpoint that this log has signed before."""
        timed = [key for key in current if isinstance(key, CosignerKey)]
        return list(self._lines(text, origin, timed, seconds))

    def check(self, current: Sequence[LogKey], *, origin: str) -> None:
        """Return only if these signers can give a line of every type that the `current` keys of the log demand.

        Raises:
            EnvironmentFault: they cannot, so that nobody would accept their checkpoints.
        """
        ours = [
            NoteSignature(name=key.name, key_id=key.note_key_id, signature=b"") for key in self.keys(origin)
        ]
        missing = missing_lines(current, ours)
        if missing:
            raise _foreign(missing[0], origin)

    def _lines(
        self, text: str, origin: str, current: Sequence[LogKey], seconds: int
    ) -> Iterator[NoteSignature]:
        for signer in self.signers:
            if _key_of(signer, origin) not in current:
                continue
            if signer.alg == ED25519:
                yield sign_text(text, name=origin, signer=signer)
            else:
                yield cosign_text(text, name=origin, signer=signer, seconds=seconds)


def _key_of(signer: Signer, origin: str) -> LogKey:
    if signer.alg == ED25519:
        return VerifierKey(name=origin, public=signer.public)
    return CosignerKey(name=origin, alg=signer.alg, public=signer.public)


def _foreign(algorithm: str, origin: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="ledger.foreign-key",
        place="log key",
        message_en=f"there is no current {algorithm} key of {origin} among the keys given",
        message_zh=f"所给密钥中没有 {origin} 现行的 {algorithm} 日志密钥",
        remedy_en="Give the log key file with which the ledger was created, or to which its keys were changed.",
        remedy_zh="请使用建账时的日志密钥文件；若已更换密钥，请使用更换后的文件。",
    )
