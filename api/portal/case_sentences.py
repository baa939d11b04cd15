# SPDX-License-Identifier: Apache-2.0
"""What entries say that speak of other entries: waivers, cases, objections, publications, erasures, closed books, codes."""

from markupsafe import Markup

from api.portal.sentence_parts import SentenceParts
from ledger.kinds.authority import Waiver
from ledger.kinds.code import Code
from ledger.kinds.control import Disposition, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import Publication


def say_case(  # noqa: C901, PLR0911 - one row a kind
    parts: SentenceParts,
    event: Code | Publication | Waiver | Disposition | Objection | Reply | Erasure | PeriodClose,
) -> Markup:
    """The sentence of `event`."""
    match event:
        case Code():
            named = {"code": event.code, "name": parts.text(event.name), "day": parts.day(event.edition)}
            return parts.say("code", scheme=parts.word(f"scheme.{event.scheme}"), **named)
        case Publication():
            return parts.say("publication", subject=parts.text(event.subject), place=parts.text(event.place))
        case Waiver():
            return _waived(parts, event)
        case Disposition():
            return parts.say("disposition", case=event.case, state=parts.word(f"case_state.{event.state}"))
        case Objection():
            about = parts.event_link(event.event)
            return parts.say("objection", event=about, text=parts.text(event.text), n=event.days)
        case Reply():
            return parts.say("reply", id=event.objection, text=parts.text(event.text))
        case Erasure():
            about = parts.event_link(event.event)
            return parts.say(
                "erasure", event=about, n=len(event.commitments), reason=parts.text(event.reason)
            )
        case PeriodClose():
            return parts.say("period_close", party=parts.party(event.unit), period=event.period)


def _waived(parts: SentenceParts, event: Waiver) -> Markup:
    what = parts.word("says.waived_finding") if event.event is None else parts.event_link(event.event)
    said = {"fund": parts.fund(event.fund), "document": parts.text(event.document), "what": what}
    if event.due_on is None:
        return parts.say("waiver", **said)
    return parts.say("waiver_due", day=parts.day(event.due_on), **said)
