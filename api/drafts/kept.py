# SPDX-License-Identifier: Apache-2.0
"""Drafts as rows of the database; whoever changes one says which version they saw, and loses if it is not the newest."""

import msgspec
from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from api.drafts.draft import KEPT_AFTER, Draft, Version, Whole, refuse_changed
from ledger.instant import format_instant, parse_instant
from ledger.store.tables import DRAFT, DRAFT_SIGNATURE, DRAFT_VERSION
from ledger.submission import Header, Signature, header_bytes

_HEADER = msgspec.json.Decoder(Header)
_EVENTS = msgspec.json.Decoder(tuple[msgspec.Raw, ...])


def keep_draft(connection: Connection, draft: Draft, version: Version) -> bool:
    """Whether a new draft stands with its first version; otherwise one of its id stood before, and nothing was changed."""
    fields = {name: getattr(draft, name) for name in DRAFT.c.keys()}  # noqa: SIM118 - columns, not a dict
    try:
        with connection.begin_nested():
            connection.execute(insert(DRAFT).values(fields))
    except IntegrityError:
        return False
    _keep_version(connection, draft.id, version)
    return True


def unposted(connection: Connection, party: str) -> int:
    """How many drafts of `party` are not posted."""
    wanted = select(func.count()).select_from(DRAFT).where(DRAFT.c.party == party, DRAFT.c.state != "posted")
    return connection.execute(wanted).scalar_one()


def first_events(connection: Connection, draft: Draft) -> tuple[bytes, ...]:
    """The canonical events with which `draft` was prepared."""
    first = select(DRAFT_VERSION.c.events).where(
        DRAFT_VERSION.c.draft == draft.id, DRAFT_VERSION.c.version == 1
    )
    return tuple(map(bytes, _EVENTS.decode(connection.execute(first).scalar_one())))


def next_version(connection: Connection, draft: Draft, version: Version, *, seen: int, expires: str) -> None:
    """`version` is the newest, open for signing; it must follow `seen`, whose personal fields are gone.

    Raises:
        RequestRefused: 409, somebody was faster, or it is posted.
    """
    _change(
        connection,
        draft.id,
        seen,
        version=version.number,
        state="open",
        expires=expires,
        reason="",
        returned_by="",
    )
    _forget_disclosures(connection, draft.id)
    _keep_version(connection, draft.id, version)


def keep_signature(connection: Connection, draft: Draft, signature: Signature) -> None:
    """`signature` over the newest version stands, in the place of an earlier one by that key in that role.

    Raises:
        RequestRefused: 409, there is a newer version by now, or it is posted.
    """
    _change(connection, draft.id, draft.version, state="open")
    of = {"draft": draft.id, "version": draft.version, "role": signature.role, "key": signature.key}
    same = [DRAFT_SIGNATURE.c[name] == value for name, value in of.items()]
    connection.execute(delete(DRAFT_SIGNATURE).where(*same))
    connection.execute(insert(DRAFT_SIGNATURE).values(**of, alg=signature.alg, sig=signature.sig))


def keep_return(connection: Connection, draft: Draft, *, reason: str, key: str) -> None:
    """The newest version is returned by `key` for `reason`.

    Raises:
        RequestRefused: 409, there is a newer version by now, or it is posted.
    """
    _change(connection, draft.id, draft.version, state="returned", reason=reason, returned_by=key)


def keep_posting(connection: Connection, draft: Draft) -> None:
    """The newest version is on its way into the ledger, and is neither changed nor dropped meanwhile.

    Raises:
        RequestRefused: 409, there is a newer version by now, or the draft was returned or posted.
    """
    under_way = DRAFT.c.state.in_(("open", "posting"))
    current = (DRAFT.c.id == draft.id, DRAFT.c.version == draft.version, under_way)
    if connection.execute(update(DRAFT).where(*current).values(state="posting")).rowcount != 1:
        refuse_changed()


def keep_refused(connection: Connection, draft: Draft) -> None:
    """The ledger refuses the newest version: the draft is open again, unless another process has it posted."""
    current = (DRAFT.c.id == draft.id, DRAFT.c.state == "posting")
    connection.execute(update(DRAFT).where(*current).values(state="open"))


def keep_posted(connection: Connection, draft: Draft, *, seq: int) -> None:
    """The draft stands in the ledger with its header entry at `seq`; its personal fields lie beside the log, not here."""
    _forget_disclosures(connection, draft.id)
    connection.execute(update(DRAFT).where(DRAFT.c.id == draft.id).values(state="posted", seq=seq))


def drop(connection: Connection, draft: Draft) -> None:
    """Nothing is left of the draft.

    Raises:
        RequestRefused: 409, there is a newer version by now, or it is posted.
    """
    _change(connection, draft.id, draft.version)
    _delete(connection, draft.id)


def forget_expired(connection: Connection, instant: str) -> None:
    """Expired drafts hold no personal field, and those that expired long before `instant` are gone, posted ones too."""
    over = select(DRAFT.c.id).where(DRAFT.c.expires <= instant, DRAFT.c.state.not_in(("posting", "posted")))
    held = (DRAFT_VERSION.c.draft.in_(over), DRAFT_VERSION.c.disclosures.is_not(None))
    connection.execute(update(DRAFT_VERSION).where(*held).values(disclosures=None))
    earliest = format_instant(parse_instant(instant) - KEPT_AFTER)
    for identifier in (
        connection.execute(select(DRAFT.c.id).where(DRAFT.c.expires < earliest)).scalars().all()
    ):
        _delete(connection, identifier)


