# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys register | revoke | rotate | gather`: keys of persons, from draft to submission.

An administrator, or the party itself, makes a draft; everybody signs it where he sits (`fundtrace sign`); the signatures
are gathered into one submission, which `fundtrace post` or the desk of a server takes in.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from api.commands.key_requests import request, show, tell
from api.commands.ledger import DatabaseOption, chosen_url
from api.commands.signing import read_draft, told_lines
from api.key_papers import as_admitted, draft_of, known_keys, read_request, read_signature, write_new
from ledger.clock import system_clock
from ledger.draft_file import format_draft, with_signature
from ledger.errors import InputError, MissingError
from ledger.instant import format_instant
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import AnyEvent
from ledger.register import Register
from ledger.submission import wire_bytes
from verifier.language import Language, Told, say
from verifier.source_options import LanguageOption, chosen_language

_SHORTEST_ID: Final = 8

DraftOption = Annotated[Path, typer.Option("--out", metavar="DRAFT", help="Where the draft to sign goes.")]
ByOption = Annotated[str, typer.Option("--by", metavar="ID", help="The administrator in whose name it is.")]


def add_to(keys: typer.Typer) -> None:
    """`keys` has these commands."""
    for command in (request, show, register, revoke, rotate, gather):
        keys.command(command.__name__)(command)


