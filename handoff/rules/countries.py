"""Countries by the names people type: ISO-3166 codes and names, and usual other names."""

import functools
import unicodedata

import iso3166

OTHER_NAMES = {
    "AE": "UAE, Emirates",
    "AT": "Österreich",
    "BE": "België, Belgique",
    "BO": "Bolivia",
    "BR": "Brasil",
    "CD": "DR Congo, DRC, Congo Kinshasa",
    "CG": "Congo, Republic of the Congo, Congo Brazzaville",
    "CH": "Schweiz, Suisse, Svizzera",
    "CI": "Ivory Coast, Cote d'Ivoire",
    "CV": "Cape Verde",
    "CZ": "Czech Republic, Česko",
    "DE": "Deutschland, Federal Republic of Germany",
    "DK": "Danmark",
    "ES": "España",
    "FI": "Suomi",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "FR": "La France",
    "GB": "UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland",
    "GR": "EL, Hellas",
    "HU": "Magyarország",
    "IE": "Republic of Ireland, Éire",
    "IR": "Iran",
    "IT": "Italia",
    "JP": "Nippon",
    "KP": "North Korea",
    "KR": "South Korea, Korea, Republic of Korea",
    "LA": "Laos",
    "MD": "Moldova",
    "MK": "Macedonia",
    "MM": "Burma",
    "MX": "México",
    "NL": "Holland, The Netherlands, Nederland",
    "NO": "Norge",
    "PL": "Polska",
    "PS": "Palestine",
    "RO": "România",
    "RU": "Russia",
    "SE": "Sverige",
    "SY": "Syria",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "TR": "Turkey, Türkiye",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "USA, U.S., U.S.A., United States, America",
    "VA": "Vatican",
    "VE": "Venezuela",
    "VN": "Vietnam",
}


def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(" " if c in "-.,()’'" else c for c in apart if not unicodedata.combining(c))
    words = kept.replace("&", " and ").split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


@functools.cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for country in iso3166.countries:
        for name in (country.name, country.apolitical_name, country.alpha3, country.alpha2):
            codes[_folded(name)] = country.alpha2
    for code, names in OTHER_NAMES.items():
        codes |= {_folded(name): code for name in names.split(", ")}
    return codes


@functools.lru_cache(maxsize=4096)
def alpha_2(said: str) -> str:
    """The ISO-3166 alpha-2 code of a code or name; what is no country stays as it is."""
    return _codes().get(_folded(said), said)


def country_name(code: str) -> str:
    """A country by its name, where the code is known."""
    found = iso3166.countries_by_alpha2.get(code)
    return found.apolitical_name if found else code