def drafts_of(
    connection: Connection, party: str, *, after: tuple[str, str] | None, most: int
) -> list[tuple[Draft, Header]]:
    """Drafts of `party` with their newest headers, those that expire last first; behind the expiry and id `after`."""
    newest = (DRAFT_VERSION.c.draft == DRAFT.c.id) & (DRAFT_VERSION.c.version == DRAFT.c.version)
    wanted = select(DRAFT, DRAFT_VERSION.c.header).join(DRAFT_VERSION, newest).where(DRAFT.c.party == party)
    if after is not None:
        expires, identifier = after
        same = and_(DRAFT.c.expires == expires, DRAFT.c.id > identifier)
        wanted = wanted.where(or_(DRAFT.c.expires < expires, same))
    found = connection.execute(wanted.order_by(DRAFT.c.expires.desc(), DRAFT.c.id).limit(most))
    return [(_draft(row), _HEADER.decode(row.header)) for row in found]


def unsigned_by(
    connection: Connection, party: str, *, key: str, at: str
) -> list[tuple[Draft, Header, frozenset[str]]]:
    """Drafts of `party` open for signing at the instant `at` that `key` has not signed, with the keys of their authors.

    Those that expire first come first; an empty `key` has signed none.
    """
    newest = (DRAFT_VERSION.c.draft == DRAFT.c.id) & (DRAFT_VERSION.c.version == DRAFT.c.version)
    signed = select(DRAFT_SIGNATURE.c.draft).where(
        DRAFT_SIGNATURE.c.draft == DRAFT.c.id,
        DRAFT_SIGNATURE.c.version == DRAFT.c.version,
        DRAFT_SIGNATURE.c.key == key,
    )
    wanted = (
        select(DRAFT, DRAFT_VERSION.c.header)
        .join(DRAFT_VERSION, newest)
        .where(DRAFT.c.party == party, DRAFT.c.state == "open", DRAFT.c.expires > at, ~signed.exists())
        .order_by(DRAFT.c.expires, DRAFT.c.id)
    )
    rows = connection.execute(wanted).all()
    wrote: dict[str, set[str]] = {row.id: set() for row in rows}
    for version in connection.execute(
        select(DRAFT_VERSION.c.draft, DRAFT_VERSION.c.author).where(DRAFT_VERSION.c.draft.in_(wrote))
    ):
        wrote[version.draft].add(version.author)
    return [(_draft(row), _HEADER.decode(row.header), frozenset(wrote[row.id])) for row in rows]


def whole_draft(connection: Connection, identifier: str, *, party: str) -> Whole | None:
    """The draft as it stands; None where `party` has none of that id."""
    row = connection.execute(select(DRAFT).where(DRAFT.c.id == identifier, DRAFT.c.party == party)).first()
    if row is None:
        return None
    draft = _draft(row)
    shown = select(DRAFT_VERSION).where(
        DRAFT_VERSION.c.draft == identifier, DRAFT_VERSION.c.version >= draft.version - 1
    )
    found = {one.version: _version(one) for one in connection.execute(shown)}
    authors = connection.execute(select(DRAFT_VERSION.c.author).where(DRAFT_VERSION.c.draft == identifier))
    signed = select(DRAFT_SIGNATURE).where(
        DRAFT_SIGNATURE.c.draft == identifier, DRAFT_SIGNATURE.c.version == draft.version
    )
    signatures = (
        Signature(alg=one.alg, key=one.key, role=one.role, sig=one.sig) for one in connection.execute(signed)
    )
    return Whole(
        draft=draft,
        newest=found[draft.version],
        last=found.get(draft.version - 1),
        signatures=tuple(sorted(signatures, key=lambda one: (one.role, one.key))),
        authors=frozenset(authors.scalars()),
    )


def _change(connection: Connection, identifier: str, seen: int, **values: object) -> None:
    """The row takes `values`, and is held until the transaction ends, if its newest version is `seen`."""
    current = (DRAFT.c.id == identifier, DRAFT.c.version == seen, DRAFT.c.state.not_in(("posting", "posted")))
    changed = connection.execute(update(DRAFT).where(*current).values({"version": seen, **values}))
    if changed.rowcount != 1:
        refuse_changed()


def _keep_version(connection: Connection, identifier: str, version: Version) -> None:
    connection.execute(
        insert(DRAFT_VERSION).values(
            draft=identifier,
            version=version.number,
            author=version.author,
            made=version.made,
            header=header_bytes(version.header),
            events=b"[" + b",".join(version.events) + b"]",
            disclosures=" ".join(version.disclosures) or None,
        )
    )


def _forget_disclosures(connection: Connection, identifier: str) -> None:
    of_draft = DRAFT_VERSION.c.draft == identifier
    connection.execute(update(DRAFT_VERSION).where(of_draft).values(disclosures=None))


def _delete(connection: Connection, identifier: str) -> None:
    connection.execute(delete(DRAFT_SIGNATURE).where(DRAFT_SIGNATURE.c.draft == identifier))
    connection.execute(delete(DRAFT_VERSION).where(DRAFT_VERSION.c.draft == identifier))
    connection.execute(delete(DRAFT).where(DRAFT.c.id == identifier))


def _draft(row: Row[tuple[object, ...]]) -> Draft:
    named = row._mapping  # noqa: SLF001 - the public way of SQLAlchemy to a row as a mapping
    return Draft(**{name: named[name] for name in DRAFT.c.keys()})  # noqa: SIM118 - columns, not a dict


def _version(row: Row[tuple[object, ...]]) -> Version:
    return Version(
        number=row.version,
        author=row.author,
        made=row.made,
        header=_HEADER.decode(row.header),
        events=tuple(map(bytes, _EVENTS.decode(row.events))),
        disclosures=tuple((row.disclosures or "").split()),
    )
