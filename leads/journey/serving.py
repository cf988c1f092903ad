"""Whom a member serves: languages, territories, products, motions. Pure; knows no database.

An empty list serves all. What is not known of a lead passes nobody over; that it has no motion is
known. Source: docs/decisions/0028-who-gets-it-and-why.md.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from handoff.labels import humanise
from handoff.rules.countries import alpha_2, country_name

SEVERAL = re.compile(r"[,;/|]")
"""What stands between the products that one lead asks for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a lead decides who serves it; None where it is not known, or of no motion."""

    language: str | None = None
    country: str | None = None
    region: str | None = None
    product_interest: str | None = None
    motion: str | None = None


@dataclass(frozen=True, slots=True)
class Serves:
    """Of whom a member takes leads; each empty tuple: of everybody."""

    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    motions: tuple[str, ...] = ()

    def why_not(self, wanted: Wanted) -> str:
        """Why a lead is not theirs, for a person to read; empty where they serve it."""
        return "" if self == EVERYBODY else _why_not(self, wanted)

    def reasons(self, wanted: Wanted) -> str:
        """As `why_not`, reckoned anew."""
        return (
            self._territory(wanted)
            or self._language(wanted)
            or self._product(wanted)
            or self._motion(wanted)
        )

    def _territory(self, wanted: Wanted) -> str:
        places = [one for one in (wanted.country, wanted.region) if one]
        served = _folded(alpha_2(one) for one in self.territories)
        if not served or not places or served & _folded(places):
            return ""
        said = _listed(country_name(alpha_2(one)) for one in self.territories)
        where = ", ".join(country_name(one) for one in reversed(places))
        return f"Not their territory ({where}): serves {said}"

    def _language(self, wanted: Wanted) -> str:
        if not self.languages or not wanted.language:
            return ""
        (asked,) = _folded([wanted.language])
        spoken = _folded(self.languages)
        if asked in spoken or re.split("[-_]", asked)[0] in spoken:
            return ""
        return f"Not their language ({wanted.language}): serves {_listed(self.languages)}"

    def _product(self, wanted: Wanted) -> str:
        if not self.products or not wanted.product_interest:
            return ""
        asked = _folded([wanted.product_interest, *SEVERAL.split(wanted.product_interest)])
        if asked & _folded(self.products):
            return ""
        return f"Not their product ({wanted.product_interest}): serves {_listed(self.products)}"

    def _motion(self, wanted: Wanted) -> str:
        if not self.motions or wanted.motion in self.motions:
            return ""
        asked = humanise(wanted.motion) if wanted.motion else "none"
        return f"Not their motion ({asked}): serves {_listed(map(humanise, self.motions))}"


EVERYBODY = Serves()


@functools.lru_cache(maxsize=4096)
def _why_not(serves: Serves, wanted: Wanted) -> str:
    """Many leads of a batch ask for the same."""
    return serves.reasons(wanted)


def _folded(said: Iterable[str]) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in said)


def _listed(said: Iterable[str]) -> str:
    return ", ".join(said)
