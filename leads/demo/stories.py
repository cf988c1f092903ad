"""Who comes, what they did before they asked, and what is really in them.

A story is one person. Its kind decides the source, the deeds, the words, and how likely it is that
sales says yes and that it becomes a deal; nobody in the journey sees that.
"""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from .names import BUYERS, STUDENTS, USERS
from .world import Company, luck, slug

SITE = "https://northwind-ledger.example"

PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "pricing_page": (("/pricing", ""), ("/pricing/growth", "Growth plan")),
    "integration_page": (
        ("/integrations/netsuite", "NetSuite"),
        ("/integrations/sap", "SAP"),
        ("/integrations/stripe", "Stripe"),
        ("/integrations/adyen", "Adyen"),
    ),
    "content_download": (
        ("/guides/month-end-close", "The five-day close"),
        ("/guides/pricing-guide", "Pricing guide"),
        ("/guides/migration", "Migration guide"),
    ),
    "webinar_registered": (("/webinars/close-faster", "Close faster"),),
    "webinar_attended": (("/webinars/close-faster", "Close faster, to the end"),),
    "case_study": (("/customers/harbor", "Harbor & Vale"), ("/customers/parcelwise", "Parcelwise")),
    "security_docs": (("/security", "SOC 2 report"),),
    "demo_request": (("/demo", ""),),
    "contact_request": (("/contact", ""),),
    "trial_started": (("/trial", ""),),
    "trial_active": (("/app", "Invited two colleagues"),),
    "event_met": (("", "Stand at FinOps Forum"),),
    "email_reply": (("", "Replied to the product letter"),),
    "email_open": (("", "Product letter"),),
    "blog_visit": (("/blog/reconciliation", ""), ("/blog/close-checklist", "")),
}
LASTING = {"pricing_page": 190, "integration_page": 110, "case_study": 95, "blog_visit": 60}
"""Seconds that people usually stay on such a page."""

PROBLEMS = (
    "Our month-end close takes nine days across four processors.",
    "Reconciling payouts by hand costs us two people.",
    "Refunds never match the ledger.",
    "We add three entities this year and the spreadsheets will not hold.",
    "The auditors want a trail for every adjustment.",
    "Finance waits for exports from engineering every week.",
    "Chargebacks are booked a month late.",
)
TIMINGS = ("this month", "this quarter", "next quarter", "this year", "just looking")
INTERESTS = ("reconciliation", "close automation", "multi-entity ledger", "payout reporting")
THEMES = ("close-faster", "no-more-spreadsheets", "audit-ready", "one-ledger")
OFFERS = {
    "demo_request": "Guided demo",
    "content_download": "The five-day close",
    "webinar_attendance": "Close faster, live",
    "trial_start": "Trial, 14 days",
    "contact_request": "Talk to us",
    "event_attendance": "FinOps Forum",
    "inbound_email": "",
}


@dataclass(frozen=True)
class Kind:
    """A kind of lead. `trail`: signals before the trigger, a `?` makes one uncertain.

    `yes`: chance that a rep accepts it; `deal`: that an accepted one becomes an opportunity; `won`:
    that this is won; `noes`: reasons for which it is rejected, the likelier first.
    """

    key: str
    share: int
    sources: tuple[str, ...]
    trigger: str
    trail: tuple[str, ...]
    roles: tuple[str, ...]
    yes: float
    deal: float
    won: float
    noes: tuple[str, ...]
    timings: tuple[str, ...] = TIMINGS
    again: float = 0.1
    free_mail: float = 0.0
    gaps: float = 0.1
    smallest: int = 0


