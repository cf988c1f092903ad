"""Matched: who is it, and which company.

Source: contracts.md §2, “Who is it”. A batch takes a fixed number of statements: lock the
identities, read what is known, make unknown companies, write everything.
"""

import dataclasses
import datetime as dt
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff import statements

from . import knowing
from .companies import account_of, domains_of, make_accounts
from .intake import Enquiry
from .knowing import Known
from .naming import company_key, person_key

__all__ = ["Arrival", "company_key", "identities", "lock", "match", "person_key"]

BUCKETS = 16_384
LOCK_SPACE = 0x1EAD
"""First half of the advisory locks that stand for identities."""

LOCK = "SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) AS given(bucket)"

SEPARATOR = "\x1f"
FIELDS = ", ".join(f"l.{name}" for name in knowing.READ)
NOTHING = ", ".join(f"NULL::{kind}" for kind in knowing.READ.values())

KNOWN = f"""
WITH named AS (
    SELECT id FROM leads_lead WHERE email = ANY(%s)
    UNION SELECT id FROM leads_lead WHERE phone = ANY(%s) AND phone <> ''
    UNION SELECT x.lead_id FROM unnest(%s::text[], %s::text[]) AS given(system, external_id)
        JOIN leads_externalid x USING (system, external_id)
), meant AS (
    SELECT l.id FROM named JOIN leads_lead l USING (id)
    UNION SELECT l.merged_into_id FROM named JOIN leads_lead l USING (id)
        WHERE l.merged_into_id IS NOT NULL
), locked AS MATERIALIZED (
    SELECT {FIELDS} FROM leads_lead l WHERE l.id IN (SELECT id FROM meant)
    ORDER BY l.id FOR NO KEY UPDATE
)
SELECT l.*, (SELECT string_agg(x.system || '{SEPARATOR}' || x.external_id, '{SEPARATOR * 2}')
    FROM leads_externalid x WHERE x.lead_id = l.id), NULL::text AS domain, NULL::bigint AS account
FROM locked l
UNION ALL SELECT {NOTHING}, NULL, d.domain, d.account_id
FROM leads_accountdomain d WHERE d.domain = ANY(%s)
UNION ALL
SELECT nextval('leads_lead_id_seq'), {NOTHING.partition(", ")[2]}, '{SEPARATOR}', NULL, NULL
FROM generate_series(1, %s)"""
"""Known leads with their external ids, known companies, and ids for leads that are new."""

WRITE = f"""
WITH lead AS ({knowing.WRITE_SQL}),
named AS ({
    statements.insert_sql(
        "leads_externalid",
        (("system", "text"), ("external_id", "text"), ("lead_id", "bigint")),
        "DO NOTHING",
    )
}),
told AS ({
    statements.insert_sql(
        "leads_submission",
        (
            ("lead_id", "bigint"),
            ("delivery_id", "bigint"),
            ("occurred_at", "timestamptz"),
            ("trigger", "text"),
            ("source", "text"),
            ("campaign", "text"),
            ("offer", "text"),
            ("landing_page", "text"),
            ("answers", "jsonb"),
        ),
    )
}),
proposed AS ({
    statements.insert_sql(
        "leads_mergeproposal",
        (
            ("lead_id", "bigint"),
            ("other_id", "bigint"),
            ("why", "text"),
            ("state", "text"),
            ("proposed_at", "timestamptz"),
        ),
        "DO NOTHING",
    )
}),
did AS ({knowing.TOUCH_SQL})
SELECT lead_id, max(occurred_at) FROM did GROUP BY lead_id"""


@dataclass
class Arrival:
    """One delivery on its way through the journey; `match` fills in the second half.

    `changed`: a known lead's facts changed, or it did something new.
    """

    delivery_id: int
    enquiry: Enquiry
    source: str
    origin: str
    historical: bool
    channel: str
    batch_id: int | None = None

    lead_id: int = 0
    account_id: int | None = None
    account_domain: str = ""
    created: bool = False
    changed: bool = False
    newest_evidence: dt.datetime | None = None
    title: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    proposals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def result(self) -> str:
        """What became of it: a lead was created, or a known one gained at least a submission."""
        return "created" if self.created else "updated"


