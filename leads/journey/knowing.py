"""What is known of a person, and how another enquiry adds to it. Pure, besides its SQL texts.

Source: contracts.md §2, “Who is it”: a non-blank value replaces an older one from the same kind of
source; blank never erases; typed by a person beats form beats enrichment.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from handoff import statements
from handoff.rules import fields
from leads.models.lead import CONTEXT_FIELDS

from .companies import business_domain
from .naming import person_key
from .reading import Enquiry, Touch

RANK = {"enrichment": 1, "form": 2, "person": 3}
"""Kinds of source; a value is never replaced by one from a lower kind."""

FIRST = {
    "source": "first_source",
    "campaign": "first_campaign",
    "landing_page": "first_landing_page",
}

WRITTEN = {
    "id": "bigint",
    "email": "text",
    "email_domain": "text",
    "free_mail": "boolean",
    "first_name": "text",
    "last_name": "text",
    "phone": "text",
    "role": "text",
    "seniority": "text",
    "function": "text",
    "company": "text",
    "domain": "text",
    "country": "text",
    "region": "text",
    "language": "text",
    "industry": "text",
    "employees": "float8",
    "revenue": "float8",
    "funding_stage": "text",
    "product_interest": "text",
    "problem": "text",
    "timing": "text",
    "consent": "boolean",
    "trigger": "text",
    "source": "text",
    "campaign": "text",
    "offer": "text",
    "landing_page": "text",
    "answers": "jsonb",
    "unread": "jsonb",
    "provenance": "jsonb",
    "first_source": "text",
    "first_campaign": "text",
    "first_landing_page": "text",
    "first_seen_at": "timestamptz",
    "last_seen_at": "timestamptz",
    "account_id": "bigint",
    "person_key": "bigint",
    "is_demo": "boolean",
}
"""Columns of leads_lead that matching writes, with their SQL types."""

READ = {**WRITTEN, "merged_into_id": "bigint"}
JSON = ("answers", "unread", "provenance")
NEW_ONLY = {"status": "''", "nurture_track": "''", "nurture_reason": "''"}
"""Columns without a default in the database, for a lead that is new."""

UNDERSTOOD = tuple(
    name
    for name in WRITTEN
    if name not in {*JSON, *FIRST.values(), "id", "first_seen_at", "last_seen_at", "is_demo"}
)

TOUCH_COLUMNS = {
    "lead_id": "bigint",
    "signal": "text",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "url": "text",
    "seconds": "float8",
    "campaign": "text",
    "offer": "text",
    "detail": "text",
}
TOUCH_SQL = statements.insert_sql(
    "leads_touchpoint", tuple(TOUCH_COLUMNS.items()), "DO NOTHING", "lead_id, occurred_at"
)


def _write_sql() -> str:
    """Insert leads, or bring known ones up to date, in one statement."""
    names = ", ".join(f'"{name}"' for name in WRITTEN)
    casts = ", ".join(f'"{name}"::jsonb' if name in JSON else f'"{name}"' for name in WRITTEN)
    places = ", ".join(
        f"%s::{'text' if name in JSON else kind}[]" for name, kind in WRITTEN.items()
    )
    changes = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in WRITTEN if name != "id")
    return (
        f"INSERT INTO leads_lead ({names}, {', '.join(NEW_ONLY)})"
        f" SELECT {casts}, {', '.join(NEW_ONLY.values())}"
        f" FROM unnest({places}) AS given ({names})"
        f" ON CONFLICT (id) DO UPDATE SET {changes}"
    )


WRITE_SQL = _write_sql()


@dataclass
class Known:
    """A lead's row, as far as matching reads and writes it."""

    id: int
    email: str | None = None
    email_domain: str = ""
    free_mail: bool = False
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    role: str = ""
    seniority: str = ""
    function: str = ""
    company: str = ""
    domain: str = ""
    country: str = ""
    region: str = ""
    language: str = ""
    industry: str = ""
    employees: float | None = None
    revenue: float | None = None
    funding_stage: str = ""
    product_interest: str = ""
    problem: str = ""
    timing: str = ""
    consent: bool | None = None
    trigger: str = ""
    source: str = ""
    campaign: str = ""
    offer: str = ""
    landing_page: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    first_source: str = ""
    first_campaign: str = ""
    first_landing_page: str = ""
    first_seen_at: dt.datetime | None = None
    last_seen_at: dt.datetime | None = None
    account_id: int | None = None
    person_key: int | None = None
    is_demo: bool = False
    merged_into_id: int | None = None

    @classmethod
    def of(cls, columns: list[Any]) -> "Known":
        """A row as read, its columns in the order of READ."""
        named = dict(zip(READ, columns, strict=True))
        named |= {name: statements.loads(named[name]) or {} for name in JSON}
        return cls(**named)

    def row(self) -> tuple[Any, ...]:
        """The row to write, in the order of WRITTEN."""
        named = self.__dict__
        return tuple(
            statements.dumps(named[name]) if name in JSON else named[name] for name in WRITTEN
        )

    def facts(self) -> tuple[Any, ...]:
        """What was told of the lead, without where it came from and when."""
        return (*(getattr(self, name) for name in UNDERSTOOD), self.answers, self.unread)

    @property
    def title(self) -> str:
        """Who this is in one line, as `Lead.title`."""
        name = f"{self.first_name} {self.last_name}".strip()
        who = name or self.email or self.phone or f"Lead {self.id}"
        return f"{who}, {self.company}" if self.company else who

    def context(self) -> dict[str, Any]:
        """What travels with a hand-over, as `Lead.context`."""
        told = {name: getattr(self, name) for name in CONTEXT_FIELDS}
        return {name: value for name, value in told.items() if value not in ("", None, {})}


