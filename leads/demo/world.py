"""The companies of the demo, and what the CRM knows of them."""

import datetime as dt
import itertools
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from leads.journey import dealing, outcomes
from leads.models import Account

from .names import LANDS, STEMS, TRADE_SHARES, TRADES, Land

SEED = "northwind"
SIZES = ((12, 45), (45, 120), (120, 420), (420, 1400), (1400, 9000))
SIZE_SHARES = (18, 24, 32, 18, 8)
FUNDING = ("bootstrapped", "seed", "series A", "series B", "series C", "public")


@dataclass(frozen=True)
class Company:
    """A company that leads come from. `known`: what the CRM says of it, if it is there."""

    name: str
    domain: str
    industry: str
    employees: int
    land: Land
    known: str = ""


def luck(*names: object) -> random.Random:
    """A random source that gives the same for the same names, on every machine."""
    return random.Random(":".join(map(str, (SEED, *names))))


def slug(text: str) -> str:
    """Letters and digits of a text in plain ASCII."""
    plain = text.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def companies() -> Iterator[Company]:
    """Companies without end, each once, always in the same order."""
    names = [
        (f"{stem}{ending}", trade)
        for stem, (trade, endings) in itertools.product(STEMS, TRADES.items())
        for ending in endings
    ]
    weights = [TRADE_SHARES[trade] / len(TRADES[trade]) for _, trade in names]
    dice = luck("companies")
    order = sorted(
        range(len(names)), key=lambda place: dice.random() ** (1 / weights[place]), reverse=True
    )
    for round_ in itertools.count():
        for place in order:
            name, trade = names[place]
            yield _company(f"{name} {round_ + 1}" if round_ else name, trade)


def _company(name: str, trade: str) -> Company:
    dice = luck("company", name)
    (low, high), *_ = dice.choices(SIZES, SIZE_SHARES)
    land, *_ = dice.choices(LANDS, [land.share for land in LANDS])
    employees = round(dice.randint(low, high), -1) if low > 100 else dice.randint(low, high)
    known, *_ = dice.choices(("", "customer", "target", "dealing", "competitor"), (83, 6, 6, 4, 1))
    return Company(name, f"{slug(name)}.example", trade, employees, land, known)


def register(company: Company, *, owner: str | None, at: dt.datetime) -> None:
    """Tell the journey what the CRM knows of a company, as the CRM would, if it knows anything."""
    if not company.known:
        return
    data: dict[str, object] = {
        "name": company.name,
        "industry": company.industry,
        "employees": company.employees,
        "country": company.land.code,
        "owner": owner if company.known != "competitor" else None,
    }
    flag = company.known if company.known in ("customer", "target", "competitor") else None
    if flag:
        data[flag] = True
    account, created = outcomes.upsert_account(company.domain, data, actor=None, at=at, by="CRM")
    if created:
        Account.objects.filter(pk=account.pk).update(is_demo=True)
    if company.known == "dealing":
        deal = {
            "account": company.domain,
            "owner": owner,
            "stage": "open",
            "amount": 1000 * (company.employees % 60 + 8),
            "opened_at": at.isoformat(),
        }
        ref = f"demo-{slug(company.name)}-open"
        dealing.record_opportunity(ref, deal, actor=None, at=at, by="CRM")