KINDS = (
    Kind(
        "hand_raiser", 17, ("organic", "paid_search", "referral", "partner"), "demo_request",
        ("blog_visit?", "content_download", "pricing_page", "integration_page?", "pricing_page?",
         "demo_request"),
        BUYERS, 0.88, 0.42, 0.4, ("wrong_timing", "no_budget", "out_of_segment"),
        ("this month", "this quarter", "this quarter", "next quarter"), smallest=100,
    ),
    Kind(
        "partner", 8, ("partner",), "contact_request",
        ("case_study", "integration_page", "pricing_page?", "contact_request"),
        BUYERS, 0.93, 0.5, 0.48, ("wrong_timing", "already_customer"),
        ("this quarter", "next quarter"), gaps=0.03, smallest=80,
    ),
    Kind(
        "trial", 8, ("organic", "product"), "trial_start",
        ("pricing_page?", "integration_page?", "trial_started", "trial_active?"),
        (*BUYERS, *USERS), 0.76, 0.3, 0.38, ("no_clear_problem", "missing_authority"), smallest=30,
    ),
    Kind(
        "webinar", 19, ("webinar",), "webinar_attendance",
        ("email_open?", "webinar_registered", "webinar_attended", "content_download?"),
        (*BUYERS, *USERS, *USERS), 0.48, 0.1, 0.25,
        ("low_intent", "wrong_timing", "missing_authority", "wrong_role"), again=0.22,
    ),
    Kind(
        "reader", 19, ("organic", "paid_search", "content_syndication"), "content_download",
        ("blog_visit?", "content_download", "pricing_page?"),
        (*USERS, *BUYERS), 0.5, 0.1, 0.25, ("low_intent", "no_clear_problem", "wrong_timing"),
        again=0.2, gaps=0.3,
    ),
    Kind(
        "social", 10, ("paid_social",), "content_download",
        ("email_open?", "content_download", "blog_visit?"),
        (*USERS, *STUDENTS), 0.3, 0.04, 0.1, ("wrong_role", "low_intent", "out_of_segment"),
        free_mail=0.35, gaps=0.35,
    ),
    Kind(
        "student", 6, ("paid_social", "organic"), "content_download",
        ("blog_visit", "content_download", "webinar_attended?"),
        STUDENTS, 0.02, 0.0, 0.0, ("wrong_role",), free_mail=1.0, again=0.02,
    ),
    Kind(
        "event", 7, ("event",), "event_attendance", ("event_met", "case_study?", "pricing_page?"),
        (*BUYERS, *USERS), 0.6, 0.2, 0.35, ("low_intent", "wrong_timing", "no_budget"),
        gaps=0.4, smallest=50,
    ),
    Kind(
        "writer", 6, ("email", "organic"), "inbound_email",
        ("email_reply", "pricing_page?", "security_docs?"),
        (*BUYERS, *USERS), 0.62, 0.22, 0.35, ("unclear_fit", "no_clear_problem"), free_mail=0.3,
        gaps=0.5,
    ),
    Kind(
        "listener", 0, ("webinar",), "webinar_attendance",
        ("webinar_registered", "content_download", "pricing_page", "webinar_attended"),
        BUYERS, 0.3, 0.1, 0.25, ("low_intent", "no_clear_problem"), gaps=0.0, smallest=100,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    role: str
    email: str
    phone: str


@dataclass(frozen=True)
class Story:
    """One person and their enquiries, oldest first, each a payload as any sender would post it."""

    key: str
    kind: Kind
    company: Company | None
    person: Person
    enquiries: tuple[dict[str, Any], ...]

    @property
    def moments(self) -> tuple[dt.datetime, ...]:
        return tuple(dt.datetime.fromisoformat(one["occurred_at"]) for one in self.enquiries)


def story(key: str, kind: Kind, company: Company, moments: tuple[dt.datetime, ...]) -> Story:
    """Somebody of a company who asks at these moments; the later ones are a return."""
    dice = luck("story", key)
    employer = None if dice.random() < kind.free_mail else company
    person = _person(dice, key, kind, company, employer)
    source = dice.choice(kind.sources)
    first = _enquiry(dice, kind, company, employer, person, source, moments[0])
    later = [_return(dice, kind, first, moment) for moment in moments[1:]]
    return Story(key, kind, employer, person, (first, *later))


def _person(
    dice: random.Random, key: str, kind: Kind, company: Company, employer: Company | None
) -> Person:
    land = company.land
    household, _, place = key.rpartition("-")
    start = luck("name", household).randrange(len(land.first))
    first, last = land.first[(start + int(place)) % len(land.first)], dice.choice(land.last)
    number = sum(ord(letter) * 31**place for place, letter in enumerate(key)) % 10_000
    if employer is None:
        email = f"{slug(first)}.{slug(last)}+demo{number}@gmail.com"
    else:
        email = f"{slug(first)}.{slug(last)}@{employer.domain}"
    has_phone = land.phone and dice.random() < 0.5
    return Person(
        first,
        last,
        dice.choice(kind.roles),
        email,
        land.phone.format(number % 900) if has_phone else "",
    )


def _enquiry(
    dice: random.Random,
    kind: Kind,
    company: Company,
    employer: Company | None,
    person: Person,
    source: str,
    at: dt.datetime,
) -> dict[str, Any]:
    campaign = _campaign(dice, source, company, at)
    page = "/demo" if kind.trigger == "demo_request" else PAGES[_deed(kind.trail[-1])][0][0]
    payload: dict[str, Any] = {
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "role": person.role,
        "country": company.land.code,
        "region": company.land.region,
        "language": company.land.language,
        "source": source,
        "campaign": campaign,
        "offer": OFFERS[kind.trigger],
        "landing_page": f"{SITE}{page}" if page else "",
        "trigger": kind.trigger,
        "product_interest": dice.choice(INTERESTS),
        "timing": dice.choice(kind.timings),
        "problem": dice.choice(PROBLEMS) if dice.random() < 0.7 else "",
        "consent": dice.random() < 0.85,
        "occurred_at": at.isoformat(),
        "touchpoints": _trail(dice, kind, campaign, at),
        "answers": _answers(dice, kind),
    }
    if employer is not None:
        payload |= {
            "company": employer.name,
            "industry": employer.industry,
            "employees": max(employer.employees, kind.smallest),
        }
    for name in ("country", "employees", "campaign", "company", "role"):
        if dice.random() < kind.gaps * 0.4:
            payload.pop(name, None)
    return {name: value for name, value in payload.items() if value not in ("", None, {})}


def _return(
    dice: random.Random, kind: Kind, first: dict[str, Any], at: dt.datetime
) -> dict[str, Any]:
    """They come back, with more to say than the first time."""
    campaign = f"{at.year}q{(at.month + 2) // 3}_email_{dice.choice(THEMES)}_return"
    trail = [_touch(dice, name, campaign, at - dt.timedelta(hours=dice.uniform(1, 90)))
             for name in ("pricing_page", "case_study") if dice.random() < 0.8]  # fmt: skip
    trigger = "demo_request" if dice.random() < 0.6 else kind.trigger
    deed = "demo_request" if trigger == "demo_request" else _deed(kind.trail[-1])
    kept = ("first_name", "last_name", "email", "company", "role", "country")
    return {
        **{name: first[name] for name in kept if name in first},
        "source": "email",
        "campaign": campaign,
        "trigger": trigger,
        "offer": OFFERS[trigger],
        "timing": "this quarter",
        "problem": dice.choice(PROBLEMS),
        "occurred_at": at.isoformat(),
        "touchpoints": [*trail, _touch(dice, deed, campaign, at)],
    }


def _campaign(dice: random.Random, source: str, company: Company, at: dt.datetime) -> str:
    """Names follow the rule year and quarter, channel, theme, region."""
    region = slug(company.land.region)
    theme = dice.choice(THEMES)
    return f"{at.year}q{(at.month + 2) // 3}_{source.replace('_', '-')}_{theme}_{region}"


def _answers(dice: random.Random, kind: Kind) -> dict[str, Any]:
    if kind.trigger in ("demo_request", "trial_start", "contact_request"):
        return {
            "transactions_a_month": dice.choice(("under 5,000", "5,000–50,000", "over 50,000")),
            "runs_on": dice.choice(("Spreadsheets", "NetSuite", "SAP", "Xero", "In-house tool")),
        }
    return {}


def _deed(step: str) -> str:
    return step.rstrip("?")


def _trail(dice: random.Random, kind: Kind, campaign: str, at: dt.datetime) -> list[dict[str, Any]]:
    """The deeds that led to the enquiry, the last of them at its moment."""
    names = [_deed(step) for step in kind.trail if not step.endswith("?") or dice.random() < 0.55]
    moment, touches = at, []
    for place, name in enumerate(reversed(names)):
        if place:
            moment -= dt.timedelta(
                hours=dice.choice((0.1, 0.3, 2, 20, 45, 70)) * dice.uniform(0.5, 1.5)
            )
        touches.append(_touch(dice, name, campaign, moment))
    return touches[::-1]


def _touch(dice: random.Random, name: str, campaign: str, at: dt.datetime) -> dict[str, Any]:
    page, detail = dice.choice(PAGES[name])
    touch: dict[str, Any] = {"signal": name, "occurred_at": at.isoformat(), "campaign": campaign}
    if page:
        touch["url"] = f"{SITE}{page}"
    if detail:
        touch["detail"] = detail
    if name in LASTING:
        touch["seconds"] = round(LASTING[name] * dice.lognormvariate(0, 0.5))
    return touch
