"""The fields that rules may ask about, how their values are written, and what follows from them.

Pure: knows no table. Source: contracts.md §3 “Values” and “Fields”.
"""

import functools
import ipaddress
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import idna
import phonenumbers
from publicsuffixlist import PublicSuffixList

from .countries import alpha_2
from .free_mail import FREE_MAIL
from .roles import function_of, seniority_of


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"


@dataclass(frozen=True)
class Field:
    """A field of the catalogue. `sections`: where conditions may name it.

    `integral`: only whole numbers occur. `is_fact`: given or derived before judging; the others are
    outcomes of judging itself.
    """

    name: str
    kind: Kind
    sections: frozenset[str]
    always_known: bool = False
    integral: bool = False
    is_fact: bool = True


EVERYWHERE = frozenset({"motions", "fit", "decide", "route"})

TEXTS = (
    "email",
    "email_domain",
    "role",
    "seniority",
    "function",
    "country",
    "region",
    "language",
    "phone",
    "company",
    "product_interest",
    "problem",
    "timing",
    "trigger",
    "source",
    "campaign",
    "offer",
    "landing_page",
    "industry",
    "funding_stage",
)
FALSE_UNLESS_TOLD = (
    "free_mail",
    "customer",
    "target",
    "owned",
    "open_opportunity",
    "competitor",
    "duplicate",
    "reentry",
)


def _catalogue() -> dict[str, Field]:
    facts = [Field(name, Kind.TEXT, EVERYWHERE) for name in TEXTS]
    facts += [Field(name, Kind.BOOL, EVERYWHERE, always_known=True) for name in FALSE_UNLESS_TOLD]
    facts += [
        Field("consent", Kind.BOOL, EVERYWHERE),
        Field("employees", Kind.NUMBER, EVERYWHERE, integral=True),
        Field("revenue", Kind.NUMBER, EVERYWHERE),
        Field("submissions", Kind.NUMBER, EVERYWHERE, integral=True),
    ]
    late = frozenset({"decide", "route"})
    outcomes = [
        Field("motion", Kind.TEXT, EVERYWHERE - {"motions"}, is_fact=False),
        Field("fit", Kind.NUMBER, late, always_known=True, is_fact=False),
        Field("intent", Kind.NUMBER, late, always_known=True, is_fact=False),
        Field("missing", Kind.NUMBER, late, always_known=True, integral=True, is_fact=False),
        Field("status", Kind.TEXT, frozenset({"route"}), always_known=True, is_fact=False),
        Field("tier", Kind.TEXT, frozenset({"route"}), is_fact=False),
    ]
    return {field.name: field for field in facts + outcomes}


CATALOGUE: Mapping[str, Field] = _catalogue()
FACTS: tuple[str, ...] = tuple(name for name, field in CATALOGUE.items() if field.is_fact)
"""Fields that are known before judging, one column each in a facts relation."""

OUTCOMES: frozenset[str] = frozenset(CATALOGUE) - frozenset(FACTS)
"""Fields that judging itself makes; no row may carry them."""

YES = frozenset({"true", "yes", "y", "1", "on"})
NO = frozenset({"false", "no", "n", "0", "off"})
NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d{1,3})?", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s'’_]")
DOMAIN_TAIL = re.compile(r"[/?#:].*", re.DOTALL)
PHONE_SEPARATORS = re.compile(r"[\s()./-]")
SUFFIXES = PublicSuffixList()


def normalise(name: str, value: Any) -> Any:
    """A value as rules compare it; None is unknown: blank, or not readable as the field's kind.

    Text is NFC and trimmed; email lower-cased with an IDNA domain; phone E.164 where it parses
    (`phone` takes a country as a hint); country ISO-3166 alpha-2 where it is known; domains
    registrable. `name` may be outside the catalogue: such values are texts.
    """
    field = CATALOGUE.get(name)
    if field is not None and field.kind is Kind.NUMBER:
        return number(value)
    if field is not None and field.kind is Kind.BOOL:
        return boolean(value)
    if isinstance(value, bool):
        value = str(value).lower()
    said = text(value)
    if said is None:
        return None
    return FORMS[name](said) if name in FORMS else said


