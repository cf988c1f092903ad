"""A mapping guessed from the names of a file's columns. Pure; knows no table."""

from collections.abc import Sequence
from dataclasses import replace

from .mapping import FIELDS_OF, Column, Map
from .naming import folded

SYNONYMS_OF_DEALS = {
    "ref": "id|opportunity|opportunity id|deal|deal id|number|record id",
    "lead": "email|lead id|contact|contact email|mql id|lead email",
    "account": "domain|website|company domain|account domain",
    "stage": "status|outcome|result",
    "amount": "value|deal value|revenue",
    "owner": "owner email|opportunity owner|deal owner|sales rep",
    "opened_at": "opened|created|created at|created date|open date",
    "closed_at": "closed|close date|closed date|won date",
    "reason": "loss reason|lost reason|closed lost reason",
    "step": "pipeline step|pipeline stage",
    "note": "notes|description|comment",
}

SYNONYMS = {
    "email": "e mail|mail|email address|work email|business email|correo|e mail adresse",
    "external_id": "id|lead id|mql id|record id|contact id|crm id|external id",
    "phone": "phone number|telephone|mobile|tel|telefon",
    "first_name": "firstname|given name|vorname|forename",
    "last_name": "lastname|surname|family name|nachname",
    "role": "job title|title|position|jobtitle",
    "company": "company name|organisation|organization|account|account name|employer|firma",
    "domain": "website|company domain|url|web site",
    "country": "country code|land",
    "region": "state|province|county",
    "employees": "employee count|company size|number of employees|headcount|size",
    "revenue": "annual revenue|turnover",
    "source": "lead source|utm source|origin|channel",
    "campaign": "utm campaign|campaign name",
    "landing_page": "landing page id|page|landing page url",
    "trigger": "event|action|form",
    "problem": "message|comments|comment|notes|challenge",
    "timing": "timeline|timeframe|when",
    "product_interest": "product|interest|interested in",
    "consent": "opt in|optin|gdpr|marketing consent",
    "occurred_at": "date|created|created at|created date|timestamp|first contact date|submitted at",
}


def guess_mapping(headers: Sequence[str], *, system: str = "file", of: str = "leads") -> Map:
    """A mapping guessed from the names of columns; what is not recognised becomes an answer, or is
    left out of an opportunity."""
    read = Map(system=system, of=of)
    columns: dict[str, Column] = {}
    taken: set[str] = set()
    for name in headers:
        target = _guessed(name, of)
        columns[name] = read.unnamed(name) if target in ("", *taken) else Column(target)
        taken.add(target)
    return replace(read, columns=columns)


def _guessed(name: str, of: str) -> str:
    plain = folded(name).translate(str.maketrans("_-./", "    ")).strip()
    plain = " ".join(plain.split())
    synonyms = SYNONYMS if of == "leads" else SYNONYMS_OF_DEALS
    for target in FIELDS_OF[of]:
        if plain == target.replace("_", " ") or plain in synonyms.get(target, "").split("|"):
            return target
    return ""
