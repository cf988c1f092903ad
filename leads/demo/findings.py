"""What sellers of the demo find out: answers to the questions the playbook asks in each step."""

import random

from handoff.checklists import Item
from handoff.models import Step
from leads.journey import checking
from leads.models import Handoff

SAYINGS = {
    "need": (
        "Four people, nine working days, every month; last quarter's numbers came out late",
        "Two people match payouts by hand, about 60 hours a month",
        "An auditor found 14 unmatched payouts; it cost them a week",
        "Every new processor adds two days to the close",
    ),
    "authority": (
        "Their CFO signs; the controller recommends",
        "Head of Finance decides up to 50,000, above that the CFO",
        "CFO and CTO together, since it touches the ledger",
    ),
    "timing": ("Before the year-end close", "First close of next quarter", "Within six weeks"),
    "tools": (
        "Stripe and Adyen, NetSuite, spreadsheets in between",
        "PayPal, Sage Intacct and a home-made export",
        "Three banks, Xero, nothing for matching",
    ),
    "owner": ("The controller", "Head of Finance Operations", "A project lead from IT"),
    "impact": ("84000", "120000", "46000", "210000"),
    "stakeholders": (
        "CFO, controller, IT security; procurement only above 100,000",
        "Head of Finance and the CTO; the auditors are asked",
    ),
    "deal_path": (
        "Trial on last month's data, security paper, CFO signs",
        "Two references, legal review of three weeks, signature",
    ),
    "security_review": ("yes", "no"),
}
NOTES = (
    "Knew our integration page. Wants to see it on their own payouts.",
    "In a hurry: the auditors come in spring. Happy to bring the controller along.",
    "Compared us with doing nothing; the last close changed that.",
)
INTROS = (
    "Expects your call this week and will bring the controller. Begin with last quarter's close.",
    "Warm: read two customer stories. Ask about the second processor first.",
    "Said yes to a look at their own data. I promised the sample report.",
)
DOUBTS = (
    "Nobody asked who signs. Please find out before we show them anything.",
    "The budget line is a guess; I would rather know.",
)


def found(handoff: Handoff, dice: random.Random, *, share: float) -> dict[str, str]:
    """Answers to about this share of what the step asks, and to all that a call has to tell."""
    items = checking.asked_in(handoff.step, Step.objects.asking()).items.values()
    told = {
        item.key: _answer(item, dice)
        for item in items
        if item.call or dice.random() < share and item.kind != "fact"
    }
    return {key: text for key, text in told.items() if text}


def _answer(item: Item, dice: random.Random) -> str:
    if item.kind == "choice":
        return dice.choice(item.choices)
    return dice.choice(SAYINGS[item.key]) if item.key in SAYINGS else ""
