"""What the keys of a published definition are called, for people.

A published version never changes, so what was read once is kept for the life of the process.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .models import SECTIONS, DefinitionVersion

Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one version's rows, by section and key."""

    number: int
    motions: Names = field(default_factory=dict)
    fit: Names = field(default_factory=dict)
    signals: Names = field(default_factory=dict)
    decide: Names = field(default_factory=dict)
    tiers: Names = field(default_factory=dict)
    route: Names = field(default_factory=dict)

    def place(self, section: str, key: str) -> int:
        """The 1-based place of a row in its section; 0 where there is none."""
        keys = list(getattr(self, section))
        return keys.index(key) + 1 if key in keys else 0


def humanise(key: str | None) -> str:
    """A key read as words: `demo_request` is “Demo request”."""
    words = (key or "").replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def labels_of(version_id: int) -> Labels:
    """The labels of a published version; a row without one gets its key in words."""
    return _read(version_id)[0]


def document_of(version_id: int) -> dict[str, Any]:
    """The `definition` section of a published version. Shared: read it, never change it."""
    return _read(version_id)[1]


@lru_cache(maxsize=128)
def _read(version_id: int) -> tuple[Labels, dict[str, Any]]:
    version = DefinitionVersion.objects.with_rows().get(pk=version_id)
    sections: dict[str, Names] = {
        name: {row.key: row.label or humanise(row.key) for row in getattr(version, name).all()}
        for name, _ in SECTIONS
        if name != "examples"
    }
    return Labels(number=version.number, **sections), version.document()


def live_labels() -> Labels:
    """The labels of the definition in force; empty ones while none is."""
    live = DefinitionVersion.objects.live().values_list("pk", flat=True).first()
    return labels_of(live) if live else Labels(number=0)
