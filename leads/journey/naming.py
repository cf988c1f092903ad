"""Names folded for comparison: of companies, and of a person at a company. Pure."""

import functools
import hashlib
import re
import unicodedata

LEGAL_FORMS = """
inc incorporated corp corporation co company ltd limited llc llp lp plc pty pte gmbh mbh ag kg kgaa
ohg ug ev se sa sas sarl srl spa bv nv vof ab as asa aps oy oyj kft zrt doo sro sl slu ltda me
eireli holding holdings group the and und et e y cia"""
"""Words that say how a company is made up, not which one it is."""

SAYS_NOTHING = frozenset(LEGAL_FORMS.split())
LONGEST = 300
DOTTED = re.compile(r"\b(?:\w\.){2,}")
WORDS = re.compile(r"[^\W_]+")


@functools.lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Text for comparison: compatibility forms, case and accents do not matter, spaces are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@functools.lru_cache(maxsize=8192)
def company_key(name: str) -> str:
    """A company's name for comparison: folded, without its legal form; "" where nothing is left.

    At most LONGEST characters, so that it fits an index.
    """
    text = DOTTED.sub(lambda match: match[0].replace(".", ""), folded(name))
    words = WORDS.findall(text)
    telling = [word for word in words if word not in SAYS_NOTHING] or words
    return " ".join(telling)[:LONGEST]


def person_key(first_name: str, last_name: str, company: str) -> int | None:
    """A digest of who somebody is at which company; None unless both are known.

    A signed 64-bit number. Equal keys are probably one person, which a human being decides.
    """
    name, key = folded(f"{first_name} {last_name}"), company_key(company)
    if not name or not key:
        return None
    digest = hashlib.blake2b(f"{name}|{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
