"""A stored lead becomes an example of a draft: what its judgement saw, without what names a person.

Only facts that rules read are taken. How long ago a thing was done is kept, not when, so that the
example comes out the same whenever it is run.
"""

import datetime as dt
import math
from typing import Any

from django.db import transaction

from handoff import drafting, publishing
from handoff.models import DefinitionVersion, User
from handoff.models.definition import Document
from handoff.rules.definition import Definition
from handoff.rules.faults import Faulty
from handoff.rules.fields import CATALOGUE, derive
from leads.models import Handoff, Judgement, Lead

from .citing import cite_example
from .law import Law
from .trying import Subject, as_judged, law_to_try, try_stored

MOST_TOUCHES = 100
DAY = 86400.0
PERSONAL = ("email", "phone", "problem")
"""Facts that name a person, or are in their own words: an example has a stand-in. Their own words
are kept where a rule reads them."""

STAND_INS = {"email": "somebody@{domain}", "phone": "+12025550100", "problem": "Told us"}


def make_example(
    lead: Lead,
    judgement: Judgement,
    draft: DefinitionVersion | None,
    *,
    kind: str,
    status: str,
    actor: User,
    at: dt.datetime,
) -> tuple[DefinitionVersion, int]:
    """Put the lead, as a judgement saw it, among a draft's examples; the draft, and its place.

    Without a draft, a new one begins from the live version. One that sales rejected counts as
    evidence for its reason. It must come out with `status`, or
    where that is "" as the draft says now. Raises drafting.Faulty, drafting.Overtaken.
    """
    with transaction.atomic():
        if draft is None:
            live = DefinitionVersion.objects.live().first()
            draft = publishing.clone(live, actor=actor, at=at)
        row = example_of(lead, judgement, draft, kind=kind, status=status, at=at)
        names = [example.name for example in draft.examples.all()]
        row["name"] = _unique(row["name"], names)
        draft = drafting.put(draft, "examples", row, revision=draft.revision, actor=actor, at=at)
        if (last := _last_handoff(lead)) is not None:
            cite_example(draft, last, actor=actor, at=at)
        return draft, len(names)


def example_of(
    lead: Lead,
    judgement: Judgement,
    draft: DefinitionVersion,
    *,
    kind: str,
    status: str,
    at: dt.datetime,
) -> Document:
    """The lead as an example of the draft; it is not stored."""
    subject = as_judged(lead, judgement)
    try:
        by: Law | None = law_to_try(draft)
    except Faulty:
        by = None
    expect: Document = {"status": status or judgement.status}
    if by is not None and not status:
        decision = try_stored(subject, draft, at=at).whole.decision
        expect = {"status": decision.status}
        if decision.tier is not None:
            expect["tier"] = decision.tier
    row: Document = {
        "kind": kind,
        "name": name_of(subject),
        "why": _why(lead, judgement),
        "expect": expect,
        "lead": facts_of(subject, by.definition if by else None),
    }
    touches = [
        {"signal": signal, "days_ago": _days(subject.as_of - done)}
        for signal, done in subject.touches[-MOST_TOUCHES:]
    ]
    return row | ({"touchpoints": touches} if touches else {})


def facts_of(subject: Subject, definition: Definition | None) -> dict[str, Any]:
    """What rules read of the lead, without what names a person; of a definition that cannot be read
    yet, everything that names nobody."""
    found: dict[str, Any] = {}
    asked = _asked(definition)
    for name, value in subject.facts.items():
        if value is False and CATALOGUE[name].always_known:
            continue
        if asked is not None and name not in asked:
            continue
        if name in PERSONAL and not (name == "problem" and asked and asked[name]):
            if asked is None:
                continue
            domain = subject.facts.get("email_domain") or "example.com"
            value = STAND_INS[name].format(domain=domain)
        found[name] = _plain(value)
    if derive({"email": found.get("email")}).get("email_domain") == found.get("email_domain"):
        found.pop("email_domain", None)
    return found


def name_of(subject: Subject) -> str:
    """What to call the example: “Head of Finance at a 400-person fintech, demo request”."""
    facts = subject.facts
    who = str(facts.get("role") or "Somebody")
    size = f"{int(facts['employees']):,}-person " if facts.get("employees") else ""
    trade = str(facts.get("industry") or "")
    company = trade if trade.endswith("fintech") else f"{trade} company".strip()
    where = f" at a {size}{company}" if size or trade else ""
    done = subject.touches[-1][0].replace("_", " ") if subject.touches else ""
    return f"{who}{where}{f', {done}' if done else ''}"[:190]


def _asked(definition: Definition | None) -> dict[str, bool] | None:
    """Which facts the rules read, and whether any looks at the text itself."""
    if definition is None:
        return None
    asked = dict.fromkeys(definition.required, False)
    if any(row.sources for row in definition.signals):
        asked["source"] = True
    for one in definition.conditions():
        if not one.is_signal and one.field.is_fact:
            asked[one.subject] = asked.get(one.subject, False) or one.test("known") is None
    return asked


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _days(age: dt.timedelta) -> int | float:
    """An age in days, a moment younger where it must be rounded, so that no window is left."""
    days = math.floor(age.total_seconds() / DAY * 1e6) / 1e6
    return int(days) if days.is_integer() else days


def _why(lead: Lead, judgement: Judgement) -> str:
    """Where the example comes from, and what became of the lead."""
    told = f"A lead judged on {judgement.as_of:%d %b %Y}".replace(" 0", " ")
    last = _last_handoff(lead)
    if last is None:
        return told
    became = last.get_state_display().lower()
    reason = f" as {last.reason.label.lower()}" if last.reason else ""
    return f"{told}; sales: {became}{reason}"[:300]


def _last_handoff(lead: Lead) -> Handoff | None:
    return Handoff.objects.filter(lead=lead).select_related("reason").order_by("-pk").first()


def _unique(name: str, taken: list[str]) -> str:
    tried, count = name, 1
    while tried in taken:
        count += 1
        tried = f"{name}, {count}"
    return tried
