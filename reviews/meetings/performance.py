"""Item 1, SLA performance: both halves of the agreement since the last meeting against the time
before, where it is kept least, why promises were missed, and where leads wait longest."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from handoff.labels import humanise, live_labels
from handoff.words import short_span
from reviews.measures import causes, sla
from reviews.measures.figuring import moved
from reviews.measures.promises import HALVES, NONE, Question
from reviews.measures.ranking import Times
from reviews.measures.seams import counting

from .shares import Kept, kept, question_of, row, sentence

TITLES = {"sales": "Sales: first touch in time", "marketing": "Marketing: handed over in time"}
SHORT = {"sales": "Sales", "marketing": "Marketing"}
DIMENSIONS = {"tier": "Tier", "team": "Team", "source": "Source"}
WORST = 4
CAUSES = 5
SEAMS = 3


def figures(since: dt.datetime, until: dt.datetime, *, at: dt.datetime, zone: str) -> Kept:
    """What the item shows, as it is kept."""
    question = question_of(since, until)
    found = sla.figures(question, at=at, zone=zone)
    missed = causes.why(question, at=at)
    return {
        "handed": found.all.handed,
        "before_handed": found.before.handed,
        "with_past": question.with_past,
        "halves": [_half(half, found) for half in HALVES],
        "worst": sorted(_parts(found), key=lambda one: one["share"]["value"])[:WORST],
        "causes": [
            {"label": one.label, "sales": one.sales, "marketing": one.marketing}
            for one in missed[:CAUSES]
        ],
        "missed": sum(one.all for one in missed),
        "seams": list(_slowest(question, at=at)),
    }


def _slowest(question: Question, *, at: dt.datetime) -> Iterator[Kept]:
    """Where most of the wait up to the first touch lies, against the time before."""
    now = counting.told(question, at=at).all
    before = counting.told(question.before, at=at).all
    for one in now.slowest()[:SEAMS]:
        times, was = now.wall[one.key].times, before.wall[one.key].times
        if one.counts and times.is_enough and now.wall[one.key].total:
            part = now.part(one.key)
            told = {"label": one.name, "kind": one.kind, "part": part, "n": times.n}
            yield {**told, "median": times.median, "ninth": times.ninth, "said": _moved(was, times)}


def _moved(before: Times, now: Times) -> str:
    if not before.is_enough:
        return "too few before to compare with"
    difference = moved(before, now)
    if difference is None or not difference.value:
        return "as long as before"
    word = "longer" if difference.value > 0 else "shorter"
    sure = "more than chance" if difference.is_sure else "may be chance"
    return f"{short_span(abs(difference.value))} {word} than before, {sure}"


def _part(part: float | None) -> str:
    return "" if part is None else f"{part:.0%} of the wait, "


def _half(half: str, found: sla.Figures) -> Kept:
    now, before = getattr(found.all, half), getattr(found.before, half)
    told = row(TITLES[half], now.share, before.share)
    return {**told, "half": half, "open": now.open, "median": now.median, "ninth": now.ninth}


def _parts(found: sla.Figures) -> Iterator[Kept]:
    """Every tier, team and source of which enough is known and that missed something."""
    labels = live_labels()
    for dimension, name in DIMENSIONS.items():
        for one in found.by[dimension]:
            for half in HALVES:
                of_it = getattr(one, half)
                if one.key == NONE or not of_it.share.is_enough or not of_it.missed:
                    continue
                known = labels.tiers.get(one.key) if dimension == "tier" else one.label
                yield {
                    "dimension": name,
                    "label": known or humanise(one.key),
                    "half": SHORT[half],
                    "share": kept(of_it.share),
                }


def sentences(figures: dict[str, Any]) -> list[str]:
    """The item as the minutes say it."""
    if not figures:
        return []
    said = [sentence(one, nothing="nothing was due") for one in figures["halves"]]
    for one in figures["worst"]:
        share = one["share"]
        said.append(
            f"Kept least: {one['dimension'].lower()} {one['label']}, {one['half'].lower()}:"
            f" {share['count']:,} of {share['n']:,} ({share['value']:.0%})."
        )
    said += [
        f"{one['label']}: {_part(one['part'])}{_half_of_them(one['median'])},"
        f" n {one['n']:,}; {one['said']}."
        for one in figures.get("seams", ())
    ]
    if figures["causes"]:
        counted = (f"{one['label']} {one['sales'] + one['marketing']}" for one in figures["causes"])
        said.append(f"Misses by cause, of {figures['missed']:,}: {', '.join(counted)}.")
    return said


def _half_of_them(median: float) -> str:
    """“half within 3 min”, “half at once”."""
    return f"half within {short_span(median)}" if round(median) else "half at once"
