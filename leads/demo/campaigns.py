"""What the demo's marketing describes: three campaigns, four offers, two personas, their briefs,
and texts. Who edits one makes it theirs; `remove` leaves it then."""

import datetime as dt

from django.db.models import ProtectedError

from handoff.models import User
from leads.models import Brief, Campaign, Offer, PageName, Persona, TextTemplate

CAMPAIGNS = (
    ("Close faster", ["*_close-faster_*"], "A month-end close of five days instead of nine"),
    ("No more spreadsheets", ["*_no-more-spreadsheets_*"], "Reconciling payouts without exports"),
    ("Audit ready", ["*_audit-ready_*"], "A trail for every adjustment, before the auditors ask"),
)
"""Names, what their leads carry, and themes. “One ledger” waits for somebody to describe it."""

PAGES = (("five-day close guide", "/guides/month-end-close"),)
"""What pages are called whose address says it otherwise."""

OFFERS = (
    {
        "name": "Guided demo",
        "keys": ["Guided demo"],
        "promise": "Thirty minutes with an expert, on numbers like theirs. No slides.",
        "motions": ["enterprise", "mid_market"],
    },
    {
        "name": "Trial, 14 days",
        "keys": ["Trial, 14 days"],
        "promise": "The whole product for 14 days, one processor connected, help by chat.",
        "employees_to": 1000,
        "topic": "/trial",
    },
    {
        "name": "The five-day close",
        "keys": ["The five-day close"],
        "promise": "A guide of twelve pages: which steps of the close can run side by side.",
        "topic": "/guides/month-end-close",
    },
    {
        "name": "Close faster, live",
        "keys": ["Close faster, live"],
        "promise": "A webinar of 45 minutes, then a sample report on their own export.",
        "topic": "/webinars/close-faster",
    },
)

LEADING = ["founder", "c_level", "vp", "head", "director", "manager"]
PERSONAS: tuple[tuple[str, list[str], list[str]], ...] = (
    ("Finance lead", ["finance"], LEADING),
    ("Systems and engineering", ["engineering", "it", "product"], []),
)

CLOSE_QUESTIONS = [
    {
        "ask": "Which of your processors costs you most of the days of the close?",
        "why": "Need: they name the pain, seldom where it sits",
        "fills": "problem",
    },
    {
        "ask": "What does the close run on today?",
        "why": "Spreadsheets, an ERP, or a tool of their own",
        "fills": "item:tools",
    },
    {
        "ask": "Who else signs off a change to the close?",
        "why": "Authority",
        "fills": "item:authority",
    },
    {"ask": "By when should it be solved, and why then?", "why": "Timing", "fills": "timing"},
]
CLOSE_OBJECTIONS = [
    {
        "said": "we are building this ourselves",
        "answer": "Two finance teams of their size stopped at the third processor. Offer the sample"
        " report on their own data, not another deck.",
    },
    {
        "said": "not before the audit",
        "answer": "The trail is what the auditors ask for. Offer to start with one entity, and to"
        " leave the ledger as it is.",
    },
]
CLOSE_READINGS = [
    {
        "topic": "Close faster",
        "means": "Came for the method. Who stayed to the end plans a change this half-year.",
        "ask": "Which of the three steps did you try since?",
    },
    {
        "topic": "NetSuite",
        "means": "Checks whether we fit what they have, so somebody technical will ask next.",
        "ask": "Who looks after NetSuite on your side?",
    },
    {
        "topic": "SOC 2",
        "means": "Security was asked for: more people decide than you have met.",
        "ask": "Who reviews new vendors, and when do they meet?",
    },
    {
        "topic": "pricing",
        "means": "Compares. Speak of what nine days cost, before what we cost.",
        "ask": "What would a close of five days be worth to you?",
    },
]