def register(
    requests: Annotated[list[Path], typer.Argument(metavar="REQUEST…", help="Requests to grant.")],
    *,
    by: ByOption,
    out: DraftOption,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft that registers the keys asked for; each of them signs it, and administrators to their threshold.

    Compare each key id with the person who asks, by another channel, and look where he keeps it: you vouch for both. What
    holds it is left out as long as no policy admits key/2. Exit code 0, or 3.
    """
    language = chosen_language(lang)
    known, entry0 = known_keys(chosen_url(db))
    asked = [as_admitted(known, read_request(one)) for one in requests]
    for one in asked:
        tell(one, language)
    hand_out(entry0, by, asked, out, language, about="keys", steps=WITH_NEW_KEYS)


def revoke(  # noqa: PLR0913 - one parameter for each option of the command
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, or the first 8 digits or more.")],
    *,
    by: ByOption,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Left, lost, replaced …; it is public.")],
    out: DraftOption,
    compromised_since: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Entries since then are listed for review.")
    ] = None,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft that revokes a key, for administrators to sign. Exit code 0, or 3."""
    language = chosen_language(lang)
    known, entry0 = known_keys(chosen_url(db))
    old = named_key(known, key)
    tell(old, language)
    hand_out(
        entry0,
        by,
        [_revocation(old, reason, compromised_since)],
        out,
        language,
        about="keys",
        steps=BY_ADMINISTRATORS,
    )


def rotate(  # noqa: PLR0913 - one parameter for each option of the command
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key that goes.")],
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="Request for the key that comes.")],
    *,
    by: ByOption,
    out: DraftOption,
    reason: Annotated[str, typer.Option(metavar="TEXT")] = "定期更换",
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft that registers a person's next key and revokes the last one, at one position of the log.

    Both are of one person, party and set of roles. Exit code 0, or 3.
    """
    language = chosen_language(lang)
    known, entry0 = known_keys(chosen_url(db))
    new = as_admitted(known, read_request(request))
    old = named_key(known, key)
    for field in ("holder", "person", "roles", "jurisdiction"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            raise _other(field, before, after)
    tell(new, language)
    hand_out(
        entry0, by, [new, _revocation(old, reason, None)], out, language, about="keys", steps=WITH_NEW_KEYS
    )


def gather(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="The draft that was signed.")],
    signatures: Annotated[list[Path], typer.Argument(metavar="SIGNATURE…", help="Files *.sig.json.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.ndjson", help="The submission for fundtrace post.")
    ],
    lang: LanguageOption = None,
) -> None:
    """Put signatures that were made apart beside the submission that they are of. Exit code 0, or 3.

    Whether they are enough and good is judged when it is posted.
    """
    language = chosen_language(lang)
    found = read_draft(draft)
    for one in signatures:
        found = with_signature(found, read_signature(one))
    write_new(out, wire_bytes(found.submission) + b"\n", private=bool(found.disclosures))
    typer.echo(say(_GATHERED, language).format(n=len(found.signatures), path=out))


# --- parts --------------------------------------------------------------------------------------------------


def named_key(known: Register, key: str) -> Key:
    """The key whose id begins with `key`, of 8 digits or more.

    Raises:
        MissingError: there is none, or more than one.
    """
    found = [state for name, state in known.keys.items() if len(key) >= _SHORTEST_ID and name.startswith(key)]
    if len(found) == 1:
        return found[0].registered
    raise MissingError(
        code="keys.unknown",
        place=key,
        message_en=f"{len(found)} keys of the ledger have an id that begins like this",
        message_zh=f"账本中有 {len(found)} 把密钥的编号以此开头",
        remedy_en="Give the whole id, or at least its first 8 digits; fundtrace keys show lists them.",
        remedy_zh="请给出完整编号或至少前 8 位；fundtrace keys show 可列出全部。",
    )


def _revocation(old: Key, reason: str, since: str | None) -> Key:
    return Key(
        occurred_on=system_clock().date(),
        action="revoke",
        key=old.key,
        reason=reason,
        compromised_since=since,
    )


def hand_out(  # noqa: PLR0913 - what a draft is made of
    entry0: bytes,
    party: str,
    events: Sequence[AnyEvent],
    out: Path,
    language: Language,
    *,
    about: str,
    steps: Sequence[Told],
) -> None:
    """A new file `out` holds the draft of `events`; its lines, and who signs it how, are printed.

    `about` begins the number of the submission; `steps` say what is done with the draft.
    """
    draft = draft_of(entry0, party, events, signed_at=format_instant(system_clock()), about=about)
    write_new(out, format_draft(draft))
    for line in told_lines(draft, language):
        typer.echo(line)
    for step in steps:
        typer.echo(say(step, language).format(path=out, n=draft.genesis.threshold, stem=out.with_suffix("")))


def _other(field: str, before: object, after: object) -> InputError:
    return InputError(
        code="keys.rotation",
        place=field,
        message_en=f"the old key has {before}, the new one {after}: that is no rotation",
        message_zh=f"旧密钥为 {before}，新密钥为 {after}：这不是更换",
        remedy_en="Ask for the same; another person, party or role takes a registration and a revocation.",
        remedy_zh="请按原内容申请；换人、换单位或换角色请另行登记和吊销。",
    )


_NEXT_POSSESSION: Final = Told(
    en="Each new key:            fundtrace sign {path} --key KEY.pem --role possession",
    zh="每把新密钥：             fundtrace sign {path} --key 密钥.pem --role possession",
)
_NEXT_ADMINISTRATORS: Final = Told(
    en="{n} administrators each:  fundtrace sign {path} --key KEY.pem --role administrator\n"
    "Then:                    fundtrace keys gather {path} {path}.*.sig.json --out {stem}.ndjson\n"
    "                         fundtrace post {stem}.ndjson",
    zh="{n} 名管理员各自：         fundtrace sign {path} --key 密钥.pem --role administrator\n"
    "然后：                   fundtrace keys gather {path} {path}.*.sig.json --out {stem}.ndjson\n"
    "                         fundtrace post {stem}.ndjson",
)
_GATHERED: Final = Told(en="{n} signatures: {path}", zh="共 {n} 个签名：{path}")
BY_ADMINISTRATORS: Final = (_NEXT_ADMINISTRATORS,)
WITH_NEW_KEYS: Final = (_NEXT_POSSESSION, _NEXT_ADMINISTRATORS)
"""What is done with a draft that administrators sign, alone or with new keys."""