def identities(arrival: Arrival) -> tuple[str, ...]:
    """The names by which this person may be known, as texts that are never equal by chance."""
    enquiry = arrival.enquiry
    named = (
        ("e", enquiry.email),
        ("x", f"{arrival.source}{SEPARATOR}{enquiry.external_id}" if enquiry.external_id else ""),
        ("p", enquiry.phone_identity),
    )
    return tuple(f"{kind}:{name}" for kind, name in named if name)


def lock(arrivals: Iterable[Arrival]) -> None:
    """Take the identities of these people until the transaction ends, in one order for all.

    Two deliveries of one person, known or not, are thereby matched one after the other.
    """
    names = {name for arrival in arrivals for name in identities(arrival)}
    buckets = sorted({zlib.crc32(name.encode()) % BUCKETS for name in names})
    statements.execute(LOCK, [LOCK_SPACE, buckets])


def match(arrivals: Sequence[Arrival], *, at: dt.datetime) -> None:
    """Find or make the leads and companies of arrivals, keep what they said and did.

    Runs inside the caller's transaction, which has locked their identities (`lock`); no two
    arrivals may share one (`identities`).
    Fills the arrivals in. `at` is when this is told, and when a merge is proposed.
    """
    register = _read(arrivals)
    for arrival in arrivals:
        _find(arrival, register)
    _decide_accounts(arrivals, register, at=at)
    rows = [_learn(arrival, register) for arrival in arrivals]
    _write(arrivals, rows, at=at)


@dataclass
class _Register:
    """What is known of the people of one batch, by each of their names."""

    leads: dict[int, Known] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)
    by_phone: dict[str, list[int]] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)

    def meant(self, lead_id: int | None) -> Known | None:
        """The lead of an id; the one it was merged into, where it was."""
        known = self.leads.get(lead_id) if lead_id is not None else None
        while known is not None and known.merged_into_id in self.leads:
            known = self.leads[known.merged_into_id]
        return known


def _read(arrivals: Sequence[Arrival]) -> _Register:
    with_ids = [one for one in arrivals if one.enquiry.external_id]
    rows = statements.fetch(
        KNOWN,
        [
            [one.enquiry.email for one in arrivals if one.enquiry.email],
            [one.enquiry.phone_identity for one in arrivals if one.enquiry.phone_identity],
            [one.source for one in with_ids],
            [one.enquiry.external_id for one in with_ids],
            list({domain for one in arrivals for domain in domains_of(one.enquiry)}),
            len(arrivals),
        ],
    )
    register = _Register()
    for *columns, names, domain, account in rows:
        if domain is not None:
            register.accounts[domain] = account
        elif names == SEPARATOR:
            register.fresh.append(columns[0])
        else:
            known = Known.of(columns)
            register.leads[known.id] = known
            register.by_name |= dict.fromkeys(_names_of(known, names), known.id)
            if known.phone:
                register.by_phone.setdefault(known.phone, []).append(known.id)
    return register


def _names_of(known: Known, external_ids: str | None) -> list[str]:
    names = [f"x:{name}" for name in (external_ids or "").split(SEPARATOR * 2) if name]
    return [*names, f"e:{known.email}"] if known.email else names


def _find(arrival: Arrival, register: _Register) -> None:
    """Email first, then external id, then phone where neither side has another email."""
    email = arrival.enquiry.email
    pointed: list[tuple[Known, str]] = []
    for name in identities(arrival):
        if name.startswith("p:"):
            known = _by_phone(name[2:], email, register)
        else:
            known = register.meant(register.by_name.get(name))
        if known is not None:
            pointed.append((known, name[0]))
    if not pointed:
        arrival.created = True
        arrival.lead_id = register.fresh.pop(0)
        return
    found = pointed[0][0]
    arrival.lead_id = found.id
    why = {"x": "Same external id", "p": "Same phone number"}
    arrival.proposals = [(other.id, why[by]) for other, by in pointed[1:] if other.id != found.id]


