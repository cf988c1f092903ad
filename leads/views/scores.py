"""Fit and intent on a lead's page: what they are made of, at hand-over and now."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from handoff import segments
from handoff.labels import document_of, humanise, labels_of
from leads.chronicle import fading
from leads.chronicle.fading import LIMIT
from leads.models import Handoff, Judgement, Lead, Touchpoint

from . import dossier, evidence
from .evidence import Part


def told(
    lead: Lead,
    current: Handoff | None,
    judgement: Judgement,
    touchpoints: Sequence[Touchpoint],
    *,
    at: dt.datetime,
) -> dict[str, Any]:
    """What the cards of the scores show: of the hand-over where there is one, else of the latest
    judgement; and beside it how the intent stands `at`."""
    labels, document = labels_of(judgement.version_id), document_of(judgement.version_id)
    fit = evidence.criteria(judgement, document, lead)
    intent = evidence.intent_parts(judgement, document, touchpoints)
    now = fading.since(judgement, lead.judgement or judgement, at=at)
    shows_now = current is not None and now.shows
    return {
        "labels": labels,
        "rule": labels.decide.get(judgement.rule) or humanise(judgement.rule),
        "rule_place": labels.place("decide", judgement.rule),
        "fit": fit,
        "fit_counts": {s: sum(row.state == s for row in fit) for s in ("met", "unmet", "unknown")},
        "fit_moved": _fit_moved(judgement, lead.judgement),
        "intent": _beside(intent, now, lead.judgement or judgement) if shows_now else intent,
        "now_intent": now if shows_now else None,
        "intent_today": now.whole if current is not None else None,
        "required": [(name, name in judgement.missing) for name in document.get("required", ())],
    }


def _beside(rows: Sequence[Part], change: fading.Change, latest: Judgement) -> list[Part]:
    """Rows of the intent with what each is worth now; rows that count only now are added, and one
    that lets them add up."""
    parts = {key: round(points, 1) for key, points in change.parts.items()}
    left = dict(parts)
    told = [replace(row, now=left.pop(row.key, 0.0)) for row in rows if row.key != LIMIT]
    labels = labels_of(latest.version_id).signals
    told += [
        Part(labels.get(key) or humanise(key), "since the hand-over", 0.0, key, points)
        for key, points in left.items()
    ]
    limit = next((row.points for row in rows if row.key == LIMIT), 0.0)
    rest = round(round(change.now, 1) - sum(parts.values()), 1)
    if limit or rest:
        told.append(Part("Rounded, kept between 0 and 100", "", limit, LIMIT, rest))
    return told


def _fit_moved(judgement: Judgement, latest: Judgement | None) -> str:
    """What became of the fit since: “Now 65: lost 50 to 2,000 people.”"""
    if latest is None or latest.pk == judgement.pk or latest.fit == judgement.fit:
        return ""
    names = labels_of(latest.version_id).fit
    then, now = ({k for k in one.fit_parts if k != LIMIT} for one in (judgement, latest))
    gained = [names.get(key) or humanise(key) for key in sorted(now - then)]
    lost = [names.get(key) or humanise(key) for key in sorted(then - now)]
    why = [f"{word} {', '.join(of)}" for word, of in (("met since", gained), ("lost", lost)) if of]
    if latest.version_id != judgement.version_id:
        why.append(f"judged by v{labels_of(latest.version_id).number}")
    return "; ".join(why)


def silent(document: Mapping[str, Any]) -> frozenset[str]:
    """Signals that a definition names and gives no points."""
    return frozenset(
        row.get("signal") or row["key"] for row in document.get("signals", ()) if not row["points"]
    )


def trial_of(lead: Lead, version_id: int) -> dict[str, Any] | None:
    """The trial under which a lead was judged, and for whom it was; None outside of any."""
    if version_id not in getattr(lead, "tried_by", ()):
        return None
    trial = dossier.trials_of(version_id)[0]
    return {"of": trial, "segment": segments.in_words(trial.when, document_of(version_id))}