def normalise_part(name: str, said: str) -> str | None:
    """A part of a text (the operand of contains and starts_with) as rules compare it.

    A country's name or code becomes its code, and what separates digits of a phone number goes.
    The words of a domain are written as IDNA writes them; else parts stay as they are.
    """
    part = text(said)
    if part is None:
        return None
    if name == "country":
        return alpha_2(part)
    if name == "phone":
        return PHONE_SEPARATORS.sub("", part) or part
    if name == "email_domain" or (name == "email" and "@" in part):
        local, at, domain_part = part.rpartition("@")
        return f"{local}{at}{'.'.join(_ascii(word) for word in domain_part.split('.'))}"
    return part


def text(value: Any) -> str | None:
    """A text, NFC and trimmed; None where blank. Numbers are taken as they are written."""
    if value is None or isinstance(value, dict | list | tuple):
        return None
    said = value if isinstance(value, str) else str(value)
    said = said.strip() if said.isascii() else unicodedata.normalize("NFC", said).strip()
    return said or None


def number(value: Any) -> float | None:
    """A number from a number or its text: `1,200`, `1 200`, `1.200,50`, `1'200`; else None.

    A single comma before exactly three digits separates thousands; before others it is decimal.
    """
    if isinstance(value, bool) or value is None:
        return None
    if not isinstance(value, int | float | Decimal):
        value = _plain_number(str(value)) if isinstance(value, str) else None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found + 0.0 if math.isfinite(found) else None


def _plain_number(said: str) -> str | None:
    said = SEPARATORS.sub("", said)
    if not NUMBER.fullmatch(said):
        return None
    commas, dots = said.count(","), said.count(".")
    if commas and dots:
        decimal = "," if said.rindex(",") > said.rindex(".") else "."
        thousands = "." if decimal == "," else ","
        return said.replace(thousands, "").replace(decimal, ".")
    if dots > 1:
        return said.replace(".", "")
    if commas == 1 and not re.search(r"\d,\d{3}$", said):
        return said.replace(",", ".")
    return said.replace(",", "")


def boolean(value: Any) -> bool | None:
    """True or false from itself, 1 and 0, or `true yes y 1 on` and `false no n 0 off`."""
    if isinstance(value, bool):
        return value
    said = str(int(value)) if isinstance(value, int | float) and value in (0, 1) else value
    word = said.strip().casefold() if isinstance(said, str) else ""
    return True if word in YES else False if word in NO else None


def email(said: str) -> str:
    """Lower-cased, with the domain as IDNA writes it; dots and plus tags stay."""
    local, at, domain = said.lower().rpartition("@")
    return f"{local}{at}{_ascii(domain)}"


@functools.lru_cache(maxsize=16384)
def domain(said: str) -> str:
    """The registrable domain of a host name or address (`www.acme.co.uk/x` → `acme.co.uk`).

    What has none (`localhost`, an IP address, a public suffix) stays, lower-cased.
    """
    host = said.lower()
    host = host.split("//", 1)[-1].rsplit("@", 1)[-1]
    host = _ascii(DOMAIN_TAIL.sub("", host).strip(". "))
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return SUFFIXES.privatesuffix(host) or host or said.lower()


@functools.lru_cache(maxsize=16384)
def phone(said: str, country: str | None = None) -> str:
    """E.164 where the number parses, else as typed. `country` (alpha-2) reads national numbers."""
    trimmed = text(said) or ""
    region = country.upper() if country and len(country) == 2 else None
    try:
        parsed = phonenumbers.parse(trimmed, region)
    except phonenumbers.NumberParseException:
        return trimmed
    if not phonenumbers.is_possible_number(parsed):
        return trimmed
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


FORMS: Mapping[str, Callable[[str], str]] = {
    "email": email,
    "email_domain": domain,
    "domain": domain,
    "phone": phone,
    "country": alpha_2,
}


def derive(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what follows from them, where they do not say so themselves.

    `email_domain` and `free_mail` follow from the email, `seniority` and `function` from the role.
    """
    full = {name: value for name, value in values.items() if value is not None}
    address = full.get("email")
    if "email_domain" not in full and address and "@" in address:
        host = address.rpartition("@")[2]
        if host:
            full["email_domain"] = domain(host)
    if "free_mail" not in full:
        full["free_mail"] = is_free_mail(full.get("email_domain"))
    role = full.get("role")
    if role:
        for name, of in (("seniority", seniority_of), ("function", function_of)):
            if name not in full and (found := of(role)):
                full[name] = found
    return full


def is_free_mail(host: str | None) -> bool:
    """Whether a domain gives mailboxes to anybody, so that it tells nothing about a company."""
    return bool(host) and host in FREE_MAIL
