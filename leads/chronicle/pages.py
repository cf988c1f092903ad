"""What a page is called, from its address: “/integrations/erp” is the ERP integration page."""

import re
from collections.abc import Iterable
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
        “NetSuite” for netsuite. What marketing calls it (without a kind) stays."""
        if not self.kind:
            return self
        plain, given = _plain(self.leaf), _plain(name)
        if not plain or not given.startswith(plain) or "," in name or len(name) > LONGEST:
            return self
        if name.casefold().endswith(self.kind):
            name = name[: -len(self.kind)].strip()
        return Page(name, self.kind)


class Names:
    """What marketing calls pages: by a path, or by a pattern in which `*` stands for anything. An
    exact path goes before a pattern, a longer pattern before a shorter."""

    def __init__(self, named: Iterable[tuple[str, Iterable[str]]] = ()) -> None:
        self.exact: dict[str, str] = {}
        patterns: list[tuple[str, str]] = []
        for name, paths in named:
            for path in paths:
                if "*" in path:
                    patterns.append((path, name))
                else:
                    self.exact.setdefault(path, name)
        patterns.sort(key=lambda one: -len(one[0]))
        self.patterns = [(_fitting(path), name) for path, name in patterns]
        self.known: dict[str, str] = {}

    def of(self, url: str) -> str:
        """What the page of an address is called; "" where nobody said."""
        if not (self.exact or self.patterns):
            return ""
        if url not in self.known:
            path = path_of(url)
            fits = (name for pattern, name in self.patterns if pattern.fullmatch(path))
            self.known[url] = self.exact.get(path) or next(fits, "") if path else ""
        return self.known[url]


def _fitting(path: str) -> re.Pattern[str]:
    """A pattern as an expression that never tries a part twice, however many `*` there are."""
    first, *middle, last = map(re.escape, path.split("*"))
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + f".*{last}")


NOBODY_SAID = Names()


def path_of(url: str) -> str:
    """An address as names of pages know it: its path in small letters, without host, query, ending
    and a language at its beginning; "" where it is no address of a page."""
    parts = _path(url)
    return "" if parts is None else "/" + "/".join(parts)


def page_of(url: str, names: Names = NOBODY_SAID) -> Page | None:
    """The page of an address, by what marketing calls it, else by the address itself; None where
    that tells no page."""
    if called := names.of(url):
        return Page(called, "")
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
    parts = _path(url)
    if parts is None:
        return None
    named = [part for part in parts if any(letter.isalpha() for letter in part)]
    return None if parts and not named else named


def _path(url: str) -> list[str] | None:
    """Every part of an address' path, lower-cased, without ending and language; None where it is no
    address of a page."""
    try:
        found = urlsplit(url.strip())
    except ValueError:
        return None
    if not found.path.startswith("/") and not found.netloc:
        return None
    parts = [ENDING.sub("", unquote(part).strip().lower()) for part in found.path.split("/")]
    parts = [part for part in parts if part not in ("", "index")]
    return parts[1:] if parts and LANGUAGE.fullmatch(parts[0]) else parts


def _words(part: str) -> str:
    said = re.sub(r"[-_+\s]+", " ", part).strip()[:LONGEST]
    return " ".join(word.upper() if word in SHORT else word for word in said.split())


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
