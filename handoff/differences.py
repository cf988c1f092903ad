"""What changed between two definitions, in sentences. Knows no model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handoff.rules import said
from handoff.rules.conditions import Scope, parse_when
from handoff.rules.faults import Report
from handoff.rules.sentences import field_name

from .promised import missed_by, reassigned_by
from .words import count_of

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
MARKETING = {
    "handover": "Marketing hands over within",
    "context": "Marketing completes missing context within",
    "returned": "Marketing answers a returned lead within",
}
WORDS = {
    **CLOCKS,
    "half_life_days": "half-life in days",
    "cap": "newest that count",
    "remind_before": "minutes of reminder",
    "on_breach": "when missed",
    "on_reassign": "on a change of hands",
    "to": "goes to",
    "approve": "approval by marketing",
    "overflow": "when nobody is eligible",
    "sticky": "a returning lead goes back to who had it",
}
NOTHING = {
    "cap": "all",
    "half_life_days": "never",
    "sources": "every",
    "motion": "every",
    "overflow": "it waits in the queue",
    "on_reassign": "accepted starts anew, the others carry on",
    "on_breach": "nothing follows",
}
"""What a row says by leaving something out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `section` and `key` name the row (no key: the section's order, or a part that is
    no row), `place` its place in the newer definition, from 1, else in the older.

    `said` is what changed, from `before` to `after` where both can be told. `only`: the leads it
    touches, where a motion or source limits it. `leads_to`: rows that build on the changed one.
    """

    section: str
    word: str
    said: str
    key: str = ""
    name: str = ""
    place: int = 0
    before: str = ""
    after: str = ""
    only: str = ""
    leads_to: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = f"{self.word}, {self.name}: " if self.name else f"{self.word}: "
        if self.is_whole_row:
            head = f"{self.word} {self.said}: {self.name}"
        elif self.section in SECTIONS and not self.key:
            head = f"{self.word}s in another order: "
        limit = f"; affects {self.only} only" if self.only else ""
        return f"{head}{self.body}{limit}."

    @property
    def is_whole_row(self) -> bool:
        """Whether a row came or went."""
        return self.said in ("added", "removed")

    @property
    def body(self) -> str:
        """What changed, without where: “points 50 → 40”."""
        if self.is_whole_row:
            return f", {self.after}" if self.after else ""
        if not (self.before and self.after):
            return self.said
        return f"{self.said} {self.before} → {self.after}".lstrip()


def diff(old: Document, new: Document) -> list[str]:
    """Every change from one document to another: “Fit, Size: employees at least 200 → at least
    100; affects Mid-market only.” Empty where both say the same.
    """
    return [str(one) for one in differences(old, new)]


def differences(old: Document, new: Document) -> list[Difference]:
    """The changes that `diff` says, in the order of the sections."""
    found = []
    if (before := old.get("summary") or "") != (after := new.get("summary") or ""):
        found.append(
            Difference("summary", "Summary", "", before=_quoted(before), after=_quoted(after))
        )
    found += _required(old.get("required") or [], new.get("required") or [])
    found += _marketing(old.get("marketing") or {}, new.get("marketing") or {})
    for section in SECTIONS:
        found += _Section(section, old, new).differences()
    return found


def _marketing(old: Document, new: Document) -> Iterator[Difference]:
    for promise, word in MARKETING.items():
        if (before := old.get(promise)) != (after := new.get(promise)):
            yield Difference(
                section="marketing",
                word=word,
                said="",
                before=_promise(before),
                after=_promise(after),
            )


def _promise(minutes: int | None) -> str:
    return "nothing promised" if minutes is None else count_of(minutes, "minute")


def _required(old: list[str], new: list[str]) -> Iterator[Difference]:
    for names, others, said_of in ((old, new, "no more"), (new, old, "now")):
        for name in names:
            if name not in others:
                said_so = f"{field_name(name)} is required {said_of}"
                yield Difference("required", "Required context", said_so, key=name)


def _by_identity(rows: list[Document], identity: str) -> dict[str, Document]:
    """Rows by key or name; of several examples of one name each by its number."""
    found: dict[str, Document] = {}
    for row in rows:
        name, count = str(row[identity]), 1
        while name in found:
            count += 1
            name = f"{row[identity]} ({count})"
        found[name] = row
    return found


class _Section:
    """One section of both documents, side by side."""

    def __init__(self, section: str, old: Document, new: Document) -> None:
        self.section, self.word = section, SECTIONS[section]
        identity = "name" if section == "examples" else "key"
        self.before = _by_identity(old.get(section) or [], identity)
        self.after = _by_identity(new.get(section) or [], identity)
        self.signals = {**_signal_labels(old), **_signal_labels(new)}
        self.motions = {**_labels(old, "motions"), **_labels(new, "motions")}
        self.keys = {
            "motion": self.motions,
            "tier": {**_labels(old, "tiers"), **_labels(new, "tiers")},
        }
        self.document = new

    def differences(self) -> Iterator[Difference]:
        for key, row in self.before.items():
            if key not in self.after:
                yield self._difference(key, row, "removed")
        for key, row in self.after.items():
            if key not in self.before:
                yield self._difference(key, row, "added", after=self._told(row))
            else:
                yield from self._row(key, self.before[key], row)
        if self.section in ORDERED:
            kept_before = [key for key in self.before if key in self.after]
            kept_after = [key for key in self.after if key in self.before]
            if kept_before != kept_after:
                moved = "; ".join(self._moved(kept_before, kept_after))
                yield Difference(self.section, self.word, moved)

    def _moved(self, before: list[str], after: list[str]) -> Iterator[str]:
        """Where each row that moved stands now: “B before A”, “C last”."""
        stayed = _longest_rising([before.index(key) for key in after])
        still = {before[place] for place in stayed}
        for index, key in enumerate(after):
            if key not in still:
                follows = next((one for one in after[index + 1 :] if one in still), None)
                where = f"before {_name(self.after[follows])}" if follows else "last"
                yield f"{_name(self.after[key])} {where}"

    def _difference(
        self, key: str, row: Document, said_of: str, before: str = "", after: str = ""
    ) -> Difference:
        rows = self.after if key in self.after else self.before
        return Difference(
            section=self.section,
            word=self.word,
            said=said_of,
            key=key,
            name=_name(row),
            place=list(rows).index(key) + 1,
            before=before,
            after=after,
            only=self._only(key),
            leads_to=tuple(self._leads_to(key)),
        )

    def _only(self, key: str) -> str:
        """The leads that both the older and the newer row are about."""
        rows = [rows[key] for rows in (self.before, self.after) if key in rows]
        motions = {name for row in rows for name in _motions_of(row)}
        if motions and all(_motions_of(row) for row in rows):
            return " and ".join(self.motions.get(name, name) for name in sorted(motions))
        sources = {name for row in rows for name in row.get("sources") or ()}
        if sources and all(row.get("sources") for row in rows):
            return f"leads from {', '.join(sorted(sources))}"
        return ""

    def _leads_to(self, key: str) -> Iterator[str]:
        """The names of rows of the newer document that build on a tier or a motion."""
        if self.section == "tiers":
            for row in self.document.get("decide") or ():
                if row.get("tier") == key:
                    yield _name(row)
        elif self.section == "motions":
            for section in ("fit", "signals", "decide", "route"):
                for row in self.document.get(section) or ():
                    if key in _motions_of(row):
                        yield _name(row)

    def _told(self, row: Document) -> str:
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
            parts.append(f"when {self._condition(row['when'])}")
        return ", ".join(parts)

    def _row(self, key: str, old: Document, new: Document) -> Iterator[Difference]:
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name), new.get(name)
            if before == after or name in ("key", "name"):
                continue
            if isinstance(after, bool) or isinstance(before, bool):
                before, after = bool(before), bool(after)
            if name == "when":
                yield self._difference(key, new, "", *self._when(before, after))
            elif name == "label":
                called = f"was called {_quoted(str(before or old['key']))}"
                yield self._difference(key, new, called)
            elif name in ("lead", "expect", "touchpoints"):
                told = f"{name} changed from {_value(before)} to {_value(after)}"
                yield self._difference(key, new, told)
            else:
                said_of = WORDS.get(name, name.replace("_", " "))
                sides = (self._shown(name, before), self._shown(name, after))
                yield self._difference(key, new, said_of, *sides)

    def _shown(self, name: str, value: Any) -> str:
        if name in NOTHING and value in (None, "", [], {}):
            return NOTHING[name]
        if name in self.keys and value:
            return self.keys[name].get(value) or _value(value)
        if name == "overflow":
            return "the next rule is tried"
        if name == "on_breach":
            return "; ".join(missed_by(value)) or "nothing follows"
        if name == "on_reassign":
            return reassigned_by(value) or NOTHING["on_reassign"]
        shown: Callable[[Any], str] = _taker if name == "to" else _value
        return shown(value)

    def _when(self, before: Any, after: Any) -> tuple[str, str]:
        """Conditions side by side; where one of several changed, only that one is told."""
        old, new = _conditions(before), _conditions(after)
        if before and after and old[0] == new[0] and len(old[1]) == len(new[1]):
            pairs = [(a, b) for a, b in zip(old[1], new[1], strict=True) if a != b]
            if len(pairs) == 1:
                old_words, new_words = (self._condition([one]) for one in pairs[0])
                return old_words, _tail(old_words, new_words)
        return self._condition(before), self._condition(after)

    def _condition(self, when: Any) -> str:
        if not when:
            return "always"
        read = parse_when(when, "when", Scope(self.section), Report())
        words = said(read, self.signals) if read is not None else _value(when)
        return words[:1].lower() + words[1:] if not words[:2].isupper() else words


def _longest_rising(places: list[int]) -> list[int]:
    """The longest part of `places`, in their order, that only rises."""
    best: list[list[int]] = []
    for place in places:
        before = [run for run in best if run[-1] < place]
        best.append([*max(reversed(before), key=len, default=[]), place])
    return max(reversed(best), key=len, default=[])


def _motions_of(row: Document) -> list[str]:
    """The motions that a row is about; none where it is about every lead."""
    if row.get("motion"):
        return [row["motion"]]
    mode, conditions = _conditions(row.get("when"))
    if mode == "all" or len(conditions) == 1:
        for one in conditions:
            if isinstance(one, dict) and one.get("field") == "motion":
                named = one.get("in") or [one.get("is")]
                return [name for name in named if isinstance(name, str)]
    return []


def _labels(document: Document, section: str) -> dict[str, str]:
    return {row["key"]: _name(row) for row in document.get(section) or []}


def _signal_labels(document: Document) -> dict[str, str]:
    rows = document.get("signals") or []
    return {row.get("signal") or row["key"]: row["label"] for row in rows if row.get("label")}


def _name(row: Document) -> str:
    """What a row is called; its key in words where it has no name."""
    if called := row.get("label") or row.get("name"):
        return str(called)
    words = _value(row["key"])
    return words[:1].upper() + words[1:]


def _conditions(when: Any) -> tuple[str, list[Any]]:
    if isinstance(when, dict):
        mode = "any" if "any" in when else "all"
        return mode, when.get(mode) or []
    return "all", when or []


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
    if isinstance(value, int | float):
        return f"{value:,.10g}".replace("-", "−")
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return "; ".join(f"{str(k).replace('_', ' ')} {_value(v)}" for k, v in value.items())
    return str(value).replace("_", " ") if isinstance(value, str) else str(value)
