"""Seniority and function as a job title tells them.

Seniority is one of `founder c_level vp head director manager senior individual student`, function
one of `management finance sales marketing product engineering it operations procurement people
legal support design education`. The first word list that matches speaks; a title that matches
nothing is unknown. A title with a known function and no rank is `individual`.
"""

import functools
import re

SENIORITY: tuple[tuple[str, str], ...] = (
    ("student", r"student|intern|internship|trainee|apprentice|working student|phd candidate"),
    (
        "founder",
        r"founder|co-?founder|(?<!product )(?<!process )owner|proprietor|gründer|fondateur"
        r"|fondatrice|inhaber(in)?",
    ),
    ("vp", r"vp|svp|evp|avp|vice[- ]president"),
    (
        "c_level",
        r"c[efotmipsrd]o|c(hro|cso|iso|pto)|chief|president|managing director|general manager"
        r"|geschäftsführer(in)?|directeur général|partner|managing partner|board member",
    ),
    ("head", r"head|leiter(in)?|responsable"),
    ("director", r"director|directrice|directeur|direktor(in)?"),
    ("manager", r"manager|mgr|team ?lead|teamleiter(in)?|supervisor|lead|gerente"),
    ("senior", r"senior|sr|principal|staff|expert|architect"),
    ("individual", r"junior|jr|associate|assistant|entry[- ]level|freelancer?"),
)

FUNCTION: tuple[tuple[str, str], ...] = (
    ("education", r"student|professor|teacher|lecturer|phd|researcher|faculty"),
    (
        "finance",
        r"finance|financial|cfo|accounts?|accounting|accountant|controller|controlling|treasury"
        r"|treasurer|bookkeep(er|ing)|billing|payroll|tax|audit(or)?|finanzen|buchhaltung|fp&a",
    ),
    ("marketing", r"marketing|cmo|growth|brand|demand[- ]gen(eration)?|seo|content|campaigns?"),
    (
        "sales",
        r"sales|cro|revenue|account executive|account manager|business development|bdr|sdr"
        r"|vertrieb|commercial",
    ),
    ("product", r"product|cpo"),
    (
        "it",
        r"it|cio|information technology|sysadmin|systems? administrator|infrastructure|security"
        r"|ciso|help ?desk|network",
    ),
    (
        "engineering",
        r"engineer(ing)?|developer|cto|software|devops|architect|technology|technical|data"
        r"|programmer|entwickler(in)?",
    ),
    ("procurement", r"procurement|purchasing|buyer|sourcing|einkauf"),
    ("people", r"hr|chro|human resources|people|talent|recruit(er|ing|ment)|personal"),
    ("legal", r"legal|counsel|lawyer|attorney|compliance|clo|paralegal"),
    ("support", r"support|customer (success|service|care)|service desk"),
    ("design", r"design(er)?|ux|ui|creative"),
    ("operations", r"operations?|ops|coo|logistics|supply chain|office|project|administration"),
    (
        "management",
        r"ceo|president|founder|co-?founder|owner|managing director|general manager|partner"
        r"|geschäftsführer(in)?|board member|inhaber(in)?",
    ),
)

ACCOUNT_TITLES = re.compile(r"account (executive|manager|director)")
"""Titles that say “account” and mean sales."""


def _patterns(lists: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for name, words in lists)


RANKS = _patterns(SENIORITY)
TRADES = _patterns(FUNCTION)


@functools.lru_cache(maxsize=4096)
def seniority_of(role: str) -> str | None:
    """The rank a job title tells; None where it tells none."""
    title = role.casefold()
    for rank, pattern in RANKS:
        if pattern.search(title):
            return rank
    return "individual" if function_of(role) else None


@functools.lru_cache(maxsize=4096)
def function_of(role: str) -> str | None:
    """The line of work a job title tells; None where it tells none."""
    title = role.casefold()
    if ACCOUNT_TITLES.search(title):
        return "sales"
    return next((trade for trade, pattern in TRADES if pattern.search(title)), None)
