"""What changed between two definitions, in sentences. Knows no model."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from handoff.rules import said
from handoff.rules.conditions import Scope, parse_when
from handoff.rules.faults import Report
from handoff.rules.sentences import field_name

Document = Mapping[str, Any]

SECTIONS = {
    "motions": "Motion",
    "fit": "Fit",
    "signals": "Signal",
    "decide": "Status rule",
    "tiers": "Tier",
    "route": "Routing rule",
    "examples": "Example",
}
ORDERED = frozenset({"motions", "decide", "tiers", "route"})
"""Sections whose order means something."""

CLOCKS = {
    "assign": "assignment",
    "accept": "accept",
    "first_touch": "first touch",
    "follow_up": "follow-up",
}
WORDS = {
    **CLOCKS,
    "half_life_days": "half-life in days",
    "cap": "newest that count",
    "remind_before": "minutes of reminder",
    "on_breach": "when missed",
    "to": "goes to",
    "approve": "approval by marketing",
    "overflow": "when nobody is eligible",
}


def diff(old: Document, new: Document) -> list[str]:
    """Every change from one document to another: “Fit, Size: employees at least 200 → at least
    100”. Empty where both say the same.
    """
    lines = []
    if (before := old.get("summary") or "") != (after := new.get("summary") or ""):
        lines.append(f"Summary: {_quoted(before)} → {_quoted(after)}.")
    lines += _required(old.get("required") or [], new.get("required") or [])
    before = (old.get("marketing") or {}).get("handover")
    after = (new.get("marketing") or {}).get("handover")
    if before != after:
        lines.append(f"Marketing hands over within: {_value(before)} → {_value(after)} minutes.")
    for section, word in SECTIONS.items():
        lines += _section(section, word, old, new)
    return lines


def _required(old: list[str], new: list[str]) -> Iterator[str]:
    for name in old:
        if name not in new:
            yield f"Required context: {field_name(name)} is required no more."
    for name in new:
        if name not in old:
            yield f"Required context: {field_name(name)} is required now."


def _section(section: str, word: str, old: Document, new: Document) -> Iterator[str]:
    identity = "name" if section == "examples" else "key"
    before = {row[identity]: row for row in old.get(section) or []}
    after = {row[identity]: row for row in new.get(section) or []}
    labels = {**_signal_labels(old), **_signal_labels(new)}
    for key, row in before.items():
        if key not in after:
            yield f"{word} removed: {_name(row)}."
    for key, row in after.items():
        if key not in before:
            yield f"{word} added: {_name(row)}{_told(section, row, labels)}."
        else:
            yield from _row(section, f"{word}, {_name(row)}", before[key], row, labels)
    if section in ORDERED:
        kept_before = [key for key in before if key in after]
        kept_after = [key for key in after if key in before]
        if kept_before != kept_after:
            order = ", ".join(_name(after[key]) for key in after)
            yield f"{word}s in another order: {order}."


def _signal_labels(document: Document) -> dict[str, str]:
    rows = document.get("signals") or []
    return {row.get("signal") or row["key"]: row["label"] for row in rows if row.get("label")}


def _name(row: Document) -> str:
    return str(row.get("label") or row.get("name") or row["key"])


def _told(section: str, row: Document, labels: Mapping[str, str]) -> str:
    """What a new row says, after its name."""
    parts = []
    if "points" in row:
        parts.append(f"{_value(row['points'])} points")
    if "status" in row:
        parts.append(_value(row["status"]))
    if "to" in row:
        parts.append(_taker(row["to"]))
    parts += [f"{CLOCKS[c]} {_value(row[c])}" for c in CLOCKS if row.get(c) is not None]
    if row.get("when"):
        parts.append(f"when {_condition(section, row['when'], labels)}")
    return f", {', '.join(parts)}" if parts else ""


def _row(
    section: str, head: str, old: Document, new: Document, labels: Mapping[str, str]
) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before == after or name in ("key", "name"):
            continue
        if isinstance(after, bool) or isinstance(before, bool):
            before, after = bool(before), bool(after)
        if name == "when":
            yield _when(section, head, before, after, labels)
        elif name == "label":
            yield f"{head}: was called {_quoted(str(before or old['key']))}."
        elif name in ("lead", "expect", "touchpoints"):
            yield f"{head}: {name} changed from {_value(before)} to {_value(after)}."
        else:
            shown: Callable[[Any], str] = _taker if name == "to" else _value
            said_of = WORDS.get(name, name.replace("_", " "))
            yield f"{head}: {said_of} {shown(before)} → {shown(after)}."


def _when(section: str, head: str, before: Any, after: Any, labels: Mapping[str, str]) -> str:
    """Conditions side by side; where one of several changed, only that one is told."""
    old, new = _conditions(before), _conditions(after)
    if before and after and old[0] == new[0] and len(old[1]) == len(new[1]):
        pairs = [(a, b) for a, b in zip(old[1], new[1], strict=True) if a != b]
        if len(pairs) == 1:
            old_words, new_words = (_condition(section, [one], labels) for one in pairs[0])
            return f"{head}: {old_words} → {_tail(old_words, new_words)}."
    old_words, new_words = (_condition(section, one, labels) for one in (before, after))
    return f"{head}: {old_words} → {new_words}."


def _conditions(when: Any) -> tuple[str, list[Any]]:
    if isinstance(when, dict):
        mode = "any" if "any" in when else "all"
        return mode, when.get(mode) or []
    return "all", when or []


def _condition(section: str, when: Any, labels: Mapping[str, str]) -> str:
    if not when:
        return "always"
    read = parse_when(when, "when", Scope(section), Report())
    words = said(read, labels) if read is not None else _value(when)
    return words[:1].lower() + words[1:] if not words[:2].isupper() else words


def _tail(old: str, new: str) -> str:
    """`new` without the words of the subject that it shares with `old`."""
    for cut in (" at ", " is ", " between ", " contains ", " starts "):
        subject, found, rest = new.partition(cut)
        if found and old.startswith(f"{subject} "):
            return f"{found.strip()} {rest}"
    return new


def _taker(to: Any) -> str:
    if not to:
        return "nobody"
    ((kind, key),) = to.items()
    return {"owner_of": f"the owner of the {key}"}.get(kind, f"{kind} {key}")


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "nothing"


def _value(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return "; ".join(f"{str(k).replace('_', ' ')} {_value(v)}" for k, v in value.items())
    return str(value).replace("_", " ") if isinstance(value, str) else str(value)
