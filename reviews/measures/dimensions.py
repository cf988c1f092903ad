"""By what a hand-over can be asked for and told apart: one list for every page, file and call.

A dimension is an expression over a row `p` of `leads_promise`; what it gives is a key, or a number
that another table turns into one. A hand-over that has none of it is `NONE` in an address.
"""

from dataclasses import dataclass
from typing import Any

NONE = "-"
"""In an address: those that have none of it."""

TENS = "(10 * least(floor(p.{0} / 10), 9))::int"
SIZES = {"1": 1, "11": 11, "51": 51, "201": 201, "1001": 1001, "5001": 5001}
"""By key, from how many people on; up to the next."""
SIZE = "CASE {} END".format(
    " ".join(
        f"WHEN floor(p.employees) >= {least} THEN '{key}'"
        for key, least in sorted(SIZES.items(), key=lambda one: -one[1])
    )
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of them. `column`: SQL over `p`, NULL for none. `joined`: where the key and the name of
    a number stand, of a row `g` with its `value`; `sought`: the number of a key. `seen`: whether it
    is a fact that the judgement saw, under the same name there. `limit`: characters of a key at
    most."""

    key: str
    label: str
    every: str
    none: str
    column: str
    joined: str = ""
    sought: str = ""
    named: str = ""
    seen: bool = True
    limit: int = 200

    def narrowing(self, asked: str) -> tuple[str, list[Any]]:
        """What a row `p` has to be for the key `asked`, and the values."""
        if asked == NONE:
            return f"{self.column} IS NULL", []
        if self.sought:
            return f"{self.column} = {self.sought}", [asked]
        return f"{self.column}::text = %s", [asked]

    @property
    def telling(self) -> tuple[str, str]:
        """Key and name of a row `g`, as expressions."""
        if not self.joined:
            return "g.value::text", "NULL::text"
        return self.named.format("key"), self.named.format("name")


def _text(key: str, label: str, *, plural: str = "", column: str = "") -> Dimension:
    """A fact that stands as text in a column of its own name."""
    word = label[:1].lower() + label[1:]
    return Dimension(
        *(key, label, f"All {plural or word + 's'}", f"{label} not known"),
        column or f"nullif(p.{key}, '')",
    )


TEAM = Dimension(
    "team", "Team", "All teams", "No team", "p.team_id",
    "LEFT JOIN handoff_team team ON team.id = g.value",
    "(SELECT t.id FROM handoff_team t WHERE t.key = %s)",
    "team.{}", seen=False, limit=64,
)  # fmt: skip
REP = Dimension(
    "rep", "Owner", "Every owner", "Nobody", "p.owner_id",
    """LEFT JOIN (SELECT u.id, u.email AS key, nullif(u.name, '') AS name
        FROM handoff_user u) person ON person.id = g.value""",
    "(SELECT u.id FROM handoff_user u WHERE u.email = %s)",
    "person.{}", seen=False, limit=254,
)  # fmt: skip
VERSION = Dimension(
    "version", "Version", "All versions", "No version", "p.version_id",
    """LEFT JOIN (SELECT v.id, v.number::text AS key, NULL::text AS name
        FROM handoff_definitionversion v) version ON version.id = g.value""",
    "(SELECT v.id FROM handoff_definitionversion v WHERE v.number::text = %s)",
    "version.{}", seen=False, limit=9,
)  # fmt: skip
TIER = Dimension("tier", "Tier", "All tiers", "No tier", "nullif(p.tier, '')", seen=False, limit=64)

DIMENSIONS = {
    one.key: one
    for one in (
        TEAM,
        REP,
        TIER,
        _text("source", "Source"),
        _text("campaign", "Campaign"),
        _text("offer", "Offer"),
        _text("trigger", "Trigger"),
        _text("landing_page", "Landing page or form", plural="landing pages and forms"),
        _text("motion", "Motion"),
        _text("fit", "Fit at hand-over", plural="fit scores", column=TENS.format("fit")),
        _text(
            "intent", "Intent at hand-over", plural="intent scores", column=TENS.format("intent")
        ),
        _text("seniority", "Seniority", plural="seniorities"),
        _text("function", "Function"),
        _text("country", "Country", plural="countries"),
        _text("region", "Region"),
        _text("industry", "Industry", plural="industries"),
        _text("size", "Company size", plural="company sizes", column=SIZE),
        VERSION,
    )
}
"""In the order in which they are offered."""

KEYS = tuple(DIMENSIONS)


def size_label(key: str) -> str:
    """“51 to 200 people”, “5,001 people or more”."""
    least = list(SIZES.values())
    place = least.index(SIZES[key])
    if place + 1 == len(least):
        return f"{least[place]:,} people or more"
    return f"{least[place]:,} to {least[place + 1] - 1:,} people"


def tens_label(key: str) -> str:
    """“80 to 89”, “90 to 100”."""
    least = int(key)
    return f"{least} to {100 if least >= 90 else least + 9}"
