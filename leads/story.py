"""Why a lead is here now, in a line. What they did is told by `leads.chronicle`."""

from collections.abc import Iterable, Mapping

from handoff.checklists import FIRST_STEP
from handoff.labels import humanise, labels_of
from handoff.models import DecideRule
from leads.models import Handoff


def why_now(handoff: Handoff) -> str:
    """One line for a queue: what is owed, or which rule brought the lead here."""
    if handoff.state == Handoff.State.RETURNED and handoff.step != FIRST_STEP:
        return "Sent back: waits for the step before"
    if handoff.sent_back and handoff.state == Handoff.State.WAITING:
        return handoff.sent_back
    if handoff.state == Handoff.State.RETURNED:
        asked = handoff.lacks or handoff.missing
        waits = "Waiting for marketing"
        return f"{waits}: {listed(asked)} missing" if asked else waits
    if handoff.state == Handoff.State.ACCEPTED and handoff.next_step:
        return f"Next: {handoff.next_step}"
    labels = labels_of(handoff.version_id)
    rule = labels.decide.get(handoff.judgement.rule) or humanise(handoff.judgement.rule)
    did = did_most(handoff.judgement.intent_parts, labels.signals)
    if handoff.status == DecideRule.Status.SALES_READY:
        return did or rule
    return f"{rule}: {did[:1].lower()}{did[1:]}" if did else rule


def did_most(parts: Mapping[str, float], names: Mapping[str, str]) -> str:
    """The three deeds that count most of an intent's parts: “Asked for a demo, looked at
    pricing”."""
    keys = sorted(
        (key for key in parts if key in names and parts[key] > 0), key=lambda k: -parts[k]
    )
    said = ", ".join(names[key][:1].lower() + names[key][1:] for key in keys[:3])
    return said[:1].upper() + said[1:]


def listed(keys: Iterable[str]) -> str:
    """Field names in running text: “country, campaign and employees”."""
    words = [humanise(key).lower() for key in keys]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
