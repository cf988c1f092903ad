"""What a lead is found by: the beginnings of its words in any order, and both ends of its phone
number.

The same question can be asked in two ways: `indexed` reads an index over all leads, `at_hand` looks
at rows that something else has picked. PostgreSQL cannot know how many leads a beginning such as
“a” finds, so that it must be told which way to go.
"""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models.lookups import Lookup, StartsWith

COUNTRY_CODE = (
    r"^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])[0-9])"
)
"""How an international number begins (ITU-T E.164); no code is the beginning of another, so that
Python and PostgreSQL, which prefers the longest, read the same."""

FEWEST_DIGITS = 3
PHONE = re.compile(r"[+0-9 ()./-]+")

SEARCH_TEXT = (
    "to_tsvector('simple'::regconfig, translate("
    "coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, '')"
    " || ' ' || coalesce(company, '') || ' ' || coalesce(phone, ''), '@.+-_/<>&#', '          '))"
)
"""The words a lead is found by; punctuation separates words, and what looks like a tag is
none."""


class Among(Lookup[bool]):
    """Is one of these, asked with one value however many they are; `IN` takes each by itself, which
    for two thousand of them costs more than finding them."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s)", [*params, list(self.rhs)]


def national(phone: str = "phone") -> models.Func:
    """A phone number's digits as dialled inside its country."""
    return models.Func(
        phone,
        template=(
            f"ltrim(regexp_replace(regexp_replace(%(expressions)s, '{COUNTRY_CODE}', ''),"
            r" '\D', '', 'g'), '0')"
        ),
        output_field=models.TextField(),
    )


def backwards(phone: str = "phone") -> models.Func:
    """A phone number's digits from the last to the first."""
    return models.Func(
        phone,
        template=r"reverse(regexp_replace(%(expressions)s, '\D', '', 'g'))",
        output_field=models.TextField(),
    )


def indexed(text: str) -> models.Q:
    """The leads a text finds, by index. Nothing to look for finds all."""
    words = _words(text)
    if not words:
        return models.Q()
    if address := _address(text):
        return models.Q(email__startswith=address)
    return models.Q(search=_query(words)) | _by_phone(text, "")


def at_hand(text: str, lead: str = "") -> models.Q:
    """Whether a text finds a lead, asked of each row; `lead` is the way to it, such as
    `lead__`."""
    words = _words(text)
    if not words:
        return models.Q()
    if address := _address(text):
        return models.Q(**{f"{lead}email__startswith": address})
    holds = models.Func(
        models.F(f"{lead}search"),
        _query(words),
        function="ts_match_vq",
        output_field=models.BooleanField(),
    )
    return models.Q(holds) | _by_phone(text, lead)


def is_number(text: str) -> bool:
    """Whether a text is looked for among phone numbers too."""
    return PHONE.fullmatch(text.strip()) is not None


def _address(text: str) -> str:
    """The beginning of an email address up to behind its @; empty for anything else."""
    address = text.strip().lower()
    return address if "@" in address[1:] and not re.search(r"\s", address) else ""


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def _query(words: list[str]) -> SearchQuery:
    told = " & ".join(f"{word}:*" for word in words)
    return SearchQuery(told, config="simple", search_type="raw")


def _by_phone(text: str, lead: str) -> models.Q:
    if not is_number(text):
        return models.Q(pk__in=[])
    phone = f"{lead}phone"
    typed = "".join(c for c in text if c in "0123456789")
    found = models.Q(pk__in=[])
    if len(typed) >= FEWEST_DIGITS:
        found |= models.Q(StartsWith(backwards(phone), typed[::-1]))
    code, digits = dialled(text)
    if len(code.lstrip("+") + digits) >= FEWEST_DIGITS and digits:
        begins = models.Q(StartsWith(national(phone), digits))
        if code:
            abroad = models.Q(**{f"{phone}__startswith": "+"})
            begins &= models.Q(**{f"{phone}__startswith": code}) | ~abroad
        found |= begins
    return ~models.Q(**{phone: ""}) & found


def dialled(number: str) -> tuple[str, str]:
    """The country's code, with its plus, and the digits after it; no code where none is said. The
    zeros that are dialled before an area go."""
    signs = "".join(c for c in number if c in "+0123456789")
    if signs.startswith("00"):
        signs = f"+{signs[2:]}"
    found = re.match(COUNTRY_CODE, signs)
    code = found[0] if found else ""
    return code, signs[len(code) :].replace("+", "").lstrip("0")
