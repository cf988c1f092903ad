"""The rule language evaluated slowly and plainly, straight from contracts.md; for tests only.

Shares nothing with `handoff.rules`: reads the document as the playbook file writes it, one lead at
a time, with decimal arithmetic.
"""

import datetime as dt
import unicodedata
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

ALWAYS_KNOWN = [
    "free_mail",
    "customer",
    "target",
    "owned",
    "open_opportunity",
    "competitor",
    "duplicate",
    "reentry",
]
HANDED_OVER = ("sales_ready", "needs_qualification", "existing_account")
COUNTRIES = {"us": "US", "usa": "US", "germany": "DE", "de": "DE", "france": "FR", "fr": "FR"}
BILLIONTH = Decimal("1e-9")
DAY_US = 86_400_000_000


def plain(field: str, value: Any) -> Any:
    """A value as conditions see it: trimmed, NFC, blank is unknown."""
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value).strip() or None
        if field == "country" and value:
            return COUNTRIES.get(value.lower(), value)
    return value


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


class SlowJudge:
    """One definition document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def judge(self, row: dict[str, Any], as_of: dt.datetime) -> dict[str, Any]:
        values = {name: plain(name, value) for name, value in row.items() if name != "touchpoints"}
        for name in ALWAYS_KNOWN:
            values[name] = bool(values.get(name))
        values.setdefault("submissions", 1)
        touches = [
            (touch["signal"], (as_of - touch["occurred_at"]) // dt.timedelta(microseconds=1))
            for touch in row.get("touchpoints", ())
            if touch["occurred_at"] <= as_of
        ]
        lead = Lead(values, touches)
        values["motion"] = next(
            (row["key"] for row in self.document.get("motions", []) if lead.all(row)), None
        )
        fit, fit_parts = self.fit(lead)
        intent, intent_parts = self.intent(lead)
        required = self.document.get("required", [])
        missing = [name for name in required if values.get(name) is None]
        values |= {"fit": fit, "intent": intent, "missing": len(missing)}
        rule = next(row for row in self.document["decide"] if lead.all(row))
        values |= {"status": rule["status"], "tier": rule.get("tier")}
        routes = [row for row in self.document["route"] if lead.all(row)]
        if rule["status"] not in HANDED_OVER:
            routes = []
        route, team = (None, None) if rule.get("approve") else self.taker(routes, values)
        return {
            "fit": one_decimal(fit),
            "fit_parts": fit_parts,
            "intent": one_decimal(intent),
            "intent_parts": intent_parts,
            "motion": values["motion"],
            "missing": missing,
            "status": rule["status"],
            "rule": rule["key"],
            "tier": rule.get("tier"),
            "route": route,
            "team": team,
            "routes": [row["key"] for row in routes],
        }

    def taker(self, routes: list[dict[str, Any]], values: dict[str, Any]) -> Any:
        for row in routes:
            ((kind, key),) = row["to"].items()
            if kind != "owner_of":
                return row["key"], key
            if values["owned" if key == "account" else "open_opportunity"]:
                return row["key"], None
        return None, None

    def fit(self, lead: "Lead") -> tuple[Decimal, dict[str, float]]:
        parts = {
            row["key"]: Decimal(repr(float(row["points"])))
            for row in self.document.get("fit", [])
            if lead.in_motion(row) and lead.all(row)
        }
        return scored(parts)

    def intent(self, lead: "Lead") -> tuple[Decimal, dict[str, float]]:
        parts: dict[str, Decimal] = {}
        for row in self.document.get("signals", []):
            signal = row.get("signal", row["key"])
            ages = sorted(age for name, age in lead.touches if name == signal)
            sources = row.get("sources")
            source = lead.values.get("source")
            here = not sources or (
                source is not None and fold(source) in {fold(one) for one in sources}
            )
            if not ages or not here or not lead.in_motion(row):
                continue
            newest = ages[: row["cap"]] if row.get("cap") else ages
            points = Decimal(repr(float(row["points"])))
            parts[row["key"]] = sum(
                (points * faded(age, row.get("half_life_days")) for age in newest), Decimal(0)
            )
        return scored(parts)


def faded(age_us: int, half_life: float | None) -> Decimal:
    if half_life is None:
        return Decimal(1)
    with localcontext() as context:
        context.prec = 60
        halvings = Decimal(age_us) / (Decimal(repr(float(half_life))) * DAY_US)
        return Decimal(0) if halvings > 190 else Decimal("0.5") ** halvings


def scored(parts: dict[str, Decimal]) -> tuple[Decimal, dict[str, float]]:
    """The score, and the parts shown, which add up to the score shown."""
    total = sum(parts.values(), Decimal(0))
    score = min(max(total, Decimal(0)), Decimal(100)).quantize(BILLIONTH, ROUND_HALF_EVEN)
    shown = {key: one_decimal(value) for key, value in parts.items()}
    left = Decimal(str(one_decimal(score))) - sum(
        map(Decimal, map(str, shown.values())), Decimal(0)
    )
    if left:
        shown["_limit"] = float(left)
    return score, shown


def one_decimal(value: Decimal) -> float:
    exact = value.quantize(BILLIONTH, ROUND_HALF_EVEN)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP)) + 0.0


class Lead:
    """Values by field and (signal, age in microseconds) of each touch."""

    def __init__(self, values: dict[str, Any], touches: list[tuple[str, int]]) -> None:
        self.values, self.touches = values, touches

    def in_motion(self, row: dict[str, Any]) -> bool:
        return row.get("motion") is None or row["motion"] == self.values["motion"]

    def all(self, row: dict[str, Any]) -> bool:
        when = row.get("when")
        if when is None:
            return True
        if isinstance(when, dict) and "any" in when:
            return any(map(self.holds, when["any"]))
        return all(map(self.holds, when["all"] if isinstance(when, dict) else when))

    def holds(self, condition: dict[str, Any]) -> bool:
        if "signal" in condition:
            return self.counts(condition)
        value = self.values.get(condition["field"])
        tests = {name: operand for name, operand in condition.items() if name != "field"}
        return all(
            self.test(condition["field"], value, name, operand) for name, operand in tests.items()
        )

    def counts(self, condition: dict[str, Any]) -> bool:
        days = condition.get("within_days")
        count = sum(
            1
            for name, age in self.touches
            if name == condition["signal"]
            and (days is None or Decimal(age) <= Decimal(str(days)) * DAY_US)
        )
        if "at_least" not in condition and "at_most" not in condition:
            return count >= 1
        least, most = condition.get("at_least", 0), condition.get("at_most", count)
        return bool(least <= count <= most)

    def test(self, field: str, value: Any, name: str, operand: Any) -> bool:
        if name == "known":
            return (value is not None) == operand
        if value is None:
            return name in ("is_not", "not_in")
        if isinstance(value, str):
            value = fold(value)
            many = isinstance(operand, list)
            given = [plain(field, one) for one in (operand if many else [operand])]
            folded = [fold(one) for one in given]
            operand = folded if many else folded[0]
        elif not isinstance(value, bool):
            value = Decimal(str(value))
            exact = [
                Decimal(str(one)) for one in (operand if isinstance(operand, list) else [operand])
            ]
            operand = exact if isinstance(operand, list) else exact[0]
        return bool(
            {
                "is": lambda: value == operand,
                "is_not": lambda: value != operand,
                "in": lambda: value in operand,
                "not_in": lambda: value not in operand,
                "contains": lambda: operand in value,
                "starts_with": lambda: value.startswith(operand),
                "at_least": lambda: value >= operand,
                "at_most": lambda: value <= operand,
                "between": lambda: operand[0] <= value <= operand[1],
            }[name]()
        )
