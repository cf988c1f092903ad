"""What a page is called, from its address: “/integrations/erp” is the ERP integration page."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

KINDS = {
    "integrations": "integration page",
    "integration": "integration page",
    "guides": "guide",
    "guide": "guide",
    "ebooks": "ebook",
    "whitepapers": "white paper",
    "reports": "report",
    "templates": "template",
    "resources": "resource",
    "customers": "customer story",
    "case-studies": "customer story",
    "stories": "customer story",
    "webinars": "webinar",
    "events": "event page",
    "blog": "blog post",
    "docs": "help page",
    "help": "help page",
    "products": "product page",
    "product": "product page",
    "features": "feature page",
    "solutions": "solution page",
    "compare": "comparison",
    "industries": "industry page",
}
"""What lies below the first part of an address."""

NOUNS = tuple(dict.fromkeys(KINDS.values()))
PRICING = frozenset({"pricing", "price", "prices", "plans"})
SHORT = frozenset({"ai", "api", "b2b", "crm", "erp", "faq", "gdpr", "hr", "pdf", "roi", "sap",
                   "sdk", "soc", "sso", "uk", "usa", "vat"})  # fmt: skip
LANGUAGE = re.compile(r"[a-z]{2}([-_][a-z]{2})?")
ENDING = re.compile(r"\.(html?|php|aspx?|pdf)$")
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A page by name: `leaf` tells it apart (“ERP”), `kind` says what it is (“integration
    page”)."""

    leaf: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.leaf} {self.kind}".strip()

    def called(self, name: str) -> "Page":
        """The same page by the name its sender gives, where that is what the address means:
        “NetSuite” for netsuite."""
        plain, given = _plain(self.leaf), _plain(name)
        if not plain or not given.startswith(plain) or "," in name or len(name) > LONGEST:
            return self
        if name.casefold().endswith(self.kind):
            name = name[: -len(self.kind)].strip()
        return Page(name, self.kind)


def page_of(url: str) -> Page | None:
    """The page of an address, None where the address tells no page."""
    parts = _parts(url)
    if parts is None:
        return None
    if not parts:
        return Page("", "home page")
    first, last = parts[0], parts[-1]
    if first in PRICING:
        return Page("", "pricing page")
    if parts == ["blog"]:
        return Page("", "blog")
    leaf = _words(last)
    for noun in NOUNS:
        if leaf.lower().endswith(noun):
            return Page(leaf[: -len(noun)].strip(), noun)
    return Page(leaf, KINDS.get(first, "page") if len(parts) > 1 else "page")


def is_pricing(signal: str, url: str) -> bool:
    """Whether a deed was a look at prices, by its signal or its address."""
    if "pricing" in signal:
        return True
    parts = _parts(url) or [""]
    return parts[0] in PRICING


def _parts(url: str) -> list[str] | None:
    """The telling parts of an address' path, lower-cased; None where it is no address of a page."""
    try:
        found = urlsplit(url.strip())
    except ValueError:
        return None
    if not found.path.startswith("/") and not found.netloc:
        return None
    parts = [ENDING.sub("", unquote(part).strip().lower()) for part in found.path.split("/")]
    parts = [part for part in parts if part not in ("", "index")]
    if parts and LANGUAGE.fullmatch(parts[0]):
        parts = parts[1:]
    named = [part for part in parts if any(letter.isalpha() for letter in part)]
    return None if parts and not named else named


def _words(part: str) -> str:
    said = re.sub(r"[-_+\s]+", " ", part).strip()[:LONGEST]
    return " ".join(word.upper() if word in SHORT else word for word in said.split())


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
