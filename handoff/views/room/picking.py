"""The conditions of an open row: what each picks, and what it offers. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from handoff.labels import humanise
from handoff.models.definition import Document
from handoff.rules.conditions import KEYED, usable
from handoff.rules.definition import STATUSES
from handoff.rules.fields import CATALOGUE, Field, Kind
from handoff.rules.lines import texts_of
from handoff.rules.roles import FUNCTION, SENIORITY
from handoff.rules.sentences import WRITTEN_AS_KEYS, field_name, value_name
from handoff.views.sent import whole

from .reading import CONDITIONAL, SIGNAL, Sent, Typed
from .telling import STATUSES as STATUS_NAMES

GROUPS = (
    (
        "Who they are",
        ("role", "seniority", "function", "company", "industry", "employees", "revenue",
         "funding_stage", "country", "region", "language", "email", "email_domain", "free_mail",
         "phone"),
    ),
    ("What they need", ("problem", "timing", "product_interest", "consent")),
    (
        "Where they came from",
        ("source", "campaign", "offer", "landing_page", "trigger", "submissions", "reentry"),
    ),
    ("The account", ("customer", "target", "owned", "open_opportunity", "competitor", "duplicate")),
    ("Scores and outcomes", ("fit", "intent", "missing", "motion", "status", "tier")),
)  # fmt: skip
TEXT_OPERATORS = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
    "starts_with": "starts with",
    "known": "is known",
    "unknown": "is not known",
}
NUMBER_OPERATORS = {
    "at_least": "is at least",
    "at_most": "is at most",
    "between": "is between",
    "range": "is at least … and at most …",
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "known": "is known",
    "unknown": "is not known",
}
BOOL_OPERATORS = {"is": "is", "is_not": "is not", "known": "is known", "unknown": "is not known"}
OPERATORS = {Kind.TEXT: TEXT_OPERATORS, Kind.NUMBER: NUMBER_OPERATORS, Kind.BOOL: BOOL_OPERATORS}
UNITS = {"employees": "people", "fit": "of 100", "intent": "of 100", "missing": "fields"}
SCORES = ("fit", "intent", "missing")
ROLES = {"seniority": SENIORITY, "function": FUNCTION}
CLOSED = frozenset({*KEYED, *ROLES})
"""Fields whose values are all known."""


REDRAWING = ("redraw", "more", "less")
"""Buttons that only ask for the form again, perhaps with a condition more or less."""

DONE = {"subject": SIGNAL, "least": "2", "days": "30"}
"""Twice within a month: what is usually asked for before a hand-over."""


class Option(NamedTuple):
    """One choice of a select."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class ConditionView:
    """One condition's controls. `form`: signal, none, bool, choice, picks, pair, score or value.

    `most`: up to where a score is dragged. `has_keys`: its values are written as keys.
    """

    number: int
    place: str
    subject: str
    name: str
    groups: list[tuple[str, list[Option]]]
    operators: list[Option]
    form: str
    typed: Mapping[str, str]
    choices: list[Option]
    values_of: str
    is_number: bool
    is_list: bool
    unit: str
    most: int
    has_keys: bool
    joined_by: str
    faults: list[str]


def options_of(
    pairs: Iterable[tuple[str, str]], current: str, blank: str | None = None
) -> list[Option]:
    """The choices, with the present one among them even where it is unknown."""
    known = dict(pairs)
    if current and current not in known:
        known[current] = f"{current} (unknown)"
    made = [Option(value, label, value == current) for value, label in known.items()]
    return made if blank is None else [Option("", blank, not current), *made]


def rows_of(document: Document, section: str) -> list[tuple[str, str]]:
    rows = document.get(section) or []
    return [(row["key"], row.get("label") or humanise(row["key"])) for row in rows]


def conditions_of(
    section: str,
    typed: Typed,
    faults: Mapping[str, list[str]],
    document: Document,
) -> list[ConditionView]:
    if section not in CONDITIONAL:
        return []
    joined = "or" if typed.get("mode") == "any" else "and"
    views = []
    for index, number in enumerate(typed.getlist("c")):
        prefix = f"c{number}-"
        own = {
            name.removeprefix(prefix): ", ".join(filter(None, typed.getlist(name)))
            for name in typed
            if name.startswith(prefix)
        }
        place = f"when[{index}]"
        word = joined if index else "where"
        views.append(_condition(section, index, place, own, word, faults.get(place, []), document))
    return views