def learn(
    before: Known,
    enquiry: Enquiry,
    *,
    origin: str,
    account_id: int | None,
    only_gaps: bool = False,
    demo: bool = False,
) -> Known:
    """What is known after another enquiry from a kind of source; `before` stays as it is.

    `only_gaps`: the enquiry is older news, so that it replaces no value of its own kind.
    """
    after = dataclasses.replace(
        before,
        answers={**before.answers},
        unread={**before.unread},
        provenance={**before.provenance},
    )
    told = {**enquiry.values, "email": enquiry.email, "phone": enquiry.phone}
    for name, value in told.items():
        if value != "" and _takes(after, name, origin, only_gaps):
            setattr(after, name, value)
            after.provenance[name] = origin
            after.unread.pop(name, None)
    for name, text in enquiry.unread.items():
        if getattr(after, name) in ("", None):
            after.unread[name] = text
    news, known = enquiry.answers, before.answers
    after.answers = {**news, **known} if only_gaps else {**known, **news}
    _place_in_time(after, enquiry)
    _derive(after, account_id)
    after.is_demo = before.is_demo if before.last_seen_at else demo
    return after


def _takes(known: Known, name: str, origin: str, only_gaps: bool) -> bool:
    if getattr(known, name) in ("", None) or name not in known.provenance:
        return True
    rank, held = RANK.get(origin, 0), RANK.get(known.provenance[name], 0)
    return rank > held or (rank == held and not only_gaps)


def _place_in_time(known: Known, enquiry: Enquiry) -> None:
    for name, first in FIRST.items():
        if not getattr(known, first):
            setattr(known, first, enquiry.values.get(name, ""))
    at = enquiry.occurred_at
    known.first_seen_at = min(known.first_seen_at or at, at)
    known.last_seen_at = max(known.last_seen_at or at, at)


def _derive(known: Known, account_id: int | None) -> None:
    """What follows from email, role, name and company."""
    derived = fields.derive({"email": known.email or "", "role": known.role})
    known.email_domain = derived.get("email_domain") or ""
    known.free_mail = bool(derived.get("free_mail"))
    known.seniority = derived.get("seniority") or ""
    known.function = derived.get("function") or ""
    if "domain" not in known.provenance:
        known.domain = business_domain(known.email_domain)
    if account_id is not None:
        known.account_id = account_id
    known.person_key = person_key(known.first_name, known.last_name, known.company)


def touch_row(lead_id: int, touch: Touch, told_at: dt.datetime) -> tuple[Any, ...]:
    """A touchpoint to write, in the order of TOUCH_COLUMNS; never told before it happened."""
    return (
        lead_id,
        touch.signal,
        touch.occurred_at,
        max(touch.occurred_at, told_at),
        touch.url,
        touch.seconds,
        touch.campaign,
        touch.offer,
        touch.detail,
    )