MAIL = """Hello {{ first_name }},

you asked us about {{ product_interest }}: thank you.

{{ question }}

I suggest {{ goal }}. Would Thursday morning suit you?

{{ my_name }}
Northwind Ledger"""
MAIL_DE = """Guten Tag {{ first_name }} {{ last_name }},

vielen Dank für Ihr Interesse an {{ offer }}. Was hält Ihren Monatsabschluss bei {{ company }} am
längsten auf?

Dafür genügen zwanzig Minuten. Passt Ihnen Donnerstag vormittag?

{{ my_name }}
Northwind Ledger"""
NOTE = """{{ full_name }}, {{ role }} at {{ company }} ({{ employees }} people, {{ country }}).

Why now: {{ trigger_sentence }}
Their words: {{ problem }}
When: {{ timing }}
Promised: {{ offer }}. {{ offer_promise }}
Next: {{ next_step }}

From {{ owner_name }}"""
SUMMARY = """{{ full_name }}, {{ role }} at {{ company }}.
{{ status }}: fit {{ fit }}, intent {{ intent }}.
Campaign {{ campaign }}, asked for {{ offer }}.

{{ journey }}

Not known yet: {{ unknown }}"""
TEXTS = (
    ("first_touch", "First mail", "en", "Your close at {{ company }}", MAIL),
    ("first_touch", "Erste Mail", "de", "Ihr Abschluss bei {{ company }}", MAIL_DE),
    ("hand_over", "Note to the account executive", "", "", NOTE),
    ("summary", "Lead in short", "", "", SUMMARY),
)


def describe(*, at: dt.datetime) -> None:
    """Write all of it down, where nothing is described yet."""
    if Campaign.objects.exists() or Brief.objects.exists() or TextTemplate.objects.exists():
        return
    owner = User.objects.filter(groups__name="marketing_ops", is_demo=True).order_by("pk").first()
    quarter = dt.date(at.year, 3 * ((at.month - 1) // 3) + 1, 1)
    campaigns = [
        Campaign.objects.create(
            name=name, keys=keys, theme=theme, owner=owner, starts_on=quarter, is_demo=True
        )
        for name, keys, theme in CAMPAIGNS
    ]
    for offer in OFFERS:
        Offer.objects.create(**offer, is_demo=True)
    personas = [
        Persona.objects.create(
            name=name, functions=functions, seniorities=levels, position=10 * place, is_demo=True
        )
        for place, (name, functions, levels) in enumerate(PERSONAS, 1)
    ]
    _briefs(campaigns, personas)
    for name, path in PAGES:
        PageName.objects.create(name=name, paths=[path], is_demo=True)
    for kind, name, language, subject, body in TEXTS:
        TextTemplate.objects.create(
            kind=kind, name=name, language=language, subject=subject, body=body, is_demo=True
        )


def _briefs(campaigns: list[Campaign], personas: list[Persona]) -> None:
    close, sheets, audit = campaigns
    finance, technical = personas
    rows = {
        "questions": CLOSE_QUESTIONS,
        "objections": CLOSE_OBJECTIONS,
        "readings": CLOSE_READINGS,
    }
    Brief.objects.create(
        goal="a call of twenty minutes on your slowest processor",
        pain="Every month the same nights; nobody can say which exports are missing until day six.",
        talk_track="Ask where the days go. Then: most teams of your size lose four of the nine days"
        " to waiting for exports, not to accounting.",
        proof="Harbor & Vale closes in four days since spring, with one person less in it.",
        **rows,
        campaign=close,
        persona=finance,
        is_demo=True,
    )
    Brief.objects.create(
        goal="a technical call on your processors and your ledger",
        pain="They write the exports that finance waits for.",
        talk_track="Speak of what they need not build: connectors, retries, the trail.",
        questions=[
            {"ask": "How many exports do you keep alive for finance?", "why": "Need", "fills": ""},
            *CLOSE_QUESTIONS[1:],
        ],
        objections=CLOSE_OBJECTIONS[:1],
        readings=CLOSE_READINGS[1:3],
        campaign=close,
        persona=technical,
        is_demo=True,
    )
    for campaign, goal in (
        (sheets, "twenty minutes on the one spreadsheet that costs you most"),
        (audit, "a walk through the trail, with your controller there"),
        (None, "a call of twenty minutes with whoever owns your close"),
    ):
        Brief.objects.create(goal=goal, **rows, campaign=campaign, is_demo=True)


def remove() -> None:
    """Take away what nobody made theirs since, unless something of theirs hangs on it."""
    for model in (TextTemplate, PageName, Brief, Persona, Campaign, Offer):
        for one in model.objects.filter(is_demo=True):
            try:
                one.delete()
            except ProtectedError:
                model.objects.filter(pk=one.pk).update(is_demo=False)