def _by_phone(phone: str, email: str, register: _Register) -> Known | None:
    candidates = [register.meant(lead_id) for lead_id in sorted(register.by_phone.get(phone, ()))]
    fitting = [one for one in candidates if one and (not email or one.email in (None, email))]
    return fitting[0] if fitting else None


def _decide_accounts(arrivals: Sequence[Arrival], register: _Register, *, at: dt.datetime) -> None:
    unknown: dict[str, Arrival] = {}
    for arrival in arrivals:
        domains = domains_of(arrival.enquiry)
        if domains and not any(domain in register.accounts for domain in domains):
            unknown.setdefault(domains[0], arrival)
    if unknown:
        register.accounts |= make_accounts(
            {domain: one.enquiry.values.get("company", "") for domain, one in unknown.items()},
            demo={domain for domain, one in unknown.items() if one.channel == "demo"},
            at=at,
        )
    for arrival in arrivals:
        arrival.account_id, arrival.account_domain = account_of(arrival.enquiry, register.accounts)


def _learn(arrival: Arrival, register: _Register) -> Known | None:
    """What the lead becomes; None where nothing about it changed."""
    before = register.leads.get(arrival.lead_id)
    enquiry = arrival.enquiry
    if register.by_name.get(f"e:{enquiry.email}", arrival.lead_id) != arrival.lead_id:
        enquiry = dataclasses.replace(enquiry, email="")  # the address of a lead merged into it
    after = knowing.learn(
        before or Known(id=arrival.lead_id),
        enquiry,
        origin=arrival.origin,
        account_id=arrival.account_id,
        only_gaps=_is_old_news(arrival, before),
        demo=arrival.channel == "demo",
    )
    arrival.account_id = after.account_id
    arrival.title, arrival.context = after.title, after.context()
    arrival.changed = before is not None and after.facts() != before.facts()
    return after if after != before else None


def _is_old_news(arrival: Arrival, before: Known | None) -> bool:
    """Whether an imported past comes after something newer was known."""
    if before is None or before.last_seen_at is None:
        return False
    return arrival.historical and arrival.enquiry.occurred_at < before.last_seen_at


def _write(arrivals: Sequence[Arrival], rows: Sequence[Known | None], *, at: dt.datetime) -> None:
    leads = [known.row() for known in rows if known is not None]
    named = [
        (one.source, one.enquiry.external_id, one.lead_id)
        for one in arrivals
        if one.enquiry.external_id
    ]
    told = [_submission(one) for one in arrivals]
    proposed = [
        (min(one.lead_id, other), max(one.lead_id, other), why, "open", at)
        for one in arrivals
        for other, why in one.proposals
    ]
    did = [
        knowing.touch_row(one.lead_id, touch, one.enquiry.occurred_at if one.historical else at)
        for one in arrivals
        for touch in one.enquiry.touches
    ]
    params = [
        *_columns(leads, len(knowing.WRITTEN)),
        *_columns(named, 3),
        *_columns(told, 9),
        *_columns(proposed, 5),
        *_columns(did, len(knowing.TOUCH_COLUMNS)),
    ]
    newest = dict(statements.fetch(WRITE, params))
    for one in arrivals:
        moments = [one.enquiry.occurred_at, newest.get(one.lead_id)]
        one.newest_evidence = max(moment for moment in moments if moment is not None)
        one.changed = one.changed or (not one.created and one.lead_id in newest)


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _submission(arrival: Arrival) -> tuple[Any, ...]:
    enquiry = arrival.enquiry
    return (
        arrival.lead_id,
        arrival.delivery_id,
        enquiry.occurred_at,
        *(
            enquiry.values.get(name, "")
            for name in ("trigger", "source", "campaign", "offer", "landing_page")
        ),
        statements.dumps(enquiry.answers),
    )
