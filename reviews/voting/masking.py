"""What would tell who somebody is, taken out of a text. Pure.

Case, accents, spaces and hyphens do not matter, and a word may be cut by them: “Nova-Pay” and
“NOVAPAY” are the company Novapay. It rather takes out a word too many (somebody called Will loses
the verb) than one too few. What nobody told, such as the name of a colleague, it cannot know.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations

from handoff.rules.fields import is_free_mail
from leads.journey.naming import WORDS, company_key, folded

NAME, COMPANY, MAIL, PHONE, LINK = "name", "company", "e-mail", "phone", "web address"

E_MAIL = re.compile(r"[^\s@<>()\[\],;:“”\"]+@[^\s@<>()\[\],;:“”\"]+", re.I)
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
CALLED = re.compile(r"(?<![\w.])(?:\+|00?|\(0)[\d ()/.\-]{5,}\d")
AGAIN = re.compile(r"(\[[a-z -]+\])(?:[\W_]{0,3}\1)+")
UNSPACED = re.compile(r"[\u2e80-\U0003ffff]")
"""Letters of scripts that put no spaces between words."""

LONGEST_CUT = 8
"""Into so many pieces a word may be cut."""
MOST_NAMES = 6
LEAST_CUT, LEAST_WORD, LEAST_STEM, LEAST_DIGITS = 4, 4, 5, 7

EVERYDAY = """al am an as at be by da do er es go he if im in is it ja ma me my no of on or so to up
us we zu"""
"""Names of two letters that are words: only with a capital."""

SHARED = "admin contact hello info mail marketing office sales service support team"
"""Local parts of addresses that name nobody."""

OF_MANY = """agency bank capital care consulting consultants data design digital energy engineering
europe european finance financial first foods general global health industries insurance
international labs logistics management marketing media medical national networks partner partners
payments pharma power products research retail sales security services software solutions studio
studios systems tech technologies technology telecom transport travel united university ventures
works world"""
"""Words of many companies' names: they tell which one only with the rest of it."""

COMMON = frozenset(f"{EVERYDAY} {SHARED} {OF_MANY}".split())


@dataclass(frozen=True, slots=True)
class Person:
    """What names somebody. Phones as they were typed; any may be empty."""

    names: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mask:
    """Takes what names somebody out of texts. `words`: by what is taken out, folded and without
    spaces, as what; `capital` only where written with a capital; `stems` also at the beginning of a
    longer word."""

    words: dict[str, str] = field(default_factory=dict)
    capital: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()

    @classmethod
    def of(cls, person: Person) -> "Mask":
        """Of one person."""
        words = dict(_words(person))
        names = [part for name in person.names for part in WORDS.findall(folded(name))]
        telling = [company_key(one).split() for one in person.companies]
        short = {part for part in names if part in COMMON}
        short |= {key for one in telling if len(key := "".join(one)) < LEAST_WORD}
        short |= {key for one in telling if len(one) > 2 and (key := _initials(one))}
        stems = [key for key, what in words.items() if what == COMPANY and len(key) >= LEAST_STEM]
        return cls(words, frozenset(short), tuple(stems))

    def hide(self, text: str) -> str:
        """The text with “[name]”, “[company]” and the like in place of what names them."""
        told = E_MAIL.sub(f"[{MAIL}]", text)
        told = ADDRESS.sub(f"[{LINK}]", told)
        told = CALLED.sub(_phone, told)
        for word, what in self.words.items():
            if UNSPACED.search(word):
                told = re.sub(re.escape(word), f"[{what}]", told, flags=re.I)
        return AGAIN.sub(r"\1", "".join(self._pieces(told)))

    def _pieces(self, text: str) -> Iterator[str]:
        found = list(WORDS.finditer(text))
        tokens = [folded(one[0]) for one in found]
        at, done = 0, 0
        while at < len(found):
            count = self._named(text, found, tokens, at)
            if not count:
                at += 1
                continue
            what = self._what("".join(tokens[at : at + count]))
            yield text[done : found[at].start()] + f"[{what}]"
            at, done = at + count, found[at + count - 1].end()
        yield text[done:]

    def _named(self, text: str, found: list[re.Match[str]], tokens: list[str], at: int) -> int:
        """How many words from one on name somebody together; none where they do not."""
        if text[max(0, found[at].start() - 1)] == "[":
            return 0
        for count in range(min(LONGEST_CUT, len(tokens) - at), 0, -1):
            word = "".join(tokens[at : at + count])
            if count > 1 and len(word) < LEAST_CUT:
                continue
            if word in self.capital and not found[at][0][0].isupper():
                continue
            if word in self.words or (count == 1 and word.startswith(self.stems)):
                return count
        return 0

    def _what(self, word: str) -> str:
        return self.words.get(word, COMPANY)


def _words(person: Person) -> Iterator[tuple[str, str]]:
    """What is taken out, and as what."""
    for email in person.emails:
        local = "".join(WORDS.findall(folded(email.partition("@")[0])))
        if len(local) >= LEAST_CUT and local not in COMMON:
            yield local, NAME
    for company in person.companies:
        yield from ((word, COMPANY) for word in _of_company(company))
    for domain in (*person.domains, *(email.partition("@")[2] for email in person.emails)):
        if domain and not is_free_mail(domain):
            yield "".join(WORDS.findall(folded(domain))), LINK
            label = "".join(WORDS.findall(folded(domain.partition(".")[0])))
            if len(label) >= LEAST_CUT and label not in COMMON:
                yield label, COMPANY
    for phone in person.phones:
        digits = "".join(filter(str.isdigit, phone))
        for cut in (0, 1, 2, 3):
            if len(digits) - cut >= LEAST_DIGITS:
                yield digits[cut:], PHONE
                yield f"0{digits[cut:]}", PHONE
    for name in person.names:
        yield from ((word, NAME) for word in _of_name(name))


def _of_name(name: str) -> Iterable[str]:
    parts = WORDS.findall(folded(name))[:MOST_NAMES]
    yield "".join(parts)
    for one, other in permutations(parts, 2):
        yield from (f"{one}{other}", f"{one[0]}{other}")
    yield from (part for part in parts if len(part) > 1)


def _of_company(company: str) -> Iterable[str]:
    whole, telling = "".join(WORDS.findall(folded(company))), company_key(company).split()
    yield from filter(None, (whole, "".join(telling)))
    yield from (one for one in telling if len(one) >= LEAST_WORD and one not in COMMON)
    if len(telling) > 2:
        yield _initials(telling)


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words)


def _phone(found: re.Match[str]) -> str:
    """A number that one could call; of few digits it may be anything."""
    return f"[{PHONE}]" if sum(map(str.isdigit, found[0])) >= LEAST_DIGITS else found[0]
