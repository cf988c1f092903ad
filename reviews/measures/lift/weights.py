"""Effects as points: on the scale that the rows of the definition have today.

Only what is surely told apart from nothing is weighed anew: a clause whose effect may be chance
keeps its points, since scaling chance up makes it no surer. The rules compare fit and intent with
thresholds, each by itself, so in each of the two sections the clauses weighed anew share out as
many points as they had, regardless of sign, in proportion to their effects. Whole points, none
beyond a hundred either way; the sign is that of the effect.
"""

from collections.abc import Mapping, Sequence

from .results import Clause

MOST_POINTS = 100


def suggested(clauses: Sequence[Clause], effects: Mapping[int, float]) -> dict[int, int]:
    """Points by place. `effects`: log odds for one more of each clause that is surely something,
    and 0 of what is surely next to nothing; the others are not touched."""
    found = {place: 0 for place, effect in effects.items() if not effect}
    for section in {clause.section for clause in clauses}:
        here = {n: one for n, one in effects.items() if one and clauses[n].section == section}
        given = sum(abs(clauses[n].points) for n in here)
        if not given:
            continue
        scale = given / sum(abs(effect) for effect in here.values())
        for place, effect in here.items():
            found[place] = max(-MOST_POINTS, min(MOST_POINTS, round(effect * scale)))
    return found