def redrawn(sent: Sent) -> Typed:
    """What was sent, with a condition more or less where that was asked for."""
    typed = Typed({name: sent.getlist(name) for name in sent})
    numbers = typed.getlist("c")
    if "less" in typed:
        numbers = [one for one in numbers if one != typed["less"]]
    if "more" in typed:
        new = str(max((whole(one) or 0 for one in numbers), default=-1) + 1)
        numbers = [*numbers, new]
        if typed["more"] == "signal":
            for name, value in DONE.items():
                typed[f"c{new}-{name}"] = value
    typed.setlist("c", numbers)
    return typed


def _condition(
    section: str,
    index: int,
    place: str,
    own: dict[str, str],
    joined_by: str,
    faults: list[str],
    document: Document,
) -> ConditionView:
    subject, operator = own.get("subject", ""), own.get("operator", "")
    about = CATALOGUE.get(subject)
    operators: list[Option] = []
    if about is not None:
        offered = OPERATORS[about.kind]
        operator = operator if operator in offered else next(iter(offered))
        operators = [Option(code, label, code == operator) for code, label in offered.items()]
    form = _form(subject, about, operator)
    chosen = own.get("signal" if subject == SIGNAL else "value", "")
    return ConditionView(
        number=index,
        place=place,
        subject=subject,
        name=_subject_name(subject),
        groups=_groups(section, subject),
        operators=operators,
        form=form,
        typed=_carried(own, operator),
        choices=_values(subject, about, chosen, form, document),
        values_of=subject if form == "value" and about and about.kind is Kind.TEXT else "",
        is_number=about is not None and about.kind is Kind.NUMBER,
        is_list=operator in ("in", "not_in"),
        unit=UNITS.get(subject, ""),
        most=len(document.get("required") or ()) if subject == "missing" else 100,
        has_keys=subject in WRITTEN_AS_KEYS,
        joined_by=joined_by,
        faults=faults,
    )


def _carried(own: dict[str, str], operator: str) -> dict[str, str]:
    """What was typed, carried over where another operator has another number of boxes."""
    one, ends = own.get("value", ""), (own.get("from", ""), own.get("to", ""))
    if operator in ("between", "range") and not any(ends):
        return {**own, "from": one}
    if not one and any(ends):
        return {**own, "value": next(filter(None, ends))}
    return own


def _subject_name(subject: str) -> str:
    if subject == SIGNAL:
        return "What they did"
    return field_name(subject) if subject else "Condition"


def _groups(section: str, subject: str) -> list[tuple[str, list[Option]]]:
    allowed = usable(section)
    groups = [("What they did", [Option(SIGNAL, "They did…", subject == SIGNAL)])]
    for title, fields in GROUPS:
        options = [
            Option(name, field_name(name), name == subject) for name in fields if name in allowed
        ]
        if options:
            groups.append((title, options))
    return groups


def _form(subject: str, about: Field | None, operator: str) -> str:
    if subject == SIGNAL:
        return "signal"
    if about is None or operator in ("known", "unknown"):
        return "none"
    if about.kind is Kind.BOOL:
        return "bool"
    if operator in ("between", "range"):
        return "pair"
    if subject in CLOSED and operator in ("is", "is_not"):
        return "choice"
    if subject in CLOSED and operator in ("in", "not_in"):
        return "picks"
    if subject in SCORES and operator in ("at_least", "at_most"):
        return "score"
    return "value"


def _values(
    subject: str, about: Field | None, current: str, form: str, document: Document
) -> list[Option]:
    """What a select or a row of boxes offers without asking the leads."""
    if about is not None and about.kind is Kind.BOOL:
        return options_of([("true", "yes"), ("false", "no")], current)
    if subject == SIGNAL:
        return signals_of(document, current, "Choose…")
    if subject not in CLOSED:
        return []
    if subject == "status":
        known = [(key, STATUS_NAMES[key]) for key in STATUSES]
    elif subject in ROLES:
        known = [(key, value_name(subject, key)) for key, _ in ROLES[subject]]
    else:
        known = rows_of(document, f"{subject}s")
    return _picked(known, current) if form == "picks" else options_of(known, current)


def _picked(known: list[tuple[str, str]], current: str) -> list[Option]:
    """Every known value and those that are picked, though unknown."""
    try:
        picked = texts_of(current)
    except ValueError:
        picked = []
    names = {value: f"{value} (unknown)" for value in picked} | dict(known)
    order = [*dict(known), *(value for value in picked if value not in dict(known))]
    return [Option(value, names[value], value in picked) for value in order]


def signals_of(document: Document, current: str, blank: str) -> list[Option]:
    """The signals a definition scores, and the present one; how many leads did each comes later."""
    rows = document.get("signals") or []
    names = {
        key: row.get("label") or humanise(key)
        for row in rows
        if (key := row.get("signal") or row["key"])
    }
    if current:
        names.setdefault(current, humanise(current))
    return options_of(names.items(), current, None if current and blank == "Choose…" else blank)
