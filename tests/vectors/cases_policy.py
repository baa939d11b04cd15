# SPDX-License-Identifier: Apache-2.0
"""Policies (spec §2.6, C2SP tlog-policy): what they say, and whether a checkpoint satisfies them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors.case import Case, Reason, carried
from tests.vectors.cases_cosignature import (
    ORIGIN,
    SECONDS,
    TEXT,
    Subtree,
    ed_message,
    key_id,
    line,
    u64,
    vkey,
)
from tests.vectors.cases_mldsa44 import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: Final = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([0x80 + number]) * 32)
    for number, name in enumerate(("log", "old", "w1", "w2", "w3"))
}
RETIRED: Final = "2026-05-01T00:00:00.000Z"


def _public(name: str) -> bytes:
    return KEYS[name].public_key().public_bytes_raw()


LOG: Final = vkey(ORIGIN, 1, _public("log"))
OLD: Final = vkey(ORIGIN, 1, _public("old"))
OWN: Final = vkey(ORIGIN, 6, PUBLIC)
W1, W2, W3 = (vkey(f"witness.example/{name}", 4, _public(name)) for name in ("w1", "w2", "w3"))

FULL: Final = f"""# retired log {OLD} {RETIRED}
log {LOG}
witness log-ml-dsa-44 {OWN}
witness W1 {W1} https://witness.example/w1
witness W2 {W2}
witness W3 {W3}
group public 2 W1 W2 W3
group all-of-it all log-ml-dsa-44 public
quorum all-of-it
"""


def _ed_line(name: str) -> str:
    key_name = f"witness.example/{name}"
    signature = u64(SECONDS) + KEYS[name].sign(ed_message())
    return line(key_name, key_id(key_name, 4, _public(name)), signature)


LINES: Final = {
    "log": line(ORIGIN, key_id(ORIGIN, 1, _public("log")), KEYS["log"].sign(TEXT.encode())),
    "old": line(ORIGIN, key_id(ORIGIN, 1, _public("old")), KEYS["old"].sign(TEXT.encode())),
    "own": line(ORIGIN, key_id(ORIGIN, 6, PUBLIC), Subtree(name=ORIGIN).signature()),
    **{name: _ed_line(name) for name in ("w1", "w2", "w3")},
    "bad": line(
        "witness.example/w3", key_id("witness.example/w3", 4, _public("w3")), u64(SECONDS) + bytes(64)
    ),
}


def checkpoint(*signers: str) -> dict[str, str]:
    """The checkpoint with these lines, as a context."""
    return {"checkpoint": TEXT + "\n" + "".join(LINES[name] for name in signers)}


def _says(**changed: object) -> dict[str, Any]:
    plain: dict[str, Any] = {"logs": [LOG], "quorum": "none", "retired": [], "witnesses": {}, "groups": {}}
    return plain | changed


def _well_formed() -> Iterator[Case]:
    groups = {"public": ["2", "W1", "W2", "W3"], "all-of-it": ["2", "log-ml-dsa-44", "public"]}
    witnesses = {"log-ml-dsa-44": OWN, "W1": W1, "W2": W2, "W3": W3}
    full = _says(quorum="all-of-it", retired=[[OLD, RETIRED]], witnesses=witnesses, groups=groups)
    spaced = f"\n \t# comment\n\tlog\t {LOG}  https://ledger.example/log \n\nquorum\tnone\n"
    w1 = {"quorum": "W1", "witnesses": {"W1": W1}}
    texts: dict[str, tuple[str, str, dict[str, Any]]] = {
        "happy-path": (FULL, "log, witnesses, groups, a retired key", full),
        "white-space-and-comments": (spaced, "tabs, blank lines, an address", _says()),
        "no-logs": ("quorum none\n", "keys of logs may come from elsewhere", _says(logs=[])),
        "quorum-of-one-witness": (f"log {LOG}\nwitness W1 {W1}\nquorum W1\n", "no group is needed", _says(**w1)),
        "group-any": (
            f"witness W1 {W1}\nwitness W2 {W2}\ngroup G any W1 W2\nquorum G\nlog {LOG}\n", "any is 1",
            _says(quorum="G", witnesses={"W1": W1, "W2": W2}, groups={"G": ["1", "W1", "W2"]}),
        ),
        "sentence-about-retired-logs": (f"# retired log keys: none\nlog {LOG}\nquorum none\n", "a plain comment", _says()),
        "no-line-end": (f"log {LOG}\nquorum none", "the last line may lack its end", _says()),
        "name-in-chinese": (
            f"log {LOG}\nwitness 审计厅 {W1}\nquorum 审计厅\n", "names are any bytes but white space",
            _says(quorum="审计厅", witnesses={"审计厅": W1}),
        ),
    }  # fmt: skip
    for name, (text, about, says) in texts.items():
        yield Case(format="policy", name=name, about=about, input=carried(text.encode()), accepted=says)
    good = {"full-quorum": ("log", "own", "w1", "w2", "w3"), "two-of-three": ("own", "w3", "log", "w1")}
    for name, signers in good.items():
        says = full | {
            "size": "1284306",
            "cosigned": sorted(
                {"own": "log-ml-dsa-44"}.get(one, one.upper()) for one in signers if one != "log"
            ),
        }
        yield _judged(name, "the quorum is reached", signers, says)


def _misshapen() -> dict[str, tuple[str, str]]:
    witness = f"witness W1 {W1}\n"
    return {
        "no-quorum": (f"log {LOG}\n", "exactly one quorum line"),
        "two-quorums": (f"log {LOG}\nquorum none\nquorum none\n", "exactly one quorum line"),
        "quorum-not-defined": (f"log {LOG}\nquorum W1\n", "nobody is called W1"),
        "quorum-defined-below": (f"quorum W1\n{witness}", "names are defined above their use"),
        "member-not-defined": (f"{witness}group G any W1 W2\nquorum G\n", "nobody is called W2"),
        "member-of-itself": (f"{witness}group G any G W1\nquorum G\n", "names are defined above their use"),
        "member-twice": (f"{witness}group G 2 W1 W1\nquorum G\n", "a member stands once"),
        "member-of-two-groups": (
            f"{witness}witness W2 {W2}\ngroup G any W1\ngroup H any W1 W2\nquorum H\n", "once among all groups",
        ),
        "none-as-member": (f"{witness}group G any none W1\nquorum G\n", "none is no member"),
        "none-as-witness": (f"witness none {W1}\nquorum none\n", "the name is taken"),
        "name-twice": (f"{witness}witness W1 {W2}\nquorum W1\n", "one space of names"),
        "group-named-as-a-witness": (f"{witness}group W1 any W1\nquorum W1\n", "one space of names"),
        "group-without-members": (f"{witness}group G any\nquorum W1\n", "at least one member"),
        "threshold-0": (f"{witness}group G 0 W1\nquorum G\n", "at least 1"),
        "threshold-beyond-members": (f"{witness}group G 2 W1\nquorum G\n", "there is one member"),
        "threshold-with-leading-zero": (f"{witness}group G 01 W1\nquorum G\n", "decimal without zeros"),
        "threshold-in-words": (f"{witness}group G one W1\nquorum G\n", "any, all or a number"),
        "log-twice": (f"log {LOG}\nlog {LOG}\nquorum none\n", "a key stands once"),
        "witness-twice": (f"{witness}witness W2 {W1}\nquorum W1\n", "a key stands once"),
        "log-of-type-4": (f"log {W1}\nquorum none\n", "a witness's key is no log's"),
        "witness-of-type-1": (f"witness W1 {LOG}\nquorum W1\n", "a log's key is no witness's"),
        "wrong-key-id": (f"log {LOG.replace('+', '+0', 1)}\nquorum none\n", "the id is not that of the key"),
        "unknown-line": (f"log {LOG}\nwitnes W1 {W1}\nquorum none\n", "a line of no known form"),
        "too-many-words": (f"log {LOG} https://a.example b\nquorum none\n", "one address at most"),
        "carriage-returns": (f"log {LOG}\r\nquorum none\r\n", "no control but tab and line end"),
        "control-character": (f"log {LOG} https://\x7f.example\nquorum none\n", "no control but tab and line end"),
        "retired-without-instant": (f"# retired log {OLD}\nlog {LOG}\nquorum none\n", "since when?"),
        "retired-on-a-day-that-is-none": (f"# retired log {OLD} 2026-02-30T00:00:00.000Z\nquorum none\n", "30 February"),
        "retired-and-current": (f"# retired log {LOG} {RETIRED}\nlog {LOG}\nquorum none\n", "a key stands once"),
        "empty": ("", "no lines"),
    }  # fmt: skip


UNSATISFIED: Final = {
    "quorum-not-reached": (("log", "own", "w1"), "one of two public witnesses"),
    "own-cosignature-missing": (("log", "w1", "w2", "w3"), "no silent downgrade to Ed25519"),
    "log-signature-missing": (("own", "w1", "w2"), "the log itself has not signed"),
    "signed-with-the-retired-key": (("old", "own", "w1", "w2"), "a retired key opens nothing new"),
    "known-witness-fails": (("log", "own", "w1", "w2", "bad"), "a known key that fails refuses the note"),
    "witness-line-twice": (("log", "own", "w1", "w1", "w2"), "one line a key"),
}


def cases() -> Iterator[Case]:
    """Every vector of `policy`; with a checkpoint in the context, it must also satisfy the policy."""
    yield from _well_formed()
    for name, (text, about) in _misshapen().items():
        yield Case(format="policy", name=name, about=about, input=carried(text.encode()), refused="form")
    for name, (signers, about) in UNSATISFIED.items():
        yield _judged(name, about, signers, None, "signature")


def _judged(
    name: str,
    about: str,
    signers: tuple[str, ...],
    says: dict[str, Any] | None,
    refused: Reason | None = None,
) -> Case:
    policy = carried(FULL.encode())
    context = checkpoint(*signers)
    return Case(
        format="policy", name=name, about=about, input=policy, context=context, accepted=says, refused=refused
    )
